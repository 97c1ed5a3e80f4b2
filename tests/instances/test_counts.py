"""The sizes of the benchmark trees, as they are known from the literature and from closed forms."""

from __future__ import annotations

from itertools import product
from math import comb, perm
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from efmodels.instances import kj_poker, kuhn, leduc, liars_dice

if TYPE_CHECKING:
    from efmodels import Game


class Size(NamedTuple):
    """What is counted in a tree; lists have an entry per player."""

    nodes: int
    terminals: int
    chance: int
    decisions: list[int]
    infosets: list[int]
    sequences: list[int]
    depth: int
    payoffs: tuple[float, float]


def size_of(game: Game) -> Size:
    """Count everything from the arrays of a game."""
    seats = range(1, len(game.players) + 1)
    actions = np.diff(game.action_start)
    return Size(
        nodes=game.nodes,
        terminals=int((game.owner == -1).sum()),
        chance=int((game.owner == 0).sum()),
        decisions=[int((game.owner == seat).sum()) for seat in seats],
        infosets=[int((game.infoset_owner == seat).sum()) for seat in seats],
        sequences=[1 + int(actions[game.infoset_owner == seat].sum()) for seat in seats],
        depth=len(game.levels) - 1,
        payoffs=(game.payoffs.min(), game.payoffs.max()),
    )


def alike(number: int) -> list[int]:
    """Return a number for each of three players."""
    return [number] * 3


PUBLISHED = {
    "K35": (
        lambda: kuhn(players=3, ranks=5),
        Size(1501, 780, 1, alike(240), alike(20), alike(41), 6, (-2, 4)),
    ),
    "D32": (
        lambda: liars_dice(players=3, faces=2),
        Size(1017, 504, 1, [176, 168, 168], [44, 42, 42], alike(85), 8, (-1, 1)),
    ),
    "D33": (
        lambda: liars_dice(players=3, faces=3),
        Size(
            *(27622, 13797, 1, [4590, 4617, 4617], [510, 513, 513], [1021, 1027, 1021]),
            *(11, (-1, 1)),
        ),
    ),
    "L3132": (
        lambda: leduc(players=3, raises=1, ranks=3, suits=2),
        Size(8917, 4500, 241, alike(1392), alike(228), alike(457), 12, (-7, 14)),
    ),
    "L3133": (
        lambda: leduc(players=3, raises=1, ranks=3, suits=3),
        Size(12688, 6477, 271, alike(1980), alike(228), alike(457), 12, (-7, 14)),
    ),
    "L3151": (
        lambda: leduc(players=3, raises=1, ranks=5, suits=1),
        Size(19981, 10020, 601, alike(3120), alike(500), alike(1001), 12, (-7, 14)),
    ),
    "L3223": (
        lambda: leduc(players=3, raises=2, ranks=2, suits=3),
        Size(15659, 8762, 249, alike(2216), alike(630), alike(1443), 16, (-13, 26)),
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_size_of_published_game(name: str) -> None:
    """The trees of the papers are reproduced: nodes, infosets, sequences, depth, payoff range."""
    make, expected = PUBLISHED[name]

    assert size_of(make()) == expected


@pytest.mark.slow
def test_size_of_the_largest_published_leduc() -> None:
    """L3523 has 1.3 million nodes."""
    expected = Size(
        *(1299005, 775148, 2865, alike(173664), alike(49584), alike(123153), 28, (-31, 62))
    )

    assert size_of(leduc(players=3, raises=5, ranks=2, suits=3)) == expected


@pytest.mark.parametrize(
    ("ranks", "nodes", "infosets", "sequences"),
    [
        (2, 511, 66, 155),
        (3, 1936, 144, 337),
        (4, 4741, 252, 589),
        (5, 9376, 390, 911),
        (9, 55216, 1242, 2899),
        pytest.param(13, 166336, 2574, 6007, marks=pytest.mark.slow),
    ],
)
def test_leduc_with_more_ranks(ranks: int, nodes: int, infosets: int, sequences: int) -> None:
    """Two-player Leduc hold'em with suits merged has the known sizes."""
    size = size_of(leduc(ranks=ranks))

    assert (size.nodes, size.infosets, size.sequences) == (nodes, [infosets] * 2, [sequences] * 2)


@pytest.mark.parametrize("raises", [1, 2])
def test_kj_poker_is_leduc_with_two_ranks(raises: int) -> None:
    """Only the names of the cards differ."""
    game, leduc_game = kj_poker(raises), leduc(ranks=2, raises=raises)

    assert size_of(game) == size_of(leduc_game)
    assert game.outcome_payoffs == leduc_game.outcome_payoffs
    assert game.chance_probabilities == leduc_game.chance_probabilities


@pytest.mark.parametrize(("players", "ranks"), [(2, 3), (2, 5), (2, 13), (3, 3), (3, 8), (4, 5)])
def test_kuhn_closed_form(players: int, ranks: int) -> None:
    """A deal is followed by one line of checks and, after each bet, by everybody else's answer."""
    size = size_of(kuhn(players, ranks))

    assert size.nodes == 1 + perm(ranks, players) * (players + 1 + players * (2**players - 1))
    assert size.infosets == [ranks * 2 ** (players - 1)] * players


@pytest.mark.parametrize(
    ("ranks", "nodes"), [(3, 151), (4, 601), (5, 1501), (6, 3001), (8, 8401), (12, 33001)]
)
def test_kuhn_with_three_players(ranks: int, nodes: int) -> None:
    """The three-player games of the team literature have the known numbers of nodes."""
    assert kuhn(3, ranks).nodes == nodes


@pytest.mark.parametrize(("players", "faces"), [*product([2, 3], [1, 2, 3]), (2, 4), (4, 2)])
def test_dice_closed_form(players: int, faces: int) -> None:
    """After a roll every set of bids is one history, and each can be followed by a call but one."""
    size = size_of(liars_dice(players, faces))
    bids = players * faces

    assert size.nodes == 1 + faces**players * (2 ** (bids + 1) - 1)
    assert size.infosets == [
        faces * sum(comb(bids, number) for number in range(seat, bids + 1, players))
        for seat in range(players)
    ]


@pytest.mark.parametrize(
    ("faces", "nodes", "infosets", "sequences"),
    [(2, 125, 16, 31), (3, 1144, 96, 190), (4, 8177, 512, 1021), (6, 294877, 12288, 24571)],
)
def test_dice_with_two_players(faces: int, nodes: int, infosets: int, sequences: int) -> None:
    """Two-player liar's dice has the known sizes, up to the usual die."""
    size = size_of(liars_dice(faces=faces))

    assert (size.nodes, size.infosets, size.sequences) == (nodes, [infosets] * 2, [sequences] * 2)


@pytest.mark.parametrize("bid_order", ["face", "quantity"])
@pytest.mark.parametrize("wild", [True, False])
def test_dice_variants_have_one_size(bid_order: str, wild: bool) -> None:  # noqa: FBT001 - a rule
    """The order of the bids and the wild face change payoffs and labels, not the tree."""
    variant = liars_dice(3, 2, wild=wild, bid_order=bid_order)

    assert size_of(variant) == PUBLISHED["D32"][1]
