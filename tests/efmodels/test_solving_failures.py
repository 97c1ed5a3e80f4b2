"""Every way in which a solver fails is one error, and changes nothing."""

from __future__ import annotations

import math
import os
import random
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest
from pyomo.common import Executable

from efmodels.errors import InfeasibleError, SolverError, UnboundedError
from efmodels.formulations import efce, nash_zero_sum
from efmodels.game import Game
from efmodels.instances import load
from efmodels.solvers import available_solvers
from efmodels.solving import Status, solve
from tests.pyomo_versions import IS_OLDEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from efmodels.solvers import Solver


def market_split(*, exact: bool) -> Any:
    """Five random subset sums of forty numbers: far too hard for a fraction of a second.

    With slack every point is feasible; without, finding one is the hard part.
    """
    draw = random.Random(1)  # noqa: S311 - a game of numbers, no secret
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(40), domain=pyo.Binary)
    m.slack = pyo.Var(range(5), ["more", "less"], domain=pyo.NonNegativeReals)
    m.rows = pyo.Constraint(range(5))
    for i in range(5):
        sizes = [draw.randint(0, 99) for _ in range(40)]
        slack = m.slack[i, "more"] - m.slack[i, "less"]
        m.rows[i] = sum(sizes[j] * m.x[j] for j in range(40)) + slack == sum(sizes) // 2
    m.goal = pyo.Objective(expr=m.x[0] if exact else sum(m.slack.values()))
    if exact:
        m.slack.fix(0)
    return m


def contradiction(m: Any) -> None:
    """Ask for more than there is."""
    m.bad = pyo.Constraint(expr=m.x + m.y >= 100)


def contradiction_and_ray(m: Any) -> None:
    """Ask for more than there is, with an unbounded objective."""
    contradiction(m)
    m.free = pyo.Var()
    m.goal.set_value(m.goal.expr + m.free)


def contradiction_of_integers(m: Any) -> None:
    """Even numbers do not sum to 3."""
    m.a, m.b = pyo.Var(domain=pyo.Integers, bounds=(0, 9)), pyo.Var(domain=pyo.Binary)
    m.bad = pyo.Constraint(expr=2 * m.a + 2 * m.b == 3)


def contradiction_of_integers_and_ray(m: Any) -> None:
    """Make the relaxation unbounded and the model infeasible."""
    contradiction_of_integers(m)
    m.free = pyo.Var()
    m.goal.set_value(m.goal.expr + m.free)


def contradiction_of_fixed(m: Any) -> None:
    """Add a row whose variables are all fixed, to the wrong values."""
    m.x.fix(1)
    m.bad = pyo.Constraint(expr=m.x >= 2)


@pytest.mark.usefixtures("takes_integers")
@pytest.mark.parametrize(
    "spoil",
    [
        contradiction,
        contradiction_and_ray,
        contradiction_of_integers,
        contradiction_of_integers_and_ray,
        contradiction_of_fixed,
    ],
)
def test_infeasible(
    factory: Callable[..., Any], solver: Solver, spoil: Callable[[Any], None]
) -> None:
    """Five kinds of contradiction, one error; values and model stay as they were."""
    if IS_OLDEST and (solver.name, spoil) == ("gurobi_direct_v2", contradiction_of_fixed):
        pytest.skip("here this interface of Pyomo 6.10.0 stops with a NameError of its own")
    m = factory()
    m.x.value, m.y.value = 1, 7
    spoil(m)

    with pytest.raises(InfeasibleError, match="no point satisfies") as caught:
        solve(m, solver.name)
    assert (caught.value.status, caught.value.solver) == (Status.INFEASIBLE, solver.name)
    assert caught.value.result is not None
    assert math.isnan(caught.value.result.value)
    assert (m.x.value, m.y.value) == (1, 7)
    assert [o.name for o in m.component_objects(pyo.Objective)] == ["goal"]
    assert m.goal.active


