"""CFR+ here is the CFR+ of OpenSpiel and of LiteEFG: the same gap after the same iterations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.files import from_openspiel
from efmodels.formulations import nash_zero_sum
from efmodels.learning import CFRPlus
from efmodels.learning.algorithms import schedule
from efmodels.learning.engines import engine_for
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.game import Floats
    from efmodels.learning.saddle import Saddle

GAMES = ("kuhn_poker", pytest.param("leduc_poker", marks=pytest.mark.slow))


def gap(saddle: Saddle, x: Floats, y: Floats) -> float:
    """Return what both could gain against each other's plan, together: NashConv."""
    most, _ = saddle.leader.polytope.best_response(saddle.leader_gradient(y))
    paid, _ = saddle.adversary.polytope.best_response(saddle.adversary_gradient(x))
    return float(most - (saddle.c @ x - paid))


@pytest.mark.parametrize("name", GAMES)
def test_openspiel_averages_what_was_played_before_the_update(name: str) -> None:
    """Its gap is ours with its weights: ``t`` times the plan that iteration ``t`` began with."""
    pyspiel = pytest.importorskip("pyspiel", reason="OpenSpiel is not installed (extra interop)")
    game = pyspiel.load_game(name)
    solver = pyspiel.CFRPlusSolver(game)
    saddle = saddle_of(nash_zero_sum(from_openspiel(game)).problem)
    engine, state = engine_for(saddle, "numpy"), State.start(saddle)
    x, y = np.zeros_like(state.leader.plan), np.zeros_like(state.adversary.plan)
    for t in range(1, 51):
        x += t * state.leader.plan
        y += t * state.adversary.plan
        engine.run(state, schedule(CFRPlus(), t, 1), schedule(CFRPlus(), t, 1))
        solver.evaluate_and_update_policy()

    theirs = pyspiel.nash_conv(game, solver.average_policy())
    assert gap(saddle, x / x[0], y / y[0]) == pytest.approx(theirs, rel=1e-4)


@pytest.mark.parametrize("name", GAMES)
def test_liteefg_has_the_same_gap(name: str, tmp_path: Path) -> None:
    """After 200 iterations the gaps of the linear averages differ by 5% at most."""
    pytest.importorskip("LiteEFG", reason="LiteEFG is not installed: pip install LiteEFG")
    pyspiel = pytest.importorskip("pyspiel", reason="OpenSpiel is not installed (extra interop)")
    from efmodels.bench.learning_workloads import liteefg_cfr_plus

    game = from_openspiel(pyspiel.load_game(name))
    graph, environment = liteefg_cfr_plus(game, tmp_path / "its.game")
    for _ in range(200):
        graph.update_graph(environment)
        environment.update_strategy(graph.current_strategy())
    theirs = sum(environment.exploitability(graph.current_strategy(), "linear-avg-iterate"))

    saddle = saddle_of(nash_zero_sum(game).problem)
    state, plan = State.start(saddle), schedule(CFRPlus(), 1, 200)
    engine_for(saddle, "numpy").run(state, plan, plan)
    ours = gap(saddle, state.leader.average, state.adversary.average)
    assert ours == pytest.approx(theirs, rel=0.05)
