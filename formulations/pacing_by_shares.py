"""First-price pacing equilibrium as the primal Eisenberg-Gale program: who gets what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock
from efmodels.first_price_blocks import (
    WITHOUT_LOGARITHMS,
    PacingEntries,
    answer_with,
    solved,
    weighted,
)
from efmodels.markets.first_price import CLEARANCE
from efmodels.matrix import MatrixConstraint, MatrixVar

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.game import Floats
    from efmodels.markets import Market


def fppe_primal(market: Market) -> AnsweringBlockData:
    r"""First-price pacing equilibrium, over allocations: the quasi-linear Eisenberg-Gale program.

    Bidder :math:`i` gets :math:`x_{ij}` units of good :math:`j` and keeps :math:`\delta_i` of her
    budget :math:`B_i`; of a good with a reserve, :math:`y_j` units remain unsold:

    .. math::

        \max_{x, y, u, \delta \ge 0}\; \sum_i (B_i \log u_i - \delta_i) + \sum_j r_j y_j
        \quad\text{s.t.}\quad
        u_i \le \sum_j v_{ij} x_{ij} + \delta_i \;[\alpha_i],\quad
        \sum_i x_{ij} + y_j \le s_j \;[p_j] .

    Maximise ``value``. The multipliers are the duals of ``utility``, also :math:`B_i / u_i`, and
    the prices those of ``supply``.

    Parameters
    ----------
    market
        Values, budgets, reserves and supplies; a pair without a value is excluded.

    Returns
    -------
    AnsweringBlock
        With :math:`n` bidders, :math:`m` goods, :math:`k` of them with a reserve, and :math:`z`
        positive values:

        ===========  ====================================================================  ========
        name         meaning                                                               size
        ===========  ====================================================================  ========
        ``x``        units that a bidder gets of a good; named after both                  :math:`z`
        ``unsold``   units that remain of each good with a reserve, if there are any such  :math:`k`
        ``u``        what a bidder gets and keeps is worth to her                          :math:`n`
        ``delta``    what she keeps of her budget                                          :math:`n`
        ``utility``  ``u`` is not more than that                                           :math:`n`
        ``supply``   no more is sold than there is                                         :math:`m`
        ``value``    what to maximise, an expression                                       1
        ===========  ====================================================================  ========

        ``solution()`` is a :class:`~efmodels.markets.FirstPriceOutcome`, and ``regrets()`` what
        each bidder misses in money, both recomputed from the market.

    Raises
    ------
    GameError
        A bidder has no budget, or nobody values a good.
    ModelError
        By ``solution()`` and ``regrets()``: a further row has variables of the block, or a bound
        was changed. Such a row, for example a cap ``x <= c``, changes prices to personal ones: the
        optimum is an equilibrium of that other market. Use :func:`fppe_mip` to compose.

    Notes
    -----
    :func:`fppe_dual` is smaller and better for solvers.

    References
    ----------
    Conitzer, Kroer, Panigrahi, Schrijvers, Stier-Moses, Sodomka and Wilkens, Pacing equilibrium in
    first price auction markets, arXiv:1811.07166.

    Examples
    --------
    >>> import efmodels as ef
    >>> market = ef.markets.Market([[2, 4], [1, None]], [0.5, 1], reserves=[0, 1])
    >>> block = ef.formulations.fppe_primal(market)
    >>> for row in [*block.utility.values(), *block.supply.values()]:
    ...     print(row.expr)
    u[B1] - 2.0*x[B1_G1] - 4.0*x[B1_G2] - delta[B1]  <=  0.0
    u[B2] - x[B2_G1] - delta[B2]  <=  0.0
    x[B1_G1] + x[B2_G1]  <=  1.0
    x[B1_G2] + unsold[G2]  <=  1.0
    >>> print(block.value.expr)
    0.5*log(u[B1]) + log(u[B2]) - (delta[B1] + delta[B2]) + (unsold[G2])
    """
    entries = PacingEntries.of(market, "fppe_primal")
    budgets = market.budgets
    size = len(budgets)
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    block.x = MatrixVar(len(entries.value), domain=pyo.NonNegativeReals, labels=entries.pairs)
    # She can have her budget, so that less than half of it is never best.
    block.u = MatrixVar(size, labels=entries.bidders, bounds=(CLEARANCE * budgets, None))
    block.delta = MatrixVar(size, domain=pyo.NonNegativeReals, labels=entries.bidders)
    one = sparse.eye_array(size, format="csr")
    block.utility = MatrixConstraint(
        [(one, block.u), (-entries.by_bidder(entries.value).T, block.x), (-one, block.delta)],
        ub=0.0,
        labels=entries.bidders,
    )
    value = pyo.quicksum(b * pyo.log(block.u[k]) for k, b in enumerate(budgets.tolist()))
    value -= weighted(np.ones(size), block.delta)
    value += _add_supply(block, entries)
    block.value = pyo.Expression(expr=value)
    answer_with(block, market, _from_allocation, linear_forms=WITHOUT_LOGARITHMS)
    return block


def _add_supply(block: AnsweringBlockData, entries: PacingEntries) -> object:
    """Add the rows of the goods, and return what remains unsold at the reserve."""
    market, parts = entries.market, [(entries.by_good().T, block.x)]
    kept = np.flatnonzero(market.reserves)
    worth: object = 0.0
    if len(kept):
        names = [entries.goods[j] for j in kept.tolist()]
        block.unsold = MatrixVar(len(kept), domain=pyo.NonNegativeReals, labels=names)
        columns = sparse.eye_array(len(entries.goods), format="csc")[:, kept]
        parts.append((columns, block.unsold))
        worth = weighted(market.reserves[kept], block.unsold)
    block.supply = MatrixConstraint(parts, ub=market.supplies, labels=entries.goods)
    return worth


def _from_allocation(block: AnsweringBlockData, market: Market) -> tuple[Floats, Floats]:
    """Read units, and multipliers from what each has in all, which money buys at one rate."""
    return np.minimum(market.budgets / solved(block.u), 1.0), solved(block.x)
