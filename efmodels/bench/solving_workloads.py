"""What is measured on the linear programs of games: one solve, and many with changing objectives.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.bench.raw_highs import handed_over, solved
from efmodels.bench.workloads import EFG
from efmodels.bulk import AutomaticSolver
from efmodels.bulk.highs import HighsSolver
from efmodels.compiling import CompiledModel, compile_model, same_structure
from efmodels.errors import SolverError
from efmodels.files import read
from efmodels.formulations import nash_zero_sum

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from efmodels.bench.workloads import Facts
    from efmodels.bulk import BulkSolver
    from efmodels.game import Game
    from efmodels.linear_program import LinearSolution

OBJECTIVES = 200
"""Directions of a sweep, from the value of the game alone towards the plan alone."""

# One solve ------------------------------------------------------------------------------------


def solve_automatically(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Hand the program over and solve it with whichever solver is chosen for it."""
    compiled = _nash(read(folder / EFG))

    def work() -> Callable[[], Facts]:
        solver = AutomaticSolver()
        solver.load(compiled.program)
        solution = _optimum(solver)
        return lambda: _quality(compiled, solution)

    return work


def solve_by_default(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Hand the same program over to HiGHS and solve it with the options that HiGHS has anyway."""
    compiled = _nash(read(folder / EFG))

    def work() -> Callable[[], Facts]:
        solution = solved(handed_over(compiled.program), compiled.program)
        return lambda: _quality(compiled, solution)

    return work


def _nash(game: Game) -> CompiledModel:
    model = pyo.ConcreteModel()
    model.eq = nash_zero_sum(game)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    return compile_model(model)


def _optimum(solver: BulkSolver) -> LinearSolution:
    run = solver.run()
    if run.solution is None:
        raise SolverError(run.message, status=run.status, solver=solver.name)
    return run.solution


def _quality(compiled: CompiledModel, solution: LinearSolution) -> Facts:
    """Return the value, and the worst regret as a share of the payoff range."""
    compiled.load(solution)
    block = compiled.model.eq
    worst = max(block.regrets().values()) / float(np.ptp(block.game.payoffs))
    return {"value": pyo.value(block.value), "regret": worst}


# A sweep --------------------------------------------------------------------------------------


def sweep_with_one_solver(folder: Path) -> Callable[[], Facts]:
    """Build once; then change the objective, compile, and let the solver go on from where it was.

    The solver is told the new costs; that nothing else has changed is checked each time.
    """
    game = read(folder / EFG)

    def work() -> Facts:
        model = _sweep_model(game)
        solver = HighsSolver()
        program = None
        total = 0.0
        for angle in _angles():
            model.goal.set_value(_direction(model, angle))
            compiled = compile_model(model)
            if program is not None and same_structure(program, compiled.program):
                solver.update(c=compiled.program.c)
            else:
                solver.load(compiled.program)
            program = compiled.program
            compiled.load(_optimum(solver))
            total += pyo.value(model.goal)
        return _sweep_facts(total)

    return work


def sweep_from_scratch(folder: Path) -> Callable[[], Facts]:
    """Build, compile, hand over and solve for each objective anew."""
    game = read(folder / EFG)

    def work() -> Facts:
        total = 0.0
        for angle in _angles():
            model = _sweep_model(game)
            model.goal.set_value(_direction(model, angle))
            compiled = compile_model(model)
            solver = HighsSolver()
            solver.load(compiled.program)
            compiled.load(_optimum(solver))
            total += pyo.value(model.goal)
        return _sweep_facts(total)

    return work


def _sweep_model(game: Game) -> pyo.ConcreteModel:
    model = pyo.ConcreteModel()
    model.eq = nash_zero_sum(game)
    plan = model.eq.leader.x
    model.bets = pyo.Expression(expr=sum(plan[name] for name in plan if name.endswith("bet")))
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    return model


def _angles() -> list[float]:
    angles: list[float] = np.linspace(0.0, math.pi / 2, OBJECTIVES, endpoint=False).tolist()
    return angles


def _direction(model: Any, angle: float) -> Any:
    """Weigh what the leader is sure to get against how often she bets."""
    return math.cos(angle) * model.eq.value + math.sin(angle) * model.bets


def _sweep_facts(total: float) -> Facts:
    return {"mean objective": total / OBJECTIVES}
