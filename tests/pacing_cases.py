"""Known first-price pacing equilibria: the market of a case, and its multipliers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from efmodels.markets import Market


def market_of_case(case: dict[str, Any]) -> Market:
    """Return the market of a known case of first-price pacing; values of zero are kept."""
    given = case["inputs"]
    return Market(given["v"], given["B"], given["reserve"], title=case["id"])


def alpha_of_case(case: dict[str, Any]) -> list[Fraction]:
    """Return the multipliers of a known case, exactly."""
    return [Fraction(each) for each in case["expected"]["alpha"]]
