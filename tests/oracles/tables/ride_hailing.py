"""Ride sharing by its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracles.tables.table import OVER, Table, TableReplay, Turn, by_chance, replay

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from tests.oracles.tables.table import Number


def replay_ride_sharing(
    path: Sequence[str],
    *,
    roads: Sequence[tuple[int, int]],
    times: int,
    rewards: Sequence[Number],
) -> TableReplay:
    """Drive on the map; ``rewards`` has an entry per place."""
    return replay(_Rides(roads, times, rewards), path)


class _Rides(Table):
    def __init__(
        self, roads: Sequence[tuple[int, int]], times: int, rewards: Sequence[Number]
    ) -> None:
        self.roads = {frozenset(road) for road in roads}
        self.times = times
        self.rewards = rewards
        self.begun = False
        self.where: list[int] = []  # the first driver, the second one, the first one later, ...

    def turn(self) -> Turn:
        """Begin, draw two places, drive."""
        if not self.begun:
            return by_chance(["begin"])
        if len(self.where) < 2:
            return by_chance(map(str, range(len(self.rewards))))
        if len(self.where) == 2 * self.times:
            return OVER
        driver = len(self.where) % 2
        here = self.where[-2]
        roads = frozenset(
            str(there) for there in range(len(self.rewards)) if self._road(here, there)
        )
        times = range(len(self.where) // 2)
        return Turn(driver + 1, roads, tuple(self._seen(driver, time) for time in times))

    def _road(self, here: int, there: int) -> bool:
        return frozenset((here, there)) in self.roads

    def _seen(self, driver: int, time: int) -> Hashable:
        """Return own place, whether a customer gets in, and the other driver if she is near."""
        own, other = self.where[2 * time + driver], self.where[2 * time + 1 - driver]
        near = own == other or self._road(own, other)
        return own, own in self._picked_up(time)[driver], other if near else None

    def _picked_up(self, time: int) -> tuple[set[int], set[int]]:
        """Return whom each driver picks up at one time: nobody at the start."""
        if time == 0:
            return set(), set()
        gone = set(self.where[2 : 2 * time])  # places where somebody came after the start
        one, two = self.where[2 * time : 2 * time + 2]
        return {one} - gone - {two}, {two} - gone - {one}

    def play(self, label: str) -> None:
        """Begin, or be somewhere."""
        if self.begun:
            self.where.append(int(label))
        self.begun = True

    def payoffs(self) -> list[Number]:
        """Sum what the customers pay."""
        return [
            sum(
                self.rewards[p] for time in range(self.times) for p in self._picked_up(time)[driver]
            )
            for driver in (0, 1)
        ]
