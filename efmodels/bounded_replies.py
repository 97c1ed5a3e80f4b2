"""What a follower of limited reasoning does, found in the tree.

Nothing here is shared with the mixed-integer programs: no matrix, no polytope, no solver. A window
is opened below each infoset, and values are added up in it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import TERMINAL
from efmodels.verifying import own_moves

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Bools, Floats, Game, Ints
    from efmodels.verifying import Profile


@dataclass(frozen=True, eq=False)
class BoundedReply:
    """A leader's commitment, and what a follower of limited reasoning makes of it.

    Attributes
    ----------
    profile
        Everybody's strategy.
    follower
        Who replies, by label.
    shortfall
        By how much, at most, an action that the follower takes is worse than another by her own
        reasoning, times the probability that the leader and chance let her get there.
    """

    profile: Profile
    follower: str
    shortfall: float

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, from the tree."""
        return self.profile.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return the follower's regret *by her own reasoning*, see ``shortfall``, from the tree.

        It is zero if she does what such a follower does. What her limits cost her in payoffs is
        `payoff_regrets`, which is not a fault of the solution.
        """
        return {self.follower: self.shortfall}

    def payoff_regrets(self) -> dict[str, float]:
        """Return what the follower's limits cost her: her regret in payoffs, from the tree."""
        return {self.follower: self.profile.regrets()[self.follower]}

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret (in payoffs)."""
        return self.profile.strategy()


def window_values(game: Game, number: int, reach: Floats, numbers: Floats, depth: float) -> Floats:
    """Return what each action of a player is worth to her, seen from its infoset.

    Parameters
    ----------
    game
        With perfect recall.
    number
        The player's, from 1.
    reach
        Of each node by chance and the others; see :meth:`efmodels.verifying.Profile.reach_without`.
    numbers
        Her evaluation of each node where a window ends.
    depth
        Levels that she looks ahead.

    Returns
    -------
    numpy.ndarray
        A number per action of each infoset, in the order of ``game.action_labels``; 0 for those of
        others.
    """
    values = np.zeros(len(game.action_labels))
    children: list[list[int]] = [[] for _ in range(game.nodes)]
    for node, parent in enumerate(game.parent.tolist()):
        if parent >= 0:
            children[parent].append(node)
    worth = (reach * numbers).tolist()
    members = defaultdict(list)
    for node in np.flatnonzero(game.owner == number).tolist():
        members[int(game.infoset[node])].append(node)
    for infoset, nodes in members.items():
        window = _Window(game, number, worth, children)
        window.open(nodes, depth)
        for action in game.actions_of(infoset):
            values[action] = window.total[action]
    return values


class _Window:
    """What is seen from an infoset, and what each action in it is worth."""

    def __init__(
        self, game: Game, number: int, worth: list[float], children: list[list[int]]
    ) -> None:
        self.game, self.number, self.worth, self.children = game, number, worth, children
        self.total: dict[int, float] = defaultdict(float)

    def open(self, nodes: list[int], depth: float) -> None:
        """Walk down, add up what the ends are worth, and choose the best from the bottom up."""
        before: dict[int, int] = {}
        layer, step = [(node, -1) for node in nodes], 0
        while layer:
            below = []
            for node, last in layer:
                if self.game.owner[node] == TERMINAL or step == depth:
                    self.total[last] += self.worth[node]
                elif self.game.owner[node] == self.number:
                    infoset = int(self.game.infoset[node])
                    before.setdefault(infoset, last)
                    start = int(self.game.action_start[infoset])
                    below += [(child, start + a) for a, child in enumerate(self.children[node])]
                else:
                    below += [(child, last) for child in self.children[node]]
            layer, step = below, step + 1
        for infoset, last in reversed(before.items()):
            best = max(self.total[action] for action in self.game.actions_of(infoset))
            self.total[last] += best


def best_at_infoset(game: Game, number: int, values: Floats) -> Floats:
    """Return for each action of a player the greatest value at its infoset; 0 for others."""
    best = np.zeros(len(values))
    for infoset in game.infosets_of(number):
        actions = game.actions_of(infoset)
        best[actions] = values[actions].max()
    return best


def first_of(game: Game, number: int, candidates: Bools, rank: Ints) -> Floats:
    """Return the behaviour that takes, at each infoset, the candidate of the lowest rank.

    Parameters
    ----------
    game, number
        The game, and the player's number.
    candidates, rank
        One per action, in the order of ``game.action_labels``; each infoset has a candidate.
    """
    behaviour = np.zeros(len(candidates))
    for infoset in game.infosets_of(number):
        actions = np.array(game.actions_of(infoset))
        allowed = actions[candidates[actions]]
        behaviour[allowed[np.argmin(rank[allowed])]] = 1.0
    return behaviour


def worst_reply(game: Game, number: int, reach: Floats, payoffs: Floats, possible: Bools) -> Floats:
    """Return, of what a player may do, what is worst for somebody.

    Parameters
    ----------
    game, number
        The game, and the number of the player who moves.
    reach
        Of each node by chance and the others.
    payoffs
        Of the one who suffers, per terminal.
    possible
        Whether each action may be taken, in the order of ``game.action_labels``.

    Returns
    -------
    numpy.ndarray
        A behaviour of the player, 0 for the actions of others.
    """
    last, _ = own_moves(game, number)
    behaviour = np.zeros(len(possible))
    total = np.bincount(
        last[game.terminals], reach[game.terminals] * payoffs, minlength=len(possible) + 1
    )
    first = {int(game.infoset[node]): node for node in reversed(range(game.nodes))}
    for infoset in reversed(game.infosets_of(number)):
        actions = np.array(game.actions_of(infoset))
        allowed = actions[possible[actions]]
        worst = allowed[np.argmin(total[allowed])]
        behaviour[worst] = 1.0
        total[last[first[infoset]]] += total[worst]
    return behaviour
