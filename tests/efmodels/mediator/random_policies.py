"""Random policies of mediators, as points of their polytopes and as what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.mediator.policy import Policy
from tests.oracles.full_communication_game import (
    answer_to,
    draws_before,
    sight_of,
    sight_of_draws,
    silence_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.mediator.problem import MediatedProblem
    from tests.oracles.full_communication_game import Answers, Message

    Drawn = list[tuple[float, Answers]]

PLANS = 5
"""How many joint plans a private mediator mixes."""


def random_policy(mediated: MediatedProblem, seed: int) -> tuple[Policy, Drawn]:
    """Return a policy, and the same as draws before the game and answers in it.

    A private mediator mixes a few joint plans; one with recall gives some answers never.
    """
    generator = np.random.default_rng(seed)
    if mediated.concept.memory == "private":
        return _mixture(mediated, generator)
    return _behaviour(mediated, generator)


def _mixture(mediated: MediatedProblem, generator: np.random.Generator) -> tuple[Policy, Drawn]:
    game, polytope = mediated.game, mediated.problem.leader
    width = np.diff(game.action_start)
    chance, questions = len(game.infosets_of(0)), mediated.mediation.questions
    x, drawn = np.zeros(polytope.size), []
    for weight in generator.dirichlet(np.ones(PLANS)):
        plan = generator.integers(width)
        behaviour = np.zeros(polytope.size)
        behaviour[0] = 1.0
        action = plan[questions.infoset + chance]
        choice = np.add.reduceat(questions.stride * action, questions.start[:-1])
        behaviour[polytope.start[:-1] + choice] = 1.0
        x += weight * polytope.realization(behaviour)
        drawn.append((float(weight), _planned(plan.tolist(), width.tolist())))
    return Policy(mediated, x), drawn


def _planned(plan: Sequence[int], width: Sequence[int]) -> Answers:
    """Return the answers of a plan: it does not matter what was said before."""

    def answers(_: tuple[Message, ...], infoset: int) -> list[float]:
        return [float(a == plan[infoset]) for a in range(width[infoset])]

    return answers


def _behaviour(mediated: MediatedProblem, generator: np.random.Generator) -> tuple[Policy, Drawn]:
    polytope = mediated.problem.leader
    draws = generator.standard_exponential(polytope.size) * (generator.random(polytope.size) < 0.8)
    policy = Policy(mediated, polytope.realization(polytope.behaviour(draws)))
    memories = _messages(mediated)
    chance = len(mediated.game.infosets_of(0))
    known = {
        (memories[memory], infoset + chance): policy.behaviour[start:end].tolist()
        for memory, infoset, start, end in zip(
            mediated.mediation.memory.tolist(),
            mediated.mediation.infoset.tolist(),
            polytope.start[:-1].tolist(),
            polytope.start[1:].tolist(),
            strict=True,
        )
    }
    return policy, [(1.0, lambda messages, infoset: known[messages, infoset])]


def _messages(mediated: MediatedProblem) -> list[tuple[Message, ...]]:
    """Return the messages of every memory of a mediator with recall."""
    tree, transcripts, game = mediated.walk.tree, mediated.walk.transcripts, mediated.game
    assert tree is not None
    chance = len(game.infosets_of(0))
    memories: list[tuple[Message, ...]] = [()]
    for parent, token in zip(tree.parent[1:].tolist(), tree.token[1:].tolist(), strict=True):
        over = token - transcripts.sequences
        if over < 0:
            infoset = int(transcripts.infoset[token])
            message = answer_to(infoset + chance, token - int(transcripts.first[infoset]))
        elif over <= len(game.players):
            message = silence_of(over)
        elif mediated.concept.observe == "chance":
            message = sight_of_draws(draws_before(game, over - len(game.players) - 1))
        else:
            message = sight_of(over - len(game.players) - 1)
        memories.append((*memories[parent], message))
    return memories
