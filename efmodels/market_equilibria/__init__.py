"""Equilibria of markets in one call: solved, polished and verified."""

from efmodels.market_equilibria.first_price_equilibrium import FirstPriceEquilibrium, PacingStage
from efmodels.market_equilibria.first_price_search import fppe
from efmodels.market_equilibria.tangent_cuts import CutRound, CutRun, pacing_by_cuts

__all__ = ["CutRound", "CutRun", "FirstPriceEquilibrium", "PacingStage", "fppe", "pacing_by_cuts"]
