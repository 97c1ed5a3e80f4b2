"""Variables from arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.modeling import NOTSET

from efmodels.errors import ModelError
from efmodels.matrix.columns import column, entry, overlaid
from efmodels.matrix.labels import as_labels
from efmodels.pyomo_internals import VariablesOnDemand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Bools, Floats
    from efmodels.polytope import FlowPolytope


class MatrixVar(VariablesOnDemand):
    """A vector of variables with names.

    ``x["name"]``, ``x[17]`` and, for the coordinates of a polytope, ``x[infoset, action]`` are the
    same variable. It is an ordinary Pyomo ``Var``, but a variable's object is made when somebody
    first asks for it. Until then arrays say what its bounds and its value are; then it does so.

    Parameters
    ----------
    size
        How many.
    domain
        Such as ``pyo.NonNegativeReals``; free by default.
    labels
        The polytope whose coordinates these are, or one name per variable, or nothing.
    bounds
        A pair: lower and upper bounds; each a number, one per variable, or ``None``.
    initialize
        Values; a number, one per variable, or ``None``.
    **keywords
        ``doc``, ``name`` and ``units``, as for ``pyo.Var``.

    Raises
    ------
    GameError
        The number of labels, bounds or values is not ``size``.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = MatrixVar(2, domain=pyo.NonNegativeReals, labels=["left", "right"])
    >>> m.x["right"] is m.x[1]
    True
    >>> m.x["left"].set_value(3.0)
    >>> m.x.array()
    array([ 3., nan])
    """

    def __init__(
        self,
        size: int,
        *,
        domain: Any = pyo.Reals,
        labels: FlowPolytope | Sequence[str] | None = None,
        bounds: tuple[ArrayLike | None, ArrayLike | None] = (None, None),
        initialize: ArrayLike | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(size, as_labels(labels, size, "variables"), domain, **keywords)
        self._lower = column(bounds[0], size, "lower bounds", -np.inf)
        self._upper = column(bounds[1], size, "upper bounds", np.inf)
        self._values = column(initialize, size, "values")
        self._fixed = np.array(False)
        if initialize is not None:
            self._note_values()

    @property
    def size(self) -> int:
        """Number of variables."""
        return self._size

    # Arrays ----------------------------------------------------------------------------------

    def array(self) -> Floats:
        """Return the values; ``nan`` where there is none. Shape ``(size,)``."""
        return overlaid(self._values, self._size, self.made, _value)

    def set_array(self, values: ArrayLike) -> None:
        """Set all values at once, unchecked; ``nan`` removes one.

        Parameters
        ----------
        values
            A number, or one per variable.

        Raises
        ------
        GameError
            There are more or fewer values than variables.
        """
        self._values = column(values, self._size, "values")
        self._note_values()
        for position, data in self.made.items():
            value = entry(self._values, position)
            data.set_value(None if np.isnan(value) else value, skip_validation=True)

    def lower_array(self) -> Floats:
        """Return the lower bounds, those of the domain included; shape ``(size,)``."""
        return overlaid(self._declared_lower, self._size, self.made, _lower)

    def upper_array(self) -> Floats:
        """Return the upper bounds, those of the domain included; shape ``(size,)``."""
        return overlaid(self._declared_upper, self._size, self.made, _upper)

    def declared_arrays(self) -> tuple[Floats, Floats]:
        """Return the bounds of the component, whatever single variables were given since."""
        shape = (self._size,)
        return (
            np.array(np.broadcast_to(self._declared_lower, shape)),
            np.array(np.broadcast_to(self._declared_upper, shape)),
        )

    @property
    def _declared_lower(self) -> Floats:
        least, _ = self._common_domain.bounds()
        return self._lower if least is None else np.maximum(self._lower, least)

    @property
    def _declared_upper(self) -> Floats:
        _, most = self._common_domain.bounds()
        return self._upper if most is None else np.minimum(self._upper, most)

    def fixed_array(self) -> Bools:
        """Return which variables are fixed; shape ``(size,)``."""
        return overlaid(self._fixed, self._size, self.made, _is_fixed)

    def integer_array(self) -> Bools:
        """Return which variables take whole numbers only; shape ``(size,)``.

        Raises
        ------
        ModelError
            A domain is neither an interval nor its whole numbers.
        """
        common = np.array(self._is_integer(self._common_domain))
        odd = {
            position: data
            for position, data in self.made.items()
            if data.domain is not self._common_domain
        }
        return overlaid(common, self._size, odd, lambda data: self._is_integer(data.domain))

    def _is_integer(self, domain: Any) -> bool:
        step = domain.get_interval()[2]
        if step not in {0, 1}:
            raise ModelError(
                f"{self.name}: the domain {domain} is neither an interval nor its whole numbers, "
                "which is all that a linear program knows"
            )
        return bool(step == 1)

    # What Pyomo does to all variables of a component -------------------------------------------

    def setlb(self, val: Any) -> None:
        """Set the lower bound of all variables: a number, one per variable, or ``None``."""
        if _is_pyomo(val):
            super().setlb(val)
            return
        self._lower = column(val, self._size, "lower bounds", -np.inf)
        for position, data in self.made.items():
            data.setlb(entry(self._lower, position))

    def setub(self, val: Any) -> None:
        """Set the upper bound of all variables: a number, one per variable, or ``None``."""
        if _is_pyomo(val):
            super().setub(val)
            return
        self._upper = column(val, self._size, "upper bounds", np.inf)
        for position, data in self.made.items():
            data.setub(entry(self._upper, position))

    def fix(self, value: Any = NOTSET, skip_validation: bool = False) -> None:  # noqa: FBT001, FBT002 - Pyomo's signature
        """Fix all variables, at their values, at a number or at one number per variable."""
        if value is not NOTSET:
            self._set_values_like_pyomo(value, skip_validation=skip_validation)
        self._set_fixed(fixed=True)

    def unfix(self) -> None:
        """Let all variables vary."""
        self._set_fixed(fixed=False)

    def _set_fixed(self, *, fixed: bool) -> None:
        self._fixed = np.array(fixed)
        for data in self.made.values():
            data.fixed = fixed

    def _set_values_like_pyomo(self, values: Any, *, skip_validation: bool) -> None:
        """Set all values; one that is not allowed is set, too, and Pyomo warns of it."""
        if _is_pyomo(values):
            values = pyo.value(values)
        numbers = column(values, self._size, "values")
        if skip_validation or self._allows(numbers):
            self.set_array(numbers)
            return
        for position in range(self._size):
            self.data_at(position).set_value(entry(numbers, position))

    def _allows(self, numbers: Floats) -> bool:
        if self.integer_array().any():
            return False  # Pyomo will say
        inside = (self.lower_array() <= numbers) & (numbers <= self.upper_array())
        return bool((inside | np.isnan(numbers)).all())

    def _entries(self, position: int) -> tuple[float, float, float, bool]:
        columns = (self._lower, self._upper, self._values, self._fixed)
        lower, upper, value, fixed = (entry(numbers, position) for numbers in columns)
        return lower, upper, value, fixed


def _is_pyomo(value: Any) -> bool:
    """Say whether this is a parameter or an expression, and no number or array."""
    return hasattr(value, "is_expression_type")


def _value(data: Any) -> float:
    value = data.value
    return np.nan if value is None else value


def _lower(data: Any) -> float:
    bound = data.lb
    return -np.inf if bound is None else bound


def _upper(data: Any) -> float:
    bound = data.ub
    return np.inf if bound is None else bound


def _is_fixed(data: Any) -> bool:
    return bool(data.fixed)
