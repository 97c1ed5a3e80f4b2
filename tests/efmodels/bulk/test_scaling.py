"""Scaling changes units, not optima: no digit is lost, and tiny payoffs are played as well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from efmodels.bulk import AutomaticSolver, BulkSettings, ScaledSolver
from efmodels.bulk.highs import HighsSolver
from efmodels.bulk.scaling import balanced, is_wide
from efmodels.instances import kuhn, leduc
from efmodels.linear_program import LinearProgram, LinearSolution, optimality_violation
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.bulk.base import BulkRun
    from efmodels.game import Game

    Programs = Callable[..., LinearProgram]
    Oracle = Callable[[LinearProgram], float]

ARRAYS = ("c", "row_lower", "row_upper", "lower", "upper")


def zero_sum_program(game: Game) -> LinearProgram:
    """Return the first player's sequence-form program: minimise what the second one gets."""
    form = game.sequence_form()
    mine, theirs = form.polytopes
    A = form.payoff_matrix(game.players[1])
    columns = mine.size + theirs.points + 1
    free = np.full(columns, np.inf)
    return LinearProgram(
        A=sparse.csr_array(sparse.block_array([[mine.F, None], [-A.T, theirs.F.T]], format="csr")),
        c=np.eye(1, columns, mine.size)[0],
        row_lower=np.concatenate((mine.f, np.zeros(theirs.size))),
        row_upper=np.concatenate((mine.f, free[: theirs.size])),
        lower=np.where(np.arange(columns) < mine.size, 0.0, -free),
        upper=free,
        integer=np.zeros(columns, dtype=bool),
    )


def relative_regret(game: Game, solution: LinearSolution | None) -> float:
    """Return the larger regret, recomputed from the tree, relative to the range of payoffs."""
    assert solution is not None
    assert solution.duals is not None
    mine, theirs = game.sequence_form().polytopes
    behaviour = (
        np.zeros(len(game.chance_probabilities)),
        mine.behaviour(solution.x[: mine.size])[1:],
        theirs.behaviour(solution.duals[mine.points + 1 :])[1:],
    )
    regrets = Profile(game, np.concatenate(behaviour)).regrets()
    return max(regrets.values()) / float(np.ptp(game.payoffs))


def with_leaf_factors(game: Game, factors: np.ndarray) -> Game:
    """Return the game with the payoffs at each leaf multiplied; the tree is written anew."""
    from dataclasses import replace

    payoffs = game.payoffs * factors[:, None]
    outcome = np.full(game.nodes, -1)
    outcome[game.terminals] = np.arange(len(payoffs))
    return replace(
        game,
        outcome=outcome,
        outcome_labels=tuple(map(str, range(len(payoffs)))),
        outcome_payoffs=tuple(map(tuple, payoffs.tolist())),
    )


def wide_program(program: LinearProgram, seed: int) -> LinearProgram:
    """Return the same program in absurd units: rows and columns times powers of ten."""
    rng = np.random.default_rng(seed)
    rows = 10.0 ** rng.integers(-6, 7, program.rows)
    columns = np.where(program.integer, 1.0, 10.0 ** rng.integers(-6, 7, program.columns))
    A = program.A.toarray() * rows[:, None] * columns
    return LinearProgram(
        A=sparse.csr_array(A),
        c=program.c * columns * 1e6,
        row_lower=program.row_lower * rows,
        row_upper=program.row_upper * rows,
        lower=program.lower / columns,
        upper=program.upper / columns,
        integer=program.integer,
        offset=program.offset * 1e6,
        maximize=program.maximize,
    )


@pytest.mark.parametrize("integers", [0, 6])
def test_factors_are_powers_of_two(random_program: Programs, integers: int) -> None:
    """So that scaling there and back gives the very same bits; integer columns keep their unit."""
    program = wide_program(random_program(0, integers=integers), seed=1)
    scaling = balanced(program)
    scaled = scaling.scale(program)

    for factors in (scaling.rows, scaling.columns, np.array([scaling.objective])):
        mantissa, _ = np.frexp(factors)
        assert set(mantissa.tolist()) == {0.5}
    assert (scaling.columns[program.integer] == 1).all()
    back = scaled.A.toarray() / scaling.rows[:, None] / scaling.columns
    assert (back == program.A.toarray()).all()
    assert (scaled.c / scaling.columns / scaling.objective == program.c).all()


def test_entries_come_near_one(random_program: Programs) -> None:
    """Absurd units disappear: the scaled entries are those that sane units give, or nearly."""
    program = random_program(0)
    wide = wide_program(program, seed=1)

    sane, absurd = (np.abs(balanced(p).scale(p).A.data) for p in (program, wide))

    assert np.ptp(np.log10(np.abs(wide.A.data))) > 15
    assert np.abs(np.log2(sane / absurd)).max() <= 3


