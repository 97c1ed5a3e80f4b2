"""Who is chosen, and who comes next where one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import efmodels.bulk.automatic as module
from efmodels.bulk import AutomaticSolver, BulkRun, BulkSettings, base
from efmodels.bulk.highs import HighsSolver
from efmodels.linear_program import LinearSolution
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.linear_program import LinearProgram

    Programs = Callable[..., LinearProgram]


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small programs count as large."""
    monkeypatch.setattr(base, "INTERIOR_NONZEROS", 0)


@pytest.fixture
def without_clarabel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Clarabel be absent."""
    monkeypatch.setattr(module, "find_spec", lambda _: None)


def outcome(program: LinearProgram, settings: BulkSettings | None = None) -> tuple[Status, str]:
    """Return how a run ended, and who it was."""
    solver = AutomaticSolver()
    solver.load(program)
    run = solver.run(settings)
    return run.status, "ipx" if "IPX" in run.log else run.solver


def test_small_programs_go_to_simplex(random_program: Programs) -> None:
    """There the vertex costs nothing."""
    assert outcome(random_program(0)) == (Status.OPTIMAL, "highs")


@pytest.mark.usefixtures("everything_is_large")
def test_large_programs_go_to_clarabel(random_program: Programs) -> None:
    """If it is installed."""
    pytest.importorskip("clarabel")

    assert outcome(random_program(0)) == (Status.OPTIMAL, "clarabel")


@pytest.mark.usefixtures("everything_is_large", "without_clarabel")
def test_large_programs_go_to_interior_points(random_program: Programs) -> None:
    """Without Clarabel HiGHS does it."""
    assert outcome(random_program(0, rows=30, columns=50)) == (Status.OPTIMAL, "ipx")


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize(
    "settings", [BulkSettings(vertex=True), BulkSettings(options={"presolve": "on"})]
)
def test_vertex_or_options_mean_highs(random_program: Programs, settings: BulkSettings) -> None:
    """A vertex is asked of simplex, and options are those of HiGHS."""
    assert outcome(random_program(0), settings)[1] != "clarabel"


@pytest.mark.usefixtures("everything_is_large")
def test_integers_mean_highs(random_program: Programs) -> None:
    """Branch and cut, however large."""
    assert outcome(random_program(0, integers=3)) == (Status.OPTIMAL, "highs")


@pytest.mark.usefixtures("everything_is_large")
def test_fill_keeps_clarabel_out(random_program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A factor that is not sparse is known before the first iteration."""
    monkeypatch.setattr(module, "LARGEST_FILL", 0.0)

    assert outcome(random_program(0))[1] != "clarabel"


@pytest.mark.usefixtures("everything_is_large", "without_clarabel")
def test_no_conclusion_means_the_next_one(
    random_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where interior points come to nothing, simplex is asked; a lone point is better than none."""
    asked: list[bool] = []
    answer = HighsSolver._run  # noqa: SLF001 - what is replaced

    def first_gives_up(self: HighsSolver, settings: BulkSettings) -> Any:
        asked.append(settings.vertex)
        return answer(self, settings) if settings.vertex else BulkRun(Status.UNKNOWN)

    monkeypatch.setattr(HighsSolver, "_run", first_gives_up)

    assert outcome(random_program(0)) == (Status.OPTIMAL, "highs")
    assert asked == [False, True]


@pytest.mark.usefixtures("everything_is_large", "without_clarabel")
def test_a_point_is_better_than_none(
    random_program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If nobody comes to a conclusion, the run with a feasible point is the answer."""
    program = random_program(0)
    point = LinearSolution(program.lower)

    def run(_: HighsSolver, settings: BulkSettings) -> BulkRun:
        return BulkRun(Status.UNKNOWN) if settings.vertex else BulkRun(Status.FEASIBLE, point)

    monkeypatch.setattr(HighsSolver, "_run", run)
    solver = AutomaticSolver()
    solver.load(program)

    assert solver.run().status is Status.FEASIBLE


@pytest.mark.parametrize(
    ("options", "status"), [({}, Status.OPTIMAL), ({"presolve": "on"}, Status.UNKNOWN)]
)
def test_interior_points_have_the_last_word(
    random_program: Programs,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, str],
    status: Status,
) -> None:
    """Where simplex finds no words, interior points are asked, unless options choose otherwise."""
    answer = HighsSolver._run  # noqa: SLF001 - what is replaced

    def simplex_gives_up(self: HighsSolver, settings: BulkSettings) -> BulkRun:
        interior = settings.options.get("solver") == "ipm"
        return answer(self, settings) if interior else BulkRun(Status.UNKNOWN)

    monkeypatch.setattr(HighsSolver, "_run", simplex_gives_up)

    assert outcome(random_program(0), BulkSettings(options=options))[0] is status


@pytest.mark.usefixtures("everything_is_large")
def test_interior_and_vertex_agree(random_program: Programs) -> None:
    """One kept solver answers both, also after an update."""
    program = random_program(7, rows=30, columns=50)
    solver = AutomaticSolver()
    solver.load(program)

    for c in (program.c, 2 * program.c):
        solver.update(c=c)
        inner, vertex = (solver.run(BulkSettings(vertex=vertex)).bound for vertex in (False, True))
        assert inner == pytest.approx(vertex, abs=1e-6)
