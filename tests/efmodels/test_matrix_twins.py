"""Looking at matrix components, and changing them, is as with ordinary ones: two twins compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest
from pyomo.core.expr.visitor import identify_variables
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from pyomo.util.model_size import build_model_size_report

from tests.matrix_twins import assert_twins_agree, solved, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

# Looking at components -----------------------------------------------------------------------


def keys(m: Any) -> Any:
    """Ask for keys, their order and number, and membership."""
    x, rows = m.x, m.part.rows
    found = ["a" in x, "q" in x, 2 in m.part.z, "s" in rows, 7 in rows]
    return list(x), list(x.keys()), list(rows), len(x), len(rows), found, list(m.part.z)


def items(m: Any) -> Any:
    """Walk over items and values, also sorted."""
    pairs = [(key, str(row)) for key, row in m.part.rows.items()]
    return pairs, [v.name for v in m.x.values()], [v.name for v in m.x.values(sort=True)]


def index(m: Any) -> Any:
    """Ask an object for its index, its component and its block."""
    v, row = m.x["b"], m.part.rows["t"]
    return (
        v.index(),
        row.index(),
        v.local_name,
        row.parent_component().name,
        row.parent_block().name,
    )


def index_sets(m: Any) -> Any:
    """Ask index sets for members, order and dimension."""
    names = m.x.index_set()
    return (
        list(names),
        names.dimen,
        len(names),
        names.at(2),
        m.part.z.index_set().bounds(),
        m.x.dim(),
    )


def component_data_objects(m: Any) -> Any:
    """Walk over every variable, row and objective, in order."""
    kinds = (pyo.Var, pyo.Constraint, pyo.Objective)
    return [v.name for v in m.component_data_objects(kinds, active=True, sort=True)]


def pprint(m: Any) -> Any:
    """Print names, bodies and bounds."""
    m.x["a"].fix(1)
    return text_of(m.pprint)


def display(m: Any) -> Any:
    """Print values."""
    m.x.fix(1)
    m.y.value = 2
    m.part.z.fix(0)
    return text_of(m.display)


def rows(m: Any) -> Any:
    """Ask rows for their parts."""
    return [
        (str(c.expr), str(c.body), c.lb, c.ub, str(c.lower), str(c.upper), c.equality, c.has_lb())
        for c in m.component_data_objects(pyo.Constraint)
    ]


def slacks(m: Any) -> Any:
    """Ask rows for their value and their distance from their bounds."""
    m.x.set_values({"a": 1, "b": 2, "c": 3})
    m.part.z.set_values({0: 1, 1: 2})
    return [(c(), c.lslack(), c.uslack(), c.slack()) for c in m.part.rows.values()]


def values(m: Any) -> Any:
    """Set values one by one, by a dictionary and through a slice."""
    m.x["a"] = 1.5
    m.part.z[:] = 2
    m.x.set_values({"b": 7})
    return m.x.get_values(), m.x.extract_values(), m.part.z.get_values()


def identified_variables(m: Any) -> Any:
    """Find the variables of a row."""
    return [v.name for v in identify_variables(m.part.rows["t"].body)]


def polynomial_degree(m: Any) -> Any:
    """Ask rows and objective for their degree, which is 0 where all is fixed."""
    m.x.fix(0)
    return m.part.rows["r"].body.polynomial_degree(), m.goal.polynomial_degree()


def find_component(m: Any) -> Any:
    """Find a row and a variable by name."""
    return str(m.find_component("part.rows[s]").expr), m.find_component("x[b]").name


def model_size(m: Any) -> Any:
    """Count variables and rows."""
    return dict(build_model_size_report(m).overall)


def standard_repn(m: Any) -> Any:
    """Make a standard representation of a row."""
    repn = generate_standard_repn(m.part.rows["t"].body)
    return repn.constant, repn.linear_coefs, [v.name for v in repn.linear_vars]


def standard_form(m: Any) -> Any:
    """Compile the model to a standard form."""
    form = LinearStandardFormCompiler().write(m)
    return form.A.toarray().tolist(), list(form.rhs), form.c.toarray().tolist(), len(form.x)


# Changing them -------------------------------------------------------------------------------


def fix_one(m: Any) -> Any:
    """Fix one variable."""
    m.x["a"].fix(0.25)
    return solved(m)


def fix_and_unfix_all(m: Any) -> Any:
    """Fix and free all variables."""
    m.x.fix(1)
    was_fixed = [v.fixed for v in m.x.values()], m.x["b"].value
    m.x.unfix()
    return was_fixed, [v.fixed for v in m.x.values()], solved(m)


def bounds(m: Any) -> Any:
    """Set bounds of one and of all variables, by numbers and by parameters."""
    m.p = pyo.Param(initialize=0.5, mutable=True)
    m.x["c"].setub(1.25)
    m.part.z.setlb(-2)
    m.part.z.setub(m.p)
    m.p = 0.75
    return [v.bounds for v in m.component_data_objects(pyo.Var)], solved(m)


def domain_of_one(m: Any) -> Any:
    """Make one variable binary."""
    m.x["c"].domain = pyo.Binary
    pyo.SolverFactory("highs").solve(m)
    return m.x["c"].is_binary(), m.x["c"].value, m.x["a"].is_continuous(), pyo.value(m.goal)


def domain_of_all(m: Any) -> Any:
    """Make all variables integer."""
    m.x.domain = pyo.NonNegativeIntegers
    return [v.is_integer() for v in m.x.values()], [v.bounds for v in m.x.values()]


def deactivate_row(m: Any) -> Any:
    """Take a row away."""
    m.part.rows["s"].deactivate()
    m.y.setub(2)
    m.x["c"].setub(50)
    return solved(m), m.part.rows.active


def deactivate_rows(m: Any) -> Any:
    """Take all rows away, and bring one back."""
    m.part.rows.deactivate()
    inactive = [row.active for row in m.part.rows.values()], m.part.rows.active
    m.part.rows["s"].activate()
    return inactive, [row.active for row in m.part.rows.values()], m.part.rows.active, solved(m)


def activate_rows(m: Any) -> Any:
    """Bring all rows back."""
    m.part.rows["t"].deactivate()
    m.part.rows.deactivate()
    m.part.rows.activate()
    return [row.active for row in m.part.rows.values()], solved(m)


def replace_row(m: Any) -> Any:
    """Give a row another expression."""
    m.part.rows["s"] = m.x["c"] + m.y <= 4
    return str(m.part.rows["s"].expr), m.part.rows["s"].ub, solved(m)


def replace_row_by_curve(m: Any) -> Any:
    """Make a row nonlinear."""
    m.part.rows["s"].set_value(m.x["c"] ** 2 <= 4)
    m.x["c"].value = 3
    return str(m.part.rows["s"].body), m.part.rows["s"].slack(), m.part.rows["r"].lb


def delete_row(m: Any) -> Any:
    """Delete rows, by hand and by Skip, and bring one back."""
    del m.part.rows["t"]
    m.part.rows["r"].set_value(pyo.Constraint.Skip)
    without = list(m.part.rows), "t" in m.part.rows, len(m.part.rows)
    m.part.rows["t"] = m.x["b"] <= 1
    return without, list(m.part.rows), str(m.part.rows["t"].expr), solved(m)


def clear_rows(m: Any) -> Any:
    """Delete all rows."""
    m.part.rows.clear()
    return list(m.part.rows), len(m.part.rows), list(m.part.rows.values())


def replace_objective(m: Any) -> Any:
    """Give the objective another expression and another sense."""
    m.goal.expr = m.y + m.x["b"]
    m.goal.sense = pyo.minimize
    return str(m.goal.expr), m.goal.is_minimizing(), solved(m)


def objective(m: Any) -> Any:
    """Ask the objective for its expression and its value."""
    m.x.fix(2)
    m.part.z.fix(1)
    m.y.fix(3)
    return str(m.goal.expr), m.goal(), m.goal.sense, m.goal.active, pyo.value(m.goal + 1)


def side_constraint(m: Any) -> Any:
    """Add an ordinary constraint on single variables."""
    m.side = pyo.Constraint(expr=m.x["b"] + 2 * m.part.z[1] >= 1)
    return solved(m)


def suffixes(m: Any) -> Any:
    """Give suffixes to single objects and whole components."""
    m.weight = pyo.Suffix()
    m.weight[m.x["a"]] = 3
    m.weight.set_value(m.part.rows, 2)
    return [(component.name, number) for component, number in m.weight.items()]


def stale(m: Any) -> Any:
    """Ask which values a solution did not set."""
    m.x["a"].value = 1
    m.z = pyo.Var(initialize=3)
    before = m.x["a"].stale, m.x["b"].stale
    m.x["a"].fix(1)
    pyo.SolverFactory("highs").solve(m)
    return before, [v.stale for v in m.component_data_objects(pyo.Var)]


FEATURES = [
    *(keys, items, index, index_sets, component_data_objects, pprint, display, rows, slacks),
    *(values, identified_variables, polynomial_degree, find_component, model_size),
    *(standard_repn, standard_form, fix_one, fix_and_unfix_all, bounds, domain_of_one),
    *(domain_of_all, deactivate_row, deactivate_rows, activate_rows, replace_row),
    *(replace_row_by_curve, delete_row, clear_rows, replace_objective, objective),
    *(side_constraint, suffixes, stale),
]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.__name__)
def test_feature_treats_twins_alike(feature: Callable[[Any], Any]) -> None:
    """A feature of Pyomo does the same to the model from arrays and to its twin."""
    assert_twins_agree(feature)
