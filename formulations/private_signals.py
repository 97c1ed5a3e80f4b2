"""Private persuasion: each receiver hears her own signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import require_margin
from efmodels.persuasion.channels import private_channels
from efmodels.persuasion.problem import PersuasionProblem
from efmodels.persuasion_blocks import persuasion_block, require_record

if TYPE_CHECKING:
    from efmodels.persuasion_blocks import PersuasionBlockData


def private_persuasion(problem: PersuasionProblem, *, margin: float = 0.0) -> PersuasionBlockData:
    r"""Persuasion in private: each receiver is told what to do, and hears nothing else.

    The sender knows the state and recommends an action to each receiver; with one receiver this is
    Bayesian persuasion, with several a Bayes correlated equilibrium. ``x`` is the joint probability
    of state and recommendations:

    .. math::

        \sum_a x(\theta, a) = \mu(\theta), \quad x \ge 0, \quad
        \sum_{\theta, a_{-i}} x(\theta, a)
        \bigl(u_i(\theta, a) - u_i(\theta, b, a_{-i}) - \mathrm{margin}\bigr) \ge 0
        \quad \text{for all } i, a_i, b \ne a_i .

    Parameters
    ----------
    problem
        Prior, payoffs and labels.
    margin
        What disobedience must cost on average, whatever was heard: above 0, receivers who are
        almost indifferent are still persuaded. Below 0, a receiver may gain up to ``-margin`` by
        disobeying what she was told.

    Returns
    -------
    PersuasionBlock
        With ``s`` states, ``n`` receivers who have ``A_i`` actions each, and ``A`` their product:

        ==============  ================================================  =====================
        name            meaning                                           size
        ==============  ================================================  =====================
        ``x``           probability of state and recommendations          ``s A``
        ``prior``       states are as likely as they are                  ``s``
        ``obey``        nobody gains by doing something else              sum ``A_i (A_i - 1)``
        ``payoff[i]``   expected payoff; ``payoff_row`` defines it        ``n + 1``
        ``welfare``     their sum, an expression                          1
        ``value``       the sender's payoff, an expression                1
        ==============  ================================================  =====================

    Raises
    ------
    GameError
        It is no persuasion problem, or the margin is not finite.

    Notes
    -----
    Where ``value`` is maximised and the margin is 0, ``block.prior.dual_array()`` is a price for
    each state: what the sender would gain if the state were more likely. The prices make a plane
    above all that he can get at any belief, and the value is the prior times the prices.

    The block has methods for what is often asked besides: `expected` and `probability` make
    variables for ex-ante constraints, `posterior_bounds` rows about what is believed after each
    signal, and `signal_limit` a block with a limit on the number of signals.

    The number of variables is exponential in that of the receivers: a dozen with two actions each
    are solved in a moment, twenty are not.

    References
    ----------
    Kamenica and Gentzkow, Bayesian persuasion, American Economic Review 101 (2011).

    Bergemann and Morris, Bayes correlated equilibrium and the comparison of information structures
    in games, Theoretical Economics 11 (2016).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> problem = ef.persuasion.PersuasionProblem.from_game(ef.instances.prosecutor())
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.private_persuasion(problem)
    >>> for row in m.eq.obey.values():
    ...     print(row.expr)
    0.0  <=  - eq.x[guilty_acquit] + eq.x[innocent_acquit]
    0.0  <=  eq.x[guilty_convict] - eq.x[innocent_convict]
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> result = ef.solve(m)
    >>> print(round(result.value, 6), m.eq.prior.dual_array().round(6))
    0.6 [2. 0.]
    """
    require_record((PersuasionProblem,), problem, "private_persuasion")
    require_margin(margin)
    return persuasion_block(problem, private_channels(problem), margin, exists=margin <= 0)
