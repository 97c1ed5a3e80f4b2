"""Three folders make one package: what is shipped, what an import loads, what things are called."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pyomo
import pytest

from efmodels.pyomo_internals.registration import PLUGINS_NEED
from tests.pyomo_versions import IS_OLDEST, NO_PLUGINS

if TYPE_CHECKING:
    from tests.conftest import SourceFile

# Loading one takes longer than building most models; it is imported where it is used.
HEAVY = ("pandas", "matplotlib", "numba", "torch", "pygambit", "pyspiel")


def package_of(file: SourceFile) -> str:
    """Return the dotted name of the folder in which a file lies."""
    if file.path.suffix == ".py" and file.path.stem != "__init__":
        return file.name.rpartition(".")[0]
    return file.name


def public_functions(path: Path) -> set[str]:
    """Return the names of the functions that a file defines at its top, private ones left out."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {
        node.name
        for node in body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def test_every_folder_is_listed_as_a_package(
    pyproject: dict[str, Any], source_files: list[SourceFile]
) -> None:
    """The packages that pyproject.toml lists are the folders that hold files: none is forgotten."""
    listed = pyproject["tool"]["setuptools"]["packages"]

    assert Counter(listed) == Counter({package_of(file) for file in source_files})


def test_every_data_file_is_shipped(
    pyproject: dict[str, Any], source_files: list[SourceFile]
) -> None:
    """Each file that is no module matches a pattern of ``package-data``: the wheel has it."""
    patterns = pyproject["tool"]["setuptools"]["package-data"]
    forgotten = [
        file.path.name
        for file in source_files
        if file.path.suffix != ".py"
        and not any(PurePath(file.path.name).match(p) for p in patterns.get(file.name, []))
    ]

    assert forgotten == []


def test_package_says_that_it_is_typed(root: Path) -> None:
    """Type checkers read the annotations of a package that has a file ``py.typed``."""
    assert (root / "efmodels" / "py.typed").is_file()


def test_import_is_light(root: Path) -> None:
    """``import efmodels`` loads none of the heavy packages."""
    question = f"import sys, efmodels; print(*[name for name in {HEAVY} if name in sys.modules])"

    loaded = subprocess.run(
        [sys.executable, "-c", question], cwd=root, capture_output=True, check=True, text=True
    )

    assert loaded.stdout.split() == []


def test_every_module_has_a_docstring(module: SourceFile) -> None:
    """A module begins by saying what it is about."""
    assert ast.get_docstring(ast.parse(module.path.read_text(encoding="utf-8")))


def test_no_module_has_the_name_of_a_function_beside_it(module: SourceFile) -> None:
    """Else ``package.name`` is the function or the module, depending on what was imported first."""
    beside = [path for path in module.path.parent.glob("*.py") if module.path.stem != "__init__"]

    assert [path.name for path in beside if module.path.stem in public_functions(path)] == []


def test_attribute_of_the_package_is_the_module(module: SourceFile) -> None:
    """``package.name`` is the module ``name``: nothing else was imported under that name."""
    if IS_OLDEST and module.name == "efmodels.pyomo_internals.plugins":
        pytest.skip(NO_PLUGINS)
    imported = importlib.import_module(module.name)
    package, _, name = module.name.rpartition(".")

    assert not package or getattr(importlib.import_module(package), name) is imported


def test_one_range_of_pyomo_everywhere(root: Path, pyproject: dict[str, Any]) -> None:
    """Code and pages say the same of Pyomo's versions as pyproject.toml."""
    wanted = "".join(d for d in pyproject["project"]["dependencies"] if d.startswith("pyomo"))
    oldest, beyond = wanted.removeprefix("pyomo>=").split(",<")
    design = (root / "docs" / "develop" / "design.md").read_text(encoding="utf-8")

    assert PLUGINS_NEED.split(",<")[1] == beyond
    assert (pyomo.__version__ == oldest) == IS_OLDEST
    assert f"Pyomo {oldest} and the later {oldest.rpartition('.')[0]} releases" in design
    assert f"Pyomo {oldest.rpartition('.')[0]};" in (root / "README.md").read_text(encoding="utf-8")


def test_one_version_everywhere(root: Path, pyproject: dict[str, Any]) -> None:
    """pyproject.toml, CITATION.cff and the top entry of CHANGELOG.md name the same version."""
    citation = re.search(r"^version: (\S+)$", (root / "CITATION.cff").read_text(), re.MULTILINE)
    changelog = re.search(r"^## \[(\S+)\]", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert citation
    assert changelog

    assert citation[1] == changelog[1] == pyproject["project"]["version"]
