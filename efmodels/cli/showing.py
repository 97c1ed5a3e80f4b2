"""How facts are shown: as one JSON document, or as tables."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from efmodels.equilibrium import text_of_regret
from efmodels.tables import text_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

WIDE = 10_000
"""Columns of a file or a pipe, where nothing needs to be broken."""


LONGEST_WORD = 40
"""Characters of a word that a narrow column is still made wide enough for."""


def show_json(facts: Any) -> None:
    """Print one JSON document; a number that JSON has no word for becomes ``null``."""
    typer.echo(json.dumps(_finite(facts), indent=2, allow_nan=False))


def show_solution(solution: Mapping[str, Any]) -> None:
    """Print how a solve ended, and a line per player."""
    names = ("status", "value", "bound", "solver")
    facts = {name: solution[name] for name in ("game", "concept")}
    facts |= solution["arguments"] | {name: solution[name] for name in names}
    pairs = [(name, number(fact)) for name, fact in facts.items()]
    show_pairs([*pairs, ("seconds", f"{solution['seconds']:.3g}")])
    typer.echo()
    regrets = solution["regrets"]
    rows = [
        (player, number(u), text_of_regret(regrets.get(player))) for player, u in _payoffs(solution)
    ]
    teams = regrets.keys() - solution["payoffs"].keys()
    rows += [(team, "-", text_of_regret(regrets[team])) for team in sorted(teams)]
    show_table(("player", "payoff", "regret"), rows)


def show_game(game: Mapping[str, Any]) -> None:
    """Print the sizes and properties of a game, and a line per player."""
    kinds = ", ".join(f"{game[f'{kind}_nodes']} {kind}" for kind in _KINDS)
    total = game["constant_sum"]
    pairs = [
        ("title", game["title"]),
        ("nodes", f"{game['nodes']}: {kinds}"),
        ("depth", number(game["depth"])),
        ("constant sum", "no" if total is None else f"yes: {number(total)}"),
        ("perfect recall", "yes" if game["perfect_recall"] else f"no: {game['recall_message']}"),
        ("exact numbers", "yes" if game["exact_numbers"] else "no"),
    ]
    show_pairs(pairs)
    typer.echo()
    show_records(game["players"])


_KINDS = ("chance", "decision", "terminal")


def show_listing(listing: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Print a table for each kind of thing."""
    for k, (kind, records) in enumerate(listing.items()):
        if k > 0:
            typer.echo()
        if kind == "solvers":
            show_solvers(records)
        else:
            show_records(records)


def show_solvers(solvers: Sequence[Mapping[str, Any]]) -> None:
    """Print the table of solvers, with what their licences refuse as footnotes."""
    limits = list(dict.fromkeys(s["size_limit"] for s in solvers if s["size_limit"]))
    marks = {limit: " " + "*" * k for k, limit in enumerate(limits, 1)}
    rows = [
        (
            solver["solver"],
            number(solver["available"]),
            solver["package"] + marks.get(solver["size_limit"], ""),
            number(solver["capabilities"]),
        )
        for solver in solvers
    ]
    show_table(("solver", "here", "package", "capabilities"), rows)
    for limit, mark in marks.items():
        typer.echo(f"\n{mark.strip()} {limit}")


def show_records(records: Sequence[Mapping[str, Any]], *, widest: int = WIDE) -> None:
    """Print records that have the same keys as a table of so many columns at most."""
    heads = list(records[0]) if records else []
    rows = [[number(record[head]) for head in heads] for record in records]
    show_table([head.replace("_", " ") for head in heads], rows, widest=widest)


def show_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Print names and texts in two columns."""
    typer.echo(text_table(list(pairs)))


def show_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int = WIDE) -> None:
    """Print rows under their heads; where there is little width, texts break between words."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    cells = list(rows)
    for k, head in enumerate(heads):
        single_words = all(" " not in row[k] for row in cells)
        longest = max((len(word) for row in cells for word in row[k].split()), default=0)
        width = min(longest, LONGEST_WORD)
        table.add_column(head, no_wrap=single_words, overflow="fold", min_width=width)
    for row in cells:
        table.add_row(*row)
    console = _console()
    console.print(table, width=min(console.width, widest))


def show_strategy(strategy: pd.DataFrame) -> None:
    """Print every row of a strategy table, however many there are."""
    typer.echo("\n" + strategy.to_string(index=False, float_format="{:.6g}".format))


def number(value: Any) -> str:
    """Return a fact as a text, a float with nine digits.

    >>> number(1 / 3), number(None), number(True), number(["LP", "MIP"])
    ('0.333333333', '-', 'yes', 'LP, MIP')
    """
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.9g}"
        case list():
            return ", ".join(map(str, value))
    return str(value)


def _payoffs(solution: Mapping[str, Any]) -> list[tuple[str, float]]:
    return list(solution["payoffs"].items())


def _console() -> Console:
    """Return stdout as it is now; labels such as ``[a]`` are no markup."""
    width = None if sys.stdout.isatty() else WIDE
    return Console(width=width, markup=False, highlight=False, emoji=False)


def _finite(facts: Any) -> Any:
    match facts:
        case dict():
            return {key: _finite(value) for key, value in facts.items()}
        case list():
            return [_finite(value) for value in facts]
        case float():
            return facts if math.isfinite(facts) else None
    return facts
