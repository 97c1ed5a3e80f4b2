"""Proofs that a solved model is optimal, in terms of the whole game and not of what was solved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.blocks import FormulationBlockData
from efmodels.certificates import certificate
from efmodels.compiling import compile_model
from efmodels.errors import CapabilityError
from efmodels.mediator.lifting import lifted_flows, lifted_plan
from efmodels.mediator.policy import Policy
from efmodels.mediator.problem import mediated_problem

if TYPE_CHECKING:
    from efmodels.certificates import Certificate
    from efmodels.compiling import CompiledModel
    from efmodels.game import Floats
    from efmodels.mediator.problem import MediatedProblem


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
    policy = block.solution()
    if not isinstance(policy, Policy):
        raise CapabilityError(
            f"{block.name!r} has no mediator that answers step by step; optimality is certified "
            "for the mediated concepts, such as efce, but not for nfce and zero-sum games"
        )
    mediated = policy.mediated
    weights = _weights(compile_model(model), block)
    plans, multipliers = _duals(block)
    whole, x = mediated, policy.x
    if mediated.reduced:
        whole = mediated_problem(mediated.game, mediated.concept, list(plans))
        x = lifted_flows(policy, whole)
        plans = {label: _lifted(plan, label, mediated, whole) for label, plan in plans.items()}
    return certificate(replace(whole.problem, c=weights @ whole.payoffs), x, plans, multipliers)


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


def _weights(compiled: CompiledModel, block: Any) -> Floats:
    """Return the weights of the players' payoffs in the objective."""
    program = compiled.program
    columns = [compiled.column_of(block.payoff[player]) for player in block.game.players]
    rest = np.delete(program.c, columns)
    margins = [program.row_lower[compiled.row_of(one.obey["obey"])] for one in _deviators(block)]
    if not program.maximize or rest.any() or program.offset:
        raise CapabilityError(
            "the objective is no weighted sum of payoffs that is maximised, such as "
            "model.eq.welfare"
        )
    if np.any(margins):
        raise CapabilityError(f"equilibria with a margin are not certified; got {margins}")
    return program.c[columns]


def _deviators(block: Any) -> list[Any]:
    return list(block.deviator.values())


def _duals(block: Any) -> tuple[dict[str, Floats], dict[str, float]]:
    """Return each deviator's plan, up to a factor, and the multiplier of her constraint.

    Raising the right-hand side of a row asks more of the mediator: the duals are at most zero.
    """
    plans, multipliers = {}, {}
    for label, part in block.deviator.items():
        plans[label] = np.maximum(-part.reply.dual_array(), 0.0)
        multipliers[label] = max(-float(part.obey.dual_array()[0]), 0.0)
    return plans, multipliers


def _lifted(plan: Floats, label: str, reduced: MediatedProblem, whole: MediatedProblem) -> Floats:
    """Return what a deviator's plan of the reduced problem is in the whole one."""
    number = whole.game.player_number(label)
    here, there = (
        next(one for one in problem.deviations if one.player == number)
        for problem in (reduced, whole)
    )
    return lifted_plan(plan, here, there, reduced.walk.reports, reduced.walk.transcripts)
