"""Which values came with which solution: Pyomo's stale flags."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from pyomo.core.staleflag import StaleFlagManager

from efmodels.pyomo_internals.components import VariablesOnDemand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@contextmanager
def loading_values() -> Iterator[None]:
    """Tell Pyomo that the values set meanwhile are one solution, and all others are stale."""
    StaleFlagManager.mark_all_as_stale()
    try:
        yield
    finally:
        StaleFlagManager.mark_all_as_stale(delayed=True)


def stale_flags(variables: Any) -> NDArray[np.int64]:
    """Return what is another thing as soon as one of the variables gets a value.

    Pyomo gives every value a number, that of the load of a solution with which it came; it is 0 for
    none. A number that all variables share comes alone, as an array of shape ``()``.
    """
    if isinstance(variables, VariablesOnDemand):
        flags = variables.stale_flags()
    else:
        flags = np.array([data._stale for data in variables], dtype=np.int64)  # noqa: SLF001 - Pyomo's number
    return _shortened(flags)


def _shortened(flags: NDArray[np.int64]) -> NDArray[np.int64]:
    is_one = flags.size > 0 and (flags == flags.flat[0]).all()
    return np.array(flags.flat[0]) if is_one else flags


def copied_flags(encode: bool, flags: Any) -> Any:  # noqa: FBT001 - Pyomo's signature
    """Do to stale flags what Pyomo does to those of a variable that is cloned or pickled."""
    if encode:
        return StaleFlagManager.is_stale(flags)
    StaleFlagManager.mark_all_as_stale(delayed=True)  # what is set from now on is another solution
    return _shortened(np.where(flags, 0, StaleFlagManager.get_flag(0)))


def end_of_solution() -> None:
    """Tell Pyomo that a value which is set from now on belongs to another solution."""
    StaleFlagManager.mark_all_as_stale(delayed=True)
