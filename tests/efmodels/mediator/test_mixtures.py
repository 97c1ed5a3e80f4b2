"""Alternatives that are dominated by mixtures, compared with linear programs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from efmodels.mediator.mixtures import Alternatives, Worths, dominated


def mixture_falls_short(worth: np.ndarray, which: int, others: list[int]) -> float:
    """Return by how much the best mixture of others falls short of an alternative, at least.

    ``worth`` has a row per key and a column per alternative.
    """
    n = len(others)
    rows = np.hstack([-worth[:, others], -np.ones((len(worth), 1))])
    found = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=rows,
        b_ub=-worth[:, which],
        A_eq=[[*np.ones(n), 0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * n + [(None, None)],
    )
    shortfall: float = found.fun
    return shortfall


def sparse_worths(tables: list[np.ndarray]) -> tuple[Alternatives, Worths]:
    """Return alternatives and worths of one table per group."""
    width = [table.shape[1] for table in tables]
    keys = [len(table) for table in tables]
    group = np.repeat(np.arange(len(tables)), keys)
    key, alternative, value = [], [], []
    for k, table in enumerate(tables):
        row, column = np.nonzero(table)
        key.append(row + sum(keys[:k]))
        alternative.append(column + sum(width[:k]))
        value.append(table[row, column])
    worths = Worths(group, *map(np.concatenate, (key, alternative, value)))
    return Alternatives.of(np.repeat(np.arange(len(tables)), width)), worths


@pytest.mark.parametrize("seed", range(20))
def test_random_tables(seed: int) -> None:
    """What is dropped is at most a mixture of what is kept; what is kept, of no two others."""
    generator = np.random.default_rng(seed)
    tables = [
        generator.integers(-2, 3, (int(generator.integers(1, 5)), width)).astype(float)
        for width in generator.integers(1, 6, 8).tolist()
    ]
    alternatives, worths = sparse_worths(tables)
    found = dominated(alternatives, worths)

    for k, table in enumerate(tables):
        mine = found[alternatives.group == k]
        kept = np.flatnonzero(~mine).tolist()
        assert kept
        for dropped in np.flatnonzero(mine).tolist():
            assert mixture_falls_short(table, dropped, kept) <= 1e-9
        for one in kept:
            pairs = [[a, b] for a in kept for b in kept if a <= b and one not in (a, b)]
            assert all(mixture_falls_short(table, one, pair) > 1e-9 for pair in pairs)


def test_scale_does_not_matter() -> None:
    """Worths that are small because chance is are compared as any others."""
    table = np.array([[0.0, 3.0, 6.0], [0.0, -1.0, -2.0], [0.0, 0.5, 0.9]])
    for scale in (1.0, 1e-12, 1e9):
        alternatives, worths = sparse_worths([table * [[scale], [1.0], [1.0]]])
        assert dominated(alternatives, worths).tolist() == [False, False, False]
        alternatives, worths = sparse_worths([table[:2] * [[scale], [1.0]]])
        assert dominated(alternatives, worths).tolist() == [False, True, False]


def test_one_of_equal_ones_stays() -> None:
    """Alternatives that are worth nothing are all the same."""
    alternatives, worths = sparse_worths([np.zeros((2, 4)), np.zeros((1, 1))])

    assert dominated(alternatives, worths).tolist() == [True, True, True, False, False]
