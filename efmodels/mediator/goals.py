"""Mediated problems for one goal: what no optimum of it needs is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.mediator.answer_dominance import undominated_answers
from efmodels.mediator.deviator_dominance import dominated_deviations
from efmodels.mediator.restriction import Restriction, restricted
from efmodels.problem import EquilibriumProblem

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.policy import Policy
    from efmodels.mediator.problem import MediatedProblem
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import Follower


@dataclass(frozen=True, eq=False)
class GoalProblem:
    """A mediated problem without the answers and deviations that one goal does not need.

    Attributes
    ----------
    whole
        The problem that it was made of.
    answers
        The answers that are left.
    problem
        The mediator against the deviators; its objective is the goal.
    choices
        For each deviator, the choices that are left.
    payoffs
        Every player's payoff per coordinate of ``mu``; shape ``(players, coordinates)``.
    """

    whole: MediatedProblem
    answers: Restriction
    problem: EquilibriumProblem
    choices: tuple[Restriction, ...]
    payoffs: Floats

    @property
    def game(self) -> Game:
        """The game."""
        return self.whole.game

    def expectation(self, numbers: Floats) -> Floats:
        """Return the coefficients of ``mu`` that make the expectation of a number per terminal.

        Raises
        ------
        CapabilityError
            As `MediatedProblem.expectation`.
        """
        return self.answers.numbers(self.whole.expectation(numbers))

    def layout(self) -> list[Ints]:
        """Return arrays that tell what the variables are, and the rows without payoffs."""
        return [*self.whole.layout(), self.answers.place]

    def policy(self, x: Floats) -> Policy:
        """Return what the mediator does at a point of its polytope."""
        return self.whole.policy(self.answers.lift(x))


def goal_problem(mediated: MediatedProblem, goal: Floats) -> GoalProblem:
    """Leave out what no optimum of a goal needs.

    Answers go that are no better than others for the goal, for any player's payoff and against any
    deviation; then deviations that have become useless by it; and so on, as long as there are any.
    Where one choice is left, it is made. It is exact as long as nothing else is asked of the
    mediator than incentives, and payoffs of at least something.

    Parameters
    ----------
    mediated
        Of a mediator with recall, reduced or not.
    goal
        What will be maximised; a number per coordinate of ``mu``.

    Raises
    ------
    CapabilityError
        The mediator is private.
    """
    problem = replace(mediated.problem, c=goal)
    answers = _everything(problem.leader)
    choices = tuple(_everything(follower.polytope) for follower in problem.followers)
    size = np.inf
    while (now := _size(problem)) < size:
        size = now
        fewer = undominated_answers(problem, problem.c[None])
        problem = _with_answers(problem, fewer)
        answers = fewer.after(answers)
        useful = [_useful(follower) for follower in problem.followers]
        choices = tuple(one.after(before) for one, before in zip(useful, choices, strict=True))
        followers = map(_with_choices, problem.followers, useful)
        problem = replace(problem, followers=tuple(followers))
    payoffs = np.array([answers.numbers(paid) for paid in mediated.payoffs])
    return GoalProblem(mediated, answers, problem, choices, payoffs)


def _everything(polytope: FlowPolytope) -> Restriction:
    return Restriction(polytope, np.arange(polytope.size))


def _size(problem: EquilibriumProblem) -> int:
    """Return the number of rows."""
    return problem.leader.points + sum(one.polytope.size for one in problem.followers)


def _with_answers(problem: EquilibriumProblem, answers: Restriction) -> EquilibriumProblem:
    """Return a problem with fewer answers of the leader."""
    followers = [
        replace(
            follower,
            A=sparse.csr_array(answers.columns(follower.A.T.tocsr()).T),
            b=None if follower.b is None else answers.numbers(follower.b),
        )
        for follower in problem.followers
    ]
    return EquilibriumProblem(answers.polytope, answers.numbers(problem.c), tuple(followers))


def _useful(follower: Follower) -> Restriction:
    """Return the choices of a deviator that are not dominated."""
    return restricted(follower.polytope, dominated_deviations(follower.polytope, follower.A))


def _with_choices(follower: Follower, choices: Restriction) -> Follower:
    return replace(follower, polytope=choices.polytope, A=choices.columns(follower.A))
