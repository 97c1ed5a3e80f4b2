"""What is measured of learning: iterations, time to an accuracy, and what solvers take for it.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`. The input is
the name of a game, one of those below.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.bench.instance_workloads import NAME
from efmodels.bench.raw_highs import handed_over, solved
from efmodels.bulk import AutomaticSolver
from efmodels.bulk.clarabel import ClarabelSolver
from efmodels.compiling import compile_model
from efmodels.errors import SolverError
from efmodels.files import from_openspiel, write
from efmodels.formulations import ACRONYMS, nash_zero_sum
from efmodels.instances import battleship, leduc, liars_dice, sheriff
from efmodels.learning import CFRPlus, Ranges, learn
from efmodels.learning.algorithms import schedule
from efmodels.learning.engines import engine_for
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State
from efmodels.symmetry import reduce_symmetry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.bulk import BulkSolver
    from efmodels.game import Game
    from efmodels.linear_program import LinearProgram
    from efmodels.problem import EquilibriumProblem

GOOFSPIEL = "goofspiel(num_cards=4,imp_info=True,points_order=descending)"
OPENSPIEL = {
    "kuhn": "kuhn_poker",
    "goofspiel4": f"turn_based_simultaneous_game(game={GOOFSPIEL})",
    "leduc": "leduc_poker",
}
"""Games of OpenSpiel, on which all packages are compared."""

ITERATIONS = {"kuhn": 20_000, "goofspiel4": 2_000, "leduc": 300}

ZERO_SUM: dict[str, Callable[[], Game]] = {
    "leduc13": partial(leduc, ranks=13),
    "liars6": partial(liars_dice, faces=6),
}

MEDIATED: dict[str, Callable[[], Game]] = {
    "battleship": partial(battleship, height=2, width=2, shots=3),
    "sheriff": partial(sheriff, items=10, bribe=2, rounds=4),
    "small sheriff": partial(sheriff, items=3, bribe=1, rounds=1),
}
"""Games whose best Bayes correlated equilibrium is looked for."""


def game_called(name: str) -> Game:
    """Return the game of a case."""
    if name in OPENSPIEL:
        import pyspiel

        return from_openspiel(pyspiel.load_game(OPENSPIEL[name]))
    return {**MEDIATED, **ZERO_SUM}[name]()


def _named(folder: Path) -> str:
    return (folder / NAME).read_text(encoding="utf-8")


# Iterations of CFR+ ---------------------------------------------------------------------------


def iterate_with_numba(folder: Path) -> Callable[[], Facts]:
    """Do iterations of CFR+ in compiled loops."""
    return _iterate(folder, "numba")


def iterate_with_numpy(folder: Path) -> Callable[[], Facts]:
    """Do them with numpy."""
    return _iterate(folder, "numpy")


def _iterate(folder: Path, engine: str) -> Callable[[], Facts]:
    name = _named(folder)
    saddle = saddle_of(nash_zero_sum(game_called(name)).problem)
    state, learner = State.start(saddle), engine_for(saddle, engine)
    plan = schedule(CFRPlus(), 1, ITERATIONS[name])

    def work() -> Facts:
        learner.run(state, plan, plan)
        return {"iterations": ITERATIONS[name]}

    learner.run(State.start(saddle), schedule(CFRPlus(), 1, 2), schedule(CFRPlus(), 1, 2))
    return work


def iterate_with_openspiel(folder: Path) -> Callable[[], Facts]:
    """Do as many iterations with OpenSpiel's CFR+ in C++."""
    import pyspiel

    name = _named(folder)
    solver = pyspiel.CFRPlusSolver(pyspiel.load_game(OPENSPIEL[name]))

    def work() -> Facts:
        for _ in range(ITERATIONS[name]):
            solver.evaluate_and_update_policy()
        return {"iterations": ITERATIONS[name]}

    return work


def iterate_with_liteefg(folder: Path) -> Callable[[], Facts]:
    """Do as many iterations with LiteEFG's CFR+, averages included, as its own loop does them."""
    name = _named(folder)
    graph, environment = liteefg_cfr_plus(game_called(name), folder / "learned.game")

    def work() -> Facts:
        for _ in range(ITERATIONS[name]):
            graph.update_graph(environment)
            environment.update_strategy(graph.current_strategy())
        return {"iterations": ITERATIONS[name]}

    return work


