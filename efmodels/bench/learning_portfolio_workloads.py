"""What is measured on portfolios: methods side by side against each of them alone, and first words.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from efmodels.bench.instance_workloads import NAME, write_name
from efmodels.formulations import ACRONYMS, nash_zero_sum
from efmodels.instances import kuhn, leduc, liars_dice, load
from efmodels.learning import Portfolio, Ranges, learn
from efmodels.learning.portfolio import PRICED, ZERO_SUM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Game
    from efmodels.problem import EquilibriumProblem

TOLERANCE = 1e-3
"""As a share of the ranges."""

REPEATS = 5

PATIENCE = 20.0
"""Seconds by the clock after which one who learns is ended; it counts as having taken them."""

ZERO_SUM_GAMES: dict[str, Callable[[], Game]] = {
    "kuhn": kuhn,
    "leduc13": partial(leduc, ranks=13),
    "liars5": partial(liars_dice, faces=5),
    "liars6": partial(liars_dice, faces=6),
}
"""The games without incentive constraints; all others are given as a name and a concept."""


def write_tasks(tasks: Sequence[str], folder: Path) -> None:
    """Write what is to be learned, a line each: a game, and a concept or nothing."""
    write_name("\n".join(tasks), folder)


def learn_side_by_side(folder: Path) -> Callable[[], Facts]:
    """Learn with ``"auto"`` on two threads, and with each member of its portfolio alone.

    All in one process, in turn: starting one takes longer than to learn. The facts are the wall
    time of the first as a multiple of that of the faster member, each the median of some
    repeats, and the median of these ratios over the tasks.
    """
    names = (folder / NAME).read_text(encoding="utf-8").splitlines()
    tasks = {name: _task(name) for name in names}

    def work() -> Facts:
        ratios = {name: _ratio(*task) for name, task in tasks.items()}
        return {**ratios, "median_ratio": median(ratios.values())}

    return work


def _ratio(problem: EquilibriumProblem, ranges: Ranges, portfolio: Portfolio) -> float:
    """Return the median wall time of ``"auto"`` over that of the best member of a portfolio.

    ``"auto"`` is that portfolio, or one method alone where the problem is small.
    """
    alone = [(Portfolio((member,)), 1) for member in portfolio.members]
    ways: list[tuple[Portfolio | str, int]] = [("auto", 2), *alone]
    walls: list[list[float]] = [[] for _ in ways]
    for _ in range(REPEATS):
        for (who, threads), wall in zip(ways, walls, strict=True):
            wall.append(_learn(problem, ranges, who, threads))
    together, *each = map(median, walls)
    return together / min(each)


def _task(task: str) -> tuple[EquilibriumProblem, Ranges, Portfolio]:
    """Return the problem, its units and its portfolio."""
    name, *concept = task.split()
    if not concept:
        game = ZERO_SUM_GAMES[name]()
        payoff = float(np.ptp(game.payoffs))
        return nash_zero_sum(game).problem, Ranges(payoff, payoff), ZERO_SUM
    game = load(name)
    ranges = Ranges(
        float(np.ptp(game.payoffs.sum(axis=1))), float(np.ptp(game.payoffs, axis=0).max())
    )
    return ACRONYMS[concept[0]](game).problem, ranges, PRICED


def _learn(
    problem: EquilibriumProblem, ranges: Ranges, method: Portfolio | str, threads: int
) -> float:
    """Return how long it takes by the clock."""
    return learn(
        problem,
        ranges,
        tolerance=TOLERANCE,
        method=method,
        engine="numba",
        threads=threads,
        time_limit=PATIENCE,
    ).seconds


_FIRST_ANSWER = """
import efmodels as ef
from efmodels.learning import Ranges, learn
game = getattr(ef.instances, {game!r})()
problem = ef.formulations.nash_zero_sum(game).problem
learned = learn(problem, Ranges(26, 26), tolerance=1e-3, engine={engine!r})
assert learned.status == "solved"
"""


def answer_first_with_numpy(folder: Path) -> Callable[[], Facts]:
    """Start Python, import, make the game, and learn it, with the engine of numpy."""
    return _first_answer(folder, "numpy")


def answer_first_with_numba(folder: Path) -> Callable[[], Facts]:
    """Do the same with numba, which has never compiled anything on this machine."""
    return _first_answer(folder, "numba")


def _first_answer(folder: Path, engine: str) -> Callable[[], Facts]:
    name = (folder / NAME).read_text(encoding="utf-8")
    # Without a name, to warm up, Python is started and nothing more.
    program = _FIRST_ANSWER.format(game=name, engine=engine) if name else ""

    def work() -> Facts:
        with TemporaryDirectory(prefix="efmodels-numba-") as cache:
            subprocess.run(  # noqa: S603 - this interpreter, our own text
                [sys.executable, "-c", program],
                env=os.environ | {"NUMBA_CACHE_DIR": cache},
                check=True,
            )
        return {}

    return work
