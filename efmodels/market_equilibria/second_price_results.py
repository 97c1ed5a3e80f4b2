"""What is found of second-price pacing equilibria: one, both ends of an interval, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from efmodels.errors import SolverError
from efmodels.market_equilibria.paced_equilibrium import PacedEquilibrium
from efmodels.markets import SecondPriceSolution
from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    from efmodels.markets import PacingOutcome


@dataclass(frozen=True, eq=False, repr=False)
class SecondPriceEquilibrium(PacedEquilibrium):
    """A second-price pacing equilibrium, polished and verified.

    Attributes
    ----------
    outcome
        Multipliers, prices and units.
    residuals
        By how much each condition is missed, from the market alone.
    objective
        What was optimised: ``"revenue"``, ``"paced_welfare"``, ``"alpha_sum"``, or ``None``.
    sense
        ``"maximise"`` or ``"minimise"``.
    value
        The objective at this equilibrium; ``nan`` without one.
    bound
        What is proved that no equilibrium surpasses; infinite without proof.
    status
        ``optimal``, or ``feasible`` where nothing or not all was proved.
    solver
        Who found it.
    seconds
        Wall time of the whole call.
    log
        What the solver printed.
    """

    objective: str | None
    sense: str
    value: float
    bound: float
    status: str
    solver: str
    seconds: float
    log: str = field(default="", repr=False)

    def regrets(self) -> dict[str, float]:
        """Return, in money, what each bidder could gain, or misses a condition by: the larger."""
        return SecondPriceSolution(self.outcome).regrets()

    @property
    def _title(self) -> str:
        return "Second-price pacing equilibrium"

    def _facts(self) -> list[tuple[str, str]]:
        goal = [] if self.objective is None else [("objective", f"{self.sense} {self.objective}")]
        proof = [("value", f"{self.value:.9g}"), ("bound", f"{self.bound:.9g}")] if goal else []
        return [
            ("status", self.status),
            *goal,
            *proof,
            ("revenue", f"{self.revenue:.9g}"),
            ("worst residual", f"{self.residuals.worst:.3g}"),
            ("solver", self.solver),
            ("seconds", f"{self.seconds:.3g}"),
        ]


@dataclass(frozen=True, eq=False, repr=False)
class SecondPriceInterval:
    """Both ends of an objective over all second-price pacing equilibria of a market.

    Attributes
    ----------
    lowest, highest
        An equilibrium with the smallest value of the objective, and one with the largest.
    """

    lowest: SecondPriceEquilibrium
    highest: SecondPriceEquilibrium

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest value that was found."""
        return self.lowest.value, self.highest.value

    @property
    def is_proven(self) -> bool:
        """Whether nothing lies outside: both ends are optimal."""
        return self.lowest.status == self.highest.status == "optimal"

    def _facts(self) -> list[tuple[str, str, str]]:
        low, high = self.lowest, self.highest
        revenue = [("revenue", f"{low.revenue:.9g}", f"{high.revenue:.9g}")]
        return [
            (str(low.objective), f"{low.value:.9g}", f"{high.value:.9g}"),
            ("bound", f"{low.bound:.9g}", f"{high.bound:.9g}"),
            *(revenue if low.objective != "revenue" else []),
            ("status", low.status, high.status),
            ("worst residual", f"{low.residuals.worst:.3g}", f"{high.residuals.worst:.3g}"),
        ]

    def __repr__(self) -> str:
        width = max(len(low) for _, low, _ in self._facts()) + 2
        return text_table([(name, f"{low:<{width}}{high}") for name, low, high in self._facts()])

    def _repr_html_(self) -> str:
        """Show as a table in a notebook."""
        title = self.lowest.outcome.market.title or "a market"
        caption = f"Second-price pacing equilibria: {title}"
        return html_table(self._facts(), caption=caption, heads=("", "lowest", "highest"))


class NoEquilibriumFoundError(SolverError):
    """No second-price pacing equilibrium was found, although one exists.

    ``attempt`` is the outcome that comes nearest to one.
    """

    def __init__(self, message: str, *, status: str, solver: str, attempt: PacingOutcome) -> None:
        self.attempt = attempt
        super().__init__(message, status=status, solver=solver)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the message's parts: the arguments are keyword-only."""
        return _rebuild, (str(self), self.status, self.solver, self.attempt)


def _rebuild(
    message: str, status: str, solver: str, attempt: PacingOutcome
) -> NoEquilibriumFoundError:
    return NoEquilibriumFoundError(message, status=status, solver=solver, attempt=attempt)
