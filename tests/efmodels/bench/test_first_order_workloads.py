"""What is reported of learning: the value, and when each gap was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import efmodels as ef
from efmodels.bench import CASES
from efmodels.bench.first_order_workloads import time_to_gaps

if TYPE_CHECKING:
    from pathlib import Path


def test_gaps_are_reached_one_after_the_other() -> None:
    """The smaller the gap, the more iterations; the last one ends the run."""
    problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    facts = time_to_gaps(problem, 4.0, "omwu", 60)

    assert facts["value"] == pytest.approx(-1 / 18, abs=4e-8)
    assert facts["gap"] <= 1e-8
    reached = [facts[f"iterations to {gap}"] for gap in ("1e-02", "1e-03", "1e-04", "1e-08")]
    assert reached == sorted(reached)
    assert facts["seconds to 1e-02"] <= facts["seconds to 1e-08"]


def test_all_sides_approach_the_same_value(tmp_path: Path) -> None:
    """Within their gaps, whatever time they had; gaps that were not reached are not reported."""
    case = CASES["first-order-leduc"]
    case.write_small(tmp_path)
    for side in case.sides:
        facts = side.workload(tmp_path)()
        assert isinstance(facts, dict)
        assert facts["value"] <= -1 / 18 + 1e-9 <= facts["value"] + 4 * facts["gap"] + 2e-9
        assert ("seconds to 1e-08" in facts) == (facts["gap"] <= 1e-8)
