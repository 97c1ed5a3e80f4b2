"""How fast learning has come how far, as lines on logarithmic axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from efmodels.errors import GameError
from efmodels.plot.canvas import FONT, new_axes, one_line
from efmodels.plot.palette import INK, PLAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from efmodels.game import Floats

SIZE = (5.2, 3.8)
"""Width and height of a new figure, in inches."""

TITLES = {"seconds": "processor seconds", "iterations": "iterations"}


class HasLine(Protocol):
    """A line of a log: :class:`efmodels.learning.learned.Entry`, or anything with these."""

    @property
    def iterations(self) -> int:
        """Done so far, by this member."""

    @property
    def seconds(self) -> float:
        """Processor time so far."""

    @property
    def value(self) -> float:
        """Of the best pair so far."""

    @property
    def bound(self) -> float:
        """Of the best pair so far."""

    @property
    def regret(self) -> float:
        """The largest regret."""

    @property
    def member(self) -> str:
        """Whose iterations these are."""


class HasLog(Protocol):
    """What can be drawn: what `learn` returns, or anything with its log."""

    @property
    def log(self) -> Sequence[HasLine]:
        """What was known after each chunk."""


def convergence(
    *runs: HasLog,
    labels: Sequence[str] | None = None,
    over: str = "seconds",
    ax: Axes | None = None,
) -> Axes:
    """Draw how far learning was from a solution, over time: both axes are logarithmic.

    Each run has a colour. The solid line is ``bound - value``, how much better another solution
    could be; the dotted one the largest regret. A line has gaps where there is no bound yet, or
    where it is 0 or below: regrets may let the value be higher than any solution's.

    Parameters
    ----------
    *runs
        What :func:`efmodels.learning.driver.learn` returns.
    labels
        What the legend says of each; by default who worked on it.
    over
        ``"seconds"`` of processor time, or ``"iterations"``: those of all members together.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    GameError
        There is nothing to draw, there are not as many labels as runs, or `over` is something else.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.learning import Ranges, learn
    >>> problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    >>> runs = [learn(problem, Ranges(4, 4), method=name) for name in ("cfr+", "dcfr+")]
    >>> ax = ef.plot.convergence(*runs, over="iterations")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['cfr+', 'dcfr+', 'bound - value', 'regret']
    """
    if not any(run.log for run in runs):
        raise GameError("there is nothing to draw: give at least one run with a log")
    names = [_members(run) for run in runs] if labels is None else list(labels)
    if len(names) != len(runs):
        raise GameError(f"labels must be one per run: got {len(names)} for {len(runs)} runs")
    if over not in TITLES:
        raise GameError(f"over must be one of {sorted(TITLES)}; got {over!r}")
    ax = new_axes(*SIZE) if ax is None else ax
    for number, (run, name) in enumerate(zip(runs, names, strict=True)):
        colour = PLAYERS[number % len(PLAYERS)]
        x = _progress(run, over)
        gap = _positive([line.bound - line.value for line in run.log])
        regret = _positive([line.regret for line in run.log])
        ax.plot(x, gap, "-", color=colour, linewidth=1.5, gid=f"gap-{name}", label=one_line(name))
        ax.plot(x, regret, ":", color=colour, linewidth=1.5, gid=f"regret-{name}")
    _finish(ax, TITLES[over])
    return ax


def _members(run: HasLog) -> str:
    return " + ".join(dict.fromkeys(line.member for line in run.log))


def _progress(run: HasLog, over: str) -> Floats:
    """Return what has been spent after each line; iterations of all members are added up."""
    if over == "seconds":
        return np.array([line.seconds for line in run.log])
    done: dict[str, int] = {}
    total = []
    for line in run.log:
        done[line.member] = line.iterations
        total.append(float(sum(done.values())))
    return np.array(total)


def _positive(numbers: list[float]) -> Floats:
    """Return the numbers, and ``nan`` for those that a logarithmic axis has no place for."""
    given = np.array(numbers)
    return np.where(np.isfinite(given) & (given > 0), given, np.nan)


def _finish(ax: Axes, title: str) -> None:
    """Name the axes, and say in the legend what the two kinds of lines are."""
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel(title, fontsize=FONT)
    ax.set_ylabel("distance from a solution", fontsize=FONT)
    ax.tick_params(labelsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    for line, what in (("-", "bound - value"), (":", "regret")):
        ax.plot([], [], line, color=INK, label=what)
    for text in ax.legend(fontsize=FONT).get_texts():
        text.set_parse_math(False)
