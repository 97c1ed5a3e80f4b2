"""Mechanisms as a picture: a dot for each, filled where nobody gains by a deviation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import efmodels as ef
from efmodels.errors import GameError

pytest.importorskip("matplotlib")


@dataclass(frozen=True)
class Point:
    """What can be drawn."""

    revenue: float
    exploitability: float


POINTS = {"FP": Point(1.25, 0.5), "SP": Point(0.5, 0.01), "best $a$": Point(1.0, -1e-17)}


def test_dots_are_the_numbers() -> None:
    """Revenue against exploitability, in which rounding below 0 is 0; names are taken as texts."""
    ax = ef.plot.mechanisms(POINTS)
    dots = {line.get_gid(): line for line in ax.lines}

    for name, point in POINTS.items():
        dot = dots[f"mechanism-{name}"]
        assert dot.get_xdata() == [max(point.exploitability, 0)]
        assert dot.get_ydata() == [point.revenue]
    assert [text.get_text() for text in ax.texts] == list(POINTS)
    assert not any(text.get_parse_math() for text in ax.texts)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("exploitability", "revenue")


def test_dots_are_filled_where_nobody_gains() -> None:
    """The others would bring their revenue only from bidders who are honest nevertheless."""
    dots = {line.get_gid(): line for line in ef.plot.mechanisms(POINTS).lines}

    assert dots["mechanism-FP"].get_markerfacecolor() == "none"
    assert dots["mechanism-SP"].get_markerfacecolor() == "none"
    assert dots["mechanism-best $a$"].get_markerfacecolor() != "none"


def test_axes_can_be_given() -> None:
    """More can be drawn into the same picture, and nothing cannot."""
    ax = ef.plot.mechanisms({"one": Point(1, 0)})

    assert ef.plot.mechanisms({"two": Point(2, 0)}, ax=ax) is ax
    assert len(ax.lines) == 2
    with pytest.raises(GameError, match="give at least one mechanism"):
        ef.plot.mechanisms({})


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([Point(1, 0)], r"got a list; give names and mechanisms, such as {'best': m.eq.solution"),
        (Point(1, 0), "got a Point; give names"),
        ({"best": 1.5}, "'best' is a float, which has no revenue and exploitability; give names"),
    ],
)
def test_no_mechanisms(points: Any, message: str) -> None:
    """What was given is named, with what can be drawn."""
    with pytest.raises(GameError, match=message):
        ef.plot.mechanisms(points)


def test_blocks_are_asked_for_their_solution() -> None:
    """A block of a mechanism is none itself."""
    sequence = ef.auction_sequences.AuctionSequence((0, 1), budget=1)
    participation = ef.auction_sequences.ExPostEachRound()
    block = ef.formulations.priced_auctions(sequence, participation=participation)
    with pytest.raises(GameError, match="Block, which has no revenue"):
        ef.plot.mechanisms({"best": block})
