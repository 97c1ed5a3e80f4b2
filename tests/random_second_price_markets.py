"""Random markets for tests of pacing equilibria: full of ties, some with reserves and supplies."""

from __future__ import annotations

import numpy as np

from efmodels.markets import Market


def integer_market(seed: int, bidders: int, goods: int) -> Market:
    """Return a market of small integers, in which bids tie often; everybody has a budget.

    Every good has a bidder, some have one alone. Two of five have reserves, two of five supplies.
    """
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 7, (bidders, goods)).astype(float)
    values[rng.integers(bidders, size=goods), np.arange(goods)] += 1
    reserves = rng.integers(0, 4, goods) * (seed % 5 in {1, 3})
    supplies = rng.integers(1, 4, goods) / 2 if seed % 5 in {2, 3} else np.ones(goods)
    budgets = rng.integers(1, 8, bidders).astype(float)
    return Market(values, budgets, reserves.astype(float), supplies)


def real_market(seed: int, bidders: int, goods: int) -> Market:
    """Return a sparse market of real numbers, with budgets from tight to loose."""
    rng = np.random.default_rng(seed)
    values = rng.random((bidders, goods)) * (rng.random((bidders, goods)) < 0.7)
    values[rng.integers(bidders, size=goods), np.arange(goods)] += 0.1
    scale = rng.choice([0.3, 1.0, 3.0])
    budgets = scale * (0.05 + rng.random(bidders)) * (values.sum(axis=1) + 0.1) / bidders
    return Market(values, budgets)
