"""Learning: regret minimization on the same problems as the linear programs, with certificates."""

from efmodels.learning.algorithms import (
    CFR,
    Algorithm,
    CFRPlus,
    DiscountedCFR,
    DiscountedCFRPlus,
    PredictiveCFRPlus,
    PredictiveDiscountedCFRPlus,
)
from efmodels.learning.binary_search import BinarySearch
from efmodels.learning.conic_hull import ConicHull
from efmodels.learning.driver import learn
from efmodels.learning.learned import Entry, Learned, Ranges
from efmodels.learning.methods import Method, RegretMinimization
from efmodels.learning.multipliers import FixedMultipliers, Multipliers, SmoothMultipliers
from efmodels.learning.portfolio import Portfolio
from efmodels.learning.pricing import lagrangian

__all__ = [
    "CFR",
    "Algorithm",
    "BinarySearch",
    "CFRPlus",
    "ConicHull",
    "DiscountedCFR",
    "DiscountedCFRPlus",
    "Entry",
    "FixedMultipliers",
    "Learned",
    "Method",
    "Multipliers",
    "Portfolio",
    "PredictiveCFRPlus",
    "PredictiveDiscountedCFRPlus",
    "Ranges",
    "RegretMinimization",
    "SmoothMultipliers",
    "lagrangian",
    "learn",
]
