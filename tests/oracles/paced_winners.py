"""Whether multipliers are those of a first-price pacing equilibrium: one small linear program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from efmodels.markets import Market

TIE = 1e-9


def is_supported(market: Market, alpha: NDArray[Any], tolerance: float) -> bool:
    """Say whether winners can be found so that everybody meets her budget, by a linear program.

    Winners of a good bid within ``TIE`` of the highest bid. All of a good is sold if its price is
    above the reserve; who is paced spends all of her budget.
    """
    values = market.positive_values.toarray()
    bids = alpha[:, None] * values
    prices = np.maximum(bids.max(axis=0), market.reserves)
    wins = (bids >= prices * (1 - TIE)) & (values > 0)
    n, m = values.shape
    at_reserve = prices <= market.reserves * (1 + TIE)
    by_bidder = np.kron(np.eye(n), prices)
    by_good = np.kron(np.ones(n), np.eye(m))
    paced = alpha < 1 - TIE
    slack = tolerance * market.budgets
    rows = [by_bidder, -by_bidder[paced], by_good, -by_good[~at_reserve]]
    limits = [
        market.budgets + slack,
        -(market.budgets - slack)[paced],
        market.supplies,
        -market.supplies[~at_reserve],
    ]
    found = linprog(
        np.zeros(n * m),
        A_ub=np.vstack(rows),
        b_ub=np.concatenate(limits),
        bounds=[(0, None if won else 0) for won in wins.ravel().tolist()],
    )
    return bool(found.status == 0)
