"""Games by hand: a builder, nested dicts, and normal forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.assembly import Infoset, Outcome, assemble_game, check_infoset, check_outcome
from efmodels.errors import GameError
from efmodels.game import CHANCE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Game, Number

    Payoffs = Mapping[str, Number | str] | Sequence[Number | str]

_NO_OUTCOME = -1
_NODE_KEYS = {"player", "infoset", "chance", "actions", "payoffs"}


class GameBuilder:
    """Build a tree node by node; a node is added below an action of a node that is already there.

    Parameters
    ----------
    players
        The players' labels, all different.
    title, comment
        Free texts.

    Examples
    --------
    A coin is tossed, Alice sees it and bets or not:

    >>> import efmodels as ef
    >>> build = ef.GameBuilder(["Alice", "Bob"], title="A coin")
    >>> coin = build.chance({"heads": "1/2", "tails": "1/2"})
    >>> for side, stake in [("heads", 1), ("tails", -1)]:
    ...     alice = build.decision("Alice", side, ["bet", "pass"], below=(coin, side))
    ...     _ = build.terminal([stake, -stake], below=(alice, "bet"))
    ...     _ = build.terminal([0, 0], below=(alice, "pass"))
    >>> build.game()
    Game('A coin', players=['Alice', 'Bob'], nodes=7, terminals=4, infosets=[2, 0])
    """

    def __init__(self, players: Sequence[str], *, title: str = "", comment: str = "") -> None:
        if len(set(players)) != len(players):
            raise GameError(
                f"players must have different labels to build with; got {list(players)}"
            )
        self._players = tuple(players)
        self._title = title
        self._comment = comment
        self._infosets: list[Infoset] = []
        self._outcomes: list[Outcome] = []
        self._known: dict[tuple[int, str], int] = {}
        self._taken: set[tuple[int, int]] = set()
        self._columns: tuple[list[int], ...] = ([], [], [], [])

    def decision(
        self,
        player: str,
        infoset: str,
        actions: Sequence[str],
        *,
        below: tuple[int, str] | None = None,
        payoffs: Payoffs | None = None,
    ) -> int:
        """Add a node at which a player moves and return its number.

        Parameters
        ----------
        player
            Label of the player who moves.
        infoset
            Label of the infoset: nodes of one player with one label are one infoset.
        actions
            Labels of the actions; the same at every node of the infoset.
        below
            The node and the action that lead here; ``None`` for the root.
        payoffs
            Paid when play passes here, on top of what is paid later.

        Raises
        ------
        GameError
            The player is unknown, the infoset has other actions elsewhere, the place is taken or
            not there, or a payoff is missing. The tree then stays as it was.
        """
        if player not in self._players:
            raise GameError(
                f"no player is called {player!r}; the players are {list(self._players)}"
            )
        if len(set(actions)) != len(actions):
            raise GameError(
                f"infoset {infoset!r} of {player}: actions must have different labels to build "
                f"with; got {list(actions)}"
            )
        owner = self._players.index(player) + 1
        new = Infoset(owner, infoset, tuple(actions))
        j = self._known.get((owner, infoset))
        if j is None:
            node = self._add_with_infoset(new, below, payoffs)
            self._known[owner, infoset] = len(self._infosets) - 1
            return node
        if self._infosets[j].actions != new.actions:
            raise GameError(
                f"infoset {infoset!r} of {player} has actions {list(self._infosets[j].actions)}; "
                f"this node has {list(actions)}: all nodes of an infoset have the same actions"
            )
        return self._add(j, below, payoffs)

    def chance(
        self,
        probabilities: Mapping[str, Number | str],
        *,
        label: str = "",
        below: tuple[int, str] | None = None,
        payoffs: Payoffs | None = None,
    ) -> int:
        """Add a chance node and return its number; probabilities may be texts such as ``"1/3"``.

        Raises
        ------
        GameError
            The probabilities do not sum to one, the place is taken or not there, or a payoff is
            missing. The tree then stays as it was.
        """
        if not isinstance(probabilities, Mapping):
            raise GameError(
                f"probabilities are given as {{action: probability}}; got {probabilities!r}"
            )
        exact = tuple(number_of(p) for p in probabilities.values())
        new = Infoset(CHANCE, label, tuple(probabilities), exact)
        return self._add_with_infoset(new, below, payoffs)

    def terminal(
        self, payoffs: Payoffs, *, below: tuple[int, str] | None = None, label: str = ""
    ) -> int:
        """Add a terminal node: payoffs by label, or one per player in their order.

        Raises
        ------
        GameError
            The place is taken or not there, or a payoff is missing. The tree then stays as it was.
        """
        return self._add(-1, below, payoffs, label)

    def game(self) -> Game:
        """Check the tree and return the game.

        Raises
        ------
        GameError
            There is no root, or an action leads nowhere.
        """
        parent, action, infoset, outcome = self._columns
        for node, j in enumerate(infoset):
            for a, label in enumerate(self._infosets[j].actions if j >= 0 else ()):
                if (node, a) not in self._taken:
                    name = self._infosets[j].label
                    raise GameError(
                        f"action {label!r} at node {node}{name and f' (infoset {name!r})'} "
                        "leads nowhere: add a node below it"
                    )
        return assemble_game(
            players=self._players,
            infosets=self._infosets,
            outcomes=self._outcomes,
            parent=parent,
            action=action,
            infoset=infoset,
            outcome=outcome,
            title=self._title,
            comment=self._comment,
        )

    def _add_with_infoset(
        self, infoset: Infoset, below: tuple[int, str] | None, payoffs: Payoffs | None
    ) -> int:
        """Add a node of an infoset that is new."""
        kind = "chance node" if infoset.owner == CHANCE else "decision node"
        where = f"the {kind} at the root" if below is None else f"the {kind} below {below}"
        check_infoset(infoset, len(self._players), where)
        node = self._add(len(self._infosets), below, payoffs)
        self._infosets.append(infoset)
        return node

    def _add(
        self, infoset: int, below: tuple[int, str] | None, payoffs: Payoffs | None, label: str = ""
    ) -> int:
        """Check everything, then change something."""
        parent, action = self._place(below)
        outcome = _NO_OUTCOME
        if payoffs is not None:
            row = Outcome(label, self._payoffs(payoffs))
            check_outcome(row, len(self._players))
            outcome = len(self._outcomes)
            self._outcomes.append(row)
        if parent >= 0:
            self._taken.add((parent, action))
        for column, value in zip(self._columns, (parent, action, infoset, outcome), strict=True):
            column.append(value)
        return len(self._columns[0]) - 1

    def _place(self, below: tuple[int, str] | None) -> tuple[int, int]:
        """Return the parent and the number of the action that leads to a new node."""
        if below is None:
            if self._columns[0]:
                raise GameError("the game has a root already: say below which node and action")
            return -1, -1
        node, label = _pair(below)
        infosets = self._columns[2]
        if not 0 <= node < len(infosets) or infosets[node] < 0:
            raise GameError(f"node {node} cannot have children: give the number of a decision node")
        actions = self._infosets[infosets[node]].actions
        free = [a for a, name in enumerate(actions) if name == label]
        if not free:
            raise GameError(f"node {node} has no action {label!r}; its actions are {list(actions)}")
        place = (node, free[0])
        if place in self._taken:
            raise GameError(f"action {label!r} of node {node} leads somewhere already")
        return place

    def _payoffs(self, payoffs: Payoffs) -> tuple[Number, ...]:
        if isinstance(payoffs, str) or not isinstance(payoffs, Iterable):
            raise GameError(
                f"payoffs are given as {{player: payoff}} or as a list; got {payoffs!r}"
            )
        if not isinstance(payoffs, Mapping):
            return tuple(number_of(u) for u in payoffs)
        missing = [player for player in self._players if player not in payoffs]
        unknown = [player for player in payoffs if player not in self._players]
        if missing or unknown:
            wrong = [f"missing: {missing}"] * bool(missing) + [f"unknown: {unknown}"] * bool(
                unknown
            )
            raise GameError(
                f"payoffs are wanted for the players {list(self._players)}; {', '.join(wrong)}"
            )
        return tuple(number_of(payoffs[player]) for player in self._players)


def _pair(below: Any) -> tuple[int, str]:
    """Return the node and the action of a place."""
    match below:
        case (Integral() as node, action):
            return int(node), action
    raise GameError(f"below is a pair (node, action), such as (0, 'bet'); got {below!r}")


def game_from_dict(
    tree: Mapping[str, Any], *, players: Sequence[str] = (), title: str = ""
) -> Game:
    """Read a tree of nested dicts.

    A decision is ``{"player": ..., "infoset": ..., "actions": {label: subtree, ...}}``, a chance
    node ``{"chance": {label: probability, ...}, "actions": {label: subtree, ...}}`` and a terminal
    ``{"payoffs": {player: number}}`` (or a list of numbers). ``payoffs`` may stand at any node. A
    missing ``infoset`` makes the node an infoset of its own. Numbers may be texts like ``"1/3"``.

    Parameters
    ----------
    tree
        The root.
    players
        The players in their order; by default in the order in which they move first.
    title
        A free text.

    Examples
    --------
    >>> import efmodels as ef
    >>> ef.Game.from_dict({"player": "Alice", "infoset": "start", "actions": {
    ...     "out": {"payoffs": {"Alice": 1}}, "in": {"payoffs": {"Alice": "3/2"}}}})
    Game('', players=['Alice'], nodes=3, terminals=2, infosets=[1])
    """
    movers = _movers(tree)
    builder = GameBuilder(players or movers, title=title)
    stack: list[tuple[Mapping[str, Any], tuple[int, str] | None]] = [(tree, None)]
    while stack:
        here, below = stack.pop()
        node = _add_dict_node(builder, here, below)
        branches = here.get("actions", {})
        stack += [(subtree, (node, label)) for label, subtree in reversed(branches.items())]
    return builder.game()


def _add_dict_node(
    builder: GameBuilder, here: Mapping[str, Any], below: tuple[int, str] | None
) -> int:
    unknown = set(here) - _NODE_KEYS
    if unknown:
        raise GameError(
            f"a node has the keys {sorted(map(str, unknown))}; known are {sorted(_NODE_KEYS)}"
        )
    if "chance" in here:
        return builder.chance(here["chance"], below=below, payoffs=here.get("payoffs"))
    if "player" in here:
        label = here.get("infoset", f"node{len(builder._columns[0])}")  # noqa: SLF001 - the same module
        actions = tuple(here.get("actions", ()))
        return builder.decision(
            here["player"], label, actions, below=below, payoffs=here.get("payoffs")
        )
    if here.get("payoffs") is None:
        raise GameError("a node needs 'player', 'chance' or 'payoffs'; this one has none of them")
    return builder.terminal(here["payoffs"], below=below)


def _movers(tree: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the players in preorder of their first move, then those who only have payoffs."""
    movers: dict[str, None] = {}
    paid: dict[str, None] = {}
    stack = [tree]
    while stack:
        here = stack.pop()
        if not isinstance(here, Mapping):
            raise GameError(f"a node is a dict with keys among {sorted(_NODE_KEYS)}; got {here!r}")
        if "player" in here:
            movers[here["player"]] = None
        if isinstance(here.get("payoffs"), Mapping):
            paid.update(dict.fromkeys(here["payoffs"]))
        stack += list(reversed(here.get("actions", {}).values()))
    return tuple(movers | paid)


