"""What the equilibria of both pacing auctions have in common: an outcome, verified and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

    from efmodels.game import Floats
    from efmodels.markets import Market, PacingOutcome, PacingResiduals

SHOWN = 20
"""How many bidders are printed."""


@dataclass(frozen=True, eq=False, repr=False)
class PacedEquilibrium:
    """A pacing equilibrium, verified from the market.

    Attributes
    ----------
    outcome
        Multipliers, prices and who gets how much.
    residuals
        By how much each condition is missed, in money, and the largest as a share of a budget.
    """

    outcome: PacingOutcome
    residuals: PacingResiduals

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

    def payoffs(self) -> dict[str, float]:
        """Return each bidder's utility by label."""
        return self.outcome.payoffs()

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per bidder: alpha, budget, spend, utility."""
        return self.outcome.strategy()

    @property
    def _title(self) -> str:
        """What is shown."""
        raise NotImplementedError

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        raise NotImplementedError

    def _bidders(self) -> list[tuple[str, ...]]:
        columns = (self.alpha, self.market.budgets, self.outcome.spend)
        rows = zip(self.market.bidders, *(c.tolist() for c in columns), strict=True)
        return [(name, *(f"{number:.9g}" for number in row)) for name, *row in list(rows)[:SHOWN]]

    def __repr__(self) -> str:
        alphas = [(f"alpha {name}", alpha) for name, alpha, *_ in self._bidders()]
        return text_table([*self._facts(), *alphas])

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        title = f"{self._title}: {self.market.title or 'a market'}"
        heads = ("bidder", "alpha", "budget", "spend")
        bidders = html_table(self._bidders(), caption="Bidders", heads=heads)
        return f"<div>{html_table(self._facts(), caption=title)}{bidders}</div>"
