"""Which variables of a model take whole numbers only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from efmodels.matrix.variables import MatrixVar


def first_whole_number(model: Any) -> Any:
    """Return a variable of a model that is not fixed and takes whole numbers only, or ``None``.

    Examples
    --------
    >>> m = pyo.ConcreteModel()
    >>> m.x, m.y = pyo.Var(), pyo.Var(domain=pyo.Binary)
    >>> print(first_whole_number(m))
    y
    >>> m.y.fix(1)
    >>> print(first_whole_number(m))
    None
    """
    components = model.component_objects(pyo.Var, descend_into=True)
    return next((found for c in components if (found := _first_of(c)) is not None), None)


def _first_of(component: Any) -> Any:
    if isinstance(component, MatrixVar):
        found = np.flatnonzero(component.integer_array() & ~component.fixed_array())
        return component.data_at(int(found[0])) if len(found) else None
    return next((v for v in component.values() if not v.fixed and not v.is_continuous()), None)