def test_infeasible_equilibria_are_called_infeasible() -> None:
    """Also where simplex loses its way: it did for these bribes, of which there are too few.

    The least probability of a bribe with such a floor, another program, is above the cap.
    """
    game = load("S2122")
    m = pyo.ConcreteModel()
    m.eq = efce(game)
    offers = [f"{first}{said}{second}" for first in "012" for said in "ip" for second in "12"]
    bribed = sum(m.eq.probability(infoset, "pass") for infoset in offers)
    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 2.5)
    m.few = pyo.Constraint(expr=bribed <= 0.25)
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)

    with pytest.raises(InfeasibleError):
        solve(m)
    m.few.deactivate()
    m.goal.expr, m.goal.sense = bribed, pyo.minimize
    assert solve(m).value > 0.3


@pytest.mark.usefixtures("takes_integers")
@pytest.mark.parametrize("domain", [pyo.NonNegativeReals, pyo.NonNegativeIntegers])
@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_unbounded(solver: Solver, sense: Any, domain: Any) -> None:
    """Continuous or integer, one error; values and model stay as they were."""
    sign = 1 if sense == pyo.maximize else -1
    m = pyo.ConcreteModel()
    m.x = pyo.Var(domain=domain, initialize=3)
    m.y = pyo.Var(domain=pyo.NonNegativeReals)
    m.row = pyo.Constraint(expr=m.x - m.y <= 1)
    m.goal = pyo.Objective(expr=sign * (m.x + m.y), sense=sense)

    with pytest.raises(UnboundedError, match="no finite optimum") as caught:
        solve(m, solver.name)
    assert caught.value.result is not None
    assert caught.value.result.bound == sign * math.inf
    assert m.x.value == 3
    assert [o.name for o in m.component_objects(pyo.Objective, active=True)] == ["goal"]


def test_minimised_formulation_is_pointed_out(solver: Solver) -> None:
    """Who forgets ``sense`` minimises a value that a formulation bounds from above alone."""
    m = pyo.ConcreteModel()
    m.eq = nash_zero_sum(Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    m.goal = pyo.Objective(expr=m.eq.value)

    with pytest.raises(UnboundedError, match=r"made to be maximised: .*sense=pyo\.maximize"):
        solve(m, solver.name)


def test_message_is_made_of_sentences(factory: Callable[..., Any]) -> None:
    """No question mark before a full stop, and no hint where none is due."""
    m = factory()
    m.free = pyo.Var()
    m.goal.set_value(m.free)

    with pytest.raises(UnboundedError) as caught:
        solve(m, "highs")
    assert str(caught.value) == (
        "highs: the objective has no finite optimum over the feasible points. Check its sense, and "
        "the bounds of the variables in it. The variables keep the values that they had."
    )


@pytest.mark.usefixtures("takes_integers")
def test_time_limit_with_a_point(solver: Solver) -> None:
    """The incumbent is loaded, and its status says that it is not proven optimal."""
    m = market_split(exact=False)

    result = solve(m, solver.name, time_limit=0.5)
    assert result.status == "feasible"
    assert result.value == pytest.approx(sum(s.value for s in m.slack.values()))
    assert result.bound <= 1e-6 < result.value
    assert all(abs(row.uslack()) < 1e-5 for row in m.rows.values())


@pytest.mark.usefixtures("takes_integers")
def test_time_limit_without_a_point(solver: Solver) -> None:
    """An error that keeps the bound, the log and the time; the variables keep their values."""
    m = market_split(exact=True)
    m.x.set_values(dict.fromkeys(m.x, 1))

    with pytest.raises(SolverError, match="Give it more time") as caught:
        solve(m, solver.name, time_limit=0.2)
    result = caught.value.result
    assert caught.value.status == "time_limit"
    assert result is not None
    assert result.bound <= 1e-6
    assert result.seconds > 0
    assert result.log
    assert all(x.value == 1 for x in m.x.values())


def test_time_limit_of_a_linear_program(solver: Solver) -> None:
    """No time at all: no point, and no bound from a simplex that did not start."""
    draw = random.Random(3)  # noqa: S311 - a game of numbers, no secret
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(60), domain=pyo.NonNegativeReals)
    m.rows = pyo.Constraint(range(40))
    for i in range(40):
        m.rows[i] = sum(draw.randint(1, 9) * x for x in m.x.values()) <= draw.randint(50, 99)
    m.floor = pyo.Constraint(expr=sum(m.x.values()) >= 1)
    m.goal = pyo.Objective(expr=sum(m.x.values()), sense=pyo.maximize)

    with pytest.raises(SolverError) as caught:
        solve(m, solver.name, time_limit=0)
    assert caught.value.status == "time_limit"
    assert caught.value.result is not None
    assert caught.value.result.bound == math.inf
    assert m.x[0].value is None


