"""Sequential mechanisms for two items, one after another: the known revenue, and no regrets."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.game import CHANCE, TERMINAL
from tests.formulations.test_sequential_mechanism import model
from tests.oracles.sequential_mechanisms import best_sequential_mechanism, within_reports

if TYPE_CHECKING:
    from collections.abc import Sequence

NOBODY = "nobody wins"
HALVES = (0, "1/2", 1)


@dataclass(frozen=True)
class Sales:
    """The rules of two sales to two bidders who can only report, with a budget of 1 each.

    A bidder sees her values, and whether she won the first item and at what price.
    """

    values: tuple[Fraction, ...]

    players = ("P1", "P2", "Auctioneer")
    moves = (CHANCE, 1, 2, 3)

    def initial(self) -> tuple[str, ...]:
        """Return the history of a play: a draw, two reports and a sale, twice."""
        return ()

    def mover(self, play: tuple[str, ...]) -> int:
        """Return who moves."""
        return TERMINAL if len(play) == 2 * len(self.moves) else self.moves[len(play) % 4]

    def chances(self, play: tuple[str, ...]) -> list[tuple[str, Fraction]]:  # noqa: ARG002
        """Return the pairs of values, all equally likely."""
        each = Fraction(1, len(self.values) ** 2)
        return [(f"{one} {other}", each) for one, other in product(self.values, repeat=2)]

    def actions(self, play: tuple[str, ...]) -> list[str]:
        """Return a report, or the sales that are within what is left of the budgets."""
        if len(play) % 4 < 3:
            return ["report"]
        left = [1 - paid for paid in self.paid(play[:4])]
        return [
            NOBODY,
            *(
                f"{k + 1} wins, {k + 1} pays {price}"
                for k in (0, 1)
                for price in self.values
                if price <= left[k]
            ),
        ]

    def after(self, play: tuple[str, ...], action: str) -> tuple[str, ...]:
        """Return the history with one more move."""
        return (*play, action)

    def observation(self, play: tuple[str, ...]) -> str:
        """Return what a bidder has seen, and what the auctioneer has done."""
        if len(play) % 4 == 3:
            return play[3] if len(play) > 4 else "first item"
        seat = len(play) % 4 - 1
        mine = play[0].split()[seat]
        if len(play) < 4:
            return mine
        won = play[3] != NOBODY and int(play[3][0]) == seat + 1
        result = f"won {self.paid(play[:4])[seat]}" if won else "lost"
        return f"{mine},{result};{play[4].split()[seat]}"

    def payoffs(self, play: tuple[str, ...]) -> list[Fraction]:
        """Return values less prices, and the prices."""
        gains = [Fraction(0)] * 2
        for round_of_sale in (play[:4], play[4:]):
            for seat, price in enumerate(self.paid(round_of_sale)):
                if round_of_sale[3].startswith(f"{seat + 1} wins"):
                    gains[seat] += Fraction(round_of_sale[0].split()[seat]) - price
        revenue = sum(self.paid(play[:4]) + self.paid(play[4:]), Fraction(0))
        return [*gains, revenue]

    @staticmethod
    def paid(round_of_sale: Sequence[str]) -> list[Fraction]:
        """Return what each bidder has paid in a round, nothing in one that has not been played."""
        paid = [Fraction(0)] * 2
        if len(round_of_sale) == 4 and round_of_sale[3] != NOBODY:
            words = round_of_sale[3].split()
            paid[int(words[0]) - 1] = Fraction(words[-1])
        return paid


def overcharged(game: ef.Game) -> list[bool]:
    """Return where somebody pays more than her value."""
    found = []
    for z in game.terminals.tolist():
        words = [word for word in game.history(z) if word not in {"in", "out", "report"}]
        # Nobody chooses where all are out: then a draw is followed by the next one, or by nothing.
        sales = [pair for pair in pairwise(words) if "wins" in pair[1]]
        found.append(any(not within_reports(draw, sale) for draw, sale in sales))
    return found


@pytest.mark.parametrize(
    ("values", "optional", "within"),
    [
        ((0, 1), 1.3125, 1.3125),
        pytest.param(HALVES, 1.226337449, 1.144219978, marks=pytest.mark.slow),
    ],
)
def test_staying_out(values: tuple[Any, ...], optional: float, within: float) -> None:
    """The instance, in which bidders can stay out, with and without a cap on prices."""
    game = ef.instances.sequential_auction_design(values=values)
    m = model(game)
    assert ef.solve(m).value == pytest.approx(optional, abs=1e-6)
    assert best_sequential_mechanism(game) == pytest.approx(optional, abs=1e-6)
    m.within = pyo.Constraint(expr=m.eq.expected(overcharged(game)) == 0)

    assert ef.solve(m).value == pytest.approx(within, abs=1e-6)
    assert max(m.eq.regrets().values()) < 1e-6


@pytest.mark.parametrize("reduce", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_reports_alone(reduce: bool) -> None:  # noqa: FBT001 - pytest hands it over
    """Whoever pays at most what she reports needs no way out: the same revenue on a grid of 1/2."""
    game = ef.Game.from_rules(Sales(tuple(map(Fraction, HALVES))))
    m = model(game, reduce=reduce)
    m.within = pyo.Constraint(expr=m.eq.expected(overcharged(game)) == 0)

    assert ef.solve(m).value == pytest.approx(1.1442199775, abs=1e-6)
    assert max(m.eq.regrets().values()) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("reduce", [True, False])
def test_finer_grid(reduce: bool) -> None:  # noqa: FBT001 - pytest hands it over
    """On a grid of 1/4 the best mechanism earns 1.0496; of the whole program, from the tree."""
    if not reduce:
        pytest.importorskip("clarabel")  # 800,000 columns
    game = ef.Game.from_rules(Sales(tuple(Fraction(k, 4) for k in range(5))))
    m = model(game, reduce=reduce)
    m.within = pyo.Constraint(expr=m.eq.expected(overcharged(game)) == 0)

    assert ef.solve(m).value == pytest.approx(1.0496, abs=1e-5)
    assert max(m.eq.regrets().values()) < 1e-6
