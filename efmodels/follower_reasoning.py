"""How a follower reasons: how far ahead, what she makes of a position, and what breaks ties."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Game, Ints
    from efmodels.polytope import FlowPolytope

    Evaluation = ArrayLike | Mapping[int, float] | Callable[[int], float]

MARGIN = 1e-5
"""By how much an action must fall short before it counts as worse, if nothing else is said.

It is also the least margin: solvers violate rows by up to 1e-6, and what is less than a few times
that is no difference to them.
"""


@dataclass(frozen=True)
class FavourableTies:
    """Of several best actions the follower takes the one that is best for the leader."""


@dataclass(frozen=True)
class AdversarialTies:
    """Of several best actions the follower takes the one that is worst for the leader.

    The leader's optimum is a supremum that need not be attained. With a margin it is: an action
    counts as worse than another if it falls short of it by at least as much.

    Parameters
    ----------
    margin
        At least 1e-5, in units of the evaluation times the probability of getting to the infoset.
    """

    margin: float = MARGIN

    def __post_init__(self) -> None:
        """Check the margin."""
        require_margin(self.margin)


@dataclass(frozen=True)
class StaticTies:
    """Of several best actions the follower takes the first in an order that is known in advance.

    An action that comes later must be better than one that comes earlier by at least a margin. A
    leader's plan that makes it better by less is left out; the optimum is approached as the margin
    shrinks.

    Parameters
    ----------
    order
        From the names of infosets to the names of their actions, the preferred first. Infosets that
        are not named have the order of the game.
    margin
        As for `AdversarialTies`.
    """

    order: Mapping[str, Sequence[str]] = field(default_factory=dict)
    margin: float = MARGIN

    def __post_init__(self) -> None:
        """Check the margin."""
        require_margin(self.margin)

    def ranks(self, polytope: FlowPolytope) -> Ints:
        """Return the place of each of the follower's actions at its infoset, 0 for the first.

        Shape ``(sequences,)``; 0 for the empty sequence.

        Raises
        ------
        GameError
            An infoset does not exist, or its actions are not those of the order.
        """
        places = np.arange(polytope.size) - np.concatenate(
            ([0], polytope.start[polytope.point[1:]])
        )
        points = {name: k for k, name in enumerate(polytope.point_names)}
        for infoset, actions in self.order.items():
            if infoset not in points:
                raise GameError(
                    f"StaticTies: the follower has no infoset called {infoset!r}; she has "
                    f"{list(polytope.point_names)}"
                )
            here = slice(*polytope.start[points[infoset] :][:2].tolist())
            names = polytope.choice_names[here]
            if sorted(names) != sorted(actions):
                raise GameError(
                    f"StaticTies: infoset {infoset!r} has the actions {list(names)}, each to be "
                    f"named once; got {list(actions)}"
                )
            places[here] = [list(actions).index(name) for name in names]
        return places


Ties = FavourableTies | AdversarialTies | StaticTies


@dataclass(frozen=True, eq=False)
class Lookahead:
    """A follower who looks a few moves ahead, and evaluates the positions that she sees there.

    At each of her infosets she looks at what is at most ``depth`` levels of the tree below it. She
    knows the leader's plan and the chances, plans her own moves within the window as if nothing
    came after it, and takes an action that leads to the greatest expected evaluation.

    Parameters
    ----------
    depth
        Levels of the tree, moves of everybody: 1 (she evaluates what her own action leads to), 2,
        ... or ``math.inf``. A window also ends at terminals.
    evaluation
        What she makes of a node where a window ends: an array with a number per node, in preorder;
        a mapping from nodes to numbers; or a function of the node.
    ties
        `FavourableTies`, `AdversarialTies` or `StaticTies`.

    Raises
    ------
    GameError
        The depth is no positive whole number, nor infinite.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.kuhn()
    >>> Lookahead(1, ef.uniform_values(game, "P2")).ties
    FavourableTies()
    """

    depth: float
    evaluation: Evaluation
    ties: Ties = FavourableTies()

    def __post_init__(self) -> None:
        """Check the depth and the rule for ties."""
        require_depth(self.depth)
        if not isinstance(self.ties, Ties):
            raise GameError(
                f"Lookahead: ties is {self.ties!r}; expected FavourableTies(), AdversarialTies() "
                "or StaticTies()"
            )


@dataclass(frozen=True, eq=False)
class Intervals:
    """A least and a greatest number for each of many, such as terminals or nodes.

    Parameters
    ----------
    lower, upper
        Arrays of one shape.

    Raises
    ------
    GameError
        The shapes differ, a number is not finite, or a lower one is above its upper one.

    Examples
    --------
    >>> Intervals.around([3.0, 4.0], 0.5)
    Intervals(lower=array([2.5, 3.5]), upper=array([3.5, 4.5]))
    """

    lower: Floats
    upper: Floats

    def __post_init__(self) -> None:
        """Turn the arguments into arrays and check them."""
        lower, upper = (np.array(side, dtype=float) for side in (self.lower, self.upper))
        if lower.shape != upper.shape or lower.ndim != 1:
            raise GameError(
                f"Intervals: lower has shape {lower.shape} and upper {upper.shape}; expected two "
                "arrays with a number for each terminal or node"
            )
        if not (np.isfinite(lower).all() and np.isfinite(upper).all()):
            raise GameError("Intervals: every lower and upper number must be finite")
        wrong = np.flatnonzero(lower > upper)
        if len(wrong):
            k = int(wrong[0])
            raise GameError(
                f"Intervals: lower[{k}] = {lower[k]} is above upper[{k}] = {upper[k]}; the lower "
                "number comes first"
            )
        object.__setattr__(self, "lower", read_only(lower))
        object.__setattr__(self, "upper", read_only(upper))

    @classmethod
    def around(cls, centre: ArrayLike, radius: ArrayLike) -> Intervals:
        """Return intervals from ``centre - radius`` to ``centre + radius``.

        Parameters
        ----------
        centre
            A number each.
        radius
            One for all, or one each; not negative.
        """
        middle, half = np.array(centre, dtype=float), np.array(radius, dtype=float)
        lower: Floats = middle - half
        upper: Floats = middle + half
        return cls(lower, upper)

    def require_one_for_each(self, count: int, what: str, asked_by: str) -> None:
        """Raise a `GameError` unless there are so many."""
        if len(self.lower) != count:
            raise GameError(
                f"{asked_by} needs an interval for each of the {count} {what} of the game; got "
                f"{len(self.lower)}"
            )


def node_numbers(game: Game, evaluation: Evaluation, needed: Ints, asked_by: str) -> Floats:
    """Return an evaluation as an array: a number per node, 0 where none is needed or given.

    Parameters
    ----------
    game
        Whose nodes they are.
    evaluation
        See `Lookahead`.
    needed
        The nodes that are asked for.
    asked_by
        The function that was called.

    Raises
    ------
    GameError
        The array has another length, or a number that is needed is missing or not finite.
    """
    numbers = np.zeros(game.nodes)
    if isinstance(evaluation, Mapping):
        missing = [node for node in needed.tolist() if node not in evaluation]
        if missing:
            raise GameError(
                f"{asked_by}: the evaluation has no number for node {missing[0]}, where "
                f"{list(game.history(missing[0]))} leads to and a window ends; "
                f"{len(missing)} are missing"
            )
        numbers[needed] = [float(evaluation[node]) for node in needed.tolist()]
    elif callable(evaluation):
        numbers[needed] = [float(evaluation(node)) for node in needed.tolist()]
    else:
        numbers = np.array(evaluation, dtype=float)
        if numbers.shape != (game.nodes,):
            raise GameError(
                f"{asked_by}: the evaluation has shape {numbers.shape}; expected a number for each "
                f"of the {game.nodes} nodes, a mapping from nodes to numbers, or a function"
            )
    wrong = needed[~np.isfinite(numbers[needed])]
    if len(wrong):
        raise GameError(
            f"{asked_by}: the evaluation of node {wrong[0]} is {numbers[wrong[0]]}; expected a "
            "finite number"
        )
    return numbers


def terminal_numbers(game: Game, numbers: Floats) -> Floats:
    """Return an array with a number per node from one with a number per terminal; 0 elsewhere."""
    result = np.zeros(game.nodes)
    result[game.terminals] = numbers
    return result


def uniform_values(game: Game, player: str) -> Floats:
    """Return what a player would get after each node if everybody moved at random from there on.

    A simple evaluation for `Lookahead`; at terminals it is her payoff.

    Parameters
    ----------
    game
        The game.
    player
        By label.

    Returns
    -------
    numpy.ndarray
        Shape ``(nodes,)``.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> uniform_values(game, "P2").tolist()
    [2.25, 4.0, 3.0, 5.0, 0.5, 0.0, 1.0]
    """
    values = terminal_numbers(game, game.payoffs[:, game.player_number(player) - 1])
    edge = np.ones(game.nodes)
    children = np.bincount(game.parent[1:], minlength=game.nodes)
    above = game.parent[1:]
    luck = game.owner[above] == 0
    edge[1:] = np.where(luck, game.probability[1:], 1 / children[above])
    for level in reversed(game.levels[1:]):
        np.add.at(values, game.parent[level], edge[level] * values[level])
    return values


def require_depth(depth: float) -> None:
    """Raise a `GameError` unless it is a positive whole number or infinite."""
    if not (depth == math.inf or (depth >= 1 and depth == int(depth))):
        raise GameError(
            f"a lookahead has a depth of 1, 2, ... levels of the tree, or math.inf; got {depth!r}"
        )


def require_margin(margin: float) -> None:
    """Raise a `GameError` unless it is finite, and large enough for solvers to see."""
    if not MARGIN <= margin < math.inf:
        raise GameError(
            f"a margin must be finite and at least {MARGIN}: without one the leader's optimum need "
            "not exist, and a smaller one is lost among the tolerances of a solver, 1e-6; got "
            f"{margin!r}. If payoffs are that small, multiply all of them by a number"
        )
