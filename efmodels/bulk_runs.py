"""One bulk run on one model: compile, reduce, solve, lift, load.

The solver is kept on the model: if next time only costs or bounds have changed, it goes on from
where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from efmodels.bulk import AutomaticSolver, BulkSolver, ScaledSolver
from efmodels.bulk.clarabel import ClarabelSolver
from efmodels.bulk.gurobi import GurobiSolver
from efmodels.bulk.highs import HighsSolver
from efmodels.compiling import compile_model, same_structure
from efmodels.solver_runs import Run
from efmodels.solvers import Engine
from efmodels.symmetry import SymmetryReduction, reduce_symmetry

if TYPE_CHECKING:
    from efmodels.bulk import BulkSettings
    from efmodels.linear_program import LinearProgram
    from efmodels.solvers import Solver

SYMMETRY_NONZEROS = 5_000
"""From how many nonzeros on a program is searched for symmetries before it is solved."""

_KEPT = "_efmodels_kept_solver"
_CLASSES: dict[Engine, type[BulkSolver]] = {
    Engine.HIGHS: HighsSolver,
    Engine.GUROBI: GurobiSolver,
    Engine.CLARABEL: ClarabelSolver,
}


def presolve_symmetry(model: Any) -> SymmetryReduction:
    """Return a model's linear program and, if it has symmetries, a smaller one of equal optimum.

    Variables and rows that play the same part are merged; see
    :func:`efmodels.symmetry.reduce_symmetry`. :func:`efmodels.solve` does it on its own.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var(range(10), domain=pyo.NonNegativeReals)
    >>> m.total = pyo.Constraint(expr=sum(m.x.values()) <= 5)
    >>> m.goal = pyo.Objective(expr=sum(m.x.values()), sense=pyo.maximize)
    >>> print(presolve_symmetry(m))
    1 x 10 with 10 nonzeros -> 1 x 1 with 1 nonzero
    """
    return reduce_symmetry(compile_model(model).program)


def run_in_bulk(solver: Solver, model: Any, settings: BulkSettings, *, symmetry: bool) -> Run:
    """Solve a linear model with a solver that takes arrays, and load nothing.

    Parameters
    ----------
    solver
        A solver of the table with the interface ``BULK``.
    model
        The Pyomo model.
    settings
        What is asked of the solver.
    symmetry
        Whether to look for symmetries in a large continuous program.
    """
    compiled = compile_model(model)
    program = compiled.program
    reduction = None
    worthwhile = program.is_continuous and program.A.nnz >= SYMMETRY_NONZEROS
    if symmetry and worthwhile and not settings.vertex:
        found = reduce_symmetry(program)
        reduction = None if found.is_identity else found
    kept = _kept_on(model, solver, scaled=not settings.options)
    run = kept.hand_over(program if reduction is None else reduction.reduced).run(settings)
    solution = run.solution
    if solution is not None and reduction is not None:
        solution = reduction.lift(solution)
    return Run(
        run.status,
        bound=run.bound,
        log=f"{run.log}{run.message}",
        load=None if solution is None else lambda: compiled.load(solution),
        value=None if solution is None else program.value(solution.x),
        solver=f"efmodels_{run.solver}",
        size=str(reduction) if reduction is not None else _size(program),
        loads_duals=True,
    )


def _size(program: LinearProgram) -> str:
    return f"{program.rows} x {program.columns} with {program.A.nnz} nonzeros"


class KeptSolver:
    """A solver with the program that it was given last; clones and pickles do not inherit it.

    Parameters
    ----------
    engine
        Whose solver.
    scaled
        Whether the solver sees the program in units of its own. Options such as a bound on the
        objective are in those of the model.
    """

    def __init__(self, engine: Engine, *, scaled: bool = True) -> None:
        self.engine = engine
        self.scaled = scaled
        self.solver = _new_solver(engine, scaled=scaled)
        self._program: LinearProgram | None = None

    def hand_over(self, program: LinearProgram) -> BulkSolver:
        """Give the solver a program, or only what has changed, and return it."""
        before = self._program
        if before is None or before.offset != program.offset or not same_structure(before, program):
            self._program = None  # whatever happens now, the solver has no earlier one
            self.solver.load(program)
        else:
            names = ("c", "row_lower", "row_upper", "lower", "upper")
            arrays = {name: getattr(program, name) for name in names}
            changed = {n: a for n, a in arrays.items() if (a != getattr(before, n)).any()}
            if changed:
                self.solver.update(**changed)
        self._program = program
        return self.solver

    def __deepcopy__(self, memo: object) -> KeptSolver:
        """Return a new solver: a program inside a solver cannot be copied."""
        return KeptSolver(self.engine, scaled=self.scaled)

    def __reduce__(self) -> tuple[Any, ...]:
        return _kept_again, (self.engine, self.scaled)


def _kept_again(engine: Engine, scaled: bool) -> KeptSolver:  # noqa: FBT001 - pickle's way
    return KeptSolver(engine, scaled=scaled)


def _new_solver(engine: Engine, *, scaled: bool) -> BulkSolver:
    if engine is Engine.AUTOMATIC:
        return AutomaticSolver() if scaled else HighsSolver()
    return ScaledSolver(_CLASSES[engine]()) if scaled else _CLASSES[engine]()


def _kept_on(model: Any, solver: Solver, *, scaled: bool) -> KeptSolver:
    kept: KeptSolver | None = model.__dict__.get(_KEPT)
    if kept is None or (kept.engine, kept.scaled) != (solver.engine, scaled):
        kept = KeptSolver(solver.engine, scaled=scaled)
        setattr(model, _KEPT, kept)
    return kept
