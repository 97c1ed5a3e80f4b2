"""Persuasion by geometry: the concave closure of what the sender gets at each belief."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice, product
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError, InfeasibleError, SizeError, SolverError
from efmodels.game import read_only
from efmodels.persuasion.given_tables import require_distributions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Ints
    from efmodels.persuasion.problem import PersuasionProblem

MOST_CORNERS = 2_000_000
"""How many places of a corner are looked at before it is called too much."""

AT_ONCE = 20_000
"""How many linear systems are solved in one go."""

NEARLY = 1e-9
"""How far rounding may put a corner outside its cell, as a share of the payoff range."""


INFEASIBLE = 2
"""What scipy calls a linear program without a feasible point."""


@dataclass(frozen=True, eq=False)
class Split:
    """The best way to split a belief: which posteriors, how likely, and what they bring.

    Attributes
    ----------
    value
        What the sender gets.
    prices
        A number per state: a plane above all that he could get at any belief, which touches at the
        belief that is split. ``value == belief @ prices``.
    weights, beliefs
        Posteriors with their probabilities, shapes ``(posteriors,)`` and ``(posteriors, states)``.
    values
        What the sender gets at each.
    actions
        What is done there, as texts.
    """

    value: float
    prices: Floats
    weights: Floats
    beliefs: Floats
    values: Floats
    actions: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ConcaveClosure:
    r"""Corners of the cells of beliefs at which actions are best, and what the sender gets there.

    Attributes
    ----------
    problem
        The data.
    beliefs
        The corners, shape ``(corners, states)``.
    values
        What the sender gets at each, shape ``(corners,)``.
    profiles
        Which profile of actions is played in the cell, as a place in a table of actions; a corner
        of several cells stands here once for each.
    """

    problem: PersuasionProblem
    beliefs: Floats
    values: Floats
    profiles: Ints

    @property
    def action_names(self) -> tuple[str, ...]:
        """The profiles of actions as texts, in the order that `profiles` counts them."""
        return tuple(map(", ".join, product(*self.problem.actions)))

    def split(self, belief: ArrayLike | None = None) -> Split:
        """Return the best split of a belief, by a linear program over the corners.

        Parameters
        ----------
        belief
            A probability per state; the prior by default.

        Raises
        ------
        GameError
            It is no belief.
        InfeasibleError
            No profile of pure actions is an equilibrium at beliefs that average to this one.
        SolverError
            The linear program failed for another reason.
        """
        from scipy.optimize import linprog

        at = self.problem.prior if belief is None else np.asarray(belief, dtype=float)
        if at.shape != self.problem.prior.shape:
            raise GameError(f"belief has shape {at.shape}; expected {self.problem.prior.shape}")
        require_distributions("belief", at)
        answer: Any = None
        if len(self.values):
            answer = linprog(-self.values, A_eq=self.beliefs.T, b_eq=at, method="highs-ds")
        if answer is None or answer.status == INFEASIBLE:
            raise InfeasibleError(
                f"the belief {at.tolist()} is no average of corners: where no pure actions are an "
                "equilibrium nothing that is announced is obeyed. private_persuasion always has a "
                "solution",
                status="infeasible",
                solver="linprog",
            )
        if answer.status:
            raise SolverError(
                f"the split was not found: {answer.message}", status="failed", solver="linprog"
            )
        used = np.flatnonzero(answer.x > NEARLY)
        names = self.action_names
        return Split(
            value=float(-answer.fun),
            prices=-answer.eqlin.marginals,
            weights=answer.x[used],
            beliefs=self.beliefs[used],
            values=self.values[used],
            actions=tuple(names[k] for k in self.profiles[used]),
        )


def concavification(problem: PersuasionProblem) -> ConcaveClosure:
    r"""Return the concave closure of what the sender gets, as a function of a public belief.

    With a belief :math:`p` that all share, a profile :math:`a` of actions is best where
    :math:`\sum_\theta p(\theta) (u_i(\theta, a) - u_i(\theta, b, a_{-i})) \ge 0` for every receiver
    i and action b. These beliefs are a polytope, in which what the sender gets is linear: so the
    closure is spanned by the polytopes' corners. With one receiver it is what the best scheme
    brings; with several, the best *public* scheme with pure actions. No obedience row of a
    formulation is used.

    Parameters
    ----------
    problem
        The data.

    Raises
    ------
    SizeError
        There are too many places where a corner could be.

    Notes
    -----
    A corner is where as many rows are tight as leave nothing free; all combinations of rows are
    tried, :math:`\binom{s + m}{s - 1}` for each profile, with :math:`s` states and :math:`m` other
    actions. This is meant for small problems, pictures and checks.

    References
    ----------
    Kamenica and Gentzkow, Bayesian persuasion, American Economic Review 101 (2011).

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.persuasion import PersuasionProblem, concavification
    >>> closure = concavification(PersuasionProblem.from_game(ef.instances.prosecutor()))
    >>> best = closure.split()
    >>> print(round(best.value, 6), best.actions, best.beliefs.round(3).tolist())
    0.6 ('acquit', 'convict') [[0.0, 1.0], [0.5, 0.5]]
    """
    states = len(problem.states)
    profiles = problem.size // states
    others = sum(width - 1 for width in problem.shape[1:])
    places = comb(states + others, states - 1) * profiles
    if places > MOST_CORNERS:
        raise SizeError(
            f"{places} places of corners would have to be looked at, the limit is {MOST_CORNERS}: "
            "solve public_persuasion, or private_persuasion, instead"
        )
    worth = problem.sender_payoffs.reshape(states, profiles)
    corners = [_corners(gains) for gains in _gains(problem)]
    beliefs = np.vstack(corners) if corners else np.zeros((0, states))
    owner = np.repeat(np.arange(profiles), list(map(len, corners)))
    values = (beliefs * worth.T[owner]).sum(axis=1)
    return ConcaveClosure(problem, read_only(beliefs), read_only(values), read_only(owner))


def _gains(problem: PersuasionProblem) -> Iterator[Floats]:
    """Yield for each profile what obedience gains in each state; shape ``(others, states)``."""
    for profile in product(*map(range, problem.shape[1:])):
        rows = []
        for k, payoff in enumerate(problem.receiver_payoffs):
            place: list[slice | int] = [slice(None), *profile]
            place[k + 1] = slice(None)
            mine = payoff[tuple(place)]
            rows.append(np.delete(mine[:, [profile[k]]] - mine, profile[k], axis=1).T)
        yield np.vstack(rows)


def _corners(gains: Floats) -> Floats:
    """Return the corners of the beliefs ``p`` with ``gains @ p >= 0``, each once."""
    states = gains.shape[1]
    scale = np.abs(gains).max(axis=1, initial=0.0)
    # A row that is zero holds everywhere, and two that are alike never meet in a point.
    ties = gains[scale > 0] / scale[scale > 0, None]
    rows = np.unique(np.vstack([np.eye(states), ties]), axis=0)
    chosen = combinations(range(len(rows)), states - 1)
    found = []
    while block := list(islice(chosen, AT_ONCE)):
        systems = np.ones((len(block), states, states))
        systems[:, 1:] = rows[np.array(block, dtype=int).reshape(len(block), -1)]
        regular = np.abs(np.linalg.det(systems)) > NEARLY
        right = np.tile(np.eye(states)[0][:, None], (int(regular.sum()), 1, 1))
        points = np.linalg.solve(systems[regular], right)[:, :, 0]
        inside = (points @ rows.T >= -NEARLY).all(axis=1)
        found.append(np.maximum(points[inside], 0.0))
    corners = np.unique(np.vstack(found).round(12), axis=0)
    corners /= corners.sum(axis=1, keepdims=True)
    return corners
