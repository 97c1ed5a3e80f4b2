"""What the rows of the published table say: a table in Markdown, and how they compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from efmodels.bench.cell_sides import ACCURACIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    CellRow = Mapping[str, str]

ROUNDING = 1e-6
"""Share of a range by which two proofs may differ that a solver's tolerance is part of."""

LONG_ENOUGH = 0.05
"""Published seconds from which on a comparison of times means something."""

ITERATIONS = {"S": 600, "B": 600}
FEW_ITERATIONS = 150
"""Most iterations to one percent that are expected, by the first letter of the game."""

HEADS = (
    *("cell", "LP built", "LP solved", "LP optimum", "built"),
    *("1%: s", "iterations", "value", "regret", "bound"),
    *("0.1%: s", "iterations", "value", "regret", "bound"),
    *("published LP", "published learning"),
)


def number_in(row: CellRow, name: str) -> float | None:
    """Return a figure of a row; ``None`` where there is none."""
    text = row.get(name, "")
    return float(text) if text else None


def markdown(rows: Sequence[CellRow]) -> str:
    """Return rows as a table in Markdown; games that are not the paper's have a star.

    Examples
    --------
    >>> row = {"game": "TP3", "concept": "CERT", "tree": "ours", "program_status": "time limit"}
    >>> print(markdown([row]).splitlines()[2][:31])
    | TP3 CERT * | - | time limit |
    """
    lines = [" | ".join(HEADS), " | ".join("---" for _ in HEADS)]
    lines += [" | ".join(figures_of(row)) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def compared(rows: Sequence[CellRow]) -> str:
    """Return in Markdown how the rows compare with what was published, and with each other.

    Examples
    --------
    >>> row = {"game": "S2122", "concept": "COMM", "tree": "published"}
    >>> row["program_status"] = "time limit"
    >>> print(compared([row]).splitlines()[2])
    | solved by the linear program | 0 | 1 | S2122/COMM |
    """
    lines = ["on trees that are the paper's | cells | of | not", "--- | --- | --- | ---"]
    lines += [
        f"{share.what} | {share.holds} | {share.cells} | {', '.join(share.others)}"
        for share in shares(rows)
    ]
    return "".join(f"| {line} |\n" for line in lines)


def figures_of(row: CellRow) -> list[str]:
    """Return what stands under `HEADS`: seconds, or what ended it, and figures in short."""
    star = "" if row["tree"] == "published" else " *"
    solved = row.get("program_status") == "optimal"
    program = _shown(row, "program_seconds") if solved else row.get("program_status", "-")
    cells = [f"{row['game']} {row['concept']}{star}", _shown(row, "program_construction")]
    cells += [program, _shown(row, "program_value", "{:.6g}")]
    cells.append(_shown(row, "learning_construction"))
    for name in ACCURACIES:
        solved = row.get(f"{name}_status") == "solved"
        seconds = _shown(row, f"{name}_seconds")
        cells.append(seconds if solved else row.get(f"{name}_status") or "-")
        cells += [_shown(row, f"{name}_iterations", "{:.0f}")]
        cells += [_shown(row, f"{name}_{what}", "{:.4g}") for what in ("value", "regret", "bound")]
    return [*cells, _shown(row, "published_program"), _shown(row, "published_learning")]


def _shown(row: CellRow, name: str, form: str = "{:.3g}") -> str:
    figure = number_in(row, name)
    return "-" if figure is None else form.format(figure)


class Share(NamedTuple):
    """Of how many cells something holds, and which ones it does not hold of."""

    what: str
    holds: int
    cells: int
    others: tuple[str, ...]


def shares(rows: Iterable[CellRow]) -> list[Share]:
    """Return how the rows compare with what was published, and with each other.

    Games that are not the paper's are left out, and sides that have not been run.

    Examples
    --------
    >>> row = {"game": "S2122", "concept": "COMM", "tree": "published"}
    >>> row |= {"percent_status": "solved", "percent_seconds": "0.1", "percent_iterations": "147"}
    >>> row |= {"published_learning": "0.35", "learning_construction": "0.5"}
    >>> for share in shares([row]):
    ...     print(share.what, share.holds, share.cells)
    solved by the linear program 0 0
    learned to 1% 1 1
    learned to 0.1% 0 1
    solved or learned 1 1
    no certificate contradicts the optimum 0 0
    1% in few iterations 1 1
    learned in the published time 1 1
    learned in twice the published time 1 1
    built and learned in the published time 0 1
    """
    known = [row for row in rows if row["tree"] == "published"]
    solved = [row for row in known if row.get("program_status")]
    run = [row for row in known if row.get("percent_status")]
    learned = [row for row in known if row.get("percent_status") == "solved"]
    both = [row for row in learned if row.get("program_status") == "optimal"]
    long = [row for row in run if (number_in(row, "published_learning") or 0) >= LONG_ENOUGH]
    return [
        _share("solved by the linear program", solved, _is_optimal),
        _share("learned to 1%", run, lambda row: row.get("percent_status") == "solved"),
        _share("learned to 0.1%", run, lambda row: row.get("permille_status") == "solved"),
        _share(
            "solved or learned",
            known,
            lambda row: _is_optimal(row) or row.get("percent_status") == "solved",
        ),
        _share("no certificate contradicts the optimum", both, lambda row: not contradicts(row)),
        _share("1% in few iterations", learned, _takes_few_iterations),
        _share("learned in the published time", long, lambda row: _took(row) <= 1),
        _share("learned in twice the published time", long, lambda row: _took(row) <= 2),  # noqa: PLR2004 - as the name says
        _share(
            "built and learned in the published time",
            long,
            lambda row: _took(row, "learning_construction") <= 1,
        ),
    ]


def _share(what: str, rows: Sequence[CellRow], holds: Callable[[CellRow], bool]) -> Share:
    others = tuple(f"{row['game']}/{row['concept']}" for row in rows if not holds(row))
    return Share(what, len(rows) - len(others), len(rows), others)


def _is_optimal(row: CellRow) -> bool:
    return row.get("program_status") == "optimal"


def _takes_few_iterations(row: CellRow) -> bool:
    most = ITERATIONS.get(row["game"][0], FEW_ITERATIONS)
    return (number_in(row, "percent_iterations") or 0) <= most


def _took(row: CellRow, *more: str) -> float:
    """Return the seconds to one percent in units of the published ones; infinite if not solved."""
    published = number_in(row, "published_learning")
    if row.get("percent_status") != "solved" or not published:
        return float("inf")
    return sum(number_in(row, name) or 0 for name in ("percent_seconds", *more)) / published


def contradicts(row: CellRow) -> bool:
    r"""Say whether a certificate of a row contradicts the linear program's optimum :math:`v`.

    None does if :math:`v` is at most the bound, and the value at most
    :math:`v + \sum_i \lambda_i \, \mathrm{regret}`, where :math:`\lambda_i` are the dual values of
    the incentive constraints.

    Examples
    --------
    >>> row = {"program_value": "1", "program_prices": "2", "objective_range": "10"}
    >>> learned = {"percent_value": "1.2", "percent_bound": "1.01", "percent_regret": "0.1"}
    >>> contradicts(row | learned), contradicts(row | learned | {"percent_bound": "0.9"})
    (False, True)
    """
    optimum, prices = number_in(row, "program_value"), number_in(row, "program_prices")
    unit = number_in(row, "objective_range")
    if optimum is None or prices is None or unit is None:
        return False
    for name in ACCURACIES:
        value, bound = number_in(row, f"{name}_value"), number_in(row, f"{name}_bound")
        regret = number_in(row, f"{name}_regret")
        if value is None or bound is None or regret is None:
            continue
        # Six digits are kept of every figure.
        slack = ROUNDING * max(unit, abs(optimum))
        if optimum > bound + 2 * slack or value > optimum + prices * regret + 2 * slack:
            return True
    return False