def liteefg_cfr_plus(game: Game, path: Path) -> tuple[Any, Any]:
    """Return LiteEFG's CFR+ and its game, which it reads from a file that is written here."""
    import LiteEFG
    from LiteEFG.baselines import CFRplus

    write(game, path)
    graph = CFRplus.graph()
    environment = LiteEFG.FileEnv(str(path), traverse_type="Enumerate")
    environment.set_graph(graph)
    return graph, environment


# Time to an accuracy --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Target:
    """A problem, its linear program, and how exact learning is to be, in units of the ranges."""

    problem: EquilibriumProblem
    program: LinearProgram
    ranges: Ranges
    tolerance: float
    method: str


def _target(folder: Path) -> _Target:
    """Return what is to be solved: a zero-sum game to a gap of 1e-4, or a BCE to 1%."""
    name = _named(folder)
    game, model = game_called(name), pyo.ConcreteModel()
    if name in MEDIATED:
        model.eq = ACRONYMS["BCE"](game)
        model.goal = pyo.Objective(expr=model.eq.welfare, sense=pyo.maximize)
        payoffs = np.asarray(game.payoffs, dtype=float)
        ranges = Ranges(float(np.ptp(payoffs.sum(axis=1))), float(np.ptp(payoffs, axis=0).max()))
        return _Target(model.eq.problem, compile_model(model).program, ranges, 0.01, "auto")
    model.eq = nash_zero_sum(game)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    program = compile_model(model).program
    return _Target(model.eq.problem, program, Ranges(1, 1), 1e-4, "dcfr+")


def learn_to_target(folder: Path) -> Callable[[], Facts]:
    """Learn in compiled loops, certificates included, from the problem's arrays."""
    target = _target(folder)

    def work() -> Facts:
        learned = learn(
            target.problem,
            target.ranges,
            tolerance=target.tolerance,
            method=target.method,
            engine="numba",
            threads=1,  # as the solvers
        )
        if learned.status != "solved":
            raise SolverError(learned.status, status=learned.status, solver="learning")
        return {
            "value": learned.value,
            "gap": learned.bound - learned.value,
            "regret": max(learned.regrets.values(), default=0.0),
            "iterations": learned.iterations,
        }

    return work


def solve_with_highs_simplex(folder: Path) -> Callable[[], Facts]:
    """Solve the linear program with HiGHS's simplex algorithm."""
    return _solve_raw(folder, {"solver": "simplex"})


def solve_with_highs_ipm(folder: Path) -> Callable[[], Facts]:
    """Solve it with HiGHS's interior points, and find a vertex after that."""
    return _solve_raw(folder, {"solver": "ipm"})


def solve_with_highs_ipm_alone(folder: Path) -> Callable[[], Facts]:
    """Solve it with HiGHS's interior points, without a vertex."""
    return _solve_raw(folder, {"solver": "ipm", "run_crossover": "off"})


def _solve_raw(folder: Path, options: dict[str, str]) -> Callable[[], Facts]:
    program = _target(folder).program

    def work() -> Facts:
        highs = handed_over(program)
        for name, setting in options.items():
            if str(highs.setOptionValue(name, setting)) != "HighsStatus.kOk":
                raise SolverError(f"HiGHS refuses {name} = {setting}", status="", solver="highs")
        solution = solved(highs, program)
        return {"value": float(program.c @ solution.x)}

    return work


def solve_with_clarabel(folder: Path) -> Callable[[], Facts]:
    """Solve the linear program with Clarabel, without a presolve of ours."""
    return _solve_bulk(folder, ClarabelSolver, _as_it_is)


def solve_with_presolve(folder: Path) -> Callable[[], Facts]:
    """Solve it with the automatic choice of solver, after merging symmetries."""
    return _solve_bulk(folder, AutomaticSolver, lambda program: reduce_symmetry(program).reduced)


def _as_it_is(program: LinearProgram) -> LinearProgram:
    return program


def _solve_bulk(
    folder: Path,
    solver_class: Callable[[], BulkSolver],
    presolved: Callable[[LinearProgram], LinearProgram],
) -> Callable[[], Facts]:
    program = _target(folder).program

    def work() -> Facts:
        small, solver = presolved(program), solver_class()
        solver.load(small)
        run = solver.run()
        if run.solution is None:
            raise SolverError(run.message, status=run.status, solver=solver.name)
        return {"value": float(small.c @ run.solution.x)}

    return work
