"""Restricted Nash response: playing against a model of the opponent that may be wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, equilibrium_block, replace_payoffs, replace_rows
from efmodels.errors import GameError
from efmodels.matrix import MatrixConstraint
from efmodels.opponent_models import plan_of, require_model
from efmodels.payoff_sums import constant_sum
from efmodels.problem import EquilibriumProblem, Follower
from efmodels.profile_blocks import profile_of, require_two_players
from efmodels.saddle_points import SaddlePointDecoder

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.verifying import Profile

NAME = "restricted_nash_response"


def restricted_nash_response(
    game: Game, opponent: str, fixed_profile: Profile, probability: float
) -> FormulationBlockData:
    r"""Best plan against an opponent who follows a known strategy with some probability.

    With probability ``p`` the opponent plays a fixed plan :math:`\bar y`, a model of her, and
    otherwise whatever is best against the plan ``x``. With payoffs of constant sum ``s``, and
    ``A`` those of the player who responds,

    .. math::

        \max_{x, v}\; p\, x^\top A \bar y + (1 - p) (s - v_\emptyset) \quad\text{s.t.}\quad
        F_1 x = f_1,\; x \ge 0,\quad F_2^\top v \ge A_2^\top x .

    At ``p = 0`` the plan belongs to a Nash equilibrium, at ``p = 1`` it is a best response to the
    model; between them it exploits the model, and cannot be exploited much itself. Of all plans
    that guarantee as much, none gets more against the model.

    Parameters
    ----------
    game
        Two players, payoffs of constant sum, perfect recall.
    opponent
        By label.
    fixed_profile
        The opponent's strategy in it is the model; what it says of the other player is ignored.
    probability
        Of the model, from 0 to 1.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of who responds (1) and the opponent (2):

        =====================  ====================================================  ==========
        name                   meaning                                               size
        =====================  ====================================================  ==========
        ``leader.x``           the plan                                              ``|S1|``
        ``leader.flow``        its rows                                              ``|I1|+1``
        ``follower[i].v``      what the opponent gets from each infoset on           ``|I2|+1``
        ``follower[i].reply``  a free opponent cannot do better                      ``|S2|``
        ``against_fixed``      what the plan gets against the model                  1
        ``guarantee``          what it gets at least, against anybody                1
        ``parts_row``          defines these two                                     2
        ``value``              their mean by ``probability``; ``value_row``          1
        ``payoff[i]``          ``value``, and what is left for the opponent;         2
                               ``payoff_row`` defines them
        ``welfare``            their sum, an expression                              1
        =====================  ====================================================  ==========

    Raises
    ------
    GameError
        Not two players, payoffs without a constant sum, imperfect recall, a profile of another
        game, or no probability.

    Notes
    -----
    Maximise ``value``. Or, with probability 1, add the constraint that ``guarantee`` be at least
    some number: the best *safe* exploitation of the model. Against both opponents, the known and
    the free one, ``regrets`` are those of the restricted game, from the tree: what the plan loses
    to a best response to their mixture, and ``1 - p`` times what a free opponent could still gain.

    Up to a factor the value is ``against_fixed + w * guarantee`` with ``w = (1 - p) / p``: what the
    plan gets against the model, less ``w`` times its exploitability, up to a constant. So ``w`` is
    the multiplier of a floor under ``guarantee``. :func:`regularized_exploitation` has a penalty
    for the distance from an equilibrium instead.

    References
    ----------
    Johanson, Zinkevich and Bowling, Computing robust counter-strategies, NIPS 2007.

    Examples
    --------
    An opponent of whom one thinks that he calls and bets by the toss of a coin:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.verifying import Profile
    >>> game = ef.instances.kuhn()
    >>> coin = Profile(game, [1 / 2] * len(game.action_labels))
    >>> for p in (0, 0.5, 1):
    ...     m = pyo.ConcreteModel()
    ...     m.eq = ef.formulations.restricted_nash_response(game, "P2", coin, p)
    ...     m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    ...     result = ef.solve(m, solver="highs")
    ...     print(p, round(result.value, 4), max(m.eq.regrets().values()) < 1e-9)
    0 -0.0556 True
    0.5 0.1389 True
    1 0.5 True
    >>> print(m.eq.parts_row["guarantee"].expr)
    eq.follower[P2].v[root] + eq.guarantee  ==  0.0
    """
    require_two_players(game, NAME)
    game.player_number(opponent)
    require_model(game, fixed_profile, "fixed_profile")
    p = _checked(probability)
    restricted = _Restricted(game, opponent, plan_of(fixed_profile, opponent), p)
    block = equilibrium_block(restricted.problem)
    block.against_fixed, block.guarantee = pyo.Var(), pyo.Var()
    block.parts_row = _parts_row(block, restricted)
    block.payoff = pyo.Var(list(game.players))
    block.payoff_row = _payoff_row(block, restricted)
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.remember(_formulation(restricted))
    return block


@dataclass(frozen=True, eq=False)
class _Restricted:
    """Who responds to whom, and to which plan with which probability."""

    game: Game
    opponent: str
    fixed: Floats
    probability: float

    @cached_property
    def player(self) -> str:
        """Who responds."""
        (player,) = (one for one in self.game.players if one != self.opponent)
        return player

    @cached_property
    def total(self) -> float:
        """What the payoffs add up to."""
        return constant_sum(self.game, NAME)

    @cached_property
    def gradient(self) -> Floats:
        """What each sequence of the player gets against the fixed plan."""
        result: Floats = self._payoffs_of(self.player).T @ self.fixed
        return result

    @cached_property
    def problem(self) -> EquilibriumProblem:
        """The player leads, and a free opponent follows with the weight that is left."""
        form, free = self.game.sequence_form(), 1 - self.probability
        mine, theirs = form.polytope(self.player), form.polytope(self.opponent)
        reply = Follower(self.opponent, theirs, self._payoffs_of(self.opponent), weight=free)
        start = free * self.total * np.eye(1, mine.size)[0]
        return EquilibriumProblem(mine, self.probability * self.gradient + start, (reply,))

    def turned(self) -> EquilibriumProblem:
        """Return the problem in which the free opponent leads, and the player follows."""
        form = self.game.sequence_form()
        mine, theirs = form.polytope(self.player), form.polytope(self.opponent)
        root = sparse.csr_array(np.eye(1, theirs.size).T)
        known = root @ sparse.csr_array(self.gradient[None, :])
        A = (1 - self.probability) * self._payoffs_of(self.player) + self.probability * known
        reply = Follower(self.player, mine, sparse.csr_array(A), weight=1.0)
        return EquilibriumProblem(theirs, self.total * np.eye(1, theirs.size)[0], (reply,))

    def pair(self, x: Floats, y: Floats) -> RestrictedResponse:
        """Return the solution with a plan of each."""
        return RestrictedResponse(self, x, y)

    def _payoffs_of(self, replier: str) -> sparse.csr_array:
        """Return a player's payoffs with a row per sequence of the other."""
        A = self.game.sequence_form().payoff_matrix(replier)
        return A.T.tocsr() if replier == self.game.players[0] else A


