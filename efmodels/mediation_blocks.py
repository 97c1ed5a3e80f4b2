"""Mediated equilibria as blocks: a mediator who chooses, deviators who reply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import (
    Formulation,
    FormulationBlock,
    FormulationBlockData,
    best_response,
    replace_rows,
    reply_rows,
    sequence_form,
)
from efmodels.errors import CapabilityError, GameError, SolverError
from efmodels.game import Game
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mediator.goals import GoalProblem
from efmodels.mediator.problem import MediatedProblem, mediated_problem, obedient_players
from efmodels.reach_variables import ReachVariables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from efmodels.answering_blocks import Solution
    from efmodels.blocks import Parts
    from efmodels.game import Floats, Ints
    from efmodels.mediator.concept import Concept
    from efmodels.problem import EquilibriumProblem, Follower


class Mediated(Protocol):
    """What a block of a mediator and deviators is made of."""

    @property
    def game(self) -> Game:
        """The game."""

    @property
    def problem(self) -> EquilibriumProblem:
        """The mediator against the deviators, each with a payoff on the path."""

    @property
    def payoffs(self) -> Floats:
        """Every player's payoff per coordinate of ``mu`` if all are honest and obedient."""

    def expectation(self, numbers: Floats) -> Floats:
        """Return the coefficients of ``mu`` that make the expectation of a number per terminal."""

    def layout(self) -> list[Ints]:
        """Return arrays that tell what the variables are, and the rows without payoffs."""

    def policy(self, x: Floats) -> Solution:
        """Return what the mediator does at a point of its polytope."""


class Supplement(Protocol):
    """What a concept adds to a block of a mediator and deviators."""

    def declare(self, block: FormulationBlockData) -> None:
        """Declare variables of its own."""

    def rows(self, mediated: Any, block: FormulationBlockData) -> dict[str, MatrixConstraint]:
        """Return rows by name; written anew for other payoffs."""


def mediated_block(
    game: Game,
    concept: Concept,
    *,
    obedient: Iterable[str] | None = None,
    margin: float = 0.0,
    reduce: bool = False,
) -> FormulationBlockData:
    r"""Return the equilibria of a mediated concept as a block.

    The mediator chooses ``x`` from its polytope; ``mu`` is the probability of each of its
    coordinates. Every player with incentive constraints replies with her best deviation, which is
    dualized:

    .. math::

        F x = f,\; x \ge 0,\quad \mu = T x,\quad F_i^\top v_i \ge A_i^\top \mu,\quad
        \mathrm{payoff}_i = b_i^\top \mu \ge v_i[\emptyset] + \mathrm{margin}.

    Parameters
    ----------
    game
        With perfect recall.
    concept
        Who knows what, who may say what, who may do what.
    obedient
        The players with incentive constraints; all of them by default.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by deviating. Above 0 incentives are strict: to disobey costs as much, times the probability
        of that, see :mod:`efmodels.mediator.strictness`; where players decide before the game
        (``deviate="root"``), to stay out costs as much.
    reduce
        Whether to leave out what exact reductions show to be of no use to anybody. The optimum
        stays what it is; but an event within what was left out cannot be asked for. Nothing is left
        out where disobedience has a price.

    Returns
    -------
    FormulationBlock
        =====================  =========================================================
        name                   meaning
        =====================  =========================================================
        ``mediator.x``         flows: probability that the mediator comes to an answer
        ``mediator.flow``      the rows of its polytope
        ``mediator.mu``        probability of a coordinate that several flows complete
        ``mediator.reach``     the rows that define them
        ``deviator[i].v``      what a deviator gets from each of her decision points on
        ``deviator[i].reply``  she cannot do better
        ``deviator[i].obey``   obedience is no worse
        ``payoff[i]``          every player's expected payoff; ``payoff_row`` defines it
        ``welfare``            their sum, an expression
        =====================  =========================================================

    Raises
    ------
    GameError
        Recall is not perfect, or a player is not known.
    SizeError
        The augmented game is too large.
    """
    # A price of disobedience stands in the deviators' payoffs, any other margin in `obey`.
    price = margin if margin > 0 and concept.deviate in {"full", "coarse"} else 0.0
    problem_of = partial(
        mediated_problem, concept=concept, reduce=reduce and not price, margin=price
    )
    left = 0.0 if price else margin
    return mediator_block(game, problem_of, obedient=obedient, margin=left)


