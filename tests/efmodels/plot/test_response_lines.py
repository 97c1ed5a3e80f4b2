"""Paths of quantal responses as pictures: lines are their numbers, and break where they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import efmodels as ef
from efmodels.errors import GameError

pytest.importorskip("matplotlib")


@dataclass(frozen=True)
class Path:
    """What can be drawn: one probability of the first player falls, the second stays."""

    precisions: tuple[float, ...]
    continued: tuple[bool, ...]

    def frame(self) -> pd.DataFrame:
        """Return behaviour."""
        rows = []
        for k, precision in enumerate(self.precisions):
            p = 0.5 - 0.1 * k
            for player, infoset, action, probability in (
                ("P1", "I", "a", p),
                ("P1", "I", "b $", 1 - p),
                ("P2", "J", "a", 0.5),
                ("P2", "J", "b", 0.5),
            ):
                rows.append((precision, player, infoset, action, probability))
        columns = ["precision", "player", "infoset", "action", "probability"]
        return pd.DataFrame(rows, columns=columns)

    def summary(self) -> pd.DataFrame:
        """Return payoffs."""
        steps = np.arange(len(self.precisions))
        return pd.DataFrame(
            {"precision": self.precisions, "payoff P1": steps + 1.0, "payoff P2": -steps}
        )


WHOLE = Path((0.0, 1.0, 10.0), (True, True, True))
BROKEN = Path((1.0, 2.0, 3.0), (True, False, True))


def test_lines_are_the_probabilities() -> None:
    """One per action, in the colour of its player; noise has a place on the axis."""
    ax = ef.plot.quantal_responses(WHOLE)
    lines = {line.get_gid(): line for line in ax.lines}

    assert list(lines) == ["I: a", "I: b $", "J: a", "J: b"]
    assert lines["I: a"].get_xdata().tolist() == [0, 1, 10]
    assert lines["I: a"].get_ydata() == pytest.approx([0.5, 0.4, 0.3])
    assert lines["I: a"].get_color() == lines["I: b $"].get_color() != lines["J: a"].get_color()
    assert lines["I: a"].get_linestyle() != lines["I: b $"].get_linestyle()
    assert ax.get_xscale() == "symlog"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(lines)


def test_lines_break_where_the_path_does() -> None:
    """What was found afresh is not joined to what was before."""
    ax = ef.plot.quantal_responses(BROKEN, infosets=["I"])
    (first, _) = ax.lines

    assert np.isnan(first.get_ydata()).tolist() == [False, True, False, False]
    assert ax.get_xscale() == "log"


def test_payoffs() -> None:
    """A line per player."""
    ax = ef.plot.quantal_payoffs(WHOLE)

    assert [line.get_ydata().tolist() for line in ax.lines] == [[1, 2, 3], [0, -1, -2]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["P1", "P2"]


def test_a_path_of_one_point() -> None:
    """It is a dot."""
    ax = ef.plot.quantal_payoffs(Path((0.0,), (True,)))

    assert ax.lines[0].get_marker() == "o"
    assert ax.get_xscale() == "linear"


def test_refusals() -> None:
    """Unknown infosets, and more lines than anybody could tell apart."""
    with pytest.raises(GameError, match="there is no infoset 'K'"):
        ef.plot.quantal_responses(WHOLE, infosets=["K"])
    with pytest.raises(GameError, match="4 actions to be drawn, more than max_lines=3"):
        ef.plot.quantal_responses(WHOLE, max_lines=3)


def test_a_real_path() -> None:
    """What the function that follows paths returns is drawn as it is."""
    pytest.importorskip("casadi")
    game = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    path = ef.quantal_response_path(game, "QRE", [0, 1])
    ax = ef.plot.quantal_responses(path)

    assert ax.lines[0].get_ydata()[0] == pytest.approx(0.5)
    assert len(ax.lines) == 4
    assert len(ef.plot.quantal_payoffs(path).lines) == 2
