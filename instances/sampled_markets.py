"""Random markets in which a random set of bidders values each good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.instances.exact_numbers import number
from efmodels.instances.market_budgets import (
    market_parameters,
    market_with_budgets,
    positive_uniform,
)
from efmodels.instances.parameters import titled

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.markets import Market


def sampled_market(
    bidders: int = 3,
    goods: int = 6,
    *,
    density: float = 0.5,
    budget_scale: float = 1.0,
    seed: int = 0,
) -> Market:
    r"""Return a random market in which each good has a random set of bidders, never empty.

    A bidder belongs to the set of a good with probability :math:`q`, independently of the other
    bidders and goods, given that the set is not empty; with :math:`q = 1/2` all non-empty sets are
    equally likely. On the set, values are independent and uniform on :math:`(0, 1]`; the other
    pairs are excluded. The budgets are

    .. math:: B_i = \kappa \, U_i \, \frac{1}{n} \sum_j v_{ij}

    with :math:`U_i` independent and uniform on :math:`(0, 1]`. There are no reserves and one unit
    of each good. Where goods are few, a bidder may belong to no set at all; her budget is zero.

    Parameters
    ----------
    bidders, goods
        :math:`n \ge 1` and :math:`m \ge 1`.
    density
        :math:`0 < q \le 1`.
    budget_scale
        :math:`\kappa > 0`. Goods have about :math:`n q` bidders, so that :math:`\kappa = 1 / q`
        gives budgets which are as tight as those of a complete market with :math:`\kappa = 1`.
    seed
        An integer of at least 0 for ``numpy.random.default_rng``; the market is a function of the
        parameters and the seed.

    Returns
    -------
    Market
        With :math:`m n q / (1 - (1 - q)^n)` values on average, at least one per good.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    Sampled markets are one of the families on which pacing equilibria are commonly simulated
    (arXiv:1706.07151 studies several families of synthetic markets). The distributions here are
    this package's own choice. The work grows with the number of values and not with that of pairs.

    Examples
    --------
    >>> from efmodels.instances import sampled_market
    >>> market = sampled_market(bidders=1000, goods=20_000, density=0.01, budget_scale=100)
    >>> len(market.goods_without_bid), 180_000 < market.values.nnz < 220_000
    (0, True)
    """
    bidders, goods, budget_scale, seed = market_parameters(bidders, goods, budget_scale, seed)
    density = float(number("density", density, above=0, maximum=1))
    rng = np.random.default_rng(seed)
    bidder, good = _pairs(rng, bidders, goods, density)
    values = sparse.csc_array(
        (positive_uniform(rng, len(bidder)), (bidder, good)), shape=(bidders, goods)
    ).tocsr()
    return market_with_budgets(
        rng,
        values,
        rivals=bidders,
        budget_scale=budget_scale,
        title=titled(
            "Sampled market",
            bidders=bidders,
            goods=goods,
            density=density,
            budget_scale=budget_scale,
            seed=seed,
        ),
    )


def _pairs(rng: np.random.Generator, bidders: int, goods: int, density: float) -> tuple[Ints, Ints]:
    """Draw the bidders of all goods: the first of each, and then those that come after her."""
    first = _first_success(rng, goods, bidders, density)
    # The bidders after the first ones, of all goods in a row, are tossed for like any others.
    end = np.cumsum(bidders - 1 - first)
    later = _successes(rng, int(end[-1]), density)
    good = np.searchsorted(end, later, side="right")
    bidder = bidders - (end[good] - later)
    return np.concatenate((first, bidder)), np.concatenate((np.arange(goods), good))


def _first_success(rng: np.random.Generator, size: int, trials: int, probability: float) -> Ints:
    """Draw which of so many tosses is the first success, given that there is one."""
    if probability == 1:
        return np.zeros(size, dtype=np.int64)
    failure = np.log1p(-probability)
    # P(first <= t | any) = (1 - f^(t + 1)) / (1 - f^trials) for f = 1 - probability, inverted.
    share = rng.random(size) * -np.expm1(trials * failure)
    first: Ints = np.floor(np.log1p(-share) / failure).astype(np.int64)
    first[first >= trials] = trials - 1  # by rounding
    return first


def _successes(rng: np.random.Generator, trials: int, probability: float) -> Ints:
    """Draw which of so many tosses succeed, by the distances from one success to the next."""
    expected = trials * probability
    size = int(expected + 6 * np.sqrt(expected) + 10)
    found: list[Ints] = []
    last = -1
    while last < trials:
        distances = np.minimum(rng.geometric(probability, size), trials + 1)
        found.append(last + np.cumsum(distances))
        last = int(found[-1][-1])
    successes = np.concatenate(found)
    return successes[successes < trials]
