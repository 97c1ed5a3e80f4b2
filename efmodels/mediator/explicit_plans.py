r"""A mediator who draws whole plans: one variable per joint reduced plan of all players.

This is the only polytope here for a deviator who hears the recommendations for the whole game
before she moves: she chooses a plan of her own for each that she may be told. Its size grows
exponentially with the game, so that it is for small ones, and for checking the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.mediator.alternatives import budget_for
from efmodels.mediator.concept import NFCE
from efmodels.mediator.problem import obedient_players
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope
from efmodels.problem import EquilibriumProblem, Follower
from efmodels.sequences import chance_reach, last_sequences
from efmodels.verifying import best_reply_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from efmodels.game import Bools, Floats, Game, Ints
    from efmodels.memory_limits import MemoryBudget

# What an entry of a payoff matrix costs until the block is built, and a pair of a joint plan of
# all players but one with an outcome, in bytes.
_ENTRY_BYTES = 30
_AGREEMENT_BYTES = 15

ROUNDING = 1e-14
"""A sum that is smaller than this, relative to the largest term of all sums, is zero."""

VISIBLE = 1e-9
"""Joint plans with less probability than this are not shown."""


@dataclass(frozen=True, eq=False)
class ReducedPlans:
    """The reduced plans of a player: an action for every infoset that they let her reach.

    Attributes
    ----------
    polytope
        Her sequence form.
    """

    polytope: FlowPolytope

    @cached_property
    def number(self) -> int:
        """How many there are; found without listing them."""
        below = [1] * self.polytope.size
        for point in reversed(range(self.polytope.points)):
            choices = range(self.polytope.start[point], self.polytope.start[point + 1])
            below[self._above(point)] *= sum(below[choice] for choice in choices)
        return below[0]

    @cached_property
    def realization(self) -> Bools:
        """Whether a plan makes all moves of a sequence; shape ``(plans, sequences)``."""
        size, start = self.polytope.size, self.polytope.start
        below: list[Bools] = [np.eye(1, size, k, dtype=bool) for k in range(size)]
        for point in reversed(range(self.polytope.points)):
            here = np.concatenate([below[k] for k in range(start[point], start[point + 1])])
            above = self._above(point)
            below[above] = (here[:, None] | below[above][None]).reshape(-1, size)
        return below[0]

    def _above(self, point: int) -> int:
        """Return the sequence that leads to an infoset."""
        return int(self.polytope.incoming[self.polytope.incoming_start[point]])

    def name(self, plan: int) -> str:
        """Return the actions of a plan, each after its infoset."""
        polytope = self.polytope
        chosen = np.flatnonzero(self.realization[plan])[1:].tolist()
        names = [
            f"{polytope.point_names[polytope.point[k]]}:{polytope.choice_names[k]}" for k in chosen
        ]
        return ", ".join(names)


@dataclass(frozen=True, eq=False)
class ExplicitPlans:
    """Normal-form correlated equilibrium as one leader against linear followers.

    Attributes
    ----------
    game
        What it is about.
    plans
        The reduced plans of each player.
    problem
        The mediator, who draws a joint plan, against the deviators, who hear their own; its
        objective is the welfare.
    payoffs
        Every player's payoff per joint plan, after a zero for coordinate 0 of ``mu``;
        shape ``(players, joint plans + 1)``.
    """

    game: Game
    plans: tuple[ReducedPlans, ...]
    problem: EquilibriumProblem
    payoffs: Floats

    def expectation(self, numbers: Floats) -> Floats:
        """Return the coefficients of ``mu`` that make the expectation of a number per terminal."""
        sequences = last_sequences(self.game)[self.game.terminals]
        worth = (numbers * chance_reach(self.game)[self.game.terminals])[:, None]
        result: Floats = _per_joint_plan(self.plans, sequences, worth)[0]
        return result

    def layout(self) -> list[Ints]:
        """Return arrays that tell what the variables are: those of the tree alone."""
        return [plan.polytope.start for plan in self.plans]

    def policy(self, x: Floats) -> PlanLottery:
        """Return the lottery over joint plans that a point of the mediator's polytope is."""
        return PlanLottery(self, x)


