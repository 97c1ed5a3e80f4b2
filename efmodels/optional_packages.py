"""Import what is not installed with the package, or say how to get it.

Solvers are another matter: one that is not there is an error like any other way in which a solver
fails, see :mod:`efmodels.solvers`.
"""

from __future__ import annotations

import importlib
from typing import Any

from efmodels.errors import MissingPackageError


def imported(module: str, product: str, extra: str, *, instead: str = "") -> Any:
    """Return a module of an optional package.

    Parameters
    ----------
    module
        Its name.
    product
        What its users call the package.
    extra
        The extra of efmodels that installs it.
    instead
        What works without it, if anything does.

    Raises
    ------
    MissingPackageError
        It cannot be imported; the message says why, and how to install it.

    Examples
    --------
    >>> imported("no_such_module", "Such", "such")
    Traceback (most recent call last):
    efmodels.errors.MissingPackageError: Such is not available here (No module named 'no_such_mo...
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(
            f"{product} is not available here ({error}): "
            f'install it with `pip install "efmodels[{extra}]"`' + f", or {instead}" * bool(instead)
        ) from error
