"""The texts of the files themselves: byte by byte, names, and what cannot be written."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

from efmodels.errors import ModelError
from efmodels.lp_files import entries, write_lp, write_mps
from tests.oracles.lp_readers import highs_reads
from tests.random_programs import COLUMNS, random_program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from efmodels.linear_program import LinearProgram

    Reader = Callable[[Path], float]

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.fixture(params=["lp", "mps"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[LinearProgram], Path]:
    """Return a function that writes a program into an empty folder, in each of the formats."""
    writer: Any = {"lp": write_lp, "mps": write_mps}[request.param]
    return lambda program: writer(program, tmp_path / f"program.{request.param}")


def named(program: LinearProgram, names: Sequence[str]) -> LinearProgram:
    """Return a program with other names of the first columns."""
    return replace(program, column_names=[*names, *program.column_names[len(names) :]])


class TestBytes:
    """A program has one text."""

    def test_golden(self, write: Any, program: LinearProgram) -> None:
        """The text is known; tests/golden has it."""
        file = write(program)

        assert file.read_bytes() == (GOLDEN / f"every_feature{file.suffix}").read_bytes()

    def test_last_column_is_an_integer(self, tmp_path: Path) -> None:
        """What begins with one marker ends with another."""
        program = replace(random_program(1), integer=np.ones(COLUMNS, dtype=bool), offset=0.0)
        text = write_mps(program, tmp_path / "integers.mps").read_text()

        assert text.count("'INTORG'") == text.count("'INTEND'") == 1
        assert text.index("'INTEND'") < text.index("RHS")

    def test_order_of_entries(self, write: Any) -> None:
        """It does not matter in which order a row stores its entries."""
        program = random_program(3)
        A = program.A.copy()
        for start, stop in zip(A.indptr[:-1], A.indptr[1:], strict=True):
            A.data[start:stop] = A.data[start:stop][::-1].copy()
            A.indices[start:stop] = A.indices[start:stop][::-1].copy()
        A.has_sorted_indices = False
        text = write(program).read_bytes()

        assert write(replace(program, A=A)).read_bytes() == text

    @pytest.mark.parametrize("seed", range(8))
    def test_chunks(self, write: Any, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
        """Nor how many lines are written at once."""
        program = random_program(seed, integers=True)
        text = write(program).read_bytes()
        for lines in (1, 3):
            monkeypatch.setattr(entries, "_LINES", lines)

            assert write(program).read_bytes() == text

    def test_program_stays_as_it_was(self, write: Any, program: LinearProgram) -> None:
        """Names, arrays and the sense of the program are its own."""
        before = {name: np.array(value) for name, value in vars(program).items() if name != "A"}
        matrix = program.A.toarray()
        write(program)

        assert all(np.array_equal(before[name], getattr(program, name)) for name in before)
        assert np.array_equal(matrix, program.A.toarray())


class TestNames:
    """Rows and columns are called as in the program, as far as readers permit."""

    def test_without_names(self, write: Any, program: LinearProgram) -> None:
        """They are numbered."""
        lp = highs_reads(write(replace(program, column_names=(), row_names=()))).getLp()

        assert set(lp.col_names_) == {f"x{j}" for j in range(1, 9)} | {"ONE_VAR_CONSTANT"}
        numbers = {int(re.findall(r"c(\d)", name)[0]) for name in lp.row_names_}
        assert numbers == {1, 2, 3, 4, 6}

    @pytest.mark.parametrize(
        ("name", "label"),
        [
            ("x", "x"),
            ("x[1]", "x(1)"),
            ("x[a,b]", "x(a_b)"),
            ("x['b c']", "x(_b_c_)"),
            ("b.x{2}", "b_x(2)"),
            ("é\n", "__"),
            ("e12", "e12"),
            ("$x", "_x"),
            ("obj", "obj"),
            ("end_", "end_"),
            ("x" * 159, "x" * 159),
        ],
    )
    def test_labels(
        self, tmp_path: Path, reader: Reader, program: LinearProgram, name: str, label: str
    ) -> None:
        """Every reader takes them."""
        files = [
            write_lp(named(program, [name]), tmp_path / "n.lp"),
            write_mps(named(program, [name]), tmp_path / "n.mps"),
        ]

        for file in files if len(label) <= 100 else files[1:]:  # cbc forgets longer ones in .lp
            assert label in file.read_text().split()
            assert abs(reader(file)) == pytest.approx(3.25)

    def test_names_of_the_files_own(
        self, tmp_path: Path, reader: Reader, program: LinearProgram
    ) -> None:
        """What the writers add never gets a name that is there already."""
        own = ["ONE_VAR_CONSTANT", "RANGE", "RHS", "obj", "minus_obj", "MARKER", "RHS_"]
        program = replace(named(program, own), row_names=own[:6])

        assert reader(write_lp(program, tmp_path / "own.lp")) == pytest.approx(3.25)
        assert reader(write_mps(program, tmp_path / "own.mps")) == pytest.approx(-3.25)

    def test_rows_of_lp_are_called_as_by_pyomo(
        self, tmp_path: Path, program: LinearProgram
    ) -> None:
        """Whoever looks for a row finds it under the label that Pyomo's own writer gives it."""
        m = pyo.ConcreteModel()
        m.x = pyo.Var()
        for name, lower, upper in zip(
            program.row_names, program.row_lower, program.row_upper, strict=True
        ):
            m.add_component(name, pyo.Constraint(expr=(lower, m.x, upper)))
        m.goal = pyo.Objective(expr=m.x)
        m.write(str(tmp_path / "pyomo.lp"), io_options={"symbolic_solver_labels": True})
        ours = highs_reads(write_lp(program, tmp_path / "ours.lp")).getLp()

        assert ours.row_names_ == highs_reads(tmp_path / "pyomo.lp").getLp().row_names_

    @pytest.mark.parametrize("name", ["1x", "end", "Free", "INF", "max", "st", "name", "integers"])
    def test_reserved(self, write: Any, program: LinearProgram, name: str) -> None:
        """The message names the column."""
        with pytest.raises(ModelError, match=f"the column {name} cannot .* labels='short'"):
            write(named(program, [name]))

    def test_reserved_words_are_free_for_rows(
        self, tmp_path: Path, reader: Reader, program: LinearProgram
    ) -> None:
        """No reader mistakes the name of a row."""
        program = replace(program, row_names=["end", "1", "free", "name", "st", "max"])

        assert reader(write_lp(program, tmp_path / "rows.lp")) == pytest.approx(3.25)
        assert reader(write_mps(program, tmp_path / "rows.mps")) == pytest.approx(-3.25)

    def test_alike(self, write: Any, program: LinearProgram) -> None:
        """The message names both."""
        with pytest.raises(ModelError, match=r"columns a/b and a_b .* name a_b; .*'short'"):
            write(named(program, ["a/b", "c", "a_b"]))
        with pytest.raises(ModelError, match=r"rows x\[1\] and x\(1\) have the same"):
            write(replace(program, row_names=["x[1]", "y", "x(1)", "z", "u", "v"]))

    def test_empty(self, write: Any, program: LinearProgram) -> None:
        """The message says where."""
        with pytest.raises(ModelError, match="column 1 has an empty name"):
            write(named(program, ["a", ""]))

    @pytest.mark.parametrize(("writer", "longest"), [(write_lp, 255), (write_mps, 159)])
    def test_longest(
        self, tmp_path: Path, program: LinearProgram, writer: Any, longest: int
    ) -> None:
        """A reader takes a name of that length, and no longer one is written."""
        suffix = writer.__name__.removeprefix("write_")
        file = writer(named(program, ["x" * longest]), tmp_path / f"long.{suffix}")

        assert "x" * longest in highs_reads(file).getLp().col_names_
        with pytest.raises(ModelError, match=f"{longest + 1} characters, but .* take {longest};"):
            writer(named(program, ["x" * (longest + 1)]), file)

    def test_wrong_number(self, write: Any, program: LinearProgram) -> None:
        """The message has both numbers."""
        with pytest.raises(ModelError, match="1 row names for 6 rows"):
            write(replace(program, row_names=["a"]))


