"""Every example in a docstring runs and prints what it says."""

from __future__ import annotations

import doctest
import importlib
from typing import TYPE_CHECKING

import pytest

from tests.pyomo_versions import IS_OLDEST, NEED_PLUGINS, NO_PLUGINS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SourceFile

# Modules whose examples use a package of an extra.
NEEDS = {
    "efmodels.files.openspiel": "pyspiel",
    "efmodels.files.pygambit": "pygambit",
    "efmodels.extreme_equilibria": "pygambit",
}


def test_examples_of_module(
    module: SourceFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples of one module run, each docstring by itself, in an empty folder."""
    if module.name.startswith("efmodels.plot"):
        pytest.importorskip("matplotlib")
    if module.name in NEEDS:
        pytest.importorskip(NEEDS[module.name])
    if IS_OLDEST and module.name in NEED_PLUGINS:
        pytest.skip(NO_PLUGINS)
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)

    for examples in doctest.DocTestFinder().find(importlib.import_module(module.name)):
        runner.run(examples, out=report.append)

    assert not report, "".join(report)
