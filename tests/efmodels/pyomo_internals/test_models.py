"""What is asked of Pyomo about expressions, components and files is answered as before.

A test that fails here names what a new release of Pyomo has changed, and which function of
``efmodels.pyomo_internals.models`` must follow.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest
from pyomo.core.base.block import BlockData, declare_custom_block
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.opt import ProblemFormat
from pyomo.repn import generate_standard_repn
from pyomo.repn.util import categorize_valid_components

from efmodels.pyomo_internals import (
    is_plainly_linear,
    linear_terms_of,
    quadratic_terms_of,
    readable_label,
    unknown_components,
    write_with_pyomo,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def model() -> Any:
    """Return a model with two variables, of which one is fixed."""
    m = pyo.ConcreteModel()
    m.x, m.y = pyo.Var(), pyo.Var(initialize=2)
    m.y.fix()
    return m


@pytest.mark.parametrize(
    ("function", "parameters", "where"),
    [
        (generate_standard_repn, {"compute_values", "quadratic"}, "linear_terms_of"),
        (
            categorize_valid_components,
            {"model", "active", "valid", "targets"},
            "unknown_components",
        ),
        (declare_custom_block, {"name"}, "efmodels.blocks"),
        (LinearExpression, {"linear_coefs", "linear_vars"}, "efmodels.matrix.parts"),
        (BlockData.write, {"filename", "format", "io_options"}, "write_with_pyomo"),
    ],
    ids=lambda value: getattr(value, "__qualname__", None),
)
def test_functions_take_these_arguments(function: Any, parameters: set[str], where: str) -> None:
    """What is given by name still has that name."""
    missing = parameters - set(inspect.signature(function).parameters)

    assert not missing, f"{function.__qualname__} of Pyomo no longer takes {missing}: see {where}"


def test_linear_expressions_are_taken_apart(model: Any) -> None:
    """Coefficients, variables and the constant, in which a fixed variable is a number."""
    terms = linear_terms_of(3 * model.x + 5 * model.y + 1)

    assert terms is not None, "generate_standard_repn of Pyomo finds 3 x + 5 y + 1 nonlinear"
    found = list(terms.coefficients), [v.name for v in terms.variables], terms.constant
    assert found == ([3], ["x"], 11), "generate_standard_repn of Pyomo: see linear_terms_of"


def test_nonlinear_expressions_are_told_apart(model: Any) -> None:
    """A square is not linear, but quadratic; an exponential is neither."""
    terms = quadratic_terms_of(2 * model.x**2 + model.x)

    assert linear_terms_of(model.x**2) is None, "see linear_terms_of"
    assert quadratic_terms_of(pyo.exp(model.x)) is None, "see quadratic_terms_of"
    assert terms is not None, "see quadratic_terms_of"
    found = [(c, u.name, v.name) for c, (u, v) in zip(*terms, strict=True)]
    assert found == [(2, "x", "x")], "generate_standard_repn of Pyomo: see quadratic_terms_of"


def test_fixed_variable_without_a_value_is_an_error(model: Any) -> None:
    """`efmodels.compiled_rows.linear_terms` turns it into an error that names the row."""
    model.y.set_value(None)

    with pytest.raises((TypeError, ValueError)):
        linear_terms_of(3 * model.x + 5 * model.y)


def test_classes_that_are_linear(model: Any) -> None:
    """Sums and products with numbers are of classes that `is_plainly_linear` knows."""
    whole = 3 * model.x + 5 * model.y

    assert type(whole) is LinearExpression, "Pyomo's sums have another class: see is_plainly_linear"
    assert type(3 * model.x) is MonomialTermExpression, "so have its products"
    assert is_plainly_linear(whole)
    assert not is_plainly_linear(model.x * model.x)


def test_components_of_other_kinds_are_found(model: Any) -> None:
    """Active ones alone, wherever they are."""
    model.part = pyo.Block()
    model.part.z = pyo.Var([1, 2])
    model.part.order = pyo.SOSConstraint(var=model.part.z, sos=1)
    known = {pyo.Block, pyo.Var}
    found = unknown_components(model, known)
    model.part.order.deactivate()

    assert found == [("part.order", "SOSConstraint")], "see unknown_components"
    assert unknown_components(model, known) == [], "see unknown_components"


def test_labels_are_those_of_pyomos_writers() -> None:
    """The readers of a file look for a name that is spelled like this."""
    assert readable_label("eq.x[J_bet]") == "eq_x(J_bet)", "Pyomo spells names anew in .lp files"


def test_custom_blocks_lie_beside_their_data_class() -> None:
    """`efmodels.blocks` takes the component from the module's names."""
    made = declare_custom_block(name="BlockOfThisTest")(type("Data", (BlockData,), _here()))

    assert "BlockOfThisTest" in globals(), "declare_custom_block of Pyomo: see efmodels.blocks"
    assert isinstance(globals()["BlockOfThisTest"](concrete=True), made)


def _here() -> dict[str, Any]:
    return {"__module__": __name__}


def test_writing_leaves_no_trace(model: Any, tmp_path: Path) -> None:
    """Pyomo returns the symbols of a file, and keeps them on the model until they are deleted."""
    model.goal = pyo.Objective(expr=model.x)
    block = pyo.Block(concrete=True)
    block.x = pyo.Var()
    block.goal = pyo.Objective(expr=block.x)
    model.write(str(tmp_path / "kept.lp"))
    kept = len(model.solutions.symbol_map)
    for each in (model, block):
        write_with_pyomo(each, tmp_path / "small.lp", ProblemFormat.cpxlp, readable=True)

    assert kept == 1, "Pyomo keeps no symbols now: see write_with_pyomo"
    assert len(model.solutions.symbol_map) == kept, "Pyomo keeps symbols elsewhere: likewise"
    assert not hasattr(block, "solutions"), "Pyomo keeps the solutions of blocks now: likewise"
    assert "+1 x" in (tmp_path / "small.lp").read_text(encoding="utf-8")
