"""A process that does one piece of work and prints what it took: run by :mod:`.running`."""

from __future__ import annotations

import gc
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from efmodels.bench.workloads import Workload

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_PEAK = "5"  # what to write there for the peak to be forgotten


def report(workload: str, folder: Path, warm_up: Path) -> dict[str, Any]:
    """Do the work on the small input, then, measured, on the real one.

    Parameters
    ----------
    workload
        ``module:function``.
    folder, warm_up
        Folders with the files of the two inputs.

    Returns
    -------
    dict
        ``cpu`` and ``wall`` in seconds, ``megabytes`` at the peak, ``extra_megabytes`` by which the
        work raised it above what was held before, and ``facts``.
    """
    module, _, name = workload.partition(":")
    prepare: Workload = getattr(import_module(module), name)
    prepare(warm_up)()  # imports, the solver's threads, Pyomo's registries
    work = prepare(folder)
    gc.collect()
    highest = peak_megabytes()
    held = forget_peak()
    cpu, wall = cpu_seconds(), perf_counter()
    facts = work()
    cpu, wall = cpu_seconds() - cpu, perf_counter() - wall
    extra = own_peak_megabytes() - held
    highest = max(highest, peak_megabytes())
    return {
        "cpu": cpu,
        "wall": wall,
        "megabytes": highest,
        "extra_megabytes": extra,
        "facts": facts() if callable(facts) else facts,
    }


def cpu_seconds() -> float:
    """Return user and system time of this process, and of its children that have ended."""
    times = os.times()
    return process_time() + times.children_user + times.children_system


def forget_peak() -> float:
    """Let the peak of this process be what it holds now, and return that; ``nan`` off Linux."""
    try:
        _CLEAR.write_text(_PEAK)
    except OSError:
        return float("nan")
    return _status_megabytes("VmRSS")


def own_peak_megabytes() -> float:
    """Return the most memory that this process held; ``nan`` where unknown."""
    if _STATUS.exists():
        # Linux counts into ru_maxrss what the parent held when it started this process.
        return _status_megabytes("VmHWM")
    return _used_at_most("RUSAGE_SELF")


def peak_megabytes() -> float:
    """Return the most memory that this process, or a child, ever held; ``nan`` where unknown."""
    return max(own_peak_megabytes(), _used_at_most("RUSAGE_CHILDREN"))


def _status_megabytes(name: str) -> float:
    lines = _STATUS.read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) * 1024 / 1e6


def _used_at_most(whose: str) -> float:
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(getattr(resource, whose)).ru_maxrss * unit / 1e6


def main() -> None:
    """Print the report alone: what libraries print, at exit too, goes to stderr."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    workload, folder, warm_up = sys.argv[1:]
    with answer:
        json.dump(report(workload, Path(folder), Path(warm_up)), answer)


if __name__ == "__main__":
    main()
