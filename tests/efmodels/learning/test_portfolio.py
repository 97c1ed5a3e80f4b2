"""Methods side by side share what they prove, and end together."""

from __future__ import annotations

import threading
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from efmodels.errors import GameError
from efmodels.learning.driver import learn
from efmodels.learning.learned import Entry, Ranges
from efmodels.learning.methods import ALONE, METHODS
from efmodels.learning.portfolio import PRICED, SMALL, ZERO_SUM, Portfolio, automatic
from efmodels.learning.saddle import saddle_of
from tests.efmodels.learning.saddles import CONCEPTS, mediated_problem_of, zero_sum_problem
from tests.oracles.mediated import optimum_and_prices

if TYPE_CHECKING:
    from efmodels.learning.engines import Learner
    from efmodels.learning.methods import Iterations
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import State

UNIT = Ranges(objective=20, payoff=10)
BOTH = Portfolio((METHODS["cfr+"], METHODS["pcfr+"]))


@dataclass(frozen=True)
class OneSided:
    """A method that learns in secret, and shows the plan of one side alone."""

    side: str

    def on(self, saddle: Saddle, engine: Learner) -> OneSidedIterations:
        """Go to work, and keep what both sides begin with."""
        return OneSidedIterations(self.side, ALONE.on(saddle, engine))


class OneSidedIterations:
    """What such a method does."""

    def __init__(self, side: str, iterations: Iterations) -> None:
        self.side, self.iterations = side, iterations
        self.secret: State | None = None

    def run(self, state: State, number: int) -> None:
        """Iterate on a copy, and copy one side's average back."""
        if self.secret is None:
            self.secret = deepcopy(state)
        self.iterations.run(self.secret, number)
        getattr(state, self.side).average[:] = getattr(self.secret, self.side).average
        state.iterations += number