class TestRefused:
    """What a file cannot say is an error, and no file is begun."""

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"offset": np.inf}, "the objective's offset is inf"),
            ({"c": np.array([0.0, np.nan, *np.zeros(6)])}, r"objective has nan at column x\[2\]"),
            ({"lower": np.full(8, 3.0)}, r"column x\[2\] has the lower bound 3.0 and the upper"),
            ({"upper": np.full(8, np.nan)}, r"column x\[1\] has .* upper bound nan"),
            ({"row_lower": np.full(6, np.inf)}, "row at_most has the lower bound inf"),
            ({"row_upper": np.full(6, -np.inf)}, "row at_most .* the upper bound -inf: no number"),
        ],
    )
    def test_numbers(
        self, write: Any, tmp_path: Path, program: LinearProgram, change: Any, message: str
    ) -> None:
        """The message says where they stand."""
        with pytest.raises(ModelError, match=message):
            write(replace(program, **change))
        assert list(tmp_path.iterdir()) == []

    def test_entry(self, write: Any, program: LinearProgram) -> None:
        """The message names the row and the column."""
        A = program.A.copy()
        A[2, 3] = np.inf

        with pytest.raises(ModelError, match=r"row between has inf at column z\{1\}"):
            write(replace(program, A=sparse.csr_array(A)))

    def test_place_without_names(self, write: Any) -> None:
        """Then it is a number, from 0."""
        program = random_program(0)

        with pytest.raises(ModelError, match="row 0 has the lower bound inf"):
            write(replace(program, row_lower=np.full(program.rows, np.inf)))
