"""Behaviour strategies in fractions: payoffs and regrets from the tree, without rounding."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from efmodels.game import Game


@dataclass(frozen=True, eq=False)
class ExactProfile:
    """A behaviour strategy for every player, in fractions.

    Parameters
    ----------
    game
        With perfect recall. Numbers that it has as floats count as the fractions that they are.
    behaviour
        A probability for each action of each infoset, in the order of ``game.action_labels``; what
        is given for chance is ignored.

    Raises
    ------
    GameError
        The probabilities at an infoset do not sum to one, or recall is not perfect.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> half = Fraction(1, 2)
    >>> mixed = ExactProfile(game, (half, half, 0, 1))
    >>> mixed.payoffs()["P1"], mixed.regrets()["P1"]
    (Fraction(1, 2), Fraction(1, 2))
    """

    game: Game
    behaviour: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        """Fill in chance and check that every infoset has probabilities."""
        game = self.game
        game.require_perfect_recall()
        if len(self.behaviour) != len(game.action_labels):
            raise GameError(
                f"got {len(self.behaviour)} probabilities; expected {len(game.action_labels)}, one "
                "per action of each infoset"
            )
        chance = len(game.chance_probabilities)
        given = (*game.chance_probabilities, *self.behaviour[chance:])
        object.__setattr__(self, "behaviour", tuple(Fraction(one) for one in given))
        for j, (start, end) in enumerate(pairwise(game.action_start.tolist())):
            mine = self.behaviour[start:end]
            if start >= chance and (sum(mine) != 1 or min(mine) < 0):
                raise GameError(
                    f"the probabilities at infoset {game.infoset_names[j]!r} sum to {sum(mine)}; "
                    "they must be nonnegative and sum to 1 exactly"
                )

    def payoffs(self) -> dict[str, Fraction]:
        """Return each player's expected payoff."""
        return {
            player: self._expected(self._reach_without(0), number)
            for number, player in enumerate(self.game.players, start=1)
        }

    def regrets(self) -> dict[str, Fraction]:
        """Return what each player could gain by a best response to the others."""
        played = self.payoffs()
        return {
            player: self._best_reply_value(number) - played[player]
            for number, player in enumerate(self.game.players, start=1)
        }

    def rounded(self) -> Profile:
        """Return the strategies as floats."""
        return Profile(self.game, np.array([float(one) for one in self.behaviour]))

    def strategy(self) -> pd.DataFrame:
        """Return the table of :meth:`efmodels.verifying.Profile.strategy`, with fractions.

        Probabilities are exact; ``reach`` and ``regret`` are rounded.
        """
        import pandas as pd

        table = self.rounded().strategy()
        chance = len(self.game.chance_probabilities)
        return table.assign(probability=pd.Series(self.behaviour[chance:], dtype=object))

    def _expected(self, reach: Sequence[Fraction], number: int) -> Fraction:
        nodes = self.game.terminals.tolist()
        return sum((reach[h] * self._payoff(h, number) for h in nodes), Fraction(0))

    def _payoff(self, node: int, number: int) -> Fraction:
        return self._payoffs[node][number - 1]

    @cached_property
    def _payoffs(self) -> dict[int, tuple[Fraction, ...]]:
        return {h: exact_payoffs(self.game, h) for h in self.game.terminals.tolist()}

    def _reach_without(self, number: int) -> list[Fraction]:
        """Return each node's probability if a player moves there with certainty (0: nobody)."""
        game = self.game
        reach = [Fraction(1)] * game.nodes
        for node in range(1, game.nodes):
            parent = int(game.parent[node])
            reach[node] = reach[parent]
            if number == 0 or game.owner[parent] != number:
                flat = game.action_start[game.infoset[parent]] + game.action[node]
                reach[node] *= self.behaviour[flat]
        return reach

    def _best_reply_value(self, number: int) -> Fraction:
        """Return the best payoff that a player can reach while the others stay put."""
        game, reach = self.game, self._reach_without(number)
        # The number of own moves before each node, and the last of them as a flat action.
        before, last = [0] * game.nodes, [-1] * game.nodes
        for node in range(1, game.nodes):
            parent = int(game.parent[node])
            before[node], last[node] = before[parent], last[parent]
            if game.owner[parent] == number:
                before[node] += 1
                last[node] = int(game.action_start[game.infoset[parent]] + game.action[node])
        worth: dict[int, Fraction] = {}
        for h in game.terminals.tolist():
            worth[last[h]] = worth.get(last[h], Fraction(0)) + reach[h] * self._payoff(h, number)
        first = {int(game.infoset[h]): h for h in range(game.nodes) if game.owner[h] == number}
        for j in sorted(first, key=lambda j: -before[first[j]]):
            best = max(worth.get(a, Fraction(0)) for a in game.actions_of(j))
            above = last[first[j]]
            worth[above] = worth.get(above, Fraction(0)) + best
        return worth.get(-1, Fraction(0))


def exact_payoffs(game: Game, node: int) -> tuple[Fraction, ...]:
    """Return every player's payoff at a node as a fraction; a float is the fraction that it is."""
    return tuple(Fraction(one) for one in game.exact_payoffs(node))


def exact_chance(game: Game) -> list[Fraction]:
    """Return the product of the chance probabilities on the path to each node, in fractions."""
    chance = [Fraction(one) for one in game.chance_probabilities]
    reach = [Fraction(1)] * game.nodes
    for node in range(1, game.nodes):
        parent = int(game.parent[node])
        reach[node] = reach[parent]
        if game.owner[parent] == 0:
            reach[node] *= chance[game.action_start[game.infoset[parent]] + game.action[node]]
    return reach
