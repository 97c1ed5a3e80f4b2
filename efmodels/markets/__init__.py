"""Markets of budget-limited bidders: who values which good how much, budgets, reserves, supplies.

A :class:`Market` is data alone; it knows no equilibrium. Generators of random markets are in
:mod:`efmodels.instances`.
"""

from efmodels.markets.bidder_regrets import multiplier_regrets, per_good_regrets
from efmodels.markets.exact_pacing import ExactPacing, exact_fppe, verify_exact, verify_exact_sppe
from efmodels.markets.first_price import FirstPriceOutcome
from efmodels.markets.market import Market
from efmodels.markets.market_reader import read_market
from efmodels.markets.market_writer import write_market
from efmodels.markets.multiplier_ranges import multiplier_bounds
from efmodels.markets.pacing import PacingOutcome, PacingResiduals
from efmodels.markets.pacing_residuals import verify_fppe, verify_sppe
from efmodels.markets.pacing_runs import PacingEntry, PacingRun
from efmodels.markets.polished_pacing import polish_fppe
from efmodels.markets.proportional_responses import proportional_response
from efmodels.markets.repeated_auctions import PacingPath, adaptive_pacing
from efmodels.markets.second_price_solution import SecondPriceSolution
from efmodels.markets.streaming import PacedStream, pace, pace_stream

__all__ = [
    "ExactPacing",
    "FirstPriceOutcome",
    "Market",
    "PacedStream",
    "PacingEntry",
    "PacingOutcome",
    "PacingPath",
    "PacingResiduals",
    "PacingRun",
    "SecondPriceSolution",
    "adaptive_pacing",
    "exact_fppe",
    "multiplier_bounds",
    "multiplier_regrets",
    "pace",
    "pace_stream",
    "per_good_regrets",
    "polish_fppe",
    "proportional_response",
    "read_market",
    "verify_exact",
    "verify_exact_sppe",
    "verify_fppe",
    "verify_sppe",
    "write_market",
]