def test_unscaled_solution_is_optimal(random_program: Programs) -> None:
    """Signs and units of duals and reduced costs are those of the original program."""
    program = wide_program(random_program(2, maximize=True), seed=2)
    scaling = balanced(program)
    inner = HighsSolver()
    inner.load(scaling.scale(program))

    solution = scaling.unscale(inner.run().solution)

    assert solution.duals is not None
    identity = program.c - program.A.T @ solution.duals
    size = np.abs(program.c) + np.abs(program.A).T @ np.abs(solution.duals)
    assert np.abs(identity - solution.reduced_costs).max() <= 1e-9 * size.max()
    activity = program.A @ solution.x
    size = np.abs(program.A) @ np.abs(solution.x) + 1e-300
    assert ((program.row_lower - activity) / size).max() < 1e-6
    assert ((activity - program.row_upper) / size).max() < 1e-6


@pytest.mark.parametrize("integers", [0, 6])
@pytest.mark.parametrize("seed", range(4))
def test_absurd_units_give_the_same_value(
    random_program: Programs, oracle: Oracle, seed: int, integers: int
) -> None:
    """The optimum does not depend on the units in which rows and columns are written."""
    program = random_program(seed, integers=integers)
    wide = wide_program(program, seed)
    solver = AutomaticSolver()
    solver.load(wide)

    assert is_wide(wide)
    assert solver.run(BulkSettings(gap=0.0)).bound / 1e6 == pytest.approx(oracle(program), abs=1e-5)


@pytest.mark.parametrize("unit", [1e-8, 1e-4, 1.0, 1e8])
@pytest.mark.parametrize("game", [kuhn(), leduc(ranks=3)], ids=["kuhn", "leduc"])
def test_units_of_payoffs_do_not_matter(game: Game, unit: float) -> None:
    """HiGHS alone drops payoffs of 1e-9 without a word, and calls a worthless plan optimal."""
    game = with_leaf_factors(game, np.full(len(game.terminals), unit))
    for options in (
        {},
        {"solver": "ipx", "run_crossover": "off", "ipm_optimality_tolerance": 1e-10},
    ):
        solver = ScaledSolver(HighsSolver())
        solver.load(zero_sum_program(game))

        run = solver.run(BulkSettings(options=options))

        assert relative_regret(game, run.solution) < 1e-8


@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
def test_units_of_payoffs_do_not_matter_to_clarabel(unit: float) -> None:
    """The same, by interior points alone."""
    pytest.importorskip("clarabel")
    from efmodels.bulk.clarabel import ClarabelSolver

    game = leduc(ranks=3)
    game = with_leaf_factors(game, np.full(len(game.terminals), unit))
    solver = ScaledSolver(ClarabelSolver())
    solver.load(zero_sum_program(game))

    assert relative_regret(game, solver.run().solution) < 1e-8


@pytest.mark.parametrize("seed", range(3))
def test_mixed_payoffs(seed: int) -> None:
    """Payoffs that span nine orders of magnitude inside one game."""
    game = leduc(ranks=3)
    rng = np.random.default_rng(seed)
    game = with_leaf_factors(game, 10.0 ** rng.uniform(-9, 0, len(game.terminals)))
    solver = AutomaticSolver()
    solver.load(zero_sum_program(game))

    assert relative_regret(game, solver.run().solution) < 1e-8


def test_program_without_anything_to_scale(program: Programs) -> None:
    """Empty rows and columns, and no finite bounds, keep their units."""
    empty = program([[0, 0]], [0, 0], [-np.inf], [np.inf], lower=[-np.inf] * 2)
    scaling = balanced(empty)

    assert (scaling.rows.tolist(), scaling.columns.tolist(), scaling.objective) == ([1], [1, 1], 1)


def rounding_errors() -> LinearProgram:
    """Return a game's program in which rounding has left something of a sum that cancels."""
    program = zero_sum_program(leduc(ranks=3))
    A = program.A.tocoo()
    absent = sparse.coo_array(([1.4e-17], ([0], [program.columns - 1])), shape=A.shape)
    return replace(program, A=sparse.csr_array(A + absent))


def test_what_rounding_leaves_does_not_count() -> None:
    """An entry of 1e-17 among ones changes no factor."""
    program, noisy = zero_sum_program(leduc(ranks=3)), rounding_errors()
    clean, other = balanced(program), balanced(noisy)

    assert noisy.A.nnz == program.A.nnz + 1
    np.testing.assert_array_equal(clean.rows, other.rows)
    np.testing.assert_array_equal(clean.columns, other.columns)


def test_what_is_not_optimal_in_the_callers_units_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If the scaled program's duals prove nothing, the program is solved as it is."""
    asked: list[LinearProgram] = []
    answer = HighsSolver._run  # noqa: SLF001 - what is replaced

    def first_is_wrong(self: HighsSolver, settings: BulkSettings) -> BulkRun:
        asked.append(self.program)
        run = answer(self, settings)
        assert run.solution is not None
        wrong = LinearSolution(run.solution.x, np.zeros(self.program.rows))
        return replace(run, solution=wrong) if len(asked) == 1 else run

    monkeypatch.setattr(HighsSolver, "_run", first_is_wrong)
    program = zero_sum_program(leduc(ranks=3))
    solver = ScaledSolver(HighsSolver())
    solver.load(program)
    run = solver.run()

    assert run.solution is not None
    found = optimality_violation(program, run.solution)
    assert max(found.primal, found.dual, found.gap) < 1e-6
    assert [one.A.data.tolist() == program.A.data.tolist() for one in asked] == [False, True]
