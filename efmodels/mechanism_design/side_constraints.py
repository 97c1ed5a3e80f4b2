"""Rows about money and fairness that are often asked for, as ordinary constraints.

Each function takes the block of :func:`~efmodels.formulations.direct_mechanism` or
:func:`~efmodels.formulations.border` and returns a constraint, which you give a name in your model:
``m.budget = budgets(m.auction, 2)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.errors import GameError
from efmodels.matrix import MatrixConstraint
from efmodels.mechanisms.anonymity import exchanges
from efmodels.mechanisms.setting import by_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Floats, Ints, Number
    from efmodels.mechanisms.payment_terms import PaymentTerms


def budgets(block: Any, most: Number | Sequence[Number] | Mapping[str, Number]) -> MatrixConstraint:
    r"""Return that nobody pays more than she has: :math:`t_i \le B_i`, or per win if winners pay.

    After every profile of types in a direct mechanism, and for every type in reduced form. There
    :math:`t_i` is an average over the lottery that picks the outcome. With free payments an agent
    can be charged the same whether she wins or not, and then :math:`t_i \le B_i` is all that her
    budget asks. With ``Payments("winner pays")`` she pays :math:`t_i / \Pr[i \text{ wins}]` when
    she wins and nothing else, so that the row is

    .. math:: t_i \le B_i \Pr[i \text{ wins}] ,

    which ``Payments("winner pays", most=B)`` says from the start.

    Parameters
    ----------
    block
        The mechanism.
    most
        :math:`B`: a number for all, or one per agent, in a list or by label.

    Raises
    ------
    GameError
        There is no money in the block, or numbers and agents do not fit.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mechanisms import single_item
    >>> m = pyo.ConcreteModel()
    >>> m.auction = ef.formulations.direct_mechanism(single_item([[1, 4]], [[0.5, 0.5]]))
    >>> m.budget = budgets(m.auction, {"B1": 1.5})
    >>> print(m.budget["4: B1"].expr)
    auction.t['4: B1']  <=  1.5
    >>> m.goal = pyo.Objective(expr=m.auction.revenue, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 9))
    1.166666667

    Where only winners pay, the budget is per win:

    >>> from efmodels.mechanisms import Payments
    >>> m = pyo.ConcreteModel()
    >>> m.auction = ef.formulations.direct_mechanism(
    ...     single_item([[1, 4]], [[0.5, 0.5]]), payments=Payments("winner pays")
    ... )
    >>> m.budget = budgets(m.auction, {"B1": 1.5})
    >>> print(m.budget["4: B1"].expr)
    auction.t['4: B1'] - 1.5*auction.x['4: B1 wins']  <=  0.0
    """
    terms = _terms_of(block, "budgets")
    limit = _nonnegative("budgets", most, terms.agents)[terms.payer]
    parts = [(_payments(terms), block.t)]
    if terms.wins is not None:
        # Whose budget is infinite has a row without a bound.
        bounded = np.isfinite(limit)
        share = sparse.diags_array(-np.where(bounded, limit, 0.0)) @ terms.wins
        parts.append((sparse.csr_array(share), block.x))
        limit = np.where(bounded, 0.0, limit)
    return MatrixConstraint(parts, ub=limit, labels=tuple(block.t))


def _nonnegative(name: str, given: Any, agents: Sequence[str]) -> Floats:
    """Return a number per agent that is not negative."""
    array = by_label(name, given, agents)
    if (array < 0).any():
        worst = int(np.argmin(array))
        raise GameError(f"{name} of {agents[worst]!r} is {array[worst]:g}; expected at least 0")
    return array


def reserve_prices(
    block: Any, least: Number | Sequence[Number] | Mapping[str, Number]
) -> MatrixConstraint:
    r"""Return that no item goes for less than a reserve, :math:`t_i \ge \rho_i \Pr[i\text{ wins}]`.

    The reserve is per unit of the chance to win, or, with several items, per item expected: a row
    :math:`t_i \ge \rho_i` would charge those who win nothing.

    Parameters
    ----------
    block
        The mechanism.
    least
        A number for all, or one per agent, in a list or by label.

    Raises
    ------
    GameError
        There is no money in the block, or numbers and agents do not fit.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mechanisms import single_item
    >>> m = pyo.ConcreteModel()
    >>> m.auction = ef.formulations.direct_mechanism(single_item([[1, 4]], [[0.5, 0.5]]))
    >>> m.reserve = reserve_prices(m.auction, 2)
    >>> print(m.reserve["4: B1"].expr)
    0.0  <=  auction.t['4: B1'] - 2.0*auction.x['4: B1 wins']
    """
    terms = _terms_of(block, "reserve_prices")
    if not terms.units.nnz:
        raise GameError(
            "reserve_prices are per item, and in this setting nobody gets any: give units=..., how "
            "many each agent gets in each outcome"
        )
    price = _nonnegative("reserve_prices", least, terms.agents)[terms.payer]
    due = sparse.csr_array(sparse.diags_array(-price) @ terms.units)
    parts = [(_payments(terms), block.t), (due, block.x)]
    return MatrixConstraint(parts, lb=0.0, labels=tuple(block.t))


def no_positive_transfers(block: Any) -> MatrixConstraint:
    r"""Return that nobody is paid, :math:`t_i \ge 0`.

    Raises
    ------
    GameError
        There is no money in the block.
    """
    terms = _terms_of(block, "no_positive_transfers")
    return MatrixConstraint([(_payments(terms), block.t)], lb=0.0, labels=tuple(block.t))


def ex_post_balance(block: Any) -> MatrixConstraint:
    r"""Return that payments cancel out after every profile, :math:`\sum_i t_i(\theta) = 0`.

    Raises
    ------
    GameError
        There is no money in the block, or it is a reduced form, which has no profiles.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mechanisms import bilateral_trade
    >>> m = pyo.ConcreteModel()
    >>> uniform = [[1 / 3] * 3] * 2
    >>> m.trade = ef.formulations.direct_mechanism(
    ...     bilateral_trade([0, 2, 4], [1, 3, 5], uniform)
    ... )
    >>> m.balance = ex_post_balance(m.trade)
    >>> m.goal = pyo.Objective(expr=m.trade.welfare, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6))
    1.481481
    """
    terms = _terms_of(block, "ex_post_balance")
    if terms.profile is None:
        raise GameError(
            "ex_post_balance needs payments for each profile of types, and a reduced form has them "
            "for each type: take direct_mechanism"
        )
    labels = block.formulation().setting.profile_labels
    return MatrixConstraint([(terms.profile, block.t)], rhs=0.0, labels=labels)


def revenue_floor(block: Any, least: Number) -> pyo.Constraint:
    """Return that at least so much is expected to be paid in all.

    Raises
    ------
    GameError
        There is no money in the block.
    """
    _terms_of(block, "revenue_floor")
    return pyo.Constraint(expr=block.revenue >= float(least))


def welfare_floor(block: Any, least: Number) -> pyo.Constraint:
    """Return that the outcome is expected to be worth at least so much to all agents together.

    Raises
    ------
    GameError
        The block is no mechanism.
    """
    _setting_of(block, "welfare_floor")
    return pyo.Constraint(expr=block.welfare >= float(least))


def anonymity(block: Any) -> MatrixConstraint:
    r"""Return that labels do not matter: who exchange their types exchange what they get and pay.

    :math:`x(\pi\theta, \pi o) = x(\theta, o)` and :math:`t_{\pi i}(\pi\theta) = t_i(\theta)` for
    all permutations :math:`\pi` of the agents, by those of neighbours.

    Raises
    ------
    GameError
        The block is no direct mechanism, or the agents are not alike but for the prior.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mechanisms import single_item
    >>> m = pyo.ConcreteModel()
    >>> m.auction = ef.formulations.direct_mechanism(single_item([[1, 2]] * 2, [[0.5, 0.5]] * 2))
    >>> m.anonymous = anonymity(m.auction)
    >>> print(m.anonymous[0].expr)
    auction.x['1, 1: B1 wins'] - auction.x['1, 1: B2 wins']  ==  0.0
    """
    setting = _setting_of(block, "anonymity")
    if not hasattr(setting, "profile_labels"):
        raise GameError("anonymity needs profiles of types, and a reduced form has none")
    profiles = np.arange(setting.profiles)[:, None]
    outcomes, agents = np.arange(len(setting.outcomes)), np.arange(len(setting.agents))
    lotteries, paid = [], []
    for swap in exchanges(setting):
        here = profiles * len(outcomes) + outcomes
        there = swap.profile[:, None] * len(outcomes) + swap.outcome
        lotteries.append(_equalities(here, there))
        here = profiles * len(agents) + agents
        there = swap.profile[:, None] * len(agents) + swap.agent
        paid.append(_equalities(here, there))
    if not lotteries:
        raise GameError("anonymity needs at least two agents")
    matrix = sparse.csr_array(sparse.vstack(lotteries))
    if block.component("t") is None:
        return MatrixConstraint([(matrix, block.x)], rhs=0.0)
    money = sparse.csr_array(sparse.vstack(paid))
    both = sparse.csr_array(sparse.block_diag([matrix, money]))
    return MatrixConstraint(
        [(both[:, : matrix.shape[1]], block.x), (both[:, matrix.shape[1] :], block.t)], rhs=0.0
    )


def _equalities(here: Ints, there: Ints) -> sparse.csr_array:
    """Return the rows ``z[here] - z[there]``, each pair once."""
    pair = np.stack([here.ravel(), there.ravel()])[:, (here < there).ravel()]
    rows = np.arange(pair.shape[1])
    data = np.concatenate([np.ones(len(rows)), -np.ones(len(rows))])
    places = (np.concatenate([rows, rows]), pair.ravel())
    return sparse.csr_array((data, places), shape=(len(rows), here.size))


def _payments(terms: PaymentTerms) -> sparse.csr_array:
    return sparse.csr_array(sparse.eye_array(len(terms.payer)))


def _terms_of(block: Any, asked_by: str) -> PaymentTerms:
    """Return who pays what in a block."""
    _setting_of(block, asked_by)
    terms: PaymentTerms | None = block.formulation().terms
    if terms is None:
        raise GameError(f"{asked_by} is about money, and nobody pays in {block.name!r}")
    return terms


def _setting_of(block: Any, asked_by: str) -> Any:
    """Return for whom the mechanism of a block is."""
    answers: Any = block.formulation() if hasattr(block, "formulation") else None
    if not hasattr(answers, "terms"):
        raise GameError(f"{asked_by} needs the block of direct_mechanism or border; got {block!r}")
    return answers.setting
