"""Matrix variables: arrays until somebody asks for an object, and the two never disagree."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, ModelError
from efmodels.matrix import MatrixVar
from efmodels.matrix.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Callable

INF = np.inf


def variables(**arguments: Any) -> MatrixVar:
    """Return three variables on a model, which they keep alive as an attribute."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3, labels=["a", "b", "c"], **arguments)
    m.x.keeper = m
    return m.x


def made(component: Any) -> int:
    """Return how many data objects there are."""
    return len(component._data)  # noqa: SLF001 - Pyomo's dictionary of them


def made_all(x: MatrixVar) -> MatrixVar:
    """Make every object."""
    assert len(list(x.values())) == x.size
    return x


def made_some(x: MatrixVar) -> MatrixVar:
    """Make one object."""
    assert x["b"].index() == "b"
    return x


def made_none(x: MatrixVar) -> MatrixVar:
    """Make none."""
    return x


each_way = pytest.mark.parametrize("make", [made_none, made_some, made_all])


def test_objects_appear_on_demand() -> None:
    """Only what is asked for is made, once, and arrays ask for nothing."""
    x = variables(domain=pyo.NonNegativeReals, bounds=(None, 5))
    x.set_array([1, 2, 3])
    x.fix()
    arrays = (x.array, x.lower_array, x.upper_array, x.fixed_array, x.integer_array)
    assert [len(array()) for array in arrays] == [3, 3, 3, 3, 3]
    assert (len(x), "b" in x, made(x)) == (3, True, 0)

    assert x["b"] is x[1] is x["b"]
    assert made(x) == 1


@each_way
def test_values_are_one_store(make: Callable[[MatrixVar], MatrixVar]) -> None:
    """What goes in as an array comes out of the objects, and the other way round."""
    x = make(variables())
    x.set_array([1.5, np.nan, 3])
    assert [v.value for v in make(x).values()] == [1.5, None, 3]

    x["b"].value = 7
    x["c"].set_value(None)
    np.testing.assert_array_equal(x.array(), [1.5, 7, np.nan])

    x.set_array(2)
    assert x.array().tolist() == [2, 2, 2]
    assert x.get_values() == {"a": 2, "b": 2, "c": 2}


@each_way
def test_bounds_are_one_store(make: Callable[[MatrixVar], MatrixVar]) -> None:
    """Bounds of one, of all and of the domain come out as arrays, the tightest of them."""
    x = make(variables(domain=pyo.NonNegativeReals, bounds=(-1, [4, INF, 5])))
    assert x.lower_array().tolist() == [0, 0, 0]
    assert x.upper_array().tolist() == [4, INF, 5]

    x["a"].setub(2)
    x["c"].setlb(1)
    x["b"].domain = pyo.Reals
    assert x.lower_array().tolist() == [0, -1, 1]
    assert x.upper_array().tolist() == [2, INF, 5]

    x.setlb([3, -3, -INF])
    x.setub(None)
    assert [v.bounds for v in make(x).values()] == [(3, None), (-3, None), (0, None)]
    assert x.lower_array().tolist() == [3, -3, 0]
    assert x.upper_array().tolist() == [INF, INF, INF]


@each_way
def test_fixing_is_one_store(make: Callable[[MatrixVar], MatrixVar]) -> None:
    """Variables are fixed one by one or all at once, at numbers of their own."""
    x = make(variables(domain=pyo.NonNegativeReals))
    x["b"].fix(1)
    assert x.fixed_array().tolist() == [False, True, False]

    x.fix([1, 2, 3])
    assert x.fixed_array().tolist() == [True, True, True]
    assert [(v.fixed, v.value) for v in make(x).values()] == [(True, 1), (True, 2), (True, 3)]

    x.unfix()
    assert not x.fixed_array().any()
    assert x.array().tolist() == [1, 2, 3]


@each_way
def test_domains_are_one_store(make: Callable[[MatrixVar], MatrixVar]) -> None:
    """A domain is that of one or of all."""
    x = make(variables())
    x["c"].domain = pyo.Binary
    assert x.integer_array().tolist() == [False, False, True]
    assert x.upper_array().tolist() == [INF, INF, 1]

    x.domain = pyo.Integers
    assert x.integer_array().tolist() == [True, True, True]
    x.domain = lambda _, name: pyo.Binary if name == "a" else pyo.Reals
    assert x.integer_array().tolist() == [True, False, False]


def test_a_rule_for_domains_is_refused() -> None:
    """A component is made with one domain."""
    with pytest.raises(TypeError, match="domain must be one set"):
        MatrixVar(3, domain=lambda _, __: pyo.Binary)


def test_a_domain_with_gaps_is_no_linear_program() -> None:
    """The array cannot say what a domain with gaps is."""
    x = variables(domain=pyo.Set(initialize=[0, 5]))

    with pytest.raises(ModelError, match="neither an interval nor its whole numbers"):
        x.integer_array()


