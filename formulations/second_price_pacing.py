"""Second-price pacing equilibria of a market: a mixed-integer program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock, Answers
from efmodels.errors import GameError, SolverError
from efmodels.markets.multiplier_ranges import multiplier_bounds
from efmodels.markets.pacing_markets import entries_of, require_pacing_market
from efmodels.markets.sale_bounds import SaleBounds
from efmodels.markets.second_price_solution import SecondPriceSolution, second_price_outcome
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.names import distinct, model_name

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.game import Floats, Ints
    from efmodels.markets import Market


def sppe(
    market: Market, *, within: tuple[ArrayLike, ArrayLike] | None = None
) -> AnsweringBlockData:
    r"""All second-price pacing equilibria of a market, for any linear objective.

    Bidder ``i`` bids :math:`\alpha_i v_{ij}`; the highest bid for a good wins and pays the second
    highest, or the reserve. Binary variables say which bids are highest (``highest``, several of
    them at a tie), which one of these is left out when the price is looked for (``winner``), and
    which of the others sets the price (``second``):

    .. math::

        & h_j \ge \alpha_i v_{ij},\quad h_j \le \alpha_i v_{ij} + M (1 - d_{ij}),\quad
          w_{ij} \le d_{ij},\quad \sum_i w_{ij} = 1, \\
        & p_j \ge \alpha_i v_{ij} - M' w_{ij},\quad
          p_j \le \alpha_i v_{ij} + M'' (1 - r_{ij}),\quad \sum_i r_{ij} = 1,\quad
          w_{ij} + r_{ij} \le 1, \\
        & \sum_i s_{ij} = p_j,\quad 0 \le s_{ij} \le U_{ij} d_{ij},\quad
          s_{ij} \le \alpha_i v_{ij},\quad p_j \le h_j, \\
        & B_i y_i \le \sum_j s_{ij} \le B_i,\quad \alpha_i \ge 1 - (1 - l_i) y_i .

    Every equilibrium is a point of the block, with money :math:`s_{ij}` for shares. Optimise any
    linear objective, and add any linear row: they choose among the equilibria.

    The constants and bounds follow from :func:`efmodels.markets.multiplier_bounds`. Offers that
    can neither win nor set the price have their binary variables fixed at 0.

    Parameters
    ----------
    market
        Every bidder has a budget, and every good somebody who values it. A reserve is one more
        offer for its good, made by nobody who pays; a supply counts prices by the unit.
    within
        Only equilibria with multipliers between these bounds: lower and upper, each a number or one
        per bidder. There may be none.

    Returns
    -------
    AnsweringBlock
        With ``n`` bidders, ``m`` goods, ``V`` positive values and ``R`` goods with a reserve, which
        is one more offer:

        ==================  =====================================================  ==============
        name                meaning                                                size
        ==================  =====================================================  ==============
        ``alpha``           multipliers                                            ``n``
        ``paced``           binary: the budget is spent; 0 means a multiplier      ``n``
                            of 1
        ``price``, ``top``  of a unit: what it costs, and the highest offer        ``m`` each
        ``spend``           money that a bidder pays for a good                    ``V``
        ``unsold``          what remains of a good, at its price                   ``R``
        ``highest``         binary: the offer is the highest, or ties with it      ``V+R``
        ``winner``          binary: one of the highest offers                      ``V+R``
        ``second``          binary: an offer that sets the price                   ``V+R``
        ``budget``          what is spent: all of the budget if paced, at most     ``n``
                            all if not
        ``exhaust``         paced bidders spend everything                         ``n``
        ``unpaced``         others bid their values                                ``n``
        ``sale``            what is paid for a good is its price                   ``m``
        ``above``           no offer above the highest                             ``V``
        ``equal``           ``highest`` ones are equal to it                       ``V+R``
        ``among``           the winner is one of them                              ``V+R``
        ``one_winner``      one of each good                                       ``m``
        ``price_floor``     no offer above the price, but the winner's             ``V``
        ``price_cap``       the price is at most the ``second`` offer              ``V+R``
        ``one_second``      one of each good with two offers                       at most ``m``
        ``apart``           a bidder is not both                                   ``V``
        ``paid``            only for the highest offers is anything paid           ``V+R``
        ``below_bid``       nobody pays more than her bid                          ``V``
        ``order``           the price is at most the highest offer                 ``m``
        ``revenue``         what is paid in all                                    1
        ``paced_welfare``   what is sold, at the bids of those who get it          1
        ``alpha_sum``       sum of the multipliers                                 1
        ``total``           the rows of the three                                  3
        ``value``           the revenue, an expression                             1
        ==================  =====================================================  ==============

    Raises
    ------
    GameError
        A bidder has no budget, nobody values a good, or the bounds in ``within`` leave no
        multiplier to a bidder.

    Notes
    -----
    ``regrets()`` are recomputed from the market, by bidder and in money: the larger of what she
    could gain by other bids, and of what is missing of the conditions. A solver's tolerance for
    whole numbers may leave a ``highest`` of 0.9999999 and a payment for a lower bid; this shows
    there. :func:`efmodels.sppe` mends it.

    Give HiGHS a ``mip_feasibility_tolerance`` of 1e-7: with 1e-9 it has called such programs
    infeasible. An equilibrium always exists, so `efmodels.solve` raises a `SolverError` then.

    The welfare :math:`\sum v_{ij} x_{ij}` is not linear here, as :math:`s_{ij} = p_j x_{ij}`;
    ``paced_welfare`` has bids in the place of values.

    References
    ----------
    Conitzer, Kroer, Sodomka and Stier-Moses, Multiplicative pacing equilibria in auction markets,
    arXiv:1706.07151. The bounds on multipliers, and the constants from them, are this package's
    own.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.sppe(ef.instances.two_equilibria_market())
    >>> for row in m.eq.one_winner.values():
    ...     print(row.expr)
    eq.winner[B1_G1] + eq.winner[B2_G1]  ==  1.0
    eq.winner[B1_G2] + eq.winner[B2_G2]  ==  1.0
    >>> for sense in (pyo.minimize, pyo.maximize):
    ...     m.goal = pyo.Objective(expr=m.eq.revenue, sense=sense)
    ...     result = ef.solve(m, solver="highs")
    ...     print(round(result.value, 6), max(m.eq.regrets().values()) < 1e-6)
    ...     m.del_component(m.goal)
    1.75 True
    3.0 True
    """
    require_pacing_market(market, "sppe")
    lower, upper = multiplier_bounds(market, (0.0, 1.0) if within is None else within)
    if (lower > upper).any():
        name = market.bidders[int(np.argmax(lower > upper))]
        raise GameError(
            "no second-price pacing equilibrium has multipliers within these bounds: none is left "
            f"to bidder {name!r}. Widen the bounds"
        )
    sales = SaleBounds(market, lower, upper)
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    _add_bidders(block, sales)
    _add_offers(block, sales)
    _add_highest(block, sales)
    _add_price(block, sales)
    _add_payments(block, sales)
    _add_totals(block, sales)
    block.remember(Answers(_Decoder(market), exists=within is None))
    return block


class _Decoder:
    """Reads the solution of a block."""

    def __init__(self, market: Market) -> None:
        self.market = market

    def __call__(self, block: Any) -> SecondPriceSolution:
        alpha, spend = block.alpha.array(), block.spend.array()
        if np.isnan(alpha).any() or np.isnan(spend).any():
            raise SolverError(
                f"block {block.name!r} has no values yet: solve the model first",
                status="not solved",
                solver="",
            )
        return SecondPriceSolution(second_price_outcome(self.market, alpha, spend))


# Variables ----------------------------------------------------------------------------------------


def _add_bidders(block: Any, sales: SaleBounds) -> None:
    """Add multipliers and who is paced; bounds may settle that."""
    names = distinct(model_name(label) for label in sales.market.bidders)
    below_one, at_one = sales.upper < 1, sales.lower >= 1
    block.alpha = MatrixVar(len(names), labels=names, bounds=(sales.lower, sales.upper))
    block.paced = MatrixVar(
        len(names), domain=pyo.Binary, labels=names, bounds=(below_one * 1.0, 1.0 - at_one)
    )


def _add_offers(block: Any, sales: SaleBounds) -> None:
    """Add prices, payments, and the binary variables of offers."""
    market = sales.market
    goods = distinct(model_name(label) for label in market.goods)
    names = _offer_names(sales)
    offers, values = len(sales.good), len(sales.bidder)
    block.price = MatrixVar(len(goods), labels=goods, bounds=(sales.least_price, sales.most_price))
    block.top = MatrixVar(len(goods), labels=goods, bounds=(sales.least_top, sales.most_top))
    block.spend = MatrixVar(values, labels=names[:values], bounds=(0.0, sales.most_spend))
    keep = (market.reserves * market.supplies)[sales.reserved]
    block.unsold = MatrixVar(len(keep), labels=names[values:], bounds=(0.0, keep))
    for name, possible in (
        ("highest", sales.may_win),
        ("winner", sales.may_win),
        ("second", sales.may_set_price & sales.has_price[sales.good]),
    ):
        binary = MatrixVar(
            offers, domain=pyo.Binary, labels=names, bounds=(0.0, possible.astype(float))
        )
        block.add_component(name, binary)


def _offer_names(sales: SaleBounds) -> tuple[str, ...]:
    market = sales.market
    bidders = [market.bidders[i] for i in sales.bidder] + ["reserve"] * len(sales.reserved)
    pairs = zip(bidders, sales.good.tolist(), strict=True)
    return distinct(f"{model_name(who)}_{model_name(market.goods[j])}" for who, j in pairs)


# Rows ---------------------------------------------------------------------------------------------


def _add_highest(block: Any, sales: SaleBounds) -> None:
    """Add the rows that say which offers are the highest."""
    values = len(sales.bidder)
    loose = np.maximum(sales.most_top[sales.good] - sales.least_offer, 0.0)
    bids, of_good = _bids(sales), _pick(sales.good, len(sales.market.goods))
    block.above = MatrixConstraint(
        [(of_good[:values], block.top), (-bids[:values], block.alpha)],
        lb=0.0,
        labels=_labels(block.spend),
    )
    block.equal = MatrixConstraint(
        [(of_good, block.top), (-bids, block.alpha), (_diagonal(loose), block.highest)],
        ub=loose + _constant(sales),
        labels=_labels(block.highest),
    )
    one = _diagonal(np.ones(len(sales.good)))
    block.among = MatrixConstraint(
        [(one, block.winner), (-one, block.highest)], ub=0.0, labels=_labels(block.highest)
    )
    block.one_winner = MatrixConstraint(
        [(of_good.T.tocsr(), block.winner)], rhs=1.0, labels=_labels(block.price)
    )


def _add_price(block: Any, sales: SaleBounds) -> None:
    """Add the rows that make the price the highest offer but the winner's."""
    values, goods = len(sales.bidder), len(sales.market.goods)
    bids, of_good = _bids(sales), _pick(sales.good, goods)
    most, least = sales.most_price[sales.good], sales.least_price[sales.good]
    spared = np.maximum(sales.most_offer - least, 0.0)[:values]
    loose = np.maximum(most - sales.least_offer, 0.0)
    block.price_floor = MatrixConstraint(
        [
            (of_good[:values], block.price),
            (-bids[:values], block.alpha),
            (_diagonal(spared, len(sales.good)), block.winner),
        ],
        lb=0.0,
        labels=_labels(block.spend),
    )
    block.price_cap = MatrixConstraint(
        [(of_good, block.price), (-bids, block.alpha), (_diagonal(loose), block.second)],
        ub=loose + _constant(sales),
        labels=_labels(block.highest),
    )
    priced = np.flatnonzero(sales.has_price)
    block.one_second = MatrixConstraint(
        [(of_good.T.tocsr()[priced], block.second)],
        rhs=1.0,
        labels=[_labels(block.price)[j] for j in priced],
    )
    own = _diagonal(np.ones(values), len(sales.good))
    block.apart = MatrixConstraint(
        [(own, block.winner), (own, block.second)], ub=1.0, labels=_labels(block.spend)
    )
    one = _diagonal(np.ones(goods))
    block.order = MatrixConstraint(
        [(one, block.top), (-one, block.price)], lb=0.0, labels=_labels(block.price)
    )


