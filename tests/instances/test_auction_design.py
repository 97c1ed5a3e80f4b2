"""The sale of one item: who sees what, sizes, payoffs, and the best mechanisms in it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from efmodels.errors import GameError
from efmodels.instances import single_item_auction
from tests.oracles.design import best_mechanism, chances, ends, myerson_revenue

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.design import Payoffs


def revenue(payoffs: Payoffs) -> Fraction:
    """Return what the auctioneer gets."""
    return payoffs[-1]


def infosets(game: Game) -> list[list[str]]:
    """Return the names of the infosets of every player."""
    seats = range(1, len(game.players) + 1)
    return [[game.infoset_names[j] for j in game.infosets_of(seat)] for seat in seats]


def test_infosets_of_two_bidders() -> None:
    """A bidder knows her value, the auctioneer who is in."""
    assert infosets(single_item_auction(values=((0, 1), (2, "1/2")))) == [
        ["0", "1"],
        ["2", "1/2"],
        ["1+2", "1", "2"],
    ]


def test_bidders_see_nothing_but_their_values() -> None:
    """Nodes of a bidder are one infoset if and only if her values agree, whatever others did."""
    game = single_item_auction(values=((1, 2), (1, 3), (2, 3)))
    pairs = {
        (int(game.infoset[node]), int(game.owner[node]), game.history(node)[0].split()[k])
        for node in range(game.nodes)
        for k in [int(game.owner[node]) - 1]
        if 0 <= k < 3
    }

    assert len(pairs) == 6 == sum(len(names) for names in infosets(game)[:3])


@pytest.mark.parametrize(
    ("arguments", "bidders", "profiles", "prices", "fees"),
    [
        ({}, 2, 4, 3, 1),
        ({"values": [[1, 2]], "fees": (0, 2)}, 1, 2, 3, 2),
        ({"values": [[1, 2, 3]] * 2, "prices": (0, 3), "fees": (0, 3)}, 2, 9, 2, 2),
        ({"values": [[1, 2]] * 3, "prices": [2]}, 3, 8, 1, 1),
    ],
)
def test_terminals(
    arguments: dict[str, Any], bidders: int, profiles: int, prices: int, fees: int
) -> None:
    """Every bidder is out or pays a fee, or one of them wins and pays a price."""
    game = single_item_auction(**arguments)
    per_profile = (1 + fees) ** bidders + bidders * prices * (1 + fees) ** (bidders - 1)

    assert len(game.terminals) == profiles * per_profile
    game.require_perfect_recall()


def test_payoffs() -> None:
    """Winners get their value, everybody who is in pays what the action says."""
    end = ends(single_item_auction(values=((1, 3), (2, 5)), fees=(0, 1)))

    assert end["3 2", "in", "in", "1 wins, 1 pays 2"] == (1, 0, 2)
    assert end["3 2", "in", "in", "2 wins, 1 pays 1, 2 pays 5"] == (-1, -3, 6)
    assert end["3 2", "in", "in", "nobody wins, 1 pays 1, 2 pays 1"] == (-1, -1, 2)
    assert end["1 5", "out", "in", "2 wins, 2 pays 3"] == (0, 2, 3)
    assert end["1 5", "out", "out"] == (0, 0, 0)
    assert not any("1 wins" in h[-1] or "1 pays" in h[-1] for h in end if h[1] == "out")


def test_priors() -> None:
    """Values are uniform, independent, or drawn jointly."""
    third, half = Fraction(1, 3), Fraction(1, 2)

    assert chances(single_item_auction(values=((1, 2, 3),))) == dict.fromkeys("123", third)
    independent = single_item_auction(prior=[["1/3", "2/3"], [half, half]])
    assert list(chances(independent).values()) == [third / 2, third / 2, third, third]
    joint = single_item_auction(prior={(2, 1): "1/3", (1, 1): "2/3"})
    assert chances(joint) == {"2 1": third, "1 1": 2 * third}


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"prior": [["1/3", "2/3"], [1, 0]]}, "prior=((1/3, 2/3), (1, 0)), prices=(0, 1, 2)"),
        ({"prior": {(1, 2): 1}}, "values=((1, 2), (1, 2)), prior={(1, 2): 1}, prices"),
        ({"budgets": ("1/2", 2)}, "fees=(0,), budgets=(1/2, 2))"),
    ],
)
def test_title_repeats_the_call(arguments: dict[str, Any], shown: str) -> None:
    """What was given can be read from the title."""
    assert shown in single_item_auction(**arguments).title


@pytest.mark.parametrize(
    "types",
    [
        [{1: "1/2", 2: "1/2"}] * 2,
        [{1: "1/2", 2: "1/2"}],
        [{1: "1/5", 2: "3/10", 3: "1/2"}, {2: "3/5", 4: "1/10", 6: "3/10"}],
        [{1: "3/5", 3: "1/10", 10: "3/10"}] * 2,
        [{2: "1/3", 3: "1/3", 4: "1/3"}, {1: "1/4", 5: "3/4"}, {1: "1/2", 2: "1/2"}],
    ],
    ids=["2x2", "one bidder", "asymmetric", "ironing", "three bidders"],
)
def test_best_revenue_is_that_of_ironed_virtual_values(types: list[dict[int, str]]) -> None:
    """A direct mechanism over the outcomes of the game earns what Myerson's theorem says."""
    priors = [{value: Fraction(p) for value, p in prior.items()} for prior in types]
    game = single_item_auction([list(p) for p in priors], [list(p.values()) for p in priors])

    assert best_mechanism(game, revenue) == pytest.approx(float(myerson_revenue(priors)), abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"budgets": (1, 1)}, 1),
        ({"prices": (0, 1), "fees": (0, 1)}, Fraction(4, 3)),
        ({"fees": (0, 1, 2), "budgets": (1, 1)}, Fraction(4, 3)),
        (
            {
                "values": ((1, 3, 6), (2, 4, 7)),
                "prior": [["3/10", "3/10", "4/10"], ["2/10", "5/10", "3/10"]],
                "prices": (0, "1/2", 4),
                "fees": (0, "1/2", 4),
                "budgets": ("1/2", 4),
            },
            3.565,
        ),
    ],
    ids=["winner pays", "all pay", "all pay within budgets", "unequal budgets"],
)
def test_best_revenue_with_budgets(arguments: dict[str, Any], value: float) -> None:
    """Budgets cut the revenue, less so if losers can be charged."""
    game = single_item_auction(**arguments)

    assert best_mechanism(game, revenue) == pytest.approx(float(value), abs=1e-9)


