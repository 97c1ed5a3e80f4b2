"""One run of the learner on a model."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from efmodels.bulk.base import refused_option
from efmodels.errors import CapabilityError
from efmodels.learning.driver import SMOOTH, Entry, Learned, Ranges, learn
from efmodels.learning_solver.feasibility import Infeasibility, infeasibility
from efmodels.learning_solver.learnable import learnable_model
from efmodels.learning_solver.points import solution_of, violations
from efmodels.results import Status
from efmodels.solvers import LEARNER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from efmodels.compiling import CompiledModel
    from efmodels.learning.methods import Method
    from efmodels.learning.multipliers import Multipliers
    from efmodels.learning_solver.learnable import Learnable
    from efmodels.linear_program import LinearSolution

SUSPICIOUS = 50.0
"""From which multiplier on, in units of ranges, a proof of infeasibility is looked for."""

PATIENCE = 4
"""How many times more iterations there are from one such search to the next."""


@dataclass(frozen=True)
class LearningOptions:
    """What may be asked of the learner, under the names of ``options=``.

    Attributes
    ----------
    tolerance
        Solved means: no row is violated by more than this share of its range (of the payoff range,
        for incentive constraints), and the certified bound is at most this share of the objective
        range from the value.
    method, multipliers, engine, iteration_limit, callback
        See :func:`efmodels.learning.driver.learn`.
    ranges
        The units of accuracy, a :class:`~efmodels.learning.Ranges`. By default the range of the
        objective over all plans of the leader, incentives and side constraints aside, and the
        range of all payoffs of the game.
    """

    tolerance: float = 1e-3
    method: str | Method = "auto"
    multipliers: Multipliers = SMOOTH
    engine: str = "auto"
    iteration_limit: int = 1_000_000
    ranges: Ranges | None = None
    callback: Callable[[Entry], bool | None] | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> LearningOptions:
        """Return the options of a mapping.

        Raises
        ------
        SolverError
            There is no such option.
        """
        names = [option.name for option in fields(cls)]
        for name, setting in options.items():
            if name not in names:
                reason = f"the options are {', '.join(names)}"
                raise refused_option(LEARNER.name, name, setting, reason, names)
        return cls(**options)


@dataclass(frozen=True, eq=False)
class LearnedRun:
    """How a run ended.

    Attributes
    ----------
    status
        ``optimal``: solved to the tolerance; ``feasible``: stopped with all rows within the
        tolerance; ``infeasible``: proved so; ``time_limit`` and ``limit``: stopped before.
    learned
        What was learned, in units of the model; ``None`` where it was never begun.
    solution
        The primal-dual point.
    violations
        By how much each row that asks something of the leader is violated, in its units.
    infeasibility
        The proof, if nothing is feasible.
    log
        What was known after each chunk of iterations.
    """

    status: Status
    learned: Learned | None = None
    solution: LinearSolution | None = None
    violations: Mapping[str, float] = field(default_factory=dict)
    infeasibility: Infeasibility | None = None
    log: str = ""

    @property
    def ended(self) -> str:
        """What ended the learner, in its words."""
        return "" if self.learned is None else self.learned.status

    @property
    def message(self) -> str:
        """What to say of it."""
        if self.infeasibility is not None:
            return self.infeasibility.text
        if self.status in {Status.OPTIMAL, Status.FEASIBLE}:
            return self.ended
        worst = max(self.violations, key=lambda name: self.violations[name], default="")
        return (
            f"It ended with: {self.ended}. The best plan so far violates {worst} by "
            f"{self.violations[worst]:.3g}. "
        )


def run_by_learning(
    compiled: CompiledModel,
    options: Mapping[str, Any],
    *,
    time_limit: float | None = None,
    vertex: bool = False,
    say: Callable[[str], object] | None = None,
) -> LearnedRun:
    """Learn on a compiled model, and load nothing.

    Parameters
    ----------
    compiled
        The model's arrays.
    options
        See `LearningOptions`.
    time_limit
        In seconds.
    vertex
        Whether a vertex is asked for, which learning does not find.
    say
        Gets each line of the log.

    Raises
    ------
    CapabilityError
        The model is not one block of a game with linear side constraints, or a vertex is asked for.
    GameError
        An option is out of range.
    SolverError
        There is no such option (status ``refused_option``).
    """
    asked = LearningOptions.of(options)
    if vertex:
        raise CapabilityError(f"{LEARNER.name} finds no vertices: leave out vertex=True")
    one = learnable_model(compiled, asked.ranges)
    if one.impossible:
        return LearnedRun(Status.INFEASIBLE, infeasibility=Infeasibility(0.0, one.impossible))
    return _Run(one, asked, time_limit, say).run()


class _Run:
    """A run in progress: its log, and whether nothing is feasible."""

    def __init__(
        self,
        one: Learnable,
        asked: LearningOptions,
        time_limit: float | None,
        say: Callable[[str], object] | None,
    ) -> None:
        self._one, self._asked, self._say = one, asked, say
        self._start, self._time_limit = perf_counter(), time_limit
        self._lines: list[str] = []
        self._proof: Infeasibility | None = None
        self._interrupted = False
        self._next_search = 0

    def run(self) -> LearnedRun:
        """Learn until something ends it."""
        one, asked = self._one, self._asked
        self._note(HEADER)
        learned = learn(
            one.problem,
            one.ranges,
            tolerance=asked.tolerance,
            method=asked.method,
            multipliers=asked.multipliers,
            engine=asked.engine,
            time_limit=self._time_limit,
            iteration_limit=asked.iteration_limit,
            callback=self._look,
        )
        missed = violations(one, learned)
        status = self._status(learned)
        if self._interrupted:
            learned = replace(learned, status="interrupted")
        return LearnedRun(
            status,
            self._in_units_of_the_model(learned),
            None if self._proof else solution_of(one, learned),
            missed,
            self._proof,
            "\n".join(self._lines) + "\n",
        )

    def _look(self, entry: Entry) -> bool:
        """Take note of a line of the log, and see whether there is a reason to stop."""
        line = self._of_the_model(entry)
        self._note(LINE.format(**vars(line)))
        if self._is_suspicious(entry):
            try:
                self._search(entry.iterations)
            except KeyboardInterrupt:
                self._interrupted = True
        stop = self._asked.callback is not None and self._asked.callback(line)
        return bool(stop) or self._interrupted or self._proof is not None

    def _is_suspicious(self, entry: Entry) -> bool:
        """Say whether prices have grown and do not deter."""
        ranges = self._one.ranges
        price = entry.multiplier * ranges.payoff / ranges.objective
        deterred = entry.regret <= self._asked.tolerance * ranges.payoff
        return price >= SUSPICIOUS and not deterred and entry.iterations >= self._next_search

    def _search(self, iterations: int) -> None:
        """Look for a proof of infeasibility, for as many iterations as there were."""
        self._next_search = PATIENCE * iterations
        left = self._time_limit
        if left is not None:
            left = max(left - (perf_counter() - self._start), 0.0)
        self._proof = infeasibility(
            self._one, engine=self._asked.engine, iteration_limit=iterations, time_limit=left
        )

    def _status(self, learned: Learned) -> Status:
        if self._proof is not None:
            return Status.INFEASIBLE
        if learned.status == "solved":
            return Status.OPTIMAL
        allowed = self._asked.tolerance * self._one.ranges.payoff
        if max(learned.regrets.values(), default=0.0) <= allowed:
            return Status.FEASIBLE
        return Status.TIME_LIMIT if learned.status == "time limit" else Status.LIMIT

    def _in_units_of_the_model(self, learned: Learned) -> Learned:
        one = self._one
        return replace(
            learned,
            value=one.objective(learned.value),
            bound=one.objective(learned.bound),
            log=tuple(map(self._of_the_model, learned.log)),
        )

    def _of_the_model(self, entry: Entry) -> Entry:
        one = self._one
        return replace(entry, value=one.objective(entry.value), bound=one.objective(entry.bound))

    def _note(self, line: str) -> None:
        self._lines.append(line)
        if self._say is not None:
            self._say(line)


HEADER = "iterations   seconds           value           bound    regret  multiplier"
LINE = (
    "{iterations:10d} {seconds:9.3f} {value:15.8g} {bound:15.8g} {regret:9.3g} {multiplier:11.4g}"
)
