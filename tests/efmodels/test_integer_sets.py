"""Rows of integers, told apart."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.integer_sets import distinct_rows, row_numbers


@pytest.mark.parametrize("largest", [3, 1 << 25, 1 << 40])
def test_rows_are_numbered_in_their_order(largest: int) -> None:
    """A row's number is its place among the sorted distinct rows, also where codes are too long."""
    draw = np.random.default_rng(largest)
    table = draw.integers(-largest, largest, (40, 4))[draw.integers(0, 40, 200)]
    rows = [tuple(row) for row in table.tolist()]
    ordered = sorted(set(rows))
    expected = [ordered.index(row) for row in rows]

    first, which = distinct_rows(table)

    assert row_numbers(*table.T).tolist() == which.tolist() == expected
    assert first.tolist() == [rows.index(row) for row in ordered]
