"""What a process reports about its work."""

from __future__ import annotations

import json
import math
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from efmodels.bench import CASES, Side, program_workloads, worker, workloads
from efmodels.bench.worker import (
    cpu_seconds,
    forget_peak,
    own_peak_megabytes,
    peak_megabytes,
    report,
)

if TYPE_CHECKING:
    from pathlib import Path

SLOW = ("learning-", "learn-", "first-order-", "mediate-K35", "sweep")


def slow_if(*, slow: bool) -> list[pytest.MarkDecorator]:
    """Return the mark of what takes long, or nothing."""
    return [pytest.mark.slow] if slow else []


SIDES = [
    pytest.param(
        case.name,
        side,
        id=f"{case.name}-{side.label}",
        # What is compiled is compiled anew in every fresh checkout.
        marks=slow_if(slow=case.name.startswith(SLOW) or side.package == "numba"),
    )
    for case in CASES.values()
    for side in case.sides
]


@pytest.mark.parametrize(("name", "side"), SIDES)
def test_every_workload_runs(name: str, side: Side, tmp_path: Path) -> None:
    """Each side of each case does its work, here on what others warm up with."""
    if side.package is not None:
        pytest.importorskip(side.package)
    CASES[name].write_small(tmp_path)
    workload = side.workload
    took = report(f"{workload.__module__}:{workload.__name__}", tmp_path, tmp_path)

    assert json.loads(json.dumps(took)).keys() == {
        *("cpu", "wall", "megabytes", "extra_megabytes"),
        "facts",
    }
    assert took["facts"] == {} or set(took["facts"].values()) != {0.0}


# What merges symmetries reports nothing; what learns stops at an accuracy, or where time is over;
# some cases compare different programs.
OTHER_THINGS = {
    *("reduce_symmetry", "CFR+", "learning", "proportional response, to 1e-3"),
    *("private", "deferred payments"),
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=slow_if(slow=name.startswith(SLOW)))
        for name, case in CASES.items()
        if case.sides[0].label not in OTHER_THINGS
    ],
)
def test_sides_report_the_same(name: str, tmp_path: Path) -> None:
    """The sides of a case do the same work: sizes, values and duals agree; regrets are zero."""
    CASES[name].write_small(tmp_path)
    facts = [
        side.workload(tmp_path)
        for side in CASES[name].sides
        if side.package is None or find_spec(side.package)
    ]
    facts = [work() for work in facts]
    facts = [found() if callable(found) else found for found in facts]
    regrets = [found.pop("regret", 0.0) for found in facts]

    assert max(regrets) < 1e-9
    for found in facts:
        for key in found.keys() & facts[0].keys() - {"megabytes", "unpolished"}:
            assert found[key] == pytest.approx(facts[0][key])


def test_kuhn_is_the_small_game(tmp_path: Path) -> None:
    """The value is that of Kuhn's poker, -1/18, whose file has 55 nodes."""
    CASES["leduc"].write_small(tmp_path)

    assert workloads.read_efg(tmp_path)() == {"nodes": 55}
    assert workloads.game_to_answer(tmp_path)()["value"] == pytest.approx(-1 / 18)


def test_symmetry_is_found(tmp_path: Path) -> None:
    """Clones of rows and columns are merged."""
    CASES["symmetry"].write_small(tmp_path)
    facts = program_workloads.reduce_by_symmetry(tmp_path)()()

    assert facts["nonzeros"] == 20 * facts["reduced nonzeros"]


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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone forgets a peak")
def test_peak_can_be_forgotten() -> None:
    """What was held and freed before does not count for the work that comes then."""
    del_me = b"x" * int(50e6)
    before = own_peak_megabytes()
    del del_me
    held = forget_peak()

    assert held < before - 40
    assert own_peak_megabytes() == pytest.approx(held, abs=10)


def test_a_system_that_cannot_forget_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Linux's file there is no figure, and no guess."""
    monkeypatch.setattr(worker, "_CLEAR", tmp_path / "nowhere" / "clear_refs")

    assert math.isnan(forget_peak())
