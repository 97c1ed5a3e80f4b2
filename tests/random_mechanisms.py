"""Seeded random settings in which a designer chooses an outcome and takes money."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

from tests.oracles.direct_mechanisms import Setting


def random_setting(seed: int, *, least: int = 0) -> Setting:
    """Return a setting whose values depend on the types of all, and types on each other.

    The weights of the profiles of types are at least ``least``: with 0, some are impossible.
    """
    generator = np.random.default_rng(seed)
    seats = 3 if seed % 4 == 3 else 2
    types = [
        [f"{letter}{k}" for k in range(int(generator.integers(2, 4)) if seats == 2 else 2)]
        for letter in "abc"[:seats]
    ]
    outcomes = [f"o{k}" for k in range(int(generator.integers(2, 4)))]
    profiles = list(product(*types))
    weights = generator.integers(least, 5, size=len(profiles))
    weights[[0, -1]] += 1
    values = {
        (profile, outcome): generator.integers(-3, 6, size=seats).tolist()
        for profile in profiles
        for outcome in outcomes
    }
    low = generator.integers(-2, 1, size=(len(outcomes), seats))
    high = low + generator.integers(0, 5, size=low.shape)
    bounds = {
        outcome: list(zip(low[k].tolist(), high[k].tolist(), strict=True))
        for k, outcome in enumerate(outcomes)
    }
    prior = {
        profile: Fraction(weight, int(weights.sum()))
        for profile, weight in zip(profiles, weights.tolist(), strict=True)
        if weight
    }
    return Setting(prior, outcomes, lambda types, outcome: values[types, outcome], bounds)


def random_auction(seed: int) -> tuple[Setting, list[dict[int, Fraction]]]:
    """Return the sale of one item to two or three bidders, of whom the winner pays.

    Also the distribution of everybody's value, independent of the others'.
    """
    generator = np.random.default_rng(seed)
    seats = 2 + seed % 2
    priors = []
    for _ in range(seats):
        values = sorted(generator.choice(np.arange(12), size=4 - seats + 1, replace=False).tolist())
        weights = generator.integers(1, 9, size=len(values)).tolist()
        priors.append({v: Fraction(w, sum(weights)) for v, w in zip(values, weights, strict=True)})
    outcomes = ["nobody wins", *(f"{k + 1} wins" for k in range(seats))]
    prior = {}
    for profile in product(*priors):
        weight = Fraction(1)
        for mine, value in zip(priors, profile, strict=True):
            weight *= mine[value]
        prior[tuple(map(str, profile))] = weight

    def value(types: tuple[str, ...], outcome: str) -> list[int]:
        return [int(own) * (outcome == f"{k + 1} wins") for k, own in enumerate(types)]

    bounds = {o: [(0, 12 * (o == f"{k + 1} wins")) for k in range(seats)] for o in outcomes}
    return Setting(prior, outcomes, value, bounds), priors
