"""How much memory the building of a model may take: a limit, and the error if it is passed.

Whatever may become large is counted before it is allocated, the count becomes an estimate in bytes,
and an estimate above the limit is an error at once. The limit holds for one thread or task at a
time, as the contexts of `decimal` do.
"""

from __future__ import annotations

import math
import os
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from efmodels.errors import GameError, SizeError

if TYPE_CHECKING:
    from collections.abc import Iterator

GIGABYTE = 10**9

SHARE = 0.5
"""The default limit, as a share of this machine's memory."""

UNKNOWN_MACHINE = 8.0
"""Gigabytes that a machine is taken to have which does not tell."""

_limit: ContextVar[float | None] = ContextVar("efmodels_memory_limit", default=None)


@contextmanager
def memory_limit(gigabytes: float | None) -> Iterator[None]:
    """Set how much memory the building of a model may be estimated to take.

    It holds inside the ``with`` block, in this thread. The estimates are of what efmodels needs
    until the model is built; they are right within a factor of two or so, and a solver comes on
    top.

    Parameters
    ----------
    gigabytes
        The limit, in units of 10^9 bytes; ``float("inf")`` for none, ``None`` for the default: half
        of the memory that this machine, or the container that the process runs in, has.

    Raises
    ------
    GameError
        The limit is not positive.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.load("K23")
    >>> with ef.memory_limit(gigabytes=1e-6):
    ...     ef.formulations.efce(game)
    Traceback (most recent call last):
    efmodels.errors.SizeError: EFCE of Kuhn poker (players=2, ranks=3): 261 states of the...
    >>> with ef.memory_limit(gigabytes=0.1):
    ...     block = ef.formulations.efce(game)
    """
    if gigabytes is not None and not gigabytes > 0:
        raise GameError(f"a memory limit is a positive number of gigabytes; got {gigabytes!r}")
    token = _limit.set(gigabytes)
    try:
        yield
    finally:
        _limit.reset(token)


def memory_limit_here() -> float:
    """Return the limit that holds here, in gigabytes."""
    limit = _limit.get()
    return SHARE * machine_memory() if limit is None else limit


@dataclass(frozen=True)
class MemoryBudget:
    """How much memory may be taken for one purpose, and what to say if that is not enough.

    Parameters
    ----------
    subject
        What is built, such as ``"EFCE of Kuhn poker"``; begins the message.
    instead
        What to do instead of raising the limit; ends it.
    gigabytes
        The limit; the one that holds here by default.
    held
        Bytes that are taken already.

    Examples
    --------
    >>> budget = MemoryBudget("a table", "Take a smaller one", gigabytes=1)
    >>> budget.require(5e8, "50 rows")
    >>> budget.holding(6e8).require(5e8, "50 rows")
    Traceback (most recent call last):
    efmodels.errors.SizeError: a table: 50 rows need about 1.1 GB of memory, above...
    """

    subject: str = ""
    instead: str = ""
    gigabytes: float = field(default_factory=memory_limit_here)
    held: float = 0.0

    def holding(self, needed: float) -> MemoryBudget:
        """Return what is left when some bytes more are taken."""
        return replace(self, held=self.held + needed)

    def require(self, needed: float, counted: str) -> None:
        """Raise unless there is memory enough.

        Parameters
        ----------
        needed
            Bytes, beyond those that are held.
        counted
            What needs them, with its number: ``"2,115 states"``.

        Raises
        ------
        SizeError
            There is not.
        """
        gigabytes = (self.held + needed) / GIGABYTE
        if gigabytes <= self.gigabytes:
            return
        subject = f"{self.subject}: " if self.subject else ""
        raise SizeError(
            f"{subject}{counted} need about {gigabytes:.2g} GB of memory, above the limit of "
            f"{self.gigabytes:.3g} GB. If the machine has that much, raise the limit: `with "
            "efmodels.memory_limit(gigabytes=...):`, or --memory-limit on the command line"
            + (f". {self.instead}" if self.instead else ""),
            gigabytes=gigabytes,
            limit=self.gigabytes,
        )


# What there is -----------------------------------------------------------------------------------


def machine_memory() -> float:
    """Return the memory of this machine, or of the container if that is less, in gigabytes."""
    try:
        here = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    except (AttributeError, ValueError, OSError):  # not on every system
        here = UNKNOWN_MACHINE
    return min(here, container_memory() / GIGABYTE)


def container_memory(
    mine: Path = Path("/proc/self/cgroup"), groups: Path = Path("/sys/fs/cgroup")
) -> float:
    """Return the smallest memory limit of the control groups of this process, in bytes.

    Parameters
    ----------
    mine
        Which groups the process is in: lines ``number:controllers:path``.
    groups
        Where the groups are mounted. Version 2 has one tree with the file ``memory.max`` in each
        group, version 1 a tree ``memory`` with ``memory.limit_in_bytes``.
    """
    try:
        lines = mine.read_text(encoding="utf-8").splitlines()
    except OSError:  # not on every system
        return math.inf
    limits = [math.inf]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in {"", "memory"}:
            continue
        root = groups / controllers
        group = root / path.lstrip("/")
        for folder in (group, *group.parents):
            if folder.is_relative_to(root):
                name = "memory.limit_in_bytes" if controllers else "memory.max"
                limits.append(_bytes_in(folder / name))
    return min(limits)


def _bytes_in(file: Path) -> float:
    """Return the number in a file; infinite where there is none."""
    try:
        text = file.read_text(encoding="utf-8").strip()
    except OSError:
        return math.inf
    return float(text) if text.isdecimal() else math.inf
