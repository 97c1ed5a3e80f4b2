"""Grounded Laplacians of bipartite graphs: the same solutions as a dense matrix gives."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.markets import grounded_laplacian
from efmodels.markets.grounded_laplacian import GroundedLaplacian


@pytest.mark.parametrize("shape", [(4, 9), (9, 4), (1, 1)])
@pytest.mark.parametrize("dense", [0, 100])
def test_solutions_are_those_of_the_matrix(
    shape: tuple[int, int], dense: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever side is larger, and whether the smaller one is dense or sparse."""
    monkeypatch.setattr(grounded_laplacian, "DENSE", dense)
    rng = np.random.default_rng(1)
    weights = rng.random(shape) * (rng.random(shape) < 0.6)
    row, column = np.nonzero(weights)
    g, h = rng.random(shape[0]) + 0.1, rng.random(shape[1]) + 0.1
    matrix = np.block([[np.diag(g + weights.sum(1)), -weights], [-weights.T, np.diag(h)]])
    matrix[shape[0] :, shape[0] :] += np.diag(weights.sum(0))
    rhs = rng.normal(size=sum(shape))
    system = GroundedLaplacian(row, column, weights[row, column], g, h)
    found = np.concatenate(system.solve(rhs[: shape[0]], rhs[shape[0] :]))
    np.testing.assert_allclose(found, np.linalg.solve(matrix, rhs), rtol=1e-10)


@pytest.mark.parametrize("dense", [0, 100])
def test_weights_may_be_far_apart(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two nodes that are tied by an enormous weight take the same small share of the ground."""
    monkeypatch.setattr(grounded_laplacian, "DENSE", dense)
    system = GroundedLaplacian(
        np.array([0, 1]),
        np.array([0, 0]),
        np.array([1e14, 1.0]),
        np.array([1e-3, 1.0]),
        np.zeros(1),
    )
    x, y = system.solve(np.array([1.0, 0.0]), np.zeros(1))
    # Ground 1e-3 at the first node, and 1 in series with the edge of weight 1 at the second.
    assert x[0] == pytest.approx(1 / (1e-3 + 0.5), rel=1e-2)
    assert y[0] == pytest.approx(x[0], rel=1e-12)
