"""Plays of a mechanism: what is drawn, and how often."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats

import efmodels as ef
from efmodels.mediator import concept as concepts
from efmodels.mediator.honest_play import drawn
from efmodels.mediator.policy import Policy
from efmodels.mediator.problem import mediated_problem
from tests.efmodels.mediator.random_policies import random_policy

SHOWN = ["EFCE", "COMMUNICATION", "MEDIATED", "BAYES_CORRELATED", "LINEAR"]
PLAYS = 3000


def policy_of(name: str, seed: int) -> Policy:
    """Return a random policy in a small random game."""
    game = ef.instances.random_tree(seed, depth=3, branching=3, chance_probability="1/3")
    mediated = mediated_problem(game, getattr(concepts, name))
    return Policy(mediated, mediated.problem.leader.random(np.random.default_rng(seed)))


@pytest.mark.parametrize("name", SHOWN)
def test_frequencies_of_terminals(name: str) -> None:
    """Terminals come as often as their probabilities say: a chi-square test at one in 100000."""
    policy = policy_of(name, seed=5)
    generator = np.random.default_rng(1)
    plays = [policy.play(generator) for _ in range(PLAYS)]
    times = Counter(play.terminal for play in plays)
    terminals = policy.mediated.game.terminals.tolist()
    seen = np.array([times[terminal] for terminal in terminals])
    expected = PLAYS * policy.outcome
    distance = ((seen - expected) ** 2 / expected).sum()

    assert distance < stats.chi2.ppf(1 - 1e-5, len(terminals) - 1)
    # The bound can fail: the frequencies of other probabilities are far outside of it.
    other = np.roll(expected, 1)
    assert ((seen - other) ** 2 / other).sum() > stats.chi2.ppf(1 - 1e-5, len(terminals) - 1)


@pytest.mark.parametrize("name", SHOWN)
def test_average_payoffs(name: str) -> None:
    """Averages are near the expected payoffs: within five standard errors."""
    policy = policy_of(name, seed=8)
    generator = np.random.default_rng(2)
    paid = np.array([list(policy.play(generator).payoffs.values()) for _ in range(PLAYS)])
    error = paid.std(axis=0) / np.sqrt(PLAYS)

    assert (error > 0).all()
    assert (np.abs(paid.mean(axis=0) - list(policy.payoffs().values())) < 5 * error).all()


def test_plans_of_a_private_mediator() -> None:
    """Whole plans are drawn: answers that only go together are never mixed."""
    mediated = mediated_problem(ef.instances.random_tree(3, depth=4), concepts.EFCE)
    policy, _ = random_policy(mediated, 3)
    generator = np.random.default_rng(3)
    ends = {policy.play(generator).terminal for _ in range(300)}
    possible = set(mediated.game.terminals[policy.outcome > 0].tolist())

    assert ends <= possible
    assert len(possible) < len(mediated.game.terminals)


def test_a_record_tells_the_play() -> None:
    """Advice, moves, the end and the payoffs belong together."""
    game = ef.instances.chicken()
    mediated = mediated_problem(game, concepts.EFCE)
    polytope = mediated.problem.leader
    choice = polytope.behaviour(
        np.array([1.0] + [float(k % 2 == 0) for k in range(polytope.size - 1)])
    )
    play = Policy(mediated, polytope.realization(choice)).play(np.random.default_rng(0))

    assert play.advice == (("P1", "P1_1", "Stop"), ("P2", "P2_1", "Stop"))
    assert play.advice[0].recommendation == "Stop"
    assert play.history == ("Stop", "Stop")
    assert game.history(play.terminal) == play.history
    assert play.payoffs == {"P1": 0.0, "P2": 0.0}


def test_one_generator_one_play() -> None:
    """The same seed plays the same."""
    policy = policy_of("CERTIFICATION", seed=1)
    first, second = (
        [policy.play(generator) for _ in range(20)]
        for generator in (np.random.default_rng(7), np.random.default_rng(7))
    )

    assert first == second


def test_nothing_impossible_is_drawn() -> None:
    """Weights of zero are never drawn, not even at the ends."""
    generator = np.random.default_rng(0)

    assert {drawn(np.array([0.0, 1.0, 0.0, 2.0, 0.0]), generator) for _ in range(200)} == {1, 3}
