"""The settings of the textbooks against loops over their rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.mechanisms import (
    IndependentBidders,
    bilateral_trade,
    public_decision,
    sale_to,
    several_items,
    single_item,
)


def test_single_item() -> None:
    """Who wins gets her value and the item."""
    setting = single_item([[1, 2], [5]], [[0.25, 0.75], [1]])

    assert setting.agents == ("B1", "B2")
    assert setting.worth(0).tolist() == [[0, 1, 0], [0, 2, 0]]
    assert setting.worth(1).tolist() == [[0, 0, 5], [0, 0, 5]]
    assert setting.units.tolist() == [[0, 1, 0], [0, 0, 1]]
    assert setting.probability.tolist() == [0.25, 0.75]


def test_several_items_add_up() -> None:
    """Every way to give each item to somebody or nobody; a set is worth the sum of its items."""
    types = [[[1, 10], [2, 20]], [[3, 30]]]
    setting = several_items(types, [[0.5, 0.5], [1]])

    assert len(setting.outcomes) == 9
    for k, outcome in enumerate(setting.outcomes):
        owners = outcome.split("+")
        for agent, label in enumerate(setting.agents):
            mine = [owner == label for owner in owners]
            assert setting.units[agent, k] == sum(mine)
            for number, worths in enumerate(types[agent]):
                assert setting.values[agent][number, k] == np.dot(worths, mine)


def test_bilateral_trade() -> None:
    """A trade costs the seller her cost and brings the buyer, who gets the item, her value."""
    setting = bilateral_trade([0, 2], [1, 3], prior=[[0.4, 0.1], [0.1, 0.4]])

    assert (setting.worth(0) + setting.worth(1))[:, 1].tolist() == [1, 3, -1, 1]
    assert not setting.worth(0)[:, 0].any()
    assert setting.units.tolist() == [[0, 0], [0, 1]]


def test_public_decision() -> None:
    """Labels are made where none are given."""
    setting = public_decision([np.ones((2, 3)), np.ones((1, 3))], [[0.5, 0.5], [1]])

    assert setting.outcomes == ("O1", "O2", "O3")
    assert setting.types == (("T1", "T2"), ("T1",))


def test_independent_bidders_are_sorted() -> None:
    """Values ascend, with their probabilities; the setting is that of a single item."""
    bidders = IndependentBidders([[3, 1, 2], [4]], [[0.5, 0.2, 0.3], [1]], ["Ann", "Bob"])
    setting = sale_to(bidders)

    assert bidders.value.tolist() == [1, 2, 3, 4]
    assert bidders.probability.tolist() == [0.2, 0.3, 0.5, 1]
    assert (bidders.bidder.tolist(), bidders.lowest.tolist()) == ([0, 0, 0, 1], [0, 3])
    assert setting.agents == ("Ann", "Bob")
    assert setting.outcomes == ("nobody wins", "Ann wins", "Bob wins")
    assert setting.probability.tolist() == [0.2, 0.3, 0.5]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1, 1]], [[0.5, 0.5]]), r"values\[0\] has 1 twice; add up the probabilities"),
        (([[1, -1]], [[0.5, 0.5]]), "has -1; values of the item are not negative"),
        (([[1, 2]], [[1, 0]]), r"the value 2 in values\[0\] has probability 0: leave it out"),
        (([[1, 2]], [[1]]), r"values\[0\] has 2 numbers and probabilities\[0\] has 1"),
        (([[1, 2]], [[0.5, 0.6]]), r"probabilities\[0\] sums to 1.1"),
        (([[1, 2]], []), "values has 1 lists and probabilities has 0"),
        (([1, 2], [[1], [1]]), r"values\[0\] has shape \(\)"),
    ],
)
def test_bidders_that_are_refused(arguments: Any, message: str) -> None:
    """What was given is named, with what was expected."""
    with pytest.raises(GameError, match=message):
        IndependentBidders(*arguments)


def test_one_prior_is_needed() -> None:
    """Either probabilities of each, or a joint prior."""
    with pytest.raises(GameError, match=r"give either probabilities, .* or the joint prior"):
        single_item([[1, 2]])
    with pytest.raises(GameError, match="give either probabilities"):
        single_item([[1, 2]], [[0.5, 0.5]], prior=[0.5, 0.5])


def test_items_must_be_the_same_for_all() -> None:
    """Two items for one bidder, one for the other."""
    with pytest.raises(GameError, match=r"a bidder's types have shape \(1, 1\)"):
        several_items([[[1, 2]], [[1]]], [[1], [1]])
    with pytest.raises(GameError, match="values must have an array for each agent"):
        public_decision([[1, 2]], [[1]])
