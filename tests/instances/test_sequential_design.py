"""Sales in a row by an auctioneer who chooses: who sees what, sizes, and the best mechanisms."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from efmodels.errors import GameError
from efmodels.instances import sequential_auction_design
from tests.oracles.replayed_sales import replay_design
from tests.oracles.sequential_mechanisms import best_sequential_mechanism, within_reports

if TYPE_CHECKING:
    from efmodels import Game

HALVES = (0, "1/2", 1)


@cache
def count(items: int, budgets: tuple[int, ...], values: int, step: int) -> int:
    """Count the nodes from a draw on; budgets and prices (0, step, 2 step, ...) are integers."""
    if items == 0:
        return 1
    grid = [step * k for k in range(values)]
    total = sum(2**k for k in range(len(budgets)))
    for choices in product([False, True], repeat=len(budgets)):
        present = [k for k, is_in in enumerate(choices) if is_in]
        total += count(items - 1, budgets, values, step) + bool(present)
        for k in present:
            for price in grid:
                if price <= budgets[k]:
                    left = (*budgets[:k], budgets[k] - price, *budgets[k + 1 :])
                    total += count(items - 1, left, values, step)
    return 1 + values ** len(budgets) * total


@pytest.mark.parametrize(
    ("game", "items", "budgets", "values"),
    [
        (sequential_auction_design(values=(0, 1)), 2, (1, 1), 2),
        (sequential_auction_design(), 2, (2, 2), 3),
        (sequential_auction_design(items=3, bidders=1), 3, (2,), 3),
        (sequential_auction_design(items=1, bidders=3, budget="1/2"), 1, (1, 1, 1), 3),
    ],
    ids=lambda item: getattr(item, "title", ""),
)
def test_size(game: Game, items: int, budgets: tuple[int, ...], values: int) -> None:
    """The tree is as large as a recursion over budgets says."""
    assert game.nodes == count(items, budgets, values, 1)
    assert game.has_perfect_recall
    assert game.is_exact


@pytest.mark.slow
def test_size_with_five_values() -> None:
    """The game of two items and five values can be built."""
    game = sequential_auction_design(values=(0, "1/4", "1/2", "3/4", 1))

    assert game.nodes == count(2, (4, 4), 5, 1) == 400751


def test_turns_knowledge_and_payoffs() -> None:
    """A bidder knows her values and results, the auctioneer who was in and what she chose."""
    game = sequential_auction_design(values=(0, 1), prices=HALVES)
    known = set()
    for end in game.terminals.tolist():
        replay = replay_design(game.history(end))
        assert list(game.exact_payoffs(end)) == replay.payoffs
        node = end
        for mover, knowledge in reversed(replay.moves):
            node = int(game.parent[node])
            assert game.owner[node] == mover
            known.add((int(game.infoset[node]), (mover, knowledge)) if mover else ())
        assert node == 0
    pairs = known - {()}
    assert len(pairs) == len({j for j, _ in pairs}) == len({k for _, k in pairs})


def test_infosets_of_the_smallest_design() -> None:
    """One bidder, two items, one value: all that can be seen, by name."""
    game = sequential_auction_design(bidders=1, values=(1,))
    names = [[game.infoset_names[j] for j in game.infosets_of(k)] for k in (1, 2)]

    assert names == [
        ["1", "1,in,lost;1", "1,in,won 0;1", "1,in,won 1;1", "1,out,lost;1"],
        [
            "1",
            "1:nobody wins;1",
            "1:1 wins;1",
            "1:1 wins, 1 pays 1;1",
            "-:nobody wins;1",
        ],
    ]


def test_prices_are_limited_by_what_is_left() -> None:
    """Who has paid a half cannot be charged more than a half."""
    game = sequential_auction_design(items=2, bidders=1)
    actions = {
        game.infoset_names[j]: [game.action_names[a] for a in game.actions_of(j)]
        for j in game.infosets_of(2)
    }

    assert actions["1:1 wins, 1 pays 1/2;1"] == ["nobody wins", "1 wins", "1 wins, 1 pays 1/2"]
    assert actions["1:1 wins, 1 pays 1;1"] == ["nobody wins", "1 wins"]


@pytest.mark.parametrize(
    ("values", "optional", "within"),
    [
        ((0, 1), 1.3125, 1.3125),
        pytest.param(HALVES, 1.226337449, 1.144219978, marks=pytest.mark.slow),
    ],
)
def test_best_revenue(values: tuple[Any, ...], optional: float, within: float) -> None:
    """The best mechanism earns what is known, and less if nobody may pay more than she reports."""
    game = sequential_auction_design(values=values)

    assert best_sequential_mechanism(game) == pytest.approx(optional, abs=1e-7)
    assert best_sequential_mechanism(game, within_reports) == pytest.approx(within, abs=1e-7)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"items": 1.5}, "items must be an integer of at least 1; got 1.5"),
        ({"values": 1}, "values must be a list; got 1"),
        ({"prior": ("1/2", "1/3", 0)}, "prior .* sum to 5/6"),
        ({"budget": "-1/2"}, "budget must be a number of at least 0; got '-1/2'"),
        ({"prices": (-1, 1)}, r"prices\[0\] must be a number of at least 0; got -1"),
    ],
)
def test_impossible_parameters(arguments: dict[str, Any], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        sequential_auction_design(**arguments)
