"""What a pacing auction ends with: multipliers, prices, and who gets how much of which good."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.market import Market
from efmodels.markets.pacing_markets import entries_of, require_market
from efmodels.markets.pacing_tables import (
    bidders_table,
    goods_table,
    pacing_text,
    sales_table,
)
from efmodels.tables import text_table

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False, repr=False)
class PacingOutcome:
    r"""Multipliers, prices and an allocation of a market, equilibrium or not.

    Bidder :math:`i` bids :math:`\alpha_i v_{ij}` for good :math:`j`, gets :math:`x_{ij}` units of
    it, and pays :math:`p_j x_{ij}`. Which auction it is, and whether it is an equilibrium, is for
    the verifiers to say.

    Attributes
    ----------
    market
        Who values what, with which budget.
    alpha
        The multiplier of each bidder, shape ``(bidders,)``.
    prices
        Of a unit of each good, shape ``(goods,)``, in money.
    units
        :math:`x`, one number per entry of ``market.positive_values``, in its order.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> outcome = PacingOutcome(Market([[2], [1]], [0.5, 1]), [0.5, 1], [1], [0.5, 0.5])
    >>> outcome.revenue, outcome.payoffs()
    (1.0, {'B1': 0.5, 'B2': 0.0})
    """

    market: Market
    alpha: Floats
    prices: Floats
    units: Floats

    def __post_init__(self) -> None:
        """Take arrays of the right shapes, which nobody changes from then on."""
        require_market(self.market, type(self).__name__)
        entries = len(self.entries[0])
        for name, size in (
            ("alpha", len(self.market.bidders)),
            ("prices", len(self.market.goods)),
            ("units", entries),
        ):
            array = np.array(getattr(self, name), dtype=float)
            if array.shape != (size,):
                raise GameError(f"{name} has shape {array.shape}; expected ({size},)")
            if not np.isfinite(array).all():
                raise GameError(f"{name} holds {array[~np.isfinite(array)][0]}; expected numbers")
            object.__setattr__(self, name, read_only(array))

    @cached_property
    def entries(self) -> tuple[Ints, Ints, Floats]:
        """The bidder, the good and the value of each entry of ``market.positive_values``."""
        return entries_of(self.market)

    @property
    def bids(self) -> Floats:
        """What is bid for a unit, one number per entry."""
        bidder, _, value = self.entries
        bids: Floats = self.alpha[bidder] * value
        return bids

    @property
    def allocation(self) -> sparse.csr_array:
        """The units as a matrix, bidders by goods."""
        matrix = self.market.positive_values
        return sparse.csr_array((self.units, matrix.indices, matrix.indptr), shape=matrix.shape)

    @cached_property
    def spend(self) -> Floats:
        """What each bidder pays."""
        bidder, good, _ = self.entries
        return self._by(bidder, self.prices[good] * self.units, len(self.market.bidders))

    @cached_property
    def sold(self) -> Floats:
        """How many units of each good are sold."""
        return self._by(self.entries[1], self.units, len(self.market.goods))

    @property
    def revenue(self) -> float:
        """What is paid in all."""
        return float(self.spend.sum())

    @cached_property
    def utilities(self) -> Floats:
        """What each bidder gets is worth to her, less what she pays."""
        bidder, _, value = self.entries
        return self._by(bidder, value * self.units, len(self.market.bidders)) - self.spend

    def payoffs(self) -> dict[str, float]:
        """Return each bidder's utility by label."""
        return dict(zip(self.market.bidders, self.utilities.tolist(), strict=True))

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per bidder: alpha, budget, spend, utility."""
        return bidders_table(self.market, self.alpha, self.prices, self.units)

    def goods(self) -> pd.DataFrame:
        """Return a table with a row per good: price, reserve, supply, sold, revenue."""
        return goods_table(self.market, self.prices, self.units)

    def sales(self) -> pd.DataFrame:
        """Return a table with a row per bidder and good of which she gets some: units, paid."""
        return sales_table(self.market, self.prices, self.units)

    def __repr__(self) -> str:
        return pacing_text(self.market, self.revenue, self.alpha, self.prices)

    @staticmethod
    def _by(owner: Ints, weights: Floats, size: int) -> Floats:
        return read_only(np.bincount(owner, weights=weights, minlength=size).astype(float))


@dataclass(frozen=True)
class PacingResiduals:
    """By how much an outcome misses each condition of a pacing equilibrium, in money.

    Attributes
    ----------
    bounds
        Multipliers outside of 0 to 1, times the budget, and negative units, at their bid.
    price
        Prices that are not what the bids and the reserve say.
    oversold, unsold
        Units beyond the supply, and units that are left although somebody bids more than the
        reserve, at their price.
    losing
        What is given to bidders below the winning bid, at the difference.
    budget
        What is spent beyond a budget.
    pacing
        The smaller of the budget that is left and the budget times what the multiplier falls
        short of 1: whoever is paced must spend everything.
    relative
        The largest of all of these, each as a share of the budget of its bidder, or, where it is a
        good's, of the mean budget.
    """

    bounds: float
    price: float
    oversold: float
    unsold: float
    losing: float
    budget: float
    pacing: float
    relative: float

    @property
    def worst(self) -> float:
        """The largest of those in money."""
        return max(value for name, value in self._facts() if name != "relative")

    def _facts(self) -> list[tuple[str, float]]:
        return [(field.name, float(getattr(self, field.name))) for field in fields(self)]

    def __str__(self) -> str:
        return text_table([(name, f"{value:.3g}") for name, value in self._facts()])


def require_outcome(given: object, asked_by: str) -> None:
    """Refuse what is no outcome of a pacing auction.

    Raises
    ------
    GameError
        It is none; the message says where the outcome is, if the object has one.
    """
    if isinstance(given, PacingOutcome):
        return
    kind = type(given).__name__
    if isinstance(getattr(given, "outcome", None), PacingOutcome):
        advice = f"give the `outcome` of the {kind}"
    elif isinstance(given, Market):
        advice = "a market has none before it is solved: give `efmodels.fppe(market).outcome`"
    else:
        advice = (
            "solve a market, which efmodels.markets.read_market reads from files, and give "
            "`efmodels.fppe(market).outcome`"
        )
    raise GameError(f"{asked_by} needs a PacingOutcome; got a {kind}: {advice}")
