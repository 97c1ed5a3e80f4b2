"""What is given to regret minimizers, as arrays of the right shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats


def checked(utility: ArrayLike, size: int) -> Floats:
    """Return a utility vector, or a prediction, as an array.

    Raises
    ------
    GameError
        It has another number of entries.
    """
    array = np.asarray(utility, dtype=float)
    if array.shape != (size,):
        raise GameError(
            f"a utility vector has shape {array.shape}; the points of this regret minimizer need "
            f"({size},)"
        )
    return array


def dense(matrix: ArrayLike | sparse.csr_array) -> Floats:
    """Return a matrix as an array with two axes; a vector is one row."""
    array = matrix.toarray() if isinstance(matrix, sparse.csr_array) else matrix
    return np.atleast_2d(np.asarray(array, dtype=float))


def compressed(matrix: ArrayLike | sparse.csr_array) -> sparse.csr_array:
    """Return a matrix by its rows, without zeros."""
    if not isinstance(matrix, sparse.csr_array):
        matrix = sparse.csr_array(dense(matrix))
    return matrix
