"""Budgets and reserves that are not settled yet: between which bounds, and the market of a choice.

A budget of 0 is a bidder who is not admitted: no logarithm and no share of her budget exists, so
that the market of such a choice has no values of hers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.markets.given_numbers import BUDGETS, RESERVES, numbers_given
from efmodels.markets.pacing_markets import entries_of

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Number
    from efmodels.markets.given_numbers import OnePerLabel, Parameter
    from efmodels.markets.market import Market

NOTHING = 1e-6
"""As a share of the largest budget that a bidder may have, what solvers return for a budget of 0.

It is the tolerance to which they keep whole numbers.
"""


@dataclass(frozen=True, eq=False)
class PacingChoices:
    """Lowest and highest budgets and reserves; each a pair of arrays.

    Attributes
    ----------
    market
        With the highest budgets and the lowest reserves.
    budgets
        Lowest and highest, shape ``(bidders,)``.
    reserves
        Lowest and highest, shape ``(goods,)``.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> choices = PacingChoices.of(Market([[4, 2], [1, 3]], [2, 3]), {"B2": 0}, None)
    >>> choices.budgets
    (array([2., 0.]), array([2., 3.]))
    >>> market, admitted = choices.market_of(np.array([2.0, 0.0]), np.zeros(2))
    >>> market.to_frame().loc["B2"].tolist(), admitted
    ([nan, nan], array([ True, False]))
    """

    market: Market
    budgets: tuple[Floats, Floats]
    reserves: tuple[Floats, Floats]

    @classmethod
    def of(
        cls,
        market: Market,
        lowest_budgets: OnePerLabel | None,
        highest_reserves: OnePerLabel | None,
    ) -> PacingChoices:
        """Read the other ends; ``None`` is no choice.

        Raises
        ------
        GameError
            They are no budgets or reserves, or on the wrong side of the market's.
        """
        low = _end(BUDGETS, lowest_budgets, market.bidders, market.exact_budgets)
        high = _end(RESERVES, highest_reserves, market.goods, market.exact_reserves)
        _require_order("lowest_budgets", market.bidders, low, market.budgets)
        _require_order("highest_reserves", market.goods, market.reserves, high)
        return cls(market, (low, market.budgets), (market.reserves, high))

    @property
    def lowest(self) -> Market:
        """The market with the lowest budgets."""
        return self.market if _same(self.budgets) else self.market.replace(budgets=self.budgets[0])

    def market_of(self, budgets: Floats, reserves: Floats) -> tuple[Market, Bools]:
        """Return the market of a choice, and who is admitted to it.

        Parameters
        ----------
        budgets, reserves
            The choice, up to a solver's tolerances.
        """
        market = self.market
        admitted = budgets > NOTHING * self.budgets[1]
        if not _same(self.reserves):
            market = market.replace(reserves=np.clip(reserves, *self.reserves))
        if not _same(self.budgets):
            chosen = np.where(admitted, np.clip(budgets, *self.budgets), self.budgets[1])
            market = market.replace(budgets=chosen)
        if not admitted.all():
            bidder, good, value = entries_of(market)
            stays = admitted[bidder]
            kept = (value[stays], (bidder[stays], good[stays]))
            values = sparse.csr_array(kept, shape=market.values.shape)
            market = market.replace(values=values)
        return market, admitted


def _end(
    parameter: Parameter,
    given: OnePerLabel | None,
    labels: tuple[str, ...],
    own: tuple[Number, ...],
) -> Floats:
    """Return one end of what may be chosen; a mapping tells of some labels only."""
    if given is None:
        return numbers_given(parameter, list(own), labels).floats
    if isinstance(given, Mapping):
        given = {**dict(zip(labels, own, strict=True)), **given}
    return numbers_given(parameter, given, labels).floats


def _same(ends: tuple[Floats, Floats]) -> bool:
    return bool(np.array_equal(*ends))


def _require_order(name: str, labels: tuple[str, ...], low: Floats, high: Floats) -> None:
    wrong = np.flatnonzero(low > high)
    if len(wrong):
        k = int(wrong[0])
        number, other = (low[k], high[k]) if name.startswith("lowest") else (high[k], low[k])
        side = "above" if name.startswith("lowest") else "below"
        raise GameError(
            f"{name} has {number:g} for {labels[k]!r}, {side} the {other:g} that the market has: "
            "they are the two ends of what may be chosen"
        )
