"""What kind of model it is, before any solver sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.gdp import Disjunction
from pyomo.mpec import Complementarity, complements
from scipy import sparse

from efmodels.errors import CapabilityError, ModelError
from efmodels.model_class import classify, is_convex
from efmodels.solvers import Capability

if TYPE_CHECKING:
    from collections.abc import Callable

LP, MIP, QP, MIQP = Capability.LP, Capability.MIP, Capability.QP, Capability.MIQP
NONCONVEX, QCP, NLP, SOS = (
    Capability.NONCONVEX_QP,
    Capability.QCP,
    Capability.NLP,
    Capability.SOS,
)


@pytest.fixture
def model() -> Any:
    """Return a linear model: x, y in [0, 2], x + y <= 3, minimise x + y."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(0, 2))
    m.y = pyo.Var(bounds=(0, 2))
    m.row = pyo.Constraint(expr=m.x + m.y <= 3)
    m.goal = pyo.Objective(expr=m.x + m.y)
    return m


def needs(model: Any) -> set[Capability]:
    """Return what a model needs."""
    return set(classify(model).needs)


def test_linear(model: Any) -> None:
    """A linear model needs nothing special, and has duals."""
    assert needs(model) == {LP}
    assert classify(model).has_duals


OBJECTIVES: list[tuple[Callable[[Any, Any], Any], Any, set[Capability]]] = [
    (lambda x, y: (x - y) ** 2, pyo.minimize, {QP}),
    (lambda x, y: (x - y) ** 2, pyo.maximize, {NONCONVEX}),
    (lambda x, y: -((x + y) ** 2), pyo.maximize, {QP}),
    (lambda x, y: x * y, pyo.minimize, {NONCONVEX}),
    (lambda x, y: x**2 + y**2 + 2 * x * y, pyo.minimize, {QP}),
    (lambda x, y: x**2 + y**2 + 2.001 * x * y, pyo.minimize, {NONCONVEX}),
    (lambda x, y: x * y - x * y + x, pyo.minimize, {QP}),
    (lambda x, y: x * pyo.log(y), pyo.minimize, {NLP}),
    (lambda x, y: x**3 + y, pyo.minimize, {NLP}),
    (lambda x, y: abs(x) + y, pyo.minimize, {NLP}),
]


@pytest.mark.parametrize(("expression", "sense", "expected"), OBJECTIVES)
def test_objective(
    model: Any, expression: Callable[[Any, Any], Any], sense: Any, expected: set[Capability]
) -> None:
    """Convexity goes with the sense; what is no quadratic is nonlinear."""
    model.goal.set_value(expression(model.x, model.y))
    model.goal.sense = sense

    assert needs(model) == {LP} | expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (lambda x, y: x * y, {QCP}),
        (lambda x, y: x**2 + y**2, {QCP}),
        (lambda x, y: pyo.exp(x) + y, {NLP}),
        (lambda x, y: x * y * y, {NLP}),
        (lambda x, y: 2 * x + 3 * y, set()),
    ],
)
def test_row(model: Any, expression: Callable[[Any, Any], Any], expected: set[Capability]) -> None:
    """Every quadratic row counts, convex or not."""
    model.extra = pyo.Constraint(expr=expression(model.x, model.y) <= 1)

    assert needs(model) == {LP} | expected


def test_row_is_named(model: Any) -> None:
    """An error can say which row made the model nonlinear."""
    model.extra = pyo.Constraint([1, 2])
    model.extra[2] = model.x * model.y <= 1

    assert classify(model).needs[QCP] == "extra[2]"


def test_fixed_variables_are_constants(model: Any) -> None:
    """A product with a fixed variable is linear, and a fixed integer needs no integer solver."""
    model.n = pyo.Var(domain=pyo.Integers, initialize=2)
    model.extra = pyo.Constraint(expr=model.x * model.n <= 1)
    model.n.fix()

    assert needs(model) == {LP}
    model.n.unfix()
    assert needs(model) == {LP, MIP, QCP}


def test_deactivated_parts_do_not_count(model: Any) -> None:
    """Neither an inactive row nor an inactive block is looked at."""
    model.extra = pyo.Constraint(expr=model.x * model.y <= 1)
    model.extra.deactivate()
    model.part = pyo.Block()
    model.part.row = pyo.Constraint(expr=pyo.exp(model.x) <= 3)
    model.part.deactivate()

    assert needs(model) == {LP}


def test_rows_of_a_matrix_are_not_looked_at(model: Any) -> None:
    """A component that says it holds matrix rows is believed."""
    model.extra = pyo.Constraint(expr=model.x * model.y <= 1)
    model.extra.is_matrix_rows = True

    assert needs(model) == {LP}


