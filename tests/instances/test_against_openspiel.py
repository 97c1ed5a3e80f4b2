"""Our instances equal OpenSpiel's games: an implementation that shares no code with ours.

Some of the games differ by default, and agree where the comments say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels import instances
from efmodels.files import from_openspiel
from tests.same_tree import tree_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

pytest.importorskip("pyspiel", reason="OpenSpiel is not installed")


@pytest.mark.parametrize(("players", "ranks"), [(2, 3), (3, 4)])
def test_kuhn(players: int, ranks: int) -> None:
    """OpenSpiel's deck has one rank more than there are players."""
    theirs = from_openspiel(f"kuhn_poker(players={players})")

    assert tree_facts(instances.kuhn(players, ranks)) == tree_facts(theirs)


@pytest.mark.parametrize(("players", "ranks"), [(2, 3), pytest.param(3, 4, marks=pytest.mark.slow)])
def test_leduc(players: int, ranks: int) -> None:
    """Here, too, the ranks grow with the players; suits are merged."""
    theirs = from_openspiel(f"leduc_poker(players={players},suit_isomorphism=True)")

    assert tree_facts(instances.leduc(players, ranks)) == tree_facts(theirs)


@pytest.mark.parametrize(
    ("bid_order", "rule"), [("quantity", "reset-face"), ("face", "reset-quantity")]
)
def test_liars_dice(bid_order: str, rule: str) -> None:
    """In both orders of the bids; the highest face is wild."""
    mine = instances.liars_dice(faces=4, bid_order=bid_order)
    theirs = from_openspiel(f"liars_dice(dice_sides=4,bidding_rule={rule})")

    assert tree_facts(mine) == tree_facts(theirs)


# OpenSpiel gives the prize of a tie to nobody, and plays the last round itself: only infosets with
# a choice are compared. With four cards and bids in view, its information states forget who played
# what when. With limited information it does not tell who tied: with three players its infosets are
# fewer than ours. So these are left out.
@pytest.mark.parametrize("prizes", ["random", "ascending", "descending"])
@pytest.mark.parametrize(
    ("players", "cards", "observed"),
    [(2, 3, "bids"), (2, 3, "winners"), (2, 4, "winners"), (3, 3, "bids")],
)
def test_goofspiel(players: int, cards: int, observed: str, prizes: str) -> None:
    """Limited and full information, prizes in any order."""
    mine = instances.goofspiel(players, cards, observed=observed, ties="discard", prizes=prizes)
    theirs = from_openspiel(
        f"goofspiel(players={players},num_cards={cards},points_order={prizes},"
        f"imp_info={_word(observed == 'winners')},returns_type=total_points)"
    )

    assert tree_facts(mine, 2) == tree_facts(theirs, 2)


@pytest.mark.parametrize(
    ("size", "ships", "values", "multiplier", "repeated"),
    [
        ((2, 2, 2), [1], [1], 2, False),
        ((2, 2, 2), [1], [1], 1, True),
        ((2, 3, 2), [1], [1], 2, False),
        ((2, 2, 2), [2], [1], 2, False),
        ((2, 3, 2), [2], [3], 2, False),
        ((2, 2, 2), [1, 1], [1, 2], 2, False),
        ((2, 2, 3), [1, 2], [1, 1], 2, False),
    ],
)
def test_battleship(
    size: tuple[int, int, int],
    ships: list[int],
    values: list[int],
    multiplier: int,
    *,
    repeated: bool,
) -> None:
    """Boards of two sizes, longer ships, several ships, other payoffs, shots at the same cell."""
    height, width, shots = size
    mine = instances.battleship(
        *size, ships=ships, values=values, loss_multiplier=multiplier, repeated_shots=repeated
    )
    theirs = from_openspiel(
        f"battleship(board_width={width},board_height={height},ship_sizes={_listed(ships)},"
        f"ship_values={_listed([float(value) for value in values])},num_shots={shots},"
        f"allow_repeated_shots={_word(repeated)},loss_multiplier={multiplier}.0)"
    )

    assert tree_facts(mine) == tree_facts(theirs)


@pytest.mark.parametrize(
    ("sizes", "payoffs"),
    [
        ((10, 2, 1), (5, 1, 1)),
        ((10, 2, 2), (5, 1, 1)),
        ((3, 3, 2), (1, 2, 3)),
        ((1, 1, 3), (4, 0, 2)),
    ],
)
def test_sheriff(sizes: tuple[int, int, int], payoffs: tuple[int, int, int]) -> None:
    """The baseline of the literature, OpenSpiel's own payoffs, and others."""
    items, bribe, rounds = sizes
    value, penalty, compensation = payoffs
    mine = instances.sheriff(*sizes, value=value, penalty=penalty, compensation=compensation)
    theirs = from_openspiel(
        f"sheriff(max_items={items},max_bribe={bribe},num_rounds={rounds},item_value={value}.0,"
        f"item_penalty={penalty}.0,sheriff_penalty={compensation}.0)"
    )

    assert tree_facts(mine) == tree_facts(theirs)


def _listed(items: Sequence[float]) -> str:
    """Write a list as OpenSpiel reads it."""
    return f"[{';'.join(map(str, items))}]"


def _word(holds: bool) -> str:  # noqa: FBT001 - a value to be written
    """Write a truth value as OpenSpiel reads it."""
    return "true" if holds else "false"
