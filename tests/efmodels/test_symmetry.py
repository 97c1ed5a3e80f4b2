"""Colour refinement: what is merged, that nothing is lost, and the way back to the full program."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import gcd
from typing import TYPE_CHECKING

import highspy
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

import efmodels as ef
from efmodels.linear_program import LinearProgram, LinearSolution, optimality_violation
from efmodels.symmetry import Partition, SymmetryReduction, reduce_symmetry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

INF = np.inf
EXACT = 1e-9


def program_of(
    A: object,
    c: object,
    rows: tuple[object, object],
    columns: tuple[object, object],
    **more: object,
) -> LinearProgram:
    """Return a program from anything that numpy can broadcast."""
    matrix = sparse.csr_array(A, dtype=float)
    m, n = matrix.shape
    defaults = {"integer": np.zeros(n, dtype=bool)}
    return LinearProgram(
        matrix,
        np.array(np.broadcast_to(c, n), dtype=float),
        *(np.array(np.broadcast_to(bound, m), dtype=float) for bound in rows),
        *(np.array(np.broadcast_to(bound, n), dtype=float) for bound in columns),
        **(defaults | more),
    )


def solve(program: LinearProgram) -> tuple[str, LinearSolution]:
    """Solve with HiGHS itself, as a minimisation; signs are turned back for a maximisation."""
    least = program.minimised()
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = least.A.shape
    model.col_cost_, model.col_lower_, model.col_upper_ = least.c, least.lower, least.upper
    model.row_lower_, model.row_upper_ = least.row_lower, least.row_upper
    model.integrality_ = [highspy.HighsVarType(int(whole)) for whole in least.integer]
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = least.A.indptr, least.A.indices
    model.a_matrix_.value_ = least.A.data
    highs = highspy.Highs()
    highs.silent()
    for option in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
        assert highs.setOptionValue(option, 1e-10) == highspy.HighsStatus.kOk
    assert highs.setOptionValue("presolve", "off") == highspy.HighsStatus.kOk
    highs.passModel(model)
    highs.run()
    point, sign = highs.getSolution(), -1.0 if program.maximize else 1.0
    return highs.modelStatusToString(highs.getModelStatus()), LinearSolution(
        *(np.array(point.col_value), sign * np.array(point.row_dual)),
        reduced_costs=sign * np.array(point.col_dual),
    )


def cloned_matrix(
    rng: np.random.Generator, rows: Sequence[int], columns: Sequence[int]
) -> np.ndarray:
    """Return a matrix whose blocks are circulants: each block has equal rows and columns, mixed."""
    values = [0.0, 0.0, 0.0, 1.0, -1.0, 2.0, 0.1, 1 / 3]
    blocks = []
    for p in rows:
        line = []
        for q in columns:
            cycle = rng.choice(values, size=gcd(p, q))
            line.append(cycle[np.subtract.outer(np.arange(p), np.arange(q)) % gcd(p, q)])
        blocks.append(line)
    return np.block(blocks)


def bounds_around(
    rng: np.random.Generator, value: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return bounds of all kinds that a value satisfies, and multipliers that fit to a minimum."""
    active = [(0, 0, -1), (0, 0, 1), (0, 1, 1), (0, INF, 1), (1, 0, -1), (INF, 0, -1)]
    slack = [(1, 1, 0), (1, INF, 0), (INF, 1, 0), (INF, INF, 0)]
    kinds = np.array(active + slack, dtype=float)
    below, above, sign = kinds[rng.integers(len(kinds), size=len(value))].T
    multiplier = sign * rng.choice([0.0, 1.0, 0.7, 3.0], size=len(value))
    return value - below, value + above, multiplier


def cloned_program(seed: int) -> tuple[LinearProgram, int, int]:
    """Return a permuted program with an optimum, and the classes that it has at most."""
    rng = np.random.default_rng(seed)
    row_sizes = rng.integers(1, 6, size=rng.integers(1, 6))
    column_sizes = rng.integers(1, 6, size=rng.integers(1, 7))
    A = cloned_matrix(rng, row_sizes.tolist(), column_sizes.tolist())
    row_class = np.repeat(np.arange(len(row_sizes)), row_sizes)
    column_class = np.repeat(np.arange(len(column_sizes)), column_sizes)
    first_row, first_column = (
        np.concatenate([[0], np.cumsum(sizes)[:-1]]) for sizes in (row_sizes, column_sizes)
    )
    point = rng.integers(-2, 3, size=len(column_sizes)).astype(float)
    low, high, duals = bounds_around(rng, A[first_row] @ point[column_class])
    lower, upper, costs = bounds_around(rng, point)
    c = (A[:, first_column].T @ duals[row_class] + costs)[column_class]
    maximize = bool(rng.integers(2))
    i, j = rng.permutation(len(row_class)), rng.permutation(len(column_class))
    program = program_of(
        A[np.ix_(i, j)],
        (-c if maximize else c)[j],
        (low[row_class][i], high[row_class][i]),
        (lower[column_class][j], upper[column_class][j]),
        maximize=maximize,
        offset=float(rng.integers(3)),
    )
    return program, len(row_sizes), len(column_sizes)


