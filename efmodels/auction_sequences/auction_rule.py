"""A mechanism for two auctions as a table, and what bidders could gain by lying or leaving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.auction_sequences.labels import RuleLabels
from efmodels.auction_sequences.outcomes import NOBODY, UNLIKELY, second_knowledge
from efmodels.game import read_only
from efmodels.tables import text_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from efmodels.auction_sequences.outcomes import SaleOutcomes
    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False, repr=False)
class AuctionRule:
    """What happens after which reports.

    Attributes
    ----------
    outcomes
        What can happen.
    first
        The probability of each first choice, given the reports; shape ``(first choices,)``.
    second
        The probability of each second choice, given the reports of both rounds: that of the first
        choice times that of the second one; shape ``(second choices,)``.
    charge
        What each bidder pays at the end after each second choice; shape
        ``(bidders, second choices)``.
    """

    outcomes: SaleOutcomes
    first: Floats
    second: Floats
    charge: Floats

    @classmethod
    def of(
        cls, outcomes: SaleOutcomes, first: Floats, second: Floats, charge: Floats
    ) -> AuctionRule:
        """Make a rule of a solver's numbers, which are probabilities but for rounding."""
        profiles = len(outcomes.reports)
        played = _shares(np.maximum(first, 0), outcomes.report, profiles)
        group = outcomes.before * profiles + outcomes.again
        later = _shares(np.maximum(second, 0), group, len(first) * profiles)
        # Where a first choice is never made, what would follow is that nobody wins.
        total = np.bincount(group, weights=later, minlength=len(first) * profiles)
        later[(total[group] == 0) & (outcomes.last == NOBODY)] = 1.0
        return cls(outcomes, played, played[outcomes.before] * later, charge)

    def __post_init__(self) -> None:
        """Forbid changes to the arrays."""
        for array in (self.first, self.second, self.charge):
            read_only(array)

    def payoffs(self) -> dict[str, float]:
        """Return what each bidder expects if all are honest."""
        return self._by_player(lambda k: float((self._chance * self._gain(k)).sum()))

    def payments(self) -> dict[str, float]:
        """Return what each bidder pays on average if all are honest."""
        return self._by_player(lambda k: float((self._chance * self._paid(k)).sum()))

    @property
    def revenue(self) -> float:
        """What the bidders pay together on average."""
        return sum(self.payments().values())

    @property
    def exploitability(self) -> float:
        """The sum of the regrets."""
        return sum(self.regrets().values())

    def losses(self) -> dict[str, float]:
        """Return by how much each bidder can regret in the end that she took part."""
        likely = self.second > UNLIKELY
        return self._by_player(lambda k: float(np.maximum(-self._gain(k)[likely], 0).max()))

    def regrets(self) -> dict[str, float]:
        """Return what each bidder could gain by the best plan of reports, or by leaving.

        The others are honest. She may report what she likes in both rounds, the second time in the
        light of what she has seen, and may leave when the terms say so. Her best plan is found from
        the last round back, from the table alone.
        """
        payoffs = list(self.payoffs().values())
        return self._by_player(lambda k: self._best_plan(k) - payoffs[k])

    def strategy(self) -> pd.DataFrame:
        """Return the rule as a table.

        Returns
        -------
        DataFrame
            Columns ``reports``, ``winner``, ``price`` of the first round, ``second reports`` and
            ``second winner``, ``probability`` given all these reports, and what each bidder pays at
            the end. What never happens is left out.
        """
        import pandas as pd

        labels = RuleLabels(self.outcomes)
        chosen = np.flatnonzero(self.second > UNLIKELY)
        before = self.outcomes.before[chosen]
        profiles = np.array(labels.profiles(), dtype=object)
        who = np.array([*self.outcomes.sequence.players, "nobody"], dtype=object)
        prices = np.array([str(p) for p in self.outcomes.terms.prices] or ["0"], dtype=object)
        table = {
            "reports": profiles[self.outcomes.report[before]],
            "winner": who[self.outcomes.winner[before]],
            "price": prices[self.outcomes.price[before]],
            "second reports": profiles[self.outcomes.again[chosen]],
            "second winner": who[self.outcomes.last[chosen]],
            "probability": self.second[chosen],
        }
        for player, charge in zip(self.outcomes.sequence.players, self.charge, strict=True):
            table[f"{player} pays"] = charge[chosen]
        return pd.DataFrame(table)

    def __repr__(self) -> str:
        payoffs = self.payoffs().items()
        return text_table(
            [
                ("revenue", f"{self.revenue:.9g}"),
                ("exploitability", f"{max(self.exploitability, 0.0):.3g}"),
                *((f"payoff of {player}", f"{payoff:.9g}") for player, payoff in payoffs),
            ]
        )

    def _by_player(self, number: Callable[[int], float]) -> dict[str, float]:
        players = self.outcomes.sequence.players
        return {player: number(k) for k, player in enumerate(players)}

    @property
    def _chance(self) -> Floats:
        """How likely each second choice is if all are honest."""
        early, late = (
            row[self.outcomes.reports].prod(axis=1) for row in self.outcomes.sequence.likelihoods
        )
        outcomes = self.outcomes
        chance: Floats = early[outcomes.report[outcomes.before]] * late[outcomes.again]
        return chance * self.second

    def _paid(self, bidder: int) -> Floats:
        """Return what a bidder pays in both rounds, for each second choice."""
        outcomes = self.outcomes
        prices = np.array([float(p) for p in outcomes.terms.prices] or [0.0])
        at_once = np.where(outcomes.winner == bidder, prices[outcomes.price], 0.0)
        paid: Floats = at_once[outcomes.before] + self.charge[bidder]
        return paid

    def _gain(self, bidder: int) -> Floats:
        """Return what an honest bidder gains, for each second choice."""
        outcomes, worth = self.outcomes, self.outcomes.sequence.worths
        first = worth[outcomes.reports[outcomes.report, bidder]] * (outcomes.winner == bidder)
        second = worth[outcomes.reports[outcomes.again, bidder]] * (outcomes.last == bidder)
        gain: Floats = first[outcomes.before] + second - self._paid(bidder)
        return gain

    def _best_plan(self, bidder: int) -> float:
        """Return the most that a bidder can expect."""
        outcomes, (early, late) = self.outcomes, self.outcomes.sequence.likelihoods
        worth = outcomes.sequence.worths
        size, seen_ways = len(worth), 1 + len(outcomes.terms.prices)
        first, seen, second, won, weight = second_knowledge(outcomes, bidder)
        shape = (size, seen_ways, size)
        place = np.ravel_multi_index((first, seen, second), shape)
        mass = weight * self.second
        wins = np.bincount(place, weights=mass * won, minlength=np.prod(shape)).reshape(shape)
        pays = np.bincount(
            place, weights=mass * self.charge[bidder], minlength=np.prod(shape)
        ).reshape(shape)
        # Axes: first report, what is seen, second type, second report.
        later = (worth[:, None] * wins[:, :, None, :] - pays[:, :, None, :]).max(axis=3)
        if outcomes.terms.may_leave[1]:
            later = np.maximum(later, 0.0)
        said = outcomes.reports[outcomes.report, bidder]
        prices = np.array([float(p) for p in outcomes.terms.prices] or [0.0])
        mine = (
            (outcomes.winner == bidder) * self.first * outcomes.likely[0, outcomes.report, bidder]
        )
        taken = np.bincount(said, weights=mine, minlength=size)
        cost = np.bincount(said, weights=mine * prices[outcomes.price], minlength=size)
        # Axes: first type, first report.
        now = worth[:, None] * taken - cost + (later @ late).sum(axis=1)
        best = now.max(axis=1)
        if outcomes.terms.may_leave[0]:
            best = np.maximum(best, 0.0)
        return float(early @ best)


def _shares(mass: Floats, group: Ints, groups: int) -> Floats:
    """Return masses as shares of the sum over their group, 0 where that is nothing."""
    total = np.bincount(group, weights=mass, minlength=groups)[group]
    shares: Floats = np.divide(mass, total, out=np.zeros_like(mass), where=total > UNLIKELY)
    return shares
