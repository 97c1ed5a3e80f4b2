"""First-price pacing equilibrium as one linear program: the logarithm under tangents."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.errors import GameError
from efmodels.first_price_blocks import (
    PacingEntries,
    answer_with,
    from_row_duals,
    multipliers_and_prices,
    weighted,
)
from efmodels.markets.first_price import CLEARANCE, geometric_points, least_multipliers
from efmodels.matrix import MatrixConstraint, MatrixVar

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.game import Floats, Ints
    from efmodels.markets import Market

MOST_TANGENTS = 10_000_000


def fppe_tangents(market: Market, *, ratio: float = 1.1) -> AnsweringBlockData:
    r"""First-price pacing equilibrium, nearly, as one linear program that any solver takes.

    The program of :func:`fppe_dual` with :math:`\tau_i` in the place of :math:`\log \alpha_i`,
    below tangents at the points :math:`b_k = \rho^{-k}` from 1 down to the least multiplier:

    .. math::

        \max_{\alpha, p, \tau}\; \sum_i B_i \tau_i - \sum_j s_j p_j \quad\text{s.t.}\quad
        \alpha_i v_{ij} \le p_j \;[x_{ij}],\quad p_j \ge r_j,\quad
        \tau_i \le \log b_k + (\alpha_i - b_k) / b_k .

    Maximise ``value``; it is above that of :func:`fppe_dual` by at most
    :math:`\tfrac18 (\log \rho)^2 \sum_i B_i`. The duals of ``bid`` are units that each bidder gets.
    Multipliers are less exact than the value, some percent at a ratio of 1.1: look at the regrets,
    and give ``solution()`` to :func:`efmodels.markets.polish_fppe`.

    Parameters
    ----------
    market
        Values, budgets, reserves and supplies; a pair without a value is excluded.
    ratio
        :math:`\rho > 1`, of two neighbouring points. There are about :math:`1 / \log \rho` tangents
        per bidder for each factor of :math:`e` between 1 and her least multiplier.

    Returns
    -------
    AnsweringBlock
        With :math:`n` bidders, :math:`m` goods, :math:`z` positive values and :math:`t` tangents:

        =============  ========================================================  =========
        name           meaning                                                   size
        =============  ========================================================  =========
        ``alpha``      multiplier of each bidder                                 :math:`n`
        ``log_alpha``  its logarithm, or a little more                           :math:`n`
        ``price``      price of a unit of each good, from its reserve on         :math:`m`
        ``bid``        no bid is above the price; named after bidder and good    :math:`z`
        ``tangent``    the logarithm is below it; bidder and number              :math:`t`
        ``value``      what to maximise, an expression                           1
        =============  ========================================================  =========

        ``solution()`` is a :class:`~efmodels.markets.FirstPriceOutcome`, and ``regrets()`` what
        each bidder misses in money, both recomputed from the market.

    Raises
    ------
    GameError
        A bidder has no budget, nobody values a good, or the ratio is not above 1 (or so close to it
        that there are more than ten million tangents).
    ModelError
        By ``solution()`` and ``regrets()``: as for :func:`fppe_dual`.

    References
    ----------
    The program: Conitzer, Kroer, Panigrahi, Schrijvers, Stier-Moses, Sodomka and Wilkens, Pacing
    equilibrium in first price auction markets, arXiv:1811.07166. The tangents are this package's.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.fppe_tangents(ef.markets.Market([[2], [1]], [1, 1]), ratio=2)
    >>> for row in m.eq.tangent.values():
    ...     print(row.expr)
    - eq.alpha[B1] + eq.log_alpha[B1]  <=  -1.0
    -2.0*eq.alpha[B1] + eq.log_alpha[B1]  <=  -1.6931471805599454
    -4.0*eq.alpha[B1] + eq.log_alpha[B1]  <=  -2.386294361119891
    - eq.alpha[B2] + eq.log_alpha[B2]  <=  -1.0
    -2.0*eq.alpha[B2] + eq.log_alpha[B2]  <=  -1.6931471805599454
    """
    entries = PacingEntries.of(market, "fppe_tangents")
    least = CLEARANCE * least_multipliers(market)
    _require_ratio(least, ratio)
    owner, points = geometric_points(least, ratio)
    block = multipliers_and_prices(entries)
    block.log_alpha = MatrixVar(len(entries.bidders), labels=entries.bidders, bounds=(None, 0.0))
    block.tangent = MatrixConstraint(
        [
            (_picked(owner, -1 / points, len(entries.bidders)), block.alpha),
            (_picked(owner, np.ones(len(owner)), len(entries.bidders)), block.log_alpha),
        ],
        ub=np.log(points) - 1.0,
        labels=_names(entries.bidders, owner),
    )
    block.value = pyo.Expression(
        expr=weighted(market.budgets, block.log_alpha) - weighted(market.supplies, block.price)
    )
    answer_with(block, market, from_row_duals, duals_of="bid")
    return block


def _require_ratio(least: Floats, ratio: float) -> None:
    usual = isinstance(ratio, int | float | np.number) and math.isfinite(ratio) and ratio > 1
    if not usual or -np.log(least).sum() / math.log(ratio) > MOST_TANGENTS:
        raise GameError(
            f"fppe_tangents needs a ratio above 1 of neighbouring tangents, such as 1.1; "
            f"got {ratio!r}"
        )


def _picked(owner: Ints, weights: Floats, columns: int) -> sparse.csr_array:
    return sparse.csr_array(
        (weights, owner, np.arange(len(owner) + 1)), shape=(len(owner), columns)
    )


def _names(bidders: tuple[str, ...], owner: Ints) -> list[str]:
    """Return a name per tangent: its bidder's, and a number from 1 on."""
    first = np.searchsorted(owner, owner)
    numbers = np.arange(len(owner)) - first + 1
    return [f"{bidders[i]}_{k}" for i, k in zip(owner.tolist(), numbers.tolist(), strict=True)]
