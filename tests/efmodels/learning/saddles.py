"""Saddle problems for tests: zero-sum games and priced mediated equilibria."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import efmodels as ef
from efmodels.formulations import ACRONYMS
from efmodels.learning.pricing import lagrangian

if TYPE_CHECKING:
    from efmodels import Game
    from efmodels.problem import EquilibriumProblem

CONCEPTS = ("EFCE", "NFCCE", "EFCCE", "COMM", "CERT", "NFCCERT")


def zero_sum_problem(name: str = "kuhn") -> EquilibriumProblem:
    """Return the problem of the first player of a zero-sum instance."""
    return ef.formulations.nash_zero_sum(getattr(ef.instances, name)()).problem


def random_zero_sum_game(seed: int) -> Game:
    """Return a random game with chance, in which the second player pays the first one."""
    game = ef.instances.random_tree(seed, players=2, chance_probability="1/4")
    return replace(game, outcome_payoffs=tuple((u, -u) for u, _ in game.outcome_payoffs))


def mediated_problem_of(seed: int, acronym: str) -> EquilibriumProblem:
    """Return the problem of a mediator in a random game."""
    game = ef.instances.random_tree(seed, players=2 + seed % 2, chance_probability="1/4")
    return ACRONYMS[acronym](game).problem


def priced_problem(seed: int) -> EquilibriumProblem:
    """Return a random game's Lagrangian with random multipliers."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    generator = np.random.default_rng(seed)
    return lagrangian(problem, {one.label: generator.uniform(1, 5) for one in problem.followers})
