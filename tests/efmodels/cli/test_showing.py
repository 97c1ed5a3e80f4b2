"""How facts are shown."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from rich.console import Console

from efmodels.cli import showing
from efmodels.cli.facts import about_instances, about_solvers
from efmodels.cli.showing import show_json, show_listing, show_records

if TYPE_CHECKING:
    import pytest

SCREEN = 80
"""Columns of a small terminal."""


def test_json_has_no_infinity(capsys: pytest.CaptureFixture[str]) -> None:
    """What JSON has no word for becomes null, however deep it lies."""
    show_json({"bound": math.inf, "rows": [{"regret": math.nan, "reach": 0.5}]})

    assert json.loads(capsys.readouterr().out) == {
        "bound": None,
        "rows": [{"regret": None, "reach": 0.5}],
    }


def test_labels_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """A label is printed as it is, whatever a terminal library makes of its brackets."""
    show_records([{"player": "[bold]Ann[/bold] :smile:"}])

    assert "[bold]Ann[/bold] :smile:" in capsys.readouterr().out


def test_long_rows_stay_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """In a file or a pipe no row is broken or cut."""
    show_records([{"text": "word " * 100 + "end"}])

    assert capsys.readouterr().out.splitlines()[-1].rstrip().endswith("end")


def test_narrow_screen_breaks_no_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On 80 columns the lists of solvers and of instances are broken between words alone."""
    monkeypatch.setattr(showing, "_console", lambda: Console(width=SCREEN, markup=False))
    listing = {"instances": about_instances(), "solvers": about_solvers()}
    show_listing(listing)
    shown = capsys.readouterr().out

    expected = {solver["solver"] for solver in listing["solvers"]} | {"NONCONVEX_QP,", "MIQP,"}
    expected |= {word for row in listing["instances"] for word in row["instance"].split()}
    assert expected <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= SCREEN