def _add_payments(block: Any, sales: SaleBounds) -> None:
    """Add what is paid, for which offers, and out of which budgets."""
    market, values, offers = sales.market, len(sales.bidder), len(sales.good)
    names = _labels(block.alpha)
    of_bidder = _pick(sales.bidder, len(names)).T.tocsr()
    one = _diagonal(np.ones(len(names)))
    block.budget = MatrixConstraint([(of_bidder, block.spend)], ub=market.budgets, labels=names)
    block.exhaust = MatrixConstraint(
        [(of_bidder, block.spend), (-_diagonal(market.budgets), block.paced)], lb=0.0, labels=names
    )
    block.unpaced = MatrixConstraint(
        [(one, block.alpha), (_diagonal(1 - sales.lower), block.paced)], lb=1.0, labels=names
    )
    of_good = _pick(sales.good, len(market.goods)).T.tocsr()
    block.sale = MatrixConstraint(
        [
            (of_good[:, :values], block.spend),
            (of_good[:, values:], block.unsold),
            (-_diagonal(market.supplies), block.price),
        ],
        rhs=0.0,
        labels=_labels(block.price),
    )
    most = np.concatenate([sales.most_spend, block.unsold.upper_array()])
    eye = _diagonal(np.ones(offers))
    block.paid = MatrixConstraint(
        [
            (eye[:, :values], block.spend),
            (eye[:, values:], block.unsold),
            (-_diagonal(most), block.highest),
        ],
        ub=0.0,
        labels=_labels(block.highest),
    )
    by_supply = _diagonal(market.supplies[sales.good[:values]]) @ _bids(sales)[:values]
    block.below_bid = MatrixConstraint(
        [(_diagonal(np.ones(values)), block.spend), (-sparse.csr_array(by_supply), block.alpha)],
        ub=0.0,
        labels=_labels(block.spend),
    )


