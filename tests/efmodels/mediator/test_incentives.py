"""What a mechanism owes its participants: the record and what it refuses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from efmodels.errors import GameError
from efmodels.mediator.concept import COMMUNICATION, Concept
from efmodels.mediator.incentives import Incentives


def test_concepts() -> None:
    """Bayesian incentives are communication, dominant ones those of a deviator who knows all."""
    assert Incentives().concept == COMMUNICATION
    assert Incentives("dominant").concept == Concept("recall", "lie", "full", spies="chance")


def test_outside_payoffs() -> None:
    """One number for all, or one by label; who is not named gets 0."""
    assert Incentives("bayesian", "interim", "1/3").outside_of("P1") == float(Fraction(1, 3))
    named = Incentives("bayesian", "ex post", {"P1": 2})
    assert (named.outside_of("P1"), named.outside_of("P2")) == (2, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("honest",), "truth must be one of 'bayesian', 'dominant'; got 'honest'"),
        (("bayesian", "sometimes"), "participation must be one of 'none', 'interim', 'ex post'"),
        (("bayesian", "interim", float("nan")), "outside payoffs must be finite; got nan"),
        (("bayesian", "interim", {"P1": "much"}), "'much' is not a number"),
        (("bayesian", "none", 1), "outside is 1, but nobody is asked whether she takes part"),
    ],
)
def test_what_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    """What was given is named, with what was expected."""
    with pytest.raises(GameError, match=message):
        Incentives(*arguments)
