"""Best deviations and payoffs under a mediator, from the game tree and the rules of the concept.

Nothing here is shared with the linear program: no walk, no polytope, no matrix. Plays are followed
forward, everybody but the deviator being honest and obedient; what the deviator knows is written
down on the way, and her best plan is found by going back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import CapabilityError
from efmodels.game import CHANCE, ranges
from efmodels.mediator.information import NEVER, NOTHING, Information, Options
from efmodels.mediator.own_moves import VOID
from efmodels.mediator.plays import Plays, Table, least_below
from efmodels.mediator.witnessed_moves import WitnessedMoves

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Game, Ints
    from efmodels.mediator.concept import Concept
    from efmodels.mediator.conversations import Conversation
    from efmodels.mediator.own_moves import OwnMoves


def honest_outcome(game: Game, conversation: Conversation) -> Floats:
    """Return the probability of each terminal if all are honest and obedient.

    Parameters
    ----------
    game
        With perfect recall.
    conversation
        With the mediator.

    Returns
    -------
    numpy.ndarray
        Shape ``(terminals,)``, in the order of ``game.terminals``.
    """
    table = Table(game, conversation)
    _, ended = table.follow(Plays.start())
    probability = np.zeros(game.nodes)
    np.add.at(probability, ended.node, table.probability(ended))
    return probability[game.terminals]


def honest_payoffs(game: Game, conversation: Conversation, over: Bools | None = None) -> Floats:
    """Return every player's expected payoff if all are honest and obedient.

    Parameters
    ----------
    game
        With perfect recall.
    conversation
        With the mediator.
    over
        At which nodes plays need not be followed further, since all payoffs are decided there; see
        `efmodels.mediator.plays.decided`. By default, at terminals alone.

    Returns
    -------
    numpy.ndarray
        Shape ``(players,)``.
    """
    table = Table(game, conversation, over)
    _, ended = table.follow(Plays.start())
    expected: Floats = table.probability(ended) @ least_below(game, game.payoffs)[ended.node]
    return expected


def search(
    moves: OwnMoves,
    concept: Concept,
    conversation: Conversation,
    player: int,
    over: Bools | None = None,
) -> tuple[Information, int]:
    """Follow all plays in which one player may deviate.

    Parameters
    ----------
    moves
        Of the game.
    concept
        What she may say and do.
    conversation
        With the mediator.
    player
        Who deviates, from 1.
    over
        At which nodes plays need not be followed further, since her payoff is decided there. By
        default, at terminals alone.

    Returns
    -------
    tuple
        All that she may know, with the payoffs of the plays; and the number of states met.

    Raises
    ------
    CapabilityError
        The concept lets her decide after hearing the whole plan.
    """
    if concept.deviate == "plan":
        raise CapabilityError(
            "deviations after hearing the whole plan (deviate='plan', as in NFCE) depend on the "
            "distribution over plans and not only on the probabilities of answers; the search "
            "covers deviate='full', 'coarse' and 'root'"
        )
    payoff = least_below(moves.game, moves.game.payoffs[:, [player - 1]])
    table = Table(moves.game, conversation, over)
    deviator = _Deviator(moves, concept, table, player)
    plays = deviator.begin()
    while len(plays.node):
        waiting, ended = table.follow(plays, player)
        probability = table.probability(ended)
        worth = probability * payoff[ended.node, 0]
        deviator.information.end(ended.position, worth, probability)
        plays = deviator.move(waiting)
    return deviator.information, table.states


def witnessed_by(game: Game, concept: Concept, player: int) -> WitnessedMoves:
    """Return what a deviator sees and hears beyond her infosets.

    All others are obedient while she deviates: the advice that she overhears is what they do.

    Parameters
    ----------
    game
        The game.
    concept
        Whether she spies, and overhears.
    player
        Who deviates, from 1.
    """
    others = [j for j in range(1, len(game.players) + 1) if j != player]
    draws = [CHANCE] if concept.spies == "chance" else []
    return WitnessedMoves(game, [*draws, *(others if concept.overhears == "everything" else [])])


class _Deviator:
    """What a deviator sees, says, hears and does."""

    def __init__(self, moves: OwnMoves, concept: Concept, table: Table, player: int) -> None:
        self.information = Information()
        self._moves = moves
        self._game = moves.game
        self._concept = concept
        self._table = table
        self._player = player
        self._witnessed = witnessed_by(moves.game, concept, player).number

    def begin(self) -> Plays:
        """Start; who decides before the game has told by then that she takes no advice."""
        plays = Plays.start()
        if self._concept.deviate != "root":
            return plays
        memory = self._table.conversation.stays_out(plays.memory, self._player)
        return plays._replace(memory=memory, said=np.full(1, VOID))

    def move(self, plays: Plays) -> Plays:
        """Let her see where she is, report, hear an answer, and act."""
        plays = self._table.seen(plays)
        infoset = self._game.infoset[plays.node]
        observed: Ints = infoset + len(self._game.infoset_owner) * self._witnessed[plays.node]
        if self._concept.report == "untimed":
            plays, observed = self._inquired(plays, observed)
        else:
            plays, observed = self._reported(plays, observed)
        row, position, action = self.information.choose(
            plays.position, observed, lambda first: self._actions(plays.rows(first)), acts=True
        )
        after = plays.rows(row)._replace(position=position)
        infoset = self._game.infoset[after.node]
        return self._table.moved(after, action - self._game.action_start[infoset])

    # What she may say -----------------------------------------------------------------------------

    def _reported(self, plays: Plays, observed: Ints) -> tuple[Plays, Ints]:
        """Let her report something, or nothing and be silent for good; return what she hears."""
        row, position, report = self.information.choose(
            plays.position, observed, lambda first: self._reports(plays.rows(first)), acts=False
        )
        told, silent = self._answered(plays.rows(row)._replace(position=position), report)
        silent = self._table.silent(silent, self._player)
        heard = np.concatenate([told.said, np.full(len(silent.node), NOTHING)])
        return Plays.joined([told, silent]), heard

    def _inquired(self, plays: Plays, observed: Ints) -> tuple[Plays, Ints]:
        """Let her ask as often as there is something to ask, and stop when she likes."""
        stopped = []
        while len(plays.node):
            plays, quiet = self._asked(plays, observed)
            observed = plays.said
            stopped.append(quiet)
        result = Plays.joined([plays, *stopped])
        return result, np.full(len(result.node), NOTHING)

    def _asked(self, plays: Plays, observed: Ints) -> tuple[Plays, Plays]:
        """Let her ask once or stop; return those that heard an answer, and those that stopped."""
        row, position, report = self.information.choose(
            plays.position, observed, lambda first: self._questions(plays.rows(first)), acts=False
        )
        told, stopped = self._answered(plays.rows(row)._replace(position=position), report)
        self._table.states += len(told.node)
        return told, stopped

    def _answered(self, plays: Plays, report: Ints) -> tuple[Plays, Plays]:
        """Let her hear the answers to reports; return those plays, and those without a report."""
        speaking = np.flatnonzero(report != NOTHING)
        _, _, told = self._table.answered(plays.rows(speaking), report[speaking])
        return told, plays.rows(np.flatnonzero(report == NOTHING))

    def _reports(self, plays: Plays) -> Options:
        """Return what may be reported: infosets, or ``NOTHING``."""
        infoset = self._game.infoset[plays.node]
        truthful = plays.said == self._moves.before[infoset]
        if self._concept.deviate == "root":
            truthful[:] = False
        row: Ints = np.flatnonzero(truthful)
        claim = infoset[truthful]
        silence = np.ones(len(infoset), dtype=bool)
        if self._concept.deviate == "full":
            if self._concept.report == "lie":
                row, claim = self._moves.claims(self._player, plays.said)
                # With something to say that is believed, silence that is heard is never better.
                heard = self._concept.memory == "private" or self._concept.hears_silence
                silence = (np.bincount(row, minlength=len(infoset)) == 0) | (not heard)
            elif self._concept.report == "forced":
                silence = ~truthful
        honest = np.where(truthful, infoset, NEVER)
        return _options((row, claim), np.flatnonzero(silence), honest)

    def _questions(self, plays: Plays) -> Options:
        """Return what may be asked, and ``NOTHING`` to stop."""
        infoset = self._game.infoset[plays.node]
        honest = np.where(plays.said == self._moves.before[infoset], infoset, NEVER)
        honest[self._is_about(plays.said, infoset)] = NOTHING
        claims = self._moves.claims(self._player, plays.said)
        return _options(claims, np.arange(len(infoset)), honest)

    # What she may do ------------------------------------------------------------------------------

    def _actions(self, plays: Plays) -> Options:
        """Return the actions at her infosets; only the answer where accepting it binds."""
        infoset = self._game.infoset[plays.node]
        advised = self._is_about(plays.said, infoset)
        bound = advised & (self._concept.deviate == "coarse")
        first = np.where(bound, plays.said, self._game.action_start[infoset])
        last = np.where(bound, plays.said + 1, self._game.action_start[infoset + 1])
        honest = np.where(advised, plays.said, NEVER)
        return Options(last - first, ranges(first, last), honest)

    def _is_about(self, said: Ints, infoset: Ints) -> Bools:
        """Return whether transcripts end with an answer at infosets."""
        about: Bools = (said >= 0) & (self._moves.infoset_of[np.maximum(said, 0)] == infoset)
        return about


def _options(claims: tuple[Ints, Ints], silence: Ints, honest: Ints) -> Options:
    """Put the claims of each point before its silence."""
    row = np.concatenate([claims[0], silence])
    choice = np.concatenate([claims[1], np.full(len(silence), NOTHING)])
    order = np.argsort(row, kind="stable")
    return Options(np.bincount(row, minlength=len(honest)), choice[order], honest)
