"""What is measured of engines on games that do not fit into the caches: bytes, and their speed.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`. The input is
the name of a game, one of those below. All of them have one thread.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.bench.instance_workloads import NAME
from efmodels.formulations import nash_zero_sum
from efmodels.instances import kuhn, leduc, liars_dice
from efmodels.learning import CFRPlus
from efmodels.learning.algorithms import schedule
from efmodels.learning.engines import engine_for
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Floats, Game
    from efmodels.learning.saddle import Saddle

GAMES: dict[str, Callable[[], Game]] = {
    "kuhn": kuhn,
    "leduc20": partial(leduc, ranks=20),
    "leduc30": partial(leduc, ranks=30),
    "liars6": partial(liars_dice, faces=6),
    "liars7": partial(liars_dice, faces=7),
}
"""7 to 37 MB for an iteration, except for the first one, to warm up with."""

BYTES = 4e9
"""So many are to be moved, at the least; with no more than `ITERATIONS`."""

ITERATIONS = 2_000

TRIAD = 8_000_000
"""Numbers in each of three arrays: 64 MB, far above the caches."""


def least_bytes(saddle: Saddle) -> int:
    r"""Return what an iteration of CFR+ has to read and to write, if each array is touched once.

    .. math:: 2 \cdot 12 n + (8 + 96) (m_1 + m_2)

    The :math:`n` payoffs, 8 bytes and 4 for where they belong, are read twice: for the gradients of
    either side. 8 bytes of each coordinate say where its row begins and where its decision point
    lies. For each of the :math:`m_1 + m_2` coordinates the sweep
    up reads and writes gradient, regret and behaviour, the sweep down reads behaviour and writes
    the plan, the average reads the plan and is read and written: twelve times 8 bytes with the zero
    that a gradient begins with.

    Whoever leaves out payoffs of what is not played moves less; this is what is to be done, and
    not how.

    Examples
    --------
    >>> least_bytes(saddle_of(nash_zero_sum(kuhn()).problem))
    3424
    """
    rows = sum(saddle.W.shape)
    return 2 * 12 * saddle.W.nnz + (8 + 96) * rows


def played_bytes(saddle: Saddle, state: State) -> int:
    """Return the same without the payoffs of what both sides do not play."""
    rows = sum(saddle.W.shape)
    ours = np.diff(saddle.W.indptr)[state.leader.plan != 0].sum()
    theirs = np.diff(saddle.transposed.indptr)[state.adversary.plan != 0].sum()
    return int(12 * (ours + theirs)) + (8 + 96) * rows


def _saddle(folder: Path) -> Saddle:
    name = (folder / NAME).read_text(encoding="utf-8")
    return saddle_of(nash_zero_sum(GAMES[name]()).problem)


def _iterations(saddle: Saddle) -> int:
    return min(ITERATIONS, round(BYTES / least_bytes(saddle)))


def iterate_with_numba(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Do iterations of CFR+ in compiled loops."""
    return _iterate(folder, "numba")


def iterate_with_numpy(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Do the same iterations with numpy."""
    return _iterate(folder, "numpy")


def _iterate(folder: Path, engine: str) -> Callable[[], Callable[[], Facts]]:
    saddle = _saddle(folder)
    state, learner = State.start(saddle), engine_for(saddle, engine)
    number = _iterations(saddle)
    plan = schedule(CFRPlus(), 1, number)

    def work() -> Callable[[], Facts]:
        learner.run(state, plan, plan)
        return lambda: {
            "iterations": number,
            "payoffs": saddle.W.nnz,
            "megabytes_each": least_bytes(saddle) / 1e6,
            "megabytes_played": played_bytes(saddle, state) / 1e6,
        }

    learner.run(State.start(saddle), schedule(CFRPlus(), 1, 2), schedule(CFRPlus(), 1, 2))
    return work


def stream(folder: Path) -> Callable[[], Facts]:
    """Read and write as many bytes as the iterations have to, in a row: ``a = b + 2 * c``."""
    import numba

    compiled: Any = numba.njit
    triad = compiled(_triad)
    saddle = _saddle(folder)
    arrays = [np.ones(TRIAD) for _ in range(3)]
    number = _iterations(saddle) * least_bytes(saddle)
    passes, rest = divmod(number // 24, TRIAD)
    triad(*arrays)

    def work() -> Facts:
        for _ in range(passes):
            triad(*arrays)
        triad(*(array[:rest] for array in arrays))
        return {"gigabytes": number / 1e9}

    return work


def _triad(a: Floats, b: Floats, c: Floats) -> None:
    for i in range(len(a)):
        a[i] = b[i] + 2.0 * c[i]