def test_correlated_values_leave_the_bidders_nothing() -> None:
    """With correlated values and large side bets all the surplus is extracted."""
    prior = {(1, 1): "2/5", (2, 2): "2/5", (1, 2): "1/10", (2, 1): "1/10"}
    game = single_item_auction(prior=prior, prices=(-9, 9), fees=(-9, 9))

    assert best_mechanism(game, revenue) == pytest.approx(1.6, abs=1e-9)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: single_item_auction(values=()), "values must have a list .* got none"),
        (lambda: single_item_auction(values=((1, 2), ())), r"values\[1\] must list one or more"),
        (lambda: single_item_auction(values=((1, 1),)), r"different numbers; got \(1, 1\)"),
        (lambda: single_item_auction(values=((-1,),)), r"values\[0\]\[0\] .* at least 0; got -1"),
        (lambda: single_item_auction(values=(1, 2)), r"values\[0\] must be a list; got 1"),
        (lambda: single_item_auction(prices=()), "prices must list one or more"),
        (lambda: single_item_auction(fees="0"), "fees must be a list; got '0'"),
        (lambda: single_item_auction(budgets=(1,)), "budgets must be 2 numbers.*; got 1"),
        (lambda: single_item_auction(budgets=(1, -1)), r"budgets\[1\] .* at least 0; got -1"),
        (lambda: single_item_auction(prior=[[1, 0]]), "prior must have 2 lists.*; got 1"),
        (lambda: single_item_auction(prior=[[1, 1], [1, 0]]), r"prior\[0\] .* sum to 2"),
        (lambda: single_item_auction(prior={(1, 1): "1/2"}), "prior .* sum to 1/2"),
        (lambda: single_item_auction(prior={(1, 3): 1}), r"profiles of types.*; \(1, 3\) is none"),
        (lambda: single_item_auction(prior={1: 1}), "a key of prior must be a list; got 1"),
        (lambda: single_item_auction(prior={(1, 1): 2, (2, 2): -1}), r"prior\[0\] .* got 2"),
        (lambda: single_item_auction(prior={(1, 1): 0, (1, "1"): 1}), "one is there twice"),
    ],
)
def test_impossible_parameters(make: Callable[[], Game], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        make()
