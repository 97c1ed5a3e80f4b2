"""Random markets of few large bidders and many small ones."""

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
from efmodels.instances.parameters import integer, titled

if TYPE_CHECKING:
    from efmodels.markets import Market


def power_law_market(
    bidders: int = 10,
    goods: int = 30,
    *,
    draws: int = 3,
    exponent: float = 1.0,
    budget_scale: float = 1.0,
    seed: int = 0,
) -> Market:
    r"""Return a random sparse market in which few bidders value many goods, and many value few.

    For each good :math:`k` bidders are drawn independently, bidder :math:`i` with probability
    :math:`p_i = i^{-a} / \sum_{h=1}^n h^{-a}`. Those who were drawn, once or several times, value
    it; their values are independent and uniform on :math:`(0, 1]`. The other pairs are excluded.
    So the first bidders take part in most sales and the last ones in few. The budgets are

    .. math:: B_i = \kappa \, U_i \, \frac{1}{k} \sum_j v_{ij}

    with :math:`U_i` independent and uniform on :math:`(0, 1]`. There are no reserves and one unit
    of each good. A bidder who is never drawn has a budget of zero.

    Parameters
    ----------
    bidders, goods
        :math:`n \ge 1` and :math:`m \ge 1`.
    draws
        :math:`k \ge 1`, the largest number of bidders that a good can have.
    exponent
        :math:`0 \le a < \infty`; at zero all bidders are alike.
    budget_scale
        :math:`\kappa > 0`; the smaller, the more bidders are limited by their budgets.
    seed
        An integer of at least 0 for ``numpy.random.default_rng``; the market is a function of the
        parameters and the seed.

    Returns
    -------
    Market
        Bidder :math:`i` values :math:`m (1 - (1 - p_i)^k)` goods on average; each good has between
        1 and :math:`k` bidders.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    The family is this package's own, made for tests of large sparse markets.

    Examples
    --------
    >>> import numpy as np
    >>> from efmodels.instances import power_law_market
    >>> market = power_law_market(bidders=5, goods=1000, seed=1)
    >>> np.diff(market.values.indptr).tolist()
    [826, 520, 368, 286, 254]
    """
    bidders, goods, budget_scale, seed = market_parameters(bidders, goods, budget_scale, seed)
    draws = integer("draws", draws, minimum=1)
    exponent = float(number("exponent", exponent, minimum=0))
    rng = np.random.default_rng(seed)
    weight = np.arange(1, bidders + 1, dtype=float) ** -exponent
    # Draws are scaled to the last sum and not to one, from which rounding may keep it away.
    sums = np.cumsum(weight)
    bidder = np.searchsorted(sums, rng.random(goods * draws) * sums[-1], side="right")
    pairs = np.minimum(bidder, bidders - 1) * goods + np.repeat(np.arange(goods), draws)
    pairs.sort()
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    values = sparse.csr_array(
        (positive_uniform(rng, len(pairs)), (pairs // goods, pairs % goods)),
        shape=(bidders, goods),
    )
    return market_with_budgets(
        rng,
        values,
        rivals=draws,
        budget_scale=budget_scale,
        title=titled(
            "Power-law market",
            bidders=bidders,
            goods=goods,
            draws=draws,
            exponent=exponent,
            budget_scale=budget_scale,
            seed=seed,
        ),
    )
