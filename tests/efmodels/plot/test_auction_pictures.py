"""Pictures of auctions: lines are the numbers of the curve and of the rule."""

from __future__ import annotations

import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.mechanisms import IndependentBidders, InterimRule, revenue_curve

pytest.importorskip("matplotlib")


def test_revenue_curve() -> None:
    """Revenue and hull over quantities; the hull is above where values were ironed."""
    curve = revenue_curve([2, 4, 6], [0.6, 0.1, 0.3])
    ax = ef.plot.revenue_curve(curve, curve, labels=["Ann", "$Bob"])
    lines = {line.get_gid(): line for line in ax.lines if line.get_gid()}

    assert list(lines) == ["revenue-Ann", "hull-Ann", "revenue-$Bob", "hull-$Bob"]
    assert lines["revenue-Ann"].get_ydata() == pytest.approx([0, 1.8, 1.6, 2])
    assert lines["hull-Ann"].get_ydata()[2] > 1.8
    assert lines["hull-Ann"].get_xdata() == pytest.approx([0, 0.3, 0.4, 1])


def test_curves_and_labels() -> None:
    """At least one curve, and as many labels."""
    with pytest.raises(GameError, match="nothing to draw"):
        ef.plot.revenue_curve()
    with pytest.raises(GameError, match="got 2 for 1 curves"):
        ef.plot.revenue_curve(revenue_curve([1], [1]), labels=["a", "b"])


def test_interim_rule() -> None:
    """A line per bidder, on given axes."""
    bidders = IndependentBidders([[1, 2], [3]], [[0.5, 0.5], [1]])
    axes = ef.plot.revenue_curve(revenue_curve([1], [1]))
    ax = ef.plot.interim_rule(InterimRule(bidders, [0, 0.5, 1], [0, 0, 0]), ax=axes)
    lines = {line.get_gid(): line for line in ax.lines if line.get_gid()}

    assert ax is axes
    assert lines["wins-B1"].get_ydata().tolist() == [0, 0.5]
    assert lines["wins-B2"].get_xdata().tolist() == [3]


def test_something_else_than_an_interim_rule() -> None:
    """A direct mechanism has profiles of types, and no interim rule."""
    direct = ef.mechanisms.sale_to(IndependentBidders([[1, 2]], [[0.5, 0.5]]))
    with pytest.raises(GameError, match=r"takes an InterimRule, such as .* got MechanismSetting"):
        ef.plot.interim_rule(direct)
