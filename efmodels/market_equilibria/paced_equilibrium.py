"""What the equilibria of both pacing auctions have in common: an outcome, verified and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from efmodels.markets.pacing_tables import SHOWN, labelled_lines, number_text
from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd
    from scipy import sparse

    from efmodels.game import Floats
    from efmodels.markets import Market, PacingOutcome, PacingResiduals


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

    def goods(self) -> pd.DataFrame:
        """Return a table with a row per good: price, reserve, supply, sold, revenue."""
        return self.outcome.goods()

    def sales(self) -> pd.DataFrame:
        """Return a table with a row per bidder and good of which she gets some: units, paid."""
        return self.outcome.sales()

    @property
    def _title(self) -> str:
        """What is shown."""
        raise NotImplementedError

    def _facts(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        raise NotImplementedError

    def _bidders(self) -> list[tuple[str, ...]]:
        columns = (self.alpha, self.market.budgets, self.outcome.spend)
        return _shown(self.market.bidders, *columns)

    def _goods(self) -> list[tuple[str, ...]]:
        sold = self.outcome.sold
        return _shown(self.market.goods, self.prices, sold, self.prices * sold)

    def __repr__(self) -> str:
        alphas = labelled_lines("alpha", self.market.bidders, self.alpha)
        prices = labelled_lines("price", self.market.goods, self.prices)
        return text_table([*self._facts(), *alphas, *prices])

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        title = f"{self._title}: {self.market.title or 'a market'}"
        heads = ("bidder", "alpha", "budget", "spend")
        bidders = html_table(self._bidders(), caption="Bidders", heads=heads)
        goods = html_table(
            self._goods(), caption="Goods", heads=("good", "price", "sold", "revenue")
        )
        return f"<div>{html_table(self._facts(), caption=title)}{bidders}{goods}</div>"


def _shown(labels: tuple[str, ...], *columns: Floats) -> list[tuple[str, ...]]:
    """Return the first rows of a table, as texts."""
    rows = zip(labels[:SHOWN], *(column[:SHOWN].tolist() for column in columns), strict=True)
    return [(label, *map(number_text, numbers)) for label, *numbers in rows]
