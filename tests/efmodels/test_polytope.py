"""Flow polytopes: structure, plans and best responses, on trees and on DAGs."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import linprog

from efmodels.errors import GameError
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope


def random_dag(generator: np.random.Generator, points: int = 8) -> FlowPolytope:
    """Return a polytope whose decision points have one to three incoming coordinates."""
    start, incoming, incoming_start = [1], [], [0]
    for _ in range(points):
        parents = generator.choice(
            start[-1], size=min(start[-1], generator.integers(1, 4)), replace=False
        )
        incoming += sorted(parents.tolist())
        incoming_start.append(len(incoming))
        start.append(start[-1] + int(generator.integers(1, 4)))
    names = tuple(f"K{k}" for k in range(points))
    choices = ("", *(f"c{q}" for q in range(1, start[-1])))
    return FlowPolytope(start, incoming, incoming_start, names, choices)


def pure_behaviours(polytope: FlowPolytope) -> list[np.ndarray]:
    """All behaviours that choose with certainty at every decision point."""
    ranges = [range(a, b) for a, b in zip(polytope.start[:-1], polytope.start[1:], strict=True)]
    plans = []
    for picks in product(*ranges):
        behaviour = np.zeros(polytope.size)
        behaviour[[0, *picks]] = 1
        plans.append(behaviour)
    return plans


@pytest.fixture(params=range(20))
def dag(request: pytest.FixtureRequest) -> FlowPolytope:
    """Twenty seeded random DAGs with five decision points."""
    return random_dag(np.random.default_rng(request.param), points=5)


def test_plans_satisfy_the_constraints(dag: FlowPolytope) -> None:
    """Uniform and random plans are nonnegative and satisfy F x = f."""
    for plan in (dag.uniform(), dag.random(np.random.default_rng(7))):
        assert_allclose(dag.F @ plan, dag.f, atol=1e-12)
        assert (plan >= 0).all()


def test_best_response_is_the_best_pure_plan(dag: FlowPolytope) -> None:
    """Value and plan agree with an enumeration of all pure plans."""
    gradient = np.random.default_rng(3).normal(size=dag.size)
    value, plan = dag.best_response(gradient)
    best = max(gradient @ dag.realization(behaviour) for behaviour in pure_behaviours(dag))

    assert_allclose(value, best, atol=1e-12)
    assert_allclose(gradient @ plan, best, atol=1e-12)
    assert_allclose(dag.F @ plan, dag.f, atol=1e-12)


def test_best_response_is_the_linear_program() -> None:
    """On bigger DAGs the value is the optimum of max g'x over {F x = f, x >= 0}."""
    generator = np.random.default_rng(11)
    for _ in range(10):
        polytope = random_dag(generator, points=40)
        gradient = generator.normal(size=polytope.size)
        optimum = linprog(-gradient, A_eq=polytope.F, b_eq=polytope.f).fun

        assert_allclose(polytope.best_response(gradient)[0], -optimum, rtol=1e-7, atol=1e-9)


def test_ties_go_to_the_first_choice() -> None:
    """With nothing to gain, every decision point takes its first choice."""
    polytope = FlowPolytope([1, 3, 5], [0, 0], [0, 1, 2], ("I", "J"), ("", "a", "b", "c", "d"))

    assert polytope.best_response(np.zeros(5))[1].tolist() == [1, 1, 0, 1, 0]


def test_behaviour_and_realization_are_inverse(dag: FlowPolytope) -> None:
    """A plan with full support survives the way to behaviour and back."""
    plan = dag.random(np.random.default_rng(5))

    assert_allclose(dag.realization(dag.behaviour(plan)), plan, atol=1e-12)


def test_behaviour_is_uniform_where_nothing_flows() -> None:
    """A decision point that is not reached, or only by rounding, gets uniform probabilities."""
    polytope = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", "l", "r", "a", "b"))

    assert polytope.behaviour([1, 1, 0, -1e-17, 0]).tolist() == [1, 1, 0, 0.5, 0.5]


