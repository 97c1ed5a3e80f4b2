"""Mechanisms: who has which types, what outcomes are worth, and algorithms on arrays.

A :class:`MechanismSetting` is data alone. The linear programs over it are in
:mod:`efmodels.formulations`, and what adds rows to them in :mod:`efmodels.mechanism_design`.
"""

from efmodels.mechanisms.border_separation import border_residual, violated_sets
from efmodels.mechanisms.direct_mechanism_rules import DirectMechanism
from efmodels.mechanisms.independent_bidders import IndependentBidders
from efmodels.mechanisms.interim_rules import InterimRule
from efmodels.mechanisms.payments import Payments
from efmodels.mechanisms.priors import product_prior
from efmodels.mechanisms.setting import MechanismSetting
from efmodels.mechanisms.standard_settings import (
    bilateral_trade,
    public_decision,
    sale_to,
    several_items,
    single_item,
)
from efmodels.mechanisms.virtual_values import (
    MyersonAuction,
    RevenueCurve,
    myerson,
    optimal_reserve,
    revenue_curve,
)
from efmodels.mediator.incentives import Incentives

__all__ = [
    "DirectMechanism",
    "Incentives",
    "IndependentBidders",
    "InterimRule",
    "MechanismSetting",
    "MyersonAuction",
    "Payments",
    "RevenueCurve",
    "bilateral_trade",
    "border_residual",
    "myerson",
    "optimal_reserve",
    "product_prior",
    "public_decision",
    "revenue_curve",
    "sale_to",
    "several_items",
    "single_item",
    "violated_sets",
]
