"""Auctions in a row among bidders with budgets: the setting, what can happen, and baselines."""

from efmodels.auction_sequences.baselines import TruthfulBidding, truthful_bidding
from efmodels.auction_sequences.contests import FirstPrice, SecondPrice
from efmodels.auction_sequences.participation import (
    CommittedEverybodyPays,
    CommittedWinnersPay,
    ExPostEachRound,
    ExPostTotal,
    OptOutEachRound,
)
from efmodels.auction_sequences.sequence import AuctionSequence

__all__ = [
    "AuctionSequence",
    "CommittedEverybodyPays",
    "CommittedWinnersPay",
    "ExPostEachRound",
    "ExPostTotal",
    "FirstPrice",
    "OptOutEachRound",
    "SecondPrice",
    "TruthfulBidding",
    "truthful_bidding",
]
