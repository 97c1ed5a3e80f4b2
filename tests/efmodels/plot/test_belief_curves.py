"""Persuasion as a picture: payoffs by belief, the closure above them, prior and posteriors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.persuasion import PersuasionProblem, concavification
from tests.oracles.concavification import concave_envelope

pytest.importorskip("matplotlib")

if TYPE_CHECKING:
    from matplotlib.axes import Axes

JUDGE = PersuasionProblem.from_game(ef.instances.prosecutor())


def lines(ax: Axes) -> dict[str, Any]:
    """Return what was drawn, by name."""
    return {str(line.get_gid()): line for line in ax.lines}


def test_prosecutor() -> None:
    """Two steps, the closure with one kink, the prior on it, and posteriors where it bends."""
    ax = ef.plot.concavification(JUDGE, state="guilty")
    drawn = lines(ax)

    assert drawn["payoff-0"].get_xydata().tolist() == [[0, 0], [0.5, 0]]
    assert drawn["payoff-1"].get_xydata().tolist() == [[0.5, 1], [1, 1]]
    assert drawn["closure"].get_xydata().tolist() == [[0, 0], [0.5, 1], [1, 1]]
    assert drawn["prior"].get_xydata() == pytest.approx(np.array([[0.3, 0.6]]))
    assert sorted(drawn["posteriors"].get_xdata().tolist()) == [0, 0.5]
    assert ax.get_xlabel() == "probability of guilty"
    assert ax.get_ylabel() == "payoff of Prosecutor"


def test_the_last_state_is_drawn_by_default() -> None:
    """The other state's probability makes the mirror image."""
    ax = ef.plot.concavification(JUDGE)

    assert ax.get_xlabel() == "probability of innocent"
    assert lines(ax)["closure"].get_xydata().tolist() == [[0, 1], [0.5, 1], [1, 0]]


@pytest.mark.parametrize("seed", range(6))
def test_closure_is_the_envelope(seed: int) -> None:
    """Between its kinks the drawn line is the concave envelope of random payoffs."""
    sender, receiver = np.random.default_rng(seed).integers(-4, 5, (2, 2, 4))
    problem = PersuasionProblem([0.4, 0.6], sender, [receiver])
    x, y = lines(ef.plot.concavification(problem))["closure"].get_xydata().T
    for belief in np.linspace(0, 1, 9):
        expected = concave_envelope(np.array([1 - belief, belief]), sender, receiver)
        assert np.interp(belief, x, y) == pytest.approx(expected, abs=1e-8)


def test_given_axes_and_several_receivers() -> None:
    """Profiles are named by all actions; a figure may be somebody else's."""
    problem = PersuasionProblem.from_game(ef.instances.voter_persuasion(2, 1))
    first = ef.plot.concavification(problem)
    ax = ef.plot.concavification(problem, ax=first)
    assert ax is first
    legend = ax.get_legend()
    assert legend is not None
    assert "no, yes" in [text.get_text() for text in legend.get_texts()]
    value = concavification(problem).split().value
    assert lines(ax)["prior"].get_ydata() == pytest.approx([value])


def test_refusals() -> None:
    """Two states, and one of them."""
    three = PersuasionProblem([0.2, 0.3, 0.5], np.zeros((3, 2)), [np.zeros((3, 2))])
    with pytest.raises(GameError, match="there are 3"):
        ef.plot.concavification(three)
    with pytest.raises(GameError, match="no state is called 'insane'"):
        ef.plot.concavification(JUDGE, state="insane")
