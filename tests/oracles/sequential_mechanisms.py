"""The best mechanism for two items sold one after another, by a linear program from the tree.

The program is that of a designer who asks both bidders for their values before each item, with the
best responses of a bidder in two levels: what she reports for the second item after what she saw,
and what she reports for the first. She can stay out from the first or the second item on.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracles.design import chances, difference, ends
from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.design import Payoffs, Row


def best_sequential_mechanism(
    game: Game, allowed: Callable[[str, str], bool] = lambda _draw, _outcome: True
) -> float:
    """Return the largest revenue; ``allowed(reports, outcome)`` may rule out outcomes."""
    return _Mechanism(game, allowed).revenue()


class _Mechanism:
    def __init__(self, game: Game, allowed: Callable[[str, str], bool]) -> None:
        self.probability = chances(game)
        self.values = sorted({draw.split()[0] for draw in self.probability})
        every = ends(game)
        both = ("in", "in")
        self.payoffs: dict[tuple[str, ...], Payoffs] = {
            (h[0], h[3], h[4], h[7]): u
            for h, u in every.items()
            if h[1:3] == both and h[5:7] == both
        }
        # What a bidder gets who is out for the second item: nothing more, whoever wins it.
        self.stopped = [
            {(h[0], h[3], h[4]): u[seat] for h, u in every.items() if _stops(h, seat)}
            for seat in (0, 1)
        ]
        self.allowed = allowed
        self.lp = RowProgram()

    def revenue(self) -> float:
        goal: Row = defaultdict(Fraction)
        for (d1, o1, d2, o2), u in self.payoffs.items():
            if self.allowed(d1, o1) and self.allowed(d2, o2):
                goal[d1, o1, d2, o2] += self.probability[d1] * self.probability[d2] * u[-1]
        self._plan()
        for seat in (0, 1):
            for true in self.values:
                honest = self._honest(seat, true)
                self.lp.at_least.append((honest, 0))
                for report in self.values:
                    reply = self._replies(seat, true, report)
                    self.lp.at_least.append((difference(honest, reply), 0))
        return self.lp.maximum(goal)

    def _plan(self) -> None:
        """Keep what happens for the first item apart from the second reports."""
        firsts: dict[str, set[tuple[str, str]]] = defaultdict(set)
        rows: dict[tuple[str, str, str], Row] = defaultdict(lambda: defaultdict(Fraction))
        for d1, o1, d2, o2 in self.payoffs:
            if self.allowed(d1, o1) and self.allowed(d2, o2):
                firsts[d1].add((d1, o1))
                rows[d1, o1, d2][d1, o1, d2, o2] += 1
        for names in firsts.values():
            self.lp.equal.append((dict.fromkeys(names, 1), 1))
        for (d1, o1, _), row in rows.items():
            self.lp.equal.append((difference(row, {(d1, o1): Fraction(1)}), 0))

    def _honest(self, seat: int, true: str) -> Row:
        row: Row = defaultdict(Fraction)
        for (d1, o1, d2, o2), u in self.payoffs.items():
            if d1.split()[seat] == true and self.allowed(d1, o1) and self.allowed(d2, o2):
                row[d1, o1, d2, o2] += self.probability[d1] * self.probability[d2] * u[seat]
        return row

    def _replies(self, seat: int, true: str, report: str) -> Row:
        """Return the sum of the values of what she can see and learn after the first item."""
        told = {d1: _retold(d1, seat, report) for d1 in self.probability}
        options: dict[tuple[object, ...], dict[str, Row]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(Fraction))
        )
        for (d1, o1, d2, o2), u in self.payoffs.items():
            if d1.split()[seat] != true or not self.allowed(told[d1], o1):
                continue
            state = ("value", seat, true, report, _seen(o1, seat), d2.split()[seat])
            weight = self.probability[d1] * self.probability[d2]
            for again in self.values:
                claimed = _retold(d2, seat, again)
                if self.allowed(claimed, o2):
                    options[state][again][told[d1], o1, claimed, o2] += weight * u[seat]
        for (d1, o1, d2), gain in self.stopped[seat].items():
            if d1.split()[seat] == true and self.allowed(told[d1], o1):
                state = ("value", seat, true, report, _seen(o1, seat), d2.split()[seat])
                weight = self.probability[d1] * self.probability[d2]
                options[state]["out"][told[d1], o1] += weight * gain
        for state, rows in options.items():
            self.lp.free.add(state)
            for row in rows.values():
                self.lp.at_least.append((difference({state: Fraction(1)}, row), 0))
        return defaultdict(Fraction, dict.fromkeys(options, Fraction(1)))


def _stops(history: tuple[str, ...], seat: int) -> bool:
    """Say whether a bidder is out for the second item only, the other being in."""
    return history[1:3] == ("in", "in") and history[5:7] == (
        ("out", "in") if seat == 0 else ("in", "out")
    )


def _retold(draw: str, seat: int, report: str) -> str:
    """Return a draw as the designer hears it if a bidder reports another value."""
    told = draw.split()
    told[seat] = report
    return " ".join(told)


def _seen(outcome: str, seat: int) -> str:
    """Return what a bidder sees of an outcome."""
    return outcome if outcome.startswith(f"{seat + 1} wins") else "lost"


def within_reports(draw: str, outcome: str) -> bool:
    """Say whether nobody pays more than she has reported."""
    return all(
        Fraction(part.split()[2]) <= Fraction(draw.split()[int(part.split()[0]) - 1])
        for part in outcome.split(", ")[1:]
    )
