"""Learning proves what it says, whatever ends it."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.certificates import certificate
from efmodels.errors import GameError
from efmodels.learning.driver import Entry, Ranges, learn
from efmodels.learning.multipliers import FixedMultipliers
from tests.efmodels.learning.saddles import CONCEPTS, mediated_problem_of, zero_sum_problem
from tests.oracles.mediated import optima, optimum_and_prices

UNIT = Ranges(objective=20, payoff=10)


@pytest.mark.parametrize("seed", range(18))
def test_what_is_learned_agrees_with_the_linear_program(seed: int) -> None:
    """The bound is no lower than the optimum, and the value no higher than regrets explain."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    optimum, prices = optimum_and_prices(problem, problem.c)
    learned = learn(problem, UNIT, tolerance=1e-3, engine="numpy")

    assert learned.status == "solved"
    explained = sum(np.array(prices) * list(learned.regrets.values()))
    assert optimum - 1e-8 <= learned.bound
    assert learned.value <= optimum + explained + 1e-8
    assert max(learned.regrets.values()) <= 1e-3 * UNIT.payoff + 1e-9
    assert learned.bound - learned.value <= 1e-3 * UNIT.objective + 1e-9


def test_what_proves_the_bound_is_kept() -> None:
    """Plans and multipliers prove the same bound again."""
    problem = mediated_problem_of(2, "EFCE")
    learned = learn(problem, UNIT, tolerance=1e-3, engine="numpy")
    proved = certificate(problem, learned.x, learned.plans, learned.multipliers)

    assert (proved.value, proved.bound) == (learned.value, learned.bound)
    assert proved.violation <= 1e-12


def test_the_value_of_a_zero_sum_game() -> None:
    """Value and bound enclose the value of Kuhn poker."""
    learned = learn(zero_sum_problem(), Ranges(4, 4), tolerance=1e-4, engine="numpy")

    assert learned.status == "solved"
    assert learned.value <= -1 / 18 <= learned.bound <= learned.value + 4e-4
    assert learned.regrets == {}


def test_a_limit_keeps_the_best_answer_and_its_proof() -> None:
    """After an iteration limit there is a plan with a value, regrets and a finite bound."""
    problem = mediated_problem_of(2, "EFCE")
    learned = learn(problem, UNIT, tolerance=1e-12, iteration_limit=25, engine="numpy")

    assert (learned.status, learned.iterations) == ("iteration limit", 25)
    assert np.abs(problem.leader.F @ learned.x - problem.leader.f).max() <= 1e-12
    assert learned.bound >= optima(problem, [problem.c])[0] - 1e-9
    assert learned.frame()["iterations"].tolist() == [10, 20, 25]


def test_a_callback_sees_every_chunk_and_can_stop() -> None:
    """It gets the lines of the log, and stops by returning true."""
    seen: list[Entry] = []

    def look(entry: Entry) -> bool:
        seen.append(entry)
        return len(seen) == 3

    learned = learn(mediated_problem_of(2, "EFCE"), UNIT, tolerance=1e-12, callback=look)
    assert learned.status == "stopped"
    assert learned.log == tuple(seen)


def test_an_interruption_keeps_the_best_answer() -> None:
    """Ctrl-C in the middle ends the run and returns what is proved by then."""

    def interrupt(entry: Entry) -> None:
        if entry.iterations >= 20:
            raise KeyboardInterrupt

    learned = learn(mediated_problem_of(2, "EFCE"), UNIT, tolerance=1e-12, callback=interrupt)
    assert learned.status == "interrupted"
    assert np.isfinite(learned.bound)


@pytest.mark.slow
def test_too_low_a_fixed_price_does_not_deter() -> None:
    """With a multiplier below the dual value regrets stay; the adaptive rule raises it."""
    problem, ranges = mediated_problem_of(3, "EFCE"), UNIT
    low = learn(
        problem,
        ranges,
        tolerance=1e-3,
        multipliers=FixedMultipliers(1e-3),
        iteration_limit=3000,
        engine="numpy",
    )

    assert low.status == "iteration limit"
    assert learn(problem, ranges, tolerance=1e-3, engine="numpy").status == "solved"


def test_arguments_out_of_range() -> None:
    """They are refused in the caller's words."""
    problem = zero_sum_problem()
    with pytest.raises(GameError, match="tolerance must be above 0"):
        learn(problem, UNIT, tolerance=0)
    with pytest.raises(GameError, match="range of the payoff"):
        Ranges(1, -1)
    assert Ranges(0, 0) == Ranges(1, 1)