@each_way
def test_values_are_stale_or_not(make: Callable[[MatrixVar], MatrixVar]) -> None:
    """A value is stale until it is set, and when other values come from a solver."""
    x = make(variables(initialize=[1, 2, np.nan]))
    y = make(variables())
    assert not x["a"].stale
    assert y["b"].stale

    m = pyo.ConcreteModel()
    m.z = pyo.Var(bounds=(0, 1))
    m.goal = pyo.Objective(expr=m.z)
    pyo.SolverFactory("highs").solve(m)
    assert (x["a"].stale, make(x)["b"].stale, m.z.stale) == (True, True, False)

    y.set_array(1)
    assert not y["b"].stale
    y.flag_as_stale()
    assert [v.stale for v in y.values()] == [True, True, True]


@pytest.mark.parametrize(
    ("domain", "value", "count"),
    [(pyo.NonNegativeReals, -1, 3), (pyo.Reals, 6, 3), (pyo.Integers, [1, 2.5, 3], 1)],
)
def test_fixing_warns_as_pyomo_does(
    caplog: pytest.LogCaptureFixture, domain: Any, value: Any, count: int
) -> None:
    """A value outside the domain or the bounds is set, with one warning per variable."""
    x = variables(domain=domain, bounds=(None, 5))
    with caplog.at_level(logging.WARNING, logger="pyomo.core"):
        x.fix(value)

    assert len(caplog.records) == count
    assert x.array().tolist() == np.broadcast_to(value, 3).tolist()
    caplog.clear()
    x.fix(value, skip_validation=True)
    assert not caplog.records


def test_parameters_are_bounds_and_values() -> None:
    """A mutable parameter as a bound stays one; as a value it is evaluated."""
    x = variables()
    x.keeper.p = pyo.Param(initialize=2.0, mutable=True)
    x.setlb(x.keeper.p)
    x.setub(3 * x.keeper.p)
    x.fix(x.keeper.p)
    x.keeper.p = 4.0

    assert x.lower_array().tolist() == [4, 4, 4]
    assert x.upper_array().tolist() == [12, 12, 12]
    assert x.array().tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: x.set_array([1, 2]),
        lambda x: x.setlb([1, 2]),
        lambda x: x.fix([[1, 2, 3]]),
        lambda _: MatrixVar(3, initialize=[1, 2]),
        lambda _: MatrixVar(3, bounds=([0, 0], None)),
    ],
)
def test_arrays_of_the_wrong_size_are_refused(wrong: Callable[[MatrixVar], Any]) -> None:
    """The message says how many numbers were expected."""
    with pytest.raises(GameError, match="give one number or 3"):
        wrong(variables())


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "b"], "got 2 labels for 3 variables"),
        (["a", "b", "a"], "label 'a' is given twice"),
        (["a", 2, "c"], "a label must be a text; got 2"),
    ],
)
def test_wrong_labels_are_refused(labels: list[Any], message: str) -> None:
    """Labels are as many as the variables, different texts."""
    with pytest.raises(GameError, match=message):
        MatrixVar(3, labels=labels)


def test_names_are_made_when_somebody_asks() -> None:
    """Numbers lead to variables without one name; the first name that is asked for makes all."""
    polytope = ef.instances.kuhn().sequence_form().polytope("P1")
    m = pyo.ConcreteModel()
    m.x = MatrixVar(polytope.size, labels=polytope)
    m.v = MatrixVar(polytope.points + 1, labels=Labels.of_rows(polytope))
    m.side = pyo.Constraint(expr=m.x[3] + m.v[1] <= 1)
    assert not {"names", "row_names"} & vars(polytope).keys()

    assert m.x[3].name == f"x[{polytope.names[3]}]"
    assert m.v[1].index() == polytope.row_names[1]
    assert m.x[polytope.names[3]] is m.x[3]


def test_numbers_count_from_either_end() -> None:
    """Named variables count like a list, unnamed ones have no others than their keys."""
    x = variables()
    m = pyo.ConcreteModel()
    m.y = MatrixVar(2)

    assert x[-1] is x["c"]
    assert (-4 in x, 3 in x, -1 in m.y, 1 in m.y, ("a", "b") in x) == (False,) * 3 + (True, False)
    for key in (-1, 2, "a"):
        with pytest.raises(KeyError):
            m.y[key]


def test_a_pair_that_is_none_is_no_member() -> None:
    """Membership of an infoset and an action that do not exist is no error."""
    polytope = ef.instances.kuhn().sequence_form().polytope("P1")
    x = MatrixVar(polytope.size, labels=polytope)
    infoset = polytope.point_names[0]

    assert (infoset, polytope.choice_names[1]) in x
    assert (infoset, "cry") not in x
    assert ("nowhere", "cry") not in x


def test_a_variable_cannot_be_deleted() -> None:
    """The matrices have a column for it."""
    with pytest.raises(TypeError, match="cannot be deleted; fix it instead"):
        del variables()["a"]


def test_abstract_models_make_instances() -> None:
    """A component of an abstract model is made once for each instance."""
    a = pyo.AbstractModel()
    a.x = MatrixVar(2, bounds=(0, [1, 2]))
    a.side = pyo.Constraint(rule=lambda m: m.x[0] + m.x[1] <= 2.5)
    one, two = a.create_instance(), a.create_instance()
    one.x[0].setub(0.5)

    assert one.x.upper_array().tolist() == [0.5, 2]
    assert two.x.upper_array().tolist() == [1, 2]
