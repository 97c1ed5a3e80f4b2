"""What a user needs first; also run against the installed wheel, outside the checkout."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from importlib.metadata import distribution, files
from importlib.resources import files as folder_of
from pathlib import Path

import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import nash_zero_sum

COMMAND = Path(sys.executable).with_name("efmodels")


def test_shipped_game_is_read_and_solved() -> None:
    """Kuhn's poker, read from its file, is worth -1/18 to the first player."""
    model = pyo.ConcreteModel()
    model.eq = nash_zero_sum(ef.read(ef.instances.data_file("kuhn.efg")))
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)

    ef.solve(model)

    assert pyo.value(model.eq.value) == pytest.approx(float(Fraction(-1, 18)), abs=1e-7)
    assert max(model.eq.regrets().values()) == pytest.approx(0, abs=1e-7)


def test_model_is_exported(tmp_path: Path) -> None:
    """A model is written to a file that names the objective's sense."""
    model = pyo.ConcreteModel()
    model.eq = nash_zero_sum(ef.instances.kuhn())
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)

    ef.export(model, tmp_path / "kuhn.lp")

    assert "max" in (tmp_path / "kuhn.lp").read_text(encoding="utf-8")


def test_command_is_installed() -> None:
    """The command stands beside the interpreter and says what it can do."""
    ran = subprocess.run([COMMAND, "--help"], capture_output=True, check=False, text=True)

    assert ran.returncode == 0
    assert "efmodels" in ran.stdout


def test_annotations_and_licence_are_shipped() -> None:
    """Type checkers find ``py.typed``, and lawyers the licence."""
    licences = [path for path in files("efmodels") or [] if path.name == "LICENSE"]

    assert folder_of("efmodels").joinpath("py.typed").is_file()
    assert distribution("efmodels").metadata["License-Expression"] == "BSD-3-Clause"
    assert licences