@dataclass(frozen=True)
class Broken:
    """A method that fails."""

    def on(self, saddle: Saddle, engine: Learner) -> Broken:
        """Go to work."""
        del saddle, engine
        return self

    def run(self, state: State, number: int) -> None:
        """Fail."""
        raise ArithmeticError(f"{state.iterations} of {number}")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_what_is_learned_side_by_side_agrees_with_the_linear_program(
    seed: int, threads: int
) -> None:
    """The bound is no lower than the optimum, and the value no higher than regrets explain."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    optimum, prices = optimum_and_prices(problem, problem.c)
    learned = learn(problem, UNIT, method=BOTH, engine="numpy", threads=threads)

    assert learned.status == "solved"
    explained = sum(np.array(prices) * list(learned.regrets.values()))
    assert optimum - 1e-8 <= learned.bound
    assert learned.value <= optimum + explained + 1e-8
    assert learned.bound - learned.value <= 1e-3 * UNIT.objective + 1e-9


def test_members_share_what_they_prove() -> None:
    """One finds the plan, another proves the bound: neither solves it alone, both do together."""
    problem = zero_sum_problem()
    plan, bound = OneSided("leader"), OneSided("adversary")
    limits = {"tolerance": 1e-3, "iteration_limit": 2000, "engine": "numpy"}

    for alone in (plan, bound):
        assert learn(problem, Ranges(4, 4), method=alone, **limits).status == "iteration limit"
    together = learn(problem, Ranges(4, 4), method=Portfolio((plan, bound)), threads=1, **limits)
    assert together.status == "solved"
    assert together.value <= -1 / 18 <= together.bound <= together.value + 4e-3 + 1e-12


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_log_names_the_members(threads: int) -> None:
    """Whether in turn or on threads; iterations are those of the member."""
    learned = learn(
        mediated_problem_of(2, "EFCE"),
        UNIT,
        tolerance=1e-12,
        method=Portfolio((METHODS["cfr+"], METHODS["cfr+"], METHODS["dcfr"])),
        engine="numpy",
        threads=threads,
        iteration_limit=25,
    )

    frame = learned.frame()
    done = {name: lines["iterations"].tolist() for name, lines in frame.groupby("member")}
    assert done == {name: [10, 20, 25] for name in ("cfr+", "cfr+_2", "dcfr")}
    assert (learned.status, learned.iterations) == ("iteration limit", 75)


def test_in_turn_the_answer_is_always_the_same() -> None:
    """On one thread nothing depends on time."""
    one, other = (
        learn(mediated_problem_of(4, "NFCCE"), UNIT, method=BOTH, engine="numpy", threads=1)
        for _ in range(2)
    )
    assert (one.value, one.bound, one.iterations) == (other.value, other.bound, other.iterations)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_callback_is_called_in_the_thread_of_the_caller(threads: int) -> None:
    """It can stop the run, and interrupt it; afterwards no thread is left."""
    seen: list[tuple[str, threading.Thread]] = []

    def look(entry: Entry) -> bool:
        seen.append((entry.member, threading.current_thread()))
        return len(seen) == 5

    def interrupt(entry: Entry) -> None:
        if entry.iterations >= 20:
            raise KeyboardInterrupt

    problem = mediated_problem_of(2, "EFCE")
    for callback, status in ((look, "stopped"), (interrupt, "interrupted")):
        learned = learn(
            problem,
            UNIT,
            tolerance=1e-12,
            method=BOTH,
            engine="numpy",
            threads=threads,
            callback=callback,
        )
        assert learned.status == status
        assert np.isfinite(learned.bound)
    assert len(seen) == 5
    assert {thread for _, thread in seen} == {threading.current_thread()}
    assert not [one for one in threading.enumerate() if one.name.startswith("efmodels")]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_time_limit_ends_all(threads: int) -> None:
    """There is an answer all the same."""
    learned = learn(
        zero_sum_problem(),
        Ranges(4, 4),
        tolerance=1e-15,
        method=BOTH,
        engine="numpy",
        threads=threads,
        time_limit=0.0,
    )

    assert learned.status == "time limit"
    assert learned.value <= -1 / 18 <= learned.bound


@pytest.mark.parametrize("threads", [1, 2])
def test_what_goes_wrong_in_a_member_is_raised(threads: int) -> None:
    """With the error that it raised, whichever thread that was in."""
    with pytest.raises(ArithmeticError, match="0 of 10"):
        learn(
            zero_sum_problem(),
            Ranges(4, 4),
            tolerance=1e-15,
            method=Portfolio((METHODS["cfr"], Broken())),
            engine="numpy",
            threads=threads,
        )
    assert not [one for one in threading.enumerate() if one.name.startswith("efmodels")]


def test_numba_learns_on_threads() -> None:
    """Compiled loops share one engine, and keep their states apart."""
    pytest.importorskip("numba")
    problem = mediated_problem_of(2, "EFCE")
    both = [
        learn(
            problem,
            UNIT,
            tolerance=1e-12,
            method=BOTH,
            engine="numba",
            threads=threads,
            iteration_limit=100,
        )
        for threads in (1, 2)
    ]

    assert both[0].bound == pytest.approx(both[1].bound)
    assert both[0].iterations == both[1].iterations == 200


def test_what_is_chosen_automatically() -> None:
    """Two methods for large problems on several threads, by whether anything has a price."""
    saddle = saddle_of(zero_sum_problem())
    assert saddle.W.nnz < SMALL
    assert automatic(saddle, 2).members == (ALONE,)

    rows = sparse.csr_array(np.ones((len(saddle.c), SMALL)))
    large = replace(saddle, W=rows)
    assert automatic(large, 2) == ZERO_SUM
    assert automatic(large, 1) == Portfolio((ALONE,))
    assert automatic(replace(large, constrained=np.zeros(1, np.int64)), 2) == PRICED


def test_nobody_is_no_portfolio() -> None:
    """It is refused, and so is less than one thread."""
    with pytest.raises(GameError, match="at least one method"):
        Portfolio(())
    with pytest.raises(GameError, match="threads must be at least 1; got 0"):
        learn(zero_sum_problem(), UNIT, threads=0)
    with pytest.raises(GameError, match="iteration_limit must be at least 1; got 0"):
        learn(zero_sum_problem(), UNIT, iteration_limit=0)
