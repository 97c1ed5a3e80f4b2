"""All extreme Nash equilibria of a small two-player game, in exact numbers, by supports.

A plan of the second player is a vertex of the polyhedron of her plans and the first player's best
payoffs if as many reduced plans of each, a support and the plans that it makes equally good,
determine it. Equilibria that are vertices on both sides are the extreme ones, in degenerate games,
too; every linear objective of payoffs is largest at one of them, since on a maximal convex set of
equilibria one's payoff depends on the other's plan alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import TYPE_CHECKING

from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.plans import reduced_plans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from efmodels import Game

    Row = list[Fraction]
    Mixture = tuple[Fraction, ...]


@dataclass(frozen=True)
class MixedEquilibrium:
    """A mixture of reduced plans for each of two players, and what they get."""

    first: Mixture
    second: Mixture
    payoffs: tuple[Fraction, Fraction]


def reduced_tables(game: Game) -> tuple[list[Row], list[Row]]:
    """Return the payoffs of both players, with a row per reduced plan of the first."""
    plans = [reduced_plans(game, number) for number in (1, 2)]
    cells = {
        (i, j): expected_payoffs(game, pure_profile(game, (one, other)))
        for (i, one), (j, other) in product(enumerate(plans[0]), enumerate(plans[1]))
    }
    table = [
        [[Fraction(cells[i, j][k]) for j in range(len(plans[1]))] for i in range(len(plans[0]))]
        for k in (0, 1)
    ]
    return table[0], table[1]


def extreme_equilibria(first: list[Row], second: list[Row]) -> list[MixedEquilibrium]:
    """Return all extreme equilibria of two payoff matrices with a row per plan of the first."""
    transposed = [list(column) for column in zip(*second, strict=True)]
    theirs = list(_candidates(first))
    mine = list(_candidates(transposed))
    return [
        MixedEquilibrium(x, y, (u, v))
        for (x, v, best_of_second), (y, u, best_of_first) in product(mine, theirs)
        if {i for i, p in enumerate(x) if p} <= best_of_first
        if {j for j, p in enumerate(y) if p} <= best_of_second
    ]


def best_equilibrium(game: Game, weights: Sequence[int]) -> Fraction:
    """Return the largest weighted sum of payoffs over all Nash equilibria of a game."""
    found = extreme_equilibria(*reduced_tables(game))
    return max(weights[0] * one.payoffs[0] + weights[1] * one.payoffs[1] for one in found)


def _candidates(A: list[Row]) -> Iterator[tuple[Mixture, Fraction, set[int]]]:
    """Yield vertices: a mixture of columns, what the best rows are worth, and which these are."""
    seen = set()
    rows, columns = len(A), len(A[0])
    for size in range(1, min(rows, columns) + 1):
        for support in combinations(range(columns), size):
            for best in combinations(range(rows), size):
                solved = _indifferent(A, best, support)
                if solved is None or min(solved[:-1]) < 0:
                    continue
                y = [Fraction(0)] * columns
                for j, probability in zip(support, solved, strict=False):
                    y[j] = probability
                worth = [sum(a * p for a, p in zip(row, y, strict=True) if p) for row in A]
                if max(worth) == solved[-1] and tuple(y) not in seen:
                    seen.add(tuple(y))
                    yield tuple(y), solved[-1], {i for i in range(rows) if worth[i] == solved[-1]}


def _indifferent(A: list[Row], best: Sequence[int], support: Sequence[int]) -> Row | None:
    """Return the mixture of columns under which these rows are worth the same, and that worth."""
    system = [[A[i][j] for j in support] + [Fraction(-1), Fraction(0)] for i in best]
    system.append([Fraction(1)] * len(support) + [Fraction(0), Fraction(1)])
    return _solved(system)


def _solved(system: list[Row]) -> Row | None:
    """Solve a square system, rows with the right-hand side last; ``None`` where it is singular."""
    size = len(system)
    for k in range(size):
        pivot = next((i for i in range(k, size) if system[i][k]), None)
        if pivot is None:
            return None
        system[k], system[pivot] = system[pivot], system[k]
        scale = system[k][k]
        system[k] = [entry / scale for entry in system[k]]
        for i in range(size):
            if i != k and system[i][k]:
                factor = system[i][k]
                system[i] = [
                    one - factor * other for one, other in zip(system[i], system[k], strict=True)
                ]
    return [row[-1] for row in system]
