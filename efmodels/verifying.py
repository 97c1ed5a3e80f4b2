"""Regrets recomputed from the tree, whatever produced the strategies.

Nothing here is shared with the linear programs: no sequence-form matrix, no polytope, no solver.
Probabilities flow down the tree, payoffs flow up, level by level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.game import ranges

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from efmodels.game import Floats, Game, Ints

TOLERANCE = 1e-6
"""How far the probabilities at an infoset may be from a sum of one."""

ROUNDING = 1e-14
"""Regrets of single actions below this share of the payoff range are shown as zero."""


def verify(block: Any) -> dict[str, float]:
    """Return each player's regret in a solved formulation block, recomputed from the tree.

    The regret is what the player could gain by any deviation, the others staying put; zero for
    everybody is an equilibrium.

    Raises
    ------
    SolverError
        The model has not been solved.
    GameError
        It is no formulation block.
    """
    if not hasattr(block, "regrets"):
        raise GameError(
            f"{type(block).__name__} knows no regrets: give the block of a formulation, such as "
            "model.eq"
        )
    regrets: dict[str, float] = block.regrets()
    return regrets


@dataclass(frozen=True, eq=False)
class Profile:
    """A behaviour strategy for every player of a game with perfect recall.

    Parameters
    ----------
    game
        The game.
    behaviour
        A probability for each action of each infoset, in the order of ``game.action_labels``;
        what is given for chance is ignored.

    Raises
    ------
    GameError
        The probabilities at an infoset do not sum to one, or recall is not perfect.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> Profile(game, [1, 0, 0.5, 0.5]).regrets()
    {'P1': 0.0, 'P2': 1.0}
    """

    game: Game
    behaviour: Floats

    def __post_init__(self) -> None:
        """Fill in chance and check that every infoset has probabilities."""
        game = self.game
        game.require_perfect_recall()
        chance = len(game.chance_probabilities)
        behaviour = np.array(self.behaviour, dtype=float)
        if behaviour.shape != (len(game.action_labels),):
            raise GameError(
                f"behaviour has shape {behaviour.shape}; expected ({len(game.action_labels)},), "
                "one probability per action of each infoset"
            )
        behaviour[:chance] = [float(p) for p in game.chance_probabilities]
        total = np.add.reduceat(behaviour, game.action_start[:-1]) if len(behaviour) else behaviour
        wrong = ~(np.abs(total - 1) <= TOLERANCE)
        if wrong.any() or (behaviour < -TOLERANCE).any():
            worst = int(np.argmax(wrong))
            raise GameError(
                f"the probabilities at infoset {game.infoset_names[worst]!r} sum to {total[worst]};"
                " they must be nonnegative and sum to 1"
            )
        object.__setattr__(self, "behaviour", np.maximum(behaviour, 0))

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff."""
        expected = self.reach[self.game.terminals] @ self.game.payoffs
        return dict(zip(self.game.players, expected.tolist(), strict=True))

    def regrets(self) -> dict[str, float]:
        """Return what each player could gain by a best response to the others."""
        return dict(self._regrets)

    @cached_property
    def _regrets(self) -> dict[str, float]:
        played = self.payoffs()
        return {
            player: max(self.best_response_value(player) - played[player], 0.0)
            for player in self.game.players
        }

    def exploitability(self) -> float:
        """Return the sum of all regrets (also called NashConv)."""
        return sum(self.regrets().values())

    def best_response_value(self, player: str) -> float:
        """Return the best payoff that a player can reach while the others stay put."""
        game, number = self.game, self.game.player_number(player)
        reach = self.reach_without(player)[game.terminals]
        return best_reply_value(game, number, reach * game.payoffs[:, number - 1])

    def reach_without(self, player: str) -> Floats:
        """Return the probability of each node if a player moves towards it with certainty.

        Shape ``(nodes,)``: chance and the others alone decide.
        """
        edge, number = self._edge.copy(), self.game.player_number(player)
        edge[1:][self.game.owner[self.game.parent[1:]] == number] = 1.0
        return product_down(self.game, edge)

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per player, infoset and action.

        Columns: ``player``, ``infoset``, ``action``; ``probability`` of the action at the infoset;
        ``reach``, the probability that the infoset is reached at all (0: off the path, where an
        equilibrium may say anything); ``regret``, what the player's expected payoff would gain if
        she always took this action there (negative: it would lose).
        """
        import pandas as pd

        game = self.game
        reach, regret = self._infoset_reach_and_action_regret()
        chance = len(game.chance_probabilities)
        width = np.diff(game.action_start)
        owner = np.repeat(game.infoset_owner, width)[chance:]
        infoset = np.repeat(np.arange(len(width)), width)[chance:]
        return pd.DataFrame(
            {
                "player": [game.players[k - 1] for k in owner],
                "infoset": [game.infoset_names[j] for j in infoset],
                "action": list(game.action_names[chance:]),
                "probability": self.behaviour[chance:],
                "reach": reach[infoset],
                "regret": regret[chance:],
            }
        )

    # Down and up the tree -----------------------------------------------------------------------

    @cached_property
    def _edge(self) -> Floats:
        """Probability with which its parent leads to each node; 1 at the root."""
        game = self.game
        edge = np.ones(game.nodes)
        above = game.parent[1:]
        edge[1:] = self.behaviour[game.action_start[game.infoset[above]] + game.action[1:]]
        return edge

    @cached_property
    def reach(self) -> Floats:
        """Probability of each node."""
        return product_down(self.game, self._edge)

    def _infoset_reach_and_action_regret(self) -> tuple[Floats, Floats]:
        """Return the reach of each infoset, and the mover's regret for each action."""
        game = self.game
        value = np.zeros((game.nodes, len(game.players)))
        value[game.terminals] = game.payoffs
        for level in reversed(game.levels[1:]):
            np.add.at(value, game.parent[level], value[level] * self._edge[level, None])
        moved = np.flatnonzero(game.owner[game.parent[1:]] > 0) + 1
        parent = game.parent[moved]
        flat = game.action_start[game.infoset[parent]] + game.action[moved]
        mover = game.owner[parent] - 1
        gain = self.reach[parent] * (value[moved, mover] - value[parent, mover])
        regret = np.zeros(len(game.action_labels))
        np.add.at(regret, flat, gain)
        inner = np.flatnonzero(game.infoset >= 0)
        reach = np.zeros(len(game.infoset_owner))
        np.add.at(reach, game.infoset[inner], self.reach[inner])
        # What is left of exact zeros after rounding would only clutter the table.
        regret[np.abs(regret) < ROUNDING * np.ptp(game.payoffs)] = 0.0
        return reach, regret


