"""Blocks in which every player has a plan: reading the plans, and how likely outcomes are.

A profile of plans is no flow polytope, and payoffs are products of plans. They become linear where
one player's plan is pure, see `add_masses`, or where everybody replies best, see
:func:`~efmodels.blocks.best_response`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from efmodels.errors import GameError, SolverError
from efmodels.game import Game
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.plan_checks import require_plan
from efmodels.sequences import chance_reach, last_sequences
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Ints
    from efmodels.polytope import FlowPolytope

TWO = 2


def require_game(game: object, asked_by: str) -> Game:
    """Return the game; raise unless it is one, and has perfect recall.

    Raises
    ------
    GameError
        In the words of the function that was called.
    """
    if not isinstance(game, Game):
        raise GameError(
            f"{asked_by} needs a Game; got {game!r}. Make one with efmodels.read(path), "
            "efmodels.GameBuilder or efmodels.instances"
        )
    game.require_perfect_recall()
    return game


def require_two_players(game: object, asked_by: str) -> Game:
    """Return the game; raise unless it is one, and has two players and perfect recall.

    Raises
    ------
    GameError
        In the words of the function that was called.
    """
    found = require_game(game, asked_by)
    if len(found.players) != TWO:
        raise GameError(
            f"{asked_by} needs two players; this game has {len(found.players)}: "
            f"{list(found.players)}"
        )
    return found


def plan_in(x: Any, polytope: FlowPolytope) -> Floats:
    """Return the values of a player's variables, checked to be a plan.

    Raises
    ------
    SolverError
        The model has not been solved, or the values violate the rows of the polytope.
    """
    values: Floats = x.array()
    if np.isnan(values).any():
        raise SolverError(
            f"{x.name!r} has no values yet: solve the model first", status="not solved", solver=""
        )
    complaint = f"the values of {x.name} violate the rows of a plan"
    require_plan(polytope.F, polytope.f, values, complaint)
    return values


def profile_of(game: Game, plans: Mapping[str, ArrayLike]) -> Profile:
    """Return the behaviour strategies of realization plans, one per player, by label.

    Where a plan never gets to an infoset its behaviour there is uniform.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> profile_of(game, {"P1": [1, 1, 0], "P2": [1, 0.5, 0.5]}).regrets()
    {'P1': 0.0, 'P2': 1.0}
    """
    form = game.sequence_form()
    behaviour = [form.polytope(one).behaviour(plans[one])[1:] for one in game.players]
    chance = np.zeros(len(game.chance_probabilities))
    return Profile(game, np.concatenate([chance, *behaviour]))


@dataclass(frozen=True, eq=False)
class Commitment:
    """A profile in which some have committed themselves: only the others' incentives count.

    Attributes
    ----------
    profile
        Everybody's strategy.
    followers
        Those who reply, by label.
    """

    profile: Profile
    followers: tuple[str, ...]

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, from the tree."""
        return self.profile.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return what each follower could gain by another reply, from the tree."""
        regrets = self.profile.regrets()
        return {one: regrets[one] for one in self.followers}

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        return self.profile.strategy()


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What two plans lead to: the pairs of last sequences, and what lies behind each.

    Attributes
    ----------
    sequences
        The distinct pairs of last sequences at terminals; shape ``(pairs, 2)``.
    pair
        Which pair each terminal belongs to; shape ``(terminals,)``.
    chance
        The product of the chance probabilities up to each terminal; shape ``(terminals,)``.
    """

    sequences: Ints
    pair: Ints
    chance: Floats

    @classmethod
    def of(cls, game: Game) -> Outcomes:
        """Return those of a game."""
        last = last_sequences(game)[game.terminals]
        sequences, pair = np.unique(last, axis=0, return_inverse=True)
        return cls(sequences, pair.ravel(), chance_reach(game)[game.terminals])

    def weights(self, numbers: ArrayLike) -> Floats:
        """Return for each pair the sum of chance times a number per terminal."""
        worth = self.chance * np.asarray(numbers, dtype=float)
        total: Floats = np.bincount(self.pair, weights=worth, minlength=len(self.sequences)).astype(
            float
        )
        return total


def add_masses(block: Any, outcomes: Outcomes, plans: Sequence[Any]) -> None:
    r"""Add the probability of each pair of last sequences, one of the two plans being pure.

    .. math::

        p_{st} \le x_s,\quad p_{st} \le y_t,\quad 0 \le p \le 1,\quad \sum_{st} c_{st} p_{st} = 1,

    with ``c`` the chance probabilities of the terminals behind a pair. Where ``y`` is pure the last
    row leaves no other solution than :math:`p_{st} = x_s y_t`: chance and the plan ``x`` spread a
    mass of one over the terminals that ``y`` allows, and nothing less fills the sum.

    Parameters
    ----------
    block
        Gets ``mass``, and the rows ``mass_first``, ``mass_second`` and ``mass_total``.
    outcomes
        Of the game.
    plans
        The variables ``x`` of the first and the second player.
    """
    pairs = len(outcomes.sequences)
    block.mass = MatrixVar(pairs, bounds=(0.0, 1.0))
    minus = -sparse.eye_array(pairs).tocsr()
    for k, (name, plan) in enumerate(zip(("mass_first", "mass_second"), plans, strict=True)):
        within = _choose(outcomes.sequences[:, k], plan.size)
        rows = MatrixConstraint([(within, plan), (minus, block.mass)], lb=0.0)
        block.add_component(name, rows)
    block.mass_total = total_row(block.mass, outcomes)


def total_row(mass: Any, outcomes: Outcomes) -> MatrixConstraint:
    """Return the row that says that masses, times chance, add up to one."""
    total = sparse.csr_array(outcomes.weights(np.ones(len(outcomes.pair)))[None, :])
    return MatrixConstraint([(total, mass)], rhs=1.0, labels=["total"])


def _choose(columns: Ints, size: int) -> sparse.csr_array:
    """Return the matrix that picks one coordinate per row."""
    rows = np.arange(len(columns))
    return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(columns), size))
