"""The bar of a run: how far it is, and that it is seen on terminals alone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from efmodels.learning import Entry, Ranges, learn
from efmodels.learning.progress import share_done
from tests.efmodels.learning.saddles import zero_sum_problem

ENTRY = Entry(100, 0.1, value=2.0, bound=2.1, regret=0.01, multiplier=3.0)
UNITS = Ranges(objective=10, payoff=1)


def test_the_bar_counts_digits() -> None:
    """Of three digits asked for, two are two thirds; it ends at the tolerance, and not before."""
    assert share_done(ENTRY, 1e-3, UNITS) == pytest.approx(2 / 3)
    assert share_done(replace(ENTRY, regret=1e-4), 1e-3, UNITS) == pytest.approx(2 / 3)
    assert share_done(replace(ENTRY, bound=math.inf), 1e-3, UNITS) == 0
    assert share_done(replace(ENTRY, bound=1e9), 1e-3, UNITS) == 0
    assert share_done(ENTRY, 0.02, UNITS) == 1
    assert share_done(ENTRY, 2.0, UNITS) == 1


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer is the same, with a bar or without."""
    one, other = (
        learn(zero_sum_problem(), Ranges(4, 4), engine="numpy", progress=progress)
        for progress in (False, True)
    )
    assert (one.value, one.bound) == (other.value, other.bound)
    assert "".join(capsys.readouterr()) == ""


def test_a_terminal_shows_the_last_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Iterations, value, bound and regret, on stderr."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")
    learned = learn(zero_sum_problem(), Ranges(4, 4), engine="numpy", progress=True)

    out, err = capsys.readouterr()
    assert out == ""
    assert f"{learned.iterations:,} iterations, value {learned.log[-1].value:.6g}" in err
