"""Transfers: money that a designer takes from players, and gives to them, when a game is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from efmodels.assembly import Infoset, Outcome
from efmodels.builder import number_of
from efmodels.errors import GameError
from efmodels.game import Game, read_only
from efmodels.sequences import last_sequences
from efmodels.tree_changes import ChangedTree

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Ints, Number

    Bounds = tuple[Number | str, Number | str] | ArrayLike


@dataclass(frozen=True, eq=False)
class PricedGame:
    """A game with transfers, and what it has to do with the game without them.

    Attributes
    ----------
    game
        The game with transfers.
    original
        The game without them.
    terminal
        For each terminal of ``game`` the terminal of ``original`` at which the money changes hands,
        as a position in ``original.terminals``; shape ``(terminals,)``. ``numbers[terminal]`` turns
        a number per terminal of the original into one per terminal of ``game``.
    paid
        What each player pays at each terminal of ``game``; below 0 she is paid. The designer's
        column is the others' sum with the sign turned. Shape ``(terminals, players)``.
    infosets
        The designer's infosets at which money is decided about, in ``game``.
    """

    game: Game
    original: Game
    terminal: Ints
    paid: Floats
    infosets: Ints


def with_transfers(game: Game, *, designer: str, transfers: Mapping[str, Bounds]) -> PricedGame:
    r"""Return a game in which a designer takes money from players when it is over.

    Below each terminal, for each player concerned, in their order, the designer chooses how much
    she pays: the least or the most that the bounds allow. What lies between is a lottery over the
    two. It is as good as the amount itself for whoever cares for the expectation alone, so that the
    mixed choices of a designer, or of a mediator who advises her, are all payments
    :math:`\text{low} \le t \le \text{high}`. The player's payoff falls by what she pays, and the
    designer's rises by it.

    Where the two bounds are the same there is nothing to choose, and that amount is paid.

    Deciding about money tells the designer nothing but what bounds there are: two choices belong to
    one infoset if the designer has made the same moves before, the earlier choices about money
    among them, and if player and bounds are the same.

    Parameters
    ----------
    game
        With perfect recall of the designer.
    designer
        Who takes the money, by label. In a mechanism she has no incentive constraints.
    transfers
        Bounds for each player concerned, by label: a pair ``(low, high)`` for all terminals; or an
        array of shape ``(terminals, 2)``, in the order of ``game.terminals``. If only winners pay,
        both are 0 where she has not won. Negative amounts are paid *to* the player. Numbers may be
        texts such as ``"1/3"``; integers, fractions and texts are kept exactly.

    Returns
    -------
    PricedGame
        The game, and for each of its terminals which one of the given game it belongs to and what
        is paid there. With :math:`k` players who have something to pay at a terminal there are
        :math:`2^k` in its place.

    Raises
    ------
    GameError
        A player is not known, the designer is to pay herself, an array has another shape, a bound
        is no finite number, or a lower bound exceeds its upper one.

    Examples
    --------
    A seller gives her item to one of two bidders, who then pays between 0 and 3:

    >>> import numpy as np
    >>> import efmodels as ef
    >>> game = ef.Game.from_dict({"player": "Seller", "infoset": "s", "actions": {
    ...     "A wins": {"payoffs": [0, 5, 0]}, "B wins": {"payoffs": [0, 0, 2]}}},
    ...     players=["Seller", "A", "B"])
    >>> wins = np.array([[1, 0], [0, 1]])
    >>> bounds = {who: np.outer(wins[:, k], [0, 3]) for k, who in enumerate("AB")}
    >>> priced = ef.with_transfers(game, designer="Seller", transfers=bounds)
    >>> for z in priced.game.terminals.tolist():
    ...     print(*priced.game.history(z), sep=", ")
    A wins, A pays 0
    A wins, A pays 3
    B wins, B pays 0
    B wins, B pays 3
    >>> priced.game.payoffs[1], priced.paid[1], priced.terminal
    (array([3., 2., 0.]), array([-3.,  3.,  0.]), array([0, 0, 1, 1]))
    """
    number = game.player_number(designer)
    bounds = _bounds(game, designer, transfers)
    pricing = _Pricing(game, number, bounds)
    for position in range(len(game.terminals)):
        pricing.price(position)
    priced = pricing.tree.game()
    terminal = np.array(pricing.terminal)
    paid = np.array([[float(t) for t in row] for row in pricing.paid])
    return PricedGame(
        game=priced,
        original=game,
        terminal=read_only(terminal),
        paid=read_only(paid.reshape(-1, len(game.players))),
        infosets=read_only(_money_infosets(priced, terminal, game)),
    )


class _Money(NamedTuple):
    """A player who may be asked to pay, and the least and the most at each terminal."""

    player: int
    bounds: tuple[tuple[Number, Number], ...]


def _bounds(game: Game, designer: str, transfers: Mapping[str, Bounds]) -> list[_Money]:
    """Read the bounds of all players concerned, in the players' order."""
    if not isinstance(transfers, Mapping):
        raise GameError(
            "transfers are given as {player: (low, high)} or {player: array of such pairs}; got "
            f"{transfers!r}"
        )
    concerned = []
    for player, given in transfers.items():
        number = game.player_number(player)
        if player == designer:
            raise GameError(f"{designer!r} is the designer and cannot pay herself")
        concerned.append(_Money(number, _read(game, player, given)))
    return sorted(concerned)


