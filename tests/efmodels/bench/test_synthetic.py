"""The synthetic programs: their size, and that every way to write one down gives the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.bench.raw_highs import handed_over, solved
from efmodels.bench.symmetric import load_symmetric, save_symmetric, symmetric_program
from efmodels.bench.synthetic import PAIRS, PAYOFFS, SyntheticProgram, synthetic_program
from efmodels.bench.twins import (
    cvxpy_problem,
    linopy_model,
    matrix_model,
    rule_model,
    stacked_arrays,
)
from efmodels.compiling import compile_model
from efmodels.linear_program import optimality_violation
from efmodels.symmetry import reduce_symmetry

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.linear_program import LinearProgram


@pytest.fixture(scope="module")
def synthetic() -> SyntheticProgram:
    """Make a small program."""
    return synthetic_program(3_000)


def optimum(program: LinearProgram) -> float:
    """Solve a program with HiGHS, check the solution, and return the value."""
    solution = solved(handed_over(program), program)
    violation = optimality_violation(program, solution)
    assert max(violation.primal, violation.dual, violation.gap) < 1e-6
    return program.value(solution.x)


@pytest.mark.parametrize("nonzeros", [10_000, 300_000])
def test_size_is_about_what_was_asked(nonzeros: int) -> None:
    """The number of coefficients is within three per cent, and no row but ten is long."""
    program = stacked_arrays(synthetic_program(nonzeros))
    lengths = np.sort(np.diff(program.A.indptr))

    assert program.A.nnz == pytest.approx(nonzeros, rel=0.03)
    assert lengths[-PAYOFFS - 1] < 30
    assert lengths[-PAYOFFS] > program.columns / 30


def test_seed_decides() -> None:
    """The same seed gives the same program, another seed another one."""
    same = [synthetic_program(3_000, seed).At for seed in (1, 1, 2)]

    assert (same[0] != same[1]).nnz == 0
    assert (same[0] != same[2]).nnz > 0


def test_flow_is_that_of_a_tree(synthetic: SyntheticProgram) -> None:
    """Each infoset has one incoming sequence, an earlier one, and two sequences of its own."""
    F = synthetic.F.toarray()

    assert (F[0] == np.eye(1, F.shape[1])[0]).all()
    assert ((F[1:] == 1).sum(axis=1) == 2).all()
    assert ((F[1:] == -1).sum(axis=1) == 1).all()
    assert (F[1:].argmin(axis=1) < F[1:].argmax(axis=1)).all()
    assert ((F == 1).sum(axis=0) == 1).all()


def test_files_bring_back_the_same(synthetic: SyntheticProgram, tmp_path: Path) -> None:
    """What is written into a folder is read from it."""
    synthetic.save(tmp_path)
    before, after = (stacked_arrays(s) for s in (synthetic, SyntheticProgram.load(tmp_path)))

    assert (before.A != after.A).nnz == 0
    assert np.array_equal(before.row_lower, after.row_lower)
    assert np.array_equal(before.row_upper, after.row_upper)


@pytest.mark.parametrize("write", [matrix_model, rule_model])
def test_models_are_the_stacked_program(write: object, synthetic: SyntheticProgram) -> None:
    """A Pyomo model compiles to as many rows, columns and nonzeros, with the same optimum."""
    assert callable(write)
    arrays, compiled = stacked_arrays(synthetic), compile_model(write(synthetic))

    assert compiled.program.A.shape == arrays.A.shape
    assert compiled.program.A.nnz == arrays.A.nnz == synthetic.nonzeros
    assert arrays.rows == synthetic.F.shape[0] + synthetic.Et.shape[0] + 2 * PAYOFFS + PAIRS
    assert optimum(compiled.program) == pytest.approx(optimum(arrays))


def test_linopy_and_cvxpy_find_the_same_optimum(synthetic: SyntheticProgram) -> None:
    """The programs of the other layers have the same size and the same optimum."""
    pytest.importorskip("linopy")
    cvxpy = pytest.importorskip("cvxpy")
    arrays = stacked_arrays(synthetic)
    highs = linopy_model(synthetic).to_highspy(set_names=False)
    highs.run()
    problem = cvxpy_problem(synthetic)
    problem.solve(solver=cvxpy.HIGHS)

    assert (highs.getNumRow(), highs.getNumCol()) == arrays.A.shape
    assert highs.getNumNz() == arrays.A.nnz
    assert highs.getInfo().objective_function_value == pytest.approx(optimum(arrays))
    assert problem.value == pytest.approx(optimum(arrays))


def test_symmetric_program_reduces_to_its_base(tmp_path: Path) -> None:
    """Merging the clones gives back the size of what was cloned, and all clones its optimum."""
    copies = 3
    base = stacked_arrays(synthetic_program(2_000))
    save_symmetric(symmetric_program(2_000 * copies, copies), tmp_path)
    program = load_symmetric(tmp_path)

    assert program.A.nnz == copies * base.A.nnz
    assert reduce_symmetry(program).reduced.A.shape == base.A.shape
    assert optimum(program) == pytest.approx(copies * optimum(base))
