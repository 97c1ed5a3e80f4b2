"""Random markets in which bidders agree, more or less, on what a good is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.instances.exact_numbers import number
from efmodels.instances.market_budgets import market_parameters, market_with_budgets
from efmodels.instances.parameters import titled

if TYPE_CHECKING:
    from efmodels.markets import Market


def correlated_market(
    bidders: int = 3,
    goods: int = 6,
    *,
    sigma: float = 0.1,
    budget_scale: float = 1.0,
    seed: int = 0,
) -> Market:
    r"""Return a random market in which the values of a good scatter around a common mean.

    Good :math:`j` has a mean :math:`\mu_j`, uniform on :math:`[0, 1]`, and

    .. math:: v_{ij} = \min\{1, \max\{0, \mu_j + \sigma Z_{ij}\}\}

    with standard normal :math:`Z_{ij}`; all of these are independent. What is cut off to zero
    is kept as a value of zero. The budgets are

    .. math:: B_i = \kappa \, U_i \, \frac{1}{n} \sum_j v_{ij}

    with :math:`U_i` independent and uniform on :math:`(0, 1]`. There are no reserves and one unit
    of each good.

    Parameters
    ----------
    bidders, goods
        :math:`n \ge 1` and :math:`m \ge 1`.
    sigma
        :math:`0 \le \sigma < \infty`; at zero all bidders have the same values.
    budget_scale
        :math:`\kappa > 0`; the smaller, the more bidders are limited by their budgets.
    seed
        An integer of at least 0 for ``numpy.random.default_rng``; the market is a function of the
        parameters and the seed.

    Returns
    -------
    Market
        With :math:`n m` values, all between 0 and 1.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    Correlated markets are one of the families on which pacing equilibria are commonly simulated
    (arXiv:1706.07151 studies several families of synthetic markets). The distributions here are
    this package's own choice.

    Examples
    --------
    >>> from efmodels.instances import correlated_market
    >>> correlated_market(bidders=2, goods=3, sigma=0, seed=2).to_frame().round(2)
          G1   G2    G3
    B1  0.26  0.3  0.81
    B2  0.26  0.3  0.81
    """
    bidders, goods, budget_scale, seed = market_parameters(bidders, goods, budget_scale, seed)
    sigma = float(number("sigma", sigma, minimum=0))
    rng = np.random.default_rng(seed)
    mean = rng.random(goods)
    table = np.clip(mean + sigma * rng.standard_normal((bidders, goods)), 0, 1)
    good = np.tile(np.arange(goods, dtype=np.int32), bidders)
    start = np.arange(bidders + 1) * goods
    return market_with_budgets(
        rng,
        sparse.csr_array((table.ravel(), good, start), shape=table.shape),
        rivals=bidders,
        budget_scale=budget_scale,
        title=titled(
            "Correlated market",
            bidders=bidders,
            goods=goods,
            sigma=sigma,
            budget_scale=budget_scale,
            seed=seed,
        ),
    )
