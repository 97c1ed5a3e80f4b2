"""What a driver found: a first-price pacing equilibrium, its residuals, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from efmodels.markets import exact_fppe
from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

    from efmodels.game import Floats
    from efmodels.markets import ExactPacing, Market, PacingResiduals
    from efmodels.markets.first_price import FirstPriceOutcome

POLISHED = 1e-10
"""The largest relative residual of an outcome that counts as polished."""

SHOWN = 20
"""How many bidders are printed."""


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
class FirstPriceEquilibrium:
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
    residuals: PacingResiduals
    method: str
    seconds: float
    log: tuple[PacingStage, ...]

    @property
    def market(self) -> Market:
        """The market."""
        return self.outcome.market

    @property
    def alpha(self) -> Floats:
        """The multiplier of each bidder, shape ``(bidders,)``."""
        return self.outcome.alpha

    @property
    def prices(self) -> Floats:
        """Of a unit of each good, shape ``(goods,)``, in money."""
        return self.outcome.prices

    @property
    def allocation(self) -> sparse.csr_array:
        """The units that each bidder gets of each good, shape ``(bidders, goods)``."""
        return self.outcome.allocation

    @property
    def revenue(self) -> float:
        """What is paid in all."""
        return self.outcome.revenue

    @property
    def is_polished(self) -> bool:
        """Whether the largest relative residual is at most 1e-10."""
        return self.residuals.relative <= POLISHED

    def payoffs(self) -> dict[str, float]:
        """Return each bidder's utility by label."""
        return self.outcome.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return what each bidder misses, in money."""
        return self.outcome.regrets()

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per bidder: alpha, budget, spend, utility."""
        return self.outcome.strategy()

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

    def _facts(self) -> list[tuple[str, str]]:
        paced = int((self.alpha < 1).sum())
        return [
            ("bidders", f"{len(self.alpha)}, {paced} of them paced"),
            ("goods", str(len(self.prices))),
            ("revenue", f"{self.revenue:.10g}"),
            ("residual", f"{self.residuals.worst:.3g}"),
            ("relative", f"{self.residuals.relative:.3g}"),
            ("method", self.method + ", polished" * self.is_polished),
            ("seconds", f"{self.seconds:.3g}"),
        ]

    def _bidders(self) -> list[tuple[str, ...]]:
        columns = (self.alpha, self.market.budgets, self.outcome.spend)
        rows = zip(self.market.bidders, *(c.tolist() for c in columns), strict=True)
        return [(name, *(f"{number:.6g}" for number in row)) for name, *row in list(rows)[:SHOWN]]

    def __repr__(self) -> str:
        rows = [*self._facts()]
        rows += [(f"alpha {name}", alpha) for name, alpha, *_ in self._bidders()]
        return text_table(rows)

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        title = f"First-price pacing equilibrium: {self.market.title or 'a market'}"
        heads = ("bidder", "alpha", "budget", "spend")
        bidders = html_table(self._bidders(), caption="Bidders", heads=heads)
        return f"<div>{html_table(self._facts(), caption=title)}{bidders}</div>"
