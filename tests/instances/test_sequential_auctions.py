"""First and second price auctions in a row: who sees what, sizes, payoffs, truthful bidding."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.instances import first_price_sequence, second_price_sequence
from efmodels.verifying import Profile
from tests.oracles.budget_auctions import BudgetAuctions, first_price, second_price
from tests.oracles.replayed_sales import replay_bidding

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game

QUARTERS = (0, "1/4", "1/2", "3/4", 1)
THIRDS = (0, "1/3", "2/3", 1)
HALVES = (0, "1/2", 1)
# The auction, the reserve price, and for two items and quarters what truthful bids yield and leave.
MECHANISMS = [
    ("first price", 0, "1573/1250", "2291/5000"),
    ("second price", 0, "349/625", "9/2500"),
    ("second price", "1/4", "18/25", "57/5000"),
    ("second price", "1/2", "2197/2500", "9/1000"),
    ("second price", "3/4", "1073/1250", "29/2500"),
    ("second price", 1, "414/625", "0"),
]
MAKE: dict[str, Callable[..., Game]] = {
    "first price": first_price_sequence,
    "second price": second_price_sequence,
}
PRICE = {"first price": first_price, "second price": second_price}


def truthful(game: Game) -> Profile:
    """Return the profile in which everybody bids her value, or all she has left."""
    behaviour = np.zeros(len(game.action_labels))
    for j in range(len(game.infosets_of(0)), len(game.infoset_names)):
        value = Fraction(game.infoset_names[j].rpartition(";")[2])
        bids = [a for a in game.actions_of(j) if Fraction(game.action_names[a]) <= value]
        behaviour[bids[-1]] = 1
    return Profile(game, behaviour)


def model(auction: str, items: int, values: tuple[Any, ...], reserve: Any) -> BudgetAuctions:
    """Return the same auctions without a tree."""
    grid = tuple(map(Fraction, values))
    return BudgetAuctions(items, grid, Fraction(1), PRICE[auction], Fraction(reserve))


def count(items: int, mine: Fraction, yours: Fraction, auctions: BudgetAuctions) -> int:
    """Count the nodes from a draw of values on."""
    if items == 0:
        return 1
    bids = [[bid for bid in auctions.values if bid <= left] for left in (mine, yours)]
    total = 1 + len(bids[0])
    for x in bids[0]:
        for y in bids[1]:
            results = list(auctions._ends(x, y))  # noqa: SLF001 - how one auction can end
            total += len(results) > 1
            total += sum(count(items - 1, mine - p, yours - q, auctions) for _, _, p, q in results)
    return 1 + len(auctions.values) ** 2 * total


@pytest.mark.parametrize(("auction", "reserve", "revenue", "gain"), MECHANISMS)
def test_two_items_by_recursion(auction: str, reserve: str | int, revenue: str, gain: str) -> None:
    """The recursion gives the known revenue and exploitability of truthful bids for two items."""
    auctions = model(auction, 2, QUARTERS, reserve)

    assert auctions.revenue() == Fraction(revenue)
    assert auctions.exploitability() == Fraction(gain)


@pytest.mark.parametrize(
    ("auction", "reserve", "revenue"),
    [
        ("first price", 0, 1.861848),
        ("second price", 0, 0.966401),
        ("second price", "1/4", 1.279419),
        ("second price", "1/2", 1.564162),
        ("second price", "3/4", 1.264561),
        ("second price", 1, 1.120343),
    ],
)
def test_revenue_of_four_items(auction: str, reserve: str | int, revenue: float) -> None:
    """The recursion gives the known revenue of truthful bids for four items."""
    value = model(auction, 4, QUARTERS, reserve).revenue()

    assert float(value) == pytest.approx(revenue, abs=5e-7)


@pytest.mark.parametrize(
    ("auction", "reserve", "revenue"),
    [
        ("first price", 0, 0.7),
        ("second price", 0, 0.3),
        ("second price", "1/4", 0.38),
        ("second price", "1/2", 0.47),
        ("second price", "3/4", 0.49),
        ("second price", 1, 0.36),
    ],
)
def test_one_item(auction: str, reserve: str | int, revenue: float) -> None:
    """Truthful bids on one item yield what is known; they are best in second price auctions."""
    profile = truthful(MAKE[auction](items=1, values=QUARTERS, reserve=reserve))
    gain = float(model(auction, 1, QUARTERS, reserve).exploitability())

    assert profile.payoffs()["Auctioneer"] == pytest.approx(revenue, abs=1e-12)
    assert profile.exploitability() == pytest.approx(gain, abs=1e-12)
    assert (gain == 0) == (auction == "second price")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("auction", "reserve", "revenue", "gain"), [MECHANISMS[0], MECHANISMS[1], MECHANISMS[3]]
)
def test_two_items(auction: str, reserve: str | int, revenue: str, gain: str) -> None:
    """In the tree, truthful bids on two items yield and leave what is known."""
    game = MAKE[auction](values=QUARTERS, reserve=reserve)
    profile = truthful(game)

    assert game.nodes == count(2, Fraction(1), Fraction(1), model(auction, 2, QUARTERS, reserve))
    assert profile.payoffs()["Auctioneer"] == pytest.approx(float(Fraction(revenue)), abs=1e-12)
    assert profile.exploitability() == pytest.approx(float(Fraction(gain)), abs=1e-12)


@pytest.mark.parametrize(
    ("auction", "items", "values", "reserve"),
    [
        ("first price", 2, (0, 1), 0),
        ("first price", 2, HALVES, 0),
        ("first price", 2, HALVES, "1/2"),
        ("first price", 3, (0, 1), 1),
        ("second price", 2, (0, 1), 0),
        ("second price", 2, HALVES, 0),
        ("second price", 2, HALVES, "1/2"),
        ("second price", 3, (0, 1), 0),
        pytest.param("second price", 2, THIRDS, "1/3", marks=pytest.mark.slow),
    ],
)
def test_tree_agrees_with_the_recursion(
    auction: str, items: int, values: tuple[Any, ...], reserve: str | int
) -> None:
    """Size, truthful revenue and exploitability are those of a recursion over budgets."""
    game = MAKE[auction](items=items, values=values, reserve=reserve)
    auctions = model(auction, items, values, reserve)
    profile = truthful(game)

    assert game.nodes == count(items, Fraction(1), Fraction(1), auctions)
    assert profile.payoffs()["Auctioneer"] == pytest.approx(float(auctions.revenue()), abs=1e-12)
    assert profile.exploitability() == pytest.approx(float(auctions.exploitability()), abs=1e-12)


@pytest.mark.parametrize("reserve", [0, "1/2"])
@pytest.mark.parametrize("auction", MAKE)
def test_turns_knowledge_and_payoffs(auction: str, reserve: str | int) -> None:
    """A bidder knows her values, bids and results, and no more; payoffs are those of the rules."""
    game = MAKE[auction](values=HALVES, reserve=reserve)
    least = Fraction(reserve)

    def price(bids: list[Fraction], winner: int) -> Fraction:
        return PRICE[auction](bids[winner], bids[1 - winner], least)

    known = set()
    for end in game.terminals.tolist():
        replay = replay_bidding(game.history(end), price, least)
        assert list(game.exact_payoffs(end)) == replay.payoffs
        node = end
        for mover, knowledge in reversed(replay.moves):
            node = int(game.parent[node])
            assert game.owner[node] == mover
            known.add((int(game.infoset[node]), (mover, knowledge)) if mover else ())
        assert node == 0
    pairs = known - {()}
    assert len(pairs) == len({j for j, _ in pairs}) == len({k for _, k in pairs})


def test_infosets_of_the_smallest_sequence() -> None:
    """Two values, two items: before the second item a bidder knows her first value, bid, result."""
    game = second_price_sequence(values=(0, 1))
    names = [game.infoset_names[j] for j in game.infosets_of(2)]

    assert sorted(names) == sorted(
        [
            *("0", "1"),
            *(f"{v},0,{end};{w}" for v in "01" for w in "01" for end in ("won 0", "lost")),
            *(f"{v},1,{end};{w}" for v in "01" for w in "01" for end in ("won 0", "won 1", "lost")),
        ]
    )
    assert {game.infoset_names[j] for j in game.infosets_of(1)} == set(names)
    assert len(game.infosets_of(3)) == 0


def test_bids_are_limited_by_what_is_left() -> None:
    """Having paid a half for the first item, a bidder has a half for the second."""
    game = first_price_sequence()
    bids = {
        game.infoset_names[j]: [game.action_names[a] for a in game.actions_of(j)]
        for j in game.infosets_of(1)
    }

    assert bids["1,1/2,won 1/2;1"] == ["0", "1/2"]
    assert bids["1,1/2,lost;1"] == ["0", "1/2", "1"]


def test_three_bidders() -> None:
    """All who tie for the highest bid win with equal probability; the others' best bid is paid."""
    game = second_price_sequence(items=1, bidders=3, values=(0, 1, 2), budget=2)
    start = [game.history(node) for node in range(game.nodes)].index(("2 2 2", "2", "1", "2"))
    winners = [node for node in range(game.nodes) if game.parent[node] == start]

    assert game.owner[start] == 0
    assert [game.probability[node] for node in winners] == [0.5, 0.5]
    assert [game.history(node)[-1] for node in winners] == ["1 wins the tie", "3 wins the tie"]
    assert [game.exact_payoffs(node) for node in winners] == [(0, 0, 0, 2), (0, 0, 0, 2)]


