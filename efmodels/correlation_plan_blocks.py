"""Correlated equilibria of two players over correlation plans, as blocks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyomo.environ as pyo

from efmodels.blocks import Formulation, FormulationBlock
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mediation_blocks import (
    IncentiveRows,
    incentive_block,
    mediator_values,
    require_game,
    require_margin,
)
from efmodels.mediator.correlation_incentives import correlation_problem
from efmodels.mediator.correlation_policy import CorrelationPolicy
from efmodels.reach_variables import ReachVariables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.game import Floats, Game
    from efmodels.mediator.concept import Concept
    from efmodels.mediator.correlation_incentives import CorrelationProblem
    from efmodels.mediator.correlation_plans import CorrelationPlans

OWN = ReachVariables(None)
"""Coordinates that are the mediator's own variables."""


def correlation_plan_block(
    game: Game, concept: Concept, *, obedient: Iterable[str] | None = None, margin: float = 0.0
) -> FormulationBlockData:
    """Return the block of :func:`efmodels.formulations.correlation_plan_bound`.

    Parameters
    ----------
    game, concept, obedient, margin
        As there.
    """
    require_game(game)
    require_margin(margin)
    problem_of = partial(correlation_problem, concept=concept, obedient=obedient)
    problem = problem_of(game)
    block = incentive_block(polytope_block(problem.plans), _incentives(problem), margin)
    block.remember(_formulation(problem, problem_of))
    return block


def polytope_block(plans: CorrelationPlans) -> FormulationBlockData:
    """Return a block of the von Stengel-Forges polytope: ``F x = f``, ``x >= 0``.

    Parameters
    ----------
    plans
        The polytope.

    Returns
    -------
    FormulationBlock
        ========  =====================================================  ================
        name      meaning                                                size
        ========  =====================================================  ================
        ``x``     probability of each relevant pair of sequences         ``plans.size``
        ``flow``  a row per infoset and relevant sequence of the other,  rows of ``F``
                  and ``x[0] = 1``
        ========  =====================================================  ================
    """
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.x = MatrixVar(plans.size, domain=pyo.NonNegativeReals, labels=plans.names)
    block.flow = MatrixConstraint([(plans.F, block.x)], rhs=plans.f, labels=plans.row_names)
    return block


def _incentives(problem: CorrelationProblem) -> IncentiveRows:
    return IncentiveRows(problem.game.players, problem.payoffs, problem.followers, OWN)


def _formulation(
    problem: CorrelationProblem, problem_of: Callable[[Game], CorrelationProblem]
) -> Formulation:
    def expectation(block: FormulationBlockData, numbers: Floats) -> Parts:
        return OWN.rows(problem.expectation(numbers)[:, None], block.mediator)

    return Formulation(
        problem.game,
        None,
        partial(_decoded, problem),
        partial(_refit, problem_of),
        expectation,
        bound=not problem.plans.exact,
    )


def _refit(
    problem_of: Callable[[Game], CorrelationProblem], block: FormulationBlockData, game: Game
) -> Formulation:
    """Replace the rows with payoffs by those of another game on the same tree."""
    problem = problem_of(game)
    _incentives(problem).replace(block)
    return _formulation(problem, problem_of)


def _decoded(problem: CorrelationProblem, block: FormulationBlockData) -> CorrelationPolicy:
    return CorrelationPolicy(problem, mediator_values(block))
