"""What is no market, or no outcome, is refused by whoever is given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import efmodels as ef
from efmodels import formulations, markets
from efmodels.errors import GameError
from efmodels.markets import Market

if TYPE_CHECKING:
    from collections.abc import Callable

OF_A_MARKET: list[Callable[[Any], object]] = [
    *(ef.fppe, ef.sppe, ef.sppe_interval, ef.heuristic_sppe),
    *(formulations.fppe_dual, formulations.fppe_primal, formulations.fppe_tangents),
    *(formulations.fppe_mip, formulations.sppe),
    *(markets.proportional_response, markets.adaptive_pacing, markets.multiplier_bounds),
    lambda given: markets.pace(given, rounds=2),
    lambda given: markets.verify_exact(given, [1]),
    lambda given: markets.PacingOutcome(given, [1], [1], [1]),  # type: ignore[arg-type]
]
OF_AN_OUTCOME: list[Callable[[Any], object]] = [
    *(markets.verify_fppe, markets.verify_sppe, markets.polish_fppe),
    *(markets.per_good_regrets, markets.multiplier_regrets),
    lambda given: markets.exact_fppe(Market([[1]], [1]), given),
    lambda given: markets.adaptive_pacing(Market([[1]], [1]), start=given),
]
STRANGE = ["values.csv", 0, pd.DataFrame([[1]]), ef.instances.chicken()]


@pytest.mark.parametrize("given", STRANGE, ids=lambda given: type(given).__name__)
@pytest.mark.parametrize("asked", OF_A_MARKET)
def test_no_market(asked: Callable[[Any], object], given: object) -> None:
    """The message says what was given, and where markets come from."""
    said = f"the text {given!r}" if isinstance(given, str) else type(given).__name__
    with pytest.raises(GameError, match=rf"needs a Market; got (a )?{said}.*read_market"):
        asked(given)


@pytest.mark.parametrize("given", STRANGE, ids=lambda given: type(given).__name__)
@pytest.mark.parametrize("asked", OF_AN_OUTCOME)
def test_no_outcome(asked: Callable[[Any], object], given: object) -> None:
    """The message says what was given, and how outcomes are made."""
    with pytest.raises(GameError, match=rf"got a {type(given).__name__}: solve a market"):
        asked(given)


@pytest.mark.parametrize("asked", OF_AN_OUTCOME)
def test_what_holds_an_outcome(asked: Callable[[Any], object]) -> None:
    """Of an equilibrium the outcome is asked for, and of a market, to solve it."""
    market = Market([[1]], [1])
    with pytest.raises(GameError, match="give the `outcome` of the FirstPriceEquilibrium"):
        asked(ef.fppe(market))
    with pytest.raises(GameError, match=r"got a Market: .* before it is solved"):
        asked(market)
