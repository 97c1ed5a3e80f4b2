"""Games from rules over arrays: one level of the tree at a time, all its states at once.

A tree with a million nodes is made by a few dozen numpy calls per level; no Python object belongs
to a single node. What a player knows is not stated infoset by infoset: every move is *seen*, by
everybody or by some, and an infoset is what its owner has seen so far.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL
from efmodels.integer_sets import distinct_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from efmodels.game import Bools, Game, Ints, Number

    Array = NDArray[Any]

States = TypeVar("States", bound="tuple[NDArray[Any], ...]")


class Seen(NamedTuple):
    """What is seen of the moves that lead to ``n`` states, as positions in ``words``, -1 nothing.

    Attributes
    ----------
    public
        What everybody sees, shape ``(n,)``; ``None`` if nobody sees anything in common.
    private
        What each player sees alone, shape ``(n, players)``; ``None`` likewise.
    """

    public: Ints | None = None
    private: Ints | None = None


class LevelRules(Protocol[States]):
    """What a game must say about many states at once.

    The states are a named tuple of arrays with a row per state. Everything that a method is given
    or returns has a row per state too; nothing that is given may be changed. All states that a
    method is given lie at one level, after equally many moves. Moves are numbers: positions in
    ``actions`` (the players') or in ``events`` (chance's).

    A player's infoset is what she has seen: the ``words`` that she alone has seen, and those that
    everybody has seen, both in the order of the moves. How the two alternate is not kept: where it
    matters, the words must tell. The label joins the texts, with a colon in between if she has seen
    words of both kinds. She must be shown her own moves (or she forgets them), and whatever tells
    her which actions she has.

    Examples
    --------
    >>> import efmodels as ef
    >>> class Pennies(NamedTuple):
    ...     sides: Array
    >>> class MatchingPennies(WithoutChance):
    ...     players, actions, words = ("Even", "Odd"), ("heads", "tails"), ("H", "T")
    ...     def initial(self): return Pennies(np.zeros((1, 0), int))
    ...     def movers(self, s): return np.full(len(s.sides), (1, 2, -1)[s.sides.shape[1]])
    ...     def legal(self, s): return np.ones((len(s.sides), 2), bool)
    ...     def after_action(self, s, action):
    ...         own = np.full((len(action), 2), -1)
    ...         own[:, s.sides.shape[1]] = action
    ...         return Pennies(np.column_stack([s.sides, action])), Seen(private=own)
    ...     def results(self, s): return s.sides
    ...     def payoffs(self, result): return (1, -1) if result[0] == result[1] else (-1, 1)
    >>> ef.Game.from_level_rules(MatchingPennies())
    Game('', players=['Even', 'Odd'], nodes=7, terminals=4, infosets=[1, 1])
    """

    @property
    def players(self) -> Sequence[str]:
        """The players' labels; an ordinary attribute will do, here and below."""

    @property
    def actions(self) -> Sequence[str]:
        """The labels of all that players can do."""

    @property
    def events(self) -> Sequence[str]:
        """The labels of all that chance can do."""

    @property
    def words(self) -> Sequence[str]:
        """The texts of all that can be seen of a move."""

    def initial(self) -> States:
        """Return the state at the root, as arrays with one row."""

    def movers(self, states: States, /) -> Ints:
        """Return who moves: -1 nobody, 0 chance, 1, 2, ... a player; shape ``(n,)``."""

    def legal(self, states: States, /) -> Bools:
        """Return which actions the mover has; shape ``(n, actions)``."""

    def weights(self, states: States, /) -> Ints:
        """Return integers in proportion to chance's probabilities; shape ``(n, events)``."""

    def after_action(self, states: States, action: Ints, /) -> tuple[States, Seen]:
        """Return the state that an action leads to, and what is seen of it."""

    def after_event(self, states: States, event: Ints, /) -> tuple[States, Seen]:
        """Return the state that a move of chance leads to, and what is seen of it."""

    def results(self, states: States, /) -> Array:
        """Return what the payoffs depend on, as integers or booleans; shape ``(n, any)``."""

    def payoffs(self, result: tuple[int, ...], /) -> Sequence[Number]:
        """Return one payoff per player for one row of results, exact where the rules are."""


class WithoutChance:
    """The part of the rules of a game without chance that speaks of chance."""

    events: tuple[str, ...] = ()

    def weights(self, states: Any, /) -> Ints:  # noqa: ARG002 - there is nothing to weigh
        """Say that chance is not expected to move."""
        raise GameError("movers() returned 0, chance; but these rules are without chance")

    def after_event(self, states: Any, event: Ints, /) -> tuple[Any, Seen]:
        """Leave no state: there are no events."""
        raise NotImplementedError


def game_from_level_rules(rules: LevelRules[States], *, title: str = "") -> Game:
    """Grow the tree level by level and return it.

    Parameters
    ----------
    rules
        See :class:`LevelRules`.
    title
        A free text.

    Raises
    ------
    GameError
        A state has no moves, what its owner has seen does not tell her which actions she has, or a
        method returns a number that means nothing.
    """
    tree = _Tree(rules)
    frontier = tree.root()
    while len(frontier.node):
        frontier = tree.grow(frontier)
    return tree.game(title)