def _read(game: Game, player: str, given: Any) -> tuple[tuple[Number, Number], ...]:
    """Read the bounds of one player: a pair, or a pair per terminal."""
    array = np.array(given, dtype=object)
    shape = (len(game.terminals), 2)
    if array.shape not in ((2,), shape):
        raise GameError(
            f"the transfers of {player!r} must be a pair (low, high) or an array of shape {shape}, "
            f"a pair per terminal; got one of shape {array.shape}"
        )
    pairs = [(number_of(low), number_of(high)) for low, high in array.reshape(-1, 2)]
    for low, high in pairs:
        if not np.isfinite([float(low), float(high)]).all() or low > high:
            raise GameError(
                f"the transfers of {player!r} must have finite bounds with low <= high; got "
                f"({low}, {high})"
            )
    return tuple(pairs) * (len(game.terminals) if array.ndim == 1 else 1)


class _Open(NamedTuple):
    """A node below which money is still to be decided about."""

    node: int
    turn: int
    paid: tuple[Number, ...]
    decided: tuple[tuple[int, int], ...]
    words: tuple[str, ...]


class _Pricing:
    """The tree while decisions about money are added below its terminals."""

    def __init__(self, game: Game, designer: int, money: list[_Money]) -> None:
        self.tree = ChangedTree(game)
        self.terminal: list[int] = []
        self.paid: list[tuple[Number, ...]] = []
        self._game = game
        self._designer = designer
        self._money = money
        self._last = last_sequences(game)[game.terminals, designer - 1].tolist()
        self._said = _said(game, designer)
        self._infoset: dict[tuple[Any, ...], int] = {}

    def price(self, position: int) -> None:
        """Let the designer decide about the money of a terminal."""
        node, last = int(self._game.terminals[position]), self._last[position]
        nothing = (0,) * len(self._game.players)
        waiting = [_Open(node, 0, nothing, (), self._said[last])]
        while waiting:
            here = waiting.pop()
            if here.turn == len(self._money):
                self._end(here, node, position)
                continue
            low, high = self._money[here.turn].bounds[position]
            if low == high:
                waiting.append(here._replace(turn=here.turn + 1, paid=self._with(here, low)))
            else:
                waiting += reversed(self._decide(here, last, (low, high)))

    def _decide(self, here: _Open, last: int, amounts: tuple[Number, Number]) -> list[_Open]:
        """Let a node be a decision about one player's money; return the nodes below it."""
        player = self._game.players[self._money[here.turn].player - 1]
        labels = tuple(f"{player} pays {amount}" for amount in amounts)
        # What she decided before is a part of what she knows, as are her moves in the game.
        key = (last, here.decided, here.turn, amounts)
        if key not in self._infoset:
            label = "; ".join([*here.words, f"{labels[0]} or {amounts[1]}"])
            self._infoset[key] = self.tree.add_infoset(Infoset(self._designer, label, labels))
        infoset = self._infoset[key]
        self.tree.set_infoset(here.node, infoset)
        return [
            _Open(
                node=self.tree.add_below(here.node, action),
                turn=here.turn + 1,
                paid=self._with(here, amount),
                decided=(*here.decided, (infoset, action)),
                words=(*here.words, labels[action]),
            )
            for action, amount in enumerate(amounts)
        ]

    def _with(self, here: _Open, amount: Number) -> tuple[Number, ...]:
        """Return what everybody pays if the player whose turn it is pays an amount."""
        total = list(here.paid)
        total[self._money[here.turn].player - 1] += amount
        total[self._designer - 1] -= amount
        return tuple(total)

    def _end(self, here: _Open, terminal: int, position: int) -> None:
        """Let the game be over, and the money be paid."""
        self.terminal.append(position)
        self.paid.append(here.paid)
        if not any(here.paid):
            return
        label, total = "", tuple(-amount for amount in here.paid)
        old = int(self._game.outcome[terminal])
        if here.node == terminal and old >= 0:
            label, before = self._game.outcome_labels[old], self._game.outcome_payoffs[old]
            total = tuple(a + b for a, b in zip(before, total, strict=True))
        self.tree.set_outcome(here.node, self.tree.add_outcome(Outcome(label, total)))


def _said(game: Game, player: int) -> list[tuple[str, ...]]:
    """Return words for each sequence of a player, by number: her last infoset and action."""
    return [
        (),
        *(
            (f"{game.infoset_names[j]}:{game.action_names[flat]}",)
            for j in game.infosets_of(player)
            for flat in game.actions_of(j)
        ),
    ]


def _money_infosets(priced: Game, terminal: Ints, original: Game) -> Ints:
    """Return the infosets of the nodes that were added: those below what had been terminals."""
    over = _depth(original)[original.terminals][terminal]
    depth = _depth(priced)
    node: Ints = priced.terminals
    found: Ints = np.zeros(0, dtype=np.int64)
    while len(node):
        node = priced.parent[node]
        added = (node >= 0) & (depth[node] >= over)
        node, over = node[added], over[added]
        found = np.union1d(found, priced.infoset[node])
    return found


def _depth(game: Game) -> Ints:
    """Return how many moves lead to each node."""
    depth = np.zeros(game.nodes, dtype=np.int64)
    for number, level in enumerate(game.levels):
        depth[level] = number
    return depth
