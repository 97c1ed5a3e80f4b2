"""Direct mechanisms by loops over profiles, reports and outcomes, row by row for SciPy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.oracles.design import Row
    from tests.oracles.direct_mechanisms import Setting

    Types = tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a mechanism is asked for.

    Attributes
    ----------
    truth, participation, payments
        In the words of the package.
    outside
        What those get who stay out.
    most
        The most that each can pay, if winners pay.
    wins
        Who gets something in which outcome: pairs of a seat and an outcome.
    """

    truth: str = "bayesian"
    participation: str = "interim"
    payments: str = "free"
    outside: int = 0
    most: Sequence[int] = ()
    wins: frozenset[tuple[int, str]] = frozenset()


def best_direct_mechanism(setting: Setting, asked: Asked, goal: str) -> float:
    """Return the largest revenue or welfare of a direct mechanism."""
    return _Program(setting, asked).best(goal)


class _Program:
    def __init__(self, setting: Setting, asked: Asked) -> None:
        self.setting = setting
        self.asked = asked
        self.profiles: list[Types] = list(product(*setting.types))
        self.lp = RowProgram()

    def best(self, goal: str) -> float:
        for told in self.profiles:
            self.lp.equal.append(({("x", told, o): 1 for o in self.setting.outcomes}, 1))
            for seat in self.setting.seats:
                self._payment(seat, told)
        for seat in self.setting.seats:
            for row, side in (*self._truth(seat), *self._participation(seat)):
                self.lp.at_least.append((row, side))
        return self.lp.maximum(self._goal(goal))

    def _payment(self, seat: int, told: Types) -> None:
        name = ("t", told, seat)
        if self.asked.payments == "free":
            self.lp.free.add(name)
        elif self.asked.payments == "none":
            self.lp.equal.append(({name: 1}, 0))
        else:
            row: Row = defaultdict(Fraction)
            row[name] -= 1
            for outcome in self.setting.outcomes:
                if (seat, outcome) in self.asked.wins:
                    row["x", told, outcome] += self.asked.most[seat]
            self.lp.at_least.append((row, 0))

    def _payoff(self, seat: int, true: Types, told: Types, weight: Fraction | int) -> Row:
        row: Row = defaultdict(Fraction)
        row["t", told, seat] -= weight
        for outcome in self.setting.outcomes:
            row["x", told, outcome] += weight * self.setting.value(true, outcome)[seat]
        return row

    def _truth(self, seat: int) -> Iterator[tuple[Row, int]]:
        for own, lie in product(self.setting.types[seat], repeat=2):
            total: Row = defaultdict(Fraction)
            for true in self.profiles:
                if true[seat] != own or own == lie:
                    continue
                told = (*true[:seat], lie, *true[seat + 1 :])
                weight = self.setting.prior.get(true, 0) if self.asked.truth == "bayesian" else 1
                row: Row = defaultdict(Fraction)
                for part in (
                    self._payoff(seat, true, true, weight),
                    self._payoff(seat, true, told, -weight),
                ):
                    for name, value in part.items():
                        row[name] += value
                        total[name] += value
                if self.asked.truth == "dominant":
                    yield row, 0
            if self.asked.truth == "bayesian":
                yield total, 0

    def _participation(self, seat: int) -> Iterator[tuple[Row, Fraction | int]]:
        for own in self.setting.types[seat]:
            total: Row = defaultdict(Fraction)
            mass = Fraction(0)
            for true in self.profiles:
                chance = self.setting.prior.get(true, Fraction(0))
                if true[seat] != own:
                    continue
                if self.asked.participation == "ex post" and (
                    chance or self.asked.truth == "dominant"
                ):
                    yield self._payoff(seat, true, true, 1), self.asked.outside
                mass += chance
                for name, value in self._payoff(seat, true, true, chance).items():
                    total[name] += value
            if self.asked.participation == "interim":
                yield total, mass * self.asked.outside

    def _goal(self, goal: str) -> Row:
        row: Row = defaultdict(Fraction)
        for true, chance in self.setting.prior.items():
            for seat in self.setting.seats:
                if goal == "revenue":
                    row["t", true, seat] += chance
                else:
                    for outcome in self.setting.outcomes:
                        row["x", true, outcome] += chance * self.setting.value(true, outcome)[seat]
        return row
