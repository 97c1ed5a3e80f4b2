"""What an algorithm for a pacing equilibrium leaves behind: an outcome, and how it got there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.tables import text_table

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.markets.pacing import PacingOutcome, PacingResiduals
    from efmodels.markets.pacing_arrays import PacingArrays


class PacingEntry(NamedTuple):
    """A line of the log.

    Attributes
    ----------
    iterations, seconds
        Since the start.
    residual
        The largest residual of a first-price pacing equilibrium, as a share of a budget; see
        :class:`~efmodels.markets.PacingResiduals`.
    gap
        The duality gap of the Eisenberg-Gale program, as a share of all budgets.
    entries
        How many bids still take part.
    """

    iterations: int
    seconds: float
    residual: float
    gap: float
    entries: int


@dataclass(frozen=True, repr=False)
class PacingRun:
    """An outcome, what it misses, and the log.

    Attributes
    ----------
    outcome
        The best of those in the log: the one with the smallest relative residual.
    residuals
        By how much it misses an equilibrium, from the market alone.
    entries
        The log, a line each time that residuals were computed.
    """

    outcome: PacingOutcome
    residuals: PacingResiduals
    entries: tuple[PacingEntry, ...]

    @property
    def iterations(self) -> int:
        """How many there were."""
        return self.entries[-1].iterations

    @property
    def seconds(self) -> float:
        """How long they took, by the clock, with the residuals."""
        return self.entries[-1].seconds

    @property
    def gap(self) -> float:
        """The last duality gap, as a share of all budgets."""
        return self.entries[-1].gap

    @property
    def log(self) -> pd.DataFrame:
        """The log as a table, made when it is asked for."""
        import pandas as pd

        return pd.DataFrame([entry._asdict() for entry in self.entries])

    def __repr__(self) -> str:
        facts = [
            ("iterations", f"{self.iterations:,}"),
            ("seconds", f"{self.seconds:.3g}"),
            ("revenue", f"{self.outcome.revenue:.6g}"),
            ("residual", f"{self.residuals.relative:.3g}"),
            ("gap", f"{self.gap:.3g}"),
        ]
        return text_table(facts)


def eisenberg_gale_gap(arrays: PacingArrays, outcome: PacingOutcome) -> float:
    r"""Return the duality gap of the Eisenberg-Gale program, as a share of all budgets.

    The multipliers are a dual solution, the units a primal one, to which the best unspent money is
    added. The gap bounds the *square* of the relative error of the multipliers, and nothing better:
    a gap of 1e-6 goes with residuals of 1e-3.

    .. math::

        \sum_j s_j p_j - \sum_i B_i \log \alpha_i + \sum_i (B_i \log B_i - B_i)
        - \sum_i (B_i \log u_i - \delta_i) - \sum_j r_j y_j,
        \quad u_i = \sum_j v_{ij} x_{ij} + \delta_i

    Parameters
    ----------
    arrays
        The market.
    outcome
        Its units must not be more than there are.
    """
    budgets = arrays.budgets
    worth = arrays.by_bidder(arrays.value * outcome.units)
    unspent = np.maximum(budgets - worth, 0)
    kept = arrays.reserves @ np.maximum(arrays.supplies - arrays.by_good(outcome.units), 0)
    dual = arrays.supplies @ arrays.prices(outcome.alpha) - budgets.sum()
    ratio = budgets / (outcome.alpha * (worth + unspent))
    return float((dual + budgets @ np.log(ratio) + unspent.sum() - kept) / budgets.sum())
