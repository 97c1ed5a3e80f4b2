"""Branch and bound on knapsacks, of which all fillings can be listed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from efmodels.algorithms.best_first_search import Examined, OutOfTime, branch_and_bound
from efmodels.errors import GameError


class Knapsack:
    """What to pack: a node is what has been decided of the first things."""

    def __init__(self, seed: int, things: int = 9) -> None:
        generator = np.random.default_rng(seed)
        self.worth, self.weight = generator.uniform(1, 9, (2, things))
        order = np.argsort(-self.worth / self.weight)
        self.worth, self.weight = self.worth[order], self.weight[order]
        self.room = self.weight.sum() / 2

    def examine(self, node: tuple[int, ...], _seconds: float) -> Examined:
        """Fill up with what is left, the best first, and with a part of the last thing."""
        taken = np.zeros(len(self.worth))
        taken[: len(node)] = node
        room = self.room - taken @ self.weight
        if room < 0:
            return Examined(-np.inf)
        for k in range(len(node), len(taken)):
            taken[k] = min(1.0, room / self.weight[k])
            room -= taken[k] * self.weight[k]
        whole = np.floor(taken)
        children = ((*node, 1), (*node, 0)) if (whole != taken).any() else ()
        return Examined(taken @ self.worth, children, whole @ self.worth, whole)

    def best(self) -> float:
        """Return the worth of the best filling, from the list of all."""
        fillings = np.array(list(product((0, 1), repeat=len(self.worth))))
        return float((fillings @ self.worth)[fillings @ self.weight <= self.room].max())


@pytest.mark.parametrize("seed", range(10))
def test_optimum_is_that_of_the_whole_list(seed: int) -> None:
    """The value is the best there is, its point fits, and the bound meets it."""
    sack = Knapsack(seed)
    found = branch_and_bound((), sack.examine)

    assert found.status == "optimal"
    assert found.value == pytest.approx(sack.best())
    assert found.bound == pytest.approx(found.value)
    assert found.point @ sack.weight <= sack.room
    assert found.examined < 2 ** len(sack.worth)


@pytest.mark.parametrize("limit", range(1, 12))
def test_what_is_stopped_says_what_it_knows(limit: int) -> None:
    """After any number of nodes the optimum lies between the value and the bound."""
    sack = Knapsack(3)
    found = branch_and_bound((), sack.examine, node_limit=limit)

    assert found.examined <= limit
    assert found.value <= sack.best() <= found.bound + 1e-12
    assert (found.status == "optimal") == (found.bound <= found.value)


def test_log_never_gets_worse() -> None:
    """The value rises, the bound falls, and every node is counted."""
    frame = branch_and_bound((), Knapsack(3).examine).frame()

    assert (frame.value.diff().dropna() >= 0).all()
    assert (frame.bound.diff().dropna() <= 1e-12).all()
    assert frame.examined.tolist() == list(range(1, len(frame) + 1))


def test_tolerance_is_what_the_bound_may_be_off() -> None:
    """Fewer nodes are examined, and the value is within the tolerance of the best."""
    sack = Knapsack(3)
    exact, rough = (branch_and_bound((), sack.examine, tolerance=t) for t in (0.0, 2.0))

    assert rough.status == "optimal"
    assert rough.examined < exact.examined
    assert rough.bound >= sack.best() >= rough.bound - 2.0 - 1e-12
    assert rough.value >= sack.best() - 2.0


def test_time_that_is_up_within_a_node_leaves_it_open() -> None:
    """What was found before stands, and the bound is that of the node that was not finished."""
    sack = Knapsack(3)
    seen = []

    def examine(node: tuple[int, ...], seconds: float) -> Examined:
        seen.append(node)
        if len(seen) > 4:
            raise OutOfTime
        return sack.examine(node, seconds)

    found = branch_and_bound((), examine)
    assert (found.status, found.examined) == ("feasible", 4)
    assert found.value <= sack.best() <= found.bound


def test_no_time_at_all() -> None:
    """Nothing is known then, and that is what is said."""
    found = branch_and_bound((), Knapsack(3).examine, time_limit=0)

    assert (found.status, found.value, found.bound) == ("time_limit", -np.inf, np.inf)
    assert found.point is None


def test_callback_stops_the_search() -> None:
    """It is told of every step, and ends the search where it says so."""
    steps = []
    found = branch_and_bound(
        (), Knapsack(3).examine, callback=lambda step: steps.append(step) or len(steps) == 5
    )

    assert found.examined == 5
    assert list(found.log) == steps


def test_nothing_to_be_found() -> None:
    """A search without any point is infeasible."""
    found = branch_and_bound((), lambda _node, _seconds: Examined(-np.inf))

    assert (found.status, found.value, found.bound) == ("infeasible", -np.inf, -np.inf)


def test_refusals() -> None:
    """Negative tolerances and limits, and such as are no numbers, are refused."""
    for wrong in ({"tolerance": -1.0}, {"time_limit": float("nan")}):
        with pytest.raises(GameError, match=next(iter(wrong))):
            branch_and_bound((), Knapsack(3).examine, **wrong)
