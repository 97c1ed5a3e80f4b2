"""Pacing while goods arrive one by one: dual averaging, with nothing remembered but averages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.pacing_arrays import arrays_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from efmodels.game import Floats, Ints
    from efmodels.markets.market import Market

GROWTH = 1.2
"""By how much more rounds there are each time that the multipliers are written down."""


@dataclass(frozen=True, repr=False)
class PacedStream:
    """Multipliers, and what bidders have won and paid on average, as rounds went by.

    Attributes
    ----------
    budgets
        What each bidder can pay per round, shape ``(bidders,)``.
    rounds
        After how many rounds each line was written, shape ``(lines,)``.
    alpha
        The multipliers then, shape ``(lines, bidders)``.
    value, spend
        What each bidder has won, at her values, and what she has paid, on average per round; shape
        ``(lines, bidders)``. The sum of all spend is the revenue per round.
    """

    budgets: Floats
    rounds: Ints
    alpha: Floats
    value: Floats
    spend: Floats

    def errors(self, alpha: Floats) -> pd.DataFrame:
        r"""Return how far everything was from the multipliers of an equilibrium.

        Parameters
        ----------
        alpha
            The multipliers of the equilibrium, shape ``(bidders,)``.

        Returns
        -------
        DataFrame
            A row per line, by rounds. ``mean`` and ``worst`` are of the distances
            :math:`|\alpha_i - \alpha_i^*|`; ``budget`` is the largest share by which somebody has
            spent more than her budget so far, and ``regret`` the largest share of the utility of
            the equilibrium, with money that is left, :math:`B_i / \alpha_i^*`, that somebody has
            missed.
        """
        import pandas as pd

        apart = np.abs(self.alpha - alpha)
        over = np.maximum(self.spend / self.budgets - 1, 0)
        utility = self.value + self.budgets - self.spend
        missed = np.maximum(1 - utility * alpha / self.budgets, 0)
        columns = {
            "mean": apart.mean(axis=1),
            "worst": apart.max(axis=1),
            "budget": over.max(axis=1),
            "regret": missed.max(axis=1),
        }
        return pd.DataFrame(columns, index=pd.Index(self.rounds, name="rounds"))

    def __repr__(self) -> str:
        return f"PacedStream(bidders={len(self.budgets)}, rounds={self.rounds[-1]})"


def pace(market: Market, *, rounds: int, seed: int | np.random.Generator = 0) -> PacedStream:
    r"""Pace budgets while the goods of a market arrive at random, one unit at a time.

    Each round a unit of a good is drawn, in proportion to the supplies. Who bids the most,
    :math:`\alpha_i v_{ij}`, buys it at that price, if it is not below the reserve. Then every
    bidder compares what she has won per round, :math:`\bar u_i`, with what she can pay per round,

    .. math:: \alpha_i = \min\Bigl(1, \frac{B_i / \sum_j s_j}{\bar u_i}\Bigr).

    The multipliers tend to those of the first-price pacing equilibrium, at the rate of one over the
    square root of the rounds: a start for other algorithms, and a model of what bidders do who
    learn, but no way to a precise equilibrium.

    Parameters
    ----------
    market
        What arrives, and how much bidders can pay for all of it.
    rounds
        How many units arrive.
    seed
        For ``numpy.random.default_rng``, or a generator.

    Raises
    ------
    GameError
        There are no rounds, a bidder has no budget, or nobody values a good.

    References
    ----------
    Gao, Peysakhovich and Kroer, Online market equilibrium with application to fair division,
    arXiv:2103.12936.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> run = pace(Market([[2], [1]], [0.5, 1]), rounds=10_000)
    >>> run.alpha[-1].round(2), run.spend[-1].round(2)
    (array([0.5, 1. ]), array([0.5, 0.5]))
    >>> float(run.errors(np.array([0.5, 1]))["worst"].iloc[-1]) < 0.01
    True
    """
    arrays = arrays_of(market, "pace")
    if rounds < 1:
        raise GameError(f"pace is to run for {rounds} rounds: expected at least 1")
    units = float(arrays.supplies.sum())
    rng = np.random.default_rng(seed)
    drawn = np.searchsorted(np.cumsum(arrays.supplies), rng.random(rounds) * units, side="right")
    by_good = market.positive_values.tocsc()
    start, bidder, value = by_good.indptr.tolist(), by_good.indices, by_good.data
    reserves = arrays.reserves.tolist()
    averages = _Averages(arrays.budgets / units)
    # Rounding may lead beyond the last good.
    for good in np.minimum(drawn, len(reserves) - 1).tolist():
        here = slice(start[good], start[good + 1])
        averages.sell(bidder[here], value[here], reserves[good])
    return averages.written()


def pace_stream(goods: Iterable[Floats], budgets: Floats) -> PacedStream:
    r"""Pace budgets while goods arrive from anywhere, one by one.

    As :func:`pace`, for goods that need not come from a market: their values are looked at once,
    and forgotten.

    Parameters
    ----------
    goods
        For each good what the bidders value it at, shape ``(bidders,)``; as many as come.
    budgets
        What each bidder can pay per good, shape ``(bidders,)``.

    Raises
    ------
    GameError
        There are no goods, a budget is not positive, or shapes do not agree.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> stream = (rng.random(2) for _ in range(2_000))
    >>> run = pace_stream(stream, np.array([0.2, 0.2]))
    >>> run, np.abs(run.spend[-1] - 0.2).max() < 0.02
    (PacedStream(bidders=2, rounds=2000), np.True_)
    """
    budgets = np.array(budgets, dtype=float)
    if budgets.ndim != 1 or not (budgets > 0).all():
        raise GameError(f"pace_stream needs a positive budget of every bidder; got {budgets}")
    averages = _Averages(budgets)
    everybody = np.arange(len(budgets))
    for values in goods:
        given = np.asarray(values, dtype=float)
        if given.shape != budgets.shape:
            raise GameError(
                f"good {averages.rounds + 1} has values of shape {given.shape}: expected one per "
                f"bidder, shape {budgets.shape}"
            )
        averages.sell(everybody, given, 0.0)
    if not averages.rounds:
        raise GameError("pace_stream was given no goods")
    return averages.written()


class _Averages:
    """What bidders have won and paid in all so far, and the lines that were written."""

    def __init__(self, budgets: Floats) -> None:
        self.rounds = 0
        self._budgets = budgets
        self._value, self._spend = np.zeros(len(budgets)), np.zeros(len(budgets))
        self._next = 1
        self._lines: list[tuple[int, Floats, Floats, Floats]] = []

    def sell(self, bidder: Ints, value: Floats, reserve: float) -> None:
        """Sell a good to the highest of its bidders, unless that is below the reserve."""
        # Who has won nothing yet bids her value; others as in `_alpha`.
        limit = self.rounds * self._budgets[bidder]
        won = self._value[bidder]
        bids = value * limit / np.maximum(won, limit) if self.rounds else value
        best = int(np.argmax(bids))
        self.rounds += 1
        if bids[best] >= reserve and bids[best] > 0:
            self._value[bidder[best]] += value[best]
            self._spend[bidder[best]] += bids[best]
        if self.rounds == self._next:
            self._write()

    def _write(self) -> None:
        self._next = max(self.rounds + 1, int(self.rounds * GROWTH))
        limit = self.rounds * self._budgets
        alpha = limit / np.maximum(self._value, limit)
        self._lines.append(
            (self.rounds, alpha, self._value / self.rounds, self._spend / self.rounds)
        )

    def written(self) -> PacedStream:
        """Return the lines, with one for the end."""
        if self._lines[-1][0] < self.rounds:
            self._write()
        rounds, alpha, value, spend = zip(*self._lines, strict=True)
        arrays = (np.array(part) for part in (rounds, alpha, value, spend))
        return PacedStream(self._budgets, *(read_only(array) for array in arrays))