def test_inflow_adds_over_parents() -> None:
    """In a DAG a decision point receives the sum of its incoming coordinates."""
    polytope = FlowPolytope([1, 3, 4], [0, 1, 2], [0, 1, 3], ("I", "J"), ("", "l", "r", "on"))

    assert polytope.inflow([1, 0.25, 0.75, 1]).tolist() == [1, 1]
    assert polytope.uniform().tolist() == [1, 0.5, 0.5, 1]


def test_a_polytope_without_decisions_is_a_point() -> None:
    """Somebody who never moves has one plan."""
    polytope = FlowPolytope([1], [], [0], (), ("",))

    assert polytope.best_response([4.0]) == (4.0, np.array([1.0]))
    assert polytope.uniform().tolist() == [1.0]
    assert polytope.F.toarray().tolist() == [[1.0]]


def test_names_are_distinct_and_plain() -> None:
    """Model names are made of letters, digits and _; clashes get a number."""
    polytope = FlowPolytope([1, 4], [0], [0, 1], ("a/b",), ("", "x y", "x_y", "3"))

    assert polytope.names == ("root", "a_b_x_y", "a_b_x_y_2", "a_b_3")


def test_coordinate_by_infoset_and_action() -> None:
    """A coordinate is found by names; a wrong name is answered with those that exist."""
    polytope = FlowPolytope([1, 3], [0], [0, 1], ("I",), ("", "l", "r"))

    assert polytope.coordinate("I", "r") == 2
    with pytest.raises(GameError, match=r"no infoset is called 'J'; there are \['I'\]"):
        polytope.coordinate("J", "r")
    with pytest.raises(GameError, match=r"has no action 'x'; there are \['l', 'r'\]"):
        polytope.coordinate("I", "x")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (([0, 2], [0], [0, 1]), "begin with 1"),
        (([1, 1], [0], [0, 1]), "every decision point has a choice"),
        (([1, 2], [0], [0]), "incoming_start must have 2 entries"),
        (([1, 2], [], [0, 0]), "at least one incoming"),
        (([1, 2], [1], [0, 1]), "must come after"),
    ],
)
def test_wrong_arrays_are_refused(arrays: tuple[list[int], ...], message: str) -> None:
    """Each broken rule is named."""
    with pytest.raises(GameError, match=message):
        FlowPolytope(*arrays, ("I",), ("", "l"))


def test_equal_names_are_refused() -> None:
    """Decision points are found by their names, which must differ."""
    with pytest.raises(GameError, match="must differ"):
        FlowPolytope([1, 2, 3], [0, 0], [0, 1, 2], ("I", "I"), ("", "l", "l"))


def test_names_may_be_made_on_demand() -> None:
    """With names that are made from numbers, none is made until it is asked for."""
    asked: list[int] = []

    def choice(q: int) -> str:
        asked.append(q)
        return f"a{q}"

    points, choices = MadeNames(2, "b{}".format), MadeNames(5, choice)
    polytope = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], points, choices)

    assert asked == []
    assert polytope.coordinate("b1", "a4") == 4
    assert asked == [3, 4]
    assert polytope.names == ("root", "b0_a1", "b0_a2", "b1_a3", "b1_a4")


def test_arrays_cannot_be_changed() -> None:
    """Everybody shares a polytope, so nobody may change it."""
    polytope = FlowPolytope([1, 3], [0], [0, 1], ("I",), ("", "l", "r"))

    with pytest.raises(ValueError, match="read-only"):
        polytope.start[0] = 5


@pytest.mark.parametrize("seed", range(5))
def test_dual_values_solve_the_dual_of_a_best_response(seed: int) -> None:
    """They are feasible, and their value is that of the best response."""
    generator = np.random.default_rng(seed)
    polytope = random_dag(generator)
    gradient = generator.normal(size=polytope.size)
    v = polytope.dual_values(gradient)

    assert (polytope.F.T @ v >= gradient - 1e-12).all()
    assert polytope.f @ v == pytest.approx(polytope.best_response(gradient)[0])
