"""What a liar may say: the reports that agree with what she said before, less those left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import ranges
from efmodels.integer_sets import is_among

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.mediator.transcripts import Transcripts


class Reports:
    """The reports of players who lie in step with the game.

    Parameters
    ----------
    transcripts
        Of the game.
    dropped
        Codes of reports that are left out, as :meth:`code` makes them; increasing.

    Attributes
    ----------
    transcripts, dropped
        As given.
    """

    def __init__(self, transcripts: Transcripts, dropped: Ints | None = None) -> None:
        self.transcripts = transcripts
        self.dropped = np.zeros(0, dtype=np.int64) if dropped is None else dropped

    def code(self, infoset: Ints, said: Ints, report: Ints) -> Ints:
        """Return one number for each triple of true infoset, transcript and reported infoset."""
        point = infoset * self.transcripts.sequences + said
        result: Ints = point * self.transcripts.infosets + report
        return result

    def options(self, player: int, infoset: Ints, said: Ints) -> tuple[Ints, Ints]:
        """Return all that a player may report at her infosets with her transcripts.

        Returns
        -------
        tuple
            For each possibility, which of the given places it belongs to, and the report.
        """
        transcripts = self.transcripts
        in_step = transcripts.length[said] == transcripts.moves[infoset]
        key = transcripts.key(player, said)
        start, end = transcripts.after_start[key], transcripts.after_start[key + 1]
        number = np.where(in_step, end - start, 0)
        row = np.repeat(np.arange(len(number)), number)
        report = transcripts.after[ranges(start, start + number)]
        if len(self.dropped):
            kept = ~is_among(self.code(infoset[row], said[row], report), self.dropped)
            row, report = row[kept], report[kept]
        return row, report

    def number(self, player: int, infoset: Ints, said: Ints) -> Ints:
        """Return how many reports there are at infosets with transcripts."""
        row, _ = self.options(player, infoset, said)
        return np.bincount(row, minlength=len(infoset))
