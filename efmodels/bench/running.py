"""Runs a case: its sides in turn, every repeat in a fresh process, medians in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from efmodels.bench.cases import WARM_UP
from efmodels.errors import EfmodelsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from efmodels.bench.cases import Case, Side


class BenchmarkError(EfmodelsError, RuntimeError):
    """A process that was to be measured failed; the message ends with what it said."""


@dataclass(frozen=True)
class Measurement:
    """What one process took.

    Attributes
    ----------
    cpu
        Seconds of user and system time, children included.
    wall
        Seconds by the clock.
    megabytes
        Most memory held, interpreter and libraries included (1 MB is 10^6 bytes); ``nan`` where
        the system does not tell.
    facts
        Numbers that show what was done.
    """

    cpu: float
    wall: float
    megabytes: float
    facts: dict[str, float]


@dataclass(frozen=True)
class Row:
    """One side of a case: medians over the repeats, and ratios to the second side.

    The ratios stand in the first side's row and are ``None`` elsewhere.
    """

    case: str
    side: str
    repeats: int
    cpu: float
    cpu_lowest: float
    cpu_highest: float
    wall: float
    megabytes: float
    cpu_ratio: float | None
    wall_ratio: float | None
    megabytes_ratio: float | None
    note: str


def run_case(
    case: Case, *, repeats: int = 5, progress: Callable[[str], None] = lambda _: None
) -> list[Row]:
    """Run a case and return a row per side.

    Parameters
    ----------
    case
        What to run.
    repeats
        Processes per side; the sides take turns (A, B, A, B, ...), so that whatever slows the
        machine down meets all of them.
    progress
        Is told what is being done.

    Raises
    ------
    BenchmarkError
        A process failed.
    """
    measurements: dict[str, list[Measurement]] = {side.label: [] for side in case.sides}
    with TemporaryDirectory(prefix="efmodels-bench-") as name:
        folder = Path(name)
        progress(f"{case.name}: writing the game")
        case.prepare(folder)
        for repeat in range(1, repeats + 1):
            for side in case.sides:
                progress(f"{case.name}: {side.label}, {repeat} of {repeats}")
                measurements[side.label].append(measure(side, folder))
    return _rows(case.name, measurements)


def measure(side: Side, folder: Path) -> Measurement:
    """Do the work of one side once, in a process of its own.

    Raises
    ------
    BenchmarkError
        The process failed.
    """
    workload = f"{side.workload.__module__}:{side.workload.__name__}"
    ran = subprocess.run(  # noqa: S603 - this interpreter, our own module
        [sys.executable, "-P", "-m", "efmodels.bench.worker", workload, folder, folder / WARM_UP],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    if ran.returncode != 0:
        raise BenchmarkError(
            f"{side.label!r} ({workload}) ended with exit code {ran.returncode}:\n{ran.stderr}"
        )
    return Measurement(**json.loads(ran.stdout.splitlines()[-1]))


def table(rows: Sequence[Row]) -> pd.DataFrame:
    """Return the rows as a table, one column per attribute of `Row`."""
    import pandas as pd

    return pd.DataFrame([asdict(row) for row in rows], columns=list(Row.__dataclass_fields__))


def _rows(case: str, measurements: dict[str, list[Measurement]]) -> list[Row]:
    sides = list(measurements.items())
    medians = [
        tuple(median(getattr(m, what) for m in several) for what in ("cpu", "wall", "megabytes"))
        for _, several in sides
    ]
    rows = []
    for k, (label, several) in enumerate(sides):
        cpu, wall, megabytes = medians[k]
        compared = k == 0 and len(sides) > 1
        ratios = [a / b for a, b in zip(*medians, strict=True)] if compared else [None] * 3
        rows.append(
            Row(
                case=case,
                side=label,
                repeats=len(several),
                cpu=cpu,
                cpu_lowest=min(m.cpu for m in several),
                cpu_highest=max(m.cpu for m in several),
                wall=wall,
                megabytes=megabytes,
                cpu_ratio=ratios[0],
                wall_ratio=ratios[1],
                megabytes_ratio=ratios[2],
                note=_note(several[-1].facts, cpu),
            )
        )
    return rows


def _note(facts: dict[str, float], cpu: float) -> str:
    """Return the facts as a text; numbers of nodes also by CPU second."""
    texts = [f"{name} {value:.6g}" for name, value in facts.items()]
    if "nodes" in facts:
        texts.append(f"{facts['nodes'] / cpu:,.0f} nodes per CPU second")
    return ", ".join(texts)
