"""What a benchmark case is: an input, and the ways to compare on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from efmodels.bench.workloads import Workload

WARM_UP = "warm-up"
"""Folder of the small input on which every process does its work once before it is measured."""


@dataclass(frozen=True)
class Side:
    """One of the ways that a case compares.

    Parameters
    ----------
    label
        What it is called in tables.
    workload
        A function of one of the modules of workloads: takes the folder with the input's files,
        makes ready, and returns the function to measure.
    at_most
        What must hold: limits of figures, by the names of the attributes of `Row`, such as
        ``cpu`` or, for sides that the first is compared with, ``cpu_ratio``.
    repeats
        The most repeats, for a side that takes long.
    package
        What must be installed besides, by the extra ``bench``.
    """

    label: str
    workload: Workload
    at_most: Mapping[str, float] = field(default_factory=dict)
    repeats: int | None = None
    package: str | None = None


@dataclass(frozen=True)
class Case:
    """An input and the ways to compare on it.

    Parameters
    ----------
    name
        What it is called on the command line.
    summary
        What is measured, in a few words.
    write
        Writes the input into a folder; not measured.
    write_small
        Does the same with the input to warm up with.
    sides
        The first is compared with each of the others.
    """

    name: str
    summary: str
    write: Callable[[Path], None]
    write_small: Callable[[Path], None]
    sides: tuple[Side, ...]

    def prepare(self, folder: Path) -> None:
        """Write the input, and the one to warm up with."""
        self.write(folder)
        self.write_small(folder / WARM_UP)
