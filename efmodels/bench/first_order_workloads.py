"""What is measured on methods of learning: iterations and seconds to a gap, in zero-sum games.

All run in numpy. Each function makes ready and returns the work, as in
:mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.bench.workloads import EFG
from efmodels.files import read
from efmodels.formulations import nash_zero_sum
from efmodels.learning import Ranges, learn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.learning import Learned
    from efmodels.problem import EquilibriumProblem

GAPS = (1e-2, 1e-3, 1e-4, 1e-8)
"""Shares of the payoff range; the last one ends a run."""

SECONDS = "seconds.txt"
"""The file with the seconds after which a run ends anyway, by the clock."""


def by_cfr_plus(folder: Path) -> Callable[[], Facts]:
    """Learn by CFR+."""
    return _learning(folder, "cfr+")


def by_discounted_cfr_plus(folder: Path) -> Callable[[], Facts]:
    """Learn by DCFR+."""
    return _learning(folder, "dcfr+")


def by_predictive_cfr_plus(folder: Path) -> Callable[[], Facts]:
    """Learn by PCFR+."""
    return _learning(folder, "pcfr+")


def by_multiplicative_weights(folder: Path) -> Callable[[], Facts]:
    """Learn by optimistic multiplicative weights."""
    return _learning(folder, "omwu")


def by_optimistic_gradients(folder: Path) -> Callable[[], Facts]:
    """Learn by optimistic gradient descent and ascent."""
    return _learning(folder, "ogda")


def by_excessive_gap(folder: Path) -> Callable[[], Facts]:
    """Learn by the excessive gap technique."""
    return _learning(folder, "egt")


def _learning(folder: Path, method: str) -> Callable[[], Facts]:
    game = read(folder / EFG)
    problem, unit = nash_zero_sum(game).problem, float(np.ptp(game.payoffs))
    seconds = float((folder / SECONDS).read_text(encoding="utf-8"))
    return lambda: time_to_gaps(problem, unit, method, seconds)


def time_to_gaps(problem: EquilibriumProblem, unit: float, method: str, seconds: float) -> Facts:
    """Learn, and return iterations and CPU seconds to each of `GAPS` that was reached.

    Gaps are looked at between chunks of iterations, as they are in use, so that there may be a
    fifth too many; what it takes to look is included.
    """
    learned = learn(
        problem,
        Ranges(unit, unit),
        method=method,
        tolerance=GAPS[-1],
        engine="numpy",
        time_limit=seconds,
    )
    facts = {"value": learned.value, "gap": (learned.bound - learned.value) / unit}
    for gap in GAPS:
        facts |= _first(learned, gap, unit)
    return facts


def _first(learned: Learned, gap: float, unit: float) -> Facts:
    reached = (one for one in learned.log if one.bound - one.value <= gap * unit)
    entry = next(reached, None)
    if entry is None:
        return {}
    return {
        f"iterations to {gap:.0e}": entry.iterations,
        f"seconds to {gap:.0e}": entry.seconds,
    }
