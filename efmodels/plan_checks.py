"""Are these numbers a plan? A solver's values are, up to a tolerance; what is not is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import SolverError

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.game import Floats

PLAN_TOLERANCE = 1e-5
"""How far a solver may violate a row or a bound of a polytope."""


def require_plan(F: sparse.csr_array, f: Floats, x: Floats, complaint: str) -> None:
    """Raise unless ``F x = f`` and ``x >= 0`` up to a tolerance: more would be repaired unseen.

    Parameters
    ----------
    F, f
        The rows.
    x
        The values.
    complaint
        How the message begins: what it is that violates which rows.

    Raises
    ------
    SolverError
        The values violate a row or a bound.

    Examples
    --------
    >>> import numpy as np
    >>> import efmodels as ef
    >>> one = ef.Game.from_matrices([[1, 0]], [[0, 1]]).sequence_form().polytope("P2")
    >>> require_plan(one.F, one.f, np.array([1.0, 0.5, 0.5]), "x violates the rows of a plan")
    >>> require_plan(one.F, one.f, np.array([1.0, 0.5, 0.25]), "x violates the rows of a plan")
    Traceback (most recent call last):
    efmodels.errors.SolverError: x violates the rows of a plan by 2.5e-01; expected 1e-05 ...
    """
    violation = max(float(np.abs(F @ x - f).max()), float(-x.min()))
    if violation > PLAN_TOLERANCE:
        raise SolverError(
            f"{complaint} by {violation:.1e}; expected {PLAN_TOLERANCE:g} at most. Were the values "
            "set by hand, or by a solver that did not finish?",
            status="no plan",
            solver="",
        )
