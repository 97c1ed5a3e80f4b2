"""What a process reports about its work."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from efmodels.bench import CASES, Side
from efmodels.bench.cases import Case
from efmodels.bench.worker import cpu_seconds, peak_megabytes, report
from efmodels.instances import kuhn

if TYPE_CHECKING:
    from pathlib import Path

SIDES = [(case.name, side) for case in CASES.values() for side in case.sides]


@pytest.mark.parametrize(("name", "side"), SIDES, ids=[f"{n}-{s.label}" for n, s in SIDES])
def test_every_workload_runs(name: str, side: Side, tmp_path: Path) -> None:
    """Each side of each case does its work, here on Kuhn's poker."""
    case = Case(name, "", kuhn, CASES[name].sides)
    case.prepare(tmp_path)
    workload = side.workload
    took = report(f"{workload.__module__}:{workload.__name__}", tmp_path, tmp_path)

    assert json.loads(json.dumps(took)).keys() == {"cpu", "wall", "megabytes", "facts"}
    assert took["facts"].get("value", -1 / 18) == pytest.approx(-1 / 18)
    assert took["facts"].get("nodes", 55) == 55


def test_cpu_seconds_grow() -> None:
    """Work is counted."""
    before = cpu_seconds()
    sum(range(100_000))

    assert cpu_seconds() > before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_peak_sees_what_was_freed() -> None:
    """Memory that was held for a moment counts."""
    before = peak_megabytes()
    del_me = bytearray(int(2 * before * 1e6))
    del_me[::4096] = b"x" * len(del_me[::4096])
    del del_me

    assert peak_megabytes() > 1.5 * before
