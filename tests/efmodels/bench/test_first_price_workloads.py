"""Workloads on first-price pacing: the same rounds in all ways, and small residuals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.bench import first_price_workloads as workloads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def test_rounds_are_the_same_in_all_ways(tmp_path: Path) -> None:
    """What is compared does the same work: the sums of the rates agree."""
    workloads.write_sizes(20, 100, tmp_path)
    plain, arrays = (
        work(tmp_path)() for work in (workloads.rounds_plainly, workloads.rounds_in_arrays)
    )
    assert arrays["rate"] == pytest.approx(plain["rate"], rel=1e-12)
    assert arrays["rounds"] == plain["rounds"]


@pytest.mark.slow  # It compiles.
def test_compiled_rounds_are_the_same(tmp_path: Path) -> None:
    """So are those in compiled loops."""
    pytest.importorskip("numba")
    workloads.write_sizes(20, 100, tmp_path)
    plain, compiled = (
        work(tmp_path)() for work in (workloads.rounds_plainly, workloads.rounds_compiled)
    )
    assert compiled["rate"] == pytest.approx(plain["rate"], rel=1e-10)


@pytest.mark.parametrize(
    ("work", "accuracy"),
    [
        (workloads.respond, 1e-3),
        (workloads.respond_and_polish, 1e-12),
        (workloads.polish_from_nothing, 1e-12),
    ],
)
def test_equilibria_are_as_precise_as_they_say(
    work: Callable[[Path], Any], accuracy: float, tmp_path: Path
) -> None:
    """The note of each side has the residual, and the revenue is the same."""
    workloads.write_sizes(20, 100, tmp_path)
    facts = work(tmp_path)()()
    assert facts["residual"] <= accuracy
    assert facts["values"] > 900
    exact = workloads.polish_from_nothing(tmp_path)()()
    assert facts["revenue"] == pytest.approx(exact["revenue"], rel=2 * accuracy)
