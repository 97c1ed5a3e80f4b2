"""A leader who commits against a follower, both with trembling hands: what the blocks share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import CapabilityError, GameError
from efmodels.game import ranges
from efmodels.leader_and_follower import LeaderAndFollower, leader_of
from efmodels.perturbations import trembling_sequences
from efmodels.profile_blocks import Outcomes, profile_of
from efmodels.reply_slacks import slack_bounds
from efmodels.restarts import Restarts
from efmodels.sequences import chance_reach, last_sequences
from efmodels.verifying import Profile, action_worths, largest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from efmodels.game import Floats, Game, Ints, Number
    from efmodels.perturbations import Perturbation


SEEN_BY_SOLVERS = 1e-9
"""Least probabilities of a leader's sequences below this are refused.

It is no more than where tests end: rows are divided by the least probability of getting to their
infoset, and in random trees of 1,000 nodes and more, with floors of 1e-8, the follower's regret at
every infoset stayed below 1e-10 of the payoff range.
"""


@dataclass(frozen=True, eq=False)
class TremblingPair(LeaderAndFollower):
    """A leader and a follower whose sequences have least probabilities, as arrays.

    Parameters
    ----------
    game
        With two players.
    leader
        By label.
    floors
        The least probability of each sequence of each player, by label.
    """

    floors: Mapping[str, Floats]

    @property
    def side(self) -> int:
        """The leader's place among the two players, 0 or 1."""
        return 0 if self.leads_first else 1

    @cached_property
    def floor(self) -> Floats:
        """The leader's floors."""
        return self.floors[self.leader]

    @cached_property
    def restarts(self) -> Restarts:
        """The follower's plans."""
        return Restarts(self.followers, self.floors[self.follower])

    @cached_property
    def outcomes(self) -> Outcomes:
        """Pairs of last sequences at terminals."""
        return Outcomes.of(self.game)

    @cached_property
    def mine(self) -> Ints:
        """The leader's sequence of each outcome."""
        return self.outcomes.sequences[:, self.side].astype(np.int64)

    @cached_property
    def theirs(self) -> Ints:
        """The follower's sequence of each outcome."""
        return self.outcomes.sequences[:, 1 - self.side].astype(np.int64)

    @cached_property
    def restarted(self) -> tuple[Ints, Ints]:
        """An outcome, and a pair of `Restarts` that leads there, for each combination of them."""
        first = self.restarts.first
        many = self.restarts.depth[self.theirs]
        outcome = np.repeat(np.arange(len(self.theirs)), many)
        return outcome, ranges(first[self.theirs], first[self.theirs] + many)

    def expectation(self, numbers: Floats) -> tuple[Floats, Floats]:
        r"""Return the expectation of a number per terminal, linear in plan and masses.

        .. math::

            \sum_t w_t \Bigl(\xi_{q(t)} x_{s(t)} + \sum_i \eta_{j(t, i)} p_{t i}\Bigr)

        Returns
        -------
        tuple
            The coefficients of the leader's sequences ``x``, and of the masses ``p`` of
            `restarted`.
        """
        weights = self.outcomes.weights(numbers)
        certain = self.restarts.floors[self.theirs] * weights
        plan = np.bincount(self.mine, weights=certain, minlength=self.leaders.size).astype(float)
        outcome, pair = self.restarted
        return plan, weights[outcome] * self.restarts.left[self.restarts.start[pair]]

    def reach(self) -> sparse.csr_array:
        """Return how likely chance and the leader lead to each of the follower's infosets.

        Coefficients of the leader's sequences; shape ``(infosets, sequences)``.
        """
        game, number = self.game, 2 - self.side
        node = np.flatnonzero(game.owner == number)
        first = game.infosets_of(number).start
        entries = (
            chance_reach(game)[node],
            (game.infoset[node] - first, last_sequences(game)[node, self.side]),
        )
        shape = (self.restarts.polytope.points, self.leaders.size)
        return sparse.csr_array(entries, shape=shape)

    def bounds(self) -> Floats:
        """Return the slack bounds of the follower's sequences."""
        return slack_bounds(self.game, self.follower)

    def solution(self, plan: Floats, intended: Floats) -> TremblingCommitment:
        """Return the strategies of a leader's plan and a follower's intentions.

        Parameters
        ----------
        plan
            The leader's.
        intended
            The probability of each pair of `Restarts`, given that its subtree starts.
        """
        return TremblingCommitment(self, plan, intended)


