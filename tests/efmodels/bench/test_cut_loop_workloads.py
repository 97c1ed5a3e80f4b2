"""First-price pacing by two routes: the same revenue, and nothing left to miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.bench import CASES

if TYPE_CHECKING:
    from pathlib import Path


def test_both_sides_find_the_same(tmp_path: Path) -> None:
    """On the small market both are polished."""
    pytest.importorskip("casadi")
    case = CASES["fppe-ten-thousand"]
    case.write_small(tmp_path)
    cuts, ipopt = (side.workload(tmp_path)() for side in case.sides)
    assert isinstance(cuts, dict)
    assert isinstance(ipopt, dict)

    assert cuts["value"] == pytest.approx(ipopt["value"])
    assert max(cuts["residual"], ipopt["residual"]) < 1e-10
    assert cuts["unpolished"] > cuts["residual"]
