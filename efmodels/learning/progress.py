"""A bar that shows how far learning has come."""

from __future__ import annotations

from contextlib import contextmanager
from math import isfinite, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from efmodels.learning.learned import Entry, Ranges


@contextmanager
def progress_bar(tolerance: float, ranges: Ranges) -> Iterator[Callable[[Entry], None]]:
    """Show a bar on stderr while the body runs, if that is a terminal.

    Parameters
    ----------
    tolerance, ranges
        Where the bar ends, see :func:`share_done`.

    Yields
    ------
    Callable
        Call it with each new line of the log.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("learning"), BarColumn(), TextColumn("{task.description}"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=1.0)

        def show(entry: Entry) -> None:
            bar.update(
                task,
                completed=share_done(entry, tolerance, ranges),
                description=f"{entry.iterations:,} iterations, value {entry.value:.6g}, "
                f"bound {entry.bound:.6g}, regret {entry.regret:.2g}",
            )

        yield show


def share_done(entry: Entry, tolerance: float, ranges: Ranges) -> float:
    """Return the share of the digits asked for that have been found, from 0 to 1.

    Of a tolerance of 0.001, a regret of 0.01 is two thirds; nothing is done without a bound.

    Examples
    --------
    >>> from efmodels.learning import Entry, Ranges
    >>> entry = Entry(100, 0.1, value=0.5, bound=0.505, regret=0.01, multiplier=3.0)
    >>> round(share_done(entry, 1e-3, Ranges(objective=1, payoff=1)), 3)
    0.667
    """
    if not isfinite(entry.bound):
        return 0.0
    gap = abs(entry.bound - entry.value) / ranges.objective
    distance = max(entry.regret / ranges.payoff, gap, tolerance)
    return (
        1.0 if distance <= tolerance or tolerance >= 1 else max(log(distance) / log(tolerance), 0.0)
    )
