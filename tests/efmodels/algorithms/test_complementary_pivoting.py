"""Lemke's method in fractions, against the definition and every complementary basis."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations

import numpy as np
import pytest

from efmodels.algorithms.complementary_pivoting import (
    ComplementarityProblem,
    pivoted,
    values_in_basis,
)
from efmodels.errors import GameError, SolverError


def problem_of(M: np.ndarray, q: np.ndarray) -> ComplementarityProblem:
    """Return a problem given by integer arrays."""
    rows = tuple({c: Fraction(int(v)) for c, v in enumerate(row) if v} for row in M)
    return ComplementarityProblem(rows, tuple(Fraction(int(one)) for one in q))


def random_problem(seed: int, size: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix that is positive definite but not symmetric, and constants."""
    generator = np.random.default_rng(seed)
    half, skew = generator.integers(-3, 4, (2, size, size))
    return half @ half.T + np.eye(size, dtype=int) + skew - skew.T, generator.integers(-9, 6, size)


def solutions(problem: ComplementarityProblem) -> set[tuple[Fraction, ...]]:
    """Return every solution that belongs to a basis, by trying all of them."""
    found = set()
    sizes = range(problem.size + 1)
    for basis in chain.from_iterable(combinations(range(problem.size), k) for k in sizes):
        try:
            z, w = values_in_basis(problem, basis)
        except SolverError:
            continue
        if min(*z, *w) >= 0:
            found.add(z)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_solution_is_the_only_one(seed: int) -> None:
    """Positive definite problems have one solution, and pivoting finds it from everywhere."""
    M, q = random_problem(seed)
    problem = problem_of(M, q)
    ones = (Fraction(1),) * problem.size
    others = tuple(Fraction(k + 2, 3) for k in range(problem.size))
    point = pivoted(problem, ones)

    assert {point.z} == solutions(problem)
    assert pivoted(problem, others).z == point.z
    w = [sum(int(M[i, c]) * point.z[c] for c in range(len(q))) + int(q[i]) for i in range(len(q))]
    assert list(point.w) == w
    assert all(a == 0 or b == 0 for a, b in zip(point.z, point.w, strict=True))


@pytest.mark.parametrize("seed", range(6))
def test_values_of_a_basis_are_those_of_the_path(seed: int) -> None:
    """Solving the rows of the last basis gives the point that the path ended with."""
    problem = problem_of(*random_problem(seed, 9))
    point = pivoted(problem, (Fraction(1),) * problem.size)

    assert values_in_basis(problem, point.basis) == (point.z, point.w)


def test_ties_do_not_cycle() -> None:
    """Where all constants are alike, and rows too, the lexicographic rule still ends the path."""
    M = np.ones((5, 5), dtype=int) + np.eye(5, dtype=int)
    point = pivoted(problem_of(M, np.full(5, -1)), (Fraction(1),) * 5)

    assert point.z == (Fraction(1, 6),) * 5


def test_nothing_to_do() -> None:
    """With constants of at least 0 the solution is 0, and the path has no pivots."""
    point = pivoted(problem_of(np.eye(2, dtype=int), np.array([0, 3])), (Fraction(0),) * 2)

    assert (point.z, point.w, point.pivots) == ((0, 0), (0, 3), 0)


def test_a_ray_is_an_error() -> None:
    """A problem without a solution ends in a ray, which the message says."""
    with pytest.raises(SolverError, match="ended in a ray"):
        pivoted(problem_of(-np.eye(2, dtype=int), np.array([-1, -1])), (Fraction(1),) * 2)


def test_a_singular_basis_is_an_error() -> None:
    """Rows that depend on each other have no point."""
    with pytest.raises(SolverError, match="the basis is singular"):
        values_in_basis(problem_of(np.ones((2, 2), dtype=int), np.array([-1, -1])), [0, 1])


@pytest.mark.parametrize(
    ("covering", "message"),
    [((1,), "has 1 entries; not 2"), ((1, 0), "entry 1 .* is 0"), ((-1, 1), "entry 0 .* is -1")],
)
def test_covering_vectors_are_checked(covering: tuple[int, ...], message: str) -> None:
    """It has an entry per pair, none negative, and covers each negative constant."""
    with pytest.raises(GameError, match=message):
        pivoted(problem_of(np.eye(2, dtype=int), np.array([1, -1])), tuple(map(Fraction, covering)))


def test_constants_are_counted() -> None:
    """A problem has as many constants as rows."""
    with pytest.raises(GameError, match="M has 1 rows; q has 0 numbers"):
        ComplementarityProblem(({},), ())
