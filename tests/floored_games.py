"""Small random games with random floors, and the matrix games that they amount to."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.perturbations import trembling_sequences
from efmodels.plan_floors import PlanFloors
from tests.oracles.perturbed_play import (
    extreme_by_floor,
    extreme_by_sequence,
    own_histories,
    perturbed_tables,
)
from tests.oracles.plans import full_plans
from tests.random_games import dealt_game, random_game, small_tree

if TYPE_CHECKING:
    import efmodels as ef
    from tests.oracles.perturbed_play import Behaviour


def random_floors(game: ef.Game, player: str, generator: np.random.Generator) -> PlanFloors:
    """Return floors on actions and on sequences that leave something to choose."""
    polytope = game.sequence_form().polytope(player)
    width = np.append(1, np.repeat(np.diff(polytope.start), np.diff(polytope.start)))
    share = generator.uniform(0, 0.3, polytope.size) / width
    share[0] = 0.0
    least = np.zeros(polytope.size)
    plan = PlanFloors(polytope, share, least).lowest
    least[1:] = 0.2 * plan[1:] * generator.random(polytope.size - 1)
    return PlanFloors(polytope, share, least)


@dataclass(frozen=True)
class FlooredGame:
    """A game, its floors as a formulation takes them, and its matrices in exact numbers.

    Attributes
    ----------
    game
        Two players.
    floors
        The argument of a formulation.
    tables
        What both get, with a row per extreme strategy of the first player and a column per one of
        the second.
    """

    game: ef.Game
    floors: Any
    tables: tuple[list[list[Fraction]], list[list[Fraction]]]


_seeds = count()
_found: list[FlooredGame] = []


def floored_game(number: int) -> FlooredGame:
    """Return one of many: every second has floors of actions, the others of sequences."""
    while len(_found) <= number:
        seed = next(_seeds)
        game = (lambda s: random_game(s, nodes=9), small_tree, dealt_game)[seed % 3](seed)
        plans = [len(full_plans(game, player)) for player in (1, 2)]
        if min(plans) > 1 and max(plans) <= 8 and plans[0] * plans[1] <= 36:
            make = _by_action if len(_found) % 2 == 0 else _by_sequence
            floors, extremes = make(game, np.random.default_rng(seed))
            _found.append(FlooredGame(game, floors, perturbed_tables(game, extremes)))
    return _found[number]


def _by_action(
    game: ef.Game, generator: np.random.Generator
) -> tuple[dict[str, list[float]], list[list[Behaviour]]]:
    """Draw floors in hundredths, some of them 0, that leave something to choose."""
    given, extremes = {}, []
    for player, name in enumerate(game.players, start=1):
        drawn = {
            (j, a): Fraction(int(generator.integers(0, 80 // width)), 100)
            for j, (_, width) in own_histories(game, player).items()
            for a in range(width)
        }
        infosets = [j for j, owner in enumerate(game.infoset_owner) if owner == player]
        given[name] = [0.0] + [
            float(drawn.get((j, a), 0))
            for j in infosets
            for a in range(len(list(game.actions_of(j))))
        ]
        extremes.append(list(extreme_by_floor(game, player, drawn)))
    return given, extremes


def _by_sequence(
    game: ef.Game, generator: np.random.Generator
) -> tuple[Any, list[list[Behaviour]]]:
    """Draw how strongly hands tremble: n moves have the n-th power at least."""
    epsilon = Fraction(int(generator.integers(5, 21)), 100)
    extremes = [list(extreme_by_sequence(game, player, epsilon)) for player in (1, 2)]
    return trembling_sequences(game).at(epsilon), extremes