def is_equitable(program: LinearProgram, reduction: SymmetryReduction) -> bool:
    """Say, by the definition and with dense matrices, whether the partitions are equitable."""
    rows = np.eye(len(reduction.row_partition))[reduction.row_partition.class_of]
    columns = np.eye(len(reduction.column_partition))[reduction.column_partition.class_of]
    A = program.A.toarray()
    row_data = np.column_stack([program.row_lower, program.row_upper, A @ columns])
    column_data = np.column_stack([program.c, program.lower, program.upper, A.T @ rows])
    return all(
        np.allclose(data, data[partition.first[partition.class_of]], rtol=1e-12, atol=1e-12)
        for data, partition in (
            (row_data, reduction.row_partition),
            (column_data, reduction.column_partition),
        )
    )


def numbered(keys: list[object]) -> list[int]:
    """Return a number per key, in the order of their first appearance."""
    ids: dict[object, int] = {}
    return [ids.setdefault(key, len(ids)) for key in keys]


def refined_by_dictionaries(program: LinearProgram) -> tuple[list[int], list[int]]:
    """Return the classes of rows and columns by colour refinement without hashes of our own."""
    A = program.A.toarray()
    rows = numbered(list(zip(program.row_lower, program.row_upper, strict=True)))
    columns = numbered(list(zip(program.c, program.lower, program.upper, strict=True)))
    for _ in range(A.size):
        rows = numbered([(k, _meets(a, columns)) for k, a in zip(rows, A, strict=True)])
        columns = numbered([(k, _meets(a, rows)) for k, a in zip(columns, A.T, strict=True)])
    return rows, columns


def _meets(coefficients: np.ndarray, classes: list[int]) -> frozenset[object]:
    pairs = zip(coefficients.tolist(), classes, strict=True)
    return frozenset(Counter(pair for pair in pairs if pair[0]).items())


def check_exact(program: LinearProgram, reduction: SymmetryReduction) -> None:
    """Assert that the reduced optimum, lifted, proves itself optimal for the full program."""
    status, solution = solve(reduction.reduced)
    lifted = reduction.lift(solution)
    violation = optimality_violation(program, lifted)

    assert status == "Optimal"
    assert max(violation.primal, violation.dual, violation.gap) <= EXACT
    assert_allclose(program.value(lifted.x), reduction.reduced.value(solution.x), atol=EXACT)
    assert_allclose(program.value(lifted.x), program.value(solve(program)[1].x), atol=EXACT)


def check_cloned(seed: int) -> None:
    """Assert that the clones of a program are found, and that nothing else changes."""
    program, row_classes, column_classes = cloned_program(seed)
    reduction = reduce_symmetry(program)

    assert reduction.reduced.rows <= row_classes
    assert reduction.reduced.columns <= column_classes
    assert is_equitable(program, reduction)
    check_exact(program, reduction)


@pytest.mark.parametrize("seed", range(100))
def test_reduced_program_has_the_same_optimum(seed: int) -> None:
    """Cloned and permuted programs with all kinds of bounds: optimum, primal and dual lift."""
    check_cloned(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 600))
def test_reduced_program_has_the_same_optimum_always(seed: int) -> None:
    """The same on five hundred more."""
    check_cloned(seed)


@pytest.mark.parametrize("seed", range(40))
def test_classes_are_those_of_exact_refinement(seed: int) -> None:
    """The partitions are those of a refinement by dictionaries of multisets, neither hash-made."""
    program, _, _ = cloned_program(seed)
    reduction = reduce_symmetry(program)
    classes = (reduction.row_partition.class_of, reduction.column_partition.class_of)

    assert tuple(found.tolist() for found in classes) == refined_by_dictionaries(program)


def test_status_is_kept() -> None:
    """Infeasible and unbounded programs stay what they are."""
    seen = set()
    for seed in range(60):
        program, _, _ = cloned_program(seed)
        turned = LinearProgram(
            *(program.A, np.round(program.c), 1.0 + program.row_lower, 1.0 + program.row_upper),
            *(program.lower, program.upper, program.integer),
        )
        status = solve(turned)[0]
        seen.add(status)
        assert solve(reduce_symmetry(turned).reduced)[0] == status
    assert seen == {"Optimal", "Infeasible", "Unbounded"}


