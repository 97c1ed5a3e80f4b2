"""Random markets in which everybody values everything, independently."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.instances.market_budgets import (
    market_parameters,
    market_with_budgets,
    positive_uniform,
)
from efmodels.instances.parameters import titled

if TYPE_CHECKING:
    from efmodels.markets import Market


def complete_market(
    bidders: int = 3, goods: int = 6, *, budget_scale: float = 1.0, seed: int = 0
) -> Market:
    r"""Return a random market in which every bidder values every good.

    The values :math:`v_{ij}` are independent and uniform on :math:`(0, 1]`. The budgets are

    .. math:: B_i = \kappa \, U_i \, \frac{1}{n} \sum_j v_{ij}

    with :math:`U_i` independent and uniform on :math:`(0, 1]`: with :math:`\kappa U_i = 1` a
    bidder can pay, at her own values, for one :math:`n`-th of every good. There are no reserves
    and one unit of each good.

    Parameters
    ----------
    bidders, goods
        :math:`n \ge 1` and :math:`m \ge 1`.
    budget_scale
        :math:`\kappa > 0`; the smaller, the more bidders are limited by their budgets.
    seed
        An integer of at least 0 for ``numpy.random.default_rng``; the market is a function of the
        parameters and the seed.

    Returns
    -------
    Market
        With :math:`n m` values.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    The complete graph between bidders and goods is one of the families on which pacing equilibria
    are commonly simulated (arXiv:1706.07151 studies several families of synthetic markets). The
    distributions here are this package's own choice.

    Examples
    --------
    >>> from efmodels.instances import complete_market
    >>> market = complete_market(bidders=2, goods=3, seed=1)
    >>> market.title, market.values.nnz
    ('Complete market (bidders=2, goods=3, budget_scale=1.0, seed=1)', 6)
    >>> complete_market(bidders=2, goods=3, seed=1) == market
    True
    """
    bidders, goods, budget_scale, seed = market_parameters(bidders, goods, budget_scale, seed)
    rng = np.random.default_rng(seed)
    good = np.tile(np.arange(goods, dtype=np.int32), bidders)
    start = np.arange(bidders + 1) * goods
    values = sparse.csr_array(
        (positive_uniform(rng, bidders * goods), good, start), shape=(bidders, goods)
    )
    return market_with_budgets(
        rng,
        values,
        rivals=bidders,
        budget_scale=budget_scale,
        title=titled(
            "Complete market", bidders=bidders, goods=goods, budget_scale=budget_scale, seed=seed
        ),
    )
