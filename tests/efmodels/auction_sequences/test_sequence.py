"""The setting of auctions in a row: what is kept, and what is refused by name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from efmodels.auction_sequences import (
    AuctionSequence,
    CommittedEverybodyPays,
    ExPostEachRound,
    ExPostTotal,
    OptOutEachRound,
)
from efmodels.auction_sequences.terms import deferred_terms, priced_terms
from efmodels.errors import GameError


def test_numbers_are_exact() -> None:
    """Texts are read exactly, priors are uniform by default, prices are 0 and the values."""
    sequence = AuctionSequence(("1/3", 1), budget="2/3", rounds=3)

    assert sequence.values == (Fraction(1, 3), Fraction(1))
    assert sequence.prior == ((Fraction(1, 2), Fraction(1, 2)),) * 3
    assert sequence.prices == (Fraction(0), Fraction(1, 3), Fraction(1))
    assert sequence.affordable(Fraction(1, 3)) == (Fraction(0), Fraction(1, 3))
    assert sequence == AuctionSequence(("1/3", 1), budget="2/3", rounds=3, prices=(1, 0, "1/3"))
    assert np.array_equal(sequence.worths, [1 / 3, 1])


def test_a_prior_for_each_round() -> None:
    """Rounds may have different probabilities, which may be an array."""
    sequence = AuctionSequence((0, 1), budget=1, prior=np.array([[0.5, 0.5], [0.25, 0.75]]))

    assert sequence.likelihoods.tolist() == [[0.5, 0.5], [0.25, 0.75]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": (0, -1)}, r"values\[1\] must be a finite number of at least 0; got -1"),
        ({"values": ()}, "values must list at least one number"),
        ({"values": "01"}, "values must be a list of numbers; got '01'"),
        ({"values": (0, 1, "1")}, "values lists 1 more than once"),
        ({"values": (0, "one")}, r"values\[1\] .* got 'one'"),
        ({"budget": 0}, "budget is 0: nobody can pay anything"),
        ({"budget": -1}, "budget must be a finite number of at least 0; got -1"),
        ({"budget": float("nan")}, "budget must be a finite number"),
        ({"rounds": 0}, "rounds must be an integer of at least 1; got 0"),
        ({"bidders": True}, "bidders must be an integer of at least 1; got True"),
        ({"prior": (0.5, 0.25)}, r"prior must sum to 1; \(0.5, 0.25\) sums to 0.75"),
        ({"prior": (1,)}, "prior must have a probability for each of the 2 values"),
        ({"prior": (1, 0)}, r"prior\[1\] is 0: leave out the value that cannot occur"),
        ({"prior": ((0.5, 0.5),)}, "one for each of the 2 rounds"),
        ({"prior": ((0.5, 0.5), (0.5, 0.4))}, r"prior\[1\] must sum to 1"),
        ({"prices": (1, 1)}, "prices lists 1 more than once"),
        ({"prices": (-1,)}, r"prices\[0\] must be a finite number of at least 0; got -1"),
    ],
)
def test_bad_data_is_refused_by_name(arguments: dict[str, Any], message: str) -> None:
    """The message says which parameter is wrong, and what it was."""
    with pytest.raises(GameError, match=message):
        AuctionSequence(**{"values": (0, 1), "budget": 1, **arguments})


def test_participation_must_fit_the_payments() -> None:
    """Each form names what it takes; deferred payments and leaving do not go together."""
    sequence = AuctionSequence((0, 1), budget=1)
    with pytest.raises(GameError, match="keep it, leave, and never pay"):
        deferred_terms(sequence, OptOutEachRound())
    with pytest.raises(GameError, match="ExPostEachRound does not go together"):
        deferred_terms(sequence, ExPostEachRound())
    with pytest.raises(GameError, match=r"one of ExPostEachRound\(\), .* got ExPostTotal\(\)"):
        priced_terms(sequence, ExPostTotal())
    with pytest.raises(GameError, match=r"one of ExPostTotal\(\), .* got None"):
        deferred_terms(sequence, None)  # type: ignore[arg-type]
    with pytest.raises(GameError, match="without a budget CommittedEverybodyPays has no limit"):
        deferred_terms(AuctionSequence((0, 1), budget=None), CommittedEverybodyPays())
    with pytest.raises(GameError, match="this sequence has 3"):
        priced_terms(AuctionSequence((0, 1), budget=1, rounds=3), OptOutEachRound())
    with pytest.raises(GameError, match="takes an efmodels"):
        priced_terms((0, 1), OptOutEachRound())  # type: ignore[arg-type]


def test_shows_its_sizes() -> None:
    """Numbers as one would write them; of many values the first ones."""
    assert repr(AuctionSequence((0, "1/3"), budget=None, rounds=3)) == (
        "AuctionSequence(values=(0, 1/3), budget=None, rounds=3, bidders=2)"
    )
    assert "values=(0, 1, 2, 3, 4, 5, 6, 7, ...), budget=3" in repr(
        AuctionSequence(range(50), budget=3)
    )
