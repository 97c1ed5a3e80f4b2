"""Runs a case: its sides in turn, every repeat in a fresh process, medians in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from math import isnan
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from efmodels.bench.comparison import WARM_UP
from efmodels.errors import EfmodelsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from efmodels.bench.comparison import Case, Side


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
    extra_megabytes
        By how much the work raised the memory above what was held before; ``nan`` off Linux.
    facts
        Numbers that show what was done.
    """

    cpu: float
    wall: float
    megabytes: float
    extra_megabytes: float
    facts: dict[str, float]


@dataclass(frozen=True)
class Row:
    """One side of a case: medians over the repeats.

    The ratios are those of the first side to this one, and ``None`` in the first side's row.

    Attributes
    ----------
    cpu_lowest, cpu_highest
        The smallest and the largest of ``cpu``, which is their median.
    goals
        What must hold, and whether it does.
    note
        The facts.
    """

    case: str
    side: str
    repeats: int
    cpu: float
    cpu_lowest: float
    cpu_highest: float
    wall: float
    megabytes: float
    extra_megabytes: float
    cpu_ratio: float | None
    wall_ratio: float | None
    megabytes_ratio: float | None
    extra_megabytes_ratio: float | None
    note: str
    goals: str = ""


def run_case(
    case: Case,
    *,
    repeats: int = 5,
    limit: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Row]:
    """Run a case and return a row per side.

    Parameters
    ----------
    case
        What to run.
    repeats
        Processes per side; the sides take turns (A, B, A, B, ...), so that whatever slows the
        machine down meets all of them. A side that takes long has fewer: see `Side`.
    limit
        Seconds by the clock after which a process is ended, imports and warming up included.
    progress
        Is told what is being done.

    Raises
    ------
    BenchmarkError
        A process failed or took longer than the limit, or a package that a side needs is not
        installed.
    """
    _require_packages(case)
    measurements: dict[str, list[Measurement]] = {side.label: [] for side in case.sides}
    with TemporaryDirectory(prefix="efmodels-bench-") as name:
        folder = Path(name)
        progress(f"{case.name}: writing the input")
        case.prepare(folder)
        for repeat in range(1, repeats + 1):
            for side in case.sides:
                most = min(repeats, side.repeats or repeats)
                if repeat <= most:
                    progress(f"{case.name}: {side.label}, {repeat} of {most}")
                    measurements[side.label].append(measure(side, folder, limit))
    return _rows(case, measurements)


def missing_packages(case: Case) -> list[str]:
    """Return what a case needs and what is not installed here."""
    needed = dict.fromkeys(side.package for side in case.sides if side.package)
    return [package for package in needed if find_spec(package) is None]


def _require_packages(case: Case) -> None:
    missing = missing_packages(case)
    if missing:
        raise BenchmarkError(
            f"this case compares with {', '.join(missing)}, which is not installed here: "
            "pip install 'efmodels[bench]'"
        )


def measure(side: Side, folder: Path, limit: float | None = None) -> Measurement:
    """Do the work of one side once, in a process of its own.

    Raises
    ------
    BenchmarkError
        The process failed, or took longer than the limit.
    """
    workload = f"{side.workload.__module__}:{side.workload.__name__}"
    try:
        ran = subprocess.run(  # noqa: S603 - this interpreter, our own module
            module_command("efmodels.bench.worker", workload, folder, folder / WARM_UP),
            env=same_modules(),
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=limit,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(
            f"{side.label!r} ({workload}) took longer than {limit:g} seconds by the clock"
        ) from error
    if ran.returncode != 0:
        raise BenchmarkError(
            f"{side.label!r} ({workload}) ended with exit code {ran.returncode}:\n{ran.stderr}"
        )
    return Measurement(**json.loads(ran.stdout))


def module_command(module: str, *words: object) -> list[str]:
    """Return the command that runs a module of ours with this interpreter."""
    return [sys.executable, "-P", "-m", module, *map(str, words)]


def same_modules() -> dict[str, str]:
    """Return the environment in which another process finds the modules that this one finds."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}


def table(rows: Sequence[Row]) -> pd.DataFrame:
    """Return the rows as a table, one column per attribute of `Row`."""
    import pandas as pd

    return pd.DataFrame([asdict(row) for row in rows], columns=list(Row.__dataclass_fields__))


def _rows(case: Case, measurements: dict[str, list[Measurement]]) -> list[Row]:
    medians = {
        label: {what: median(getattr(one, what) for one in several) for what in _COMPARED}
        for label, several in measurements.items()
    }
    first = medians[case.sides[0].label]
    rows = []
    for side in case.sides:
        figures, several = medians[side.label], measurements[side.label]
        is_first = figures is first
        ratios: dict[str, Any] = {
            f"{what}_ratio": None if is_first else _ratio(first[what], figures[what])
            for what in _COMPARED
        }
        row = Row(
            case=case.name,
            side=side.label,
            repeats=len(several),
            cpu_lowest=min(one.cpu for one in several),
            cpu_highest=max(one.cpu for one in several),
            note=_note(several[-1].facts, figures["cpu"]),
            **figures,
            **ratios,
        )
        measured = {**asdict(row), **several[-1].facts, **_per_node(several[-1].facts, row.cpu)}
        rows.append(replace(row, goals=_goals(measured, side.at_most)))
    return rows


_COMPARED = ("cpu", "wall", "megabytes", "extra_megabytes")


def _ratio(figure: float, other: float) -> float:
    return figure / other if other else float("nan")


def _per_node(facts: dict[str, float], cpu: float) -> dict[str, float]:
    return {"microseconds_per_node": 1e6 * cpu / facts["nodes"]} if "nodes" in facts else {}


def _goals(measured: Mapping[str, Any], at_most: Mapping[str, float]) -> str:
    """Say what must hold, and whether it does."""
    return ", ".join(_goal(name, measured[name], most) for name, most in at_most.items())


def _goal(name: str, figure: float, most: float) -> str:
    if isnan(figure):
        return f"{name} unknown here"
    if figure > most:
        return f"{name} {figure:.3g} > {most:.3g} FAILS"
    return f"{name} {figure:.3g} <= {most:.3g}"


def _note(facts: dict[str, float], cpu: float) -> str:
    """Return the facts as a text; numbers of nodes and nonzeros also by CPU second."""
    texts = [f"{name} {value:.6g}" for name, value in facts.items()]
    texts += [
        f"{facts[name] / cpu:,.0f} {name} per CPU second"
        for name in ("nodes", "nonzeros")
        if name in facts
    ]
    return ", ".join(texts)
