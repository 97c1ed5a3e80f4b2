"""The belief DAG of a team: its size, and that its flows are the mixtures of pure joint plans."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import linprog

from efmodels import instances
from efmodels.errors import GameError, SizeError
from efmodels.mediator.belief import belief_dag
from efmodels.mediator.team import Team
from efmodels.memory_limits import MemoryBudget, memory_limit
from tests.oracles.beliefs import naive_beliefs
from tests.oracles.teams import naive_team
from tests.random_games import random_game

if TYPE_CHECKING:
    from tests.oracles.teams import NaiveTeam

# How a deviator behaves in each of the concepts with a private mediator.
CONCEPTS = {
    "NFCCE": {"report": "forced", "deviate": "root"},
    "EFCCE": {"report": "forced", "deviate": "coarse"},
    "EFCE": {"report": "forced", "deviate": "full"},
    "PCOMM": {"report": "lie", "deviate": "full"},
    "LCE": {"report": "untimed", "deviate": "full"},
}

# Name, concept, beliefs, edges, size of the largest belief.
SIZES = [
    ("S2122", "NFCCE", 396, 944, 5),
    ("S2122", "EFCCE", 804, 1760, 11),
    ("S2122", "EFCE", 1233, 2618, 4),
    ("B2222", "NFCCE", 657, 2052, 5),
    ("B2222", "EFCCE", 1413, 4356, 9),
    ("B2222", "EFCE", 2661, 8196, 5),
    ("K23", "NFCCE", 57, 114, 12),
    ("K23", "EFCE", 57, 114, 7),
    ("D22", "NFCCE", 170, 351, 14),
    ("D22", "EFCE", 826, 1590, 9),
    ("K34", "NFCCE", 15576, 31152, 73),
    ("K34", "EFCE", 16424, 32848, 39),
    ("D32", "NFCCE", 2584, 5680, 37),
    ("D32", "EFCCE", 3915, 7769, 62),
    ("GL3", "NFCCE", 13251, 16029, 9),
    pytest.param("GL3", "EFCE", 23763, 26991, 5, marks=pytest.mark.slow),
    pytest.param("K35", "NFCCE", 186584, 373168, 141, marks=pytest.mark.slow),
    pytest.param("L3132", "NFCCE", 114172, 228344, 170, marks=pytest.mark.slow),
]

# Random games (number of players, seed) in which play cannot be put in an order.
UNTIMEABLE = [(2, 15), (2, 20), (3, 47), (3, 112), (3, 137)]


def small_team(seed: int, concept: str, players: int) -> NaiveTeam | None:
    """Return the team of a random game, or None if it has too many plans to try them all."""
    team = naive_team(random_game(seed, players=players), **CONCEPTS[concept])
    actions = {infoset: len(children) for (_, infoset), children in team.children.items()}
    return team if prod(actions.values()) <= 1000 else None


def require_mixtures_of_plans(naive: NaiveTeam, seed: int, *, together: bool = False) -> None:
    """Compare optima over the polytope with the best of all pure joint plans."""
    dag = belief_dag(naive.arrays(), together=together)
    polytope, pure = dag.polytope(), naive.reach_of_plans()
    generator = np.random.default_rng(seed)
    for _ in range(4):
        c = generator.normal(size=pure.shape[1])
        best = (pure @ c).max()
        value, x = polytope.best_response(c @ dag.reach)
        optimum = linprog(-(c @ dag.reach), A_eq=polytope.F, b_eq=polytope.f)

        assert_allclose(value, best, atol=1e-9)
        assert_allclose(-optimum.fun, best, atol=1e-7)
        assert set(x.tolist()) <= {0.0, 1.0}  # no belief is reached twice
        assert (dag.reach @ x == pure[np.argmax(pure @ c)]).all()


@pytest.mark.parametrize(("name", "concept", "beliefs", "edges", "largest"), SIZES)
def test_sizes_of_benchmark_games(
    name: str, concept: str, beliefs: int, edges: int, largest: int
) -> None:
    """The DAGs of the benchmark games have the numbers of beliefs and edges that are known."""
    dag = belief_dag(naive_team(instances.load(name), **CONCEPTS[concept]).arrays())

    assert (dag.beliefs, dag.edges, dag.largest) == (beliefs, edges, largest)


@pytest.mark.parametrize("players", [2, 3])
@pytest.mark.parametrize("concept", CONCEPTS)
def test_flows_are_mixtures_of_pure_joint_plans(concept: str, players: int) -> None:
    """Over random objectives, the polytope and the set of all pure joint plans have one maximum."""
    teams = [(seed, small_team(seed, concept, players)) for seed in range(12)]
    for seed, team in teams:
        if team is not None:
            require_mixtures_of_plans(team, seed)

    assert sum(team is not None for _, team in teams) >= 6


@pytest.mark.parametrize("players", [2, 3])
@pytest.mark.parametrize("concept", CONCEPTS)
def test_infosets_decided_at_once(concept: str, players: int) -> None:
    """Deciding all infosets of one depth together leaves the set of lotteries as it is."""
    several = 0
    for seed in range(12):
        naive = small_team(seed, concept, players)
        if naive is not None:
            require_mixtures_of_plans(naive, seed, together=True)
            questions = belief_dag(naive.arrays(), together=True).questions
            several += int((np.diff(questions.start) > 1).sum())

    assert several > 0 or concept == "LCE"  # there, random games are small or need commitments


@pytest.mark.parametrize(("infosets", "at_once"), [(9, 9), (10, 1)])
def test_too_many_combinations_are_decided_one_by_one(infosets: int, at_once: int) -> None:
    """Infosets are not decided together if there are more combinations than a thousand."""
    answers = 2 * infosets
    team = Team(  # after each answer one more infoset is asked, the same for all
        coordinate=np.concatenate((np.zeros(infosets, dtype=int), np.arange(1, answers + 1))),
        infoset=np.concatenate((np.arange(infosets), np.full(answers, infosets))),
        child=np.arange(1, 3 * answers + 1),
        child_start=2 * np.arange(3 * infosets + 1),
        asked=np.minimum(np.arange(-1, 3 * answers + 1) + infosets, 3 * infosets).clip(0),
        wanted=np.ones(3 * answers + 1, dtype=bool),
        depth=np.repeat([0, 1], [infosets, 1]),
    )
    team = replace(team, asked=np.concatenate(([0], team.asked[1:])))
    dag = belief_dag(team, together=True)

    assert dag.questions.start[1] == at_once
    assert dag.polytope().best_response(dag.reach.sum(axis=0))[0] == 1 + 2 * infosets


@pytest.mark.parametrize(("players", "seed"), UNTIMEABLE)
@pytest.mark.parametrize("concept", ["NFCCE", "EFCCE", "EFCE"])
def test_play_without_an_order(concept: str, players: int, seed: int) -> None:
    """Where beliefs must remember what was chosen, the flows are still the mixtures of plans."""
    team = naive_team(random_game(seed, players=players), **CONCEPTS[concept])
    require_mixtures_of_plans(team, seed)

    assert naive_beliefs(team.arrays()).committed > 0


@pytest.mark.parametrize("concept", CONCEPTS)
def test_same_beliefs_as_by_recursion_over_sets(concept: str) -> None:
    """Numbers of beliefs, of edges and of what these lead to and complete are the naive ones."""
    for seed in range(20):
        team = naive_team(random_game(seed, players=2 + seed % 2), **CONCEPTS[concept]).arrays()
        dag, naive = belief_dag(team), naive_beliefs(team)
        children = len(naive.roots) + sum(map(len, naive.children.values()))
        completed = bool(team.wanted[0]) + sum(map(len, naive.completed.values()))

        assert (dag.beliefs, dag.edges) == (len(naive.chosen), len(naive.children))
        assert (len(dag.incoming), dag.reach.nnz) == (children, completed)
        assert sorted(dag.questions.infoset.tolist()) == sorted(naive.chosen.values())


def test_numbers_of_coordinates_do_not_matter() -> None:
    """Coordinates may be numbered in any order but for the empty one, which is the first."""
    naive = naive_team(instances.load("K23"))
    dag, other = belief_dag(naive.arrays()), belief_dag(naive.arrays(seed=3))

    assert (dag.beliefs, dag.edges, dag.largest) == (other.beliefs, other.edges, other.largest)
    assert dag.reach.nnz == other.reach.nnz


def test_nobody_is_ever_asked() -> None:
    """A team without elements has one plan; the empty coordinate has probability one."""
    nothing = np.zeros(0, dtype=np.int64)
    team = Team(
        nothing, nothing, nothing, np.zeros(1, int), np.zeros(2, int), np.ones(1, bool), nothing
    )
    dag = belief_dag(team)

    assert (dag.beliefs, dag.edges, dag.largest) == (0, 0, 0)
    assert dag.reach.toarray().tolist() == [[1.0]]
    assert dag.polytope().best_response([2.0])[0] == 2.0


def test_names_of_beliefs_and_edges() -> None:
    """Beliefs have numbers; an edge is named by what it decides, in the words of the caller."""
    dag = belief_dag(naive_team(instances.load("K23")).arrays())
    polytope = dag.polytope(lambda infoset, action: f"I{infoset} a{action}")
    edge = int(polytope.start[17]) + 1

    assert dag.decided(edge) == [(dag.questions.infoset[17], 1)]
    assert polytope.choice_names[0] == ""
    assert polytope.coordinate("b17", f"I{dag.questions.infoset[17]} a1") == edge
    assert polytope.names[edge] == f"b17_I{dag.questions.infoset[17]}_a1"


def test_limit_in_force() -> None:
    """A DAG that grows beyond it is refused; the message says how far it came, and what to do."""
    team = naive_team(instances.load("K34")).arrays()
    with (
        memory_limit(gigabytes=0.0205),
        pytest.raises(SizeError, match=r"a belief DAG: [\d,]+ beliefs so far, [\d,]+ of them with"),
    ):
        belief_dag(team)


def test_what_is_held_counts() -> None:
    """A budget from which much is taken already has no room for 57 beliefs."""
    team = naive_team(instances.load("K23")).arrays()
    budget = MemoryBudget(gigabytes=0.1)

    assert belief_dag(team, budget=budget).beliefs == 57
    with pytest.raises(SizeError, match=r"need about 0.11 GB of memory, above the limit of 0.1 GB"):
        belief_dag(team, budget=budget.holding(0.09e9))


def test_wanted_coordinate_that_cannot_be_reached() -> None:
    """A probability that would silently be zero is an error."""
    team = naive_team(instances.load("K23")).arrays()
    lost = replace(
        team,
        asked=np.append(team.asked, team.asked[-1]),
        wanted=np.append(team.wanted, True),
    )

    with pytest.raises(GameError, match="coordinate 61 is wanted, but no answers lead there"):
        belief_dag(lost)


def test_coordinates_in_a_circle() -> None:
    """An answer that leads back to where it was given is an error, not an endless loop."""
    zero = np.zeros(1, dtype=np.int64)
    circle = Team(zero, zero, zero, np.array([0, 1]), np.array([0, 1]), np.array([True]), zero)

    with pytest.raises(GameError, match="go in a circle"):
        belief_dag(circle)
