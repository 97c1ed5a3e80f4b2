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


def report(workload: str, folder: Path, warm_up: Path) -> dict[str, Any]:
    """Do the work on the small game, then, measured, on the real one.

    Parameters
    ----------
    workload
        ``module:function``.
    folder, warm_up
        Folders with the files of the two games.

    Returns
    -------
    dict
        ``cpu`` and ``wall`` in seconds, ``megabytes`` at the peak, and ``facts``.
    """
    module, _, name = workload.partition(":")
    prepare: Workload = getattr(import_module(module), name)
    prepare(warm_up)()  # imports, the solver's threads, Pyomo's registries
    work = prepare(folder)
    gc.collect()
    cpu, wall = cpu_seconds(), perf_counter()
    facts = work()
    cpu, wall = cpu_seconds() - cpu, perf_counter() - wall
    return {"cpu": cpu, "wall": wall, "megabytes": peak_megabytes(), "facts": facts}


def cpu_seconds() -> float:
    """Return user and system time of this process, and of its children that have ended."""
    times = os.times()
    return process_time() + times.children_user + times.children_system


def peak_megabytes() -> float:
    """Return the most memory that this process, or a child, ever held; ``nan`` where unknown."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    status = Path("/proc/self/status")
    if status.exists():
        # Linux counts into ru_maxrss what the parent held when it started this process.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        own = int(line.split()[1]) * 1024
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return max(own, children) / 1e6


if __name__ == "__main__":
    workload, folder, warm_up = sys.argv[1:]
    print(json.dumps(report(workload, Path(folder), Path(warm_up))))  # noqa: T201 - the answer
