"""Border's inequalities: the test by sorting finds the worst of all sets."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from efmodels.mechanisms import IndependentBidders, border_residual, violated_sets
from efmodels.mechanisms.border_separation import (
    chance_of_somebody,
    first_sets,
    prefix_violations,
)


def random_bidders(seed: int) -> IndependentBidders:
    """Return two to four bidders with two or three types each."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, size=rng.integers(1, 5))
    return IndependentBidders(
        [rng.choice(9, size=k, replace=False) for k in sizes],
        [rng.dirichlet(np.full(k, 0.7)) for k in sizes],
    )


def every_violation(bidders: IndependentBidders, x: np.ndarray) -> np.ndarray:
    """Return the violation of each set of types, from the formula."""
    found = []
    for chosen in product((False, True), repeat=len(x)):
        inside = np.array(chosen)
        nobody = 1.0
        for k in range(len(bidders.bidders)):
            nobody *= 1 - bidders.probability[inside & (bidders.bidder == k)].sum()
        found.append((bidders.probability * x)[inside].sum() - (1 - nobody))
    return np.array(found)


@pytest.mark.parametrize("seed", range(60))
def test_worst_set_is_a_prefix(seed: int) -> None:
    """Of rules that are feasible or not, the largest violation of all sets is found."""
    bidders = random_bidders(seed)
    rng = np.random.default_rng(seed)
    for scale in (0.3, 0.6, 1.0):
        x = scale * rng.random(len(bidders.value))
        worst = every_violation(bidders, x).max()

        assert border_residual(bidders, x) == pytest.approx(max(worst, 0), abs=1e-12)


def test_order_by_chances_alone_is_not_enough() -> None:
    """If bidders are not alike, a rule can violate a set and no prefix of the order by ``x``."""
    bidders = IndependentBidders(
        [[1, 2, 3], [1, 2], [1, 2, 3]],
        [[0.4654, 0.3589, 0.1757], [0.8991, 0.1009], [0.1287, 0.8027, 0.0686]],
    )
    x = np.array([0.0426, 0.6932, 0.2109, 0.0056, 0.3197, 0.0005, 0.7477, 0.3964])
    sets = np.argsort(np.argsort(-x)) <= np.arange(len(x))[:, None]
    by_chance = (sets * bidders.probability) @ x - chance_of_somebody(bidders, sets)

    assert by_chance.max() < 0
    assert border_residual(bidders, x) == pytest.approx(every_violation(bidders, x).max())
    assert border_residual(bidders, x) > 5e-4


def test_violated_sets() -> None:
    """The worst first, no more than asked for, each with its violation."""
    bidders = IndependentBidders([[1, 2], [1, 2]], [[0.5, 0.5]] * 2)
    x = np.array([0.5, 1.0, 0.25, 1.0])
    sets = violated_sets(bidders, x, 20, 1e-9)
    excess = (sets * bidders.probability) @ x - chance_of_somebody(bidders, sets)

    assert (excess > 1e-9).all()
    assert (np.diff(excess) <= 1e-12).all()
    assert len(violated_sets(bidders, x, 1, 1e-9)) == 1
    assert sets[0].tolist() == violated_sets(bidders, x, 1, 1e-9)[0].tolist()
    assert violated_sets(bidders, 0 * x, 20, 1e-9).shape == (0, 4)


def test_first_sets() -> None:
    """For each value, all who value the item at least as much."""
    bidders = IndependentBidders([[1, 3], [3]], [[0.5, 0.5], [1]])

    assert first_sets(bidders).tolist() == [[True, True, True], [False, True, True]]


def test_all_types_together() -> None:
    """Somebody is always there: the last prefix says that the item goes to one at most."""
    bidders = random_bidders(5)
    x = np.full(len(bidders.value), 0.9)

    assert prefix_violations(bidders, x)[1][-1] == pytest.approx(
        0.9 * len(bidders.bidders) - 1, abs=1e-12
    )
