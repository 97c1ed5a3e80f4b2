"""The size of a walk is known before it begins, whatever the switches are."""

from __future__ import annotations

from itertools import product
from typing import get_args, get_type_hints

import pytest

import efmodels as ef
from efmodels.mediator.concept import COMMUNICATION, Concept
from efmodels.mediator.reductions import constant_below
from efmodels.mediator.transcripts import Transcripts
from efmodels.mediator.walk import Walk
from efmodels.mediator.walk_sizes import WalkSize, walk_size
from tests.random_games import random_game


def every_concept() -> list[Concept]:
    """Return all combinations of the switches that the walk takes."""
    hints = get_type_hints(Concept)
    values = [get_args(hints[name]) or (False, True) for name in Concept.__dataclass_fields__]
    concepts = []
    for switches in product(*values):
        try:
            concepts.append(Concept(*switches))
        except ef.GameError:
            continue
    return [concept for concept in concepts if concept.deviate != "plan"]


@pytest.mark.parametrize("concept", every_concept(), ids=str)
@pytest.mark.parametrize("folds", [False, True], ids=["whole", "folded"])
def test_counts_are_those_of_the_walk(concept: Concept, *, folds: bool) -> None:
    """States and ends, for the honest walk and each deviator's, on random games."""
    for seed in range(6):
        game = random_game(seed, players=2 + seed % 2, nodes=8 + 2 * seed)
        walk = Walk(game, concept, fold=constant_below(game) if folds else None)
        for player in range(len(game.players) + 1):
            before = walk.visited
            ends = len(walk.play(player).node)
            found = WalkSize(walk.visited - before, ends)

            assert walk_size(walk.transcripts, concept, player, walk.fold) == found


@pytest.mark.parametrize(
    ("name", "states"),
    [("S2122", 137_591), ("B2222", 471_483), ("L3132", 5_952_478), ("GL3", 8_203_048)],
)
def test_published_counts_of_communication_equilibria(name: str, states: int) -> None:
    """The nodes of the augmented game, as they were counted by another program that built it."""
    game = ef.instances.load(name)
    transcripts, players = Transcripts(game), range(len(game.players) + 1)

    assert sum(walk_size(transcripts, COMMUNICATION, who).states for who in players) == states


def test_sizes_that_nobody_could_walk_through() -> None:
    """Ten thousand million states, a thousand gigabytes: counted all the same."""
    transcripts = Transcripts(ef.instances.load("B2323"))

    assert walk_size(transcripts, COMMUNICATION, 1).states > 1e9
    assert walk_size(transcripts, COMMUNICATION, 1).bytes > 1e11
