"""What is measured on portfolios: methods side by side against each of them alone, and first words.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from efmodels.bench.instance_workloads import NAME
from efmodels.formulations import ACRONYMS, nash_zero_sum
from efmodels.instances import kuhn, leduc, liars_dice, load
from efmodels.learning import Portfolio, Ranges, learn
from efmodels.learning.portfolio import PRICED, ZERO_SUM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Game
    from efmodels.problem import EquilibriumProblem

TOLERANCE = 1e-3
"""As a share of the ranges."""

ZERO_SUM_GAMES: dict[str, Callable[[], Game]] = {
    "kuhn": kuhn,
    "leduc13": partial(leduc, ranks=13),
    "liars5": partial(liars_dice, faces=5),
    "liars6": partial(liars_dice, faces=6),
}
"""The games without incentive constraints; all others are given as a name and a concept."""


def learn_side_by_side(folder: Path) -> Callable[[], Facts]:
    """Learn with the portfolio that is chosen automatically, on two threads."""
    problem, ranges, portfolio = _task(folder)
    return partial(_learn, problem, ranges, portfolio, threads=2)


def learn_in_turn(folder: Path) -> Callable[[], Facts]:
    """Do the same on one thread."""
    problem, ranges, portfolio = _task(folder)
    return partial(_learn, problem, ranges, portfolio, threads=1)


def learn_with_first_member(folder: Path) -> Callable[[], Facts]:
    """Learn with its first member alone."""
    problem, ranges, portfolio = _task(folder)
    return partial(_learn, problem, ranges, Portfolio(portfolio.members[:1]), threads=1)


def learn_with_second_member(folder: Path) -> Callable[[], Facts]:
    """Learn with its second member alone."""
    problem, ranges, portfolio = _task(folder)
    return partial(_learn, problem, ranges, Portfolio(portfolio.members[1:]), threads=1)


def _task(folder: Path) -> tuple[EquilibriumProblem, Ranges, Portfolio]:
    """Return the problem that is named in the file: a game, and a concept or nothing."""
    name, *concept = (folder / NAME).read_text(encoding="utf-8").split()
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
    problem: EquilibriumProblem, ranges: Ranges, portfolio: Portfolio, *, threads: int
) -> Facts:
    learned = learn(
        problem, ranges, tolerance=TOLERANCE, method=portfolio, engine="numba", threads=threads
    )
    who = " and ".join(map(str, portfolio.members))
    accuracy = TOLERANCE if learned.status == "solved" else float("nan")
    return {"accuracy": accuracy, f"iterations of {who} on {threads}": learned.iterations}


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