class _Frontier(NamedTuple):
    """The nodes of one level at which somebody moves, and what was seen on the way to them."""

    states: Any
    mover: Ints
    node: Ints
    public: Ints
    private: Ints


class _Histories:
    """Everything that somebody may have seen, as a tree of words: a number for each path."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._number: dict[int, int] = {}
        self.texts = [""]

    def extended(self, history: Ints, word: Ints | None) -> Ints:
        """Return the numbers of the histories after one more word each (-1: none)."""
        if word is None:
            return history
        for one in (word.min(initial=-1), word.max(initial=-1)):
            if not -1 <= one < len(self._words):
                raise GameError(
                    f"a move shows word {one}; expected -1 (nothing) or a position in words, up to "
                    f"{len(self._words) - 1}"
                )
        code = history.astype(np.int64) * (len(self._words) + 1) + word + 1
        distinct, which = np.unique(code, return_inverse=True)
        numbers = [self._extended(one) for one in distinct.tolist()]
        return np.array(numbers, dtype=np.int32)[which]

    def _extended(self, code: int) -> int:
        history, word = divmod(code, len(self._words) + 1)
        if word == 0:
            return history
        number = self._number.setdefault(code, len(self.texts))
        if number == len(self.texts):
            self.texts.append(self.texts[history] + self._words[word - 1])
        return number


class _Tree:
    """The arrays that grow with every level."""

    def __init__(self, rules: LevelRules[Any]) -> None:
        self._rules = rules
        self._nodes = 1
        self._parent: list[Ints] = [np.array([-1], dtype=np.int32)]
        self._action: list[Ints] = [np.array([-1], dtype=np.int32)]
        self._over: list[Ints] = []
        self._results: list[Array] = []
        self._chance: list[Ints] = []
        self._weights: list[Ints] = []
        self._decisions: list[tuple[Ints, ...]] = []
        self._menus: dict[tuple[str, ...], int] = {}
        self._public = _Histories(rules.words)
        self._private = _Histories(rules.words)

    def root(self) -> _Frontier:
        nothing = np.zeros((1, len(self._rules.players)), dtype=np.int32)
        return self._live(
            self._rules.initial(), np.zeros(1, np.int32), nothing[:, 0], nothing, Seen()
        )

    def grow(self, frontier: _Frontier) -> _Frontier:
        """Add the children of a level's nodes, and return those at which somebody moves."""
        by_chance = frontier.mover == CHANCE
        children = []
        if by_chance.any():
            children.append(self._chance_children(_rows(frontier, by_chance)))
        if not by_chance.all():
            children.append(self._decision_children(_rows(frontier, ~by_chance)))
        return children[0] if len(children) == 1 else _joined(children)

    def _chance_children(self, frontier: _Frontier) -> _Frontier:
        weights = self._rules.weights(frontier.states)
        _require_integers("weights()", weights)
        if weights.min(initial=0) < 0:
            raise GameError(f"weights() returned {weights.min()}; expected integers of at least 0")
        self._chance.append(frontier.node)
        self._weights.append(weights)
        row, event = self._moves(frontier, weights > 0)
        states, seen = self._rules.after_event(_rows(frontier.states, row), event)
        return self._children(frontier, row, states, seen)

    def _decision_children(self, frontier: _Frontier) -> _Frontier:
        legal = self._rules.legal(frontier.states)
        own = np.take_along_axis(frontier.private, frontier.mover[:, None] - 1, axis=1)[:, 0]
        menu = self._menus_of(legal)
        self._decisions.append((frontier.node, frontier.mover, frontier.public, own, menu))
        row, action = self._moves(frontier, legal)
        states, seen = self._rules.after_action(_rows(frontier.states, row), action)
        return self._children(frontier, row, states, seen)

    def _moves(self, frontier: _Frontier, possible: Bools) -> tuple[Ints, Ints]:
        """Add a child per possible move; return from which row and by which move it comes."""
        count = possible.sum(axis=1)
        if not count.all():
            mover = int(frontier.mover[np.argmin(count)])
            who = f"player {mover}" if mover else "chance"
            raise GameError(f"{who} is to move in a state without moves; give at least one")
        row, move = np.nonzero(possible)
        first = np.cumsum(count) - count
        self._parent.append(frontier.node[row])
        self._action.append((np.arange(len(row)) - first[row]).astype(np.int32))
        return row, move

    def _children(self, frontier: _Frontier, row: Ints, states: Any, seen: Seen) -> _Frontier:
        node = np.arange(self._nodes, self._nodes + len(row), dtype=np.int32)
        self._nodes += len(row)
        return self._live(states, node, frontier.public[row], frontier.private[row], seen)

    def _live(self, states: Any, node: Ints, public: Ints, private: Ints, seen: Seen) -> _Frontier:
        """Put those states aside that are over, and say of the others what has been seen."""
        mover = self._rules.movers(states)
        self._check_movers(mover)
        over = mover == TERMINAL
        if over.any():
            self._over.append(node[over])
            self._results.append(self._rules.results(_rows(states, over)))
            live = ~over
            states, mover, node = _rows(states, live), mover[live], node[live]
            public, private = public[live], private[live]
            seen = Seen(*(None if words is None else words[live] for words in seen))
        public = self._public.extended(public, seen.public)
        if seen.private is not None:
            words = zip(private.T, seen.private.T, strict=True)
            private = np.column_stack([self._private.extended(*column) for column in words])
        return _Frontier(states, mover, node, public, private)

    def _check_movers(self, mover: Ints) -> None:
        """Raise unless somebody who exists, or nobody, is to move."""
        for one in (mover.min(), mover.max()):
            if not TERMINAL <= one <= len(self._rules.players):
                raise GameError(
                    f"movers() returned {one}; expected -1 (the game is over), 0 (chance) or a "
                    f"player's number up to {len(self._rules.players)}"
                )

    def _menus_of(self, legal: Bools) -> Ints:
        """Return the number of each state's menu: its actions' labels."""
        first, which = distinct_rows(legal)
        labels = (tuple(compress(self._rules.actions, row)) for row in legal[first].tolist())
        menus = [self._menus.setdefault(menu, len(self._menus)) for menu in labels]
        return np.array(menus, dtype=np.int32)[which]

    def game(self, title: str) -> Game:
        """Give infosets and outcomes their numbers, and put everything into canonical order."""
        infoset = np.full(self._nodes, -1, dtype=np.int32)
        outcome = np.full(self._nodes, -1, dtype=np.int32)
        infosets = [*self._chance_infosets(infoset), *self._decision_infosets(infoset)]
        outcomes = self._outcomes(outcome)
        return assemble_game(
            players=self._rules.players,
            infosets=infosets,
            outcomes=outcomes,
            parent=np.concatenate(self._parent),
            action=np.concatenate(self._action),
            infoset=infoset,
            outcome=outcome,
            title=title,
        )

    def _chance_infosets(self, infoset: Ints) -> Iterator[Infoset]:
        """Describe chance's nodes, each an infoset of its own."""
        if not self._chance:
            return
        node, weights = np.concatenate(self._chance), np.concatenate(self._weights)
        infoset[node] = np.arange(len(node))
        first, which = distinct_rows(weights)
        distributions = [self._distribution(row) for row in weights[first].tolist()]
        for one in which.tolist():
            yield Infoset(CHANCE, "", *distributions[one])

    def _distribution(self, weights: list[int]) -> tuple[tuple[str, ...], tuple[Fraction, ...]]:
        total = sum(weights)
        labels = tuple(compress(self._rules.events, weights))
        return labels, tuple(Fraction(weight, total) for weight in weights if weight)

    def _decision_infosets(self, infoset: Ints) -> Iterator[Infoset]:
        """Describe what the movers have seen; their numbers follow those of the chance infosets."""
        if not self._decisions:
            return
        node, mover, public, private, menu = map(np.concatenate, zip(*self._decisions, strict=True))
        first, which = distinct_rows(np.column_stack([mover, public, private]))
        infoset[node] = infoset.max() + 1 + which
        menus = list(self._menus)
        columns = (mover[first], private[first], public[first], menu[first])
        described = [
            Infoset(owner, self._label(own, common), menus[actions])
            for owner, own, common, actions in zip(*(c.tolist() for c in columns), strict=True)
        ]
        differs = np.flatnonzero(menu != menu[first][which])
        if len(differs):
            bad = described[which[differs[0]]]
            raise GameError(
                f"player {bad.owner} sees {bad.label!r} both with actions {list(bad.actions)} and "
                f"with {list(menus[menu[differs[0]]])}: what she sees must tell which she has"
            )
        yield from described

    def _label(self, private: int, public: int) -> str:
        own, common = self._private.texts[private], self._public.texts[public]
        return f"{own}:{common}" if own and common else own or common

    def _outcomes(self, outcome: Ints) -> list[Outcome]:
        """Return the payoffs of the distinct results."""
        results = np.concatenate(self._results)
        _require_integers("results()", results)
        first, outcome[np.concatenate(self._over)] = distinct_rows(results)
        rows = results[first].tolist()
        return [Outcome("", tuple(self._rules.payoffs(tuple(row)))) for row in rows]


def _require_integers(what: str, numbers: Array) -> None:
    """Raise unless an array that the rules returned has integers or booleans."""
    if numbers.dtype.kind not in "biu":
        raise GameError(f"{what} returned {numbers.dtype} numbers; expected integers or booleans")


def _rows(arrays: Any, rows: Ints | Bools) -> Any:
    """Return some rows of a named tuple of arrays, which may contain others."""
    if isinstance(arrays, tuple):
        return type(arrays)(*(_rows(one, rows) for one in arrays))
    return arrays[rows]


def _joined(parts: Sequence[Any]) -> Any:
    """Return named tuples of arrays one below the other."""
    if isinstance(parts[0], tuple):
        return type(parts[0])(*(_joined(columns) for columns in zip(*parts, strict=True)))
    return np.concatenate(parts)
