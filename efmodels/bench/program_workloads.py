"""What is measured on programs in arrays: building, handing over, loading, writing, reducing.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
import pyomo.environ as pyo

from efmodels.bench.raw_highs import handed_over, point_of
from efmodels.bench.symmetric import load_symmetric
from efmodels.bench.synthetic import SyntheticProgram
from efmodels.bench.twins import (
    cvxpy_problem,
    linopy_model,
    matrix_model,
    rule_model,
    stacked_arrays,
)
from efmodels.bulk.highs import HighsSolver
from efmodels.compiling import compile_model
from efmodels.lp_files import write_lp, write_mps
from efmodels.pyomo_internals.solvers import hand_to_highs, highs_of, load_from_highs
from efmodels.symmetry import reduce_symmetry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.linear_program import LinearProgram

    Work = Callable[[], Callable[[], Facts]]

# Building and handing over to HiGHS -----------------------------------------------------------


def build_with_matrices(folder: Path) -> Work:
    """Build with our components, compile, and hand over to HiGHS."""
    program = SyntheticProgram.load(folder)

    def work() -> Callable[[], Facts]:
        solver = HighsSolver()
        solver.load(compile_model(matrix_model(program)).program)
        return lambda: _sizes(*solver.program.A.shape, solver.program.A.nnz)

    return work


def build_with_arrays(folder: Path) -> Work:
    """Stack the arrays, and hand over to HiGHS."""
    program = SyntheticProgram.load(folder)

    def work() -> Callable[[], Facts]:
        highs = handed_over(stacked_arrays(program))
        return lambda: _sizes_of(highs)

    return work


def build_with_rules(folder: Path) -> Work:
    """Build with Pyomo's rules, and hand over to HiGHS by Pyomo's interface."""
    program = SyntheticProgram.load(folder)

    def work() -> Callable[[], Facts]:
        interface = hand_to_highs(rule_model(program))
        return lambda: _sizes_of(highs_of(interface))

    return work


def build_with_linopy(folder: Path) -> Work:
    """Build with linopy, and hand over to HiGHS by its interface."""
    program = SyntheticProgram.load(folder)

    def work() -> Callable[[], Facts]:
        highs = linopy_model(program).to_highspy(set_names=False)
        return lambda: _sizes_of(highs)

    return work


def build_with_cvxpy(folder: Path) -> Work:
    """Build with CVXPY, and bring it to the form in which HiGHS takes it; not handed over."""
    import cvxpy

    program = SyntheticProgram.load(folder)

    def work() -> Callable[[], Facts]:
        data, _, _ = cvxpy_problem(program).get_problem_data(cvxpy.HIGHS)
        A = data["A"]
        return lambda: _sizes(A.shape[0], A.shape[1], A.nnz)

    return work


def _sizes(rows: int, columns: int, nonzeros: int) -> Facts:
    return {"rows": rows, "columns": columns, "nonzeros": nonzeros}


def _sizes_of(highs: Any) -> Facts:
    return _sizes(highs.getNumRow(), highs.getNumCol(), highs.getNumNz())


# Loading values and duals back ----------------------------------------------------------------


def load_into_matrices(folder: Path) -> Work:
    """Fetch values, duals and reduced costs from HiGHS, and load them into our components."""
    compiled = compile_model(matrix_model(SyntheticProgram.load(folder)))
    highs = handed_over(compiled.program)
    _set_point(highs)

    def work() -> Callable[[], Facts]:
        compiled.load(point_of(highs.getSolution(), compiled.program))
        return lambda: _loaded(compiled.model)

    return work


def load_into_rules(folder: Path) -> Work:
    """Fetch values and duals from HiGHS by Pyomo's interface, into variables and a suffix."""
    model = rule_model(SyntheticProgram.load(folder))
    model.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    interface = hand_to_highs(model)
    _set_point(highs_of(interface))

    def work() -> Callable[[], Facts]:
        load_from_highs(interface, model.dual)
        return lambda: _loaded(model)

    return work


def _set_point(highs: Any) -> None:
    """Give HiGHS a point to be fetched: its value does not matter, nothing is solved."""
    point = highspy.HighsSolution()
    point.col_value = point.col_dual = np.full(highs.getNumCol(), 0.5)
    point.row_value = point.row_dual = np.full(highs.getNumRow(), -0.5)
    point.value_valid = point.dual_valid = True
    highs.setSolution(point)


def _loaded(model: Any) -> Facts:
    """Return a value and the size of a dual: signs belong to the sense of what was handed over."""
    return {"value": model.x[1].value, "dual": abs(model.dual[model.flow[1]])}


# Writing files --------------------------------------------------------------------------------


def write_own_mps(folder: Path) -> Work:
    """Write a compiled program as .mps."""
    return _write_own(folder, write_mps, "own.mps")


def write_own_lp(folder: Path) -> Work:
    """Write a compiled program as .lp."""
    return _write_own(folder, write_lp, "own.lp")


def write_pyomo_mps(folder: Path) -> Work:
    """Write the rule-based twin as .mps with Pyomo's writer."""
    return _write_pyomo(folder, "pyomo.mps")


def write_pyomo_lp(folder: Path) -> Work:
    """Write the rule-based twin as .lp with Pyomo's writer."""
    return _write_pyomo(folder, "pyomo.lp")


def _write_own(folder: Path, write: Callable[[LinearProgram, Path], Path], name: str) -> Work:
    compiled = compile_model(matrix_model(SyntheticProgram.load(folder)))

    def work() -> Callable[[], Facts]:
        path = write(compiled.program, folder / name)
        return lambda: {"megabytes": path.stat().st_size / 1e6}

    return work


def _write_pyomo(folder: Path, name: str) -> Work:
    model = rule_model(SyntheticProgram.load(folder))
    path = folder / name

    def work() -> Callable[[], Facts]:
        model.write(str(path), io_options={"symbolic_solver_labels": True})
        return lambda: {"megabytes": path.stat().st_size / 1e6}

    return work


# Reducing by symmetry -------------------------------------------------------------------------


def reduce_by_symmetry(folder: Path) -> Work:
    """Merge what cannot be told apart."""
    program = load_symmetric(folder)

    def work() -> Callable[[], Facts]:
        reduced = reduce_symmetry(program).reduced
        return lambda: {
            "nonzeros": program.A.nnz,
            **{f"reduced {name}": n for name, n in _sizes(*reduced.A.shape, reduced.A.nnz).items()},
        }

    return work
