"""What a solve came to: one status for every solver's way of ending, and the record around it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from efmodels.learning.driver import Learned


class Status(StrEnum):
    """How a solve ended. A member equals its text: ``result.status == "optimal"``.

    A :class:`Result` that is returned is ``optimal``, ``locally_optimal`` or ``feasible``; every
    other member comes with an exception, as its ``status``.
    """

    OPTIMAL = "optimal"
    """Optimal, within the solver's tolerances and the gap that was asked for."""

    FEASIBLE = "feasible"
    """A feasible point without a proof of optimality: a limit stopped the solver first."""

    LOCALLY_OPTIMAL = "locally_optimal"
    """A feasible point that nothing nearby surpasses, from a solver that looks no further."""

    INFEASIBLE = "infeasible"
    """No point satisfies the constraints."""

    LOCALLY_INFEASIBLE = "locally_infeasible"
    """A local solver could not violate the constraints any less; from another start it may."""

    UNBOUNDED = "unbounded"
    """There are feasible points, and the objective has no finite optimum over them."""

    INFEASIBLE_OR_UNBOUNDED = "infeasible_or_unbounded"
    """One of the two, and the second solve that was to tell which came to no answer."""

    TIME_LIMIT = "time_limit"
    """The time limit passed before a feasible point was found."""

    LIMIT = "limit"
    """Another limit (iterations, nodes, objective) was hit before a feasible point was found."""

    LICENCE = "licence"
    """The solver's licence is missing, or too small for this model."""

    NOT_INSTALLED = "not_installed"
    """The solver is not on this machine."""

    UNKNOWN_SOLVER = "unknown_solver"
    """efmodels does not drive a solver of this name."""

    REFUSED_OPTION = "refused_option"
    """The solver does not know an option, or not that value of it."""

    CRASHED = "crashed"
    """The solver, or Pyomo's interface to it, stopped with an error."""

    UNKNOWN = "unknown"
    """The solver ended without saying how."""


@dataclass(frozen=True)
class Result:
    """What a solver found.

    Parameters
    ----------
    status
        How it ended.
    solver
        Which solver it was: of interest after ``solver="auto"``.
    value
        The objective at the values that the variables now have; ``nan`` without a solution.
    bound
        What the solver proved that no feasible point surpasses; ``inf`` or ``-inf`` without proof.
    seconds
        Wall-clock time of the whole call but for the regrets.
    regrets
        For every formulation block on the model, by name, each player's regret, recomputed from the
        tree and not taken from the solver; empty where no block has any.
    log
        What the solver printed.
    size
        Rows, columns and nonzeros of what was handed over as arrays, and before symmetries were
        taken out; empty where one of Pyomo's interfaces was used.
    violations
        By how much rows are violated, by name and in units of the row: what a learner leaves within
        its tolerance. Empty from other solvers.
    learned
        What was learned, with its log as ``learned.frame()``; ``None`` from other solvers.

    Examples
    --------
    >>> print(Result(Status.OPTIMAL, "highs", 3.0, 3.0, 0.25, {"eq": {"P1": 0.0, "P2": 1e-9}}))
    status        optimal
    solver        highs
    value         3
    bound         3
    seconds       0.25
    regret eq P1  0
    regret eq P2  1e-09
    """

    status: Status
    solver: str
    value: float = math.nan
    bound: float = math.nan
    seconds: float = math.nan
    regrets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    log: str = field(default="", repr=False)
    size: str = ""
    violations: Mapping[str, float] = field(default_factory=dict, repr=False)
    learned: Learned | None = field(default=None, repr=False)

    def __str__(self) -> str:
        regrets = [(f"regret {block} {player}", r) for block, player, r in self._regrets()]
        return text_table([*self._facts(), *regrets])

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        tables = [html_table(self._facts(), caption="Result")]
        if self.regrets:
            heads = ("block", "player", "regret")
            tables.append(html_table(self._regrets(), caption="Regrets", heads=heads))
        return f"<div>{''.join(tables)}</div>"

    def _facts(self) -> list[tuple[str, str]]:
        return [
            ("status", str(self.status)),
            ("solver", self.solver),
            ("value", f"{self.value:.10g}"),
            ("bound", f"{self.bound:.10g}"),
            ("seconds", f"{self.seconds:.2f}"),
            *([("size", self.size)] if self.size else []),
            *([("violation", f"{max(self.violations.values()):.3g}")] if self.violations else []),
        ]

    def _regrets(self) -> list[tuple[str, str, str]]:
        return [
            (block, player, f"{regret:.3g}")
            for block, regrets in self.regrets.items()
            for player, regret in regrets.items()
        ]
