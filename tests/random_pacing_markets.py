"""Small random markets with first-price pacing equilibria: ties, reserves, supplies, exclusions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from efmodels.markets import Market


def random_pacing_market(seed: int, *, reserves: bool = False, supplies: bool = False) -> Market:
    """Return a market of few small integers, so that bids tie and budgets are spent by chance."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 6)), int(rng.integers(1, 7))
    values = np.where(rng.random((n, m)) < 0.3, 0, rng.integers(1, 6, (n, m)))
    # Somebody values each good.
    values[rng.integers(n, size=m), np.arange(m)] += 1
    return Market(
        values,
        rng.integers(1, 9, n),
        rng.integers(0, 3, m) if reserves else 0,
        rng.integers(1, 4, m) if supplies else 1,
    )


def real_pacing_market(seed: int, *, bidders: int = 4, goods: int = 6) -> Market:
    """Return a market of random real numbers, in which nothing happens by chance."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.1, 1, (bidders, goods))
    return Market(values, rng.uniform(0.1, 1, bidders) * goods / bidders)


def partial_pacing_market(seed: int, *, bidders: int = 4, goods: int = 5) -> Market:
    """Return a market with excluded pairs, some reserves, and halves of units."""
    rng = np.random.default_rng(seed)
    values: list[list[int | None]] = [
        [int(v) if keep else None for v, keep in zip(*row, strict=True)]
        for row in zip(
            rng.integers(1, 10, (bidders, goods)), rng.random((bidders, goods)) < 0.7, strict=True
        )
    ]
    for j in range(goods):
        if all(row[j] is None for row in values):
            values[int(rng.integers(bidders))][j] = 5
    return Market(
        values,
        budgets=[int(b) for b in rng.integers(1, 12, bidders)],
        reserves=[int(r) for r in rng.integers(0, 4, goods) * (rng.random(goods) < 0.4)],
        supplies=[Fraction(int(s), 2) for s in rng.integers(1, 5, goods)],
        title=f"seed {seed}",
    )
