"""Nash equilibria with tight and with loose bounds: the same welfare, and what is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.bench import CASES

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["nash-trees", "nash-matrices"])
def test_all_sides_find_the_same_in_small_games(name: str, tmp_path: Path) -> None:
    """With few sequences a loose bound does no harm: values agree, and nobody regrets anything."""
    case = CASES[name]
    case.write_small(tmp_path)
    for side in case.sides:
        facts = side.workload(tmp_path)()
        assert isinstance(facts, dict)
        assert facts["regret"] <= 1e-6
        assert facts.get("off", 0.0) <= 1e-6
        assert ("off" in facts) == (side.label != "tight")
