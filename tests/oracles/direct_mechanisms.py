"""The best direct mechanism with money, by a linear program over reports, outcomes and payments.

Everybody reports her type, the mechanism draws an outcome and charges everybody an amount within
bounds that depend on the outcome. What it charges on average is a variable of its own: there is no
lottery over two amounts, no tree and no mediator.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from efmodels import GameBuilder
from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from efmodels import Game
    from tests.oracles.design import Row

    Types = tuple[str, ...]

DESIGNER = "Designer"


@dataclass(frozen=True)
class Setting:
    """Who can have which types, what can happen, and what everybody can be charged.

    Attributes
    ----------
    prior
        Probabilities of the profiles of types.
    outcomes
        What the designer can choose from.
    value
        What an outcome is worth to everybody, given the types of all.
    bounds
        For each outcome, the least and the most that each can be charged.
    """

    prior: Mapping[Types, Fraction]
    outcomes: Sequence[str]
    value: Callable[[Types, str], Sequence[int]]
    bounds: Mapping[str, Sequence[tuple[int, int]]]

    @property
    def seats(self) -> range:
        """The numbers of those with types."""
        return range(len(next(iter(self.prior))))

    @property
    def types(self) -> list[list[str]]:
        """The types of everybody."""
        return [sorted({profile[k] for profile in self.prior}) for k in self.seats]

    def game(self) -> Game:
        """Return the tree: types are drawn and reported, then the designer chooses."""
        build = GameBuilder([*(f"P{k + 1}" for k in self.seats), DESIGNER])
        draws = {" ".join(profile): (profile, p) for profile, p in self.prior.items()}
        root = build.chance({label: p for label, (_, p) in draws.items()})
        for label, (profile, _) in draws.items():
            place = (root, label)
            for k, own in enumerate(profile):
                place = (build.decision(f"P{k + 1}", own, ["report"], below=place), "report")
            node = build.decision(DESIGNER, "all", list(self.outcomes), below=place)
            for outcome in self.outcomes:
                build.terminal([*self.value(profile, outcome), 0], below=(node, outcome))
        return build.game()

    def transfers(self, game: Game) -> dict[str, list[tuple[int, int]]]:
        """Return the bounds of everybody's payment at every terminal of the tree."""
        ends = [game.history(z)[-1] for z in game.terminals.tolist()]
        return {f"P{k + 1}": [self.bounds[end][k] for end in ends] for k in self.seats}


@dataclass(frozen=True)
class Terms:
    """What a mechanism owes those who take part.

    Attributes
    ----------
    dominant
        Whether the truth is best for every profile of types, or for every type on average.
    participation
        ``"none"``, ``"interim"`` (every type expects enough), or ``"ex post"`` (every profile of
        types and outcome brings enough).
    outside
        What is enough.
    """

    dominant: bool = False
    participation: str = "none"
    outside: int = 0


def best_mechanism_with_money(setting: Setting, weights: Sequence[int], terms: Terms) -> float:
    """Return the largest weighted sum of payoffs, the designer's last."""
    return _Program(setting, terms).best(weights)


class _Program:
    def __init__(self, setting: Setting, terms: Terms) -> None:
        self.setting = setting
        self.terms = terms
        self.lp = RowProgram()

    def best(self, weights: Sequence[int]) -> float:
        self._mechanism()
        for seat in self.setting.seats:
            for row in self._truth(seat):
                self.lp.at_least.append((row, 0))
            for row in self._participation(seat):
                self.lp.at_least.append((row, 0))
        goal: Row = defaultdict(Fraction)
        for true, probability in self.setting.prior.items():
            for seat in self.setting.seats:
                _add(goal, self._payoff(seat, true, true), probability * weights[seat])
                for outcome in self.setting.outcomes:
                    goal["paid", true, outcome, seat] += probability * weights[-1]
        return self.lp.maximum(goal)

    def _mechanism(self) -> None:
        """Draw an outcome for every profile of reports, and charge within its bounds."""
        for told in product(*self.setting.types):
            self.lp.equal.append(({("drawn", told, o): 1 for o in self.setting.outcomes}, 1))
            for outcome, seat in product(self.setting.outcomes, self.setting.seats):
                low, high = self.setting.bounds[outcome][seat]
                paid, drawn = ("paid", told, outcome, seat), ("drawn", told, outcome)
                self.lp.free.add(paid)
                self.lp.at_least.append(({paid: 1, drawn: -low}, 0))
                self.lp.at_least.append(({paid: -1, drawn: high}, 0))

    def _payoff(self, seat: int, true: Types, told: Types) -> Row:
        """Return what somebody gets on average if types are true and others are told."""
        row: Row = defaultdict(Fraction)
        for outcome in self.setting.outcomes:
            row["drawn", told, outcome] += self.setting.value(true, outcome)[seat]
            row["paid", told, outcome, seat] -= 1
        return row

    def _truth(self, seat: int) -> Iterator[Row]:
        """Yield what the truth is better by: type by type, or profile by profile."""
        for own, lie in product(self.setting.types[seat], repeat=2):
            total: Row = defaultdict(Fraction)
            for true, probability in self.setting.prior.items():
                if true[seat] != own:
                    continue
                told = (*true[:seat], lie, *true[seat + 1 :])
                row: Row = defaultdict(Fraction)
                _add(row, self._payoff(seat, true, true), Fraction(1))
                _add(row, self._payoff(seat, true, told), Fraction(-1))
                if self.terms.dominant:
                    yield row
                _add(total, row, probability)
            if not self.terms.dominant:
                yield total

    def _participation(self, seat: int) -> Iterator[Row]:
        """Yield by what taking part is better: type by type, or for all that can happen."""
        for own in self.setting.types[seat]:
            total: Row = defaultdict(Fraction)
            for true, probability in self.setting.prior.items():
                if true[seat] != own:
                    continue
                for outcome in self.setting.outcomes:
                    worth = self.setting.value(true, outcome)[seat] - self.terms.outside
                    row = {("drawn", true, outcome): worth, ("paid", true, outcome, seat): -1}
                    if self.terms.participation == "ex post":
                        yield defaultdict(Fraction, row)
                    _add(total, row, probability)
            if self.terms.participation == "interim":
                yield total


def _add(total: Row, row: Mapping[Hashable, Fraction | int], factor: Fraction | int) -> None:
    for name, value in row.items():
        total[name] += factor * value
