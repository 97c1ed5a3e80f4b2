"""What a driver found: a first-price pacing equilibrium, its residuals, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from efmodels.market_equilibria.paced_equilibrium import PacedEquilibrium
from efmodels.markets import exact_fppe

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.markets import ExactPacing
    from efmodels.markets.first_price import FirstPriceOutcome

POLISHED = 1e-10
"""The largest relative residual of an outcome that counts as polished."""


class PacingStage(NamedTuple):
    """One algorithm that was run.

    Attributes
    ----------
    name
        Which one.
    iterations
        Its linear programs, steps or rounds; 0 where they are not counted.
    seconds
        Wall time.
    residual
        The relative residual of what it left, ``nan`` if nothing.
    message
        How it ended.
    entries
        Its own log.
    """

    name: str
    iterations: int
    seconds: float
    residual: float
    message: str
    entries: tuple[object, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class FirstPriceEquilibrium(PacedEquilibrium):
    """A first-price pacing equilibrium, verified from the market.

    Attributes
    ----------
    outcome
        Multipliers, prices and who gets how much.
    residuals
        By how much each condition is missed, in money, and the largest as a share of a budget.
    method
        The algorithm, whose outcome was polished then.
    seconds
        Wall time of everything.
    log
        What was run, one record each.
    """

    outcome: FirstPriceOutcome
    method: str
    seconds: float
    log: tuple[PacingStage, ...]

    @property
    def is_polished(self) -> bool:
        """Whether the largest relative residual is at most 1e-10."""
        return self.residuals.relative <= POLISHED

    def regrets(self) -> dict[str, float]:
        """Return what each bidder misses, in money."""
        return self.outcome.regrets()

    def exact(self) -> ExactPacing:
        """Return the equilibrium in fractions, with a proof.

        Raises
        ------
        SolverError
            This one is too coarse to tell which bids make the prices.
        GameError
            The numbers of the market are not all integers or fractions.
        """
        return exact_fppe(self.market, self.outcome)

    def frame(self) -> pd.DataFrame:
        """Return the log as a table, a row for each algorithm that was run."""
        import pandas as pd

        return pd.DataFrame([stage._asdict() for stage in self.log]).drop(columns="entries")

    @property
    def _title(self) -> str:
        return "First-price pacing equilibrium"

    def _facts(self) -> list[tuple[str, str]]:
        paced = int((self.alpha < 1).sum())
        return [
            ("bidders", f"{len(self.alpha)}, {paced} of them paced"),
            ("goods", str(len(self.prices))),
            ("revenue", f"{self.revenue:.9g}"),
            ("residual", f"{self.residuals.worst:.3g}"),
            ("relative", f"{self.residuals.relative:.3g}"),
            ("method", self.method + ", polished" * self.is_polished),
            ("seconds", f"{self.seconds:.3g}"),
        ]
