"""The sizes of the benchmark trees, as they are known from the literature and from closed forms."""

from __future__ import annotations

from itertools import pairwise, product
from math import comb, factorial, perm
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from efmodels.instances import (
    EIGHT_PLACES,
    SEVEN_PLACES,
    battleship,
    goofspiel,
    kj_poker,
    kuhn,
    leduc,
    liars_dice,
    ride_sharing,
    sheriff,
    tricks,
)

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
    "B2222": (
        lambda: battleship(2, 2, shots=2),
        Size(1573, 1072, 0, [161, 340], [53, 109], [165, 341], 6, (-2, 1)),
    ),
    "B2322": (
        lambda: battleship(3, 2, shots=2),
        Size(23839, 19116, 0, [937, 3786], [187, 751], [943, 3787], 6, (-2, 1)),
    ),
    "B2323": (
        lambda: battleship(3, 2, shots=3),
        Size(254239, 191916, 0, [15337, 46986], [3787, 11551], [15343, 46987], 8, (-2, 1)),
    ),
    "B2324": (
        lambda: battleship(3, 2, shots=4),
        Size(
            *(1420639, 969516, 0, [144937, 306186], [46987, 97951], [144943, 306187]),
            *(10, (-2, 1)),
        ),
    ),
    "S2122": (
        lambda: sheriff(items=10, bribe=2, rounds=2),
        Size(705, 396, 0, [78, 231], [78, 21], [243, 43], 5, (-10, 50)),
    ),
    "S2123": (
        lambda: sheriff(items=10, bribe=2, rounds=3),
        Size(4269, 2376, 0, [474, 1419], [474, 129], [1431, 259], 7, (-10, 50)),
    ),
    "S2133": (
        lambda: sheriff(items=10, bribe=3, rounds=3),
        Size(9648, 5632, 0, [804, 3212], [804, 292], [3224, 585], 7, (-10, 50)),
    ),
    "S2254": (
        lambda: sheriff(items=20, bribe=5, rounds=4),
        Size(
            *(712552, 435456, 0, [39586, 237510], [39586, 11310], [237532, 22621]),
            *(9, (-20, 100)),
        ),
    ),
    "S2264": (
        lambda: sheriff(items=20, bribe=6, rounds=4),
        Size(
            *(1303177, 806736, 0, [62056, 434385], [62056, 20685], [434407, 41371]),
            *(9, (-20, 100)),
        ),
    ),
    "GL3": (
        lambda: goofspiel(players=3, cards=3),
        Size(7735, 1296, 1378, [1461, 1629, 1971], alike(837), alike(934), 12, (0.5, 5)),
    ),
}
LARGE = {"B2324", "S2254", "S2264"}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in LARGE)) for n in PUBLISHED]
)
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


@pytest.mark.parametrize(
    ("cells", "shots", "board"),
    [
        *((4, shots, (2, 2)) for shots in (1, 2, 3, 4, 5)),
        *((3, shots, board) for shots in (1, 2, 3) for board in ((1, 3), (3, 1))),
        (1, 2, (1, 1)),
        (5, 2, (1, 5)),
        (6, 2, (2, 3)),
    ],
)
def test_battleship_closed_form(cells: int, shots: int, board: tuple[int, int]) -> None:
    """Each shot removes a cell, a hit ends the game; players know both lists of misses."""
    size = size_of(battleship(*board, shots=shots))
    rounds = range(min(shots, cells))

    assert size.nodes == 1 + cells + cells**2 * nodes_of_shooting(cells, cells, 2 * shots)
    assert size.infosets == [
        1 + cells * sum(perm(cells, r) * perm(cells - 1, r) for r in rounds),
        1 + cells * sum(perm(cells - 1, r + 1) * perm(cells, r) for r in rounds),
    ]


def nodes_of_shooting(mine: int, theirs: int, shots: int) -> int:
    """Count the nodes from a shot on, ``mine`` being the cells at which the mover may shoot."""
    if shots == 0:
        return 1
    return 2 + (mine - 1) * nodes_of_shooting(theirs, mine - 1, shots - 1)


@pytest.mark.parametrize("items", [0, 1, 4])
@pytest.mark.parametrize("bribe", [0, 1, 3])
@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_sheriff_closed_form(items: int, bribe: int, rounds: int) -> None:
    """Each round multiplies the histories by the number of offers and by two answers."""
    size = size_of(sheriff(items, bribe, rounds))
    offers, k = bribe + 1, 2 * (bribe + 1)
    histories = sum(k**t for t in range(rounds))

    assert size.nodes == 1 + (items + 1) * (1 + histories * (offers + k))
    assert size.infosets == [1 + (items + 1) * histories, offers * histories]
    assert size.sequences == [1 + (items + 1) * (1 + offers * histories), 1 + k * histories]


