"""What a mediator chooses from: the sequence form of one that recalls, the belief DAG of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.integer_sets import distinct_integers
from efmodels.mediator.belief import belief_dag
from efmodels.mediator.questions import Questions
from efmodels.mediator.team import Team
from efmodels.memory_limits import MemoryBudget
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scipy import sparse

    from efmodels.game import Ints
    from efmodels.mediator.memories import MessageTree
    from efmodels.mediator.transcripts import Transcripts
    from efmodels.mediator.walk import Ends, Walk


class Mediation(NamedTuple):
    """A mediator's decision points, and where the ends of the walks lie.

    Attributes
    ----------
    polytope
        The mediator's flow polytope.
    reach
        Probabilities of the coordinates from a point of the polytope; ``None`` if they are the
        polytope's own.
    memory
        What the mediator remembers at each decision point: a memory of the tree of messages, or,
        for a private one, the number of the belief.
    questions
        What it is asked at each decision point.
    ends
        For each walk, the coordinate of each of its ends.
    coordinates
        What the coordinates of a private mediator are, packed: see `PrivateMemory`; empty for one
        with recall.
    """

    polytope: FlowPolytope
    reach: sparse.csr_array | None
    memory: Ints
    questions: Questions
    ends: Sequence[Ints]
    coordinates: Ints

    @property
    def infoset(self) -> Ints:
        """The infoset that it is asked at each decision point; only if nowhere it is several."""
        assert self.questions.points == len(self.questions.infoset)  # noqa: S101 - see team_of
        return self.questions.infoset

    @property
    def size(self) -> int:
        """Number of coordinates of ``mu``."""
        return self.polytope.size if self.reach is None else int(self.reach.shape[0])


def mediation_of(walk: Walk, ends: list[Ends], budget: MemoryBudget | None = None) -> Mediation:
    """Return the mediator's decision points, given all walks.

    Raises
    ------
    SizeError
        The belief DAG of a private mediator needs more memory than the budget has.
    """
    if walk.tree is None:
        return _private(walk, ends, budget or MemoryBudget())
    return _recalling(walk, walk.tree, ends)


def _private(walk: Walk, ends: list[Ends], budget: MemoryBudget) -> Mediation:
    """Return the belief DAG of a team of agents, one per player."""
    team, numbers = team_of(walk, ends)
    # Where players may lie, all that somebody could report hangs together.
    dag = belief_dag(team, together=walk.concept.report == "lie", budget=budget)
    polytope = dag.polytope(_name_of_choice(walk.transcripts))
    row = np.cumsum(team.wanted) - 1
    places: list[Ints] = [row[number] for number in numbers]
    packed = np.empty(len(dag.coordinates), dtype=np.int64)
    for place, end in zip(places, ends, strict=True):
        packed[place] = end.coordinate
    return Mediation(polytope, dag.reach, np.arange(dag.beliefs), dag.questions, places, packed)


def team_of(walk: Walk, ends: list[Ends]) -> tuple[Team, Sequence[Ints]]:
    """Return the team of agents whose questions walks have met.

    Returns
    -------
    tuple
        The team, and the coordinate of each end of each walk.
    """
    transcripts = walk.transcripts
    infosets = transcripts.infosets
    packed = np.concatenate([asked.coordinate for asked in walk.asked])
    met, place = np.unique(packed, return_inverse=True)
    heard = np.concatenate([asked.infoset for asked in walk.asked])
    place, infoset = np.divmod(distinct_integers(place * infosets + heard), infosets)
    width = transcripts.width[infoset]
    start = np.concatenate(([0], np.cumsum(width)))
    child = walk.coordinates.answered(
        np.repeat(met[place], width),
        np.repeat(transcripts.before[infoset], width),
        _answers(transcripts, infoset),
    )
    every = distinct_integers(np.concatenate([[0], met, child, *(end.coordinate for end in ends)]))
    numbers = [np.searchsorted(every, end.coordinate) for end in ends]
    wanted = np.zeros(len(every), dtype=bool)
    wanted[np.concatenate(numbers)] = True
    coordinate = np.searchsorted(every, met)[place]
    team = Team(
        coordinate=coordinate,
        infoset=infoset,
        child=np.searchsorted(every, child),
        child_start=start,
        asked=np.searchsorted(coordinate, np.arange(len(every) + 1)),
        wanted=wanted,
        depth=transcripts.depth,
    )
    return team, numbers


def _recalling(walk: Walk, tree: MessageTree, ends: list[Ends]) -> Mediation:
    """Return the sequence form of a mediator that remembers every message."""
    transcripts = walk.transcripts
    infosets = transcripts.infosets
    key = np.concatenate([asked.memory * infosets + asked.infoset for asked in walk.asked])
    asked_at = np.concatenate([asked.coordinate for asked in walk.asked])
    key, first = np.unique(key, return_index=True)
    memory, infoset = np.divmod(key, infosets)
    width = transcripts.width[infoset]
    start = np.concatenate(([1], 1 + np.cumsum(width)))
    answers = _answers(transcripts, infoset)
    coordinate = np.zeros(tree.size, dtype=np.int64)
    coordinate[tree.after(np.repeat(memory, width), answers)] = np.arange(1, start[-1])
    name = _name_of_choice(transcripts)
    # The memory of an answer is younger than that of its question: the order is topological.
    polytope = FlowPolytope(
        start,
        coordinate[asked_at[first]],
        np.arange(len(key) + 1),
        MadeNames(len(key), "m{}".format),
        MadeNames(int(start[-1]), lambda k: name(*_decision(infoset, start, k)) if k else ""),
    )
    places: list[Ints] = [coordinate[end.coordinate] for end in ends]
    questions = Questions.one_each(infoset, width)
    return Mediation(polytope, None, memory, questions, places, np.zeros(0, dtype=np.int64))


def _answers(transcripts: Transcripts, infoset: Ints) -> Ints:
    """Return the sequences that the answers to questions make, all answers of one together."""
    width = transcripts.width[infoset]
    end = np.cumsum(width)
    result: Ints = np.arange(int(width.sum())) + np.repeat(
        transcripts.first[infoset] - end + width, width
    )
    return result


def _decision(infoset: Ints, start: Ints, coordinate: int) -> tuple[int, int]:
    """Return what is asked where a coordinate is chosen, and which of its actions it is."""
    point = int(np.searchsorted(start, coordinate, side="right")) - 1
    return int(infoset[point]), coordinate - int(start[point])


def _name_of_choice(transcripts: Transcripts) -> Callable[[int, int], str]:
    """Return what makes the name of an answer: the infoset that was reported, and the action."""
    game = transcripts.game

    def name(infoset: int, action: int) -> str:
        number = infoset + transcripts.chance_infosets
        return (
            f"{game.infoset_names[number]}_{game.action_names[game.action_start[number] + action]}"
        )

    return name
