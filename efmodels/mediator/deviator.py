r"""What a deviator chooses from: her decision problem in the augmented game, as a polytope.

Her sequences need not be collected on the way: what she *did* and what she *said* determine them.
After a move her sequence is the pair of the two. A *report* is a sequence of its own where she has
more than one thing to say, and to *follow* is one where accepting an answer binds her.

What she does is numbered as she knows it: where she sees or hears more than the game tells her,
her infosets and sequences are refined ones (`efmodels.mediator.refined_infosets`). What she says is
not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from efmodels.integer_sets import distinct_integers, is_among
from efmodels.mediator.refined_infosets import RefinedInfosets
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints
    from efmodels.mediator.transcripts import Transcripts
    from efmodels.mediator.walk import Ends, Walk

ACTED, FOLLOWED, REPORTED = 0, 1, 2
"""Kinds of sequences: the last thing was an action, an obeyed answer, or a report."""

SILENCE = -1
"""Reported instead of an infoset."""


class Sequences(NamedTuple):
    """Sequences of a deviator; arrays with an entry each.

    Attributes
    ----------
    kind
        What she did last.
    what
        ``ACTED``: her last own sequence, of `Walk.own`. Else the infoset where she is, of the same.
    said
        Her transcript; before the report, if she has just reported.
    report
        What she reported: an infoset or `SILENCE`; `SILENCE` for the other kinds.
    """

    kind: Ints
    what: Ints
    said: Ints
    report: Ints


class Points(NamedTuple):
    """Decision points of a deviator: at an infoset, with a transcript, to act or to report.

    Infosets are those of `Walk.own`.
    """

    reporting: Bools
    infoset: Ints
    said: Ints


@dataclass(frozen=True, eq=False)
class Deviations:
    """The decision problem of one deviator.

    Attributes
    ----------
    player
        Who deviates, from 1.
    polytope
        Her plans.
    sequences, points
        What the coordinates (from 1) and the decision points of the polytope are.
    end
        Coordinate of the polytope in which each end of the walk lies.
    """

    player: int
    polytope: FlowPolytope
    sequences: Sequences
    points: Points
    end: Ints


def deviations_of(walk: Walk, player: int, end: Ends) -> Deviations:
    """Return the decision problem of a deviator, given where her walk ends.

    Parameters
    ----------
    walk
        That through the augmented game.
    player
        Who deviates.
    end
        Where her walk ends.
    """
    return _Closure(walk, player).deviations(end.own, end.said)


class _Closure:
    """All sequences that lead to given ones, and their order."""

    def __init__(self, walk: Walk, player: int) -> None:
        self.game, self.own = walk.transcripts, walk.own
        self.concept, self.player, self.reports = walk.concept, player, walk.reports
        # Refined infosets and sequences are at least as many as the game's.
        self.base = max(self.own.sequences, self.own.infosets) + 2

    # Codes ----------------------------------------------------------------------------------------

    def code(self, sequences: Sequences) -> Ints:
        code = sequences.kind * self.base + sequences.what
        code = (code * self.base + sequences.said) * self.base + sequences.report + 1
        result: Ints = code
        return result

    def decoded(self, code: Ints) -> Sequences:
        rest, report = np.divmod(code, self.base)
        rest, said = np.divmod(rest, self.base)
        kind, what = np.divmod(rest, self.base)
        return Sequences(kind, what, said, report - 1)

    def point_code(self, points: Points) -> Ints:
        code = points.reporting * self.base + points.infoset
        result: Ints = code * self.base + points.said
        return result

    def decoded_points(self, code: Ints) -> Points:
        rest, said = np.divmod(code, self.base)
        reporting, infoset = np.divmod(rest, self.base)
        return Points(reporting.astype(bool), infoset, said)

    # From a sequence to its point, from a point to what leads to it -------------------------------

    def ended(self, own: Ints, said: Ints) -> Sequences:
        """Return the sequences after moves, given what was done and said."""
        silence = np.full_like(own, SILENCE)
        if self.concept.deviate != "coarse":
            return Sequences(np.full_like(own, ACTED), own, said, silence)
        followed = np.flatnonzero((self.own.base_sequence[own] == said) & (own > 0))
        kind, what, said = np.full_like(own, ACTED), own.copy(), said.copy()
        kind[followed] = FOLLOWED
        what[followed] = self.own.infoset[own[followed]]
        said[followed] = self.game.before[self.own.base[what[followed]]]
        return Sequences(kind, what, said, silence)

    def points(self, sequences: Sequences) -> Points:
        """Return the point at which each sequence was chosen."""
        acted = sequences.kind == ACTED
        infoset = np.where(acted, self.own.infoset[np.where(acted, sequences.what, 0)], 0)
        infoset = np.where(acted, infoset, sequences.what)
        reporting = (sequences.kind == REPORTED) & (self.concept.report != "untimed")
        return Points(reporting, infoset, sequences.said)

    def incoming(self, points: Points) -> tuple[Ints, Sequences]:
        """Return the sequences that lead to points, and to which of the points each leads."""
        before = self.own.before[points.infoset]
        every = np.arange(len(before))
        if self.concept.report == "untimed":
            return self._incoming_untimed(points, before)
        silence = np.full_like(before, SILENCE)
        if self.concept.deviate == "root":
            return every, Sequences(silence * 0 + ACTED, before, silence * 0, silence)
        if self.concept.deviate == "coarse":
            return every, self.ended(before, points.said)
        reported = self._reported(points)
        answered = reported > SILENCE
        said = np.where(answered, self.game.before[np.where(answered, reported, 0)], points.said)
        choosing = ~points.reporting & self._may_choose(points.infoset, said)
        return every, Sequences(
            np.where(choosing, REPORTED, ACTED),
            np.where(choosing, points.infoset, before),
            said,
            np.where(choosing, reported, SILENCE),
        )

    def _reported(self, points: Points) -> Ints:
        """Return what was reported just before acting at points: an infoset or silence."""
        heard = self.game.infoset[points.said]
        now = self.game.length[points.said] == self.own.moves[points.infoset] + 1
        if self.concept.report != "lie":
            now = heard == self.own.base[points.infoset]
        return np.where(now & ~points.reporting, heard, SILENCE)

    def _may_choose(self, infoset: Ints, said: Ints) -> Bools:
        """Return whether there was more than one thing to say at an infoset with a transcript."""
        if self.concept.report == "forced":
            return np.zeros(len(infoset), dtype=bool)
        true = self.own.base[infoset]
        if self.concept.report == "silent":
            choice: Bools = said == self.game.before[true]
            return choice
        number = self.reports.number(self.player, true, said)
        silent = self.concept.memory == "recall" and not self.concept.hears_silence
        result: Bools = (number > 0) & (number + silent > 1)
        return result

    def _incoming_untimed(self, points: Points, before: Ints) -> tuple[Ints, Sequences]:
        """Return what led to points: a question asked there, or a transcript brought along."""
        asked = np.flatnonzero(points.said > 0)
        brought = np.flatnonzero((points.said == 0) | (before > 0))
        heard = self.game.infoset[points.said[asked]]
        silence = np.full(len(brought), SILENCE)
        return np.concatenate([asked, brought]), Sequences(
            np.concatenate([np.full(len(asked), REPORTED), np.full(len(brought), ACTED)]),
            np.concatenate([points.infoset[asked], before[brought]]),
            np.concatenate([self.game.before[heard], points.said[brought]]),
            np.concatenate([heard, silence]),
        )

    # The polytope ---------------------------------------------------------------------------------

    def deviations(self, own: Ints, said: Ints) -> Deviations:
        ends = self.code(self.ended(own, said))
        codes = self._closed(distinct_integers(ends))
        sequences = self.decoded(codes)
        places = self.points(sequences)
        point_codes, at = np.unique(self.point_code(places), return_inverse=True)
        points = self.decoded_points(point_codes)
        rank = np.empty(len(point_codes), dtype=np.int64)
        order = self._order(points)
        rank[order] = np.arange(len(order))
        sort = np.lexsort((codes, rank[at]))
        number = np.empty(len(codes), dtype=np.int64)
        number[sort] = np.arange(1, len(codes) + 1)
        columns: list[Any] = [column[order] for column in points]
        points = Points(*columns)
        sequences = Sequences(*(column[sort] for column in sequences))
        widths = np.bincount(rank[at], minlength=len(order))
        polytope = self._polytope(points, sequences, widths, codes, number)
        end = np.where(ends == self.empty, 0, self._numbers(ends, codes, number))
        return Deviations(self.player, polytope, sequences, points, end)

    @property
    def empty(self) -> int:
        """The code of the empty sequence."""
        return int(self.code(Sequences(*(np.array([k]) for k in (ACTED, 0, 0, SILENCE))))[0])

    def _closed(self, codes: Ints) -> Ints:
        """Add all sequences that lead to the given ones."""
        fresh = codes[codes != self.empty]
        known = fresh
        while len(fresh):
            points = distinct_integers(self.point_code(self.points(self.decoded(fresh))))
            _, above = self.incoming(self.decoded_points(points))
            parents = distinct_integers(self.code(above))
            parents = parents[parents != self.empty]
            fresh = parents[~is_among(parents, known)]
            known = np.sort(np.concatenate([known, fresh]))
        result: Ints = known
        return result

    def _order(self, points: Points) -> Ints:
        """Return the points in an order in which each comes after what leads to it."""
        said = self.game.length[points.said] if self.concept.report == "untimed" else 0
        step = 2 * self.own.moves[points.infoset] + ~points.reporting
        return np.lexsort((points.said, points.infoset, said + 0 * step, step))

    def _polytope(
        self, points: Points, sequences: Sequences, widths: Ints, codes: Ints, number: Ints
    ) -> FlowPolytope:
        which, above = self.incoming(points)
        code = self.code(above)
        into = np.where(code == self.empty, 0, self._numbers(code, codes, number))
        by_point = np.argsort(which, kind="stable")
        incoming_start = np.cumsum([0, *np.bincount(which, minlength=len(widths))])
        return FlowPolytope(
            np.concatenate(([1], 1 + np.cumsum(widths))),
            into[by_point],
            incoming_start,
            MadeNames(len(widths), _PointNames(self.game, self.own, points)),
            MadeNames(len(sequences.kind) + 1, _ChoiceNames(self.game, self.own, sequences)),
        )

    def _numbers(self, code: Ints, codes: Ints, number: Ints) -> Ints:
        """Return the coordinates of codes; anything for those that are not there."""
        place = np.minimum(np.searchsorted(codes, code), max(len(codes) - 1, 0))
        return number[place] if len(codes) else np.zeros_like(code)


@dataclass(frozen=True)
class _PointNames:
    """Makes the name of a decision point: the infoset, and what was seen and told by then."""

    transcripts: Transcripts
    own: Transcripts
    points: Points

    def __call__(self, number: int) -> str:
        reporting, infoset, said = (column[number] for column in self.points)
        here = infoset_name(self.transcripts, int(self.own.base[infoset]))
        if isinstance(self.own, RefinedInfosets) and (moves := self.own.witnessed(infoset)):
            here = f"{here}|saw {'-'.join(moves)}"
        told = f"|{sequence_name(self.transcripts, said)}" if said else ""
        return f"{here}{told}|report" if reporting else f"{here}{told}"


@dataclass(frozen=True)
class _ChoiceNames:
    """Makes the name of a choice: the action, what was reported, or that the answer is followed."""

    transcripts: Transcripts
    own: Transcripts
    sequences: Sequences

    def __call__(self, number: int) -> str:
        if number == 0:
            return ""
        kind, what, _, report = (column[number - 1] for column in self.sequences)
        if kind == FOLLOWED:
            return "follow"
        if kind == REPORTED:
            return "silence" if report == SILENCE else infoset_name(self.transcripts, report)
        return action_name(self.transcripts, int(self.own.base_sequence[what]))


def infoset_name(transcripts: Transcripts, infoset: int) -> str:
    """Return the name of a player's infoset, given by its number in the transcripts."""
    return transcripts.game.infoset_names[infoset + transcripts.chance_infosets]


def action_name(transcripts: Transcripts, sequence: int) -> str:
    """Return the name of the last action of a sequence."""
    flat = int(transcripts.game.action_start[transcripts.chance_infosets]) + sequence - 1
    return transcripts.game.action_names[flat]


def sequence_name(transcripts: Transcripts, sequence: int) -> str:
    """Return infoset and action of the last move of a sequence."""
    infoset = infoset_name(transcripts, transcripts.infoset[sequence])
    return f"{infoset}:{action_name(transcripts, sequence)}"