@pytest.mark.parametrize("prizes", ["random", "ascending", "descending"])
@pytest.mark.parametrize(("players", "cards"), [(2, 1), (2, 2), (2, 3), (3, 2), (3, 3), (4, 2)])
def test_goofspiel_closed_form(prizes: str, players: int, cards: int) -> None:
    """With m cards left there are m prizes, unless their order is fixed, and m bids of each."""
    size = size_of(goofspiel(players, cards, prizes=prizes))
    random = prizes == "random"

    assert size.nodes == nodes_of_bidding(players, cards, random=random)
    assert size.terminals == (factorial(cards) if random else 1) * factorial(cards) ** players


def nodes_of_bidding(players: int, cards: int, *, random: bool) -> int:
    """Count the nodes from a round on, in which every player has ``cards`` cards."""
    if cards == 0:
        return 1
    later = nodes_of_bidding(players, cards - 1, random=random)
    bids = sum(cards**bidden for bidden in range(players)) + cards**players * later
    return 1 + cards * bids if random else bids


@pytest.mark.parametrize(
    ("cards", "observed", "nodes", "infosets"),
    [(3, "winners", 1066, 213), (3, "bids", 1066, 273), (4, "winners", 68245, 8716)],
)
def test_goofspiel_with_two_players(cards: int, observed: str, nodes: int, infosets: int) -> None:
    """Two-player goofspiel has the known sizes, and fewer infosets with limited information."""
    size = size_of(goofspiel(cards=cards, observed=observed))

    assert (size.nodes, size.infosets) == (nodes, [infosets] * 2)


def test_goofspiel_with_all_cards_seen() -> None:
    """With three players, full information splits infosets, and nothing else."""
    size = size_of(goofspiel(3, 3, observed="bids"))

    assert size == PUBLISHED["GL3"][1]._replace(infosets=alike(1461), sequences=size.sequences)


def test_goofspiel_with_lost_prizes() -> None:
    """The rule for ties changes payoffs alone: now a player may get nothing."""
    size = size_of(goofspiel(3, 3, ties="discard"))

    assert size == PUBLISHED["GL3"][1]._replace(payoffs=(0, 5))


@pytest.mark.parametrize(
    ("places", "times", "nodes", "terminals", "chance", "decisions"),
    [
        (SEVEN_PLACES, 2, 598, 400, 9, [49, 140]),
        (EIGHT_PLACES, 2, 734, 484, 10, [64, 176]),
        (SEVEN_PLACES, 3, 6274, 4356, 9, [449, 1460]),
        (EIGHT_PLACES, 3, 6238, 4096, 10, [548, 1584]),
    ],
    ids=["RS212", "RS222", "RS213", "RS223"],
)
def test_rides_on_the_maps_of_ours(
    *,
    places: tuple[tuple[int, int], ...],
    times: int,
    nodes: int,
    terminals: int,
    chance: int,
    decisions: list[int],
) -> None:
    """Our maps, not those of the literature, have the published numbers of nodes of each kind."""
    size = size_of(ride_sharing(places, times))

    assert size[:4] == (nodes, terminals, chance, decisions)
    assert (size.depth, size.payoffs) == (1 + 2 * times, (0, times - 1))


@pytest.mark.parametrize(
    "roads",
    [[(0, 1)], [(0, 1), (1, 2), (2, 0)], [(3, 0), (3, 1), (3, 2)], [(0, 2), (1, 3)], SEVEN_PLACES],
    ids=["road", "triangle", "star", "two roads", "seven places"],
)
@pytest.mark.parametrize("times", [1, 2, 3])
def test_rides_closed_form(roads: list[tuple[int, int]], times: int) -> None:
    """Before a move there is a node per pair of walks; the second driver's counts the first's."""
    size = size_of(ride_sharing(roads, times))
    places = max(map(max, roads)) + 1
    neighbour = np.zeros((places, places), int)
    for here, there in roads:
        neighbour[here, there] = neighbour[there, here] = 1
    walks = [int(np.linalg.matrix_power(neighbour, moves).sum()) for moves in range(times)]

    assert size.nodes == 2 + places + walks[0] ** 2 + sum(
        before * after + after**2 for before, after in pairwise(walks)
    )
    assert size.terminals == walks[-1] ** 2


@pytest.mark.parametrize(("ranks", "deals"), [(1, 6), (2, 90)])
def test_deals_of_tricks(ranks: int, deals: int) -> None:
    """The other cards are dealt to three hands in all ways."""
    game = tricks(ranks)

    assert len(game.actions_of(0)) == deals == factorial(3 * ranks) // factorial(ranks) ** 3


@pytest.mark.slow
def test_size_of_tricks() -> None:
    """The number of nodes is our own; four more before each terminal play the last trick out."""
    game = tricks(ranks=3)
    size = size_of(game)

    assert len(game.actions_of(0)) == 1680
    assert (size.nodes, size.terminals, size.chance) == (1062741, 446400, 1)
    assert size.nodes + 4 * size.terminals == 2848341
    assert (sum(size.infosets), size.payoffs) == (1062741 - 446400 - 1, (0, 3))
