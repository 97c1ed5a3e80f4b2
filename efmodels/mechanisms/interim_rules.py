"""An auction of one item as each bidder sees it: how likely her types win, and what they pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.mechanisms.border_separation import border_residual

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats
    from efmodels.mechanisms.independent_bidders import IndependentBidders


@dataclass(frozen=True, eq=False, repr=False)
class InterimRule:
    """How likely each type is to win, and what it pays on average.

    Attributes
    ----------
    bidders
        Values and how likely they are; types are in the order of ``bidders.value``.
    win, pay
        Shape ``(types,)``.

    Raises
    ------
    GameError
        A shape does not fit.

    Examples
    --------
    >>> from efmodels.mechanisms import IndependentBidders
    >>> bidders = IndependentBidders([[1, 3]], [[0.5, 0.5]])
    >>> rule = InterimRule(bidders, [0, 1], [0, 2])
    >>> rule.revenue, rule.payoffs(), rule.regrets()
    (1.0, {'B1': 0.5}, {'B1': 0.0})
    """

    bidders: IndependentBidders
    win: Floats
    pay: Floats

    def __post_init__(self) -> None:
        """Take arrays of the right shapes, which nobody changes from then on."""
        types = len(self.bidders.value)
        for name in ("win", "pay"):
            array = np.array(getattr(self, name), dtype=float)
            if array.shape != (types,):
                raise GameError(f"{name} has shape {array.shape}; expected ({types},)")
            object.__setattr__(self, name, read_only(array))

    @property
    def revenue(self) -> float:
        """What is expected to be paid in all."""
        return float(self.bidders.probability @ self.pay)

    @property
    def welfare(self) -> float:
        """What the item is expected to be worth to whoever wins it."""
        return float(self.bidders.probability @ (self.bidders.value * self.win))

    @property
    def residual(self) -> float:
        """By how much the worst of all Border's inequalities is violated; 0 if an auction exists.

        All sets are looked at, not those alone that a program had as rows.
        """
        return border_residual(self.bidders, self.win)

    def payoffs(self) -> dict[str, float]:
        """Return what each bidder expects before she knows her value."""
        bidders = self.bidders
        surplus = bidders.probability * (bidders.value * self.win - self.pay)
        sums = np.bincount(bidders.bidder, weights=surplus)
        return dict(zip(bidders.bidders, sums.tolist(), strict=True))

    def regrets(self) -> dict[str, float]:
        """Return, for each bidder, the most that any type gains by a lie or by staying out."""
        regrets = {}
        for k, name in enumerate(self.bidders.bidders):
            mine = self.bidders.bidder == k
            table = np.multiply.outer(self.bidders.value[mine], self.win[mine]) - self.pay[mine]
            honest = table.diagonal()
            regrets[name] = float((np.maximum(table.max(axis=1), 0.0) - honest).max())
        return regrets

    def strategy(self) -> pd.DataFrame:
        """Return a row per type: bidder, value, probability, chance to win, expected payment."""
        import pandas as pd

        bidders = self.bidders
        return pd.DataFrame(
            {
                "bidder": [bidders.bidders[k] for k in bidders.bidder.tolist()],
                "value": bidders.value,
                "probability": bidders.probability,
                "wins": self.win,
                "pays": self.pay,
            }
        )
