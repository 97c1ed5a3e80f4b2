"""A linear objective from coefficient vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.matrix.parts import Part, linear_expression, nonzeros
from efmodels.pyomo_internals import ObjectiveOnDemand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


class LinearObjective(ObjectiveOnDemand):
    """The objective ``c_1 x_1 + c_2 x_2 + ...``.

    Parameters
    ----------
    parts
        Pairs of a coefficient vector and what it multiplies, as for `MatrixConstraint`.
    sense
        ``pyo.maximize`` (the default here) or ``pyo.minimize``.
    **keywords
        ``doc`` and ``name``, as for ``pyo.Objective``.

    Raises
    ------
    GameError
        A vector has not one coefficient per variable.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> from efmodels.matrix import MatrixVar
    >>> m = pyo.ConcreteModel()
    >>> m.x = MatrixVar(3, labels=["a", "b", "c"])
    >>> m.goal = LinearObjective([([1.0, 0.0, 2.0], m.x)])
    >>> print(m.goal.expr)
    x[a] + 2.0*x[c]
    """

    def __init__(
        self, parts: Sequence[tuple[ArrayLike, Any]], *, sense: Any = pyo.maximize, **keywords: Any
    ) -> None:
        self._parts = tuple(
            Part.of(sparse.csr_array(np.atleast_2d(np.asarray(c, dtype=float))), x)
            for c, x in parts
        )
        super().__init__(sense, **keywords)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The coefficients, each a matrix of one row, with what they multiply.

        They are the objective unless ``is_detached``: then ``expr`` has been set to something else.
        """
        return self._parts

    @property
    def nnz(self) -> int:
        """Number of nonzero coefficients."""
        return nonzeros(self._parts)

    def _new_body(self) -> Any:
        return linear_expression(self._parts, 0)
