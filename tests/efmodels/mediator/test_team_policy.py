"""What a team and its adversary do, compared with plans that are tried one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.mediator.team_and_adversary import team_problem
from efmodels.mediator.team_policy import TeamPolicy
from tests.oracles.adversarial_teams import best_joint_plan_value
from tests.oracles.expectation import expected_payoffs
from tests.oracles.plans import reduced_plans
from tests.zero_sum_teams import team_game

if TYPE_CHECKING:
    from efmodels import Game
    from efmodels.mediator.team_and_adversary import TeamProblem
    from tests.oracles.expectation import Profile

PLANS = 4
"""How many joint plans a team mixes."""


def random_pair(seed: int) -> tuple[Game, TeamPolicy, list[tuple[float, Profile]]]:
    """Return a game, what both sides do, and the same as joint plans with their weights."""
    game, number = team_game(seed, most_plans=200)
    team = team_problem(game, game.players[number - 1])
    generator = np.random.default_rng(seed)
    x, drawn = _lottery(team, generator)
    y = team.problem.followers[0].polytope.random(generator)
    policy = TeamPolicy(team, x, y)
    hers = {
        (number, j): policy.action_probabilities[_flat(game, j)].tolist()
        for j in game.infosets_of(number)
    }
    return game, policy, [(weight, plan | hers) for weight, plan in drawn]


def _lottery(
    team: TeamProblem, generator: np.random.Generator
) -> tuple[np.ndarray, list[tuple[float, Profile]]]:
    game, polytope = team.game, team.problem.leader
    chance = len(game.infosets_of(0))
    x, drawn = np.zeros(polytope.size), []
    for weight in generator.dirichlet(np.ones(PLANS)):
        plan = generator.integers(np.diff(game.action_start))
        behaviour = np.zeros(polytope.size)
        behaviour[0] = 1.0
        behaviour[polytope.start[:-1] + plan[team.mediation.infoset + chance]] = 1.0
        x += weight * polytope.realization(behaviour)
        drawn.append((float(weight), _profile(game, plan.tolist())))
    return x, drawn


def _profile(game: Game, plan: list[int]) -> Profile:
    width = np.diff(game.action_start).tolist()
    return {
        (int(owner), j): [float(a == plan[j]) for a in range(width[j])]
        for j, owner in enumerate(game.infoset_owner)
        if owner > 0
    }


def _flat(game: Game, infoset: int) -> list[int]:
    return list(game.actions_of(infoset))


@pytest.mark.parametrize("seed", range(40))
def test_payoffs(seed: int) -> None:
    """Everybody's expected payoff is the mixture of those of the joint plans."""
    game, policy, drawn = random_pair(seed)
    expected = sum(w * np.array(expected_payoffs(game, plan), dtype=float) for w, plan in drawn)

    assert list(policy.payoffs().values()) == pytest.approx(expected.tolist(), abs=1e-9)
    assert policy.outcome.sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(40))
def test_best_reply_of_the_adversary(seed: int) -> None:
    """No pure plan of hers is better than the best deviation, and one is as good."""
    game, policy, drawn = random_pair(seed)
    number = game.player_number(policy.team.adversary)

    def value(plan: dict[int, int]) -> float:
        chosen = {j: plan.get(j, 0) for j in game.infosets_of(number)}
        hers = {
            (number, j): [a == k for a in range(len(_flat(game, j)))] for j, k in chosen.items()
        }
        return sum(
            w * float(expected_payoffs(game, other | hers)[number - 1]) for w, other in drawn
        )

    best = max(value(plan) for plan in reduced_plans(game, number))
    assert policy.best_deviation(policy.team.adversary).value == pytest.approx(best, abs=1e-9)
    gain = best - policy.payoffs()[policy.team.adversary]
    assert policy.regrets()[policy.team.adversary] == pytest.approx(gain, abs=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_best_joint_plan_of_the_team(seed: int) -> None:
    """Of all joint plans, the best against her strategy has the value that the beliefs say."""
    game, policy, drawn = random_pair(seed)
    number = game.player_number(policy.team.adversary)
    best = best_joint_plan_value(game, number, drawn[0][1])
    paid = sum(policy.payoffs()[member] for member in policy.team.members)

    assert policy.best_joint_value() == pytest.approx(best, abs=1e-9)
    assert policy.regrets()[policy.team.team] == pytest.approx(best - paid, abs=1e-9)


def test_plays_have_the_probabilities_of_the_outcome() -> None:
    """Five thousand plays end where they should."""
    game, policy, _ = random_pair(5)
    generator = np.random.default_rng(5)
    ends = np.array([policy.play(generator).terminal for _ in range(5_000)])
    found = np.array([(ends == z).mean() for z in game.terminals])

    assert np.abs(found - policy.outcome).max() < 5 * np.sqrt(0.25 / 5_000)
    assert ((found > 0) <= (policy.outcome > 0)).all()


def test_the_table() -> None:
    """A row per action in each of the team's beliefs, and per action of the adversary."""
    game, policy, _ = random_pair(3)
    table = policy.strategy()
    theirs = table[table.player == policy.team.adversary]

    assert set(table.player) <= set(game.players)
    assert len(theirs) == policy.team.problem.followers[0].polytope.size - 1
    keys = ["memory", "player", "infoset"]
    assert table.groupby(keys).probability.sum().to_numpy() == pytest.approx(1)
    assert table.reach.between(-1e-12, 1 + 1e-12).all()