def test_prior() -> None:
    """Values are independent; one without probability never occurs, but can be bid."""
    game = first_price_sequence(items=1, values=(0, 1, 2), prior=("1/4", "3/4", 0), budget=2)

    assert game.chance_probabilities[:4] == tuple(Fraction(n, 16) for n in (1, 3, 3, 9))
    assert [game.infoset_names[j] for j in game.infosets_of(1)] == ["0", "1"]
    assert "2" in game.action_names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"items": 0}, "items must be an integer of at least 1; got 0"),
        ({"bidders": 0}, "bidders must be an integer of at least 1; got 0"),
        ({"values": ()}, r"values must list one or more different numbers; got \(\)"),
        ({"values": (0, -1)}, r"values\[1\] must be a number of at least 0; got -1"),
        ({"values": (0, 1, "1")}, "values must list one or more different numbers"),
        ({"prior": (1, 0)}, r"prior must be 3 probabilities that sum to 1; these 2 sum to 1"),
        ({"prior": (1, 1, -1)}, r"prior\[2\] must be a number from 0 to 1; got -1"),
        ({"budget": -1}, "budget must be a number of at least 0; got -1"),
        ({"reserve": -1}, "reserve must be a number of at least 0; got -1"),
        ({"budget": float("inf")}, "budget must be a number of at least 0; got inf"),
    ],
)
@pytest.mark.parametrize("auction", MAKE)
def test_impossible_parameters(auction: str, arguments: dict[str, Any], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        MAKE[auction](**arguments)
