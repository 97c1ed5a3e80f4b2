"""The figures in the docs: the page shows what the file beside it has, and both hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from efmodels.bench.cell_report import compared, contradicts, markdown, number_in, shares
from efmodels.bench.cell_runs import rows_of
from efmodels.bench.published_cells import SHORT, all_cells

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.bench.cell_runs import CellRow


@pytest.fixture(scope="module")
def rows(root: Path) -> dict[str, CellRow]:
    """Return the committed rows by cell."""
    found = rows_of(root / "docs" / "reference" / "published-table.csv")
    return {f"{row['game']}/{row['concept']}": row for row in found}


def test_page_shows_the_file(rows: dict[str, CellRow], root: Path) -> None:
    """The tables of the page are made from the rows of the short subset, and from all."""
    page = (root / "docs" / "reference" / "published-table.md").read_text(encoding="utf-8")
    short = [rows[name] for name in SHORT]

    assert markdown(short) in page
    assert compared(short) in page
    assert compared(list(rows.values())) in page


def test_thirty_cells_were_run_in_both_ways(rows: dict[str, CellRow]) -> None:
    """Each was learned to both accuracies, and its linear program was run."""
    short = [rows[name] for name in SHORT]

    assert all(row["program_date"] and row["permille_status"] == "solved" for row in short)


def test_no_row_contradicts_itself(rows: dict[str, CellRow]) -> None:
    """No certificate contradicts an optimum; and "solved" means what it says."""
    assert not [name for name, row in rows.items() if contradicts(row)]
    for row in rows.values():
        for name, accuracy in (("percent", 0.01), ("permille", 0.001)):
            if row[f"{name}_status"] == "solved":
                figures = (f"{name}_value", f"{name}_bound", f"{name}_regret")
                value, bound, regret = (number_in(row, figure) or 0.0 for figure in figures)
                unit = number_in(row, "objective_range") or 1.0
                rounding = 1e-5 * max(unit, abs(value))
                assert abs(bound - value) <= accuracy * unit + rounding
                assert regret <= accuracy * float(row["payoff_range"]) + rounding


def test_published_figures_are_those_of_the_data(rows: dict[str, CellRow]) -> None:
    """Cells have their published seconds."""
    published = {cell.name: cell for cell in all_cells()}

    for name, row in rows.items():
        assert number_in(row, "published_program") == published[name].program
        assert number_in(row, "published_learning") == published[name].learning


def test_what_is_said_of_all_rows(rows: dict[str, CellRow]) -> None:
    """Three quarters of the longer cells were learned in the published time."""
    share = {one.what: one for one in shares(list(rows.values()))}

    fast = share["learned in the published time"]
    assert fast.holds >= 0.75 * fast.cells
