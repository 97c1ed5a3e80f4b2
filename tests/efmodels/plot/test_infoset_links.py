"""Lines through infosets: one for each that has several nodes, and no two on each other."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from efmodels.instances import kuhn
from efmodels.plot import tree_layout
from efmodels.plot.infoset_links import links_of
from tests.strategies import games

if TYPE_CHECKING:
    from efmodels.game import Game
    from efmodels.plot.infoset_links import Link


def lines(game: Game, link: Link) -> set[tuple[float, int, float]]:
    """Return row, track and each half unit of the horizontal lines that a link is made of."""
    x, y = tree_layout(game)
    return {
        (y[a], link.track, step / 8)
        for a, b in pairwise(link.nodes)
        if y[a] == y[b]
        for step in range(int(8 * x[a]), int(8 * x[b]) + 1)
    }


@given(games())
def test_every_infoset_of_several_nodes_has_a_link(game: Game) -> None:
    """Infosets of one node, and those of chance, need none."""
    links = links_of(game, *tree_layout(game))
    size = Counter(game.infoset[game.owner > 0].tolist())

    assert {link.infoset: len(link.nodes) for link in links} == {
        j: count for j, count in size.items() if count > 1
    }
    assert all((game.infoset[link.nodes] == link.infoset).all() for link in links)


@given(games())
def test_no_two_lines_lie_on_each_other(game: Game) -> None:
    """Lines of one row that overlap from left to right have different tracks."""
    every = [lines(game, link) for link in links_of(game, *tree_layout(game))]

    assert [one & other for one, other in combinations(every, 2) if one & other] == []


@given(games())
def test_a_line_on_the_row_passes_no_other_node(game: Game) -> None:
    """Track 0 is for nodes side by side: a line through foreign nodes would include them."""
    x, y = tree_layout(game)
    for link in links_of(game, x, y):
        for a, b in pairwise(link.nodes):
            between = (y == y[a]) & (y == y[b]) & (x > x[a]) & (x < x[b])

            assert link.track or (game.infoset[between] == link.infoset).all()


@pytest.mark.parametrize(("ranks", "tracks"), [(2, 0), (3, 6)])
def test_tracks_of_kuhn_poker(ranks: int, tracks: int) -> None:
    """With three ranks six infosets of the second player overlap in the middle, with two none."""
    game = kuhn(ranks=ranks)

    assert max((link.track for link in links_of(game, *tree_layout(game))), default=0) == tracks
