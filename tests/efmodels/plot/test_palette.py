"""Colours that everybody can read and tell apart."""

from __future__ import annotations

from itertools import combinations

import pytest

from efmodels.plot.palette import ACTIONS, INK, MARKERS, PALE, PLAYERS, lighter


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as the Web Content Accessibility Guidelines do."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [*PLAYERS, INK, PALE])
def test_texts_can_be_read_on_white(colour: str) -> None:
    """The guidelines ask for a contrast of 4.5."""
    assert contrast(colour, "#ffffff") >= 4.5


@pytest.mark.parametrize("fill", ACTIONS)
def test_texts_can_be_read_on_fills(fill: str) -> None:
    """Black on a fill, and grey on its pale version."""
    assert contrast("#000000", fill) >= 4.5
    assert contrast(PALE, lighter(fill)) >= 3


def test_markers_and_colours_differ() -> None:
    """No two of the first eight players share one of them."""
    assert all(a != b for a, b in combinations(MARKERS, 2))
    assert all(a != b for a, b in combinations(PLAYERS, 2))
    assert len(MARKERS) == len(PLAYERS)
