"""The auction of one item in reduced form: a few numbers per type, and Border's inequalities."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock
from efmodels.errors import GameError, SolverError
from efmodels.formulations.direct_mechanisms import FREE, MechanismAnswers
from efmodels.kept_rows import require_kept
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mechanisms import IndependentBidders, InterimRule, Payments
from efmodels.mechanisms.border_separation import chance_of_somebody, first_sets
from efmodels.mechanisms.payment_terms import interim_terms

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.game import Bools, Floats


def border(
    bidders: IndependentBidders, *, payments: Payments = FREE, sets: Bools | None = None
) -> AnsweringBlockData:
    r"""Border's reduced form: the auction of one item to bidders with independent values.

    With :math:`x_i(a)` for the chance of bidder :math:`i` to win if her value is :math:`v_a`, and
    :math:`t_i(a)` for what she pays then on average,

    .. math::

        v_a x_i(a) - t_i(a) \ge v_a x_i(b) - t_i(b), \qquad v_a x_i(a) - t_i(a) \ge 0, \qquad
        \sum_{(i, a) \in S} f_i(a) x_i(a) \le 1 - \prod_i (1 - F_i(S_i))

    for every set :math:`S` of types. The size is that of the numbers of types, where a program over
    profiles has their product. There are too many sets to write down: the block has some of them,
    and bounds what auctions can do from above until those that are violated have been added, which
    is what :func:`~efmodels.mechanism_design.optimal_auction` does. With payments that are limited
    type by type it is equivalent to a :func:`direct_mechanism` in which the same limits hold for
    every profile, the truth is best on average, and participation is interim.

    Parameters
    ----------
    bidders
        Values and how likely they are.
    payments
        Free, or of winners alone: :math:`0 \le t_i(a) \le m_i x_i(a)`.
    sets
        The sets of types that have rows to begin with, shape ``(sets, types)``; by default, for
        each value, all types with at least that value.

    Returns
    -------
    AnsweringBlock
        With :math:`k` types in all and :math:`n` bidders:

        =================  =====================================================  =========
        name               meaning                                                size
        =================  =====================================================  =========
        ``x``              how likely each type is to win                         k
        ``t``              what each type pays on average                         k
        ``cap``            payments of winners: no more than ``most`` per win     k
        ``truth``          the next type of the bidder is no better a report      2 (k - n)
        ``participation``  the lowest type of each bidder gets at least nothing   n
        ``border``         Border's inequalities, those that are there            sets
        ``payoff[i]``      expected payoff; ``payoff_row`` defines it             n
        ``transfer[i]``    expected payment; ``transfer_row`` defines it          n
        ``revenue``        the sum of all transfers, an expression                1
        ``welfare``        payoffs and revenue together, an expression            1
        ``value``          revenue                                                1
        =================  =====================================================  =========

    Raises
    ------
    GameError
        An argument is of another kind, or nobody pays.

    Notes
    -----
    If no type gains by reporting the next one, up or down, none gains by any report, since a larger
    value gains more from a larger chance; and if the lowest type takes part, all do.

    References
    ----------
    Border, Implementation of reduced form auctions: a geometric approach, Econometrica 59 (1991).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mechanisms import IndependentBidders
    >>> m = pyo.ConcreteModel()
    >>> m.auction = ef.formulations.border(IndependentBidders([[1, 2]] * 2, [[0.5, 0.5]] * 2))
    >>> for row in m.auction.border.values():
    ...     print(row.expr)
    0.5*auction.x['B1: 1'] + 0.5*auction.x['B1: 2'] + 0.5*auction.x['B2: 1'] + ...  <=  1.0
    0.5*auction.x['B1: 2'] + 0.5*auction.x['B2: 2']  <=  0.75
    >>> m.goal = pyo.Objective(expr=m.auction.revenue, sense=pyo.maximize)
    >>> found = ef.optimal_auction(m)
    >>> round(found.revenue, 9), found.residual < 1e-9
    (1.5, True)
    """
    _require(bidders, payments)
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    names = bidders.type_labels
    size = len(names)
    largest = np.array([own[-1] for own in bidders.values])
    most = payments.most_of(bidders.bidders, largest)[bidders.bidder]
    free = payments.rule == "free"
    block.x = MatrixVar(size, bounds=(0.0, 1.0), labels=names)
    block.t = MatrixVar(
        size,
        domain=pyo.Reals if free else pyo.NonNegativeReals,
        bounds=(None, most if free else None),
        labels=names,
    )
    if not free:
        pairs = [(sparse.diags_array(most).tocsr(), block.x), (-_eye(size), block.t)]
        block.cap = MatrixConstraint(pairs, lb=0.0, labels=names)
    _declare_incentives(block, bidders)
    declare_sets(block, bidders, first_sets(bidders) if sets is None else np.asarray(sets, bool))
    _declare_payoffs(block, bidders)
    terms = interim_terms(bidders) if free else interim_terms(bidders).for_winners()
    block.remember(
        MechanismAnswers(partial(_decode, bidders), bound=True, setting=bidders, terms=terms)
    )
    return block


def declare_sets(block: Any, bidders: IndependentBidders, sets: Bools) -> None:
    """Put the inequalities of these sets into the block, in the place of those it has.

    Raises
    ------
    GameError
        The array has not a column per type.
    """
    if sets.ndim != 2 or sets.shape[1] != len(bidders.value):  # noqa: PLR2004 - sets, types
        raise GameError(
            f"sets has shape {sets.shape}; expected a row per set and {len(bidders.value)} "
            "columns, one per type"
        )
    if block.component("border") is not None:
        block.del_component("border")
    block.border = MatrixConstraint(
        [(border_rows(bidders, sets), block.x)], ub=chance_of_somebody(bidders, sets)
    )


def border_rows(bidders: IndependentBidders, sets: Bools) -> sparse.csr_array:
    """Return how often the item goes to somebody in each set, as a matrix that multiplies ``x``."""
    return sparse.csr_array(sets * bidders.probability)


def _require(bidders: Any, payments: Any) -> None:
    if not isinstance(bidders, IndependentBidders):
        raise GameError(
            f"bidders must be an efmodels.mechanisms.IndependentBidders; got {bidders!r}. For "
            "correlated values or other outcomes take direct_mechanism"
        )
    if not isinstance(payments, Payments):
        raise GameError(f"payments must be an efmodels.mechanisms.Payments; got {payments!r}")
    if payments.rule == "none":
        raise GameError("border is about payments; without money take direct_mechanism")


def _declare_incentives(block: Any, bidders: IndependentBidders) -> None:
    """Declare that no type envies the next one of its bidder, and that the lowest takes part."""
    size, value, names = len(bidders.value), bidders.value, bidders.type_labels
    lower = np.flatnonzero(bidders.bidder[:-1] == bidders.bidder[1:])
    own = np.concatenate([lower, lower + 1])
    other = np.concatenate([lower + 1, lower])
    row = np.arange(len(own))
    shape = (len(own), size)
    differ = _entries(row, own, np.ones(len(own)), shape) - _entries(
        row, other, np.ones(len(own)), shape
    )
    worth = sparse.csr_array(sparse.diags_array(value[own]) @ differ)
    labels = [
        f"{names[a]} not {names[b].rpartition(': ')[2]}" for a, b in zip(own, other, strict=True)
    ]
    block.truth = MatrixConstraint([(worth, block.x), (-differ, block.t)], lb=0.0, labels=labels)
    lowest = _entries(
        np.arange(len(bidders.lowest)),
        bidders.lowest,
        np.ones(len(bidders.lowest)),
        (len(bidders.lowest), size),
    )
    block.participation = MatrixConstraint(
        [(sparse.csr_array(lowest @ sparse.diags_array(value)), block.x), (-lowest, block.t)],
        lb=0.0,
        labels=[names[k] for k in bidders.lowest.tolist()],
    )


def _declare_payoffs(block: Any, bidders: IndependentBidders) -> None:
    """Declare what every bidder expects and pays, and the sums over all."""
    size, agents = len(bidders.value), bidders.bidders
    often = _entries(bidders.bidder, np.arange(size), bidders.probability, (len(agents), size))
    worth = sparse.csr_array(often @ sparse.diags_array(bidders.value))
    block.transfer = MatrixVar(len(agents), labels=agents)
    minus = -_eye(len(agents))
    block.transfer_row = MatrixConstraint(
        [(often, block.t), (minus, block.transfer)], rhs=0.0, labels=agents
    )
    block.payoff = MatrixVar(len(agents), labels=agents)
    block.payoff_row = MatrixConstraint(
        [(worth, block.x), (minus, block.transfer), (minus, block.payoff)], rhs=0.0, labels=agents
    )
    block.revenue = pyo.Expression(expr=sum(block.transfer[agent] for agent in agents))
    payoffs = sum(block.payoff[agent] for agent in agents)
    block.welfare = pyo.Expression(expr=payoffs + block.revenue.expr)
    block.value = pyo.Expression(expr=block.revenue.expr)


def _entries(row: Any, column: Any, data: Floats, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((data, (row, column)), shape=shape)


def _eye(size: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.eye_array(size))


def _decode(bidders: IndependentBidders, block: Any) -> InterimRule:
    """Read the rule from the values of the variables."""
    win, pay = block.x.array(), block.t.array()
    if np.isnan(win).any() or np.isnan(pay).any():
        raise SolverError(
            f"{block.name} has no values: solve the model before asking for its rule",
            status="not solved",
            solver="",
        )
    require_kept(block.x, block.t)
    if block.component("cap") is not None:
        require_kept(block.cap)
    return InterimRule(bidders, win, pay)
