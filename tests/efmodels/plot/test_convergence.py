"""Learning as a picture: lines are the log's numbers, the legend says whose they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.learning import Entry

pytest.importorskip("matplotlib")


@dataclass(frozen=True)
class Run:
    """What can be drawn."""

    log: tuple[Entry, ...]


def entry(iterations: int, seconds: float, bound: float, member: str = "cfr+") -> Entry:
    """Return a line of a log whose value is 1."""
    return Entry(iterations, seconds, 1.0, bound, 0.5 / iterations, 3.0, member)


ALONE = Run((entry(10, 0.1, math.inf), entry(20, 0.2, 1.5), entry(30, 0.3, 0.9)))
BOTH = Run((entry(10, 0.1, 3.0), entry(10, 0.2, 2.0, "dcfr"), entry(20, 0.3, 1.5)))


def test_lines_are_the_numbers_of_the_log() -> None:
    """What has no logarithm is left out; both axes are logarithmic."""
    ax = ef.plot.convergence(ALONE)
    lines = {line.get_gid(): line for line in ax.lines}

    assert np.allclose(lines["gap-cfr+"].get_ydata(), [np.nan, 0.5, np.nan], equal_nan=True)
    assert np.allclose(lines["regret-cfr+"].get_ydata(), [0.05, 0.025, 0.5 / 30])
    assert lines["gap-cfr+"].get_xdata().tolist() == [0.1, 0.2, 0.3]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_iterations_of_all_members_are_added_up() -> None:
    """Ten of each, and then ten more of one."""
    ax = ef.plot.convergence(BOTH, over="iterations")

    assert ax.lines[0].get_xdata().tolist() == [10, 20, 30]
    assert ax.get_xlabel() == "iterations"


def test_the_legend_names_the_runs() -> None:
    """By their members or as one likes, each in a colour; then what the lines are."""
    ax = ef.plot.convergence(ALONE, BOTH)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["cfr+", "cfr+ + dcfr", "bound - value", "regret"]
    assert ax.lines[0].get_color() != ax.lines[2].get_color()

    ax = ef.plot.convergence(ALONE, BOTH, labels=["one", "$two$"], ax=ax)
    assert "$two$" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_what_cannot_be_drawn() -> None:
    """Nothing at all, labels that do not fit, and other axes."""
    with pytest.raises(GameError, match="nothing to draw"):
        ef.plot.convergence()
    with pytest.raises(GameError, match="nothing to draw"):
        ef.plot.convergence(Run(()))
    with pytest.raises(GameError, match="got 2 for 1 runs"):
        ef.plot.convergence(ALONE, labels=["one", "two"])
    with pytest.raises(GameError, match=r"'iterations', 'seconds'.*; got 'days'"):
        ef.plot.convergence(ALONE, over="days")