def trembling_pair(
    game: Game,
    leader: str | None,
    epsilon: Number,
    perturbation: Perturbation | None,
    asked_by: str,
) -> TremblingPair:
    """Return the arrays of a game whose players' hands tremble.

    Raises
    ------
    GameError
        There is no such player, actions have floors instead of sequences, or the floors leave an
        infoset nothing.
    CapabilityError
        A floor is below what a solver's tolerance can see.
    """
    first = leader_of(game, leader, asked_by)
    chosen = trembling_sequences(game) if perturbation is None else perturbation
    floors = {}
    for player, given in chosen.at(epsilon).items():
        floor = np.array([float(number) for number in given.least])
        floor[0] = 1.0
        if (floor <= 0).any():
            raise GameError(
                f"{asked_by} takes least probabilities of sequences, and the perturbation has none "
                f"for {player!r}; make it with trembling_sequences"
            )
        floors[player] = floor
    # The follower's floors are numbers in the objective alone: a solver need not see them.
    if (least := float(floors[first].min())) < SEEN_BY_SOLVERS:
        raise CapabilityError(
            f"{asked_by}: epsilon = {epsilon} makes the least probability of a sequence of "
            f"{first!r} {least:.1e}; below {SEEN_BY_SOLVERS:g} the tolerances of solvers swallow "
            "it. Take a larger epsilon, or polynomials that vanish more slowly"
        )
    return TremblingPair(game, first, floors)


@dataclass(frozen=True, eq=False)
class TremblingCommitment:
    """What a leader commits to, and what a follower means to do at every infoset, both trembling.

    Attributes
    ----------
    pair
        The two, with their floors.
    plan
        The leader's.
    intended
        The follower's, per pair of `Restarts`.
    """

    pair: TremblingPair
    plan: Floats
    intended: Floats

    @cached_property
    def profile(self) -> Profile:
        """The strategies with trembles."""
        return self._profile(self.pair.restarts.plan(self.intended))

    @cached_property
    def unperturbed(self) -> Profile:
        """The strategies if the follower's hand does not tremble: she does as she means to.

        The leader's plan is the same, floors included: she has committed to it.
        """
        restarts = self.pair.restarts
        here = np.where(restarts.above == restarts.depth[restarts.sequence] - 1)[0]
        plan = np.bincount(
            restarts.sequence[here], weights=self.intended[here], minlength=restarts.polytope.size
        ).astype(float)
        plan[0] = 1.0
        intended = self._profile(plan)
        # Off the path, too, she does what she means to.
        own = restarts.first[:-1][1:]
        behaviour = intended.behaviour.copy()
        behaviour[self._actions] = self.intended[own]
        return Profile(self.pair.game, behaviour)

    @property
    def _actions(self) -> slice:
        game = self.pair.game
        infosets = game.infosets_of(game.player_number(self.pair.follower))
        return slice(int(game.action_start[infosets.start]), int(game.action_start[infosets.stop]))

    def _profile(self, theirs: Floats) -> Profile:
        return profile_of(self.pair.game, {self.pair.leader: self.plan, self.pair.follower: theirs})

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, trembles included, from the tree."""
        return self.profile.payoffs()

    def regrets(self) -> dict[str, float]:
        r"""Return what the follower could gain by better intentions, trembles staying, by label.

        .. math:: \sum_j \eta_j (B_j - V_j)

        with ``B`` what a best reply makes of each infoset, and ``V`` what her intentions do.
        """
        left = self.pair.restarts.left @ self._lost
        return {self.pair.follower: max(float(left), 0.0)}

    def infoset_regrets(self) -> pd.Series:
        """Return what the follower loses at each infoset, given that play gets there.

        All are 0 if her intentions are best replies everywhere, on and off the path.
        """
        import pandas as pd

        game, names = self.pair.game, self.pair.restarts.polytope.point_names
        number = game.player_number(self.pair.follower)
        nodes = np.flatnonzero(game.owner == number)
        infosets = game.infosets_of(number)
        reach = np.bincount(
            game.infoset[nodes] - infosets.start,
            weights=self.profile.reach_without(self.pair.follower)[nodes],
            minlength=len(names),
        )
        lost = np.maximum(self._lost, 0.0) / reach
        return pd.Series(lost, index=pd.Index(list(names), name="infoset"), name="regret")

    @cached_property
    def _lost(self) -> Floats:
        """What a best reply makes of each infoset, less what the intentions make of it."""
        game, restarts = self.pair.game, self.pair.restarts
        number = game.player_number(self.pair.follower)
        worth = (
            self.profile.reach_without(self.pair.follower)[game.terminals]
            * game.payoffs[:, number - 1]
        )
        _, best = action_worths(game, number, worth, largest)
        last = last_sequences(game)[game.terminals, number - 1]
        of_sequence = np.bincount(last, weights=worth, minlength=restarts.polytope.size)
        got = np.bincount(
            restarts.start,
            weights=of_sequence[restarts.sequence] * self.intended,
            minlength=restarts.polytope.points,
        )
        infosets = game.infosets_of(number)
        lost: Floats = best[infosets.start : infosets.stop] - got
        return lost

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        return self.profile.strategy()
