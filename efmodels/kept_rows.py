"""Values that break what a block says of itself are no solution, whoever put them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.errors import SolverError
from efmodels.matrix import MatrixVar

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.matrix import MatrixConstraint

TOLERANCE = 1e-6
"""By how much a row or a bound may be broken, in units of 1 and of the sizes of its terms."""


def require_kept(*components: MatrixVar | MatrixConstraint) -> None:
    """Refuse values of variables that break rows, or bounds of variables.

    For rows that make variables what they stand for, such as probabilities that sum to 1. Rows that
    describe incentives are not asked here: what is missed there is a regret.

    Parameters
    ----------
    components
        Variables, for their bounds, and rows, made from arrays. A variable without a value counts
        as zero.

    Raises
    ------
    SolverError
        One is broken; the message names the worst of its component.

    Examples
    --------
    >>> m = pyo.ConcreteModel()
    >>> m.x = MatrixVar(2, bounds=(0.0, 1.0))
    >>> m.x.set_array([0.5, 1.5])
    >>> require_kept(m.x)
    Traceback (most recent call last):
    efmodels.errors.SolverError: the values of the variables are no solution: x[1] is broken by 0.5
    """
    for component in components:
        broken, scale = _broken(component)
        if not len(broken):
            continue
        worst = int(np.argmax(broken / scale))
        if not broken[worst] <= TOLERANCE * scale[worst]:
            data = component.data_at(worst)
            raise SolverError(
                f"the values of the variables are no solution: {data.name} is broken by "
                f"{broken[worst]:.3g}",
                status="not solved",
                solver="",
            )


def _broken(component: Any) -> tuple[Floats, Floats]:
    """Return by how much each row or bound is broken, and how large its terms are."""
    if isinstance(component, MatrixVar):
        body = np.nan_to_num(component.array())
        scale = 1 + np.abs(body)
    else:
        body, scale = np.zeros(component.size), np.ones(component.size)
        for part in component.parts:
            values = np.nan_to_num(_values(part.variables))
            body += part.matrix @ values
            scale += abs(part.matrix) @ np.abs(values)
    least, most = component.lower_array(), component.upper_array()
    return np.maximum(np.maximum(least - body, body - most), 0.0), scale


def _values(variables: Any) -> Floats:
    if isinstance(variables, MatrixVar):
        return variables.array()
    return np.array([pyo.value(v, exception=False) for v in variables], dtype=float)
