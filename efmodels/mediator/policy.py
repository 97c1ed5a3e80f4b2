"""What a mediator does: its policy, what it leads to, and what anybody gains by deviating."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from efmodels.errors import CapabilityError, GameError
from efmodels.game import read_only
from efmodels.mediator.answers import PrivateAnswers, RecalledAnswers
from efmodels.mediator.conversations import PrivateConversation, RecallingConversation
from efmodels.mediator.deviation import best_deviation
from efmodels.mediator.deviation_search import honest_outcome, honest_payoffs
from efmodels.mediator.extension import ExtendedConversation
from efmodels.mediator.honest_play import Beliefs, PrivateAdviser, RecallingAdviser, Stage
from efmodels.mediator.own_moves import OwnMoves
from efmodels.mediator.plays import decided
from efmodels.mediator.words import answer_names, memory_names
from efmodels.plan_checks import require_plan

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from efmodels.game import Bools, Floats
    from efmodels.mediator.conversations import Conversation
    from efmodels.mediator.deviation import Deviation
    from efmodels.mediator.honest_play import Adviser, Play
    from efmodels.mediator.problem import MediatedProblem


@dataclass(frozen=True, eq=False)
class Policy:
    """The policy of a mediator.

    Parameters
    ----------
    mediated
        The problem that it solves.
    x
        A point of the mediator's polytope.

    Raises
    ------
    SolverError
        The point is not in the polytope, up to a tolerance.

    Examples
    --------
    A mediator of chicken who draws a recommendation for each driver by a coin of its own:

    >>> import efmodels as ef
    >>> from efmodels.mediator.concept import EFCE
    >>> from efmodels.mediator.problem import mediated_problem
    >>> mediated = mediated_problem(ef.instances.chicken(6, 2, 7, 0), EFCE)
    >>> policy = Policy(mediated, mediated.problem.leader.uniform())
    >>> policy.payoffs(), policy.regrets()
    ({'P1': 3.75, 'P2': 3.75}, {'P1': 0.25, 'P2': 0.25})
    >>> policy.best_deviation("P1").plan()[["recommendation", "action"]]
      recommendation action
    0             Go   Stop
    """

    mediated: MediatedProblem
    x: Floats

    def __post_init__(self) -> None:
        """Check that the flows are flows."""
        polytope = self.mediated.problem.leader
        complaint = "the mediator's flows violate the rows of its polytope"
        require_plan(polytope.F, polytope.f, self.x, complaint)

    @cached_property
    def behaviour(self) -> Floats:
        """Probability of each answer where the mediator is asked."""
        return self.mediated.problem.leader.behaviour(self.x)

    @cached_property
    def mu(self) -> Floats:
        """Probability of each coordinate if the mediator behaves like this."""
        plan = self.mediated.problem.leader.realization(self.behaviour)
        return self.mediated.problem.mu(plan)

    # What it leads to, from the game tree ---------------------------------------------------------

    @cached_property
    def outcome(self) -> Floats:
        """Probability of each terminal if all are honest and obedient; shape ``(terminals,)``.

        Raises
        ------
        CapabilityError
            The problem of a private mediator was reduced: it is not drawn what to answer where all
            payoffs are decided.
        """
        if self.mediated.reduced and self.mediated.concept.memory == "private":
            raise CapabilityError(
                "a private mediator's plan of a reduced problem does not say what happens where "
                "all payoffs are decided: build the block with reduce=False to ask for outcomes"
            )
        return read_only(honest_outcome(self.mediated.game, self._conversation()))

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff if all are honest and obedient, from the tree."""
        return dict(self._payoffs)

    @cached_property
    def _payoffs(self) -> dict[str, float]:
        game = self.mediated.game
        expected = honest_payoffs(game, self._conversation(), self._over(game.payoffs))
        return dict(zip(game.players, expected.tolist(), strict=True))

    def best_deviation(self, player: str) -> Deviation:
        """Return the best that a player can do if she need not be honest or obedient.

        It is searched for in the game tree, by the rules of the concept: see
        :mod:`efmodels.mediator.deviation_search`.

        Parameters
        ----------
        player
            By label; one with incentive constraints.

        Raises
        ------
        GameError
            There is no such player, or she has no incentive constraints.
        CapabilityError
            The concept lets her decide after hearing the whole plan.
        """
        mediated = self.mediated
        number = mediated.game.player_number(player)
        constrained = [follower.label for follower in mediated.problem.followers]
        if player not in constrained:
            raise GameError(
                f"{player!r} has no incentive constraints and does what the mediator says; those "
                f"who may deviate are {constrained}"
            )
        return best_deviation(
            self._moves,
            mediated.concept,
            self._conversation(),
            number,
            self._payoffs[player],
            over=self._over(mediated.game.payoffs[:, [number - 1]]),
        )

    def regrets(self) -> dict[str, float]:
        """Return what each player with incentive constraints gains by her best deviation.

        From the game tree.
        """
        constrained = [follower.label for follower in self.mediated.problem.followers]
        return {player: max(self.best_deviation(player).gain, 0.0) for player in constrained}

    def play(self, generator: np.random.Generator) -> Play:
        """Play the game once: draw chance's moves and the mediator's answers, and obey them.

        Parameters
        ----------
        generator
            Draws.
        """
        return self._stage.play(self._adviser(generator), generator)

    @cached_property
    def answers(self) -> RecalledAnswers | PrivateAnswers:
        """The probabilities of its answers, by infosets and actions of the game.

        Those of a reduced problem know only what was kept; `regrets`, `play` and the like extend
        them to the whole game: see :mod:`efmodels.mediator.extension`.
        """
        if self.mediated.concept.memory == "recall":
            return RecalledAnswers(self)
        return PrivateAnswers(self.mediated.walk, self.mediated.mediation, self.mu)

    def _conversation(self) -> Conversation:
        """Begin a conversation in which answers are looked up and compared."""
        concept, answers = self.mediated.concept, self.answers
        if isinstance(answers, PrivateAnswers):
            return PrivateConversation(self._moves, answers)
        if self.mediated.reduced:
            return ExtendedConversation(self)
        return RecallingConversation(
            self.mediated.game,
            answers,
            hears_silence=concept.hears_silence,
            observe=concept.observe,
        )

    def _over(self, payoffs: Floats) -> Bools | None:
        """Return where a reduced problem need not say anything: where payoffs are decided."""
        return decided(self.mediated.game, payoffs) if self.mediated.reduced else None

    def _adviser(self, generator: np.random.Generator) -> Adviser:
        if isinstance(self.answers, PrivateAnswers):
            return PrivateAdviser(self._beliefs.plan(generator))
        return RecallingAdviser(self._conversation(), generator)

    @cached_property
    def _moves(self) -> OwnMoves:
        return OwnMoves(self.mediated.game)

    @cached_property
    def _stage(self) -> Stage:
        return Stage(self.mediated.game)

    @cached_property
    def _beliefs(self) -> Beliefs:
        chance = self.mediated.walk.transcripts.chance_infosets
        questions = self.mediated.mediation.questions.shifted(chance)
        return Beliefs(self.mediated.problem.leader, questions, self.behaviour)

    # The policy itself ----------------------------------------------------------------------------

    def strategy(self) -> pd.DataFrame:
        """Return the policy as a table.

        Columns: ``memory``, what the mediator remembers, or what a private one has drawn before,
        see :func:`efmodels.mediator.words.memory_names`; ``player`` and ``infoset`` that are
        reported; ``action`` that is recommended; its ``probability``; and ``reach``, the
        probability that the mediator is asked this if all are honest and obedient or not: the
        flow into the decision point. Where a private mediator decides several infosets at once,
        the row has all of them, with commas between them, and their actions.
        """
        import pandas as pd

        mediated = self.mediated
        polytope = mediated.problem.leader
        names, point = memory_names(mediated), polytope.point[1:]
        answers = answer_names(mediated.walk.transcripts, mediated.mediation)
        frame = pd.DataFrame(answers, columns=["player", "infoset", "action"])
        frame.insert(0, "memory", [names[k] for k in point.tolist()])
        return frame.assign(probability=self.behaviour[1:], reach=polytope.inflow(self.x)[point])
