"""Random trees with perfect recall, the same on every machine for the same seed."""

from __future__ import annotations

from collections import defaultdict, deque
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from efmodels.builder import GameBuilder
from efmodels.instances.exact_numbers import probability
from efmodels.instances.parameters import integer, integer_range, members, titled

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Game, Number

    Payoffs = Callable[["_Dice"], list[int]]

_WEIGHTS = 9
"""A chance action gets a weight from 1 to this."""


def random_tree(
    seed: int = 0,
    *,
    players: int = 2,
    depth: int = 5,
    branching: int = 2,
    chance_probability: Number | str = "1/5",
    merge_probability: Number | str = "1/2",
    payoffs: tuple[int, int] = (-5, 5),
) -> Game:
    r"""Return a random tree of a fixed depth with perfect recall and integer payoffs.

    Every node above ``depth`` has from 2 to ``branching`` actions and belongs to chance with
    ``chance_probability``, otherwise to a player, each with the same probability. Chance's actions
    get random weights from 1 to 9. At a terminal each player gets a random integer, independently
    of the others.

    Infosets are drawn so that nobody forgets anything: a node can join an infoset of its player if
    it has as many actions and if the player's last infoset and action before it, if any, are the
    same. If there are such infosets it joins one of them, at random, with ``merge_probability``;
    otherwise it begins a new one. With probability 0 the game has perfect information. Actions
    and each player's infosets are labelled ``1``, ``2``, ...

    Parameters
    ----------
    seed
        At least 0. The same seed gives the same game with every version of numpy.
    players
        At least 1; some may never move.
    depth
        Actions on each path, at least 0.
    branching
        Most actions of a node, at least 2.
    chance_probability, merge_probability
        Between 0 and 1.
    payoffs
        The lowest and the highest payoff, integers.

    Returns
    -------
    Game
        With :math:`2^{d + 1} - 1` nodes if ``branching`` is 2, and at most
        :math:`(b^{d + 1} - 1) / (b - 1)` in general.

    Raises
    ------
    GameError
        A parameter is out of its range.

    See Also
    --------
    random_zero_sum_tree

    Examples
    --------
    >>> from efmodels.instances import random_tree
    >>> game = random_tree(seed=1, players=3)
    >>> game.nodes, game.has_perfect_recall
    (63, True)
    >>> game == random_tree(seed=1, players=3)
    True
    """
    shape = _shape(
        seed=seed,
        players=players,
        depth=depth,
        branching=branching,
        chance_probability=chance_probability,
        merge_probability=merge_probability,
        payoffs=payoffs,
    )
    tree = _RandomTree(shape, titled("Random tree", **shape._asdict()))
    return tree.grow(lambda dice: [dice.roll(*shape.payoffs) for _ in range(shape.players)])


def random_zero_sum_tree(
    seed: int = 0,
    *,
    depth: int = 5,
    branching: int = 2,
    chance_probability: Number | str = "1/5",
    merge_probability: Number | str = "1/2",
    payoffs: tuple[int, int] = (-5, 5),
) -> Game:
    r"""Return a random tree for two players in which one wins what the other loses.

    Parameters and tree are as in :func:`random_tree`; ``payoffs`` bounds what the first player
    gets.

    Parameters
    ----------
    seed
        At least 0. The same seed gives the same game with every version of numpy.
    depth
        Actions on each path, at least 0.
    branching
        Most actions of a node, at least 2.
    chance_probability, merge_probability
        Between 0 and 1.
    payoffs
        The lowest and the highest payoff of the first player, integers.

    Returns
    -------
    Game
        With at most :math:`(b^{d + 1} - 1) / (b - 1)` nodes.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.random_zero_sum_tree(seed=7, depth=4)
    >>> sorted({sum(row) for row in game.outcome_payoffs})
    [0]
    >>> max(ef.optimal_equilibrium(game, "nash_zero_sum").regrets.values()) < 1e-9
    True
    """
    shape = _shape(
        seed=seed,
        players=2,
        depth=depth,
        branching=branching,
        chance_probability=chance_probability,
        merge_probability=merge_probability,
        payoffs=payoffs,
    )

    def zero_sum(dice: _Dice) -> list[int]:
        won = dice.roll(*shape.payoffs)
        return [won, -won]

    title = titled("Random zero-sum tree", {"players": 2}, **shape._asdict())
    return _RandomTree(shape, title).grow(zero_sum)