def game_from_matrices(
    payoffs: Sequence[ArrayLike],
    *,
    players: Sequence[str] = (),
    actions: Sequence[Sequence[str]] = (),
    title: str = "",
) -> Game:
    """Turn a normal form into a tree in which the players move one after another, unseeing.

    Parameters
    ----------
    payoffs
        One array per player, all of shape ``(actions of player 1, actions of player 2, ...)``.
    players, actions
        Labels; by default ``P1``, ``P2``, ... and ``1``, ``2``, ...
    title
        A free text.

    Raises
    ------
    GameError
        The number of arrays, their shapes and the labels do not fit together.
    """
    try:
        tables = [np.asarray(table) for table in payoffs]
    except ValueError as error:
        raise GameError("the rows of a payoff array must all have the same length") from error
    shape = tables[0].shape if tables else ()
    if not shape or len(shape) != len(tables) or any(t.shape != shape for t in tables):
        raise GameError(
            f"got {len(tables)} payoff arrays of shapes {[t.shape for t in tables]}; "
            "expected one array per player, each with one axis per player"
        )
    if players and len(players) != len(tables):
        raise GameError(f"got {len(players)} players {list(players)} for {len(tables)} arrays")
    labels = [tuple(names) for names in actions]
    labels = labels or [tuple(str(a + 1) for a in range(size)) for size in shape]
    if tuple(map(len, labels)) != shape:
        raise GameError(f"action labels {labels} do not fit payoff arrays of shape {shape}")
    columns = product_tree(shape)
    first_leaf = len(columns[0]) - int(np.prod(shape))
    outcomes = [
        Outcome("", tuple(map(number_of, row)))
        for row in zip(*(t.ravel().tolist() for t in tables), strict=True)
    ]
    parent, action, infoset = columns
    return assemble_game(
        players=tuple(players) or tuple(f"P{k + 1}" for k in range(len(shape))),
        infosets=[Infoset(k + 1, "", names) for k, names in enumerate(labels)],
        outcomes=outcomes,
        parent=parent,
        action=action,
        infoset=infoset,
        outcome=np.arange(len(parent), dtype=np.int32).clip(first_leaf - 1) - first_leaf,
        title=title,
    )


def product_tree(shape: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """Return parent, action and infoset of the tree in which player k has ``shape[k]`` actions."""
    parent, action, infoset = [np.array([-1])], [np.array([-1])], [np.array([0])]
    above, first = 1, 0
    for k, size in enumerate(shape):
        parent.append(np.repeat(np.arange(first, first + above), size))
        action.append(np.tile(np.arange(size), above))
        first, above = first + above, above * size
        infoset.append(np.full(above, k + 1 if k + 1 < len(shape) else -1))
    return np.concatenate(parent), np.concatenate(action), np.concatenate(infoset)


def number_of(value: Number | str) -> Number:
    """Keep numbers, read texts exactly; refuse what is neither."""
    if isinstance(value, str):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError) as error:
            raise GameError(
                f"{value!r} is not a number; write it like '3', '0.5' or '1/3'"
            ) from error
    if isinstance(value, np.generic):
        return number_of(value.item())
    if isinstance(value, (bool, complex)) or not hasattr(value, "__float__"):
        raise GameError(f"{value!r} is not a number; give an int, a float, a Fraction or a text")
    return value
