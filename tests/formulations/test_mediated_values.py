"""Optimal values of mediated equilibria, found elsewhere in other ways, and their order."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS
from efmodels.solvers import solver_table

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData

DATA = Path(__file__).resolve().parent.parent / "data"
TRUTH = json.loads((DATA / "mediated.json").read_text(encoding="utf-8"))
SLOW = {"L3132"}


@cache
def game_of(name: str) -> ef.Game:
    """Return a game of the table: a text, a file, or an instance."""
    given = TRUTH["games"][name]
    if "efg" in given:
        return ef.loads(given["efg"], format="efg")
    if "file" in given:
        return ef.read(DATA / given["file"])
    game: ef.Game = getattr(ef.instances, given["instance"])(**given["arguments"])
    return game


def params(cases: list[dict[str, Any]]) -> list[Any]:
    """Return the cases with names, those that take long marked."""
    return [
        pytest.param(
            case,
            id=f"{case['id']}-{case['game']}-{case['concept']}",
            marks=[pytest.mark.slow] if case["game"] in SLOW else [],
        )
        for case in cases
    ]


def model_of(case: dict[str, Any]) -> pyo.ConcreteModel:
    """Return the model of a case."""
    game = game_of(case["game"])
    m = pyo.ConcreteModel()
    obedient = [game.players[number - 1] for number in case["obedient"]]
    m.eq = ACRONYMS[case["concept"]](game, obedient=obedient)
    weights = dict(zip(game.players, case["weights"], strict=True))
    m.goal = pyo.Objective(expr=m.eq.objective(weights), sense=pyo.maximize)
    return m


def assert_equilibrium(block: FormulationBlockData) -> None:
    """Assert that nobody regrets more than 1e-7 of the payoff range."""
    assert max(block.regrets().values(), default=0.0) <= 1e-7 * np.ptp(block.game.payoffs)


@pytest.mark.parametrize("case", params(TRUTH["cases"]))
def test_known_optimum(case: dict[str, Any]) -> None:
    """The best equilibrium has the value that is known, and is one."""
    m = model_of(case)
    result = ef.solve(m)

    scale = np.ptp(m.eq.game.payoffs)
    assert result.value == pytest.approx(case["value"], abs=1e-6 * scale)
    assert_equilibrium(m.eq)


@pytest.mark.parametrize(
    "case", params([c for c in TRUTH["cases"] if "efg" in TRUTH["games"][c["game"]]])
)
def test_known_optimum_with_another_solver(case: dict[str, Any], other_solver: str) -> None:
    """A solver that shares nothing with the first finds the same."""
    m = model_of(case)

    assert ef.solve(m, solver=other_solver).value == pytest.approx(case["value"], abs=1e-6)
    assert_equilibrium(m.eq)


@pytest.fixture(scope="module")
def other_solver() -> str:
    """Return the name of a solver that is here and not HiGHS."""
    here = {solver.name for solver in solver_table() if solver.available}
    found = [name for name in ("scip_direct", "glpk", "cbc") if name in here]
    if not found:
        pytest.skip("no solver but HiGHS is available")
    return found[0]
