"""The command ``efmodels bench table``: the published table, run again."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from efmodels.cli import showing
from efmodels.cli.progress import working

if TYPE_CHECKING:
    from efmodels.bench.published_cells import Cell

SUBSETS = ("short", "published", "all")


def table(
    *,
    cells: Annotated[
        str, typer.Option(help="Cells with commas between: S2122/EFCE, or a game for all concepts.")
    ] = "",
    subset: Annotated[
        str,
        typer.Option(
            help="Instead of cells: 'short' (thirty), 'published' (the 18 games whose trees are "
            "the paper's) or 'all' 23."
        ),
    ] = "",
    only: Annotated[
        str, typer.Option(help="Run one side of each cell: 'program' or 'learning'.")
    ] = "",
    limit: Annotated[
        float, typer.Option(help="CPU seconds for each side of a cell, construction included.")
    ] = 120,
    memory: Annotated[
        float | None,
        typer.Option(help="GB that a process may take. By default half of what there is."),
    ] = None,
    output: Annotated[
        Path, typer.Option(help="The .csv file to which each finished side of a cell goes at once.")
    ],
    markdown: Annotated[
        Path | None, typer.Option(help="Write the table to this file, in Markdown.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the file: what it has already is not run.")
    ] = False,
) -> None:
    """Run the published comparison of linear programs with learning again.

    Every cell is a game and a concept, run once by a linear program and once by learning, each in a
    process of its own. In subsets, cells that took the authors longest come last. A run that was
    killed goes on with --resume; nothing that was finished is lost.
    """
    from efmodels.bench.cell_report import compared
    from efmodels.bench.cell_report import markdown as in_markdown
    from efmodels.bench.cell_runs import run_cells
    from efmodels.bench.cell_sides import SIDES
    from efmodels.memory_limits import memory_limit_here

    chosen = _chosen(cells, subset)
    if output.exists() and not resume:
        raise typer.BadParameter(
            f"{output} exists; go on with --resume, or name another file", param_hint="--output"
        )
    if only and only not in SIDES:
        raise typer.BadParameter(f"{only!r} is none of {', '.join(SIDES)}", param_hint="--only")
    limits = (limit, memory_limit_here() if memory is None else memory)
    with working("preparing") as now:
        rows = run_cells(chosen, output, limits, sides=[only] if only else SIDES, progress=now)
    if markdown is not None:
        markdown.write_text(f"{in_markdown(rows)}\n{compared(rows)}", encoding="utf-8")
    _show(rows)


def _chosen(cells: str, subset: str) -> list[Cell]:
    """Return the cells that are asked for, in the order in which they are run."""
    from efmodels.bench.published_cells import SHORT, all_cells, cells_named, easy_first

    if bool(cells) == bool(subset):
        raise typer.BadParameter("give one of --cells and --subset")
    if cells:
        return cells_named(name.strip() for name in cells.split(","))
    if subset not in SUBSETS:
        raise typer.BadParameter(f"{subset!r} is none of {', '.join(SUBSETS)}")
    every = cells_named(SHORT) if subset == "short" else all_cells()
    return easy_first(cell for cell in every if subset == "all" or cell.is_the_papers)


def _show(rows: list[dict[str, str]]) -> None:
    """Print the table, and how it compares with what was published."""
    from efmodels.bench.cell_report import HEADS, figures_of, shares

    showing.show_table(HEADS, [figures_of(row) for row in rows])
    typer.echo()
    heads = ("on trees that are the paper's", "cells", "of", "not")
    lines = [
        (share.what, str(share.holds), str(share.cells), ", ".join(share.others))
        for share in shares(rows)
    ]
    showing.show_table(heads, lines)
