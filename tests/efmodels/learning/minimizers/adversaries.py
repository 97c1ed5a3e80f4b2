"""Who sets utilities against a regret minimizer, and what is counted afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats
    from efmodels.learning.minimizers import RegretMinimizer

    Adversary = Callable[[int, Floats], Floats]


def unlikely_choices(seed: int) -> Adversary:
    """Pay 1 for the choice that is played least, and nothing else; the seed is not needed."""
    del seed

    def utility(_: int, point: Floats) -> Floats:
        return np.eye(len(point))[np.argmin(point)]

    return utility


def alternation(seed: int) -> Adversary:
    """Pay for the first two choices in turn, which ruins whoever follows the leader."""
    del seed

    def utility(t: int, point: Floats) -> Floats:
        return np.eye(len(point))[t % 2] * (0.5 if t == 0 else 1.0)

    return utility


def drift(seed: int) -> Adversary:
    """Pay what wanders about between 0 and 1."""
    generator = np.random.default_rng(seed)
    where: dict[str, Floats] = {}

    def utility(_: int, point: Floats) -> Floats:
        old = where.setdefault("it is", generator.uniform(size=len(point)))
        where["it is"] = np.clip(old + 0.1 * generator.normal(size=len(point)), 0, 1)
        return where["it is"]

    return utility


ADVERSARIES: dict[str, Callable[[int], Adversary]] = {
    "unlikely choices": unlikely_choices,
    "alternation": alternation,
    "drift": drift,
}
"""They keep utilities between 0 and 1."""


@dataclass
class Recorded:
    """A regret minimizer with a list of its points and of what it observed."""

    minimizer: RegretMinimizer

    def __post_init__(self) -> None:
        """Begin with empty lists."""
        self.size = self.minimizer.size
        self.now = np.zeros(self.size)
        self.points: list[Floats] = []
        self.utilities: list[Floats] = []
        self.earned: list[float] = []

    def next(self, prediction: Floats | None = None) -> Floats:
        """Pass it on."""
        self.now = self.minimizer.next(prediction)
        return self.now

    def observe(self, utility: Floats) -> None:
        """Write it down, and pass it on."""
        self.points.append(self.now)
        self.utilities.append(utility)
        self.earned.append(self.minimizer.value(utility))
        self.minimizer.observe(utility)

    def value(self, utility: Floats) -> float:
        """Pass it on."""
        return self.minimizer.value(utility)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Pass it on."""
        return self.minimizer.best(utility)

    @property
    def regret(self) -> float:
        """The regret under linear utilities."""
        return self.minimizer.best(np.sum(self.utilities, axis=0))[0] - sum(self.earned)


def recorded(minimizer: RegretMinimizer, adversary: Adversary, rounds: int) -> Recorded:
    """Return what happened in some rounds."""
    record = Recorded(minimizer)
    for t in range(rounds):
        record.observe(adversary(t, record.next()))
    return record


def regret_on_a_simplex(record: Recorded) -> float:
    """Return the regret against the best choice, from points and utilities alone."""
    utilities = np.array(record.utilities)
    return utilities.sum(axis=0).max() - np.einsum("ta,ta->", utilities, np.array(record.points))


class FollowTheLeader:
    """Plays what would have been best so far, which is no regret minimizer."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._total = np.zeros(size)

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the best choice so far."""
        del prediction
        return np.eye(self.size)[np.argmax(self._total)]

    def observe(self, utility: Floats) -> None:
        """Add up."""
        self._total = self._total + utility

    def value(self, utility: Floats) -> float:
        """Return what the best choice so far earns."""
        return float(utility @ self.next())

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best choice."""
        return float(utility.max()), np.eye(self.size)[np.argmax(utility)]
