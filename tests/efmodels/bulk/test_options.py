"""Options reach the solver, or the run does not start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

from efmodels.bulk import BulkSettings
from efmodels.errors import SolverError
from efmodels.linear_program import LinearProgram
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.bulk import BulkSolver

    Programs = Callable[..., LinearProgram]

REFUSED = [
    ("highs", "presolv", "on", "presolve"),
    ("highs", "presolve", "perhaps", "'perhaps'"),
    ("highs", "time_limit", -1.0, "time_limit"),
    ("highs", "threads", "many", "threads"),
    ("clarabel", "max_iters", 3, "max_iter"),
    ("clarabel", "max_iter", "three", "max_iter"),
    ("clarabel", "direct_solve_method", "perhaps", "direct_solve_method"),
    ("gurobi", "Metod", 1, "Method"),
    ("gurobi", "Method", 99, "Method"),
]

_TRIVIAL = LinearProgram(
    A=sparse.csr_array(np.ones((1, 1))),
    c=np.ones(1),
    row_lower=np.ones(1),
    row_upper=np.ones(1),
    lower=np.zeros(1),
    upper=np.ones(1),
    integer=np.zeros(1, dtype=bool),
)


@pytest.mark.parametrize(("name", "option", "setting", "said"), REFUSED)
def test_refused(
    named_solver: Callable[[str], BulkSolver], name: str, option: str, setting: Any, said: str
) -> None:
    """The error names the option, its value, and what is similar or allowed."""
    solver = named_solver(name)
    solver.load(_TRIVIAL)

    with pytest.raises(SolverError, match=said) as caught:
        solver.run(BulkSettings(options={option: setting}))

    assert caught.value.status is Status.REFUSED_OPTION
    assert repr(setting) in str(caught.value)


@pytest.mark.parametrize("setting", ["time_limit", "gap"])
def test_negative_limits(solver: BulkSolver, random_program: Programs, setting: str) -> None:
    """A time limit or gap below zero is refused by everybody."""
    solver.load(random_program(0))

    with pytest.raises(SolverError, match="refuses the option") as caught:
        solver.run(BulkSettings(**{setting: -1.0}))

    assert caught.value.status is Status.REFUSED_OPTION


def test_options_hold_for_one_run(random_program: Programs) -> None:
    """The next run starts from the solver's defaults."""
    from efmodels.bulk.highs import HighsSolver

    solver = HighsSolver()
    solver.load(random_program(0, rows=60, columns=90))
    limit = {"simplex_iteration_limit": 1, "presolve": "off"}

    statuses = [solver.run(BulkSettings(options=options)).status for options in (limit, {})]

    assert statuses == [Status.LIMIT, Status.OPTIMAL]


def test_number_of_threads_may_change(random_program: Programs) -> None:
    """HiGHS refuses to run with other threads than before, unless it is made to let go of them."""
    from efmodels.bulk.highs import HighsSolver

    solver = HighsSolver()
    solver.load(random_program(0, integers=10))

    runs = [solver.run(BulkSettings(threads=threads)) for threads in (1, 2, 1)]

    assert [run.status for run in runs] == [Status.OPTIMAL] * 3


def test_log_is_kept_and_printed_on_request(
    solver: BulkSolver, random_program: Programs, capfd: pytest.CaptureFixture[str]
) -> None:
    """The run holds what the solver printed; the console sees it with ``tee`` alone."""
    solver.load(random_program(0))

    quiet = solver.run()
    assert capfd.readouterr().out == ""
    solver.run(BulkSettings(tee=True))

    assert len(quiet.log) > 100
    assert len(capfd.readouterr().out) > 100
