"""What the tests of both formats share: the formats, the readers, and one program."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from efmodels.linear_program import LinearProgram
from tests.oracles.lp_readers import READERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(params=["highs", "glpsol", "cbc"])
def reader(request: pytest.FixtureRequest) -> Callable[[Path], float]:
    """Return a function that gives the optimum of a file, for every reader that is installed."""
    if request.param != "highs" and shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    return READERS[request.param]


@pytest.fixture
def program() -> LinearProgram:
    """Return a program with every feature of the files.

    Its optimum is 3 * 2 + 2.5 * 2 - 1 + 0.5 * 7 - 10.25 = 3.25: x[2] = 0 would make y 6, but y is
    at most z + 6 and z at most -2; so x[2] = 1, x[1] = 2, y = 2, z = -2 and n is 1, not 0.9.
    """
    inf = np.inf
    return LinearProgram(
        A=sparse.csr_array(
            [
                [1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                [0.0, 1.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0],
                [0.0, 0.0, 0.0, 0.1, 1 / 3, 1e-05, 0.0, 0.0],
                [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0],
                [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            ]
        ),
        c=np.array([3.0, 0.0, 2.5, 0.0, -1.0, 0.0, 0.5, 0.0]),
        offset=-10.25,
        maximize=True,
        row_lower=np.array([-inf, 1.5, 0.5, 0.1, -inf, -2.0]),
        row_upper=np.array([4.0, 1.5, 6.0, inf, inf, 3.0]),
        lower=np.array([0.0, 0.0, -inf, -inf, 0.0, -3.0, 7.0, 0.0]),
        upper=np.array([inf, 1.0, 40.0, -2.0, inf, 3.5, 7.0, inf]),
        integer=np.array([False, True, False, False, True, False, False, False]),
        column_names=["x[1]", "x[2]", "y[a,b]", "z{1}", "n", "w.part", "fixed", "é"],
        row_names=["at_most", "equal", "between", "at_least", "free_row", "no_entry"],
    )
