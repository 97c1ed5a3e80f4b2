"""Which variables of a model must be whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo

from efmodels.matrix.variables import MatrixVar


def first_whole_number(model: Any) -> Any:
    """Return a variable of a model that is not fixed and takes whole numbers only, or ``None``.

    Of a `MatrixVar` no other objects are made.

    Examples
    --------
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var([1, 2, 3], domain=pyo.Binary)
    >>> m.x[1].fix(0)
    >>> print(first_whole_number(m))
    x[2]
    """
    for component in model.component_objects(pyo.Var, descend_into=True):
        found = _first_of(component)
        if found is not None:
            return found
    return None


def _first_of(component: Any) -> Any:
    if isinstance(component, MatrixVar):
        found = np.flatnonzero(component.integer_array() & ~component.fixed_array())
        return component.data_at(int(found[0])) if len(found) else None
    return next((v for v in component.values() if not v.fixed and not v.is_continuous()), None)
