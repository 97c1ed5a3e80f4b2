"""What several tests ask of the source tree: its modules, its packages and pyproject.toml."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from efmodels.solvers import Solver, solver_table

if TYPE_CHECKING:
    from collections.abc import Iterator

# Pictures are drawn without a window, whatever the machine has; processes that a test starts, too.
os.environ["MPLBACKEND"] = "agg"

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


class SourceFile(NamedTuple):
    """A file of the package, with the name by which Python knows its folder or, for .py, itself."""

    name: str
    path: Path


def _source_files() -> list[SourceFile]:
    folders: dict[str, str] = PYPROJECT["tool"]["setuptools"]["package-dir"]
    return [
        SourceFile(_dotted_name(package, path.relative_to(ROOT / folder)), path)
        for package, folder in folders.items()
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]


def _dotted_name(package: str, path: Path) -> str:
    parts = [package, *path.parent.parts]
    if path.suffix == ".py" and path.stem != "__init__":
        parts.append(path.stem)
    return ".".join(parts)


SOURCE_FILES = _source_files()
MODULES = [file for file in SOURCE_FILES if file.path.suffix == ".py"]


def pytest_report_header() -> str:
    """Say which solvers the tests run with, and which they skip."""
    here = [solver.name for solver in solver_table() if solver.available]
    missing = [solver.name for solver in solver_table() if not solver.available]
    return f"solvers: {', '.join(here)}; not here: {', '.join(missing) or 'none'}"


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    """Close what a test, an example or a page has drawn: pyplot keeps every figure open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(scope="session")
def pyproject() -> dict[str, Any]:
    """Return pyproject.toml as a dictionary."""
    return PYPROJECT


@pytest.fixture(scope="session")
def source_files() -> list[SourceFile]:
    """Return every file that lies in one of the package's three folders."""
    return SOURCE_FILES


@pytest.fixture(params=MODULES, ids=[module.name for module in MODULES])
def module(request: pytest.FixtureRequest) -> SourceFile:
    """Run the test once for every module of the package."""
    return request.param


@pytest.fixture(params=solver_table(), ids=lambda solver: solver.name)
def solver(request: pytest.FixtureRequest) -> Solver:
    """Run the test once with every solver that is here."""
    if not request.param.available:
        pytest.skip(f"{request.param.name} is not available")
    return request.param
