"""What blocks of quantal responses have in common: plans with logarithms, and their solution.

Everybody plays everything with a positive probability, which may be tiny. A plan therefore comes
with its logarithms, in which a logit response is linear, and its rows are divided by what flows in:
what is rarely played is as exact as what is played often.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse
from scipy.special import logsumexp

from efmodels.blocks import Formulation, FormulationBlock
from efmodels.errors import GameError, SolverError
from efmodels.matrix import MatrixVar
from efmodels.payoff_expressions import PlanProducts, expected_payoff
from efmodels.profile_blocks import require_game
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.polytope import FlowPolytope

    Response = Callable[[Profile, float], Floats]


@dataclass(frozen=True, eq=False)
class QuantalResponse:
    """A profile in which everybody is to respond with noise.

    Attributes
    ----------
    profile
        Everybody's strategy.
    precision
        How precisely they respond: 0 is pure noise, and large is a best response.
    response
        The rule by which they do, such as `efmodels.quantal_responses.logit_response`.
    """

    profile: Profile
    precision: float
    response: Response

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, from the tree."""
        return self.profile.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return what each player loses by her noise: what a best response would add."""
        return self.profile.regrets()

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        return self.profile.strategy()

    def residuals(self) -> dict[str, float]:
        """Return how far each player is from the response to the others, recomputed from the tree.

        The largest difference in the probability of an action at an infoset, wherever it lies; 0 at
        an equilibrium.
        """
        game = self.profile.game
        difference = np.abs(self.response(self.profile, self.precision) - self.profile.behaviour)
        owner = np.repeat(game.infoset_owner, np.diff(game.action_start))
        return {
            player: float(difference[owner == k + 1].max(initial=0.0))
            for k, player in enumerate(game.players)
        }


@dataclass(frozen=True)
class ResponseRule:
    """What tells one kind of quantal response from another.

    Attributes
    ----------
    name
        Of the formulation, for messages.
    start
        From a polytope to what `noisy_players` starts from.
    response
        Recomputes the responses from the tree.
    add_payoffs
        Adds what depends on payoffs to a block, given a game and the precision.
    of_block, of_players
        The components that it adds, to the block and to each ``player[i]``, besides expressions of
        the payoffs.
    """

    name: str
    start: Callable[[FlowPolytope], tuple[Floats, Floats]]
    response: Response
    add_payoffs: Callable[[FormulationBlockData, Game, float], None]
    of_block: tuple[str, ...]
    of_players: tuple[str, ...]


def quantal_block(game: Game, precision: float, rule: ResponseRule) -> FormulationBlockData:
    """Return the block of a quantal response equilibrium.

    Raises
    ------
    GameError
        No game, imperfect recall, or a precision that is no number from 0 on.
    """
    known = require_precision(game, precision, rule.name)
    block = noisy_players(known, rule.start)
    rule.add_payoffs(block, known, precision)
    block.remember(_formulation(known, precision, rule))
    return block


def _formulation(game: Game, precision: float, rule: ResponseRule) -> Formulation:
    # Responses are never less probable than some positive number. Where everybody is at least so
    # likely to do everything they are continuous, and by Brouwer there is a fixed point.
    return Formulation(
        game,
        None,
        partial(quantal_solution, precision=precision, response=rule.response),
        partial(_refit, precision, rule),
        exists=True,
        equations=("logarithm", "flow", "logit"),
    )


def _refit(
    precision: float, rule: ResponseRule, block: FormulationBlockData, game: Game
) -> Formulation:
    for name in rule.of_block:
        block.del_component(name)
    for player in game.players:
        for name in rule.of_players:
            block.player[player].del_component(name)
    rule.add_payoffs(block, game, precision)
    return _formulation(game, precision, rule)


def require_precision(game: object, precision: float, asked_by: str) -> Game:
    """Return the game; raise unless it is one with perfect recall and the precision is a number.

    Raises
    ------
    GameError
        In the words of the function that was called.
    """
    found = require_game(game, asked_by)
    is_number = isinstance(precision, int | float | np.number) and not isinstance(precision, bool)
    if not (is_number and np.isfinite(precision) and precision >= 0):
        raise GameError(
            f"{asked_by} needs a finite precision from 0 (pure noise) on; got {precision!r}. It "
            "multiplies payoffs, and so has the unit of one divided by a payoff"
        )
    return found


def noisy_players(
    game: Game, start: Callable[[FlowPolytope], tuple[Floats, Floats]]
) -> FormulationBlockData:
    """Return a block in which everybody has a noisy plan and values, and no response yet.

    Parameters
    ----------
    game
        With perfect recall.
    start
        From a polytope to logarithms of a plan and values to start from: `uniform_over_plans` or
        `uniform_behaviour`.

    Returns
    -------
    FormulationBlock
        ``player[i]`` is a `noisy_plan` with values ``v``; ``payoff[i]`` and ``welfare`` are
        expressions to be set, see `set_payoffs`.
    """
    form = game.sequence_form()
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.player = pyo.Block(list(game.players))
    for player in game.players:
        polytope = form.polytope(player)
        log_x, values = start(polytope)
        part = noisy_plan(polytope, log_x)
        names = polytope.row_names[-len(values) :] if len(values) else ()
        part.v = MatrixVar(len(values), labels=names, initialize=values)
        block.player[player].transfer_attributes_from(part)
    block.payoff = pyo.Expression(list(game.players))
    block.welfare = pyo.Expression(expr=0.0)
    return block


def set_payoffs(block: FormulationBlockData, game: Game) -> PlanProducts:
    """Write the expected payoffs of a game into a block of `noisy_players`.

    Returns the products of plans in them, the block's component ``product``.
    """
    form = game.sequence_form()
    products = PlanProducts(block, [block.player[one].x for one in game.players])
    for k, player in enumerate(game.players):
        block.payoff[player] = expected_payoff(products, form, form.payoffs[:, k])
    block.welfare.set_value(pyo.quicksum([block.payoff[player] for player in game.players]))
    return products


def noisy_plan(polytope: FlowPolytope, log_x: Floats) -> FormulationBlockData:
    r"""Somebody chooses a plan in which everything has a positive probability.

    .. math::

        x_q = e^{\ell_q}, \qquad \ell_\emptyset = 0, \qquad
        \sum_a e^{\ell_{ja} - \ell_{p(j)}} = 1 .

    Parameters
    ----------
    polytope
        A tree of infosets.
    log_x
        Logarithms to start from; shape ``(sequences,)``.

    Returns
    -------
    FormulationBlock
        =============  ========================================================  =============
        name           meaning                                                   size
        =============  ========================================================  =============
        ``x``          probability of each sequence                              sequences
        ``log_x``      its logarithm                                             sequences
        ``logarithm``  the one is the exponential of the other                   sequences
        ``behaviour``  probability of each action at its infoset, expressions    sequences - 1
        ``flow``       that they sum to 1; and ``log_x[root] = 0``               infosets + 1
        =============  ========================================================  =============
    """
    block: FormulationBlockData = FormulationBlock(concrete=True)
    names = polytope.names
    block.x = MatrixVar(polytope.size, labels=polytope)  # without bounds: they cannot bind
    block.log_x = MatrixVar(polytope.size, labels=polytope, initialize=log_x)
    block.logarithm = pyo.Constraint(list(names), rule=lambda b, q: b.x[q] == pyo.exp(b.log_x[q]))
    above = parents(polytope)
    block.behaviour = pyo.Expression(list(names[1:]))
    block.flow = pyo.Constraint(list(polytope.row_names))
    block.flow[polytope.row_names[0]] = block.log_x[0] == 0.0
    for k in range(polytope.points):
        own = range(int(polytope.start[k]), int(polytope.start[k + 1]))
        for q in own:
            block.behaviour[names[q]] = pyo.exp(block.log_x[q] - block.log_x[int(above[q])])
        total = pyo.quicksum([block.behaviour[names[q]] for q in own])
        block.flow[polytope.row_names[k + 1]] = total == 1.0
    return block


def parents(polytope: FlowPolytope) -> Floats:
    """Return the sequence that each sequence extends, 0 for the empty one; ``(sequences,)``."""
    return np.concatenate(([0], polytope.incoming))[polytope.point + 1]


def log_ratio_matrix(polytope: FlowPolytope) -> sparse.csr_array:
    """Return the matrix that takes the parent's logarithm from each sequence's; row 0 is its own.

    Shape ``(sequences, sequences)``.
    """
    extended = np.arange(1, polytope.size)
    rows = np.concatenate((np.arange(polytope.size), extended))
    columns = np.concatenate((np.arange(polytope.size), parents(polytope)[1:]))
    values = np.concatenate((np.ones(polytope.size), -np.ones(polytope.size - 1)))
    return sparse.csr_array((values, (rows, columns)), shape=(polytope.size, polytope.size))


def uniform_over_plans(polytope: FlowPolytope) -> tuple[Floats, Floats]:
    """Return the logarithms of the plan that is uniform over reduced pure plans.

    And of how many plans there are from each infoset on, and in all at 0: shapes ``(sequences,)``
    and ``(infosets + 1,)``.

    Examples
    --------
    >>> from efmodels.polytope import FlowPolytope
    >>> tree = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", "l", "r", "a", "b"))
    >>> log_x, log_count = uniform_over_plans(tree)
    >>> (3 * np.exp(log_x)).round(6).tolist(), np.exp(log_count).round(6).tolist()
    ([3.0, 1.0, 2.0, 1.0, 1.0], [3.0, 3.0, 2.0])
    """
    below, count = np.zeros(polytope.size), np.zeros(polytope.points + 1)
    for k in range(polytope.points - 1, -1, -1):
        count[k + 1] = logsumexp(below[polytope.start[k] : polytope.start[k + 1]])
        below[polytope.incoming[k]] += count[k + 1]
    count[0] = below[0]
    log_x = np.zeros(polytope.size)
    above = parents(polytope)
    for q in range(1, polytope.size):
        log_x[q] = log_x[above[q]] + below[q] - count[polytope.point[q] + 1]
    return log_x, count


def uniform_behaviour(polytope: FlowPolytope) -> tuple[Floats, Floats]:
    """Return the logarithms of the plan that is uniform at each infoset, and of numbers of actions.

    Shapes ``(sequences,)`` and ``(infosets,)``.
    """
    width = np.log(np.diff(polytope.start).astype(float))
    log_x = np.zeros(polytope.size)
    above = parents(polytope)
    for q in range(1, polytope.size):
        log_x[q] = log_x[above[q]] - width[polytope.point[q]]
    return log_x, width


def quantal_solution(
    block: FormulationBlockData, precision: float, response: Response
) -> QuantalResponse:
    """Read the behaviour of a solved block from the logarithms of its plans.

    Raises
    ------
    SolverError
        The model has not been solved, or the values are no plan.
    """
    game = block.game
    form = game.sequence_form()
    behaviour = [np.zeros(len(game.chance_probabilities))]
    for player, polytope in zip(game.players, form.polytopes, strict=True):
        part = block.player[player]
        if np.isnan(part.x.array()).any():
            raise SolverError(
                f"{part.x.name!r} has no values yet: solve the model first",
                status="not solved",
                solver="",
            )
        log_x = part.log_x.array()
        behaviour.append(np.exp(log_x - log_x[parents(polytope)])[1:])
    return QuantalResponse(_profile(game, np.concatenate(behaviour)), precision, response)


def _profile(game: Game, behaviour: Floats) -> Profile:
    """Return the profile; what is no behaviour is an error of whoever gave the values."""
    try:
        return Profile(game, behaviour)
    except GameError as error:
        raise SolverError(
            f"the values of the block are no behaviour strategies: {error}",
            status="not a plan",
            solver="",
        ) from error
