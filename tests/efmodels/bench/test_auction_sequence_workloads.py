"""What is measured on two auctions in a row: all ways find the same revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.bench import CASES
from efmodels.bench.auction_sequence_workloads import (
    deferred,
    every_outcome,
    priced,
    write_values,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_averages_and_outcomes_agree(tmp_path: Path) -> None:
    """Averages are fewer columns for the same revenue; with prices it is the known one."""
    write_values(3, tmp_path)
    few, many, prices = (side(tmp_path)() for side in (deferred, every_outcome, priced))

    assert few["value"] == pytest.approx(1.144220, abs=5e-7)
    assert many["value"] == pytest.approx(few["value"], abs=1e-7)
    assert many["columns"] > 2 * few["columns"]
    assert prices["value"] == pytest.approx(1.226337, abs=5e-7)


def test_cases_are_listed() -> None:
    """Four and five values are measured."""
    assert {"auctions-in-a-row-4", "auctions-in-a-row-5"} <= set(CASES)
