"""Best deviations found in the tree, compared with the written-out game and the linear program."""

from __future__ import annotations

from dataclasses import replace

import pytest

import efmodels as ef
from efmodels.errors import CapabilityError
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept
from efmodels.mediator.problem import mediated_problem
from tests.efmodels.mediator.random_policies import random_policy
from tests.oracles.full_communication_game import deviation_value, honest_payoff

NAMED = {
    name: value
    for name, value in vars(concepts).items()
    if isinstance(value, Concept) and value.deviate != "plan"
}
UNNAMED = {
    "private and silent": Concept("private", "silent", "full"),
    "private, coarse after lies": Concept("private", "lie", "coarse"),
    "forced, without eyes": Concept("recall", "forced", "full"),
    "forced and coarse, without eyes": Concept("recall", "forced", "coarse"),
    "lies to one who sees all": Concept("recall", "lie", "full", observe="everything"),
    "silence before one who sees all": Concept("recall", "silent", "full", observe="everything"),
    **{
        f"{name}, silence not heard": replace(value, hears_silence=False)
        for name, value in NAMED.items()
        if value.memory == "recall"
    },
}
CONCEPTS = NAMED | UNNAMED


def random_game(seed: int) -> ef.Game:
    """Return a small game: two or three players, chance, infosets that a play may not come to."""
    return ef.instances.random_tree(
        seed, players=2 + seed % 2, depth=3, branching=3, chance_probability="1/3"
    )


@pytest.mark.parametrize("name", CONCEPTS)
def test_three_routes_agree(name: str) -> None:
    """Tree search, written-out game and the arrays of the linear program find the same value."""
    for seed in range(6):
        game, concept = random_game(seed), CONCEPTS[name]
        mediated = mediated_problem(game, concept)
        policy, drawn = random_policy(mediated, seed)
        for number, follower in enumerate(mediated.problem.followers, start=1):
            found = policy.best_deviation(follower.label)
            written = deviation_value(game, concept, number, drawn)

            assert found.value == pytest.approx(written, abs=1e-9)
            assert found.value == pytest.approx(follower.best_response(policy.mu)[0], abs=1e-9)
            assert found.inconsistency < 1e-12
