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
from efmodels.learning.driver import Entry, Learned, Ranges, learn
from efmodels.learning.methods import Method, RegretMinimization
from efmodels.learning.multipliers import FixedMultipliers, Multipliers, SmoothMultipliers
from efmodels.learning.pricing import lagrangian

__all__ = [
    "CFR",
    "Algorithm",
    "CFRPlus",
    "DiscountedCFR",
    "DiscountedCFRPlus",
    "Entry",
    "FixedMultipliers",
    "Learned",
    "Method",
    "Multipliers",
    "PredictiveCFRPlus",
    "PredictiveDiscountedCFRPlus",
    "Ranges",
    "RegretMinimization",
    "SmoothMultipliers",
    "lagrangian",
    "learn",
]
