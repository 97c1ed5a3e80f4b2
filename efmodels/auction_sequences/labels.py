"""What choices, sights, histories and types are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from efmodels.auction_sequences.outcomes import SaleOutcomes
    from efmodels.auction_sequences.rows import BidderRows


class RuleLabels:
    """The names of what a mechanism does and of what a bidder knows.

    Parameters
    ----------
    outcomes
        What can happen.
    """

    def __init__(self, outcomes: SaleOutcomes) -> None:
        self._outcomes = outcomes
        self._values = [str(value) for value in outcomes.sequence.values]
        self._prices = [str(price) for price in outcomes.terms.prices]

    def profiles(self) -> list[str]:
        """Return the profiles of reports, such as ``1/2 1``."""
        return [" ".join(self._values[v] for v in r) for r in self._outcomes.reports.tolist()]

    def first_choices(self) -> list[str]:
        """Return the first choices, such as ``1/2 1: P2 wins, pays 1/2``."""
        profiles, outcomes = self.profiles(), self._outcomes
        columns = (outcomes.report.tolist(), outcomes.winner.tolist(), outcomes.price.tolist())
        return [
            f"{profiles[r]}: {self._sale(who, self._pays(price))}"
            for r, who, price in zip(*columns, strict=True)
        ]

    def second_choices(self) -> list[str]:
        """Return the second choices, such as ``1/2 1: P2 wins, pays 1/2; 0 1: nobody wins``."""
        firsts, profiles, outcomes = self.first_choices(), self.profiles(), self._outcomes
        columns = (outcomes.before.tolist(), outcomes.again.tolist(), outcomes.last.tolist())
        return [
            f"{firsts[c]}; {profiles[r]}: {self._sale(who, '')}"
            for c, r, who in zip(*columns, strict=True)
        ]

    def sights(self, rows: BidderRows) -> list[str]:
        """Return what a bidder says and sees in the first round, such as ``1, won 1/2``."""
        return [self._sight(said, seen) for said, seen in rows.sights.tolist()]

    def histories(self, rows: BidderRows) -> list[str]:
        """Return what a bidder says and sees in both rounds, such as ``1, won 1/2; 0, lost``."""
        ends = rows.histories
        columns = (ends.first.tolist(), ends.seen.tolist(), ends.second.tolist(), ends.won.tolist())
        return [
            f"{self._sight(said, seen)}; {self._values[again]}, {('lost', 'won')[won]}"
            for said, seen, again, won in zip(*columns, strict=True)
        ]

    def types(self, rows: BidderRows) -> list[str]:
        """Return what a bidder knows when she reports, such as ``1`` and ``1, won 1/2; 0``."""
        later = [f"{sight}; {value}" for sight in self.sights(rows) for value in self._values]
        return [*self._values, *later]

    def replies(self, rows: BidderRows) -> list[str]:
        """Return what a bidder could report, such as ``1, won 1/2; 0: reports 1``."""
        return [f"{known}: reports {v}" for known in self.types(rows) for v in self._values]

    def _sight(self, said: int, seen: int) -> str:
        return f"{self._values[said]}, {f'won{self._at(seen - 1)}' if seen else 'lost'}"

    def _at(self, price: int) -> str:
        return f" {self._prices[price]}" if len(self._prices) > 1 else ""

    def _pays(self, price: int) -> str:
        return f", pays {self._prices[price]}" if len(self._prices) > 1 else ""

    def _sale(self, who: int, pays: str) -> str:
        return f"{self._outcomes.sequence.players[who]} wins{pays}" if who >= 0 else "nobody wins"