def test_licence_that_is_too_small() -> None:
    """Gurobi's wheel takes 2000 variables: the error says licence, and "auto" goes on."""
    m = pyo.ConcreteModel()
    m.x, m.y = pyo.Var(bounds=(0, 1)), pyo.Var(bounds=(0, 1))
    m.goal = pyo.Objective(expr=m.x * m.y, sense=pyo.maximize)
    m.z = pyo.Var(range(2100), bounds=(0, 1))
    m.all = pyo.Constraint(expr=sum(m.z.values()) <= 7)
    if not {"gurobi_persistent_v2", "scip_direct"} <= set(available_solvers()):
        pytest.skip("needs Gurobi and SCIP")
    try:
        solve(m, "gurobi")
        pytest.skip("this licence has no limit")
    except SolverError as error:
        assert error.status == "licence"  # noqa: PT017 - a full licence raises nothing

    assert solve(m).solver == "scip_direct"


@pytest.mark.parametrize("name", ["gurobi_direct", "gurobi_direct_v2", "gurobi_persistent_v2"])
def test_every_gurobi_interface_says_licence(name: str) -> None:
    """Three interfaces, one status."""
    m = pyo.ConcreteModel()
    m.z = pyo.Var(range(2100), bounds=(0, 1))
    m.all = pyo.Constraint(expr=sum(m.z.values()) <= 7)
    m.goal = pyo.Objective(expr=m.z[0])
    if name not in available_solvers():
        pytest.skip(f"{name} is not available")
    try:
        solve(m, name)
        pytest.skip("this licence has no limit")
    except SolverError as error:
        assert error.status == "licence"  # noqa: PT017 - a full licence raises nothing


@pytest.fixture
def broken_glpk(tmp_path: Path) -> Iterator[None]:
    """Put a program that dies in the place of GLPK's."""
    program = tmp_path / "glpsol"
    program.write_text(
        '#!/bin/sh\nif [ "$1" = --version ]; then echo "GLPSOL 5.0"; exit 0; fi\n'
        "echo out of luck\nexit 3\n"
    )
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        Executable("glpsol").rehash()
        yield
    Executable("glpsol").rehash()


@pytest.mark.usefixtures("broken_glpk")
def test_program_that_dies(factory: Callable[..., Any]) -> None:
    """The error keeps what the program said last."""
    with pytest.raises(SolverError, match="stopped with an error") as caught:
        solve(factory(), "glpk")

    assert caught.value.status == "crashed"
    assert caught.value.result is not None
    assert "out of luck" in caught.value.result.log


def test_interface_that_gives_up(factory: Callable[..., Any]) -> None:
    """SCIP's interface knows no hyperbolic sine; the cause stays attached."""
    if "scip_direct" not in available_solvers():
        pytest.skip("scip_direct is not available")
    m = factory()
    m.one.set_value(pyo.sinh(m.x) <= 4)

    with pytest.raises(SolverError, match="NotImplementedError") as caught:
        solve(m, "scip_direct")
    assert caught.value.status == "crashed"
    assert isinstance(caught.value.__cause__, NotImplementedError)


def test_refused_option_stops_before_the_solve(factory: Callable[..., Any], solver: Solver) -> None:
    """Nothing is solved with an option left out."""
    m = factory()

    with pytest.raises(SolverError, match="refuses the option 'no_such_option'"):
        solve(m, solver.name, options={"no_such_option": 1})
    assert m.x.value is None
