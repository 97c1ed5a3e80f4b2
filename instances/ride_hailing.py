"""Two drivers who compete for rides on a map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.exact_numbers import numbers
from efmodels.instances.parameters import integer, members, titled
from efmodels.level_rules import Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Bools, Ints, Number

SEVEN_PLACES = (
    *((0, 1), (0, 2), (0, 3), (0, 4), (1, 2)),
    *((1, 3), (1, 5), (2, 3), (2, 4), (5, 6)),
)
"""A map of seven places whose trees have the published numbers of nodes."""

EIGHT_PLACES = (
    *((0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7)),
    *((0, 4), (1, 5), (2, 6), (3, 7), (0, 5)),
)
"""Likewise with eight places: two rows of four, and one diagonal."""

_CHANCE_MOVES = 3
"""The beginning, and the place of each driver."""


def ride_sharing(
    roads: Sequence[tuple[int, int]] = SEVEN_PLACES,
    times: int = 2,
    *,
    rewards: Sequence[Number | str] = (),
) -> Game:
    r"""Return the ride-sharing game: two drivers move on a map and pick up what they reach first.

    On each place of the map waits one customer. Chance puts the two drivers anywhere,
    independently. From then on, at each time but the first, both drive along a road to a
    neighbouring place, at once: nobody can stay, and in the tree the second driver chooses without
    seeing the first one's choice. Who reaches a customer first gets her reward. If both arrive
    together, the customer is lost to both. A customer at the place where a driver starts is not
    served by starting there.

    A driver always knows where she is and whether she picked up the customer; she sees where the
    other one is if that is the same place or a neighbouring one. The infoset ``2 0+(1)`` is that of
    a driver who started on place 2, seeing nobody, went to place 0, picked up the customer there
    (``+``), and sees the other one on place 1.

    Parameters
    ----------
    roads
        Pairs of different places, numbered from 0; every place must be on some road. A road leads
        both ways, and is one road if it is given twice.
    times
        Points in time, the start included, at least 1: each driver moves ``times - 1`` times.
    rewards
        What the customer at each place pays, at least 0; 1 each by default.

    Returns
    -------
    Game
        By default 598 nodes. The root is a chance node with one child, below it chance draws the
        places of the two drivers one after the other.

    Raises
    ------
    GameError
        The roads do not describe a map, or a parameter is out of its range.

    Notes
    -----
    The literature on correlation reports four such games, ``RSmt`` with maps m = 1, 2 and t times,
    by their numbers of nodes. The maps and the rewards are not known here: ``SEVEN_PLACES`` and
    ``EIGHT_PLACES`` are maps of ours on which the numbers of nodes agree, and what happens when
    both arrive together or start at a customer is our choice. Values cannot be compared.

    Examples
    --------
    >>> from efmodels.instances import ride_sharing
    >>> game = ride_sharing()
    >>> game.title, game.nodes, len(game.terminals)
    ('Ride sharing (roads=SEVEN_PLACES, times=2)', 598, 400)
    """
    times = integer("times", times, minimum=1)
    pairs = _pairs(roads)
    places = 1 + max(max(pair) for pair in pairs)
    usual = (1,) * places
    fares = numbers("rewards", rewards, minimum=0) or usual
    if len(fares) != places:
        raise GameError(
            f"rewards needs one number per place (or nothing); the roads connect {places} places "
            f"and there are {len(fares)} rewards"
        )
    known = {_pairs(SEVEN_PLACES): "SEVEN_PLACES", _pairs(EIGHT_PLACES): "EIGHT_PLACES"}
    roads_by_name = known.get(pairs, pairs)
    title = titled(
        "Ride sharing", {"rewards": usual}, roads=roads_by_name, times=times, rewards=fares
    )
    return Game.from_level_rules(_RideRules(pairs, times, fares), title=title)


def _pairs(roads: Any) -> tuple[tuple[int, int], ...]:
    """Return every road once, from the smaller place; raise unless the roads make sense."""
    pairs = set()
    for k, road in enumerate(members("roads", roads)):
        ends = members(f"roads[{k}]", road)
        if len(ends) != 2 or ends[0] == ends[1]:  # noqa: PLR2004 - from one place to another
            raise GameError(f"roads[{k}] must be two different places; got {road!r}")
        one, other = (integer(f"roads[{k}][{e}]", end, minimum=0) for e, end in enumerate(ends))
        pairs.add((min(one, other), max(one, other)))
    found = {place for pair in pairs for place in pair}
    if not found or found != set(range(len(found))):
        raise GameError(
            "roads must be pairs of places numbered 0, 1, ... without a gap, each on some road; "
            f"got the places {sorted(found)}"
        )
    return tuple(sorted(pairs))


class _Trips(NamedTuple):
    """Where the drivers are (-1: not yet), where to the first one goes, and who was picked up.

    ``taken`` has shape ``(n, places)``; ``earned`` has shape ``(n, 2, places)``.
    """

    drivers: Ints
    moves: Ints
    going: Ints
    taken: Bools
    earned: Bools


@dataclass(frozen=True)
class _RideRules:
    roads: tuple[tuple[int, int], ...]
    times: int
    rewards: tuple[Number, ...]
    players = ("P1", "P2")

    @property
    def places(self) -> int:
        return len(self.rewards)

    @cached_property
    def neighbours(self) -> Bools:
        beside = np.zeros((self.places, self.places), dtype=bool)
        one, other = np.array(self.roads).T
        beside[one, other] = beside[other, one] = True
        return beside

    @cached_property
    def actions(self) -> tuple[str, ...]:
        return tuple(map(str, range(self.places)))

    @property
    def events(self) -> tuple[str, ...]:
        """The places, and the one beginning of the game."""
        return (*self.actions, "begin")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Own place at the start or later, without or with a customer, and the other's if seen."""
        kinds = product(("{}", " {}", " {}+"), range(self.places), ("", *self.actions))
        return tuple(
            kind.format(own) + (f"({other})" if other else "") for kind, own, other in kinds
        )

    def initial(self) -> _Trips:
        nowhere = np.full((1, 2), -1, dtype=np.int16)
        earned = np.zeros((1, 2, self.places), dtype=bool)
        return _Trips(nowhere, nowhere[:, 0] * 0, nowhere[:, 0], earned[:, 0], earned)

    def movers(self, trips: _Trips) -> Ints:
        """Let chance begin and place the drivers; after that they take turns."""
        driven = trips.moves - _CHANCE_MOVES
        mover = np.where(driven < 0, CHANCE, driven % 2 + 1)
        return np.where(driven == 2 * (self.times - 1), TERMINAL, mover)

    def weights(self, trips: _Trips) -> Ints:
        begins = trips.moves[:, None] == 0
        return np.hstack([np.repeat(~begins, self.places, axis=1), begins]).astype(np.int64)

    def after_event(self, trips: _Trips, event: Ints) -> tuple[_Trips, Seen]:
        after = trips._replace(moves=trips.moves + 1)
        if trips.moves[0] == 0:
            return after, Seen()
        drivers = trips.drivers.copy()
        drivers[:, trips.moves[0] - 1] = event
        after = after._replace(drivers=drivers)
        if trips.moves[0] == 1:
            return after, Seen()
        return after, self._seen(drivers, np.zeros_like(drivers))

    def _seen(self, drivers: Ints, kind: Ints) -> Seen:
        """Tell each driver where she is, and where the other one is if she is near."""
        others = drivers[:, ::-1]
        near = self.neighbours[drivers, others] | (drivers == others)
        word = (kind * self.places + drivers) * (self.places + 1) + np.where(near, others + 1, 0)
        return Seen(private=word)

    def legal(self, trips: _Trips) -> Bools:
        return self.neighbours[trips.drivers[:, (int(trips.moves[0]) - _CHANCE_MOVES) % 2]]

    def after_action(self, trips: _Trips, action: Ints) -> tuple[_Trips, Seen]:
        after = trips._replace(moves=trips.moves + 1)
        if (trips.moves[0] - _CHANCE_MOVES) % 2 == 0:
            return after._replace(going=action), Seen()
        drivers = np.column_stack([trips.going, action])
        row = np.arange(len(action))[:, None]
        alone = (drivers[:, :1] != drivers[:, 1:]) & ~trips.taken[row, drivers]
        earned, taken = trips.earned.copy(), trips.taken.copy()
        earned[row, [0, 1], drivers] |= alone
        taken[row, drivers] = True
        after = after._replace(drivers=drivers, taken=taken, earned=earned)
        return after, self._seen(drivers, 1 + alone)

    def results(self, trips: _Trips) -> Bools:
        return trips.earned.reshape(len(trips.earned), -1)

    def payoffs(self, result: tuple[int, ...]) -> tuple[Number, Number]:
        first, second = result[: self.places], result[self.places :]
        return (
            sum(reward for reward, got in zip(self.rewards, first, strict=True) if got),
            sum(reward for reward, got in zip(self.rewards, second, strict=True) if got),
        )
