"""First-price pacing equilibrium as a mixed-integer program without logarithms, made to compose."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock, Answers
from efmodels.first_price_blocks import PacingEntries, solved, weighted
from efmodels.markets.first_price import first_price_outcome, least_multipliers
from efmodels.markets.pacing_choices import PacingChoices
from efmodels.markets.pacing_markets import entries_of
from efmodels.matrix import MatrixConstraint, MatrixVar

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.game import Floats
    from efmodels.markets import Market
    from efmodels.markets.first_price import FirstPriceOutcome
    from efmodels.markets.given_numbers import OnePerLabel

_ROUNDING = 1e-12


def fppe_mip(
    market: Market,
    *,
    lowest_budgets: OnePerLabel | None = None,
    highest_reserves: OnePerLabel | None = None,
) -> AnsweringBlockData:
    r"""First-price pacing equilibria as a feasible set: what any integer logic may be added to.

    Bidder :math:`i` spends :math:`\sigma_{ij}` on good :math:`j`; binaries say who bids the price
    (:math:`d_{ij}`), who spends all of her budget (:math:`y_i`), and which good is sold at its
    reserve (:math:`e_j`). With the least multipliers
    :math:`\ell_i = \min\{1, B_i / \sum_j s_j v_{ij}\}`:

    .. math::

        & \alpha_i v_{ij} \le p_j \le \alpha_i v_{ij} + M_{ij} (1 - d_{ij}), \qquad
          0 \le \sigma_{ij} \le \min\{B_i, s_j v_{ij}\}\, d_{ij}, \qquad
          \sigma_{ij} \le s_j v_{ij} \alpha_i,\\
        & s_j p_j - s_j r_j e_j \le \sum_i \sigma_{ij} \le s_j p_j, \qquad
          r_j \le p_j \le r_j + (\bar p_j - r_j)(1 - e_j),\\
        & B_i y_i \le \sum_j \sigma_{ij} \le B_i, \qquad
          1 - (1 - \ell_i)\, y_i \le \alpha_i \le 1 .

    The row with :math:`\sigma_{ij} \le s_j v_{ij} \alpha_i` follows from the others where binaries
    are whole numbers, and helps where they are not yet. The feasible points are the equilibria, so
    that the least revenue and the most are the same (up to units that are left at a reserve which
    is also the highest bid). A further row does not make it another market's equilibrium: it
    chooses, or there is none.

    Budgets and reserves may be chosen, too: between ``lowest_budgets`` and the budgets of the
    market, and between its reserves and ``highest_reserves``. What a platform may do with them is
    for further rows to say. A bidder whose budget is chosen as 0 is not admitted.

    Parameters
    ----------
    market
        Values, budgets, reserves and supplies; a pair without a value is excluded.
    lowest_budgets
        As the budgets of a market; the market's own by default. Bidders that a mapping leaves out
        keep their budgets.
    highest_reserves
        As the reserves of a market; the market's own by default.

    Returns
    -------
    AnsweringBlock
        With :math:`n` bidders, :math:`m` goods and :math:`z` positive values:

        ===================  ===========================================================  =========
        name                 meaning                                                      size
        ===================  ===========================================================  =========
        ``alpha``            multiplier of each bidder                                    :math:`n`
        ``price``            price of a unit of each good                                 :math:`m`
        ``spend``            what a bidder pays for a good; named after both              :math:`z`
        ``budget``           budget of each bidder, between its bounds                    :math:`n`
        ``reserve``          reserve of each good, between its bounds                     :math:`m`
        ``wins``             whether a bidder bids the price of a good, binary            :math:`z`
        ``exhausted``        whether a bidder spends all of her budget, binary            :math:`n`
        ``at_reserve``       whether the price is the reserve, binary; 0 without one      :math:`m`
        ``bid``              no bid is above the price                                    :math:`z`
        ``winning``          who wins bids the price                                      :math:`z`
        ``only_winners``     nobody else pays                                             :math:`z`
        ``below_bid``        nobody pays more than her own bid for all units              :math:`z`
        ``sold``             no more is paid than the supply costs                        :math:`m`
        ``sold_out``         nor less, but at the reserve                                 :math:`m`
        ``above_reserve``    the price is not below the reserve                           :math:`m`
        ``down_to_reserve``  and is the reserve where ``at_reserve`` says so              :math:`m`
        ``winner``           each good has a winner, or its price is the reserve          :math:`m`
        ``within_budget``    nobody pays more than her budget                             :math:`n`
        ``spent``            nor less, if it is exhausted                                 :math:`n`
        ``unpaced``          and if it is not, the multiplier is 1                        :math:`n`
        ``revenue``          what is paid in all, an expression                           1
        ===================  ===========================================================  =========

        ``solution()`` is a :class:`~efmodels.markets.FirstPriceOutcome` of the market with the
        budgets and reserves that were chosen; ``regrets()`` is what each bidder misses in money.

    Raises
    ------
    GameError
        A bidder has no budget, nobody values a good, a lowest budget is above the budget, or a
        highest reserve below the reserve.

    Notes
    -----
    The multipliers are about as exact as the solver's tolerance times the constants. HiGHS may call
    models infeasible if ``mip_feasibility_tolerance`` is set to 1e-9.

    References
    ----------
    The equilibrium: Conitzer, Kroer, Panigrahi, Schrijvers, Stier-Moses, Sodomka and Wilkens,
    Pacing equilibrium in first price auction markets, arXiv:1811.07166. The program is this
    package's.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> market = ef.markets.Market([[3], [1]], [2, 8])
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.fppe_mip(market, highest_reserves=[3])
    >>> for row in m.eq.bid.values():
    ...     print(row.expr)
    3.0*eq.alpha[B1] - eq.price[G1]  <=  0.0
    eq.alpha[B2] - eq.price[G1]  <=  0.0
    >>> m.grid = pyo.Constraint(expr=m.eq.reserve["G1"] == 2)
    >>> m.goal = pyo.Objective(expr=m.eq.revenue, sense=pyo.maximize)
    >>> result = ef.solve(m)
    >>> round(result.value, 6), m.eq.solution().market.reserves
    (2.0, array([2.]))
    """
    entries = PacingEntries.of(market, "fppe_mip")
    choices = PacingChoices.of(market, lowest_budgets, highest_reserves)
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    _add_variables(block, entries, choices)
    _add_rows_of_values(block, entries, choices)
    _add_rows_of_goods(block, entries, choices)
    _add_rows_of_bidders(block, entries, choices)
    block.revenue = pyo.Expression(expr=weighted(np.ones(len(entries.value)), block.spend))
    block.remember(Answers(partial(_outcome, choices=choices), exists=True))
    return block


def _add_variables(block: Any, entries: PacingEntries, choices: PacingChoices) -> None:
    least = _least_multipliers(choices)
    reachable = entries.value >= _least_prices(entries, choices)[entries.good]
    n, m, z = len(entries.bidders), len(entries.goods), len(entries.pairs)
    least_prices, most_prices = _least_prices(entries, choices), _most_prices(entries, choices)
    may_be_reserve = choices.reserves[1] > 0
    block.alpha = MatrixVar(n, bounds=(least, 1.0), labels=entries.bidders)
    block.price = MatrixVar(m, bounds=(least_prices, most_prices), labels=entries.goods)
    most_spent = reachable * _most_spent(entries, choices)
    block.spend = MatrixVar(z, bounds=(0.0, most_spent), labels=entries.pairs)
    block.budget = MatrixVar(n, bounds=choices.budgets, labels=entries.bidders)
    block.reserve = MatrixVar(m, bounds=choices.reserves, labels=entries.goods)
    block.wins = MatrixVar(z, domain=pyo.Binary, bounds=(0.0, reachable), labels=entries.pairs)
    block.exhausted = MatrixVar(n, domain=pyo.Binary, labels=entries.bidders)
    block.at_reserve = MatrixVar(
        m, domain=pyo.Binary, bounds=(0.0, may_be_reserve), labels=entries.goods
    )


def _add_rows_of_values(block: Any, entries: PacingEntries, choices: PacingChoices) -> None:
    bids, prices = entries.by_bidder(entries.value), entries.by_good()
    one = sparse.eye_array(len(entries.value), format="csr")
    least = _least_multipliers(choices)[entries.bidder] * entries.value
    far = _most_prices(entries, choices)[entries.good] - least
    block.bid = MatrixConstraint(
        [(bids, block.alpha), (-prices, block.price)], ub=0.0, labels=entries.pairs
    )
    block.winning = MatrixConstraint(
        [(prices, block.price), (-bids, block.alpha), (_scaled(far), block.wins)],
        ub=far,
        labels=entries.pairs,
    )
    block.only_winners = MatrixConstraint(
        [(one, block.spend), (-_scaled(_most_spent(entries, choices)), block.wins)],
        ub=0.0,
        labels=entries.pairs,
    )
    worth = entries.by_bidder(entries.market.supplies[entries.good] * entries.value)
    block.below_bid = MatrixConstraint(
        [(one, block.spend), (-worth, block.alpha)], ub=0.0, labels=entries.pairs
    )


def _add_rows_of_goods(block: Any, entries: PacingEntries, choices: PacingChoices) -> None:
    low, high = choices.reserves
    far = _most_prices(entries, choices) - low
    of_goods, one = entries.by_good().T, sparse.eye_array(len(far), format="csr")
    supplies = entries.market.supplies
    paid, cost = (of_goods, block.spend), _scaled(supplies)
    names = entries.goods
    block.sold = MatrixConstraint([paid, (-cost, block.price)], ub=0.0, labels=names)
    block.sold_out = MatrixConstraint(
        [paid, (-cost, block.price), (_scaled(supplies * high), block.at_reserve)],
        lb=0.0,
        labels=names,
    )
    above = [(one, block.price), (-one, block.reserve)]
    block.above_reserve = MatrixConstraint(above, lb=0.0, labels=names)
    block.down_to_reserve = MatrixConstraint(
        [*above, (_scaled(far), block.at_reserve)], ub=far, labels=names
    )
    block.winner = MatrixConstraint(
        [(of_goods, block.wins), (one, block.at_reserve)], lb=1.0, labels=names
    )


def _add_rows_of_bidders(block: Any, entries: PacingEntries, choices: PacingChoices) -> None:
    budgets = choices.budgets[1]
    one = sparse.eye_array(len(budgets), format="csr")
    over = [(entries.by_bidder().T, block.spend), (-one, block.budget)]
    names = entries.bidders
    block.within_budget = MatrixConstraint(over, ub=0.0, labels=names)
    block.spent = MatrixConstraint(
        [*over, (-_scaled(budgets), block.exhausted)], lb=-budgets, labels=names
    )
    block.unpaced = MatrixConstraint(
        [(one, block.alpha), (_scaled(1.0 - _least_multipliers(choices)), block.exhausted)],
        lb=1.0,
        labels=names,
    )


def _least_multipliers(choices: PacingChoices) -> Floats:
    return least_multipliers(choices.lowest)


def _least_prices(entries: PacingEntries, choices: PacingChoices) -> Floats:
    """Return what each price is at least, whatever is chosen."""
    least = choices.reserves[0].copy()
    bids = _least_multipliers(choices)[entries.bidder] * entries.value
    # Rounded down: who can just reach it must not be left out.
    np.maximum.at(least, entries.good, bids * (1 - _ROUNDING))
    return least


def _most_prices(entries: PacingEntries, choices: PacingChoices) -> Floats:
    most = choices.reserves[1].copy()
    np.maximum.at(most, entries.good, entries.value)
    return most


def _most_spent(entries: PacingEntries, choices: PacingChoices) -> Floats:
    """Return what a bidder pays for a good at most: her budget, and her value of all units."""
    worth = entries.market.supplies[entries.good] * entries.value
    most: Floats = np.minimum(choices.budgets[1][entries.bidder], worth)
    return most


def _scaled(numbers: Floats) -> sparse.csr_array:
    return sparse.csr_array(sparse.diags_array(numbers, format="csr"))


def _outcome(block: AnsweringBlockData, *, choices: PacingChoices) -> FirstPriceOutcome:
    """Return the outcome in the market that was chosen; units are what is paid, by the price."""
    given = choices.market
    market, admitted = choices.market_of(solved(block.budget), solved(block.reserve))
    bidder, good, _ = entries_of(given)
    spend = solved(block.spend)
    alpha = np.where(admitted, np.minimum(solved(block.alpha), 1.0), 1.0)
    prices = first_price_outcome(market, alpha, np.zeros(market.positive_values.nnz)).prices[good]
    units = np.divide(spend, prices, out=np.zeros(len(spend)), where=prices > 0)
    return first_price_outcome(market, alpha, units[admitted[bidder]])
