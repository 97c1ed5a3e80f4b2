"""The order of the optima of mediated concepts, on random games, and where there is none."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS

# In each pair the optimum of the first concept is at most that of the second.
ORDER = [
    *[("NFCE", "LCE"), ("LCE", "PCOMM"), ("PCOMM", "EFCE"), ("EFCE", "EFCCE"), ("EFCCE", "NFCCE")],
    *[("PCOMM", "COMM"), ("COMM", "CERT"), ("CERT", "CCERT"), ("CCERT", "NFCCERT")],
    *[("EFCE", "CERT"), ("EFCCE", "CCERT"), ("NFCCE", "NFCCERT")],
    *[("CERT", "BCE"), ("BCE", "CBCE"), ("CBCE", "NFCBCE"), ("CCERT", "CBCE")],
    ("NFCCERT", "NFCBCE"),
]
CONCEPTS = list(dict.fromkeys(name for pair in ORDER for name in pair))


def random_game(seed: int) -> ef.Game:
    """Return a random tree for two or three players, or a signalling game with random payoffs."""
    if seed % 3 == 2:
        payoffs = np.random.default_rng(seed).integers(-5, 6, (2, 2, 2, 2))
        return ef.instances.signaling_game(sender=payoffs[0], receiver=payoffs[1])
    players, depth = 2 + seed % 2, 3 + seed % 4 // 2
    return ef.instances.random_tree(seed, players=players, depth=depth, chance_probability="3/10")


def optima(game: ef.Game, goals: tuple[str, ...]) -> dict[str, list[float]]:
    """Return the optima of objectives, by concept."""
    values = {}
    for acronym in CONCEPTS:
        m = pyo.ConcreteModel()
        m.eq = ACRONYMS[acronym](game)
        m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
        values[acronym] = []
        for goal in goals:
            m.goal.expr = m.eq.objective(goal)
            values[acronym].append(ef.solve(m).value)
            assert max(m.eq.regrets().values()) <= 1e-7 * np.ptp(game.payoffs)
    return values


@pytest.mark.parametrize(
    "seed", [*range(30), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(30, 300))]
)
def test_order_of_the_optima(seed: int) -> None:
    """Who may do less, or is watched more closely, can be brought to more."""
    game = random_game(seed)
    values = optima(game, ("welfare", game.players[0]))
    tolerance = 1e-6 * np.ptp(game.payoffs)

    for low, high in ORDER:
        gaps = np.subtract(values[high], values[low])
        assert gaps.min() >= -tolerance, (low, high, values)


def best(game: ef.Game, *concepts: str) -> list[float]:
    """Return the highest welfare for some concepts."""
    return [ef.optimal_equilibrium(game, concept, "welfare").value for concept in concepts]


def test_plans_released_move_by_move_can_beat_a_mediator_who_hears_everybody() -> None:
    """In the signalling game of von Stengel and Forges, EFCE pays 10 and COMM 6."""
    game = ef.instances.von_stengel_forges_signaling()

    assert best(game, "EFCE", "COMM", "NFCE") == pytest.approx([10, 6, 6])


@pytest.mark.parametrize(
    ("one", "other", "lower", "higher"),
    [
        ("EFCE", "COMM", 0, 99),
        ("EFCCE", "COMM", 0, 99),
        ("EFCCE", "CERT", 0, 100),
        ("CERT", "NFCCE", 27, 0),
    ],
)
def test_some_concepts_have_no_order(one: str, other: str, lower: int, higher: int) -> None:
    """There are games for both directions."""
    first, second = best(random_game(lower), one, other)
    assert first < second - 1e-3
    first, second = best(random_game(higher), one, other)
    assert first > second + 1e-3
