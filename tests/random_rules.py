"""Random rules, twice: for single states and for whole levels, over one chart of a random tree.

The places of the tree are numbered as in a heap, so that a place's number says all that happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from efmodels.level_rules import Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]

MOVES = ("a", "b", "c")
# The first words tell a player which of the moves she has, as a bit mask from 1 to 7.
WORDS = (*(f"<{mask}>" for mask in range(1, 8)), "x", "y", "y")


@dataclass(frozen=True)
class Chart:
    """What is at every place: the mover, the moves or their weights, the payoffs, what was seen."""

    mover: Array
    legal: Array
    weights: Array
    public: Array
    private: Array
    result: Array


def random_chart(seed: int, depth: int = 4, players: int = 2) -> Chart:
    """Draw who moves and what is seen; a mover is told, by a word to her alone, what she can do."""
    rng = np.random.default_rng(seed)
    inner = (len(MOVES) ** depth - 1) // (len(MOVES) - 1)
    places = inner + len(MOVES) ** depth
    mover = rng.integers(-1, players + 1, places)
    mover[0] = rng.integers(players + 1)
    mover[inner:] = -1
    mask = rng.integers(1, 8, places)
    weights = rng.integers(0, 4, (places, len(MOVES)))
    weights[:, 1] += weights.sum(axis=1) == 0
    private = np.where(
        rng.random((places, players)) < 0.5, -1, rng.integers(7, 10, (places, players))
    )
    decided = np.flatnonzero(mover > 0)
    private[decided, mover[decided] - 1] = mask[decided] - 1
    return Chart(
        mover=mover,
        legal=mask[:, None] >> np.arange(len(MOVES)) & 1 > 0,
        weights=weights,
        public=np.where(rng.random(places) < 0.6, -1, rng.integers(7, 10, places)),
        private=private,
        result=rng.integers(-3, 4, (places, 3)),
    )


def payoffs_of(result: Sequence[int]) -> tuple[Fraction | int, ...]:
    """Pay with a fraction and with an integer; different results may pay the same."""
    return Fraction(result[0], 3), result[1] * result[2]


class Knowledge(NamedTuple):
    """What a player has seen, alone and with everybody; its text is the label of an infoset."""

    private: tuple[int, ...] = ()
    public: tuple[int, ...] = ()

    def __str__(self) -> str:
        texts = ["".join(WORDS[word] for word in words) for words in self]
        return ":".join(text for text in texts if text)


class PlaceRules:
    """The rules for one state: the path of places so far."""

    players = ("Ann", "Bob")

    def __init__(self, chart: Chart) -> None:
        self.chart = chart

    def initial(self) -> tuple[int, ...]:
        """Begin at the root."""
        return (0,)

    def mover(self, state: tuple[int, ...]) -> int:
        """Look it up."""
        return int(self.chart.mover[state[-1]])

    def actions(self, state: tuple[int, ...]) -> list[str]:
        """Return the moves that are legal."""
        return [
            move for move, legal in zip(MOVES, self.chart.legal[state[-1]], strict=True) if legal
        ]

    def chances(self, state: tuple[int, ...]) -> list[tuple[str, Fraction]]:
        """Return the moves that have a weight."""
        weights = self.chart.weights[state[-1]].tolist()
        return [
            (move, Fraction(weight, sum(weights)))
            for move, weight in zip(MOVES, weights, strict=True)
            if weight
        ]

    def after(self, state: tuple[int, ...], move: str) -> tuple[int, ...]:
        """Go on."""
        return (*state, len(MOVES) * state[-1] + 1 + MOVES.index(move))

    def observation(self, state: tuple[int, ...]) -> Knowledge:
        """Collect the words that the mover has seen on the path."""
        path = state[1:]
        own = self.chart.private[list(path), self.mover(state) - 1].tolist()
        common = self.chart.public[list(path)].tolist()
        return Knowledge(*(tuple(word for word in words if word >= 0) for words in (own, common)))

    def payoffs(self, state: tuple[int, ...]) -> tuple[Fraction | int, ...]:
        """Look them up."""
        return payoffs_of(self.chart.result[state[-1]].tolist())


class Places(NamedTuple):
    """The numbers of the places."""

    number: Array


class LevelOfPlaces:
    """The rules for the states of a level."""

    players = PlaceRules.players
    actions = events = MOVES
    words = WORDS

    def __init__(self, chart: Chart) -> None:
        self.chart = chart

    def initial(self) -> Places:
        """Begin at the root."""
        return Places(np.zeros(1, int))

    def movers(self, states: Places) -> Array:
        """Look them up."""
        return self.chart.mover[states.number]

    def legal(self, states: Places) -> Array:
        """Look it up."""
        return self.chart.legal[states.number]

    def weights(self, states: Places) -> Array:
        """Look them up."""
        return self.chart.weights[states.number]

    def after_action(self, states: Places, move: Array) -> tuple[Places, Seen]:
        """Go on, and show what is seen there."""
        number = len(MOVES) * states.number + 1 + move
        return Places(number), Seen(self.chart.public[number], self.chart.private[number])

    after_event = after_action

    def results(self, states: Places) -> Array:
        """Look them up."""
        return self.chart.result[states.number]

    def payoffs(self, result: tuple[int, ...]) -> tuple[Fraction | int, ...]:
        """Say what a result means."""
        return payoffs_of(result)
