"""What the components made from arrays rely on inside Pyomo is still there.

A test that fails here names what a new release of Pyomo has changed, and which part of
``efmodels.pyomo_internals.components`` or ``values`` must follow.
"""

from __future__ import annotations

import inspect
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.common.autoslots import AutoSlots
from pyomo.core.base.component import ActiveComponentData, ComponentData
from pyomo.core.base.constraint import Constraint, ConstraintData, IndexedConstraint
from pyomo.core.base.expression import NamedExpressionData
from pyomo.core.base.indexed_component import ActiveIndexedComponent, IndexedComponent
from pyomo.core.base.objective import ObjectiveData, ScalarObjective
from pyomo.core.base.var import IndexedVar, Var, VarData
from pyomo.core.expr import LinearExpression
from pyomo.core.staleflag import StaleFlagManager

from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.pyomo_internals import MatrixRowData, Position


@pytest.mark.parametrize(
    ("kind", "slots", "who"),
    [
        (ComponentData, ("_component", "_index", "__weakref__"), "everything"),
        (VarData, ("_value", "_lb", "_ub", "_domain", "_fixed", "_stale"), "VariablesOnDemand"),
        (ActiveComponentData, ("_active",), "RowsOnDemand"),
        (ConstraintData, ("_expr",), "MatrixRowData"),
        (ObjectiveData, ("_args_", "_sense"), "ObjectiveOnDemand"),
    ],
)
def test_data_objects_have_the_same_slots(kind: type, slots: tuple[str, ...], who: str) -> None:
    """An attribute that Pyomo adds, drops or renames would be wrong in new objects."""
    assert kind.__slots__ == slots, f"Pyomo changed the slots of {kind.__name__}: see {who}"


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (IndexedComponent._validate_index, "idx"),  # noqa: SLF001 - as are all of these
        (IndexedComponent._getitem_when_not_present, "index"),  # noqa: SLF001
        (IndexedComponent.__getitem__, "index"),
        (IndexedComponent.__setitem__, "index val"),
        (IndexedComponent.__delitem__, "index"),
        (IndexedComponent.keys, "sort ordered"),
        (IndexedComponent.values, "sort ordered"),
        (IndexedComponent.items, "sort ordered"),
        (IndexedComponent.clear, ""),
        (ActiveIndexedComponent.activate, ""),
        (ActiveIndexedComponent.deactivate, ""),
        (ComponentData.index, ""),
        (IndexedVar.__getitem__, "args"),
        (IndexedVar.fix, "value skip_validation"),
        (IndexedVar.unfix, ""),
        (IndexedVar.setlb, "val"),
        (IndexedVar.setub, "val"),
        (Var.construct, "data"),
        (Var.flag_as_stale, ""),
        (Var.get_values, "include_fixed_values"),
        (Constraint.construct, "data"),
        (Constraint.display, "prefix ostream"),
        (IndexedConstraint._setitem_when_not_present, "index value"),  # noqa: SLF001
        (ConstraintData.__init__, "expr component"),
        (ConstraintData.to_bounded_expression, "evaluate_bounds"),
        (ConstraintData.set_value, "expr"),
        (VarData.__init__, "component"),
        (VarData.set_value, "val skip_validation"),
        (ScalarObjective.construct, "data"),
        (LinearExpression.__init__, "args constant linear_coefs linear_vars"),
        (StaleFlagManager.mark_all_as_stale, "delayed"),
        (StaleFlagManager.stale_mapper, "encode value"),
        (AutoSlots.encode_as_none, "encode val"),
    ],
    ids=lambda value: getattr(value, "__qualname__", None),
)
def test_methods_have_the_same_parameters(function: Any, parameters: str) -> None:
    """What is overridden or called takes what it took."""
    found = [name for name in inspect.signature(function).parameters if name != "self"]

    assert found == parameters.split(), f"Pyomo changed {function.__qualname__}: see components.py"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *((ConstraintData, name) for name in ("expr", "body", "lb", "ub", "equality")),
        (NamedExpressionData, "args"),
        (IndexedVar, "domain"),
    ],
)
def test_properties_are_properties(kind: type, name: str) -> None:
    """What is overridden as a property still is one."""
    is_property = isinstance(inspect.getattr_static(kind, name), property)

    assert is_property, f"Pyomo made {kind.__name__}.{name} something else: see components.py"


@pytest.mark.parametrize("method", ["_create_objects_for_deepcopy", "is_reference"])
def test_data_objects_lie_in_a_plain_dictionary(method: str) -> None:
    """Pyomo takes a component with another kind of mapping for a reference to others."""
    assert hasattr(IndexedComponent, method), f"Pyomo dropped IndexedComponent.{method}"
    m = pyo.ConcreteModel()
    m.x = MatrixVar(1)

    assert type(m.x._data) is dict  # noqa: SLF001 - the mapping itself
    assert not m.x.is_reference()


def test_variables_are_of_pyomos_own_class() -> None:
    """Interfaces look variables up by their class."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(2, labels=["a", "b"])

    assert type(m.x["a"]) is VarData, "see VariablesOnDemand._make"


def test_an_index_asks_the_component() -> None:
    """`VarData.index` looks itself up by its index, which then becomes the name."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(2, labels=["a", "b"])
    v = m.x[1]
    assert type(v._index) is Position  # noqa: SLF001 - what this is about

    assert v.index() == "b", "Pyomo changed ComponentData.index: see VariablesOnDemand.__getitem__"
    assert type(v._index) is str  # noqa: SLF001 - likewise
    assert v.index() == "b"


def test_an_expression_detaches_a_row() -> None:
    """`ConstraintData.set_value` writes ``_expr``, which alone tells the two kinds of row apart."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(1)
    m.rows = MatrixConstraint([([[1.0]], m.x)], rhs=0)
    row = m.rows[0]
    assert (type(row), row.is_detached) == (MatrixRowData, False)

    row.set_value(m.x[0] <= 1)
    assert row.is_detached, "Pyomo changed ConstraintData.set_value: see MatrixRowData.is_detached"


def test_stale_flags_count_solutions() -> None:
    """A value that is set after a solution has been loaded gets another flag, every time."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var()
    flags = []
    for _ in range(3):
        m.x.value = 1.0
        flags.append(m.x._stale)  # noqa: SLF001 - the flag
        StaleFlagManager.mark_all_as_stale(delayed=True)

    assert len(set(flags)) == 3, "Pyomo changed StaleFlagManager: see stale_flags"
    assert StaleFlagManager.stale_mapper(True, flags[0]) is True
    assert StaleFlagManager.stale_mapper(False, True) == 0
    assert StaleFlagManager.stale_mapper(False, False) == StaleFlagManager.get_flag(0)


def test_fields_of_components_are_mapped_in_copies() -> None:
    """``__autoslot_mappers__`` also covers attributes that are no slots."""
    info = MatrixConstraint.__auto_slots__
    assert info.field_mappers["_last_body"] is AutoSlots.encode_as_none, "see RowsOnDemand"
    assert "_stale_flag" in MatrixVar.__auto_slots__.field_mappers, "see VariablesOnDemand"
