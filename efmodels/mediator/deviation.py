"""The best deviation of a player: what it gains, and what she does, as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.mediator.deviation_search import search, witnessed_by
from efmodels.mediator.information import NOTHING

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Bools, Game
    from efmodels.mediator.concept import Concept
    from efmodels.mediator.conversations import Conversation
    from efmodels.mediator.information import Information, Worth
    from efmodels.mediator.own_moves import OwnMoves
    from efmodels.mediator.witnessed_moves import WitnessedMoves

PREFERENCE = 1e-9
"""By this share of the range of payoffs a lie must be better before the plan contains it."""


@dataclass(frozen=True, eq=False)
class Deviation:
    """A player's best deviation from honesty and obedience.

    Attributes
    ----------
    player
        Her label.
    value
        Her expected payoff if she deviates as well as she can. Where she may also be honest and
        obedient all the way, that counts; where she decides before the game, it does not.
    gain
        What she gains by that over her payoff if all are honest and obedient; not positive in an
        equilibrium.
    inconsistency
        By how much the mediator's probabilities that were looked up fail to add up, at most.
    states
        How many states of the augmented game were met.
    """

    player: str
    value: float
    gain: float
    inconsistency: float
    states: int
    _game: Game = field(repr=False)
    _information: Information = field(repr=False)
    _worth: Worth = field(repr=False)
    _witnessed: WitnessedMoves = field(repr=False)

    def plan(self) -> pd.DataFrame:
        """Return what she does where she is not honest or not obedient, as a table.

        A row per situation that her plan leads to with positive probability; none if nothing is
        better than honesty and obedience. Where she decides before the game, it is what she does if
        she stays out, even if that gains nothing.

        Columns: ``infoset``, where she is, and what she saw or overheard; ``earlier``, what she
        said, was told and did at her earlier moves; ``report``, what she says now (empty: nothing),
        and ``recommendation``, what she is told; ``action``, what she does; ``probability`` of all
        that.
        """
        import pandas as pd

        story = _Story(self._game, self._information, self._witnessed)
        rows = [(*story.row(position), probability) for position, probability in self._dishonest()]
        columns = ["infoset", "earlier", "report", "recommendation", "action", "probability"]
        return pd.DataFrame(rows, columns=columns)

    def _dishonest(self) -> list[tuple[int, float]]:
        """Return the positions after acts of the plan that are not all honesty and obedience."""
        tolerance = PREFERENCE * float(np.ptp(self._game.payoffs[:, self._number - 1]))
        chosen = self._information.chosen(self._worth, tolerance)
        reached = self._information.reached(chosen)
        # Whether the reports since her last act are honest, at every position.
        honest = np.ones(self._information.positions, dtype=bool)
        result: list[tuple[int, float]] = []
        for step, position, here in zip(self._information.steps, chosen, reached, strict=True):
            if not len(position):
                continue
            choice = step.choice[position - step.start[0]]
            so_far = honest[step.after] & (choice == step.honest)
            likely = here & (self._worth.probability[position] > 0)
            if step.acts:
                found = position[likely & ~so_far]
                result += zip(found.tolist(), self._worth.probability[found].tolist(), strict=True)
            else:
                honest[position] = so_far
        return result

    @property
    def _number(self) -> int:
        return self._game.player_number(self.player)


def best_deviation(
    moves: OwnMoves,
    concept: Concept,
    conversation: Conversation,
    player: int,
    payoff: float,
    *,
    over: Bools | None = None,
) -> Deviation:
    """Return a player's best deviation, found in the game tree.

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
    payoff
        What she gets if all are honest and obedient.
    over
        At which nodes her payoff is decided, so that plays need not be followed further. By
        default, at terminals alone.

    Raises
    ------
    CapabilityError
        The concept lets her decide after hearing the whole plan.
    """
    information, states = search(moves, concept, conversation, player, over)
    worth = information.worth()
    value = float(worth.payoff[0])
    return Deviation(
        moves.game.players[player - 1],
        value,
        value - payoff,
        conversation.inconsistency(),
        states,
        moves.game,
        information,
        worth,
        witnessed_by(moves.game, concept, player),
    )


class _Move(NamedTuple):
    """A move of hers: where, what she said and heard, and what she did (places of actions).

    What she has witnessed of others by then is a number of her `WitnessedMoves`.
    """

    infoset: int
    witnessed: int
    reports: list[int]
    answers: list[int]
    action: int


class _Story:
    """Tells in words how a position came about."""

    def __init__(self, game: Game, information: Information, witnessed: WitnessedMoves) -> None:
        self._game = game
        self._information = information
        self._witnessed = witnessed

    def row(self, position: int) -> tuple[str, str, str, str, str]:
        """Return infoset, earlier moves, report, recommendation and action."""
        *earlier, last = self._moves(position)
        return (
            self._where(last),
            "; ".join(map(self._told, earlier)),
            self._reports(last),
            self._answers(last),
            self._game.action_names[last.action],
        )

    def _moves(self, position: int) -> list[_Move]:
        """Cut the path to a position into moves, each of which ends with an act."""
        moves = []
        seen = NOTHING
        reports: list[int] = []
        answers: list[int] = []
        for step, point, choice in self._information.path(position):
            # The first thing she observes at a move is where she is; what follows are answers.
            observed = int(step.observed[point])
            if seen == NOTHING:
                seen = observed // len(self._game.infoset_owner)
            elif reports and observed != NOTHING:
                answers.append(observed)
            if not step.acts:
                reports += [choice] * (choice != NOTHING)
                continue
            infoset = int(np.searchsorted(self._game.action_start, choice, side="right")) - 1
            moves.append(_Move(infoset, seen, reports, answers, choice))
            seen, reports, answers = NOTHING, [], []
        return moves

    def _told(self, move: _Move) -> str:
        where, action = self._where(move), self._game.action_names[move.action]
        if not move.reports:
            return f"{where}: silent, {action}"
        if move.reports == [move.infoset]:
            obeyed = move.answers == [move.action]
            return (
                f"{where}: {action} as told"
                if obeyed
                else f"{where}: {action}, told {self._answers(move)}"
            )
        return f"{where}: said {self._reports(move)}, told {self._answers(move)}, {action}"

    def _where(self, move: _Move) -> str:
        """Return her infoset, and what she has witnessed."""
        saw = "-".join(self._witnessed.names(move.witnessed))
        infoset = self._game.infoset_names[move.infoset]
        return f"{infoset} (saw {saw})" if saw else infoset

    def _reports(self, move: _Move) -> str:
        return ", then ".join(self._game.infoset_names[j] for j in move.reports)

    def _answers(self, move: _Move) -> str:
        return ", then ".join(self._game.action_names[a] for a in move.answers)
