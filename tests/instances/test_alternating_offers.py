"""Bargaining: its size, who knows what, and what an agreement pays."""

from __future__ import annotations

from fractions import Fraction
from math import prod

import numpy as np
import pytest

from efmodels.instances import bargaining
from tests.oracles.named_profiles import profile_of

TINY = bargaining(pool=(1,), values=((1,), (2,)), rounds=2, discount="1/2")


def test_default_size() -> None:
    """The default tree has the size that its closed form says, and is exact."""
    game = bargaining()
    widths = np.diff(game.action_start)
    sequences = [1 + int(widths[game.infoset_owner == seat].sum()) for seat in (1, 2)]

    assert (game.nodes, len(game.terminals), sequences) == (1085, 684, [343, 199])
    assert [len(game.infosets_of(seat)) for seat in (1, 2)] == [164, 36]
    assert game.is_exact


@pytest.mark.parametrize(
    ("pool", "vectors", "rounds"), [((1,), 1, 1), ((0, 1), 3, 2), ((2,), 2, 3)]
)
def test_size(pool: tuple[int, ...], vectors: int, rounds: int) -> None:
    """Every round has the offers, an answer to each, and an agreement below each."""
    values = [[k] * len(pool) for k in range(vectors)]
    game = bargaining(pool, values, rounds)
    offers = prod(copies + 1 for copies in pool)
    below = offers**rounds + (1 + 2 * offers) * sum(offers**t for t in range(rounds))

    assert game.nodes == 1 + vectors**2 * below


def test_infosets_of_the_smallest() -> None:
    """A player knows her own worths and all that was said, and nothing of the other's worths."""
    first = [
        name for name in (TINY.infoset_names[j] for j in TINY.infosets_of(1)) if name[0] == "2"
    ]
    second = [TINY.infoset_names[j] for j in TINY.infosets_of(2)]

    assert first == ["2", *(f"2|{a} reject {b}" for a in (0, 1) for b in (0, 1))]
    assert sorted(second) == sorted(
        f"{worth}|{offer}{answer}"
        for worth in (1, 2)
        for offer in (0, 1)
        for answer in ("", " reject")
    )
    TINY.require_perfect_recall()


def test_payoffs() -> None:
    """At every terminal the proposer gets what is left over, discounted by the round."""
    game = bargaining()
    for node in game.terminals.tolist():
        types, *said = game.history(node)
        worths = [[int(w) for w in worth.split(",")] for worth in types.split()]
        if said[-1] == "reject":
            assert game.exact_payoffs(node) == (0, 0)
            continue
        kept = [int(n) for n in said[-2].split(",")]
        left = [2 - n for n in kept]
        bundles = [left, kept] if len(said) == 2 else [kept, left]
        expected = [
            Fraction(9, 10) ** (len(said) // 2 - 1) * sum(n * w for n, w in zip(b, v, strict=True))
            for b, v in zip(bundles, worths, strict=True)
        ]
        assert list(game.exact_payoffs(node)) == expected


def test_last_proposer_takes_all() -> None:
    """With known worths of 1 and no discount, P2 offers nothing in the end and P1 cannot gain."""
    game = bargaining((1,), ((1,),), rounds=2, discount=1)
    answers = {f"1|{a} reject {b}": "accept" for a in (0, 1) for b in (0, 1)}
    profile = profile_of(
        game,
        {
            "P1": {"1": "0", **answers},
            "P2": {"1|0": "reject", "1|1": "reject", "1|0 reject": "0", "1|1 reject": "0"},
        },
    )

    assert profile.payoffs() == {"P1": 0, "P2": 1}
    assert profile.regrets() == {"P1": 0, "P2": 0}
