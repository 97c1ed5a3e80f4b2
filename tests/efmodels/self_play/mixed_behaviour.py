"""Lotteries over products of plans as the oracles read them: behaviours with probabilities."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from tests.oracles.plan_distributions import joint_plans
from tests.random_games import dealt_game, random_bayesian_tables, random_game, small_tree

if TYPE_CHECKING:
    from efmodels import Game
    from efmodels.self_play.plan_mixtures import PlanMixture
    from tests.oracles.full_communication_game import Answers, Message

MOST_PLANS = 150
"""How many joint reduced plans a game may have, so that they can all be looked at."""


def game_of(seed: int) -> Game:
    """Return a game with few joint plans, of one of six kinds in turn."""
    kinds = [
        small_tree,
        lambda k: small_tree(k, players=3),
        lambda k: random_game(k, nodes=9),
        lambda k: random_game(k, players=3, nodes=8),
        dealt_game,
        lambda k: random_bayesian_tables(k).game(),
    ]
    candidates = (kinds[seed % len(kinds)](k) for k in range(seed, seed + 100_000, 1000))
    return next(game for game in candidates if 1 < joint_plans(game) <= MOST_PLANS)


def behaviours_of(mixture: PlanMixture) -> list[tuple[float, list[float]]]:
    """Return all that may be drawn: a probability, and the probabilities of all actions.

    The latter are in the order of ``game.action_labels``; chance's are given as zero.
    """
    game, polytopes = mixture.game, mixture.game.sequence_form().polytopes
    result = []
    for t, weight in enumerate(mixture.weights.tolist()):
        rows = [drawn[[t]].tocoo() for drawn in mixture.drawn]
        options = [list(zip(r.col.tolist(), r.data.tolist(), strict=True)) for r in rows]
        for chosen in product(*options):
            behaviour = np.zeros(len(game.action_labels))
            likely = weight
            for k, (plan, share) in enumerate(chosen):
                first = game.action_start[game.infosets_of(k + 1).start]
                own = polytopes[k].behaviour(mixture.plans[k][plan])[1:]
                behaviour[first : first + len(own)] = own
                likely *= share
            result.append((likely, behaviour.tolist()))
    return result


def answers_of(mixture: PlanMixture) -> list[tuple[float, Answers]]:
    """Return the same as draws of a mediator who answers by a behaviour."""
    return [
        (likely, _answers(mixture.game, behaviour))
        for likely, behaviour in behaviours_of(mixture)
        if likely > 0
    ]


def _answers(game: Game, behaviour: list[float]) -> Answers:
    def answers(_: tuple[Message, ...], infoset: int) -> list[float]:
        return [behaviour[a] for a in game.actions_of(infoset)]

    return answers
