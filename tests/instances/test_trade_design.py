"""Bilateral trade: who sees what, size, payoffs, and the best mechanisms in it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import pytest

from efmodels.errors import GameError
from efmodels.instances import bilateral_trade
from tests.oracles.design import best_mechanism, chances, ends

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.design import Payoffs


def gains(payoffs: Payoffs) -> Fraction:
    """Return what seller and buyer get together."""
    return payoffs[0] + payoffs[1]


def test_infosets() -> None:
    """Seller and buyer know their own type, the broker that both are in."""
    game = bilateral_trade(costs=(0, 1), values=("1/2", 2))

    assert [[game.infoset_names[j] for j in game.infosets_of(k)] for k in (1, 2, 3)] == [
        ["0", "1"],
        ["1/2", "2"],
        ["both in"],
    ]
    assert game.has_perfect_recall


@pytest.mark.parametrize(
    ("costs", "values", "prices"), [((0,), (1,), None), ((0, 2, 4), (1, 3, 5), (2, 3))]
)
def test_size(costs: tuple[int, ...], values: tuple[int, ...], prices: tuple[int] | None) -> None:
    """A pair of types has two nodes at which one is out, and the broker's choices."""
    game = bilateral_trade(costs, values, prices=prices)
    pairs, terms = len(costs) * len(values), len(prices or {*costs, *values})

    assert game.nodes == 1 + pairs * (6 + terms)


def test_payoffs() -> None:
    """Trade pays value less price and price less cost; all else pays nothing."""
    end = ends(bilateral_trade())

    assert end["2 5", "in", "in", "price 3"] == (1, 2, 0)
    assert end["4 1", "in", "in", "price 0"] == (-4, 1, 0)
    assert {u for h, u in end.items() if not h[-1].startswith("price")} == {(0, 0, 0)}
    assert sum(chances(bilateral_trade()).values()) == 1


@pytest.mark.parametrize(
    ("costs", "values", "best", "first_best"),
    [
        ((0, 2, 4), (1, 3, 5), Fraction(40, 27), Fraction(14, 9)),
        ((0, 1, 2, 3), (1, 2, 3, 4), Fraction(5, 4), Fraction(5, 4)),
    ],
)
def test_best_mechanism(
    costs: tuple[int, ...], values: tuple[int, ...], best: Fraction, first_best: Fraction
) -> None:
    """Private information can cost part of the gains from trade; prices are lotteries."""
    pairs = list(product(costs, values))

    value = best_mechanism(bilateral_trade(costs, values), gains)

    assert value == pytest.approx(float(best), abs=1e-9)
    assert sum(Fraction(max(v - c, 0), len(pairs)) for c, v in pairs) == first_best
    assert best_mechanism(
        bilateral_trade(costs, values, prices=(min(costs), max(values))), gains
    ) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bilateral_trade(costs=()), r"costs must list one or more.*; got \(\)"),
        (lambda: bilateral_trade(values=(-1,)), r"values\[0\] must be .* at least 0; got -1"),
        (
            lambda: bilateral_trade(prices=("cheap",)),
            r"prices\[0\] must be a number such .*; got 'cheap'",
        ),
        (lambda: bilateral_trade(prior=[[1, 0, 0]]), "prior must have 2 lists"),
        (lambda: bilateral_trade(prior=[[1, 0], [1, 0, 0]]), r"prior\[0\] must be 3 prob"),
    ],
)
def test_impossible_parameters(make: Callable[[], Game], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        make()
