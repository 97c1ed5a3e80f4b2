"""Lotteries over products of the players' plans: what self-play leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.mediator.conversations import PrivateConversation
from efmodels.mediator.deviation import best_deviation
from efmodels.mediator.deviation_search import honest_outcome
from efmodels.mediator.own_moves import START, OwnMoves
from efmodels.sequences import chance_reach, last_sequences
from efmodels.verifying import best_reply_value

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.concept import Concept
    from efmodels.mediator.deviation import Deviation

ROOM = 4_000_000
"""How many products are held at once."""

TOLERANCE = 1e-6
"""How far weights and plans may be from what they should be."""


@dataclass(frozen=True, eq=False)
class PlanMixture:
    r"""A round is drawn, and in it every player's plan, independently of the others.

    .. math:: \sum_t w_t \bigotimes_i \sum_k D^i_{tk}\, x_{ik}

    Parameters
    ----------
    game
        With perfect recall.
    weights
        Probability of each round; shape ``(rounds,)``.
    plans
        For each player, her plans in the sequence form; shape ``(plans, sequences)``.
    drawn
        For each player, how likely each of her plans is in each round; shape ``(rounds, plans)``.

    Raises
    ------
    GameError
        The weights are no probabilities, or a plan is none.

    Examples
    --------
    Two drivers who toss one coin to see who stops:

    >>> import numpy as np
    >>> from scipy import sparse
    >>> import efmodels as ef
    >>> stop, go = [1.0, 1.0, 0.0], [1.0, 0.0, 1.0]
    >>> plans = (np.array([stop, go]), np.array([go, stop]))
    >>> each_once = sparse.eye_array(2, format="csr")
    >>> coin = PlanMixture(ef.instances.chicken(), np.full(2, 0.5), plans, (each_once,) * 2)
    >>> coin.payoffs()
    {'P1': 0.5, 'P2': 0.5}
    >>> coin.regrets(ef.mediator.concept.EFCE)
    {'P1': 0.0, 'P2': 0.0}
    """

    game: Game
    weights: Floats
    plans: tuple[Floats, ...]
    drawn: tuple[sparse.csr_array, ...]

    def __post_init__(self) -> None:
        """Check that probabilities are probabilities and plans are plans."""
        _require_probabilities(self.weights[None], "the weights of the rounds")
        polytopes = self.game.sequence_form().polytopes
        columns = zip(self.game.players, polytopes, self.plans, self.drawn, strict=True)
        for player, polytope, plans, drawn in columns:
            _require_probabilities(drawn, f"the lotteries over the plans of {player}")
            off = np.abs(plans @ polytope.F.T - polytope.f).max(initial=0.0)
            if max(float(off), float(-plans.min(initial=0.0))) > TOLERANCE:
                raise GameError(
                    f"a plan of {player} violates the rows of her sequence form by {off:.2g}"
                )

    # What it is -----------------------------------------------------------------------------------

    @cached_property
    def round_plans(self) -> tuple[Floats, ...]:
        """Each player's mean plan in each round; ``(rounds, sequences)``."""
        return tuple(drawn @ plans for drawn, plans in zip(self.drawn, self.plans, strict=True))

    def joint_probability(self, transcripts: Ints) -> Floats:
        """Return the probability that the plans agree with what all players were told.

        Parameters
        ----------
        transcripts
            Each player's last answer, as its place in ``game.action_labels``, or -1 before the
            first; shape ``(number, players)``.
        """
        first = np.array([self._first_action(k) for k in range(len(self.plans))])
        sequences = np.where(transcripts == START, 0, transcripts - first + 1)
        step = max(ROOM // len(self.weights), 1)
        parts = [sequences[k : k + step] for k in range(0, len(sequences), step)]
        return np.concatenate([np.zeros(0), *map(self._agreeing, parts)])

    def _agreeing(self, sequences: Ints) -> Floats:
        product = np.broadcast_to(self.weights[:, None], (len(self.weights), len(sequences)))
        for plans, column in zip(self.round_plans, sequences.T, strict=True):
            product = product * plans[:, column]
        total: Floats = product.sum(axis=0)
        return total

    def _first_action(self, player: int) -> int:
        mine = self.game.infosets_of(player + 1)
        return int(self.game.action_start[mine.start])

    # What it leads to, from the game tree ---------------------------------------------------------

    @cached_property
    def outcome(self) -> Floats:
        """Probability of each terminal if all are obedient; shape ``(terminals,)``."""
        return honest_outcome(self.game, PrivateConversation(self._moves, self))

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff if all are obedient, from the tree."""
        expected = self.outcome @ self.game.payoffs
        return dict(zip(self.game.players, expected.tolist(), strict=True))

    def regrets(self, concept: Concept) -> dict[str, float]:
        """Return what each player could gain by her best deviation, recomputed from the tree.

        Nothing is used of what the plans were learned with: plays are followed through the game
        with one deviator, by the rules of the concept. A mediator with recall tells everybody the
        next action of her plan when she reports, and takes no notice of silence; that is as good a
        mediator for ``COMMUNICATION`` as any.

        Where deviators hear their whole plan, they hear which of `plans` was drawn for them, and
        toss its coins themselves: what they gain is at least what they would if the coins had been
        tossed before.

        Raises
        ------
        GameError
            The mediator sees something: a lottery over plans cannot use it.
        """
        if concept.observe != "nothing":
            raise GameError(
                f"a lottery over plans does not look at what a mediator with observe="
                f"{concept.observe!r} sees; give a concept with observe='nothing'"
            )
        if concept.deviate == "plan":
            return self._regrets_of_plans()
        return {
            player: max(self.best_deviation(concept, player).gain, 0.0)
            for player in self.game.players
        }

    def best_deviation(self, concept: Concept, player: str) -> Deviation:
        """Return the best that a player can do by the rules of a concept; see `Deviation`."""
        number = self.game.player_number(player)
        talk = PrivateConversation(self._moves, self)
        payoff = float(self.outcome @ self.game.payoffs[:, number - 1])
        return best_deviation(self._moves, concept, talk, number, payoff)

    @cached_property
    def _moves(self) -> OwnMoves:
        return OwnMoves(self.game)

    def _regrets_of_plans(self) -> dict[str, float]:
        """Let everybody reply to each of her plans by what is best given that it was drawn."""
        payoffs = self.payoffs()
        regrets = {}
        for k, player in enumerate(self.game.players):
            worth = self._worth_by_plan(k)
            best = sum(best_reply_value(self.game, k + 1, row) for row in worth)
            regrets[player] = max(best - payoffs[player], 0.0)
        return regrets

    def _worth_by_plan(self, player: int) -> Floats:
        """Return, for each plan of a player, her payoff times how likely the others move there.

        Shape ``(plans, terminals)``.
        """
        game, ends = self.game, self.game.terminals
        last = last_sequences(game)[ends]
        others = np.repeat(self.weights[:, None], len(ends), axis=1)
        for k, plans in enumerate(self.round_plans):
            if k != player:
                others *= plans[:, last[:, k]]
        result: Floats = self.drawn[player].T @ others
        return result * (chance_reach(game)[ends] * game.payoffs[:, player])


def _require_probabilities(rows: Floats | sparse.csr_array, what: str) -> None:
    """Raise unless each row is a probability distribution."""
    off, least = np.abs(rows.sum(axis=1) - 1).max(), rows.min()
    if off > TOLERANCE or least < -TOLERANCE:
        raise GameError(
            f"{what} must be probabilities; a sum differs from 1 by {off:.2g}, and the least one "
            f"is {least:.2g}"
        )
