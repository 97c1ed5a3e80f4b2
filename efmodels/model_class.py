"""What kind of model this is, found before any solver sees it.

HiGHS answers "optimal" to non-convex quadratics, with wrong values, and several interfaces drop
what they do not know (disjunctions, complementarities) in silence. So the model is looked at first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.numeric_types import native_numeric_types
from pyomo.network import Port
from scipy import sparse
from scipy.sparse.linalg import splu

from efmodels.answering_blocks import AnsweringBlockData
from efmodels.errors import CapabilityError, ModelError
from efmodels.matrix import LinearObjective, first_whole_number
from efmodels.pyomo_internals import is_plainly_linear, quadratic_terms_of, unknown_components
from efmodels.solvers import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping

CONVEXITY_TOLERANCE = 1e-9
"""A quadratic form is convex if no eigenvalue is below minus this times its largest entry."""

_QUADRATIC_DEGREE = 2
_HARMLESS = {
    pyo.Block,
    pyo.BuildAction,
    pyo.BuildCheck,
    pyo.Constraint,
    pyo.Expression,
    pyo.ExternalFunction,
    pyo.Objective,
    pyo.Param,
    Port,
    pyo.RangeSet,
    pyo.Set,
    pyo.SOSConstraint,
    pyo.Suffix,
    pyo.Var,
}


@dataclass(frozen=True)
class ModelClass:
    """What a model needs of a solver.

    Parameters
    ----------
    objective
        The one active objective.
    needs
        Each capability that a solver must have, with the component that makes it necessary. Duals
        are needed where a formulation reads its answer from those of some rows.
    """

    objective: Any
    needs: Mapping[Capability, str]

    @property
    def has_duals(self) -> bool:
        """Whether duals are defined: continuous, linear or with a convex quadratic objective."""
        return set(self.needs) <= {Capability.LP, Capability.QP, Capability.DUALS}


def classify(model: Any) -> ModelClass:
    """Return what a model needs of a solver.

    Fixed variables count as constants. A constraint component with a true attribute
    ``is_matrix_rows`` is taken to be linear without a look at its rows.

    Raises
    ------
    CapabilityError
        It is no concrete model or block, or it has components that no solver here understands.
    ModelError
        It has no active objective, or several.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var(bounds=(0, 1))
    >>> m.y = pyo.Var(domain=pyo.Binary)
    >>> m.goal = pyo.Objective(expr=m.x * m.y, sense=pyo.maximize)
    >>> for capability, component in classify(m).needs.items():
    ...     print(capability.name, "because of", component)
    LP because of goal
    MIP because of y
    NONCONVEX_QP because of goal
    """
    refuse_what_solvers_drop(model)
    if model.parent_block() is not None:
        raise ModelError(
            f"{model.name!r} is a part of {shown_name(model.model())}: solve the whole model"
        )
    objective = only_objective(model)
    needs = {Capability.LP: objective.name} | _of_variables(model) | _of_rows(model)
    needs |= _of_answers(model)
    of_objective = _of_objective(objective)
    if of_objective is not None:
        needs[of_objective] = objective.name
    if of_objective is Capability.QP and Capability.MIP in needs:
        needs[Capability.MIQP] = f"{objective.name} and {needs[Capability.MIP]}"
    return ModelClass(objective, needs)


def refuse_what_solvers_drop(model: Any) -> None:
    """Refuse a model with components that some solvers and writers would leave out.

    Raises
    ------
    CapabilityError
        It is no concrete model or block, or it has such a component, which the message names.
    """
    if not (getattr(model, "ctype", None) is pyo.Block and hasattr(model, "component_objects")):
        raise CapabilityError(
            f"expected a ConcreteModel or one concrete Block, got a {type(model).__name__}"
        )
    if not model.is_constructed():
        raise CapabilityError(
            f"{shown_name(model)} has no data yet; solve what its create_instance() returns"
        )
    unknown = unknown_components(model, _HARMLESS)
    if not unknown:
        return
    name, kind = min(unknown)
    raise CapabilityError(
        f"{name} is a {kind}, which some solvers would drop in silence. Rewrite it with "
        "constraints first, for example with pyo.TransformationFactory('gdp.bigm') for "
        "disjunctions or pyo.TransformationFactory('mpec.simple_disjunction'), then 'gdp.bigm', "
        "for complementarities"
    )


def only_objective(model: Any) -> Any:
    """Return the one active objective of a model.

    Raises
    ------
    ModelError
        It has none, or several.
    """
    objectives = list(model.component_data_objects(pyo.Objective, active=True, descend_into=True))
    if len(objectives) == 1:
        return objectives[0]
    if not objectives:
        raise ModelError(
            f"{shown_name(model)} has no active objective; add one: "
            "model.goal = pyo.Objective(expr=..., sense=pyo.maximize)"
        )
    names = ", ".join(objective.name for objective in objectives)
    raise ModelError(
        f"{shown_name(model)} has the active objectives {names}; expected one. Deactivate the "
        f"others: model.{objectives[0].name}.deactivate()"
    )


def _of_variables(model: Any) -> dict[Capability, str]:
    """Return what the variables and the special ordered sets need."""
    needs = {}
    whole = first_whole_number(model)
    if whole is not None:
        needs[Capability.MIP] = whole.name
    for ordered in model.component_data_objects(pyo.SOSConstraint, active=True, descend_into=True):
        needs[Capability.SOS] = ordered.name
        needs.setdefault(Capability.MIP, ordered.name)
        break
    return needs


def _of_rows(model: Any) -> dict[Capability, str]:
    needs: dict[Capability, str] = {}
    for component in model.component_objects(pyo.Constraint, active=True, descend_into=True):
        if getattr(component, "is_matrix_rows", False):
            continue
        for row in component.values():
            degree = _degree(row.body) if row.active else 0
            if degree is None or degree > _QUADRATIC_DEGREE:
                needs.setdefault(Capability.NLP, row.name)
            elif degree == _QUADRATIC_DEGREE:
                needs.setdefault(Capability.QCP, row.name)
    return needs


def nonlinear_component(model: Any) -> str | None:
    """Return the name of a row or an objective that is neither linear nor quadratic, or ``None``.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var(bounds=(1, 2))
    >>> m.goal = pyo.Objective(expr=pyo.log(m.x))
    >>> nonlinear_component(m)
    'goal'
    """
    objective = only_objective(model)
    if _of_objective(objective) is Capability.NLP:
        return str(objective.name)
    return _of_rows(model).get(Capability.NLP)


def _of_answers(model: Any) -> dict[Capability, str]:
    """Return whether some formulation reads its answer from duals."""
    for block in formulations_in(model):
        rows = getattr(block.formulation(), "duals_of", "")
        if rows:
            return {Capability.DUALS: f"{block.name}.{rows}"}
    return {}


def formulations_in(model: Any) -> list[Any]:
    """Return the active blocks that answer for themselves, and are no parts of others."""
    return [
        block
        for block in model.block_data_objects(active=True)
        if isinstance(block, AnsweringBlockData) and block.is_whole
    ]


def shown_name(model: Any) -> str:
    """Return how a message calls a model: Pyomo calls those ``unknown`` that nobody has named.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> print(shown_name(pyo.ConcreteModel()), "and", shown_name(pyo.ConcreteModel("diet")))
    the model and the model 'diet'
    """
    unnamed = model.parent_block() is None and model.name == "unknown"
    return "the model" if unnamed else f"the model {model.name!r}"


def _of_objective(objective: Any) -> Capability | None:
    """Return what the objective needs beyond being linear."""
    if isinstance(objective, LinearObjective) and not objective.is_detached:
        return None
    degree = _degree(objective.expr)
    if degree is None or degree > _QUADRATIC_DEGREE:
        return Capability.NLP
    if degree < _QUADRATIC_DEGREE:
        return None
    terms = quadratic_terms_of(objective.expr)
    if terms is None:
        return Capability.NLP
    sign = 1.0 if objective.sense == pyo.minimize else -1.0
    form = quadratic_form(terms.pairs, sign * np.array(terms.coefficients, dtype=float))
    return Capability.QP if is_convex(form) else Capability.NONCONVEX_QP


def _degree(expression: Any) -> int | None:
    """Return the degree in the variables that are not fixed, or ``None`` for no polynomial."""
    if type(expression) in native_numeric_types:
        return 0
    if is_plainly_linear(expression):
        return 1  # a bound suffices, and needs no walk
    degree: int | None = expression.polynomial_degree()
    return degree


def quadratic_form(pairs: Any, coefficients: Any) -> sparse.csc_array:
    """Return the symmetric matrix of ``sum of c x y`` over the variables that occur in it.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x, m.y = pyo.Var(), pyo.Var()
    >>> quadratic_form([(m.x, m.x), (m.x, m.y)], [3.0, 2.0]).toarray()
    array([[3., 1.],
           [1., 0.]])
    """
    number: dict[int, int] = {}
    ends = [[number.setdefault(id(v), len(number)) for v in pair] for pair in pairs]
    rows, columns = np.array(ends, dtype=int).reshape(-1, 2).T
    half = np.asarray(coefficients, dtype=float) / 2
    shape = (len(number), len(number))
    upper = sparse.coo_array((half, (rows, columns)), shape=shape)
    return sparse.csc_array(upper + upper.T)


def is_convex(form: sparse.csc_array) -> bool:
    r"""Say whether :math:`x'Qx` is convex, up to `CONVEXITY_TOLERANCE`.

    A Cholesky-like factorization of :math:`Q + \varepsilon \max|Q|\, I`, with pivots on the
    diagonal only: the shifted matrix is positive definite exactly if every pivot is positive.

    Examples
    --------
    >>> is_convex(sparse.csc_array([[1.0, 1.0], [1.0, 1.0]]))
    True
    >>> is_convex(sparse.csc_array([[0.0, 1.0], [1.0, 0.0]]))
    False
    """
    scale = float(abs(form).max()) if form.nnz else 0.0
    if scale == 0.0:
        return True
    if form.diagonal().min() < -CONVEXITY_TOLERANCE * scale:
        return False
    shifted = form / scale + CONVEXITY_TOLERANCE * sparse.eye_array(form.shape[0])
    try:
        factors = splu(
            sparse.csc_array(shifted),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    except RuntimeError:  # SuperLU met a zero pivot, which a definite matrix does not have
        return False
    kept_the_diagonal = np.array_equal(factors.perm_r, factors.perm_c)
    return kept_the_diagonal and bool((factors.U.diagonal() > 0).all())
