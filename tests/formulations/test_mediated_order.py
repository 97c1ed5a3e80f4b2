"""The order of the optima of mediated concepts, on random games, and where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS
from tests.random_games import random_bayesian_tables, random_signaling_game

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
        return random_signaling_game(seed)
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


def bayesian_game(seed: int) -> ef.Game:
    """Return a game of private types for two or three players, who may report them first."""
    tables = random_bayesian_tables(seed, players=2 + seed % 2)
    return tables.game(reported=seed % 4 < 2)


def seeds(fast: int, slow: int) -> list[Any]:
    """Return seeds up to a number, and further ones for the slow tests."""
    return [*range(fast), *(pytest.param(k, marks=pytest.mark.slow) for k in range(fast, slow))]


@pytest.mark.parametrize("seed", seeds(30, 300))
def test_order_of_the_optima(seed: int) -> None:
    """Who may do less, or is watched more closely, can be brought to more."""
    require_order(random_game(seed))


@pytest.mark.parametrize("seed", seeds(4, 300))
def test_order_of_the_optima_with_private_types(seed: int) -> None:
    """So it is where all learn their types and move at once, reporting them before or not."""
    require_order(bayesian_game(seed))


def require_order(game: ef.Game) -> None:
    """Compare the optima of two objectives."""
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


@pytest.mark.parametrize("pair", ORDER, ids="<".join)
def test_every_step_of_the_order_matters(pair: tuple[str, str]) -> None:
    """No two neighbours are the same concept: somewhere the second has a better optimum."""
    low, high = best(STRICT[pair](), *pair)

    assert low < high - 1e-2


def three_types() -> ef.Game:
    """Return a signalling game in which hearing what other types are told helps to lie."""
    sender, receiver = np.random.default_rng(7).integers(-5, 6, (2, 3, 3, 2))
    return ef.instances.signaling_game(["1/3"] * 3, sender=sender, receiver=receiver)


def tree(seed: int, depth: int) -> ef.Game:
    """Return a random tree in which most nodes that can share an infoset do."""
    return ef.instances.random_tree(
        seed, depth=depth, chance_probability="1/4", merge_probability="3/4"
    )


# Where the first concept of a pair has a smaller optimum than the second: small games.
STRICT = {
    ("NFCE", "LCE"): three_types,
    ("LCE", "PCOMM"): lambda: tree(266, 3),
    ("PCOMM", "EFCE"): lambda: bayesian_game(0),
    ("EFCE", "EFCCE"): lambda: tree(31, 4),
    ("EFCCE", "NFCCE"): lambda: bayesian_game(1),
    ("PCOMM", "COMM"): lambda: random_game(0),
    ("COMM", "CERT"): lambda: bayesian_game(0),
    ("CERT", "CCERT"): lambda: bayesian_game(0),
    ("CCERT", "NFCCERT"): lambda: random_game(1),
    ("EFCE", "CERT"): lambda: random_game(0),
    ("EFCCE", "CCERT"): lambda: random_game(0),
    ("NFCCE", "NFCCERT"): lambda: random_game(0),
    ("CERT", "BCE"): lambda: bayesian_game(0),
    ("BCE", "CBCE"): lambda: random_game(1),
    ("CBCE", "NFCBCE"): lambda: random_game(1),
    ("CCERT", "CBCE"): lambda: bayesian_game(2),
    ("NFCCERT", "NFCBCE"): lambda: bayesian_game(2),
}