def best_reply_value(game: Game, number: int, worth: Floats) -> float:
    """Return the most that a player can make of a worth per terminal, whatever the others do there.

    Parameters
    ----------
    game
        With perfect recall.
    number
        The player's, from 1.
    worth
        Her payoff times the probability that everybody else, chance included, moves to a terminal;
        shape ``(terminals,)``.
    """
    return float(action_worths(game, number, worth, largest)[0][-1])


def action_worths(
    game: Game, number: int, worth: Floats, fold: Callable[[Floats, Ints, Ints], Floats]
) -> tuple[Floats, Floats]:
    """Return what each action and infoset of a player is worth, from the last ones up.

    Parameters
    ----------
    game
        With perfect recall.
    number
        The player's, from 1.
    worth
        As for `best_reply_value`.
    fold
        From the worths of the actions of some infosets, where each infoset begins in them, and the
        actions' places in ``game.action_labels``, to the worth of each of the infosets.

    Returns
    -------
    tuple
        A number per action of ``game.action_labels``, and one more for the whole game; and a number
        per infoset. Those of others are 0.
    """
    last, before = own_moves(game, number)
    actions = len(game.action_labels)
    # Where nobody of hers has moved yet, the last entry collects.
    total: Floats = np.bincount(last[game.terminals], worth, minlength=actions + 1).astype(float)
    values = np.zeros(len(game.infoset_owner))
    mine = np.array(game.infosets_of(number), dtype=np.int64)
    node = first_nodes(game)[mine]
    for depth in range(int(before[node].max(initial=-1)), -1, -1):
        here = mine[before[node] == depth]
        start, end = game.action_start[here], game.action_start[here + 1]
        offsets = np.cumsum(end - start) - (end - start)
        places = ranges(start, end)
        values[here] = fold(total[places], offsets, places)
        np.add.at(total, last[node[before[node] == depth]], values[here])
    return total, values


def largest(worths: Floats, offsets: Ints, _places: Ints) -> Floats:
    """Return the worth of the best action of each infoset, a `fold` of `action_worths`."""
    best: Floats = np.maximum.reduceat(worths, offsets)
    return best


def product_down(game: Game, edge: Floats) -> Floats:
    """Return the product of a number per node along the path to each node; ``(nodes,)``."""
    reach = edge.copy()
    for level in game.levels[1:]:
        reach[level] *= reach[game.parent[level]]
    return reach


def own_moves(game: Game, number: int) -> tuple[Ints, Ints]:
    """Return a player's last action (flat) and number of moves before each node.

    Before her first move the last action is ``len(game.action_labels)``.
    """
    last = np.full(game.nodes, len(game.action_labels), dtype=np.int64)
    before = np.zeros(game.nodes, dtype=np.int64)
    for level in game.levels[1:]:
        parent = game.parent[level]
        mine = game.owner[parent] == number
        chosen = game.action_start[game.infoset[parent]] + game.action[level]
        last[level] = np.where(mine, chosen, last[parent])
        before[level] = before[parent] + mine
    return last, before


def first_nodes(game: Game) -> Ints:
    """Return the first node of each infoset."""
    used, first = np.unique(game.infoset, return_index=True)
    result: Ints = first[used >= 0]
    return result
