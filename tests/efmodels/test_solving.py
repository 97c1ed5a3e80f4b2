"""One call for every solver: the same values and the same duals."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest

from efmodels.errors import CapabilityError, GameError, InfeasibleError
from efmodels.solvers import Capability, Interface
from efmodels.solving import Status, solve
from tests.pyomo_versions import IS_OLDEST, NO_PLUGINS

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.solvers import Solver

HIGHS = ("highs", "appsi_highs")


def knapsack(items: int = 60) -> Any:
    """Return a knapsack with six capacities; the optimum of 60 items is 1689."""
    draw = random.Random(2)  # noqa: S311 - a game of numbers, no secret
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(items), domain=pyo.Binary)
    m.rows = pyo.Constraint(range(6))
    for i in range(6):
        m.rows[i] = sum(draw.randint(10, 99) * m.x[j] for j in range(items)) <= 1200
    value = sum(draw.randint(10, 99) * m.x[j] for j in range(items))
    m.goal = pyo.Objective(expr=5 + value, sense=pyo.maximize)
    return m


@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_linear_program(factory: Callable[..., Any], solver: Solver, sense: Any) -> None:
    """Value, bound, point and duals of the textbook example, either way up."""
    m = factory(sense)
    sign = 1 if sense == pyo.maximize else -1

    result = solve(m, solver.name)
    assert (result.status, result.solver) == (Status.OPTIMAL, solver.name)
    assert (result.value, result.bound) == pytest.approx((36 * sign, 36 * sign))
    assert (m.x.value, m.y.value) == pytest.approx((2, 6))
    if Capability.DUALS in solver.capabilities:
        duals = [m.dual[row] for row in (m.one, m.two, m.three)]
        assert duals == pytest.approx([0, 1.5 * sign, sign], abs=1e-9)
    else:
        assert m.component("dual") is None


@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_dual_is_the_derivative_by_the_right_hand_side(
    factory: Callable[..., Any], solver: Solver, sense: Any
) -> None:
    """An oracle that needs no convention: solve again with a little more of each resource."""
    if Capability.DUALS not in solver.capabilities:
        pytest.skip(f"{solver.name} gives no duals")
    m = factory(sense)
    before = solve(m, solver.name).value
    duals = {i: m.dual[row] for i, row in enumerate((m.one, m.two, m.three), start=1)}

    for i, dual in duals.items():
        m.hours[i] = m.hours[i].value + 0.5
        assert (solve(m, solver.name).value - before) / 0.5 == pytest.approx(dual, abs=1e-5)
        m.hours[i] = m.hours[i].value - 0.5


@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_duals_of_ranges_and_equalities(solver: Solver, sense: Any) -> None:
    """A row with two bounds has one dual."""
    if Capability.DUALS not in solver.capabilities:
        pytest.skip(f"{solver.name} gives no duals")
    sign = 1 if sense == pyo.maximize else -1
    m = pyo.ConcreteModel()
    m.x, m.y = pyo.Var(domain=pyo.NonNegativeReals), pyo.Var(domain=pyo.NonNegativeReals)
    m.range = pyo.Constraint(expr=(1, m.x + m.y, 4))
    m.equal = pyo.Constraint(expr=m.x - m.y == 1)
    m.goal = pyo.Objective(expr=sign * (2 * m.x + m.y), sense=sense)

    solve(m, solver.name)
    assert [m.dual[m.range], m.dual[m.equal]] == pytest.approx([1.5 * sign, 0.5 * sign])


def test_reduced_costs_on_request(factory: Callable[..., Any], solver: Solver) -> None:
    """Whoever declares ``rc`` gets it filled, where there are duals."""
    m = factory()
    m.z = pyo.Var(domain=pyo.NonNegativeReals)
    m.three.set_value(3 * m.x + 2 * m.y + m.z <= 18)
    m.goal.set_value(3 * m.x + 5 * m.y + 0.25 * m.z)  # z costs 1 of row three, worth 1
    m.rc = pyo.Suffix(direction=pyo.Suffix.IMPORT)

    solve(m, solver.name)
    if Capability.DUALS in solver.capabilities:
        assert m.rc[m.z] == pytest.approx(-0.75)
    else:
        assert len(m.rc) == 0


def test_duals_of_a_convex_quadratic(solver: Solver) -> None:
    """Min x^2 with x >= 3: the dual is 6."""
    if not {Capability.QP, Capability.DUALS} <= solver.capabilities:
        pytest.skip(f"{solver.name} has no duals of quadratic models")
    m = pyo.ConcreteModel()
    m.x = pyo.Var()
    m.row = pyo.Constraint(expr=m.x >= 3)
    m.goal = pyo.Objective(expr=m.x**2)

    assert solve(m, solver.name).value == pytest.approx(9)
    assert m.dual[m.row] == pytest.approx(6, rel=1e-6)


@pytest.mark.usefixtures("takes_integers")
def test_no_stale_duals(factory: Callable[..., Any], solver: Solver) -> None:
    """After an integer solve, and after a failure, a suffix is empty and still importing."""
    m = factory()
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    solve(m, solver.name)
    filled = len(m.dual) > 0

    m.x.domain = pyo.Integers
    solve(m, solver.name)
    assert (filled, len(m.dual)) == (Capability.DUALS in solver.capabilities, 0)
    m.dual[m.one] = 99.0
    m.one.set_value(m.x >= 99)
    with pytest.raises(InfeasibleError):
        solve(m, solver.name)
    assert (len(m.dual), m.dual.active) == (0, True)


def test_component_that_happens_to_be_called_dual(
    factory: Callable[..., Any], solver: Solver
) -> None:
    """A variable of that name stays what it is."""
    m = factory()
    m.dual = pyo.Var(bounds=(0, 1))
    m.goal.set_value(3 * m.x + 5 * m.y + m.dual)

    assert solve(m, solver.name).value == pytest.approx(37)
    assert m.dual.value == pytest.approx(1)


@pytest.mark.parametrize("name", HIGHS)
@pytest.mark.parametrize("algorithm", ["ipx", "ipm", "pdlp"])
@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_highs_without_crossover_has_the_right_signs(
    factory: Callable[..., Any], name: str, algorithm: str, sense: Any
) -> None:
    """HiGHS itself says "unknown" and negates the duals when it maximises like this."""
    m = factory(sense)
    sign = 1 if sense == pyo.maximize else -1

    result = solve(m, name, options={"solver": algorithm, "run_crossover": "off"})
    assert result.status == "optimal"
    assert (result.value, result.bound) == pytest.approx((36 * sign, 36 * sign), rel=1e-4)
    assert m.dual[m.two] == pytest.approx(1.5 * sign, rel=1e-3)
    assert [o.name for o in m.component_objects(pyo.Objective, active=True)] == ["goal"]


@pytest.mark.usefixtures("takes_integers")
def test_integer_program(solver: Solver) -> None:
    """Max 3 a + 4 b + 6 c with 2 a + 3 b + 4 c <= 6 over {0, 1}: a and c, 9."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var([2, 3, 4], domain=pyo.Binary)
    m.row = pyo.Constraint(expr=pyo.sum_product({2: 2, 3: 3, 4: 4}, m.x, index=[2, 3, 4]) <= 6)
    m.goal = pyo.Objective(expr=3 * m.x[2] + 4 * m.x[3] + 6 * m.x[4], sense=pyo.maximize)

    assert solve(m, solver.name).value == pytest.approx(9)
    assert [round(m.x[i].value) for i in m.x] == [1, 0, 1]


