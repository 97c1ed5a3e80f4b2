"""Automated mechanism design: the best direct mechanism as a linear or mixed-integer program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock, Answers
from efmodels.errors import GameError, SizeError, SolverError
from efmodels.kept_rows import require_kept
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mechanisms import DirectMechanism, Incentives, MechanismSetting, Payments
from efmodels.mechanisms.incentive_rows import (
    bayesian_truth_rows,
    dominant_truth_rows,
    ex_post_participation_rows,
    expected_payoff_rows,
    expected_transfers,
    interim_participation_rows,
)
from efmodels.mechanisms.payment_terms import PaymentTerms, profile_terms

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.mechanisms.incentive_rows import MechanismRows

BAYESIAN = Incentives(participation="interim")
"""Honest on average, and every type expects at least nothing."""

FREE = Payments()
"""Everybody may be asked to pay or be paid."""

LARGEST = 5_000_000
"""How many variables a mechanism may have."""


@dataclass(frozen=True)
class MechanismAnswers(Answers):
    """What the block of a mechanism remembers.

    Attributes
    ----------
    setting
        For whom the mechanism is.
    terms
        Who pays what, and for which items; ``None`` where there is no money.
    """

    setting: Any = None
    terms: PaymentTerms | None = None


def direct_mechanism(
    setting: MechanismSetting,
    *,
    incentives: Incentives = BAYESIAN,
    payments: Payments = FREE,
    domain: Any = pyo.NonNegativeReals,
) -> AnsweringBlockData:
    r"""Automated mechanism design: agents report their types, a mechanism chooses and charges.

    With :math:`x(\theta, o)` for the chance of outcome :math:`o` after the reports
    :math:`\theta`, and :math:`t_i(\theta)` for what agent :math:`i` pays then,

    .. math::

        \sum_o x(\theta, o) = 1,\; x \ge 0,\qquad
        u_i(\theta; b) = \sum_o v_i(\theta, o) x(b, \theta_{-i}, o) - t_i(b, \theta_{-i}),

    and the truth is best: on average over what the others may be,
    :math:`\sum_{\theta_{-i}} \phi(\theta_{-i} \mid a) [u_i(a, \theta_{-i}; a) -
    u_i(a, \theta_{-i}; b)] \ge 0`, which is right for correlated types as well; or, in dominant
    strategies, for every :math:`\theta` without the sum. Participation is
    :math:`u_i(\theta; \theta_i) \ge o_i` on average, or for every profile.

    Parameters
    ----------
    setting
        Agents, types, outcomes, values and the prior.
    incentives
        Whether the truth is best on average or always, and who is asked whether she takes part:
        see :class:`~efmodels.mediator.incentives.Incentives`. Here *interim* is: given her own
        type; *ex post*: for each profile, before the outcome is drawn from its lottery.
    payments
        Who may be asked to pay, and how much.
    domain
        Of ``x``: ``pyo.NonNegativeReals`` for lotteries, ``pyo.Binary`` for a deterministic
        mechanism, which is a mixed-integer program.

    Returns
    -------
    AnsweringBlock
        With :math:`P` profiles, :math:`n` agents, :math:`k` types each:

        =================  =====================================================  ==============
        name               meaning                                                size
        =================  =====================================================  ==============
        ``x``              how likely each outcome is after each profile          profiles times
                                                                                  outcomes
        ``lottery``        some outcome there is                                  profiles
        ``t``              what each agent pays after each profile, on average    profiles times
                           over the lottery                                       agents
        ``cap``            payments of winners: no more than ``most`` per win     as ``t``
        ``truth``          to report another type is no better                    n k (k-1), or
                                                                                  P n (k-1)
        ``participation``  to take part is no worse than to stay out              n k, or P n
        ``payoff[i]``      expected payoff; ``payoff_row`` defines it             agents
        ``transfer[i]``    expected payment; ``transfer_row`` defines it          agents
        ``revenue``        the sum of all transfers, an expression                1
        ``welfare``        payoffs and revenue together, an expression            1
        ``value``          revenue, or welfare where there is no money            1
        =================  =====================================================  ==============

        What is not asked for is not there: no ``cap``, ``participation``, ``t``, ``transfer``.

    Raises
    ------
    GameError
        An argument is of another kind, labels do not fit, or revenue has no limit: payments are
        free, and nobody is asked whether she takes part.
    SizeError
        There are too many variables.

    Notes
    -----
    *Types of probability 0* have rows in dominant strategies; on average they have none. Ex post,
    profiles of probability 0 have participation rows in dominant strategies alone.

    *Duals.* Rows on average are conditional on the type, and so in money. If revenue is maximised
    and payments are free, the duals of an agent's interim participation add up to -1: if all of
    her types had to get one more, all would pay one less. With independent values all of it is the
    lowest type's.

    *Many optima.* Payment rules that bring the same differ: compare values, and verify by regrets.

    References
    ----------
    Conitzer and Sandholm, Complexity of mechanism design, UAI (2002), arXiv:cs/0205075.

    Examples
    --------
    Two bidders whose values are correlated, and 80 per cent of the time equal:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mechanisms import single_item
    >>> m = pyo.ConcreteModel()
    >>> m.auction = ef.formulations.direct_mechanism(
    ...     single_item([[1, 2], [1, 2]], prior=[[0.4, 0.1], [0.1, 0.4]])
    ... )
    >>> print(m.auction.participation["B1: 1"].expr)
    0.0  <=  0.8*auction.x['1, 1: B1 wins'] + ... - 0.2*auction.t['1, 2: B1']
    >>> m.goal = pyo.Objective(expr=m.auction.revenue, sense=pyo.maximize)
    >>> result = ef.solve(m)
    >>> print(round(result.value, 6), max(m.auction.regrets().values()) < 1e-7)
    1.6 True
    """
    _require(setting, incentives, payments, domain)
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    profiles, outcomes = setting.profiles, setting.outcomes
    named = setting.profile_labels
    block.x = MatrixVar(
        profiles * len(outcomes),
        domain=domain,
        labels=[f"{profile}: {outcome}" for profile in named for outcome in outcomes],
    )
    once = sparse.csr_array(sparse.kron(sparse.eye_array(profiles), np.ones((1, len(outcomes)))))
    block.lottery = MatrixConstraint([(once, block.x)], rhs=1.0, labels=named)
    if payments.rule != "none":
        _declare_payments(block, setting, payments)
    _add_rows(block, "truth", _truth(setting, incentives))
    if incentives.participation != "none":
        _add_rows(block, "participation", _participation(setting, incentives))
    _declare_payoffs(block, setting)
    terms = None if payments.rule == "none" else profile_terms(setting)
    if terms is not None and payments.rule == "winner pays":
        terms = terms.for_winners()
    decode = partial(_decode, setting, incentives)
    block.remember(MechanismAnswers(decode, setting=setting, terms=terms))
    return block


def _require(setting: Any, incentives: Any, payments: Any, domain: Any) -> None:
    """Refuse arguments of other kinds, and what is unbounded or too large."""
    kinds = {"setting": MechanismSetting, "incentives": Incentives, "payments": Payments}
    given = {"setting": setting, "incentives": incentives, "payments": payments}
    for name, kind in kinds.items():
        if not isinstance(given[name], kind):
            raise GameError(
                f"{name} must be an efmodels.mechanisms.{kind.__name__}; got {given[name]!r}"
            )
    if not any(domain is known for known in (pyo.NonNegativeReals, pyo.Binary)):
        raise GameError(
            "domain must be pyo.NonNegativeReals (lotteries over outcomes) or pyo.Binary (a "
            f"deterministic mechanism); got {domain}"
        )
    payments.require_bounded("direct_mechanism", incentives.participation)
    incentives.require_known(setting.agents)
    size = setting.profiles * (len(setting.outcomes) + len(setting.agents))
    if size > LARGEST:
        raise SizeError(
            f"{setting} makes {size} variables, more than {LARGEST}; for one item and independent "
            "values take border"
        )


def _declare_payments(block: Any, setting: MechanismSetting, payments: Payments) -> None:
    """Declare what everybody pays, with its bounds, and what she pays on average."""
    agents, profiles = setting.agents, setting.profiles
    size = profiles * len(agents)
    largest = np.array([setting.worth(k).max() for k in range(len(agents))])
    most = np.tile(payments.most_of(agents, largest), profiles)
    free = payments.rule == "free"
    block.t = MatrixVar(
        size,
        domain=pyo.Reals if free else pyo.NonNegativeReals,
        bounds=(None, most if free else None),
        labels=[f"{profile}: {agent}" for profile in setting.profile_labels for agent in agents],
    )
    if not free:
        setting.require_units("Payments('winner pays')")
        wins = sparse.kron(sparse.eye_array(profiles), setting.units > 0)
        limit = sparse.csr_array(sparse.diags_array(most) @ wins)
        pairs = [(limit, block.x), (-sparse.eye_array(size).tocsr(), block.t)]
        block.cap = MatrixConstraint(pairs, lb=0.0, labels=tuple(block.t))
    block.transfer = MatrixVar(len(agents), labels=agents)
    block.transfer_row = MatrixConstraint(
        [(expected_transfers(setting), block.t), (_minus(len(agents)), block.transfer)],
        rhs=0.0,
        labels=agents,
    )


def _declare_payoffs(block: Any, setting: MechanismSetting) -> None:
    """Declare expected payoffs, and the sums that are made of few variables."""
    agents = setting.agents
    rows = expected_payoff_rows(setting)
    block.payoff = MatrixVar(len(agents), labels=agents)
    parts = [(rows.X, block.x), (_minus(len(agents)), block.payoff)]
    money = block.component("t") is not None
    if money:
        parts.append((_minus(len(agents)), block.transfer))
    block.payoff_row = MatrixConstraint(parts, rhs=0.0, labels=agents)
    payoffs = sum(block.payoff[agent] for agent in agents)
    if money:
        revenue = sum(block.transfer[agent] for agent in agents)
        block.revenue = pyo.Expression(expr=revenue)
        block.welfare = pyo.Expression(expr=payoffs + revenue)
        block.value = pyo.Expression(expr=block.revenue.expr)
    else:
        block.welfare = pyo.Expression(expr=payoffs)
        block.value = pyo.Expression(expr=payoffs)


def _truth(setting: MechanismSetting, incentives: Incentives) -> MechanismRows:
    if incentives.truth == "dominant":
        return dominant_truth_rows(setting)
    return bayesian_truth_rows(setting)


def _participation(setting: MechanismSetting, incentives: Incentives) -> MechanismRows:
    outside = np.array([incentives.outside_of(agent) for agent in setting.agents])
    if incentives.participation == "interim":
        return interim_participation_rows(setting, outside)
    asked = setting.probability > 0
    if incentives.truth == "dominant":
        asked = np.ones_like(asked)
    return ex_post_participation_rows(setting, outside, asked)


def _add_rows(block: Any, name: str, rows: MechanismRows) -> None:
    parts = [(rows.X, block.x)]
    if block.component("t") is not None:
        parts.append((rows.T, block.t))
    setattr(block, name, MatrixConstraint(parts, lb=rows.least, labels=rows.labels))


def _minus(size: int) -> sparse.csr_array:
    return sparse.csr_array(-sparse.eye_array(size))


def _decode(setting: MechanismSetting, incentives: Incentives, block: Any) -> DirectMechanism:
    """Read the mechanism from the values of the variables."""
    x = block.x.array()
    money = block.component("t") is not None
    t = block.t.array() if money else np.zeros(setting.profiles * len(setting.agents))
    if np.isnan(x).any():
        raise SolverError(
            f"{block.name} has no values: solve the model before asking for its mechanism",
            status="not solved",
            solver="",
        )
    require_kept(block.x, block.lottery, *([block.t] if money else []))
    if block.component("cap") is not None:
        require_kept(block.cap)
    # What no row and no objective mentions gets no value: after profiles that never happen.
    return DirectMechanism(
        setting,
        np.clip(x.reshape(setting.profiles, -1), 0.0, 1.0),
        np.nan_to_num(t.reshape(setting.profiles, -1)),
        incentives,
    )
