"""What players who cannot do less than their floors regret, and reading their plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from efmodels.errors import SolverError
from efmodels.plan_checks import PLAN_TOLERANCE
from efmodels.profile_blocks import plan_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from efmodels.game import Floats
    from efmodels.plan_floors import PlanFloors
    from efmodels.verifying import Profile


@dataclass(frozen=True, eq=False)
class FlooredProfile:
    """A profile of players who cannot do less than their floors.

    Attributes
    ----------
    profile
        Everybody's strategy. Its own regrets are those of players without floors.
    floors
        Of each player, by label.
    """

    profile: Profile
    floors: Mapping[str, PlanFloors]

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, from the tree."""
        return self.profile.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return what each player could gain within the floors, from the tree."""
        game, played = self.profile.game, self.payoffs()
        found = {}
        for number, player in enumerate(game.players, start=1):
            reach = self.profile.reach_without(game.players[number - 1])[game.terminals]
            worth = reach * game.payoffs[:, number - 1]
            best = self.floors[player].best_reply_value(game, number, worth)
            found[player] = max(best - played[player], 0.0)
        return found

    def exploitability(self) -> float:
        """Return the sum of all regrets within the floors."""
        return sum(self.regrets().values())

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret.

        The regrets of single actions are those of players without floors.
        """
        return self.profile.strategy()


@dataclass(frozen=True, eq=False)
class FlooredCommitment(FlooredProfile):
    """Such a profile in which some have committed themselves: only the others' regrets count.

    Attributes
    ----------
    followers
        Those who reply, by label.
    """

    followers: tuple[str, ...]

    def regrets(self) -> dict[str, float]:
        """Return what each follower could gain within the floors, from the tree."""
        regrets = super().regrets()
        return {one: regrets[one] for one in self.followers}


def plan_above(x: Any, floors: PlanFloors) -> Floats:
    """Return the values of a player's variables, checked to be a plan above its floors.

    Raises
    ------
    SolverError
        The model has not been solved, or the values are no such plan.
    """
    plan = plan_in(x, floors.polytope)
    below = float((floors.least[1:] - floors.rows @ plan).max(initial=0.0))
    if below > PLAN_TOLERANCE:
        raise SolverError(
            f"the values of {x.name} are below the floors by {below:.1e}; "
            f"expected {PLAN_TOLERANCE:g} at most. Solve the model again",
            status="no plan",
            solver="",
        )
    return plan
