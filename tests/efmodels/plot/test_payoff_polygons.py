"""Payoff spaces as pictures: polygons, segments, dots, marks, the legend, and refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.payoff_spaces import PayoffSpace

pytest.importorskip("matplotlib")

from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def space(concept: str, corners: Any, axes: tuple[str, str] = ("A $", "B")) -> PayoffSpace:
    """Return a space with these corners."""
    return PayoffSpace("", concept, axes, np.array(corners, dtype=float), (1.0, 1.0), 0.0, 4, 0.1)


LARGE = space("NFCCE", [(0, 0), (4, 0), (0, 4)])
SMALL = space("EFCE", [(0, 0), (1, 0), (0, 1)])
SEGMENT = space("COMM", [(0, 0), (1, 1)])
POINT = space("Nash", [(0.5, 0.5)])


def texts(ax: Axes) -> list[str]:
    """Return what the legend says."""
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def by_gid(ax: Axes) -> dict[str, Any]:
    """Return the artists of the spaces and marks."""
    return {str(artist.get_gid()): artist for artist in (*ax.patches, *ax.lines)}


def test_polygons_are_the_corners() -> None:
    """The smaller one lies over the larger one, in the legend they stand as they were given."""
    ax = ef.plot.payoff_space(SMALL, LARGE)

    assert [patch.get_gid() for patch in ax.patches] == ["space-NFCCE", "space-EFCE"]
    assert by_gid(ax)["space-EFCE"].get_xy()[:3].tolist() == SMALL.vertices.tolist()
    assert texts(ax) == ["EFCE", "NFCCE"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("payoff of A $", "payoff of B")


@pytest.mark.parametrize("error", [0.0, 1e-9, -1e-9])
def test_the_dashed_edge_lies_on_top_of_the_same_space(error: float) -> None:
    """Rounding does not decide which of two equal spaces can be seen: the later one is on top."""
    twin = space("CE", LARGE.vertices * (1 + error))
    ax = ef.plot.payoff_space(LARGE, twin, SMALL)

    assert [patch.get_gid() for patch in ax.patches] == ["space-NFCCE", "space-CE", "space-EFCE"]
    assert [patch.get_linestyle() for patch in ax.patches[:2]] == ["-", "--"]


def test_each_has_its_colour_and_line() -> None:
    """Nobody has to tell colours from one another."""
    spaces = [space(f"C{k}", [(0, 0), (k, 0), (0, k)]) for k in (4, 3, 2, 1)]
    patches = ef.plot.payoff_space(*spaces).patches

    assert len({patch.get_edgecolor() for patch in patches}) == 4
    assert len({patch.get_linestyle() for patch in patches}) == 4


def test_segments_points_and_marks_are_drawn() -> None:
    """A line, a dot, a hollow mark; the marks come last in the legend."""
    ax = ef.plot.payoff_space(LARGE, SEGMENT, POINT, points={"best": (2, 2), "worst": (0, 0)})
    drawn = by_gid(ax)

    assert drawn["space-COMM"].get_xydata().tolist() == [[0, 0], [1, 1]]
    assert drawn["space-COMM"].get_linewidth() > 2
    assert drawn["space-Nash"].get_marker() == "o"
    assert drawn["point-best"].get_xydata().tolist() == [[2, 2]]
    assert drawn["point-best"].get_marker() != drawn["point-worst"].get_marker()
    assert texts(ax) == ["NFCCE", "COMM", "Nash", "best", "worst"]


def test_hulls_are_called_so() -> None:
    """The legend does not call a convex hull the payoffs of equilibria."""
    ax = ef.plot.payoff_space(LARGE, replace(SMALL, is_hull=True))

    assert texts(ax) == ["NFCCE", "convex hull of EFCE"]


def test_axes_and_labels_of_the_caller() -> None:
    """`ax=` says where, `labels=` what the legend says."""
    axes = plt.figure().add_subplot()

    assert ef.plot.payoff_space(LARGE, SMALL, labels=["before", "after"], ax=axes) is axes
    assert texts(axes) == ["before", "after"]


def test_what_cannot_be_drawn() -> None:
    """Nothing, different axes, another number of labels."""
    with pytest.raises(GameError, match="nothing to draw"):
        ef.plot.payoff_space()
    with pytest.raises(GameError, match="different axes"):
        ef.plot.payoff_space(LARGE, space("EFCE", [(0, 0)], ("B", "A")))
    with pytest.raises(GameError, match="one per space: got 1 for 2"):
        ef.plot.payoff_space(LARGE, SMALL, labels=["one"])


class Equilibrium:
    """Payoffs, as every solution has them."""

    def __init__(self, **payoffs: float) -> None:
        self._payoffs = payoffs

    def payoffs(self) -> dict[str, float]:
        """Return each player's payoff, in another order than the axes."""
        return self._payoffs


def test_nash_equilibria_are_marked_where_their_payoffs_are() -> None:
    """All alike, with one entry in the legend behind the named points."""
    found = [Equilibrium(B=1, A=2), Equilibrium(B=0, A=4)]
    ax = ef.plot.payoff_space(
        space("EFCE", [(0, 0), (5, 0), (0, 5)], ("A", "B")), points={"p": (1, 1)}, nash=found
    )

    assert by_gid(ax)["nash"].get_xydata().tolist() == [[2, 1], [4, 0]]
    assert texts(ax) == ["EFCE", "p", "Nash"]


def test_nash_equilibria_lie_in_the_space_of_correlated_ones() -> None:
    """What `all_nash` returns can be drawn as it is, and every mixture of it is correlated play."""
    pytest.importorskip("pygambit")
    game = ef.instances.chicken(6, 2, 7, 0)
    correlated = ef.payoff_space(game, "CE")
    ax = ef.plot.payoff_space(correlated, nash=ef.all_nash(game))

    places = by_gid(ax)["nash"].get_xydata()
    assert len(places) == 3
    assert all(correlated.contains(place) for place in places)


def test_nash_equilibria_need_axes_that_are_players() -> None:
    """Who draws sums of payoffs is told what to do."""
    with pytest.raises(GameError, match="an axis measures 'A \\+ B'"):
        ef.plot.payoff_space(space("EFCE", [(0, 0)], ("A", "A + B")), nash=[Equilibrium(A=1, B=1)])
