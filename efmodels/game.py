"""The game: an extensive-form tree as numpy arrays in preorder.

Nothing here knows a solution concept, a solver or Pyomo. Trees are made by
:mod:`efmodels.builder` (by hand, from nested dicts, from matrices), :mod:`efmodels.rules` and
:mod:`efmodels.files`; all of them end in :func:`efmodels.assembly.assemble_game`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from numbers import Rational
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from efmodels.errors import GameError
from efmodels.names import keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from numpy.typing import ArrayLike, NDArray

    from efmodels.level_rules import LevelRules
    from efmodels.rules import Rules
    from efmodels.sequences import SequenceForm

    Ints = NDArray[np.integer[Any]]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Number = Fraction | int | float

Value = TypeVar("Value")

CHANCE = 0
"""The owner of a chance node; players are 1, 2, ..."""

TERMINAL = -1
"""The owner, and the infoset, of a terminal node."""


@dataclass(frozen=True, eq=False, repr=False)
class Game:
    """A finite extensive-form game with any number of players, as arrays in preorder.

    Node 0 is the root; the children of a node follow it in the order of its actions. Infosets are
    numbered by owner (chance first, then player 1, ...) and, within an owner, by first appearance;
    a chance node belongs to an infoset as well, which holds its actions and probabilities.

    Attributes
    ----------
    title, comment
        Free texts.
    player_labels
        The players' labels as given; see :attr:`players` for the keys.
    parent
        Parent of each node, shape ``(nodes,)``; -1 at the root.
    owner
        Who moves: ``-1`` at a terminal, ``0`` chance, ``1, 2, ...`` the players.
    infoset
        Infoset of each node, ``-1`` at a terminal.
    action
        Which action of its parent's infoset leads to each node (from 0), ``-1`` at the root.
    outcome
        Outcome attached to each node, ``-1`` for none; payoffs add up along a path.
    node_labels
        A label per node, or ``()`` if no node has one.
    infoset_owner, infoset_labels
        Owner and label of each infoset.
    action_start
        Actions of infoset ``j`` are ``action_start[j]`` up to ``action_start[j + 1]`` in the flat
        list ``action_labels``; shape ``(infosets + 1,)``.
    action_labels
        The labels of all actions of all infosets.
    chance_probabilities
        The probability of each chance action (they stand first in the flat list), exact
        (``int`` or ``Fraction``) where the source was.
    outcome_labels, outcome_payoffs
        Label and payoff of each player (exact where the source was) for each outcome.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> game
    Game('', players=['P1', 'P2'], nodes=7, terminals=4, infosets=[1, 1])
    >>> game.payoffs
    array([[ 1., -1.],
           [-1.,  1.],
           [-1.,  1.],
           [ 1., -1.]])
    """

    title: str
    comment: str
    player_labels: tuple[str, ...]
    parent: Ints
    owner: Ints
    infoset: Ints
    action: Ints
    outcome: Ints
    node_labels: tuple[str, ...]
    infoset_owner: Ints
    infoset_labels: tuple[str, ...]
    action_start: Ints
    action_labels: tuple[str, ...]
    chance_probabilities: tuple[Number, ...]
    outcome_labels: tuple[str, ...]
    outcome_payoffs: tuple[tuple[Number, ...], ...]

    def __post_init__(self) -> None:
        """Forbid changes to the arrays: others share them."""
        for field in fields(self):
            read_only(getattr(self, field.name))

    def __deepcopy__(self, memo: object) -> Game:
        """Return the game itself: nobody can change it."""
        return self

    # Making one ---------------------------------------------------------------------------------

    @staticmethod
    def from_rules(rules: Rules[Any], *, title: str = "") -> Game:
        """Walk through the rules of a game; see :class:`efmodels.rules.Rules`."""
        from efmodels.rules import game_from_rules

        return game_from_rules(rules, title=title)

    @staticmethod
    def from_level_rules(rules: LevelRules[Any], *, title: str = "") -> Game:
        """Grow a large tree level by level; see :class:`efmodels.level_rules.LevelRules`."""
        from efmodels.level_rules import game_from_level_rules

        return game_from_level_rules(rules, title=title)

    @staticmethod
    def from_matrices(
        *payoffs: ArrayLike,
        players: Sequence[str] = (),
        actions: Sequence[Sequence[str]] = (),
        title: str = "",
    ) -> Game:
        """Turn a normal form into a tree; see :func:`efmodels.builder.game_from_matrices`."""
        from efmodels.builder import game_from_matrices

        return game_from_matrices(payoffs, players=players, actions=actions, title=title)

    @staticmethod
    def from_dict(tree: Mapping[str, Any], *, players: Sequence[str] = (), title: str = "") -> Game:
        """Read a tree of nested dicts; see :func:`efmodels.builder.game_from_dict`."""
        from efmodels.builder import game_from_dict

        return game_from_dict(tree, players=players, title=title)

    # Who plays and what things are called -------------------------------------------------------

    @cached_property
    def players(self) -> tuple[str, ...]:
        """The players' keys: their labels, made unique; ``P1``, ... where one is missing."""
        defaults = [f"P{number + 1}" for number in range(len(self.player_labels))]
        return keys(self.player_labels, defaults)

    def player_number(self, player: str) -> int:
        """Return the number (from 1) of a player given by label.

        Raises
        ------
        GameError
            No player has that label.
        """
        if player not in self.players:
            raise GameError(f"no player is called {player!r}; the players are {list(self.players)}")
        return self.players.index(player) + 1

    @cached_property
    def infoset_names(self) -> tuple[str, ...]:
        """A key per infoset, unique within its owner: its label, numbered where it is missing."""
        names: list[str] = []
        for number, owner in enumerate(("chance", *self.players)):
            labels = [self.infoset_labels[j] for j in self.infosets_of(number)]
            names += keys(labels, [f"{owner}_{k + 1}" for k in range(len(labels))])
        return tuple(names)

    @cached_property
    def action_names(self) -> tuple[str, ...]:
        """A key per action, unique within its infoset: its label, or its number from 1."""
        starts = self.action_start.tolist()
        known: dict[tuple[str, ...], tuple[str, ...]] = {}
        names: list[str] = []
        for start, end in pairwise(starts):
            labels = self.action_labels[start:end]
            if labels not in known:
                known[labels] = keys(labels, [str(k + 1) for k in range(len(labels))])
            names += known[labels]
        return tuple(names)

    def infosets_of(self, owner: int) -> range:
        """Return the infosets of chance (0) or of a player (1, 2, ...)."""
        start, end = np.searchsorted(self.infoset_owner, [owner, owner + 1])
        return range(int(start), int(end))

    def actions_of(self, infoset: int) -> range:
        """Return the positions of an infoset's actions in the flat lists."""
        return range(int(self.action_start[infoset]), int(self.action_start[infoset + 1]))

    def history(self, node: int) -> tuple[str, ...]:
        """Return the names of the actions that lead to a node."""
        path: list[str] = []
        while (parent := int(self.parent[node])) >= 0:
            flat = self.action_start[self.infoset[parent]] + self.action[node]
            path.append(self.action_names[flat])
            node = parent
        return tuple(reversed(path))

    # The tree -----------------------------------------------------------------------------------

    @property
    def nodes(self) -> int:
        """Number of nodes: chance, decision and terminal."""
        return len(self.parent)

    @cached_property
    def terminals(self) -> Ints:
        """The terminal nodes, in preorder."""
        return read_only(np.flatnonzero(self.owner == TERMINAL).astype(np.int32))

    @cached_property
    def levels(self) -> tuple[Ints, ...]:
        """The nodes at depth 0, 1, 2, ...; each in preorder."""
        return levels_of(self.parent)

    @cached_property
    def probability(self) -> Floats:
        """Probability with which its parent leads to each node: 1 unless the parent is chance."""
        chance = np.array([float(p) for p in self.chance_probabilities])
        result = np.ones(self.nodes)
        dealt = np.flatnonzero(self.owner[self.parent] == CHANCE)
        dealt = dealt[dealt > 0]
        result[dealt] = chance[
            self.action_start[self.infoset[self.parent[dealt]]] + self.action[dealt]
        ]
        return read_only(result)

    @cached_property
    def payoffs(self) -> Floats:
        """Payoffs at the terminals, all outcomes along the path added; ``(terminals, players)``."""
        table = np.zeros((len(self.outcome_labels) + 1, len(self.player_labels)))
        if self.outcome_payoffs:
            table[:-1] = np.array([[float(u) for u in row] for row in self.outcome_payoffs])
        total = table[self.outcome]
        if (self.outcome[self.owner != TERMINAL] >= 0).any():
            for level in self.levels[1:]:
                total[level] += total[self.parent[level]]
        return read_only(total[self.terminals])

    def exact_payoffs(self, node: int) -> tuple[Number, ...]:
        """Return the sum of the outcomes on the path to a node as the source gave them."""
        total: tuple[Number, ...] = (0,) * len(self.player_labels)
        while node >= 0:
            if self.outcome[node] >= 0:
                here = self.outcome_payoffs[self.outcome[node]]
                total = tuple(a + b for a, b in zip(total, here, strict=True))
            node = int(self.parent[node])
        return total

    @cached_property
    def is_exact(self) -> bool:
        """Whether every payoff and every probability is an integer or a fraction."""
        numbers = (*self.chance_probabilities, *(u for row in self.outcome_payoffs for u in row))
        return all(isinstance(number, Rational) for number in numbers)

    # Sequences ----------------------------------------------------------------------------------

    def sequence_form(self) -> SequenceForm:
        """Return the sequence form: sparse payoff and constraint matrices with labels.

        Raises
        ------
        GameError
            A player forgets something: the message names the infoset and two histories.
        """
        return self._sequence_form

    @cached_property
    def _sequence_form(self) -> SequenceForm:
        from efmodels.sequences import sequence_form_of

        return sequence_form_of(self)

    def require_perfect_recall(self) -> None:
        """Raise a :class:`GameError` that names the infoset and two histories if recall breaks."""
        _ = self._checked_recall

    @cached_property
    def _checked_recall(self) -> bool:
        """True, or an error; a game cannot change, so that one look is enough."""
        from efmodels.sequences import check_perfect_recall

        check_perfect_recall(self)
        return True

    @cached_property
    def has_perfect_recall(self) -> bool:
        """Whether every player remembers her own moves and what she knew at them."""
        try:
            self.require_perfect_recall()
        except GameError:
            return False
        return True

    # Comparing and showing ----------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        """Compare tree, labels and numbers; a float equals the fraction that rounds to it."""
        if not isinstance(other, Game):
            return NotImplemented
        return all(
            _same(getattr(self, field.name), getattr(other, field.name)) for field in fields(Game)
        )

    def __hash__(self) -> int:
        return hash((self.title, self.player_labels, self.nodes, self.action_labels))

    def __repr__(self) -> str:
        infosets = [len(self.infosets_of(k + 1)) for k in range(len(self.players))]
        return (
            f"Game({self.title!r}, players={list(self.players)}, nodes={self.nodes}, "
            f"terminals={len(self.terminals)}, infosets={infosets})"
        )

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        from efmodels.game_summary import game_html

        return game_html(self)


