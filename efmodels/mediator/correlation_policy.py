"""What a point of the von Stengel-Forges polytope says, and what either player gains against it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import CapabilityError, GameError
from efmodels.mediator.conversations import PrivateConversation
from efmodels.mediator.deviation import best_deviation
from efmodels.mediator.deviation_search import honest_outcome
from efmodels.mediator.own_moves import OwnMoves
from efmodels.plan_checks import require_plan

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats, Ints
    from efmodels.mediator.correlation_incentives import CorrelationProblem
    from efmodels.mediator.correlation_plans import CorrelationPlans
    from efmodels.mediator.deviation import Deviation
    from efmodels.mediator.honest_play import Play


@dataclass(frozen=True, eq=False)
class CorrelationPolicy:
    """A correlation plan: probabilities of relevant pairs of sequences.

    Parameters
    ----------
    problem
        The problem that it solves.
    x
        A point of the polytope.

    Raises
    ------
    SolverError
        The point is not in the polytope, up to a tolerance.
    """

    problem: CorrelationProblem
    x: Floats

    def __post_init__(self) -> None:
        """Check the rows."""
        plans = self.problem.plans
        complaint = "the correlation plan violates the rows of its polytope"
        require_plan(plans.F, plans.f, self.x, complaint)

    @property
    def exact(self) -> bool:
        """Whether every correlation plan of this game is a lottery over joint plans."""
        return self.problem.plans.exact

    # From the game tree ---------------------------------------------------------------------------

    @cached_property
    def outcome(self) -> Floats:
        """Probability of each terminal if both are obedient; shape ``(terminals,)``."""
        return honest_outcome(self.problem.game, self._conversation())

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff if both are obedient.

        Where the plan is no lottery nobody can bring it about, and these are what it bounds.
        """
        game = self.problem.game
        expected = self.outcome @ game.payoffs
        return dict(zip(game.players, expected.tolist(), strict=True))

    def regrets(self) -> dict[str, float]:
        """Return what each player with incentive constraints gains by her best deviation.

        Raises
        ------
        CapabilityError
            The plan may be no lottery, and then there is nothing that somebody could disobey.
        """
        constrained = [follower.label for follower in self.problem.followers]
        return {player: max(self.best_deviation(player).gain, 0.0) for player in constrained}

    def best_deviation(self, player: str) -> Deviation:
        """Return the best that a player can do if she need not obey, found in the game tree.

        Parameters
        ----------
        player
            By label; one with incentive constraints.

        Raises
        ------
        GameError
            There is no such player, or she has no incentive constraints.
        CapabilityError
            The plan may be no lottery, and then there is nothing that somebody could disobey.
        """
        problem = self.problem
        if not self.exact:
            raise CapabilityError(
                "this correlation plan only bounds an equilibrium: chance tells each player what "
                "the other does not see, so that there may be no lottery over plans with these "
                "probabilities, and no regret. For an equilibrium that can be verified use the "
                "formulation of the concept, such as nfcce"
            )
        number = problem.game.player_number(player)
        constrained = [follower.label for follower in problem.followers]
        if player not in constrained:
            raise GameError(
                f"{player!r} has no incentive constraints and does what the mediator says; those "
                f"who may deviate are {constrained}"
            )
        moves = OwnMoves(problem.game)
        return best_deviation(
            moves, problem.concept, self._conversation(), number, self.payoffs()[player]
        )

    def play(self, generator: np.random.Generator) -> Play:  # noqa: ARG002 - as of every policy
        """Raise: a correlation plan is not the lottery whose probabilities it has.

        Raises
        ------
        CapabilityError
            Always.
        """
        raise CapabilityError(
            "a correlation plan has the probabilities of pairs of sequences and not those of whole "
            "plans, one of which would have to be drawn: use the formulation of the concept, such "
            "as nfcce, to play"
        )

    def _conversation(self) -> PrivateConversation:
        return PrivateConversation(
            OwnMoves(self.problem.game), PairAnswers(self.problem.plans, self.x)
        )

    # The table ------------------------------------------------------------------------------------

    def strategy(self) -> pd.DataFrame:
        """Return the plan as a table: a row per relevant pair of sequences that are not empty.

        For each player the column with her label has infoset and action of her last move, an
        empty text for none; ``probability`` is that of the plan's allowing both sequences.
        """
        import pandas as pd

        plans = self.problem.plans
        game, known = self.problem.game, plans.transcripts
        start = int(game.action_start[known.chance_infosets])
        owners = (game.infoset_names[j + known.chance_infosets] for j in known.infoset[1:].tolist())
        actions = zip(owners, game.action_names[start:], strict=True)
        words = ["", *(f"{infoset}: {action}" for infoset, action in actions)]
        columns = {
            player: [words[s] for s in sequences[1:].tolist()]
            for player, sequences in zip(game.players, plans.pairs, strict=True)
        }
        return pd.DataFrame(columns | {"probability": self.x[1:]})


@dataclass(frozen=True, eq=False)
class PairAnswers:
    """The answers of a private mediator of two players, given by a correlation plan.

    Parameters
    ----------
    plans
        The polytope.
    x
        A point of it.
    """

    plans: CorrelationPlans
    x: Floats

    def joint_probability(self, transcripts: Ints) -> Floats:
        """Return the probability that the mediator's plan agrees with transcripts of both players.

        Parameters
        ----------
        transcripts
            Each player's last answer, as its place in ``game.action_labels``, or -1 before the
            first; shape ``(number, 2)``.

        Raises
        ------
        GameError
            A pair is not relevant.
        """
        sequences = self.plans.transcripts.of_actions(transcripts)
        return np.maximum(self.x[self.plans.coordinate(*sequences.T)], 0.0)
