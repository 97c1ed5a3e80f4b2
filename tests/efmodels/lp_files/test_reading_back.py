"""Files that other programs read: the same optimum, and the same numbers to the last digit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from efmodels.linear_program import LinearProgram
from efmodels.lp_files import write_lp, write_mps
from tests.oracles.lp_readers import highs_optimum, highs_reads
from tests.random_programs import random_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Reader = Callable[[Path], float]

ACCURACY = 1e-6  # glpsol prints nine digits, and every reader has its own tolerances


def optimum(program: LinearProgram) -> float:
    """Return the optimum without a file in between."""
    least = program.minimised()
    found = milp(
        least.c,
        integrality=least.integer,
        bounds=Bounds(least.lower, least.upper),
        constraints=LinearConstraint(least.A, least.row_lower, least.row_upper),
    )
    assert found.success
    return program.value(found.x)


def columns_by_name(file: Path) -> dict[str, tuple[Any, ...]]:
    """Return cost, bounds, integrality and entries by rows' names of every column in a file."""
    lp = highs_reads(file).getLp()
    A = sparse.csc_array(
        (lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_),
        shape=(lp.num_row_, lp.num_col_),
    )
    integer = [str(kind).endswith("Integer") for kind in lp.integrality_] or [False] * lp.num_col_
    return {
        name: (
            lp.col_cost_[j],
            lp.col_lower_[j],
            lp.col_upper_[j],
            integer[j],
            {lp.row_names_[i]: A[i, j] for i in A.indices[A.indptr[j] : A.indptr[j + 1]]},
        )
        for j, name in enumerate(lp.col_names_)
    }


def rows_by_name(file: Path) -> dict[str, tuple[float, float]]:
    """Return the bounds of every row in a file."""
    lp = highs_reads(file).getLp()
    return dict(zip(lp.row_names_, zip(lp.row_lower_, lp.row_upper_, strict=True), strict=True))


def expected_columns(program: LinearProgram, names: list[list[str]]) -> dict[str, tuple[Any, ...]]:
    """Return what `columns_by_name` should find if row ``i`` is called each of ``names[i]``."""
    A = program.A.toarray()
    found = {
        f"x{j + 1}": (
            program.c[j],
            program.lower[j],
            program.upper[j],
            program.integer[j],
            {name: A[i, j] for i in range(program.rows) if A[i, j] for name in names[i]},
        )
        for j in range(program.columns)
    }
    if program.offset:
        found["ONE_VAR_CONSTANT"] = (program.offset, 1.0, 1.0, False, {})
    return found


def lp_rows(program: LinearProgram) -> list[dict[str, tuple[float, float]]]:
    """Return, for each row of a program, the rows of a .lp file that stand for it."""
    found: list[dict[str, tuple[float, float]]] = []
    for i, (lower, upper) in enumerate(zip(program.row_lower, program.row_upper, strict=True), 1):
        if lower == upper:
            found.append({f"c_e_c{i}_": (lower, upper)})
        elif np.isfinite(lower) and np.isfinite(upper):
            found.append({f"r_l_c{i}_": (lower, np.inf), f"r_u_c{i}_": (-np.inf, upper)})
        elif np.isfinite(lower):
            found.append({f"c_l_c{i}_": (lower, upper)})
        elif np.isfinite(upper):
            found.append({f"c_u_c{i}_": (lower, upper)})
        else:
            found.append({})
    return found


class TestOptimum:
    """Every reader finds the optimum of the program."""

    @pytest.mark.parametrize("integers", [False, True])
    @pytest.mark.parametrize("seed", range(12))
    def test_lp(self, tmp_path: Path, reader: Reader, seed: int, integers: Any) -> None:
        """The sense and the offset are read as well."""
        program = random_program(seed, integers=integers)
        file = write_lp(program, tmp_path / "random.lp")

        assert reader(file) == pytest.approx(optimum(program), abs=ACCURACY)

    @pytest.mark.parametrize("integers", [False, True])
    @pytest.mark.parametrize("seed", range(12))
    def test_mps(self, tmp_path: Path, reader: Reader, seed: int, integers: Any) -> None:
        """A maximisation has become the minimisation of its negative."""
        program = random_program(seed, integers=integers)
        file = write_mps(program, tmp_path / "random.mps")
        sign = -1 if program.maximize else 1

        assert reader(file) == pytest.approx(sign * optimum(program), abs=ACCURACY)

    def test_every_feature(self, tmp_path: Path, reader: Reader, program: LinearProgram) -> None:
        """Also with names that had to be changed."""
        assert reader(write_lp(program, tmp_path / "all.lp")) == pytest.approx(3.25)
        assert reader(write_mps(program, tmp_path / "all.mps")) == pytest.approx(-3.25)


