"""Bidders who learn their multipliers while second-price auctions are held round after round."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.hindsight import Hindsight
from efmodels.markets.pacing import PacingOutcome, require_outcome
from efmodels.markets.pacing_markets import entries_of, require_pacing_market

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats, Ints
    from efmodels.markets.market import Market


@dataclass(frozen=True, eq=False)
class PacingPath:
    """What happened, round by round.

    Attributes
    ----------
    market
        The market.
    multipliers
        Those with which bidders went into each round, shape ``(rounds, bidders)``.
    spend
        What each bidder paid in each round, same shape.
    outcome
        Mean multipliers and mean units of the second half of the rounds; prices are those of the
        mean multipliers. An equilibrium only in the limit, if at all: ask `verify_sppe`.
    seed
        Of the lots by which ties were broken.
    """

    market: Market
    multipliers: Floats
    spend: Floats
    outcome: PacingOutcome
    seed: int

    @cached_property
    def regrets(self) -> Floats:
        """What each bidder would have gained per round by the best constant multiplier.

        The best one that keeps her budget over all rounds together, on a grid of a thousand; shape
        ``(bidders,)``, negative for those who did better. All rounds are held once more when it is
        first asked for.
        """
        auctions, hindsight = _Auctions(self.market, self.seed), Hindsight(len(self.market.bidders))
        utility = -self.spend.sum(axis=0)
        for alpha in self.multipliers:
            sold = auctions.hold(alpha)
            utility += auctions.by_bidder(sold.units * auctions.value)
            hindsight.add(auctions.bidder, auctions.value, sold.rivals, auctions.supply)
        rounds = len(self.multipliers)
        return read_only((hindsight.best(self.market.budgets * rounds) - utility) / rounds)

    def frame(self) -> pd.DataFrame:
        """Return the multipliers as a table: a row per round, a column per bidder."""
        import pandas as pd

        return pd.DataFrame(self.multipliers, columns=list(self.market.bidders)).rename_axis(
            index="round", columns="bidder"
        )


def adaptive_pacing(
    market: Market,
    *,
    start: PacingOutcome | None = None,
    rounds: int = 2000,
    step: float = 1.0,
    seed: int = 0,
) -> PacingPath:
    r"""Let bidders pace themselves in repeated second-price auctions of the same goods.

    In each round all goods are sold, each bidder may on average spend her budget, and afterwards
    moves her multiplier by what is left or missing:

    .. math::

        \alpha_i^{t+1} = \min\Bigl\{1,\; \alpha_i^t \exp\Bigl( \frac{\eta}{\sqrt{t + 1}}\;
        \frac{B_i - z_i^t}{\max\{B_i, z_i^0, \ldots, z_i^t\}} \Bigr) \Bigr\}

    where :math:`z_i^t` is what she has paid in round :math:`t = 0, 1, \ldots`. No bidder needs to
    know the others, or the goods to come. It is a subgradient step on the logarithm of the
    multiplier, this package's own variant of adaptive pacing; the denominator keeps steps below
    one.

    Parameters
    ----------
    market
        Every bidder has a budget, and every good somebody who values it.
    start
        Begin with the multipliers of this outcome, for example of a first- or second-price pacing
        equilibrium; by default everybody bids her values.
    rounds
        How many, at least 2.
    step
        :math:`\eta > 0`.
    seed
        Of the lots by which ties are broken.

    Returns
    -------
    PacingPath
        Multipliers, payments and regrets.

    Raises
    ------
    GameError
        A bidder has no budget, nobody values a good, ``start`` is of another market, or a number is
        out of its range.

    Notes
    -----
    There is no guarantee that the path converges: finding an equilibrium is hard in general. Where
    it does, the multipliers come near one; shares of goods on which bidders tie come out as
    frequencies of winning.

    References
    ----------
    Balseiro and Gur, Learning in repeated auctions with budgets: regret minimization and
    equilibrium, Management Science 65 (2019), study another update of this kind.

    Examples
    --------
    >>> from efmodels.instances import two_equilibria_market
    >>> from efmodels.markets import adaptive_pacing
    >>> path = adaptive_pacing(two_equilibria_market(), rounds=4000)
    >>> path.multipliers.shape, bool(path.regrets.max() < 0.05)
    ((4000, 2), True)
    """
    require_pacing_market(market, "adaptive_pacing")
    if rounds < 2 or not 0 < step < np.inf:  # noqa: PLR2004 - one round has no second half
        raise GameError(f"expected rounds >= 2 and a finite step > 0; got {rounds} and {step}")
    if start is not None:
        require_outcome(start, "adaptive_pacing(start=...)")
    if start is not None and start.market != market:
        raise GameError("start is an outcome of another market; expected one of this market")
    auctions, budgets = _Auctions(market, seed), market.budgets
    log_alpha = np.zeros(len(budgets)) if start is None else np.log(np.clip(start.alpha, 1e-9, 1))
    multipliers, spend = np.empty((2, rounds, len(budgets)))
    units, most = np.zeros(len(auctions.value)), budgets
    for t in range(rounds):
        multipliers[t] = np.exp(log_alpha)
        sold = auctions.hold(multipliers[t])
        spend[t] = auctions.by_bidder(sold.units * sold.prices)
        if t >= rounds // 2:
            units += sold.units
        most = np.maximum(most, spend[t])
        log_alpha += step / np.sqrt(t + 1) * (budgets - spend[t]) / most
        np.minimum(log_alpha, 0, out=log_alpha)
    half = rounds - rounds // 2
    return PacingPath(
        market,
        read_only(multipliers),
        read_only(spend),
        auctions.outcome(multipliers[-half:].mean(axis=0), units / half),
        seed,
    )


@dataclass(frozen=True, eq=False)
class _Sold:
    """One round: of each entry the units, what a unit costs, and the highest other bid."""

    units: Floats
    prices: Floats
    rivals: Floats


class _Auctions:
    """The auctions of a round, over entries that are sorted by goods."""

    def __init__(self, market: Market, seed: int) -> None:
        bidder, good, value = entries_of(market)
        self.market = market
        self.order: Ints = np.argsort(good, kind="stable")
        self.bidder, self.good = bidder[self.order], good[self.order]
        self.value = value[self.order]
        self.start = np.searchsorted(self.good, np.arange(len(market.goods)))
        self.reserve, self.supply = market.reserves[self.good], market.supplies[self.good]
        self.random = np.random.default_rng(seed)

    def hold(self, alpha: Floats) -> _Sold:
        """Sell all goods to the highest bidders; ties are broken by lot."""
        bids = alpha[self.bidder] * self.value
        top = np.maximum.reduceat(bids, self.start)[self.good]
        lots = np.where(bids >= top, self.random.random(len(bids)), -1.0)
        wins = lots >= np.maximum.reduceat(lots, self.start)[self.good]
        rest = np.maximum.reduceat(np.where(wins, 0.0, bids), self.start)[self.good]
        prices = np.maximum(rest, self.reserve)
        units = np.where(wins & (bids >= self.reserve), self.supply, 0.0)
        return _Sold(units, prices, np.maximum(np.where(wins, rest, top), self.reserve))

    def by_bidder(self, weights: Floats) -> Floats:
        """Add up what belongs to each bidder."""
        size = len(self.market.bidders)
        return np.bincount(self.bidder, weights=weights, minlength=size).astype(float)

    def outcome(self, alpha: Floats, units: Floats) -> PacingOutcome:
        """Return an outcome at the prices of given multipliers."""
        prices = self.hold(alpha).prices[self.start]
        given = np.empty(len(units))
        given[self.order] = units
        return PacingOutcome(self.market, alpha, prices, given)