@dataclass(frozen=True, eq=False)
class RestrictedResponse:
    """A plan, and what the opponent does who is only partly free.

    Attributes
    ----------
    restricted
        The situation.
    x
        The plan of who responds.
    y
        The free opponent's.
    """

    restricted: _Restricted
    x: Floats
    y: Floats

    @cached_property
    def mixed(self) -> Profile:
        """The plan against the mixture of the fixed and the free opponent."""
        p = self.restricted.probability
        return self._profile(p * self.restricted.fixed + (1 - p) * self.y)

    @cached_property
    def free(self) -> Profile:
        """The plan against the free opponent."""
        return self._profile(self.y)

    def payoffs(self) -> dict[str, float]:
        """Return what both get if the opponent follows the model with its probability."""
        return self.mixed.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return what the player and the free opponent could gain in the restricted game."""
        one, other = self.restricted.player, self.restricted.opponent
        free = 1 - self.restricted.probability
        mine, theirs = self.mixed.regrets()[one], free * self.free.regrets()[other]
        return {p: mine if p == one else theirs for p in self.restricted.game.players}

    def exploitability(self) -> float:
        """Return the sum of both regrets."""
        return sum(self.regrets().values())

    def against_fixed(self) -> float:
        """Return what the plan gets against the model, from the tree."""
        return self._profile(self.restricted.fixed).payoffs()[self.restricted.player]

    def guarantee(self) -> float:
        """Return what the plan gets against a best response to it, from the tree."""
        return self.restricted.total - self.free.best_response_value(self.restricted.opponent)

    def strategy(self) -> pd.DataFrame:
        """Return the table of the plan against the mixture of both opponents."""
        return self.mixed.strategy()

    def _profile(self, theirs: Floats) -> Profile:
        one, other = self.restricted.player, self.restricted.opponent
        return profile_of(self.restricted.game, {one: self.x, other: theirs})


def _formulation(restricted: _Restricted) -> Formulation:
    decode = SaddlePointDecoder(restricted.turned, restricted.pair)
    # Every plan has a best reply, whose values satisfy the rows.
    return Formulation(
        restricted.game, restricted.problem, decode, partial(_refit, restricted), exists=True
    )


def _refit(before: _Restricted, block: FormulationBlockData, game: Game) -> Formulation:
    restricted = _Restricted(game, before.opponent, before.fixed, before.probability)
    replace_payoffs(block, restricted.problem)
    replace_rows(block, "parts_row", _parts_row(block, restricted))
    replace_rows(block, "payoff_row", _payoff_row(block, restricted))
    return _formulation(restricted)


def _parts_row(block: FormulationBlockData, restricted: _Restricted) -> MatrixConstraint:
    """Define the payoff against the model, and the payoff against anybody."""
    gradient = sparse.csr_array(np.array([restricted.gradient, np.zeros(block.leader.x.size)]))
    value = block.follower[restricted.opponent].v[0]
    return MatrixConstraint(
        [
            (gradient, block.leader.x),
            (sparse.csr_array([[0.0], [1.0]]), [value]),
            (sparse.csr_array([[-1.0, 0.0], [0.0, 1.0]]), [block.against_fixed, block.guarantee]),
        ],
        rhs=[0.0, restricted.total],
        labels=["against_fixed", "guarantee"],
    )


def _payoff_row(block: FormulationBlockData, restricted: _Restricted) -> MatrixConstraint:
    """Define the payoffs: the value, and what it leaves."""
    mine, theirs = block.payoff[restricted.player], block.payoff[restricted.opponent]
    return MatrixConstraint(
        [
            (sparse.csr_array(np.eye(2)), [mine, theirs]),
            (sparse.csr_array([[-1.0], [1.0]]), [block.value]),
        ],
        rhs=[0.0, restricted.total],
        labels=["player", "opponent"],
    )


def _checked(probability: float) -> float:
    p = float(probability)
    if math.isnan(p) or not 0 <= p <= 1:
        raise GameError(f"probability must be from 0 to 1; got {probability!r}")
    return p