def _add_totals(block: Any, sales: SaleBounds) -> None:
    """Add the objectives, each a variable with one row."""
    for name in ("revenue", "paced_welfare", "alpha_sum"):
        block.add_component(name, pyo.Var())
    values, kept, bidders = len(sales.bidder), len(sales.reserved), len(sales.lower)
    supplies = sales.market.supplies
    # A good of which something is left has no bid above the reserve, which is then its price.
    block.total = MatrixConstraint(
        [
            (_diagonal(np.ones(3)), [block.revenue, block.paced_welfare, block.alpha_sum]),
            (_only_row(0, -np.ones(values)), block.spend),
            (_only_row(1, -supplies), block.top),
            (_only_row(1, np.ones(kept)), block.unsold),
            (_only_row(2, -np.ones(bidders)), block.alpha),
        ],
        rhs=0.0,
        labels=["revenue", "paced_welfare", "alpha_sum"],
    )
    block.value = pyo.Expression(expr=block.revenue)


def _bids(sales: SaleBounds) -> sparse.csr_array:
    """Return the matrix from multipliers to offers; rows of reserves are empty."""
    value = entries_of(sales.market)[2]
    rows = np.arange(len(value))
    shape = (len(sales.good), len(sales.lower))
    return sparse.csr_array((value, (rows, sales.bidder)), shape=shape)


def _constant(sales: SaleBounds) -> Floats:
    """Return what is no multiple of a multiplier in offers: the reserves."""
    return np.concatenate([np.zeros(len(sales.bidder)), sales.market.reserves[sales.reserved]])


def _pick(where: Ints, columns: int) -> sparse.csr_array:
    """Return a matrix with a one in each row."""
    rows = np.arange(len(where))
    return sparse.csr_array((np.ones(len(where)), (rows, where)), shape=(len(where), columns))


def _diagonal(numbers: Floats, columns: int | None = None) -> sparse.csr_array:
    """Return a matrix with these numbers on its diagonal, and perhaps columns of zeros after it."""
    size, keep = len(numbers), np.flatnonzero(numbers)
    shape = (size, size if columns is None else columns)
    return sparse.csr_array((numbers[keep], (keep, keep)), shape=shape)


def _only_row(row: int, numbers: Floats) -> sparse.csr_array:
    """Return three rows, of which one has these numbers."""
    columns = np.arange(len(numbers))
    where = (np.full(len(numbers), row), columns)
    return sparse.csr_array((numbers, where), shape=(3, len(numbers)))


def _labels(variable: MatrixVar) -> list[str]:
    return [str(name) for name in variable.index_set()]
