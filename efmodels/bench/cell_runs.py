"""Runs cells of the published table, each side in a process of its own, and keeps every row."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

from efmodels.bench.cell_process import MEMORY
from efmodels.bench.cell_sides import ACCURACIES, SIDES
from efmodels.bench.running import module_command, same_modules
from efmodels.errors import FormatError, GameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from efmodels.bench.published_cells import Cell

    CellRow = dict[str, str]

PATIENCE = 20.0
"""Wall seconds per CPU second of the limit, after which a process is ended that does not work."""

_OF_LEARNING = ("status", "seconds", "iterations", "value", "bound", "regret")
_OF_A_SIDE = ("megabytes", "limit", "date", "note")
COLUMNS = (
    *("game", "concept", "nodes", "tree", "published_program", "published_learning"),
    *("objective", "objective_range", "payoff_range"),
    *("program_status", "program_construction", "program_seconds"),
    *("program_value", "program_prices", "program_regret"),
    *(f"program_{figure}" for figure in _OF_A_SIDE),
    "learning_construction",
    *(f"{accuracy}_{figure}" for accuracy in ACCURACIES for figure in _OF_LEARNING),
    *(f"learning_{figure}" for figure in _OF_A_SIDE),
)
"""Of the table in a file. Seconds are CPU time, but for the published ones."""

TIME = "time limit"
FAILED = "failed"

NOTE = 200
"""Characters that are kept of what a process said before it failed."""


def run_cells(
    cells: Iterable[Cell],
    file: Path,
    limits: tuple[float, float],
    *,
    sides: Iterable[str] = SIDES,
    progress: Callable[[str], None] = lambda _: None,
) -> list[CellRow]:
    """Run cells one after another, and write the file anew when a side of one is finished.

    Sides that the file has already are not run again. Whenever a run is killed, the file is whole,
    and has all that was finished.

    Parameters
    ----------
    cells
        Which ones, in this order.
    file
        A table with the columns `COLUMNS`; it is made if there is none.
    limits
        CPU seconds for each side of a cell, construction included, and gigabytes.
    sides
        Of ``"program"`` and ``"learning"``.
    progress
        Is told what is being done.

    Returns
    -------
    list of dict
        All rows of the file.

    Raises
    ------
    FormatError
        The file is none of ours.
    GameError
        A limit is not positive.
    """
    if not min(limits) > 0:
        raise GameError(f"the limits must be positive: seconds and gigabytes; got {limits}")
    found = rows_of(file) if file.exists() else []
    rows = {(row["game"], row["concept"]): row for row in found}
    for cell, side in product(cells, list(sides)):
        row = rows.setdefault((cell.game, cell.concept), _empty_row(cell))
        if row[f"{side}_date"]:
            continue
        progress(f"{cell.name}: {side}")
        told = run_side(side, (cell.game, cell.concept), limits)
        figures = with_statuses(side, told) | {
            f"{side}_limit": f"{limits[0]:g}",
            f"{side}_date": datetime.now(tz=UTC).date().isoformat(),
        }
        row |= {name: _text(figure) for name, figure in figures.items()}
        _write(file, rows.values())
    return list(rows.values())


def _empty_row(cell: Cell) -> CellRow:
    """Return the row of a cell that has not been run."""
    known: dict[str, object] = {
        "game": cell.game,
        "concept": cell.concept,
        "nodes": cell.nodes,
        "tree": "published" if cell.is_the_papers else "ours",
        "published_program": cell.program,
        "published_learning": cell.learning,
    }
    return {name: _text(known.get(name)) for name in COLUMNS}


def _text(figure: object) -> str:
    if figure is None:
        return ""
    return f"{figure:.6g}" if isinstance(figure, float) else str(figure)


def run_side(
    side: str, cell: tuple[str, str], limits: tuple[float, float]
) -> dict[str, float | str]:
    """Solve a cell in one way, in a process of its own.

    Returns
    -------
    dict
        What it told of itself; and how it ``ended`` if not by itself: ``"time limit"``,
        ``"memory"`` or ``"failed"``.
    """
    command = module_command("efmodels.bench.cell_process", side, *cell, *limits)
    with subprocess.Popen(  # noqa: S603 - this interpreter, our own module
        command,
        env=same_modules() | _ONE_THREAD,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            told, said = process.communicate(timeout=PATIENCE * limits[0] + 60)
        except subprocess.TimeoutExpired:
            process.kill()
            told, said = process.communicate()
            return _figures(told) | {"ended": TIME}
        except BaseException:
            process.kill()
            raise
    figures = _figures(told)
    if process.returncode != 0:
        figures["ended"] = _ending(process.returncode, said)
        figures["detail"] = said[-2000:]
    return figures


# One thread each, or BLAS waits for others that have no work, and counts that as CPU time.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def _figures(told: str) -> dict[str, float | str]:
    """Return what was told in whole lines."""
    figures: dict[str, float | str] = {}
    for line in told.splitlines(keepends=True):
        if line.endswith("\n"):
            figures |= json.loads(line)
    return figures


def _ending(code: int, said: str) -> str:
    """Say what ended a process."""
    if code == -getattr(signal, "SIGXCPU", 0):  # not on every system
        return TIME
    if code == -getattr(signal, "SIGKILL", 0) or any(word in said for word in _OUT_OF_MEMORY):
        return MEMORY
    return FAILED


_OUT_OF_MEMORY = ("bad_alloc", "memory allocation", "MemoryError")


def with_statuses(side: str, figures: dict[str, float | str]) -> dict[str, float | str]:
    """Return figures in which every status stands: what did not end itself ended as the process.

    Examples
    --------
    >>> with_statuses("learning", {"percent_status": "solved", "ended": "time limit"})
    {'percent_status': 'solved', 'permille_status': 'time limit'}
    """
    figures = dict(figures)
    cause = figures.pop("ended", FAILED)
    if "detail" in figures:
        figures[f"{side}_note"] = " ".join(str(figures.pop("detail")).split())[-NOTE:]
    if "megabytes" in figures:
        figures[f"{side}_megabytes"] = figures.pop("megabytes")
    for name in ("program",) if side == "program" else ACCURACIES:
        status = figures.setdefault(f"{name}_status", cause)
        cause = cause if status == "solved" else status
    return figures


def rows_of(file: Path) -> list[CellRow]:
    """Return the rows of a table in a file.

    Raises
    ------
    FormatError
        Its columns are others.
    """
    with file.open(encoding="utf-8", newline="") as opened:
        lines = csv.DictReader(opened)
        if tuple(lines.fieldnames or ()) != COLUMNS:
            raise FormatError(
                f"the columns of a table of `efmodels bench table`, {', '.join(COLUMNS)}; found "
                f"{', '.join(lines.fieldnames or ())}",
                line=1,
                column=1,
                source=file,
            )
        return list(lines)


def _write(file: Path, rows: Iterable[CellRow]) -> None:
    """Write a table anew; whoever is killed meanwhile has the old one."""
    draft = file.with_name(f"{file.name}.draft")
    with draft.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if any(row[f"{side}_date"] for side in SIDES))
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)
