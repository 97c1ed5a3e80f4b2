"""Markov persuasion: signals in a process whose states depend on what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock, Answers
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mediation_blocks import require_margin
from efmodels.persuasion.markov_processes import DiscountedPersuasion, FiniteHorizonPersuasion
from efmodels.persuasion.markov_scheme import RECEIVER, SENDER, MarkovScheme
from efmodels.persuasion_blocks import declare_payoffs, require_record, values_of

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.persuasion.occupancy import Occupancy


def markov_persuasion(
    process: FiniteHorizonPersuasion | DiscountedPersuasion, *, margin: float = 0.0
) -> AnsweringBlockData:
    r"""Persuasion in a Markov process, of receivers who think of their own step alone.

    ``d`` says how often each point is visited (a state, at each step if the horizon is finite), and
    ``x`` how often an outcome is seen there and an action recommended:

    .. math::

        d = \mathrm{outside} + \mathrm{inflow}\, x, \quad
        \sum_a x(k, \theta, a) = \mu(\theta \mid k)\, d(k), \quad x \ge 0, \quad
        \sum_\theta x(k, \theta, a)
        \bigl(u(k, \theta, a) - u(k, \theta, b) - \mathrm{margin}\bigr) \ge 0
        \quad \text{for all } k, a, b \ne a .

    With a discount :math:`\gamma`, ``outside`` is :math:`(1 - \gamma)` times the distribution of
    the first state, ``inflow`` :math:`\gamma` times the transition, and payoffs are averages over
    time; divide them by :math:`1 - \gamma` for discounted sums.

    Parameters
    ----------
    process
        :class:`~efmodels.persuasion.FiniteHorizonPersuasion` or
        :class:`~efmodels.persuasion.DiscountedPersuasion`.
    margin
        What disobedience must cost on average, whenever it is possible; below 0, what a receiver
        may gain by it.

    Returns
    -------
    AnsweringBlock
        With ``k`` points, ``o`` outcomes and ``a`` actions:

        ==============  ====================================================  ===============
        name            meaning                                               size
        ==============  ====================================================  ===============
        ``d``           how often a point is visited                          ``k``
        ``x``           how often an outcome and a recommendation are there   ``k o a``
        ``flow``        visits come from somewhere                            ``k``
        ``prior``       outcomes are as likely as they are                    ``k o``
        ``obey``        nobody gains by doing something else                  ``k a (a - 1)``
        ``payoff[i]``   of ``Receiver`` (all of them) and ``Sender``          2
        ``welfare``     their sum, an expression                              1
        ``value``       the sender's payoff, an expression                    1
        ==============  ====================================================  ===============

    Raises
    ------
    GameError
        It is no such process, or the margin is not finite.

    Notes
    -----
    The optimum is that of backward induction, with one-shot persuasion in each state. But side
    constraints, such as a bound on how often something happens, hold over the whole process.

    A receiver who stays and thinks ahead is another problem: the best scheme that depends on the
    present state alone is hard to find. With a finite horizon, write the tree and let
    :func:`bayes_correlated_equilibrium` find the best one that may depend on the past.

    References
    ----------
    Wu, Zhang, Feng, Wang, Yang, Jordan and Xu, Sequential information design: Markov persuasion
    process and its efficient reinforcement learning (2022), arXiv:2202.10678.

    Gan, Majumdar, Radanovic and Singla, Bayesian persuasion in sequential decision-making (2021),
    arXiv:2106.05137, on receivers who think ahead.

    Examples
    --------
    Who convicts today has no case tomorrow:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> process = ef.persuasion.FiniteHorizonPersuasion(
    ...     start=[1, 0],
    ...     prior=[[0.7, 0.3], [1, 0]],
    ...     transition=[[[[1, 0], [0, 1]], [[1, 0], [0, 1]]], [[[0, 1], [0, 1]]] * 2],
    ...     sender_payoffs=[[[0, 1], [0, 1]], [[0, 0], [0, 0]]],
    ...     receiver_payoffs=[[[1, 0], [0, 1]], [[0, 0], [0, 0]]],
    ...     steps=2,
    ...     states=["open", "closed"],
    ... )
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.markov_persuasion(process)
    >>> print(m.eq.flow["open_step2"].expr)
    eq.d[open_step2] - eq.x[open_step1_O1_A1] - eq.x[open_step1_O2_A1]  ==  0.0
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6))  # 0.6, and else once more
    0.84
    """
    require_record((FiniteHorizonPersuasion, DiscountedPersuasion), process, "markov_persuasion")
    require_margin(margin)
    occupancy = process.occupancy()
    points, outcomes, actions = occupancy.shape
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    block.d = MatrixVar(points, domain=pyo.NonNegativeReals, labels=occupancy.point_names())
    block.x = MatrixVar(
        points * outcomes * actions, domain=pyo.NonNegativeReals, labels=occupancy.entry_names()
    )
    block.flow = MatrixConstraint(
        [(sparse.eye_array(points, format="csr"), block.d), (-occupancy.inflow, block.x)],
        rhs=occupancy.outside,
        labels=occupancy.point_names(),
    )
    sums, spread = occupancy.prior_rows()
    block.prior = MatrixConstraint(
        [(sums, block.x), (spread, block.d)], rhs=0.0, labels=occupancy.prior_names()
    )
    block.obey = MatrixConstraint(
        [(occupancy.obedience_rows(margin), block.x)], lb=0.0, labels=occupancy.obedience_names()
    )
    tables = np.stack([occupancy.receiver_payoffs.ravel(), occupancy.sender_payoffs.ravel()])
    declare_payoffs(block, block.x, (RECEIVER, SENDER), tables)
    block.remember(Answers(_Decoder(occupancy), exists=margin <= 0))
    return block


@dataclass(frozen=True)
class _Decoder:
    occupancy: Occupancy

    def __call__(self, block: Any) -> MarkovScheme:
        return MarkovScheme.from_occupancy(self.occupancy, values_of(block.x))
