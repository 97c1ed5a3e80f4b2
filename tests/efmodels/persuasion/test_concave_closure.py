"""The concave closure: corners, splits, prices, ties, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError, InfeasibleError, SizeError
from efmodels.persuasion import PersuasionProblem, concavification
from tests.oracles.concavification import concave_envelope


def judge(prior: float = 0.3) -> PersuasionProblem:
    """Return the prosecutor's problem."""
    return PersuasionProblem([1 - prior, prior], [[0, 1], [0, 1]], [[[1, 0], [0, 1]]])


def test_corners_of_two_cells() -> None:
    """Each action's cell is half of the interval, and the sender's value jumps in the middle."""
    closure = concavification(judge())
    assert closure.beliefs.tolist() == [[0.5, 0.5], [1, 0], [0, 1], [0.5, 0.5]]
    assert closure.values.tolist() == [0, 0, 1, 1]
    assert closure.profiles.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("prior", [0, 0.2, 0.5, 0.8, 1])
def test_split_averages_to_the_belief(prior: float) -> None:
    """The value is that of the prices; a belief that persuades already is not split."""
    split = concavification(judge()).split([1 - prior, prior])
    assert split.value == pytest.approx(min(2 * prior, 1))
    assert split.weights @ split.beliefs == pytest.approx([1 - prior, prior])
    assert split.weights @ split.values == pytest.approx(split.value)
    assert split.prices @ [1 - prior, prior] == pytest.approx(split.value)


@pytest.mark.parametrize("seed", range(10))
def test_value_at_every_belief(seed: int) -> None:
    """At random beliefs, too, the closure is the hull's."""
    generator = np.random.default_rng(seed)
    sender, receiver = generator.integers(-3, 4, (2, 3, 4))  # ties are frequent
    closure = concavification(PersuasionProblem([1, 0, 0], sender, [receiver]))
    for belief in generator.dirichlet(np.ones(3), 4):
        expected = concave_envelope(belief, sender, receiver)
        assert closure.split(belief).value == pytest.approx(expected, abs=1e-8)


def test_scale_does_not_matter() -> None:
    """Payoffs may be in any unit of money."""
    for unit in (1e-6, 1e6):
        problem = PersuasionProblem([0.7, 0.3], [[0, unit], [0, unit]], [[[unit, 0], [0, unit]]])
        assert concavification(problem).split().value == pytest.approx(0.6 * unit)


def test_one_state() -> None:
    """There is one belief: the sender chooses among the receiver's best actions."""
    problem = PersuasionProblem([1], [[0, 2, 9]], [[[1, 1, 0]]])
    assert concavification(problem).split().value == 2


def test_no_pure_equilibrium() -> None:
    """At matching pennies nothing that is announced is obeyed."""
    win = np.array([[[1, -1], [-1, 1]]])
    closure = concavification(PersuasionProblem([1], win, [win, -win]))
    assert len(closure.values) == 0
    with pytest.raises(InfeasibleError, match="no average of corners"):
        closure.split()


def test_refusals() -> None:
    """A belief has a probability per state, and not everything is small."""
    closure = concavification(judge())
    with pytest.raises(GameError, match=r"belief has shape \(3,\)"):
        closure.split([0.5, 0.5, 0])
    with pytest.raises(GameError, match=r"belief sums to 0\.9"):
        closure.split([0.5, 0.4])
    large = PersuasionProblem(np.full(20, 0.05), np.zeros((20, 20)), [np.eye(20)])
    with pytest.raises(SizeError, match="places of corners"):
        concavification(large)
