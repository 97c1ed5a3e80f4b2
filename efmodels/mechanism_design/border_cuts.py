"""The best auction of one item: Border's inequalities are added where they are violated."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlockData
from efmodels.bulk import BulkSettings
from efmodels.bulk.highs import HighsSolver
from efmodels.compiling import compile_model
from efmodels.errors import GameError, InfeasibleError, SolverError, UnboundedError
from efmodels.formulations import border
from efmodels.formulations.border_reduced_form import border_rows, declare_sets
from efmodels.infeasibility import explain_infeasibility
from efmodels.mechanisms import IndependentBidders, InterimRule
from efmodels.mechanisms.border_separation import chance_of_somebody, violated_sets
from efmodels.results import Status
from efmodels.tables import text_table

if TYPE_CHECKING:
    from efmodels.bulk import BulkRun
    from efmodels.compiling import CompiledModel
    from efmodels.game import Bools
    from efmodels.linear_program import LinearSolution

TOLERANCE = 1e-9
"""By how much an inequality may be violated that is not added."""

SETS_PER_ROUND = 20
"""How many are added at once: with one at a time there are many more rounds."""

_TIGHT = {"primal_feasibility_tolerance": TOLERANCE / 10, "dual_feasibility_tolerance": TOLERANCE}


@dataclass(frozen=True, eq=False, repr=False)
class OptimalAuction:
    """The best auction that was asked for, as each bidder sees it.

    Attributes
    ----------
    rule
        How likely each type is to win, and what it pays on average.
    value
        The objective.
    sets
        The sets of types whose inequalities have rows now, shape ``(sets, types)``.
    rounds
        How often the program was solved.
    seconds
        How long that took.
    """

    rule: InterimRule
    value: float
    sets: Bools
    rounds: int
    seconds: float

    @property
    def revenue(self) -> float:
        """What is expected to be paid in all."""
        return self.rule.revenue

    @property
    def residual(self) -> float:
        """By how much the worst of all Border's inequalities is violated."""
        return self.rule.residual

    def regrets(self) -> dict[str, float]:
        """Return what each bidder could gain by a lie or by staying out."""
        return self.rule.regrets()

    def __str__(self) -> str:
        """Return the facts, one per line."""
        facts = {
            "value": f"{self.value:.6g}",
            "revenue": f"{self.revenue:.6g}",
            "residual": f"{self.residual:.3g}",
            "rows of Border": str(len(self.sets)),
            "rounds": str(self.rounds),
            "seconds": f"{self.seconds:.3g}",
        }
        regrets = {f"regret of {name}": f"{gain:.3g}" for name, gain in self.regrets().items()}
        return text_table(list((facts | regrets).items()))


def optimal_auction(
    asked: IndependentBidders | Any,
    *,
    sets_per_round: int = SETS_PER_ROUND,
    time_limit: float = math.inf,
) -> OptimalAuction:
    """Solve a model with a border block, adding rows until no other is violated.

    The block is that of :func:`~efmodels.formulations.border`. The program is solved, the most
    violated of Border's inequalities are found by sorting, rows for them are added, and it is
    solved again from where it was, until none is violated. Side constraints and other variables of
    the model stay, and the model is left with the solution and with all rows in ``border``.

    Parameters
    ----------
    asked
        Bidders, for the auction with the largest revenue; or a linear or mixed-integer linear model
        with an objective and one border block.
    sets_per_round
        How many rows are added at once, at most.
    time_limit
        In seconds, for all rounds together.

    Returns
    -------
    OptimalAuction
        The rule, how many rows it took, and what is violated at most.

    Raises
    ------
    GameError
        The model has no border block or several, or ``sets_per_round`` is below 1.
    InfeasibleError, UnboundedError
        There is no such auction, or no limit to the objective.
    SolverError
        Time is up, or the solver has failed. The model keeps the values that it had.

    Examples
    --------
    >>> from efmodels.mechanisms import IndependentBidders, myerson
    >>> bidders = IndependentBidders([[1, 2, 4]] * 3, [[0.5, 0.25, 0.25]] * 3)
    >>> found = optimal_auction(bidders)
    >>> round(found.revenue, 9) == round(myerson(bidders).revenue, 9)
    True
    """
    if sets_per_round < 1:
        raise GameError(f"sets_per_round must be at least 1; got {sets_per_round}")
    model = _model_of(asked) if isinstance(asked, IndependentBidders) else asked
    return _Cuts(model, _only_border(model), time.perf_counter()).run(sets_per_round, time_limit)


def _model_of(bidders: IndependentBidders) -> Any:
    model = pyo.ConcreteModel()
    model.auction = border(bidders)
    model.goal = pyo.Objective(expr=model.auction.revenue, sense=pyo.maximize)
    return model


