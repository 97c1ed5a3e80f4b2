r"""What was learned, as a primal-dual point of the model's linear program.

Plans of the followers and multipliers are duals: of ``reply`` and of the rows that ask something.
All other duals follow from them: those of rows that define variables because the reduced cost of
such a variable is zero, those of the leader's polytope because they are what her best response
says each decision point is worth. The dual point is feasible, and its value is the bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.linear_program import LinearSolution

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.driver import Learned
    from efmodels.learning_solver.learnable import Learnable


def solution_of(one: Learnable, learned: Learned) -> LinearSolution:
    """Return the values of all columns, and the duals of all rows with Pyomo's signs.

    Parameters
    ----------
    one
        The model.
    learned
        What was learned of its problem.
    """
    x = _values(one, learned.x)
    duals = one.sense * _duals(one, learned)
    reduced = one.program.c - one.program.A.T @ duals
    gap = max(learned.bound - learned.value, 0.0)
    return LinearSolution(x, duals, np.asarray(reduced), gap)


def violations(one: Learnable, learned: Learned) -> dict[str, float]:
    """Return by how much the plan violates each row that asks something, in its own units."""
    found: dict[str, float] = {}
    for asked, scale in zip(one.requirements, one.scales.tolist(), strict=True):
        missed = learned.regrets[asked.label] / scale
        found[asked.name] = max(found.get(asked.name, 0.0), missed)
    return found


def _values(one: Learnable, plan: Floats) -> Floats:
    """Return the values of all columns at a plan of the leader."""
    places, variables, problem = one.places, one.variables, one.places.problem
    flows = plan[: problem.leader.size]
    mu = problem.mu(flows)
    values = np.zeros(one.program.columns)
    values[places.x] = flows
    if problem.reach is not None:
        values[places.mu] = mu[np.diff(problem.reach.indptr) > 1]
    for follower in problem.followers:
        gradient = follower.A.T @ mu
        values[places.v[follower.label]] = follower.polytope.dual_values(gradient)
    lots = plan[problem.leader.size :].reshape(-1, 2)
    lower, upper = (bound[variables.chosen] for bound in (one.program.lower, one.program.upper))
    values[variables.chosen] = lots[:, 0] * lower + lots[:, 1] * upper
    values[variables.given] = variables.values
    values[variables.defined] = variables.matrix @ values[variables.kept] + variables.constant
    return values


def _duals(one: Learnable, learned: Learned) -> Floats:
    """Return the duals of all rows if the objective is maximised."""
    places, variables, program = one.places, one.variables, one.program
    A, c = program.A, one.sense * program.c
    duals, of_bounds = _multipliers(one, learned)
    # What a defined variable costs is what its other rows say.
    missing = c - A.T @ duals - of_bounds
    duals[variables.rows] = variables.inverse.T @ missing[variables.defined]
    missing = c - A.T @ duals - of_bounds
    duals[places.reach] = -missing[places.mu]
    missing = c - A.T @ duals - of_bounds
    duals[places.flow] = places.problem.leader.dual_values(missing[places.x])
    return duals


def _multipliers(one: Learnable, learned: Learned) -> tuple[Floats, Floats]:
    """Return the duals of requirements and best responses, and those of bounds of variables."""
    places, followers = one.places, one.places.problem.followers
    duals, of_bounds = np.zeros(one.program.rows), np.zeros(one.program.columns)
    paid = [follower for follower in one.problem.followers if follower.weight]
    for follower in paid:
        replies = follower.weight * _plan(one, learned, follower.label)
        duals[places.reply[follower.label]] -= replies
    for asked, scale in zip(one.requirements, one.scales.tolist(), strict=True):
        multiplier = scale * max(learned.multipliers[asked.label], 0.0)
        row, column = one.bodies.rows[asked.body], one.bodies.columns[asked.body]
        if row >= 0:
            duals[row] -= asked.sign * multiplier
        else:
            of_bounds[column] -= asked.sign * multiplier
        if asked.share:
            replies = multiplier * asked.share * _plan(one, learned, asked.label)
            duals[places.reply[followers[asked.follower].label]] -= replies
    return duals, of_bounds


def _plan(one: Learnable, learned: Learned, label: str) -> Floats:
    """Return a follower's plan as probabilities."""
    polytope = next(f.polytope for f in one.problem.followers if f.label == label)
    return polytope.realization(polytope.behaviour(learned.plans[label]))
