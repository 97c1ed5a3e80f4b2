"""A linear program with as much symmetry as one likes, of any size, in arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from efmodels.bench.synthetic import synthetic_program
from efmodels.bench.twins import stacked_arrays
from efmodels.linear_program import LinearProgram

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.game import Floats, Ints

_VECTORS = ("c", "row_lower", "row_upper", "lower", "upper", "integer")


def symmetric_program(nonzeros: int, copies: int, seed: int = 0) -> LinearProgram:
    r"""Return a program with about so many nonzeros in which every row and column has clones.

    Each entry of a synthetic program, between a row and a column, becomes one entry between each
    copy of the row and some copy of the column: a copy is shifted round by a random number. All
    copies of a row or a column can be exchanged for each other, though no two are connected with
    the same copies. Rows and columns are then put in random order.

    Examples
    --------
    >>> from efmodels.symmetry import reduce_symmetry
    >>> print(reduce_symmetry(symmetric_program(100_000, copies=20)))
    19,880 x 17,880 with 103,820 nonzeros -> 994 x 894 with 5,191 nonzeros
    """
    generator = np.random.default_rng(seed)
    base = stacked_arrays(synthetic_program(nonzeros // copies, seed))
    entries = base.A.tocoo()
    rows, columns = (generator.permutation(copies * size) for size in base.A.shape)
    every = np.arange(copies)
    turned = (every + generator.integers(copies, size=(base.A.nnz, 1))) % copies
    where = (
        rows[(entries.row[:, None] * copies + every).ravel()],
        columns[(entries.col[:, None] * copies + turned).ravel()],
    )
    shape = (len(rows), len(columns))
    vectors: dict[str, Any] = {
        name: _cloned(getattr(base, name), rows if name.startswith("row") else columns, copies)
        for name in _VECTORS
    }
    return replace(
        base,
        A=sparse.csr_array((np.repeat(entries.data, copies), where), shape=shape),
        **vectors,
    )


def _cloned(values: Floats, places: Ints, copies: int) -> Floats:
    """Return the entries of a vector, each at the places of its clones."""
    cloned = np.empty(len(places), dtype=values.dtype)
    cloned[places] = np.repeat(values, copies)
    return cloned


def save_symmetric(program: LinearProgram, folder: Path) -> None:
    """Write the arrays of a program that is to be maximised into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    sparse.save_npz(folder / "A.npz", program.A, compressed=False)
    np.savez(folder / "vectors.npz", **{name: getattr(program, name) for name in _VECTORS})


def load_symmetric(folder: Path) -> LinearProgram:
    """Read what `save_symmetric` has written."""
    with np.load(folder / "vectors.npz") as vectors:
        arrays: dict[str, Any] = dict(vectors)
    return LinearProgram(
        A=sparse.csr_array(sparse.load_npz(folder / "A.npz")), maximize=True, **arrays
    )
