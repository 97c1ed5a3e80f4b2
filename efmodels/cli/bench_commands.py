"""The commands ``efmodels bench list``, ``run``, ``learning``, ``table`` and ``stackelberg``."""

from __future__ import annotations

import difflib
from pathlib import Path  # noqa: TC003 - typer evaluates the annotations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from efmodels.cli import showing
from efmodels.cli.exit_codes import FAILED, explanation, report
from efmodels.cli.framework import Command, Group
from efmodels.cli.progress import working
from efmodels.cli.table_command import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.bench import Case, Row

bench = typer.Typer(cls=Group, no_args_is_help=True, help="Measure how fast things are here.")
bench.command("table", cls=Command, epilog=explanation(0, 2, 3))(table)


@bench.command("list", cls=Command, epilog=explanation(0, 2))
def list_cases(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC",
            help="The word that begins the names of the cases to list, or one case. By default the "
            "topics are listed.",
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of a table.")
    ] = False,
) -> None:
    """List the topics of the benchmarks, or the cases of one and the sides that each compares."""
    from efmodels.bench import CASES

    cases = [
        case
        for name, case in CASES.items()
        # A case may have the name of its topic.
        if topic in {None, name.partition("-")[0]}
    ] or _cases_of(str(topic))
    if as_json:
        showing.show_json([_about(case) for case in cases])
    elif topic is None:
        showing.show_records(_topics(cases), widest=LISTED)
        typer.echo("\nefmodels bench list TOPIC shows the cases of one.")
    else:
        showing.show_records([_about(case) for case in cases], widest=LISTED)


LISTED = 100
"""Columns that the lists take at most, on a screen and in a file."""


def _about(case: Case) -> dict[str, Any]:
    return {"case": case.name, "what": case.summary, "sides": [side.label for side in case.sides]}


def _topics(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Count the cases whose names begin with the same word; one stands for all of them."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.name.partition("-")[0], []).append(case)
    return [
        {"topic": topic, "cases": len(group), "such as": group[0].summary}
        for topic, group in groups.items()
    ]


@bench.command("run", cls=Command, epilog=explanation(0, 2, FAILED))
def run(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Cases to run.")],
    *,
    repeats: Annotated[int, typer.Option(min=1, help="Fresh processes per side.")] = 5,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file, too.")] = None,
) -> None:
    """Run cases, their sides in turn, every repeat in a process of its own.

    A word that begins the names of several cases, up to a hyphen, stands for all of them.
    """
    _run([case for name in names for case in _cases_of(name)], repeats, None, csv)


@bench.command("learning", cls=Command, epilog=explanation(0, 2, FAILED))
def learning(
    *,
    repeats: Annotated[int, typer.Option(min=1, help="Fresh processes per side.")] = 5,
    limit: Annotated[
        float, typer.Option(min=1, help="Seconds by the clock for each process.")
    ] = 900,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file, too.")] = None,
) -> None:
    """Run all comparisons of learning, and print one table.

    Iterations per second against OpenSpiel and LiteEFG, and against the bandwidth of the memory;
    numpy against compiled loops; time to an accuracy against HiGHS and Clarabel; portfolios against
    their members; first answers. What compares with a package that is not installed is skipped, and
    named.
    """
    from efmodels.bench import LEARNING_CASES, missing_packages

    cases = []
    for case in LEARNING_CASES:
        missing = missing_packages(case)
        if missing:
            typer.echo(f"skipped: {case.name}, without {', '.join(missing)}", err=True)
        else:
            cases.append(case)
    _run(cases, repeats, limit, csv)


def _run(cases: Sequence[Case], repeats: int, limit: float | None, csv: Path | None) -> None:
    """Run cases, print their table, and report those that failed."""
    from efmodels.bench import BenchmarkError, run_case
    from efmodels.bench import table as table_of

    rows: list[Row] = []
    failures: list[str] = []
    with working("preparing") as now:
        for case in cases:
            try:
                rows += run_case(case, repeats=repeats, limit=limit, progress=now)
            except BenchmarkError as error:
                failures.append(f"{case.name}: {error}")
            if rows and csv is not None:  # at once, so that a run that is ended loses nothing
                table_of(rows).to_csv(csv, index=False)
    if rows:
        _show(rows)
    for failure in failures:
        report(failure)
    if failures:
        raise typer.Exit(FAILED)


@bench.command("stackelberg", cls=Command, epilog=explanation(0, 2, FAILED))
def stackelberg(
    *,
    repeats: Annotated[int, typer.Option(min=1, help="Fresh processes per side.")] = 1,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file, too.")] = None,
) -> None:
    """Run the cases on commitments: branch and bound, the mixed-integer form, its constants."""
    run(["stackelberg"], repeats=repeats, csv=csv)


def _cases_of(name: str) -> list[Case]:
    """Return the case of that name, or those whose names begin with it and a hyphen."""
    from efmodels.bench import CASES

    if name in CASES:
        return [CASES[name]]
    cases = [case for full, case in CASES.items() if full.startswith(f"{name}-")]
    if not cases:
        topics = dict.fromkeys(full.partition("-")[0] for full in CASES)
        near = difflib.get_close_matches(name, [*topics, *CASES], n=1)
        raise typer.BadParameter(
            f"no case is called {name!r}, and no topic; the topics are {', '.join(topics)}"
            + "".join(f". Did you mean {found}?" for found in near)
        )
    return cases


def _show(rows: Sequence[Row]) -> None:
    heads = (
        "case",
        "what",
        "CPU s (median, min-max)",
        "wall s",
        "MB",
        "+MB",
        "ratio",
        "goals",
        "note",
    )
    cells = [
        (
            row.case,
            row.side,
            f"{row.cpu:.3f} ({row.cpu_lowest:.3f}-{row.cpu_highest:.3f})",
            f"{row.wall:.3f}",
            f"{row.megabytes:.0f}",
            f"{row.extra_megabytes:.0f}",
            "" if row.cpu_ratio is None else f"{row.cpu_ratio:.3g}",
            row.goals,
            row.note,
        )
        for row in rows
    ]
    showing.show_table(heads, cells)