def test_fully_symmetric_program_has_one_row_and_one_column() -> None:
    """Choosing with equal chances: n columns and n rows that each miss one become 1 x 1."""
    program = program_of(np.ones((7, 7)) - np.eye(7), 1, (-INF, 3), (0, INF), maximize=True)
    reduction = reduce_symmetry(program)

    assert reduction.reduced.A.toarray().tolist() == [[6.0]]
    assert reduction.reduced.c.tolist() == [7.0]
    assert str(reduction) == "7 x 7 with 42 nonzeros -> 1 x 1 with 1 nonzero"
    check_exact(program, reduction)


def test_program_without_symmetry_is_returned_unchanged() -> None:
    """Where no two rows and no two columns are alike, the program itself comes back."""
    program = program_of([[1, 2], [3, 4]], [1, 2], (0, [1, 2]), (0, 1))
    reduction = reduce_symmetry(program)
    point = LinearSolution(np.zeros(2), np.zeros(2), np.zeros(2))

    assert reduction.is_identity
    assert reduction.reduced is program
    assert reduction.lift(point) is point


def test_side_constraint_breaks_the_symmetry() -> None:
    """One more row on one column takes this column out of its class."""
    A = np.vstack([np.ones((1, 4)), [[1, 0, 0, 0]]])
    reduction = reduce_symmetry(program_of(A, 1, (-INF, [1, 0.1]), (0, 1)))

    assert reduction.column_partition.class_of.tolist() == [0, 1, 1, 1]
    assert reduction.reduced.A.toarray().tolist() == [[1.0, 3.0], [1.0, 0.0]]


def test_negative_zero_is_zero() -> None:
    """The sign of a zero bound or cost tells no columns apart."""
    program = program_of(np.ones((1, 2)), [0.0, -0.0], (1, 1), ([-0.0, 0.0], 1))

    assert reduce_symmetry(program).reduced.A.shape == (1, 1)


@pytest.mark.parametrize("changed", ["c", "lower", "upper", "row_lower", "row_upper", "A"])
def test_last_bit_counts(changed: str) -> None:
    """Data that differ in the last bit alone are different, wherever they stand."""
    data = {"c": np.ones(2), "lower": np.ones(2), "upper": np.ones(2)}
    data |= {"row_lower": np.ones(2), "row_upper": np.ones(2), "A": np.ones((2, 2))}
    data[changed].flat[0] = np.nextafter(1.0, 2.0)
    rows, columns = (data["row_lower"], data["row_upper"]), (data["lower"], data["upper"])
    reduction = reduce_symmetry(program_of(data["A"], data["c"], rows, columns))

    assert not all(
        len(partition) == 1 for partition in (reduction.row_partition, reduction.column_partition)
    )


def test_names_are_those_of_first_members() -> None:
    """Reduced rows and columns carry the name of the first of their class, also in slices."""
    program = program_of(
        *([[1, 0, 1], [0, 1, 1]], [1, 1, 0], (0, 1), (0, 1)),
        column_names=("a", "b", "c"),
        row_names=("first", "second"),
    )
    reduced = reduce_symmetry(program).reduced

    assert list(reduced.column_names) == ["a", "c"]
    assert list(reduced.column_names[1:]) == ["c"]
    assert list(reduced.row_names) == ["first"]


def test_program_without_names_stays_without() -> None:
    """No names are invented."""
    reduced = reduce_symmetry(program_of(np.ones((2, 2)), 1, (0, 1), (0, 1))).reduced

    assert (len(reduced.column_names), len(reduced.row_names)) == (0, 0)


def test_point_without_duals_is_lifted() -> None:
    """A point may have values alone."""
    reduction = reduce_symmetry(program_of(np.ones((2, 2)), 1, (0, 1), (0, 1)))
    lifted = reduction.lift(LinearSolution(np.array([0.25])))

    assert lifted.x.tolist() == [0.25, 0.25]
    assert (lifted.duals, lifted.reduced_costs) == (None, None)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_empty_programs(shape: tuple[int, int]) -> None:
    """Without rows or without columns, what there is becomes one class."""
    reduced = reduce_symmetry(program_of(np.zeros(shape), 1, (0, 1), (0, 1))).reduced

    assert reduced.A.shape == tuple(min(size, 1) for size in shape)


