"""From a reduced problem back to the whole one: the mediator's flows and the deviators' plans.

Both are what a certificate of the whole problem needs, which no solver has to see for that. The
proofs stand in the docs, on the page about reductions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import CapabilityError
from efmodels.game import ranges
from efmodels.mediator.conversations import branches
from efmodels.mediator.deviator import ACTED, REPORTED, SILENCE, Sequences
from efmodels.mediator.extension import ExtendedConversation

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.mediator.deviator import Deviations
    from efmodels.mediator.policy import Policy
    from efmodels.mediator.problem import MediatedProblem
    from efmodels.mediator.reports import Reports
    from efmodels.mediator.transcripts import Transcripts


# The mediator ------------------------------------------------------------------------------------


def lifted_flows(policy: Policy, whole: MediatedProblem) -> Floats:
    """Return the point of the whole problem's polytope that a reduced policy stands for.

    Parameters
    ----------
    policy
        Of a reduced problem, with recall.
    whole
        The unreduced problem of the same game, concept and players.

    Raises
    ------
    CapabilityError
        The mediator is private: its reduced plans do not say enough to be flows of the whole.
    """
    if whole.walk.tree is None:
        raise CapabilityError(
            "the plans of a private mediator cannot be lifted: what was folded was not drawn. "
            "Solve the unreduced problem (reduce=False); symmetry is lifted anyway"
        )
    return _Sweep(policy, whole).flows()


class _Sweep:
    """Follows an extended policy through all that can be said to the mediator."""

    def __init__(self, policy: Policy, whole: MediatedProblem) -> None:
        tree = whole.walk.tree
        assert tree is not None  # noqa: S101 - asked before
        self._tree = tree
        self._talk = ExtendedConversation(policy)
        self._transcripts = whole.walk.transcripts
        self._starts_out = whole.concept.deviate == "root"
        mediation, self._polytope = whole.mediation, whole.problem.leader
        self._report = mediation.infoset
        memories = np.arange(tree.size + 1)
        self._point = np.searchsorted(mediation.memory, memories)
        # The messages that are not answered, by the memory before them.
        parent, token = tree.parent, tree.token
        other = np.flatnonzero(token >= self._transcripts.sequences)
        self._other = other[np.argsort(parent[other], kind="stable")]
        self._other_start = np.searchsorted(parent[self._other], memories)

    def flows(self) -> Floats:
        x = np.zeros(self._polytope.size)
        x[0] = 1.0
        zero = np.zeros(1, dtype=np.int64)
        waiting: list[tuple[Ints, Ints, Floats]] = [(zero, zero, np.ones(1))]
        while waiting:
            memory, state, weight = (
                np.concatenate(column) for column in zip(*waiting, strict=True)
            )
            waiting = []
            if len(memory):
                waiting.append(self._answered(memory, state, weight, x))
                waiting += self._told(memory, state, weight)
        return x

    def _answered(
        self, memory: Ints, state: Ints, weight: Floats, x: Floats
    ) -> tuple[Ints, Ints, Floats]:
        """Let the policy answer all questions; add up the probabilities of the answers."""
        first = self._point[memory]
        row, number = branches(self._point[memory + 1] - first)
        point = first[row] + number
        report = self._report[point]
        reaction = self._talk.answered(state[row], report + self._transcripts.chance_infosets)
        likely = weight[row][reaction.row] * reaction.factor
        np.add.at(x, self._polytope.start[point][reaction.row] + reaction.answer, likely)
        token = self._transcripts.first[report][reaction.row] + reaction.answer
        after = self._tree.find(memory[row][reaction.row], token)
        return after, reaction.memory, likely

    def _told(self, memory: Ints, state: Ints, weight: Floats) -> list[tuple[Ints, Ints, Floats]]:
        """Let the policy notice silence and see nodes."""
        start, end = self._other_start[memory], self._other_start[memory + 1]
        row = np.repeat(np.arange(len(memory)), end - start)
        after = self._other[ranges(start, end)]
        over = self._tree.token[after] - self._transcripts.sequences
        players = len(self._transcripts.game.players)
        seen = np.flatnonzero(over > players)
        node = over[seen] - players - 1
        parts: list[tuple[Ints, Ints, Floats]] = [
            (after[seen], self._talk.saw(state[row[seen]], node), weight[row[seen]])
        ]
        for player in range(1, players + 1):
            out = (over == player) & (memory[row] == 0) & self._starts_out
            here = np.flatnonzero(out)
            states = self._talk.stays_out(state[row[here]], player)
            parts.append((after[here], states, weight[row[here]]))
            here = np.flatnonzero((over == player) & ~out)
            reaction = self._talk.silent(state[row[here]], player)
            likely = weight[row[here]][reaction.row] * reaction.factor
            parts.append((after[here][reaction.row], reaction.memory, likely))
        return parts


# Deviators ---------------------------------------------------------------------------------------


def lifted_plan(
    plan: Floats, reduced: Deviations, whole: Deviations, reports: Reports, transcripts: Transcripts
) -> Floats:
    """Return the plan of the whole problem that a deviator's plan of the reduced one stands for.

    What was left out is never chosen. Where she was silent since none of her reports was kept, she
    now says the first one that there is, and does what she did.

    Parameters
    ----------
    plan
        A point of the polytope of ``reduced``, or a multiple of one.
    reduced, whole
        Her decision problems.
    reports
        What the reduced problem allows her to report.
    transcripts
        Of the game.
    """
    polytope = reduced.polytope
    likely = polytope.behaviour(plan)
    sequences = whole.sequences
    wanted, certain, never = _counterparts(sequences, reports, transcripts, whole.player)
    codes = _codes(reduced.sequences, transcripts)
    order = np.argsort(codes)
    code = _codes(wanted, transcripts)
    place = np.minimum(np.searchsorted(codes[order], code), max(len(codes) - 1, 0))
    weight = np.zeros(len(code))
    if len(codes):
        found = codes[order][place] == code
        weight[found] = likely[1 + order[place[found]]]
    weight[certain] = 1.0
    weight[never] = 0.0
    choices = whole.polytope.behaviour(np.concatenate([[1.0], weight]))
    return whole.polytope.realization(choices)


def _codes(sequences: Sequences, transcripts: Transcripts) -> Ints:
    """Return a number for each sequence, different for different ones."""
    base = max(transcripts.sequences, transcripts.infosets) + 2
    code: Ints = np.zeros(len(sequences.kind), dtype=np.int64)
    columns: list[Any] = list(sequences)
    for column in columns:
        code = code * base + column + 1
    return code


def _counterparts(
    sequences: Sequences, reports: Reports, transcripts: Transcripts, player: int
) -> tuple[Sequences, Bools, Bools]:
    """Return what sequences are called in a reduced problem.

    Returns
    -------
    tuple
        The sequences there; which of the given ones are chosen for sure where their points are
        reached, and which never.
    """
    every = np.zeros(len(sequences.kind), dtype=bool)
    if not len(reports.dropped):
        return sequences, every, every
    closing = _Closing(reports, transcripts, player)
    acted, reported = sequences.kind == ACTED, sequences.kind == REPORTED
    said = sequences.said.copy()
    said[acted] = closing.said(sequences.what[acted], sequences.said[acted])
    # A report: was she silent by then, or is from here on, then any one will do.
    infoset, told = sequences.what[reported], sequences.said[reported]
    before = closing.said(transcripts.before[infoset], told)
    report = sequences.report[reported]
    speaking = report != SILENCE
    kept = speaking & ~closing.is_dropped(infoset, told, np.maximum(report, 0))
    quiet = (before != told) | closing.is_closed(infoset, told)
    first = closing.is_first(told, report)
    alone = kept & (reports.number(player, infoset, told) == 1)
    certain, never = every.copy(), every.copy()
    certain[reported] = np.where(quiet, first, alone)
    never[reported] = np.where(quiet, ~first, speaking & ~kept)
    return sequences._replace(said=said), certain, never


class _Closing:
    """Where a deviator has no report left that would be of use to her."""

    def __init__(self, reports: Reports, transcripts: Transcripts, player: int) -> None:
        self._reports = reports
        self._all = type(reports)(transcripts)
        self._transcripts = transcripts
        self._player = player

    def is_dropped(self, infoset: Ints, said: Ints, report: Ints) -> Bools:
        """Return whether reports were left out."""
        code = self._reports.code(infoset, said, report)
        dropped: Bools = np.isin(code, self._reports.dropped)
        return dropped

    def is_closed(self, infoset: Ints, said: Ints) -> Bools:
        """Return whether all reports at infosets with transcripts were left out."""
        before = self._all.number(self._player, infoset, said)
        closed: Bools = (before > 0) & (self._reports.number(self._player, infoset, said) == 0)
        return closed

    def is_first(self, said: Ints, report: Ints) -> Bools:
        """Return whether reports are the first ones that agree with transcripts."""
        transcripts = self._transcripts
        start = transcripts.after_start[transcripts.key(self._player, said)]
        place = np.minimum(start, len(transcripts.after) - 1)
        first: Bools = transcripts.after[place] == report
        return first

    def said(self, own: Ints, said: Ints) -> Ints:
        """Return transcripts as they are in the reduced problem, given what was done, too.

        She is silent from the first closed place on: nothing is added to what she had said there.
        """
        transcripts = self._transcripts
        result, told, done = said.copy(), said.copy(), own.copy()
        while len(late := np.flatnonzero(transcripts.length[done] > transcripts.length[told])):
            done[late] = transcripts.before[transcripts.infoset[done[late]]]
        while len(here := np.flatnonzero(done > 0)):
            infoset = transcripts.infoset[done[here]]
            told[here] = transcripts.before[transcripts.infoset[told[here]]]
            done[here] = transcripts.before[infoset]
            closed = here[self.is_closed(infoset, told[here])]
            result[closed] = told[closed]
        return result
