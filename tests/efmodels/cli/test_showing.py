"""How facts are shown."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from efmodels.cli.showing import show_json, show_records

if TYPE_CHECKING:
    import pytest


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