@dataclass(frozen=True, eq=False)
class PlanLottery:
    """A lottery over joint reduced plans.

    Parameters
    ----------
    explicit
        The problem that it solves.
    x
        A point of the mediator's polytope: probabilities after a one.
    """

    explicit: ExplicitPlans
    x: Floats

    @cached_property
    def probability(self) -> Floats:
        """Probability of each joint plan; an axis per player."""
        flat = self.explicit.problem.leader.behaviour(self.x)[1:]
        return flat.reshape([plan.number for plan in self.explicit.plans])

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff if all are obedient, from the tree."""
        game = self.explicit.game
        reach = (self._reach_by_own_plan(0) * self._agreement[0]).sum(axis=0)
        expected = reach @ game.payoffs
        return dict(zip(game.players, expected.tolist(), strict=True))

    def regrets(self) -> dict[str, float]:
        """Return what each player with incentive constraints gains by her best deviation.

        For each plan that she may hear, a best reply to what the others then do is searched for in
        the tree.
        """
        game, payoffs = self.explicit.game, self.payoffs()
        regrets = {}
        for follower in self.explicit.problem.followers:
            number = game.player_number(follower.label)
            worth = self._reach_by_own_plan(number - 1) * game.payoffs[:, number - 1]
            best = sum(best_reply_value(game, number, row) for row in worth)
            regrets[follower.label] = max(best - payoffs[follower.label], 0.0)
        return regrets

    @cached_property
    def _agreement(self) -> list[Floats]:
        """Whether each plan of each player allows a terminal; ``(plans, terminals)`` each."""
        game = self.explicit.game
        last = last_sequences(game)[game.terminals]
        plans = enumerate(self.explicit.plans)
        return [plan.realization[:, last[:, k]].astype(float) for k, plan in plans]

    def _reach_by_own_plan(self, player: int) -> Floats:
        """Return how likely the others and chance move to a terminal while she hears a plan.

        Shape ``(plans, terminals)``.
        """
        game = self.explicit.game
        left = np.moveaxis(self.probability, player, 0)[..., None]
        others = [k for k in range(len(self._agreement)) if k != player]
        for k in reversed(others):
            left = (left * self._agreement[k]).sum(axis=-2)
        result: Floats = left * chance_reach(game)[game.terminals]
        return result

    def strategy(self) -> pd.DataFrame:
        """Return the lottery as a table: a plan in words for each player, and the probability.

        The likeliest joint plans come first; those without any probability are left out.
        """
        import pandas as pd

        probability = self.probability.ravel()
        order = np.argsort(-probability, kind="stable")
        order = order[probability[order] > VISIBLE]
        plans = self.explicit.plans
        drawn = np.unravel_index(order, [plan.number for plan in plans])
        columns = {
            player: [plan.name(k) for k in which.tolist()]
            for player, plan, which in zip(self.explicit.game.players, plans, drawn, strict=True)
        }
        return pd.DataFrame(columns | {"probability": probability[order]})


def explicit_plans_problem(game: Game, obedient: Iterable[str] | None = None) -> ExplicitPlans:
    """List all joint reduced plans, and what every player can do about her part of them.

    Parameters
    ----------
    game
        With perfect recall.
    obedient
        The players with incentive constraints, by label; all of them by default.

    Raises
    ------
    GameError
        Recall is not perfect, or a player is not known.
    SizeError
        The joint plans, which are counted before anything is listed, need more memory than
        :func:`efmodels.memory_limit` allows.

    Examples
    --------
    >>> import efmodels as ef
    >>> explicit = explicit_plans_problem(ef.instances.chicken())
    >>> explicit.problem.leader.choice_names[2]
    'P1_1:Stop | P2_1:Go'
    >>> explicit.payoffs.tolist()
    [[0.0, 0.0, 0.0, 1.0, -5.0], [0.0, 0.0, 1.0, 0.0, -5.0]]
    """
    players = obedient_players(game, obedient)
    form = game.sequence_form()
    plans = tuple(ReducedPlans(polytope) for polytope in form.polytopes)
    _require_room(plans, players, len(form.sequences), budget_for(game, NFCE))
    payoffs = _per_joint_plan(plans, form.sequences, form.payoffs)
    followers = tuple(
        Follower(
            game.players[player - 1],
            _deviator(plans[player - 1]),
            _deviation_payoffs(plans, form.sequences, form.payoffs, player - 1),
            b=payoffs[player - 1],
        )
        for player in players
    )
    problem = EquilibriumProblem(_lottery(plans), payoffs.sum(axis=0), followers)
    return ExplicitPlans(game, plans, problem, payoffs)


def _require_room(
    plans: tuple[ReducedPlans, ...], players: list[int], outcomes: int, budget: MemoryBudget
) -> None:
    """Raise if the matrices would become too large."""
    joint = prod(plan.number for plan in plans)
    entries = joint * (len(plans) + sum(plans[player - 1].polytope.size for player in players))
    agreements = max(joint // plan.number for plan in plans) * outcomes
    numbers = " x ".join(f"{plan.number:,}" for plan in plans)
    budget.require(
        _ENTRY_BYTES * entries + _AGREEMENT_BYTES * agreements,
        f"{numbers} = {joint:,} joint reduced plans, whose matrices may have {entries:,} entries,",
    )


def _lottery(plans: tuple[ReducedPlans, ...]) -> FlowPolytope:
    """Return the simplex over all joint plans."""
    numbers = [plan.number for plan in plans]
    size = prod(numbers) + 1

    def name(coordinate: int) -> str:
        if coordinate == 0:
            return ""
        drawn = np.unravel_index(coordinate - 1, numbers)
        return " | ".join(plan.name(int(k)) for plan, k in zip(plans, drawn, strict=True))

    return FlowPolytope(
        np.array([1, size]), np.array([0]), np.array([0, 1]), ("plan",), MadeNames(size, name)
    )


def _deviator(plans: ReducedPlans) -> FlowPolytope:
    """Return what a player chooses from who is told a plan: her polytope, once for each plan."""
    own, number = plans.polytope, plans.number
    shift = np.arange(number)[:, None] * (own.size - 1)
    incoming = np.where(own.incoming > 0, own.incoming + shift, 0)
    first = own.start[:-1] + shift

    def point_name(point: int) -> str:
        plan, infoset = divmod(point, own.points)
        return f"{own.point_names[infoset]}|{plans.name(plan)}"

    def choice_name(choice: int) -> str:
        return own.choice_names[1 + (choice - 1) % (own.size - 1)] if choice else ""

    size = 1 + number * (own.size - 1)
    return FlowPolytope(
        np.concatenate((first.ravel(), [size])),
        incoming.ravel(),
        np.arange(incoming.size + 1),
        MadeNames(first.size, point_name),
        MadeNames(size, choice_name),
    )


def _agreement(plans: tuple[ReducedPlans, ...], sequences: Ints) -> Bools:
    """Return whether joint plans agree with tuples of sequences; ``(joint plans, tuples)``."""
    result = np.ones((1, len(sequences)), dtype=bool)
    for plan, column in zip(plans, sequences.T, strict=True):
        mine = plan.realization[:, column]
        result = (result[:, None] & mine[None]).reshape(-1, len(sequences))
    return result


def _per_joint_plan(plans: tuple[ReducedPlans, ...], sequences: Ints, worth: Floats) -> Floats:
    """Return the sums of columns of numbers over the tuples of sequences that plans agree with.

    Row by column of ``worth``; coordinate 0, the root of the lottery, is worth nothing.
    """
    others = sparse.csr_array(_agreement(plans[:-1], sequences[:, :-1]), dtype=float)
    mine = sparse.csr_array(plans[-1].realization[:, sequences[:, -1]], dtype=float)
    sums = [_product(others, column, mine.T.tocsr()).toarray().ravel() for column in worth.T]
    return np.array([np.concatenate(([0.0], row)) for row in sums])


def _deviation_payoffs(
    plans: tuple[ReducedPlans, ...], sequences: Ints, payoffs: Floats, player: int
) -> sparse.csr_array:
    """Return a deviator's payoff per joint plan and sequence: the others keep to their parts."""
    others = [k for k in range(len(plans)) if k != player]
    numbers = [plans[k].number for k in others]
    agree = _agreement(tuple(plans[k] for k in others), sequences[:, others])
    size, number = plans[player].polytope.size, plans[player].number
    place = (np.ones(len(sequences)), (np.arange(len(sequences)), sequences[:, player]))
    ending = sparse.csr_array(place, shape=(len(sequences), size))
    kept = sparse.coo_array(agree, dtype=float).tocsr()
    against = _product(kept, payoffs[:, player], ending).tocoo()
    told = np.arange(number)[:, None]
    drawn = list(np.unravel_index(against.row, numbers)) if others else []
    drawn.insert(player, told)
    joint = np.ravel_multi_index(
        np.broadcast_arrays(*drawn, against.row)[:-1], [plan.number for plan in plans]
    )
    column = np.where(against.col > 0, against.col + told * (size - 1), 0)
    worth = np.broadcast_to(against.data, joint.shape)
    shape = (1 + prod(plan.number for plan in plans), 1 + number * (size - 1))
    return sparse.csr_array((worth.ravel(), (1 + joint.ravel(), column.ravel())), shape=shape)


def _product(left: sparse.csr_array, weights: Floats, right: sparse.csr_array) -> sparse.csr_array:
    """Return ``left diag(weights) right``, with zeros where terms cancel but for rounding.

    Left in, such entries of 1e-17 would be what a solver scales its rows by.
    """
    product: sparse.csr_array = left.multiply(weights).tocsr() @ right
    product.data[np.abs(product.data) <= ROUNDING * np.abs(weights).max(initial=0.0)] = 0.0
    product.eliminate_zeros()
    return product
