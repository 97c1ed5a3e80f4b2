"""Public persuasion: all receivers hear the same signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import require_margin
from efmodels.persuasion.channels import public_channels
from efmodels.persuasion.problem import PersuasionProblem
from efmodels.persuasion_blocks import persuasion_block, require_record

if TYPE_CHECKING:
    from efmodels.persuasion_blocks import PersuasionBlockData


def public_persuasion(problem: PersuasionProblem, *, margin: float = 0.0) -> PersuasionBlockData:
    r"""Persuasion in public: all hear what everybody should do.

    After each announcement all believe the same, and nobody gains by another action:

    .. math::

        \sum_a x(\theta, a) = \mu(\theta), \quad x \ge 0, \quad
        \sum_{\theta} x(\theta, a)
        \bigl(u_i(\theta, a) - u_i(\theta, b, a_{-i}) - \mathrm{margin}\bigr) \ge 0
        \quad \text{for all } i, a, b \ne a_i .

    Parameters
    ----------
    problem
        Prior, payoffs and labels.
    margin
        What disobedience must cost on average after any announcement; below 0, what a receiver may
        gain by it.

    Returns
    -------
    PersuasionBlock
        As of :func:`private_persuasion`, but for ``obey``, which has a row for each receiver,
        profile and other action: ``A`` times sum ``A_i - 1``.

    Raises
    ------
    GameError
        It is no persuasion problem, or the margin is not finite.

    Notes
    -----
    What is announced is a profile of *pure* actions. A belief at which the receivers' game has only
    mixed equilibria can follow no announcement; if all beliefs that could average to the prior
    are like that, as in matching pennies whatever the state, :func:`efmodels.solve` raises an
    `InfeasibleError`. With mixed equilibria allowed the sender may get more; that is no linear
    program, and not here. With one receiver, and wherever each receiver's best action does not
    depend on the others', there is always a pure equilibrium.

    What is feasible here is feasible in private, too, and never better than that. For few states,
    :func:`efmodels.persuasion.concavification` computes the same by geometry.

    References
    ----------
    Bergemann and Morris, Information design: a unified perspective, Journal of Economic Literature
    57 (2019).

    Examples
    --------
    Voters who are told the same are persuaded less often than voters who are told apart:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.instances.voter_persuasion(voters=3, quota=1)
    >>> problem = ef.persuasion.PersuasionProblem.from_game(game)
    >>> for formulation in (ef.formulations.public_persuasion, ef.formulations.private_persuasion):
    ...     m = pyo.ConcreteModel()
    ...     m.eq = formulation(problem)
    ...     m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    ...     print(len(m.eq.obey), round(ef.solve(m).value, 6))
    24 0.6
    6 1.0
    >>> print(m.eq.obey["P1_no_yes"].expr)
    0.0  <=  ...
    """
    require_record((PersuasionProblem,), problem, "public_persuasion")
    require_margin(margin)
    alone = len(problem.receivers) == 1
    return persuasion_block(problem, public_channels(problem), margin, exists=alone and margin <= 0)
