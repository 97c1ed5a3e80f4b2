"""Where nodes stand: what makes a drawing of a tree tidy, for any tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given

from efmodels.instances import kuhn
from efmodels.plot import tree_layout
from efmodels.plot.layout import neighbours
from tests.strategies import games

if TYPE_CHECKING:
    from efmodels.game import Game


def depth(game: Game, node: int) -> int:
    """Return how many actions lead to a node."""
    return len(game.history(node))


@given(games())
def test_rows_are_depths(game: Game) -> None:
    """The root is on top, and every action leads one row down."""
    _, y = tree_layout(game)

    assert y.tolist() == [-depth(game, node) for node in range(game.nodes)]


@given(games())
def test_terminals_stand_side_by_side_in_preorder(game: Game) -> None:
    """Terminals are one unit apart, from left to right in their order."""
    x, _ = tree_layout(game)

    assert x[game.terminals].tolist() == list(range(len(game.terminals)))


@given(games())
def test_parents_stand_in_the_middle_of_their_children(game: Game) -> None:
    """A parent is as far from its first child as from its last; children keep their order."""
    x, _ = tree_layout(game)
    for node in np.flatnonzero(game.owner >= 0):
        children = np.flatnonzero(game.parent == node)

        assert x[node] == (x[children[0]] + x[children[-1]]) / 2
        assert game.action[children].tolist() == list(range(len(children)))
        assert (np.diff(x[children]) > 0).all()


@given(games())
def test_nodes_of_a_row_keep_their_distance(game: Game) -> None:
    """No two nodes of a row are closer than one unit, so that no two are in one place."""
    x, y = tree_layout(game)
    left, right = neighbours(game, x)

    assert (y[left] == y[right]).all()
    assert (x[right] - x[left] >= 1).all()
    assert len(left) == game.nodes - len(game.levels)


def test_a_large_game_is_laid_out_as_well() -> None:
    """Nothing is refused where nothing is drawn."""
    game = kuhn(ranks=40)
    x, y = tree_layout(game)

    assert x.shape == y.shape == (game.nodes,)
    assert x.max() == len(game.terminals) - 1
