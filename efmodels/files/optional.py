"""Import the packages that games are exchanged with, or say how to get them."""

from __future__ import annotations

import importlib
from typing import Any

from efmodels.errors import CapabilityError


def imported(module: str, product: str) -> Any:
    """Return a module of the extra ``interop``.

    Parameters
    ----------
    module
        Its name.
    product
        What its users call it.

    Raises
    ------
    CapabilityError
        It is not installed; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise CapabilityError(
            f"{product} is not available here ({error}): "
            'install it with `pip install "efmodels[interop]"`'
        ) from error