def test_integers_and_a_quadratic_together(model: Any) -> None:
    """HiGHS takes either, and not both: it is a capability of its own."""
    model.x.domain = pyo.Integers
    model.goal.set_value((model.x - model.y) ** 2)

    assert needs(model) == {LP, MIP, QP, MIQP}
    assert not classify(model).has_duals


def test_special_ordered_sets(model: Any) -> None:
    """They are discrete: no duals."""
    model.z = pyo.Var([1, 2], bounds=(0, 1))
    model.sos = pyo.SOSConstraint(var=model.z, sos=1)

    assert needs(model) == {LP, MIP, SOS}


def test_no_objective(model: Any) -> None:
    """The message says what to add."""
    model.goal.deactivate()

    with pytest.raises(ModelError, match=r"no active objective; add one: model.goal ="):
        classify(model)


def test_several_objectives(model: Any) -> None:
    """The message names them."""
    model.other = pyo.Objective(expr=model.x)

    with pytest.raises(ModelError, match="the active objectives goal, other; expected one"):
        classify(model)


def test_disjunction_is_refused(model: Any) -> None:
    """Several interfaces would drop it and call the rest optimal."""
    model.either = Disjunction(expr=[[model.x <= 0], [model.y <= 0]])

    with pytest.raises(CapabilityError, match=r"either is a Disjunction.*gdp\.bigm"):
        classify(model)


def test_complementarity_is_refused(model: Any) -> None:
    """The same, for the other component that is not made of rows."""
    model.pair = Complementarity(expr=complements(model.x >= 0, model.y >= 0))

    with pytest.raises(CapabilityError, match=r"pair is a Complementarity.*mpec"):
        classify(model)


def test_transformed_disjunction_is_a_mip(model: Any) -> None:
    """What the message advises works."""
    model.either = Disjunction(expr=[[model.x <= 0], [model.y <= 0]])
    pyo.TransformationFactory("gdp.bigm").apply_to(model)

    assert needs(model) == {LP, MIP}


def test_model_without_data() -> None:
    """An abstract model has to become an instance first."""
    with pytest.raises(CapabilityError, match="create_instance"):
        classify(pyo.AbstractModel())


def test_something_else() -> None:
    """Anything but a model is named by its type."""
    with pytest.raises(
        CapabilityError, match="expected a ConcreteModel or one concrete Block, got a str"
    ):
        classify("model")


def test_indexed_block_is_refused() -> None:
    """One block at a time."""
    m = pyo.ConcreteModel()
    m.parts = pyo.Block([1, 2])

    with pytest.raises(CapabilityError, match="one concrete Block"):
        classify(m.parts)


@pytest.mark.parametrize("seed", range(20))
def test_convexity_agrees_with_eigenvalues(seed: int) -> None:
    """Sparse forms of any rank, with the smallest eigenvalue shifted to either side of zero."""
    random = np.random.default_rng(seed)
    factor = sparse.random_array((30, 12), density=0.2, rng=random)
    gram = (factor @ factor.T).toarray()  # singular: its smallest eigenvalue is 0
    shift = random.choice([-1e-3, 0.0, 1e-3]) * abs(gram).max()
    form = gram + shift * np.eye(30)

    expected = bool(np.linalg.eigvalsh(form).min() >= -1e-9 * abs(form).max())
    assert is_convex(sparse.csc_array(form)) == expected


def test_convexity_of_a_large_sparse_form() -> None:
    """A chain of 20000 variables: a dense factorization would need 3 GB."""
    n = 20_000
    chain = sparse.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(n, n))

    assert is_convex(sparse.csc_array(chain))
    assert not is_convex(sparse.csc_array(chain - 0.01 * sparse.eye_array(n)))


def test_parts_of_a_model_are_refused() -> None:
    """Duals and side constraints belong to the whole model."""
    m = pyo.ConcreteModel(name="whole")
    m.part = pyo.Block()
    m.part.x = pyo.Var(bounds=(0, 1))
    m.part.goal = pyo.Objective(expr=m.part.x)

    with pytest.raises(ModelError, match="'part' is a part of the model 'whole'"):
        classify(m.part)


def test_unnamed_model_is_not_called_unknown() -> None:
    """What Pyomo calls a model without a name is kept out of messages; a name is said."""
    with pytest.raises(ModelError, match=r"^the model has no active objective"):
        classify(pyo.ConcreteModel())
    with pytest.raises(ModelError, match=r"^the model 'diet' has no active objective"):
        classify(pyo.ConcreteModel("diet"))