class _Shape(NamedTuple):
    """The parameters of a random tree."""

    seed: int
    players: int
    depth: int
    branching: int
    chance_probability: Number
    merge_probability: Number
    payoffs: tuple[int, int]


def _shape(**given: Any) -> _Shape:
    """Read the parameters."""
    return _Shape(
        seed=integer("seed", given["seed"], minimum=0),
        players=integer("players", given["players"], minimum=1),
        depth=integer("depth", given["depth"], minimum=0),
        branching=integer("branching", given["branching"], minimum=2),
        chance_probability=probability("chance_probability", given["chance_probability"]),
        merge_probability=probability("merge_probability", given["merge_probability"]),
        payoffs=integer_range("payoffs", members("payoffs", given["payoffs"])),
    )


class _Dice:
    """Random integers from the raw output of PCG64, which numpy promises never to change.

    It makes no such promise for :class:`numpy.random.Generator`, whose methods may use this output
    in another way one day.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def roll(self, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``, all equally likely up to 2**-64 or so."""
        return low + (int(self._bits.random_raw()) * (high - low + 1) >> 64)

    def happens(self, probability: Number) -> bool:
        """Return whether an event of this probability occurs."""
        return int(self._bits.random_raw()) < probability * 2**64


class _RandomTree:
    """A tree that grows level by level; ``_joinable`` holds the infosets that a node may join.

    Its keys are a player, the number of actions, and her last infoset and action.
    """

    def __init__(self, shape: _Shape, title: str) -> None:
        self._dice = _Dice(shape.seed)
        self._shape = shape
        self._players = [f"P{k + 1}" for k in range(shape.players)]
        self._build = GameBuilder(self._players, title=title)
        self._joinable: dict[tuple[int, int, tuple[str, str]], list[str]] = defaultdict(list)
        self._infosets = [0] * shape.players

    def grow(self, payoffs: Payoffs) -> Game:
        """Add all nodes, those closer to the root first, and return the game."""
        start = (("", ""),) * len(self._players)
        waiting: deque[tuple[int, tuple[int, str] | None, tuple[tuple[str, str], ...]]]
        waiting = deque([(0, None, start)])
        while waiting:
            level, below, last = waiting.popleft()
            if level == self._shape.depth:
                self._build.terminal(payoffs(self._dice), below=below)
                continue
            actions = [str(a + 1) for a in range(self._dice.roll(2, self._shape.branching))]
            mover, infoset, node = self._inner_node(actions, below, last)
            for action in actions:
                now = list(last)
                if mover >= 0:
                    now[mover] = (infoset, action)
                waiting.append((level + 1, (node, action), tuple(now)))
        return self._build.game()

    def _inner_node(
        self,
        actions: list[str],
        below: tuple[int, str] | None,
        last: tuple[tuple[str, str], ...],
    ) -> tuple[int, str, int]:
        """Add a node; return who moves (-1 is chance), the infoset's label and the node."""
        if self._dice.happens(self._shape.chance_probability):
            weights = [self._dice.roll(1, _WEIGHTS) for _ in actions]
            chances = [Fraction(weight, sum(weights)) for weight in weights]
            node = self._build.chance(dict(zip(actions, chances, strict=True)), below=below)
            return -1, "", node
        mover = self._dice.roll(0, len(self._players) - 1)
        infoset = self._infoset(mover, len(actions), last[mover])
        node = self._build.decision(self._players[mover], infoset, actions, below=below)
        return mover, infoset, node

    def _infoset(self, mover: int, actions: int, last: tuple[str, str]) -> str:
        """Return the label of the infoset that a new node belongs to."""
        known = self._joinable[mover, actions, last]
        if known and self._dice.happens(self._shape.merge_probability):
            return known[self._dice.roll(0, len(known) - 1)]
        self._infosets[mover] += 1
        known.append(str(self._infosets[mover]))
        return known[-1]