def test_integer_columns_stay_alone() -> None:
    """Integers are not averaged: continuous columns merge around them, the optimum is the same."""
    A = [[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0]]
    whole = np.array([True, True, False, False])
    rows = (-INF, [1.5, 0.8, 0.8])
    program = program_of(A, [1, 1, 0.5, 0.5], rows, (0, 1), maximize=True, integer=whole)
    reduction = reduce_symmetry(program)

    assert reduction.column_partition.class_of.tolist() == [0, 1, 2, 2]
    assert program.value(reduction.lift(solve(reduction.reduced)[1]).x) == pytest.approx(0.75)
    assert program.value(solve(program)[1].x) == pytest.approx(0.75)


# What the check of the partition is there for.


@pytest.mark.parametrize(
    "bad_hash",
    [np.zeros_like, lambda values: values & np.uint64(1), lambda values: values],
    ids=["one colour", "two colours", "linear"],
)
def test_colliding_hashes_change_no_optimum(
    bad_hash: Callable[[np.ndarray], np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With bad hashes classes are too large; this is noticed, and the program left as it is."""
    programs = [cloned_program(seed)[0] for seed in range(40)]
    reducible = sum(not reduce_symmetry(program).is_identity for program in programs)
    monkeypatch.setattr("efmodels.symmetry._mixed", bad_hash)
    reductions = [reduce_symmetry(program) for program in programs]

    assert sum(not reduction.is_identity for reduction in reductions) < reducible
    for program, reduction in zip(programs, reductions, strict=True):
        assert is_equitable(program, reduction)
        check_exact(program, reduction)


@pytest.mark.parametrize(
    ("A", "c", "row_upper", "upper"),
    [
        ([[1, 1], [1, 1]], [1, 2], 1, 1),
        ([[1, 1], [1, 1]], 1, [1, 2], 1),
        ([[1, 1], [1, 1]], 1, 1, [1, 2]),
        ([[1, 2], [2, 3]], 1, 1, 1),
        ([[1, 0], [1, 1]], 1, 1, 1),
        ([[1, 2, 3], [2, 3, 1]], 1, 1, 1),
    ],
    ids=["cost", "row bound", "bound", "coefficient", "pattern", "columns alone"],
)
def test_collision_is_noticed(
    A: object, c: object, row_upper: object, upper: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If everything has one colour, each difference by itself stops the reduction."""
    monkeypatch.setattr("efmodels.symmetry._mixed", np.zeros_like)

    assert reduce_symmetry(program_of(A, c, (0, row_upper), (0, upper))).is_identity


def test_collision_of_integer_columns_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two integer columns in one class are never accepted."""
    monkeypatch.setattr("efmodels.symmetry._mixed", np.zeros_like)
    whole = np.array([True, True])

    assert reduce_symmetry(program_of([[1, 1]], 1, (0, 1), (0, 1), integer=whole)).is_identity


@pytest.mark.parametrize(
    ("A", "row_class"),
    [
        ([[1, 0], [0, 1]], [0, 0]),
        ([[1, 0], [1, 1]], [0, 0]),
        ([[1, 2], [2, 1]], [0, 0]),
        ([[1, 0], [0, 1], [1, 1], [0, 0]], [0, 1, 0, 1]),
    ],
    ids=["other columns", "more columns", "other sums", "the same entries in other rows"],
)
def test_partition_that_is_not_equitable_is_refused(
    A: object, row_class: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows in one class must meet the same classes of columns, and with the same sums."""
    rows = Partition(np.array(row_class), first=np.unique(row_class))
    columns = Partition(np.arange(2), first=np.arange(2))
    monkeypatch.setattr("efmodels.symmetry._stable_partitions", lambda _: (rows, columns))

    assert reduce_symmetry(program_of(A, 1, (0, 1), (0, 1))).is_identity


def circulant(first: Sequence[float]) -> np.ndarray:
    """Return the matrix whose rows are the cyclic shifts of the first."""
    return np.array([np.roll(first, shift) for shift in range(len(first))])


def test_sums_that_depend_on_their_order_are_left_alone() -> None:
    """1e16 + 1 - 1e16 is 0, 1 or 2 by the order of its terms: the program is not touched."""
    program = program_of(circulant([1e16, 1.0, -1e16]), 1, (0, 1), (0, 1))

    assert reduce_symmetry(program).is_identity


def test_ordinary_rounding_is_no_difference() -> None:
    """0.1 + 0.2 - 0.3 is zero in some order and 6e-17 in another: merged, and taken as zero."""
    program = program_of(circulant([0.1, 0.2, -0.3]), 1, (0, 1), (0, 1))
    reduced = reduce_symmetry(program).reduced

    assert reduced.A.shape == (1, 1)
    assert reduced.A.nnz == 0


def test_small_coefficient_is_not_taken_for_rounding() -> None:
    """What nothing cancels is kept, however small it is beside the others of its row."""
    reduced = reduce_symmetry(program_of([[1, 1e-18, 1e-18]], 1, (0, 1), (0, [2, 1, 1]))).reduced

    assert reduced.A.toarray().tolist() == [[1.0, 2e-18]]


def mirrored_chain(length: int) -> LinearProgram:
    """Return a path of columns joined by rows: its only symmetry is to turn it round."""
    A = np.eye(length)[:-1] + np.eye(length)[1:]
    return program_of(A, 1, (0, 1), (0, 1), maximize=True)


def test_long_chain_is_folded_in_the_middle() -> None:
    """Colours travel from both ends until they meet."""
    program = mirrored_chain(101)
    reduction = reduce_symmetry(program)

    assert reduction.reduced.A.shape == (50, 51)
    check_exact(program, reduction)


def test_refinement_gives_up_after_many_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partition that is not final is not used."""
    monkeypatch.setattr("efmodels.symmetry.ROUNDS", 5)

    assert reduce_symmetry(mirrored_chain(101)).is_identity


# Games.


def zero_sum_program(game: ef.Game) -> LinearProgram:
    """Return the first player's program: maximise -g'v, F x = f, x >= 0, G'v >= -U'x."""
    form = game.sequence_form()
    first, second = form.polytopes
    A = sparse.block_array([[first.F, None], [form.payoff_matrix(form.players[0]).T, second.F.T]])
    replies, values = second.size, len(second.f)
    return program_of(
        A,
        np.concatenate([np.zeros(first.size), -second.f]),
        (
            np.concatenate([first.f, np.zeros(replies)]),
            np.concatenate([first.f, np.full(replies, INF)]),
        ),
        (np.concatenate([np.zeros(first.size), np.full(values, -INF)]), INF),
        maximize=True,
    )


def zero_sum(payoffs: np.ndarray) -> LinearProgram:
    """Return the program of a matrix game."""
    return zero_sum_program(ef.Game.from_matrices(payoffs.tolist(), (-payoffs).tolist()))


@pytest.mark.parametrize("actions", [3, 5, 51])
def test_rock_paper_scissors(actions: int) -> None:
    """Any odd number of actions in a cycle: four rows and columns, everything equally often."""
    ahead = np.subtract.outer(np.arange(actions), np.arange(actions)) % actions
    payoffs = np.where(ahead == 0, 0.0, np.where(ahead % 2 == 1, 1.0, -1.0))
    program = zero_sum(payoffs)
    reduction = reduce_symmetry(program)
    plan = reduction.lift(solve(reduction.reduced)[1]).x[1 : actions + 1]

    assert reduction.reduced.A.shape == (4, 4)
    assert_allclose(plan, 1 / actions, atol=EXACT)
    check_exact(program, reduction)


def dominoes(size: int) -> list[tuple[tuple[int, int], ...]]:
    """Return the pairs of adjacent cells of a square board."""
    cells = list(product(range(size), repeat=2))
    return [((i, j), (i + 1, j)) for i, j in cells if i + 1 < size] + [
        ((i, j), (i, j + 1)) for i, j in cells if j + 1 < size
    ]


def test_turns_of_a_board_are_found() -> None:
    """One hides a domino, the other shoots at a cell: cells that a turn maps are in one class."""
    size = 5
    cells = list(product(range(size), repeat=2))
    hits = np.array([[-float(cell in ship) for cell in cells] for ship in dominoes(size)])
    program = zero_sum(hits)
    reduction = reduce_symmetry(program)
    replies = reduction.row_partition.class_of[-len(cells) :].reshape(size, size)

    assert len(np.unique(replies)) == 6
    for turned in (np.rot90(replies), np.fliplr(replies), replies.T):
        assert (turned == replies).all()
    check_exact(program, reduction)


@pytest.mark.parametrize(
    "game",
    [
        ef.instances.kuhn(),
        ef.instances.liars_dice(faces=3),
        ef.instances.liars_dice(faces=3, wild=False),
    ],
    ids=str,
)
def test_games_of_the_package(game: ef.Game) -> None:
    """Extensive-form games, merged or not, keep their value; its certificate is the full one."""
    program = zero_sum_program(game)

    check_exact(program, reduce_symmetry(program))


def test_sizes_of_a_partition() -> None:
    """Classes know their members."""
    partition = Partition(class_of=np.array([0, 1, 0, 0]), first=np.array([0, 1]))

    assert partition.sizes.tolist() == [3, 1]
    assert not partition.is_discrete