class TestNumbers:
    """Nothing is rounded, lost or added."""

    @pytest.mark.parametrize("integers", [False, True])
    @pytest.mark.parametrize("seed", range(6))
    def test_lp(self, tmp_path: Path, seed: int, integers: Any) -> None:
        """Every entry and every bound is there."""
        program = random_program(seed, integers=integers)
        rows = lp_rows(program)
        file = write_lp(program, tmp_path / "random.lp")

        assert columns_by_name(file) == expected_columns(program, list(map(list, rows)))
        assert rows_by_name(file) == {name: bounds for row in rows for name, bounds in row.items()}

    @pytest.mark.parametrize("integers", [False, True])
    @pytest.mark.parametrize("seed", range(6))
    def test_mps(self, tmp_path: Path, seed: int, integers: Any) -> None:
        """Every entry is there, and every bound; one of two may differ by a rounding."""
        program = random_program(seed, integers=integers).minimised()
        bounded = np.isfinite(program.row_lower) | np.isfinite(program.row_upper)
        file = write_mps(program, tmp_path / "random.mps")
        rows = rows_by_name(file)
        names = [[f"c{i + 1}"] if bounded[i] else [] for i in range(program.rows)]

        assert columns_by_name(file) == expected_columns(program, names)
        assert list(rows) == [name for row in names for name in row]
        lower, upper = np.array(list(rows.values())).T
        np.testing.assert_array_max_ulp(lower, program.row_lower[bounded], maxulp=1)
        np.testing.assert_array_max_ulp(upper, program.row_upper[bounded], maxulp=1)

    @pytest.mark.parametrize("signs", [(1, 1), (-1, -1), (-1, 1)])
    def test_two_bounds_in_mps(self, tmp_path: Path, signs: tuple[int, int]) -> None:
        """The bound nearer to zero is exact, and the other one is off by a rounding at most."""
        rng = np.random.default_rng(5)
        bounds = np.sort(rng.lognormal(0.0, 5.0, (200, 2)) * signs, axis=1)
        file = write_mps(one_column(bounds), tmp_path / "ranges.mps")
        found = np.array(list(rows_by_name(file).values()))
        nearer = np.argmin(np.abs(bounds), axis=1)[:, np.newaxis]

        assert np.array_equal(
            np.take_along_axis(found, nearer, 1), np.take_along_axis(bounds, nearer, 1)
        )
        np.testing.assert_array_max_ulp(found, bounds, maxulp=1)

    @pytest.mark.parametrize("write", [write_lp, write_mps])
    def test_awkward_numbers(self, tmp_path: Path, write: Any) -> None:
        """Right-hand sides of any size and with any number of digits."""
        values = np.array([0.1 + 0.2, 1e-300, -1 / 3, 1e19, 2.0**-40, 123456789.123456789, -0.0])
        program = one_column(np.stack([values, np.full_like(values, np.inf)], axis=1))
        file = write(program, tmp_path / f"numbers.{write.__name__.removeprefix('write_')}")

        assert [lower for lower, _ in rows_by_name(file).values()] == values.tolist()
        assert "-0.0" not in file.read_text().split()


def one_column(bounds: np.ndarray) -> LinearProgram:
    """Return a program whose rows all bound the only column."""
    return LinearProgram(
        A=sparse.csr_array(np.ones((len(bounds), 1))),
        c=np.ones(1),
        row_lower=bounds[:, 0],
        row_upper=bounds[:, 1],
        lower=np.zeros(1),
        upper=np.array([np.inf]),
        integer=np.zeros(1, dtype=bool),
    )


def empty(rows: int, columns: int, offset: float) -> LinearProgram:
    """Return a program without entries, whose rows have the upper bound 3."""
    return LinearProgram(
        A=sparse.csr_array((rows, columns)),
        c=np.zeros(columns),
        row_lower=np.full(rows, -np.inf),
        row_upper=np.full(rows, 3.0),
        lower=np.zeros(columns),
        upper=np.full(columns, np.inf),
        integer=np.zeros(columns, dtype=bool),
        offset=offset,
    )


@pytest.mark.parametrize("offset", [0.0, 4.5])
@pytest.mark.parametrize("columns", [0, 2])
@pytest.mark.parametrize("rows", [0, 2])
@pytest.mark.parametrize("write", [write_lp, write_mps])
def test_empty_programs(tmp_path: Path, write: Any, rows: int, columns: int, offset: float) -> None:
    """Files without rows, columns or an objective are read, too."""
    suffix = write.__name__.removeprefix("write_")
    file = write(empty(rows, columns, offset), tmp_path / f"empty.{suffix}")

    assert highs_optimum(file) == offset
    assert len(rows_by_name(file)) == rows
