"""The Sheriff game by its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracles.tables.table import OVER, Table, TableReplay, Turn, replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.oracles.tables.table import Number


def replay_sheriff(
    path: Sequence[str],
    *,
    items: int,
    bribe: int,
    rounds: int,
    rates: tuple[Number, Number, Number] = (5, 1, 1),
) -> TableReplay:
    """Play the Sheriff game; ``rates`` are value, penalty and compensation."""
    return replay(_Sheriff(items, bribe, rounds, rates), path)


class _Sheriff(Table):
    def __init__(
        self, items: int, bribe: int, rounds: int, rates: tuple[Number, Number, Number]
    ) -> None:
        self.items = items
        self.bribe = bribe
        self.rounds = rounds
        self.rates = rates
        self.said: list[str] = []  # the load, then offers and answers

    def turn(self) -> Turn:
        """Load once; then offer and answer."""
        if not self.said:
            return Turn(1, frozenset(f"load {n}" for n in range(self.items + 1)), ())
        if len(self.said) == 1 + 2 * self.rounds:
            return OVER
        if len(self.said) % 2:
            offers = frozenset(f"offer {x}" for x in range(self.bribe + 1))
            return Turn(1, offers, tuple(self.said))
        return Turn(2, frozenset({"inspect", "pass"}), tuple(self.said[1:]))

    def play(self, label: str) -> None:
        """Note what was done."""
        self.said.append(label)

    def payoffs(self) -> list[Number]:
        """Pay by the load and the last round."""
        value, penalty, compensation = self.rates
        load, offer = int(self.said[0].split()[1]), int(self.said[-2].split()[1])
        if self.said[-1] == "pass":
            return [value * load - offer, offer]
        if load:
            return [-penalty * load, penalty * load]
        return [compensation, -compensation]
