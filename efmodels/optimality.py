"""Proofs that a solved model is optimal, in terms of the whole game and not of what was solved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.blocks import FormulationBlockData
from efmodels.certificates import certificate
from efmodels.errors import CapabilityError
from efmodels.goal_blocks import payoff_weights
from efmodels.mediation_blocks import mediated_formulation
from efmodels.mediator.goals import GoalProblem
from efmodels.mediator.lifting import lifted_flows, lifted_plan
from efmodels.mediator.policy import Policy
from efmodels.mediator.problem import mediated_problem
from efmodels.model_class import only_objective

if TYPE_CHECKING:
    from efmodels.certificates import Certificate
    from efmodels.game import Floats


def optimality_certificate(model: Any) -> Certificate:
    """Return a proof of optimality for a solved model of a mediated equilibrium.

    It is about the problem of the whole game, whatever was left out of the model before it was
    solved (``reduce=True``), and whatever the solver merged (symmetry): the mediator's policy is
    extended to all questions, the duals are turned into plans of the deviators and lifted, and
    :func:`efmodels.certificates.certificate` compares the two, in the arrays of the unreduced
    problem, which no solver has seen.

    Parameters
    ----------
    model
        Solved by :func:`efmodels.solve` or another solver that gives duals. It has one block of a
        mediated concept, and an objective that is a weighted sum of the players' payoffs. With
        side constraints the bound holds, but need not be attained.

    Returns
    -------
    Certificate
        ``worst_regret`` and ``violation`` say how far the policy is from an equilibrium, ``gap``
        by how much another one could be better at most.

    Raises
    ------
    CapabilityError
        The model has another objective or other blocks, a margin, or a private mediator whose
        problem was reduced: then build it with ``reduce=False``.
    SolverError
        The model has not been solved, or there are no duals.

    Examples
    --------
    >>> import efmodels as ef
    >>> best = ef.optimal_equilibrium(ef.instances.load("K23"), "COMM", "P1")
    >>> proof = optimality_certificate(best.model)
    >>> round(proof.value, 9), round(proof.bound, 9), proof.worst_regret < 1e-9
    (-0.055555556, -0.055555556, True)
    """
    block = _only_formulation(model)
    formulation = mediated_formulation(block)
    if formulation.margin:
        raise CapabilityError(
            f"equilibria with a margin are not certified; this one has {formulation.margin}"
        )
    weights = _weights(model, block)
    policy = block.solution()
    assert isinstance(policy, Policy)  # noqa: S101 - what a mediator's block is decoded to
    plans, multipliers = _duals(block)
    mediated = policy.mediated
    if isinstance(formulation.mediated, GoalProblem):
        choices = formulation.mediated.choices
        plans = {
            label: fewer.lift(plan)
            for (label, plan), fewer in zip(plans.items(), choices, strict=True)
        }
    if not mediated.reduced:
        problem = replace(mediated.problem, c=weights @ mediated.payoffs)
        return certificate(problem, policy.x, plans, multipliers)
    whole = mediated_problem(mediated.game, mediated.concept, list(plans))
    walk = mediated.walk
    plans = {
        label: lifted_plan(plan, here, there, walk.reports, walk.transcripts)
        for (label, plan), here, there in zip(
            plans.items(), mediated.deviations, whole.deviations, strict=True
        )
    }
    problem = replace(whole.problem, c=weights @ whole.payoffs)
    return certificate(problem, lifted_flows(policy, whole), plans, multipliers)


def _only_formulation(model: Any) -> FormulationBlockData:
    """Return the block of a formulation that a model has."""
    found = [
        block
        for block in model.block_data_objects(active=True)
        if isinstance(block, FormulationBlockData) and block.is_whole
    ]
    if len(found) != 1:
        raise CapabilityError(
            f"the model has {len(found)} blocks of formulations; expected one, such as model.eq"
        )
    return found[0]


def _weights(model: Any, block: FormulationBlockData) -> Floats:
    """Return the weights of the players' payoffs in the objective."""
    objective = only_objective(model)
    if objective.sense != pyo.maximize:
        raise CapabilityError("the objective is minimised; formulations are made to be maximised")
    return payoff_weights(block, objective.expr)


def _duals(block: Any) -> tuple[dict[str, Floats], dict[str, float]]:
    """Return each deviator's plan, up to a factor, and the multiplier of her constraint.

    Raising the right-hand side of a row asks more of the mediator: the duals are at most zero.
    """
    plans, multipliers = {}, {}
    for label, part in block.deviator.items():
        plans[label] = np.maximum(-part.reply.dual_array(), 0.0)
        multipliers[label] = max(-float(part.obey.dual_array()[0]), 0.0)
    return plans, multipliers
