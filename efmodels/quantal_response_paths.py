"""Following quantal responses from pure noise to precision: one nonlinear program after another.

At precision 0 the equilibrium is known. From each point the next is sought a little further on, so
near that behaviour changes little; where that cannot be, the path bends back or forks, and what is
found beyond is marked as found afresh.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.equilibrium import concept_function
from efmodels.errors import GameError, SolverError
from efmodels.quantal_blocks import QuantalResponse
from efmodels.results import Status
from efmodels.solving import solve
from efmodels.tables import text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game

RESTARTS = 8
"""How many random starts there are where the path cannot be followed."""

SMALLEST_STEP = 1e-4
"""The least step, relative to the precision, or to one over the payoff range if that is more."""

_HALF = 2.0  # a step is halved, and doubled where it was easy


@dataclass(frozen=True, eq=False, repr=False)
class QuantalResponsePath:
    """Quantal response equilibria for growing precision.

    Attributes
    ----------
    concept
        Name of the concept.
    precisions
        From small to large.
    solutions
        The equilibrium at each, as `efmodels.quantal_blocks.QuantalResponse`.
    continued
        Whether each was reached from the one before, or from pure noise, in small steps. If not,
        it may lie on another branch.
    """

    concept: str
    precisions: tuple[float, ...]
    solutions: tuple[QuantalResponse, ...]
    continued: tuple[bool, ...]

    def frame(self) -> pd.DataFrame:
        """Return a table: precision, player, infoset, action, probability, reach, regret."""
        import pandas as pd

        tables = [
            solution.strategy().assign(precision=precision)
            for precision, solution in zip(self.precisions, self.solutions, strict=True)
        ]
        whole = pd.concat(tables, ignore_index=True)
        return whole[["precision", *(name for name in whole.columns if name != "precision")]]

    def summary(self) -> pd.DataFrame:
        """Return a table with a row per precision: payoffs, largest regret, residual, continued.

        The residual is how far anybody is from the response to the others, from the tree.
        """
        import pandas as pd

        rows = [
            {
                "precision": precision,
                **{f"payoff {player}": u for player, u in solution.payoffs().items()},
                "regret": max(solution.regrets().values()),
                "residual": max(solution.residuals().values()),
                "continued": continued,
            }
            for precision, solution, continued in zip(
                self.precisions, self.solutions, self.continued, strict=True
            )
        ]
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        last = self.solutions[-1]
        return text_table(
            [
                ("concept", self.concept),
                ("precisions", f"{len(self.precisions)}, up to {self.precisions[-1]:g}"),
                ("afresh", f"{sum(not one for one in self.continued)}"),
                *((f"payoff {player}", f"{u:.9g}") for player, u in last.payoffs().items()),
                ("residual", f"{max(max(s.residuals().values()) for s in self.solutions):.3g}"),
            ]
        )


def quantal_response_path(
    game: Game,
    concept: str,
    precisions: Sequence[float],
    *,
    solver: str = "ipopt",
    options: Mapping[str, Any] | None = None,
    tolerance: float = 1e-6,
    change: float = 0.2,
    seed: int = 0,
) -> QuantalResponsePath:
    """Follow quantal response equilibria from pure noise to each of some precisions.

    Parameters
    ----------
    game
        Any number of players, perfect recall.
    concept
        ``"quantal_response_equilibrium"`` (``"QRE"``), or ``"agent_quantal_response_equilibrium"``
        (``"AQRE"``).
    precisions
        Numbers from 0 on, in any order; they are sorted.
    solver, options
        As for :func:`efmodels.solve`; a local solver is what the path is made for.
    tolerance
        A point counts if nobody's behaviour differs by more from the response to the others, as
        recomputed from the tree.
    change
        No probability of an action may change by more in a single step.
    seed
        Of the random starts where the path cannot be followed.

    Returns
    -------
    QuantalResponsePath

    Raises
    ------
    GameError
        The concept has no precision, or a precision is no number from 0 on.
    SolverError
        No equilibrium was found at some precision; the message says how far the path went.

    Notes
    -----
    The step adapts: half of it where a solve fails or behaviour changes too much, double where it
    was easy. At a step of `SMALLEST_STEP` the point is taken from wherever a solve finds one, and
    ``continued`` is false: there, the branch that begins in pure noise may turn back towards
    smaller precisions, which steps of growing precision do not follow.

    References
    ----------
    Turocy, A dynamic homotopy interpretation of the logistic quantal response equilibrium
    correspondence, Games and Economic Behavior 51 (2005).

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> path = ef.quantal_response_path(game, "QRE", [0, 1, 10])  # doctest: +SKIP
    >>> path.summary()[["precision", "continued"]].values.tolist()  # doctest: +SKIP
    [[0.0, True], [1.0, True], [10.0, True]]
    """
    formulation = concept_function(concept)
    if "precision" not in inspect.signature(formulation).parameters:
        raise GameError(
            f"{formulation.__name__} has no precision to follow; there are "
            "quantal_response_equilibrium and agent_quantal_response_equilibrium"
        )
    targets = _sorted_precisions(precisions)
    tracer = _Tracer(game, formulation, solver, options, tolerance, change, seed)
    points = list(tracer.points(targets))
    return QuantalResponsePath(
        formulation.__name__,
        tuple(targets),
        tuple(point.solution for point in points),
        tuple(point.continued for point in points),
    )


def _sorted_precisions(precisions: Sequence[float]) -> list[float]:
    numbers = [float(number) for number in precisions]
    if not numbers or not all(np.isfinite(number) and number >= 0 for number in numbers):
        raise GameError(f"precisions must be numbers from 0 on, at least one; got {precisions!r}")
    return sorted(numbers)


@dataclass(frozen=True, eq=False)
class _Point:
    """An equilibrium: precision, the logarithms and values of the block, and what they mean."""

    precision: float
    numbers: tuple[Floats, ...]
    solution: QuantalResponse
    continued: bool


@dataclass(eq=False)
class _Tracer:
    """A path in progress."""

    game: Game
    formulation: Callable[..., FormulationBlockData]
    solver: str
    options: Mapping[str, Any] | None
    tolerance: float
    change: float
    seed: int

    def points(self, targets: Sequence[float]) -> Iterator[_Point]:
        """Yield the equilibrium at each precision."""
        self._unit = 1.0 / (float(np.ptp(self.game.payoffs)) or 1.0)
        self._step = self._unit
        start = self._solved(0.0, None)
        if start is None:
            raise SolverError(
                f"{self.solver} did not find the equilibrium of pure noise, where it starts",
                status=Status.UNKNOWN,
                solver=self.solver,
            )
        here, before = start, None
        for target in targets:
            continued = True
            while here.precision < target:
                there = self._next(here, before, target)
                continued = continued and there.continued
                before = here if there.continued else None
                here = there
            yield _Point(target, here.numbers, here.solution, continued)

    def _next(self, here: _Point, before: _Point | None, target: float) -> _Point:
        """Return the next point of the path, at most at the target."""
        smallest = SMALLEST_STEP * max(here.precision, self._unit)
        while True:
            precision = min(here.precision + self._step, target)
            found = self._solved(precision, _guess(here, before, precision))
            moved = np.inf if found is None else _distance(found, here)
            if found is not None and moved <= self.change:
                if moved <= self.change / _HALF:
                    self._step *= _HALF
                return found
            if self._step <= smallest:
                return self._afresh(precision, here, found)
            self._step = (precision - here.precision) / _HALF

    def _afresh(self, precision: float, here: _Point, found: _Point | None) -> _Point:
        """Return a point that does not continue the path: where it ends there may be others."""
        self._step = self._unit
        generator = np.random.default_rng(self.seed)
        for k in range(RESTARTS + 1):
            if found is not None:
                return _Point(precision, found.numbers, found.solution, continued=False)
            noise = [generator.normal(0.0, k, each.shape) for each in here.numbers]
            start = tuple(a + b for a, b in zip(here.numbers, noise, strict=True))
            found = self._solved(precision, start)
        raise SolverError(
            f"{self.solver} found no equilibrium at precision {precision:g}, the path went as far "
            f"as {here.precision:g}. Ask for precisions up to there, or raise the tolerance "
            f"{self.tolerance:g}",
            status=Status.UNKNOWN,
            solver=self.solver,
        )

    def _solved(self, precision: float, start: tuple[Floats, ...] | None) -> _Point | None:
        """Return the equilibrium that a solve finds from a start, or ``None`` if it finds none."""
        model = pyo.ConcreteModel()
        model.eq = self.formulation(self.game, precision=precision)
        model.goal = pyo.Objective(expr=0.0)
        variables = [v for part in model.eq.player.values() for v in (part.log_x, part.v)]
        if start is not None:
            for variable, numbers in zip(variables, start, strict=True):
                variable.set_array(numbers)
        for part in model.eq.player.values():
            part.x.set_array(np.exp(np.minimum(part.log_x.array(), 0.0)))
        try:
            solve(model, self.solver, options=self.options)
            solution = model.eq.solution()
        except SolverError:
            return None
        assert isinstance(solution, QuantalResponse)  # noqa: S101 - a concept with a precision
        if max(solution.residuals().values(), default=0.0) > self.tolerance:
            return None
        return _Point(precision, tuple(v.array() for v in variables), solution, continued=True)


def _guess(here: _Point, before: _Point | None, precision: float) -> tuple[Floats, ...]:
    """Return where the line through the last two points leads."""
    if before is None or here.precision <= before.precision:
        return here.numbers
    ratio = (precision - here.precision) / (here.precision - before.precision)
    return tuple(
        now + ratio * (now - past) for now, past in zip(here.numbers, before.numbers, strict=True)
    )


def _distance(one: _Point, other: _Point) -> float:
    """Return the largest difference in the probability of an action."""
    difference = one.solution.profile.behaviour - other.solution.profile.behaviour
    return float(np.abs(difference).max(initial=0.0))