def test_constant_objective(factory: Callable[..., Any], solver: Solver) -> None:
    """A model may only ask for a feasible point."""
    m = factory()
    m.goal.set_value(5.0)

    result = solve(m, solver.name)
    assert (result.status, result.value) == (Status.OPTIMAL, 5)


@pytest.mark.usefixtures("takes_integers")
def test_gap(solver: Solver) -> None:
    """Within the gap counts as optimal, and the bound says how far that is."""
    m = knapsack()

    result = solve(m, solver.name, gap=0.2)
    assert result.status == "optimal"
    assert result.value <= 1689 + 1e-6 <= result.bound + 1e-3
    assert result.value >= 0.8 * 1689


def test_unattached_block(solver: Solver) -> None:
    """A block without a model is solved, but by the one interface that cannot."""
    block = pyo.Block(concrete=True)
    block.x = pyo.Var(bounds=(0, 3))
    block.row = pyo.Constraint(expr=2 * block.x <= 5)
    block.goal = pyo.Objective(expr=block.x, sense=pyo.maximize)

    if solver.takes_blocks:
        assert solve(block, solver.name).value == pytest.approx(2.5)
        has_duals = Capability.DUALS in solver.capabilities
        assert not has_duals or block.dual[block.row] == pytest.approx(0.5)
    else:
        with pytest.raises(CapabilityError, match=r"model\.block = block"):
            solve(block, solver.name)


@pytest.mark.filterwarnings("ignore:ModelChangeDetector")  # a remark of Pyomo's on any Suffix
def test_plain_pyomo_still_works(factory: Callable[..., Any], solver: Solver) -> None:
    """``pyo.SolverFactory`` solves the same model afterwards, and refreshes the duals."""
    if IS_OLDEST and solver.interface is Interface.BULK:
        pytest.skip(NO_PLUGINS)
    m = factory()
    solve(m, solver.name)
    m.hours[3] = 20

    pyo.SolverFactory(solver.name).solve(m)
    assert pyo.value(m.goal) == pytest.approx(38)
    if Capability.DUALS in solver.capabilities:
        assert m.dual[m.three] == pytest.approx(1)


def test_log_is_kept_and_printed_on_request(
    factory: Callable[..., Any], solver: Solver, capfd: pytest.CaptureFixture[str]
) -> None:
    """Silent by default."""
    log = solve(factory(), solver.name).log
    silent = capfd.readouterr().out
    solve(factory(), solver.name, tee=True)

    assert (silent, len(log) > 100) == ("", True)
    assert len(capfd.readouterr().out) > 100


class _KnowsRegrets:
    """Stands for the block of a formulation."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def __call__(self) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_regrets_of_every_active_block(factory: Callable[..., Any]) -> None:
    """Blocks are asked by name; parts and components of that name are not."""
    m = factory()
    m.regrets = pyo.Expression(expr=m.x)
    m.eq = pyo.Block([1, 2, 3])
    m.eq[1].regrets = _KnowsRegrets({"P1": 0.5})
    m.eq[2].regrets = _KnowsRegrets(GameError("a part of a formulation"))
    m.eq[2].is_whole = False
    m.eq[3].regrets = _KnowsRegrets({"P1": 9.0})
    m.eq[3].deactivate()

    assert solve(m).regrets == {"eq[1]": {"P1": 0.5}}


def test_regrets_that_cannot_be_found_are_no_silence(factory: Callable[..., Any]) -> None:
    """What goes wrong while a formulation is verified reaches the caller."""
    m = factory()
    m.eq = pyo.Block()
    m.eq.regrets = _KnowsRegrets(GameError("a coordinate that nobody knows"))

    with pytest.raises(GameError, match="nobody knows"):
        solve(m)


def test_no_regrets_without_a_formulation(factory: Callable[..., Any]) -> None:
    """An ordinary model has none."""
    assert solve(factory()).regrets == {}
