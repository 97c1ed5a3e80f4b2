"""Random games for hypothesis: small trees with everything in them that a game may have."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from efmodels.assembly import Infoset, Outcome, assemble_game

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from efmodels.game import Game, Number

    History = tuple[tuple[int, int], ...]

# No text ends in a backslash, which Gambit's formats cannot write.
labels = st.text('ab"\\{}, \n\té', max_size=4).map(lambda text: text + "." * text.endswith("\\"))
"""Odd labels: empty, repeated, with quotes, backslashes, braces and line ends."""

# No fraction n/5: as a decimal it could be the text of a float that it does not equal.
fractions = st.builds(Fraction, st.integers(-9, 9), st.sampled_from([1, 2, 3, 4, 7]))
numbers: st.SearchStrategy[Number] = st.one_of(
    st.integers(-9, 9), fractions, st.floats(-1e9, 1e9, allow_nan=False)
)
"""Payoffs: integers, fractions and floats."""


@st.composite
def games(
    draw: DrawFn,
    max_nodes: int = 30,
    players: int = 2,
    *,
    chance: bool = True,
    perfect_recall: bool = False,
) -> Game:
    """Draw a game.

    Parameters
    ----------
    draw
        Given by hypothesis.
    max_nodes
        Most nodes, terminals included; at least 1.
    players
        How many players; some may never move.
    chance
        Whether there may be chance nodes.
    perfect_recall
        Whether only nodes with equal own histories and equal numbers of actions share an infoset.
        Otherwise any nodes of one player may, also on one path.
    """
    outcomes = draw(st.lists(_outcomes(players), min_size=1, max_size=5))
    size = draw(st.integers(1, max_nodes))
    tree = _Tree(draw, size, perfect_recall=perfect_recall)
    owners = st.integers(0 if chance else 1, players)
    while tree.open:
        tree.add_node(owners, len(outcomes))
    size = len(tree.parent)  # at most as many as drawn
    node_labels = draw(st.one_of(st.just([]), st.lists(labels, min_size=size, max_size=size)))
    return assemble_game(
        players=draw(st.lists(labels, min_size=players, max_size=players)),
        infosets=tree.infosets,
        outcomes=outcomes,
        parent=tree.parent,
        action=tree.action,
        infoset=tree.infoset,
        outcome=tree.outcome,
        node_labels=node_labels,
        title=draw(labels),
        comment=draw(labels),
    )


def _outcomes(players: int) -> st.SearchStrategy[Outcome]:
    payoffs = st.lists(numbers, min_size=players, max_size=players).map(tuple)
    return st.builds(Outcome, labels, payoffs)


class _Tree:
    """A tree that grows; ``open`` holds the actions that lead nowhere yet."""

    def __init__(self, draw: DrawFn, size: int, *, perfect_recall: bool) -> None:
        self._draw = draw
        self._size = size
        self._perfect_recall = perfect_recall
        self.infosets: list[Infoset] = []
        self._known: list[History] = []  # per infoset, the own history of its first node
        self.parent: list[int] = []
        self.action: list[int] = []
        self.infoset: list[int] = []
        self.outcome: list[int] = []
        self.open: list[tuple[int, int, dict[int, History]]] = [(-1, -1, {})]

    def add_node(self, owners: st.SearchStrategy[int], outcomes: int) -> None:
        """Put a node, inner or terminal, at the oldest open action."""
        parent, action, histories = self.open.pop(0)
        node = len(self.parent)
        room = self._size - node - 1 - len(self.open)
        j = -1
        # The last open action is not closed while there is room: sizes come near the one drawn.
        if room > 0 and (not self.open or self._draw(st.integers(0, 2))):
            j = self._choose_infoset(self._draw(owners), histories, room)
        self.parent.append(parent)
        self.action.append(action)
        self.infoset.append(j)
        # A terminal has an outcome more often than not, an inner node the other way round.
        k = self._draw(st.integers(-2, 2 * outcomes - 1)) if j < 0 else self._inner(outcomes)
        self.outcome.append(k // 2 if k >= 0 else -1)
        for a in range(len(self.infosets[j].actions) if j >= 0 else 0):
            owner = self.infosets[j].owner
            mine = (*histories.get(owner, ()), (j, a))
            self.open.append((node, a, {**histories, owner: mine}))

    def _inner(self, outcomes: int) -> int:
        return self._draw(st.sampled_from([-1, -1, -1, *range(2 * outcomes)]))

    def _choose_infoset(self, owner: int, histories: dict[int, History], room: int) -> int:
        """Return an infoset that the node may join, or a new one."""
        mine = histories.get(owner, ())
        candidates = [
            j
            for j, infoset in enumerate(self.infosets)
            if infoset.owner == owner and len(infoset.actions) <= room
            if owner == 0 or not self._perfect_recall or self._known[j] == mine
        ]
        choice = self._draw(st.sampled_from([-1, *candidates]))
        if choice >= 0:
            return choice
        actions = self._draw(st.lists(labels, min_size=1, max_size=min(3, room)))
        odds = self._probabilities(len(actions)) if owner == 0 else ()
        self.infosets.append(Infoset(owner, self._draw(labels), tuple(actions), odds))
        self._known.append(mine)
        return len(self.infosets) - 1

    def _probabilities(self, size: int) -> tuple[Number, ...]:
        weights = self._draw(st.lists(st.integers(1, 5), min_size=size, max_size=size))
        exact = tuple(Fraction(weight, sum(weights)) for weight in weights)
        return exact if self._draw(st.booleans()) else tuple(map(float, exact))


@st.composite
def zero_sum_games(draw: DrawFn, max_nodes: int = 16) -> Game:
    """Draw a two-player zero-sum game with perfect recall and payoffs of size 9 at most."""
    game = draw(games(max_nodes, perfect_recall=True))
    size = len(game.outcome_payoffs)
    stakes = draw(st.lists(st.one_of(st.integers(-9, 9), fractions), min_size=size, max_size=size))
    return replace(game, outcome_payoffs=tuple((stake, -stake) for stake in stakes))
