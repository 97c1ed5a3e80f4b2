"""From a compiled model around a block to an equilibrium problem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.learning.driver import Ranges
from efmodels.learning_solver.bodies import bodies_of, goal_of
from efmodels.learning_solver.coordinates import coordinates_of, enlarged
from efmodels.learning_solver.leader_choices import with_choices
from efmodels.learning_solver.recognition import recognised
from efmodels.learning_solver.requirements import requirements_of
from efmodels.learning_solver.variables import variables_of
from efmodels.names import distinct
from efmodels.polytope import FlowPolytope
from efmodels.problem import EquilibriumProblem, Follower

if TYPE_CHECKING:
    from efmodels.compiling import CompiledModel
    from efmodels.game import Floats
    from efmodels.learning_solver.bodies import Bodies, Goal
    from efmodels.learning_solver.coordinates import Coordinates
    from efmodels.learning_solver.recognition import BlockPlaces
    from efmodels.learning_solver.requirements import Requirement
    from efmodels.learning_solver.variables import Variables
    from efmodels.linear_program import LinearProgram


@dataclass(frozen=True, eq=False)
class Learnable:
    """A model as a problem for learners, and the way back.

    Attributes
    ----------
    places, variables, bodies, goal
        What the columns and rows of the model's program are.
    problem
        The leader, who maximises, against followers: first those whose best responses are in the
        objective, then one for each requirement.
    ranges
        The units of accuracy.
    requirements
        What the model asks, in the order of the last followers.
    scales
        By what the payoffs of these followers are multiplied: a requirement whose body has another
        range than payoffs is brought to theirs.
    impossible
        Names of rows and bounds that no plan fulfils.
    """

    places: BlockPlaces
    variables: Variables
    bodies: Bodies
    goal: Goal
    problem: EquilibriumProblem
    ranges: Ranges
    requirements: tuple[Requirement, ...]
    scales: Floats
    impossible: tuple[str, ...]

    @property
    def program(self) -> LinearProgram:
        """The model's linear program."""
        return self.places.compiled.program

    @property
    def sense(self) -> float:
        """1 if the model maximises, -1 if it minimises."""
        return 1.0 if self.program.maximize else -1.0

    def objective(self, value: float) -> float:
        """Return the model's objective for a value of the problem."""
        return self.sense * value + self.goal.constant + self.program.offset


def learnable_model(compiled: CompiledModel, ranges: Ranges | None = None) -> Learnable:
    """Read a model as a leader against followers.

    Parameters
    ----------
    compiled
        The model's arrays.
    ranges
        The units of accuracy; by default the range of the objective over the leader's plans,
        incentives aside, and that of all payoffs of the game.

    Raises
    ------
    CapabilityError
        The model has something that learners cannot take.
    """
    places = recognised(compiled)
    variables = variables_of(places)
    bodies, goal = bodies_of(places, variables), goal_of(places, variables)
    leader = with_choices(places.problem.leader, len(variables.chosen))
    several = _several(places, leader.size)
    gradients = sparse.csr_array(bodies.flows + bodies.mu @ several)
    asked, impossible = requirements_of(bodies, gradients, leader, places)
    used = np.zeros(leader.size, dtype=bool)
    used[[0, *bodies.flows.indices, *np.flatnonzero(goal.flows)]] = True
    coordinates = coordinates_of(places.problem, leader.size, used)
    units = ranges or _ranges(places, goal, leader, goal.flows + several.T @ goal.mu)
    scales = np.array([units.payoff / one.unit for one in asked])
    paid = _in_the_objective(places, goal, coordinates)
    labels = distinct([*(one.label for one in paid), *(one.label for one in asked)])
    asked = [
        replace(one, label=label) for one, label in zip(asked, labels[len(paid) :], strict=True)
    ]
    followers = [
        one.as_follower(_own(bodies, one, coordinates), places.problem.followers, scale)
        for one, scale in zip(asked, scales.tolist(), strict=True)
    ]
    everybody = (*paid, *followers) or (_nobody(coordinates),)
    problem = EquilibriumProblem(
        leader, coordinates.of(goal.flows, goal.mu), everybody, coordinates.reach
    )
    return Learnable(
        places, variables, bodies, goal, problem, units, tuple(asked), scales, tuple(impossible)
    )


def _several(places: BlockPlaces, flows: int) -> sparse.csr_array:
    """Return the coordinates that are variables of their own in terms of the leader's flows."""
    T = places.problem.reach
    if T is None:
        return sparse.csr_array((0, flows), dtype=float)
    several = sparse.csr_array(T[np.flatnonzero(np.diff(T.indptr) > 1)])
    return enlarged(several, (several.shape[0], flows))


def _ranges(places: BlockPlaces, goal: Goal, leader: FlowPolytope, gradient: Floats) -> Ranges:
    """Return the range of the objective over all plans, and that of payoffs."""
    most, least = leader.best_response(gradient)[0], -leader.best_response(-gradient)[0]
    paid = float(goal.weights.sum()) * places.payoff_range
    return Ranges(most - least + paid, places.payoff_range)


def _in_the_objective(places: BlockPlaces, goal: Goal, coordinates: Coordinates) -> list[Follower]:
    """Return the followers whose best responses are taken off the objective."""
    paid = []
    for one, weight in zip(places.problem.followers, goal.weights.tolist(), strict=True):
        if weight:
            A = enlarged(one.A, (coordinates.size, one.polytope.size))
            paid.append(Follower(one.label, one.polytope, A, None, weight))
    return paid


def _nobody(coordinates: Coordinates) -> Follower:
    """Return a follower who gets nothing and takes nothing: learners need somebody."""
    idle = FlowPolytope(
        np.array([1, 2]), np.array([0]), np.array([0, 1]), ("nobody",), ("", "nothing")
    )
    return Follower("nobody", idle, sparse.csr_array((coordinates.size, 2), dtype=float))


def _own(bodies: Bodies, one: Requirement, coordinates: Coordinates) -> Floats:
    """Return what a requirement leaves, per coordinate of ``mu``, the bound at the root."""
    flows = bodies.flows[[one.body]].toarray().ravel()
    flows[0] -= one.bound
    return one.sign * coordinates.of(flows, bodies.mu[[one.body]].toarray().ravel())
