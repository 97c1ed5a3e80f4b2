"""First-price pacing equilibrium as the dual Eisenberg-Gale program: multipliers and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from efmodels.first_price_blocks import (
    WITHOUT_LOGARITHMS,
    PacingEntries,
    answer_with,
    from_row_duals,
    multipliers_and_prices,
    weighted,
)

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.markets import Market


def fppe_dual(market: Market) -> AnsweringBlockData:
    r"""First-price pacing equilibrium, over multipliers and prices: the smallest convex program.

    Bidder :math:`i` bids :math:`\alpha_i v_{ij}` for a unit of good :math:`j`, of which there are
    :math:`s_j`; the price is the highest bid, or the reserve :math:`r_j`. The dual of the
    quasi-linear Eisenberg-Gale program finds the multipliers at which everybody who is paced spends
    her budget :math:`B_i`:

    .. math::

        \max_{\alpha, p}\; \sum_i B_i \log \alpha_i - \sum_j s_j p_j \quad\text{s.t.}\quad
        \alpha_i v_{ij} \le p_j \;[x_{ij}],\quad p_j \ge r_j,\quad
        \tfrac12 \min\{1, B_i / \sum_j s_j v_{ij}\} \le \alpha_i \le 1 .

    Maximise ``value``. The duals of ``bid`` are the units :math:`x_{ij}` that each bidder gets, and
    what the bound of 1 costs is the budget that she keeps. Multipliers and prices are unique. No
    multiplier of an equilibrium is less than twice its lower bound here, which keeps the logarithm
    in hand.

    Parameters
    ----------
    market
        Values, budgets, reserves and supplies; a pair without a value is excluded.

    Returns
    -------
    AnsweringBlock
        With :math:`n` bidders, :math:`m` goods and :math:`z` positive values:

        =========  ============================================================  =========
        name       meaning                                                       size
        =========  ============================================================  =========
        ``alpha``  multiplier of each bidder                                     :math:`n`
        ``price``  price of a unit of each good, from its reserve on             :math:`m`
        ``bid``    no bid is above the price; named after bidder and good        :math:`z`
        ``value``  what to maximise, an expression: the dual objective, negated  1
        =========  ============================================================  =========

        ``solution()`` is a :class:`~efmodels.markets.FirstPriceOutcome`, and ``regrets()`` what
        each bidder misses in money, both recomputed from the market.

    Raises
    ------
    GameError
        A bidder has no budget, or nobody values a good.
    ModelError
        By ``solution()`` and ``regrets()``: a further row has variables of the block, or a bound
        was changed. The optimum is then an equilibrium of another market, with personal prices; use
        :func:`fppe_mip` to compose.

    Notes
    -----
    For Ipopt, which finds it within a few dozen iterations, as the program is convex, and which
    ``efmodels.solve`` chooses by itself. Gurobi and SCIP give no duals of a nonlinear program, and
    so no units: ``efmodels.solve`` refuses them. An optimal value tells little about the
    multipliers: a relative gap of :math:`\varepsilon` leaves an error of about
    :math:`\sqrt\varepsilon` in them.

    References
    ----------
    Conitzer, Kroer, Panigrahi, Schrijvers, Stier-Moses, Sodomka and Wilkens, Pacing equilibrium in
    first price auction markets, arXiv:1811.07166.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.fppe_dual(ef.markets.Market([[2, 4], [1, None]], [0.5, 1]))
    >>> for row in m.eq.bid.values():
    ...     print(row.expr)
    2.0*eq.alpha[B1] - eq.price[G1]  <=  0.0
    4.0*eq.alpha[B1] - eq.price[G2]  <=  0.0
    eq.alpha[B2] - eq.price[G1]  <=  0.0
    >>> print(m.eq.value.expr)
    0.5*log(eq.alpha[B1]) + log(eq.alpha[B2]) - (eq.price[G1] + eq.price[G2])
    """
    entries = PacingEntries.of(market, "fppe_dual")
    block = multipliers_and_prices(entries)
    logarithms = pyo.quicksum(
        budget * pyo.log(block.alpha[k]) for k, budget in enumerate(market.budgets.tolist())
    )
    block.value = pyo.Expression(expr=logarithms - weighted(market.supplies, block.price))
    answer_with(block, market, from_row_duals, duals_of="bid", linear_forms=WITHOUT_LOGARITHMS)
    return block
