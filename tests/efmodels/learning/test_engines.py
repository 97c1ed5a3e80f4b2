"""Both engines do the same, and what they do is counterfactual regret minimization."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.learning.algorithms import ALGORITHMS, CFR, CFRPlus, schedule
from efmodels.learning.engines import engine_for
from efmodels.learning.methods import method_named
from efmodels.learning.saddle import Saddle, saddle_of
from efmodels.learning.state import State
from tests.efmodels.learning.saddles import priced_problem, zero_sum_problem

if TYPE_CHECKING:
    from efmodels.learning.algorithms import Algorithm


def learned(saddle: Saddle, algorithm: str, engine: str, iterations: int) -> State:
    """Return the state after some iterations."""
    state, rule = State.start(saddle), ALGORITHMS[algorithm]
    plan = schedule(rule, 1, iterations)
    engine_for(saddle, engine).run(state, plan, plan)
    return state


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("seed", range(4))
def test_numba_does_what_numpy_does(algorithm: str, seed: int) -> None:
    """For trees and belief DAGs, with several followers and weights."""
    pytest.importorskip("numba")
    saddle = saddle_of(priced_problem(seed))
    one, other = (learned(saddle, algorithm, engine, 5) for engine in ("numpy", "numba"))

    assert one.iterations == other.iterations == 5
    for ours, theirs in ((one.leader, other.leader), (one.adversary, other.adversary)):
        for name in ("behaviour", "plan", "average", "regret"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-9), name


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_numba_does_in_parts_what_numpy_does_at_once(algorithm: str) -> None:
    """Averages go on from one run to the next, in a game in which every weight is 1."""
    pytest.importorskip("numba")
    saddle, rule = saddle_of(zero_sum_problem()), ALGORITHMS[algorithm]
    whole, parts = learned(saddle, algorithm, "numpy", 12), State.start(saddle)
    engine = engine_for(saddle, "numba")
    for first, number in ((1, 1), (2, 4), (6, 7)):
        plan = schedule(rule, first, number)
        engine.run(parts, plan, plan)

    for one, other in ((whole.leader, parts.leader), (whole.adversary, parts.adversary)):
        for name in ("behaviour", "plan", "average", "regret"):
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-12), name


@pytest.mark.slow
def test_states_may_run_side_by_side() -> None:
    """Two states on one engine, each in a thread, come to what each comes to alone."""
    pytest.importorskip("numba")
    saddle = saddle_of(priced_problem(0))
    engine, rules = engine_for(saddle, "numba"), (ALGORITHMS["cfr+"], ALGORITHMS["pcfr+"])

    def work(rule: Algorithm) -> State:
        state = State.start(saddle)
        for first in range(1, 20_000, 2_000):
            plan = schedule(rule, first, 2_000)
            engine.run(state, plan, plan)
        return state

    alone = [work(rule) for rule in rules]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(work, rules))

    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.leader.average, other.leader.average)
        np.testing.assert_array_equal(one.adversary.average, other.adversary.average)


def matching_by_hand(payoffs: np.ndarray, iterations: int, *, plus: bool) -> np.ndarray:
    """Return the average strategies of regret matching in a matrix game, written down simply."""
    rows, columns = payoffs.shape
    regrets = [np.zeros(rows), np.zeros(columns)]
    play = [np.full(rows, 1 / rows), np.full(columns, 1 / columns)]
    total = [np.zeros(rows), np.zeros(columns)]
    for t in range(1, iterations + 1):
        for side in (0, 1):
            worth = payoffs @ play[1] if side == 0 else -(play[0] @ payoffs)
            regrets[side] += worth - worth @ play[side]
            if plus:
                regrets[side] = np.maximum(regrets[side], 0)
            positive = np.maximum(regrets[side], 0)
            even = np.full(len(positive), 1 / len(positive))
            play[side] = positive / positive.sum() if positive.sum() > 0 else even
            total[side] += (t if plus else 1) * play[side]
    return np.concatenate([one / one.sum() for one in total])


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("plus", [False, True])
def test_regret_matching_in_a_matrix_game(engine: str, *, plus: bool) -> None:
    """In a matrix game the averages are those of regret matching by hand."""
    if engine == "numba":
        pytest.importorskip("numba")
    import efmodels as ef

    payoffs = np.random.default_rng(3).normal(size=(3, 4))
    game = ef.Game.from_matrices(payoffs.tolist(), (-payoffs).tolist())
    saddle = saddle_of(ef.formulations.nash_zero_sum(game).problem)
    state = State.start(saddle)
    plan = schedule(CFRPlus() if plus else CFR(), 1, 40)
    engine_for(saddle, engine).run(state, plan, plan)

    averages = np.concatenate([state.leader.average[1:], state.adversary.average[1:]])
    assert averages == pytest.approx(matching_by_hand(payoffs, 40, plus=plus))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_averages_approach_the_value_of_kuhn_poker(algorithm: str) -> None:
    """The averages of both sides enclose -1/18, and the gap closes."""
    problem = zero_sum_problem()
    saddle = saddle_of(problem)
    gaps = []
    for iterations in (100, 1000):
        state = learned(saddle, algorithm, "numpy", iterations)
        low = problem.value(saddle.leader.original(state.leader.average))
        gradient = saddle.leader_gradient(state.adversary.average)
        high = saddle.leader.polytope.best_response(gradient)[0]
        assert low - 1e-12 <= -1 / 18 <= high + 1e-12
        gaps.append(high - low)

    assert gaps[1] < min(gaps[0] / 2, 1e-2)


def test_unknown_names_are_refused() -> None:
    """The message lists what there is."""
    with pytest.raises(GameError, match=r"'auto', 'cfr', 'cfr\+', 'dcfr'"):
        method_named("fictitious play")
    with pytest.raises(GameError, match="'auto', 'numba', 'numpy'"):
        engine_for(saddle_of(zero_sum_problem()), "cuda")