def read_only(value: Value) -> Value:
    """Forbid changes to an array, and return it; other values pass."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    return value


def levels_of(parent: Ints) -> tuple[Ints, ...]:
    """Sort nodes by depth, given each node's parent (-1 at the root).

    >>> [level.tolist() for level in levels_of(np.array([-1, 0, 1, 0]))]
    [[0], [1, 3], [2]]
    """
    order = np.argsort(parent, kind="stable").astype(np.int32)
    start = np.searchsorted(parent[order], np.arange(len(parent) + 1))
    level = np.flatnonzero(parent < 0).astype(np.int32)
    levels = []
    while len(level):
        levels.append(np.sort(level))
        level = order[ranges(start[level], start[level + 1])]
    return tuple(levels)


def ranges(start: Ints, end: Ints) -> Ints:
    """Concatenate ``arange(s, e)`` over the pairs of two arrays.

    >>> ranges(np.array([0, 5]), np.array([2, 8])).tolist()
    [0, 1, 5, 6, 7]
    """
    length = end - start
    before = np.cumsum(length) - length
    result: Ints = np.arange(int(length.sum())) + np.repeat(start - before, length)
    return result


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, np.ndarray):
        return bool(np.array_equal(mine, theirs))
    if isinstance(mine, tuple):
        return len(mine) == len(theirs) and (mine == theirs or all(map(_same, mine, theirs)))
    if isinstance(mine, float) or isinstance(theirs, float):
        return float(mine) == float(theirs)
    return bool(mine == theirs)
