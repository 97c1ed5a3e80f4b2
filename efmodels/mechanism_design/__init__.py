"""Designing mechanisms: rows about money and fairness, and the best auction of one item."""

from efmodels.mechanism_design.border_cuts import OptimalAuction, optimal_auction
from efmodels.mechanism_design.ex_post_rules import ex_post_auction
from efmodels.mechanism_design.side_constraints import (
    anonymity,
    budgets,
    ex_post_balance,
    no_positive_transfers,
    reserve_prices,
    revenue_floor,
    welfare_floor,
)

__all__ = [
    "OptimalAuction",
    "anonymity",
    "budgets",
    "ex_post_auction",
    "ex_post_balance",
    "no_positive_transfers",
    "optimal_auction",
    "reserve_prices",
    "revenue_floor",
    "welfare_floor",
]