def mediator_block(
    game: Game,
    problem_of: Callable[..., Mediated],
    *,
    obedient: Iterable[str] | None = None,
    margin: float = 0.0,
    supplement: Supplement | None = None,
) -> FormulationBlockData:
    """Return the block of a mediator and deviators, whatever the mediator's polytope is.

    Parameters
    ----------
    game
        With perfect recall.
    problem_of
        Makes the mediator's problem of a game and ``obedient=``, the players with incentive
        constraints; called again for other payoffs on the same tree.
    obedient, margin
        As for :func:`mediated_block`, where the components are listed, too.
    supplement
        What else belongs into the block.

    Raises
    ------
    GameError
        No game, or the margin is not finite; and what ``problem_of`` raises.
    """
    require_game(game)
    require_margin(margin)
    who = [game.players[number - 1] for number in obedient_players(game, obedient)]
    make = partial(problem_of, obedient=who)
    mediated = make(game)
    formulation = formulation_of(mediated, make, margin, supplement)
    block = incentive_block(mediator_part(mediated), formulation.incentives, margin)
    if supplement is not None:
        supplement.declare(block)
        for name, rows in supplement.rows(mediated, block).items():
            block.add_component(name, rows)
    block.remember(formulation)
    return block


def mediator_part(mediated: Mediated) -> FormulationBlockData:
    """Return the block of a mediator's flows and coordinates."""
    mediator = sequence_form(mediated.problem.leader)
    ReachVariables(mediated.problem.reach).declare(mediator)
    return mediator


@dataclass(frozen=True, eq=False)
class IncentiveRows:
    """What players get at a point of a mediator's polytope, and what they could get.

    Parameters
    ----------
    players
        By label.
    payoffs
        Every player's payoff per coordinate of ``mu`` if all are honest and obedient;
        shape ``(players, coordinates)``.
    followers
        The deviators.
    reach
        The coordinates.
    """

    players: tuple[str, ...]
    payoffs: Floats
    followers: tuple[Follower, ...]
    reach: ReachVariables

    def payoff_rows(self, block: Any) -> MatrixConstraint:
        """Return the rows ``b'mu - payoff = 0``, one per player."""
        minus = -sparse.eye_array(len(self.players)).tocsr()
        parts = [*self.reach.rows(self.payoffs.T, block.mediator), (minus, block.payoff)]
        return MatrixConstraint(parts, rhs=0.0, labels=self.players)

    def replace(self, block: Any) -> None:
        """Replace the rows of a block that hold payoffs by those of these."""
        replace_rows(block, "payoff_row", self.payoff_rows(block))
        for follower in self.followers:
            part = block.deviator[follower.label]
            terms = self.reach.pairs(follower.A, block.mediator)
            replace_rows(part, "reply", reply_rows(part.v, follower.polytope, terms))


def incentive_block(
    mediator: FormulationBlockData, incentives: IncentiveRows, margin: float
) -> FormulationBlockData:
    """Return a block of a mediator, whose block is given, and of deviators who have to obey."""
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.payoff = MatrixVar(len(incentives.players), labels=incentives.players)
    declare_incentives(block, mediator, incentives, margin)
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    return block


def declare_incentives(
    block: Any, mediator: FormulationBlockData, incentives: IncentiveRows, margin: float
) -> None:
    """Declare the mediator, what it pays, and the deviators."""
    block.mediator = mediator
    block.payoff_row = incentives.payoff_rows(block)
    block.deviator = pyo.Block([follower.label for follower in incentives.followers])
    for follower in incentives.followers:
        part = block.deviator[follower.label]
        terms = incentives.reach.pairs(follower.A, block.mediator)
        part.transfer_attributes_from(best_response(follower.polytope, terms))
        pair = sparse.csr_array([[1.0, -1.0]])
        values = [block.payoff[follower.label], part.v[0]]
        part.obey = MatrixConstraint([(pair, values)], lb=margin, labels=["obey"])


