"""What is measured on mechanisms does what it says, on small inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.bench import CASES
from efmodels.bench.mechanism_workloads import write_sizes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["mechanism-border", "mechanism-profiles"])
def test_all_sides_agree_with_the_formula(name: str, tmp_path: Path) -> None:
    """The revenue of each side is Myerson's, and the sides have the same."""
    write_sizes(3, 4, tmp_path)
    found = [side.workload(tmp_path)() for side in CASES[name].sides]

    assert max(facts["difference"] for facts in found) < 1e-8
    assert found[0]["value"] == pytest.approx(found[1]["value"], abs=1e-8)