def _only_border(model: Any) -> Any:
    """Return the border block of a model."""
    if not hasattr(model, "block_data_objects"):
        raise GameError(
            f"expected IndependentBidders or a model with a border block; got {model!r}"
        )
    found = [
        block
        for block in model.block_data_objects(active=True)
        if isinstance(block, AnsweringBlockData)
        and block.is_whole
        and isinstance(getattr(block.formulation(), "setting", None), IndependentBidders)
    ]
    if len(found) != 1:
        raise GameError(
            f"the model has {len(found)} border blocks; expected one, made by "
            "efmodels.formulations.border"
        )
    return found[0]


@dataclass(frozen=True, eq=False)
class _Cuts:
    """The rounds over one model."""

    model: Any
    block: Any
    start: float

    def run(self, most: int, time_limit: float) -> OptimalAuction:
        bidders = self.block.formulation().setting
        compiled = compile_model(self.model)
        first = compiled.columns.start_of(self.block.x)
        solver = HighsSolver()
        solver.load(compiled.program)
        added = np.zeros((0, len(bidders.value)), dtype=bool)
        rounds = 0
        while True:
            rounds += 1
            solved = self._solved(solver, time_limit, added)
            x = np.clip(solved.x[first : first + len(bidders.value)], 0.0, 1.0)
            sets = _new_ones(violated_sets(bidders, x, most, TOLERANCE), added)
            if not len(sets):
                break
            rows = _rows_over_all(border_rows(bidders, sets), first, compiled.program.columns)
            solver.append_rows(rows, row_upper=chance_of_somebody(bidders, sets))
            added = np.concatenate([added, sets])
        self._load(compiled, solved, added)
        return OptimalAuction(
            self.block.solution(),
            compiled.program.value(solved.x),
            _sets_of(self.block),
            rounds,
            time.perf_counter() - self.start,
        )

    def _solved(self, solver: HighsSolver, time_limit: float, added: Bools) -> LinearSolution:
        left = time_limit - (time.perf_counter() - self.start)
        continuous = solver.program.is_continuous
        settings = BulkSettings(
            time_limit=max(left, 0.0) if math.isfinite(left) else None,
            vertex=True,
            options=_TIGHT if continuous else {},
        )
        run = solver.run(settings)
        if run.status is not Status.OPTIMAL or run.solution is None:
            raise self._failure(run, added)
        return run.solution

    def _failure(self, run: BulkRun, added: Bools) -> SolverError:
        """Return the error for a round without a solution.

        The rows that were added stay in the model: without them it may be feasible.
        """
        kept = "The variables keep the values that they had."
        said: dict[str, Any] = {"status": run.status, "solver": run.solver}
        if run.status is Status.INFEASIBLE:
            sets = np.concatenate([_sets_of(self.block), added])
            declare_sets(self.block, self.block.formulation().setting, sets)
            found = explain_infeasibility(self.model)
            text = f"no auction satisfies the constraints. {found.text}{kept}"
            return InfeasibleError(text, **said, conflict=found.conflict)
        if run.status is Status.UNBOUNDED:
            text = f"the objective has no finite optimum; check its sense. {kept}"
            return UnboundedError(text, **said)
        return SolverError(f"the rounds ended before the optimum: {run.message}. {kept}", **said)

    def _load(self, compiled: CompiledModel, solved: LinearSolution, added: Bools) -> None:
        """Load the solution into the model, and leave all rows in the block."""
        block, answers = self.block, self.block.formulation()
        rows, duals = compiled.program.rows, solved.duals
        sets = np.concatenate([_sets_of(block), added])
        if duals is None:
            compiled.load(solved)
            declare_sets(block, answers.setting, sets)
        else:
            compiled.load(replace(solved, duals=duals[:rows]))
            before = block.border.dual_array()
            declare_sets(block, answers.setting, sets)
            block.border.set_dual_array(np.concatenate([before, duals[rows:]]))


def _sets_of(block: Any) -> Bools:
    """Return the sets of types that have rows."""
    sets: Bools = block.border.parts[0].matrix.toarray() > 0
    return sets


def _rows_over_all(rows: sparse.csr_array, first: int, columns: int) -> sparse.csr_array:
    """Return rows over all columns of a program, of which theirs begin with the given one."""
    shape = (rows.shape[0], columns)
    return sparse.csr_array((rows.data, rows.indices + first, rows.indptr), shape=shape)


def _new_ones(sets: Bools, known: Bools) -> Bools:
    """Return the sets that have no row yet: a row that has one is violated by rounding alone."""
    if not len(sets) or not len(known):
        return sets
    have = {row.tobytes() for row in known}
    return sets[[row.tobytes() not in have for row in sets]]