def require_game(game: Any) -> None:
    """Raise a `GameError` unless a game was given."""
    if not isinstance(game, Game):
        raise GameError(
            f"a formulation needs a Game; got {game!r}. Make one with efmodels.read(path), "
            "efmodels.GameBuilder or efmodels.instances"
        )


def require_margin(margin: float) -> None:
    """Raise a `GameError` unless a margin is a finite number."""
    if not np.isfinite(margin):
        raise GameError(f"margin must be a finite number; got {margin}")


@dataclass(frozen=True)
class MediatedFormulation(Formulation):
    """What the block of a mediator remembers.

    Attributes
    ----------
    mediated
        The mediator's problem, as it is in the block.
    margin
        By how much obedience must be better than deviating.
    supplement
        What else is in the block.
    """

    mediated: Any = None
    margin: float = 0.0
    supplement: Supplement | None = None

    @property
    def incentives(self) -> IncentiveRows:
        """The rows of the block that hold payoffs."""
        reach = ReachVariables(self.mediated.problem.reach)
        return IncentiveRows(
            self.game.players, self.mediated.payoffs, self.mediated.problem.followers, reach
        )


def formulation_of(
    mediated: Mediated,
    problem_of: Callable[[Game], Mediated],
    margin: float,
    supplement: Supplement | None = None,
) -> MediatedFormulation:
    """Return what the block of a mediator's problem remembers."""
    reach = ReachVariables(mediated.problem.reach)

    def expectation(block: FormulationBlockData, numbers: Floats) -> Parts:
        return reach.rows(mediated.expectation(numbers)[:, None], block.mediator)

    return MediatedFormulation(
        mediated.game,
        mediated.problem,
        partial(_decoded, mediated),
        partial(_refit, problem_of, mediated),
        expectation,
        mediated=mediated,
        margin=margin,
        supplement=supplement,
    )


def _refit(
    problem_of: Callable[[Game], Mediated],
    before: Mediated,
    block: FormulationBlockData,
    game: Game,
) -> Formulation:
    """Replace the rows with payoffs by those of another game on the same tree."""
    mediated = problem_of(game)
    _require_same_shape(before, mediated)
    old = cast("MediatedFormulation", block.formulation())
    new = formulation_of(mediated, problem_of, old.margin, old.supplement)
    new.incentives.replace(block)
    if old.supplement is not None:
        for name, rows in old.supplement.rows(mediated, block).items():
            replace_rows(block, name, rows)
    return new


def mediated_formulation(block: FormulationBlockData) -> MediatedFormulation:
    """Return what the block of a mediator that answers step by step remembers.

    Raises
    ------
    CapabilityError
        The block has another formulation.
    """
    formulation = block.formulation()
    if not isinstance(formulation, MediatedFormulation) or not isinstance(
        formulation.mediated, MediatedProblem | GoalProblem
    ):
        raise CapabilityError(
            f"{block.name!r} has no mediator that answers step by step, as those of the mediated "
            "concepts but nfce"
        )
    return formulation


def _require_same_shape(before: Mediated, after: Mediated) -> None:
    """Raise unless two problems have the same variables and flows: reductions may see to that.

    The rows with payoffs are written anew, those of the flows and all names are not.
    """
    first, second = before.layout(), after.layout()
    if len(first) != len(second) or not all(map(np.array_equal, first, second)):
        raise GameError(
            "update() takes payoffs that leave the reduced problem its variables; these do not. "
            "Build the block with reduce=False to update it"
        )


def _decoded(mediated: Mediated, block: FormulationBlockData) -> Solution:
    """Read the mediator's policy from the values of the flows."""
    return mediated.policy(mediator_values(block))


def mediator_values(block: FormulationBlockData) -> Floats:
    """Return the values of ``mediator.x``.

    Raises
    ------
    SolverError
        The model has not been solved.
    """
    x: Floats = block.mediator.x.array()
    if np.isnan(x).any():
        raise SolverError(
            f"block {block.name!r} has no solution yet: solve the model first",
            status="not solved",
            solver="",
        )
    return x
