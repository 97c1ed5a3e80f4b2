"""Both engines of the belief DAG return the same, whatever the sizes of their chunks."""

from __future__ import annotations

import sys
from importlib import util
from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels import instances
from efmodels.errors import GameError, MissingPackageError, SizeError
from efmodels.mediator import belief_generations
from efmodels.mediator.belief import BeliefDag, belief_dag
from efmodels.mediator.team import Team
from efmodels.memory_limits import MemoryBudget
from tests.oracles.teams import naive_team
from tests.random_games import random_game

if TYPE_CHECKING:
    from efmodels.game import Ints

# An engine that is compiled for ten seconds where no run before has left the result on disk.
COMPILED = pytest.param("numba", marks=pytest.mark.slow)


def require_equal(dag: BeliefDag, other: BeliefDag) -> None:
    """Compare all arrays of two DAGs."""
    for field in ("start", "incoming", "incoming_start", "coordinates", "largest"):
        np.testing.assert_array_equal(getattr(dag, field), getattr(other, field), err_msg=field)
    np.testing.assert_array_equal(dag.questions.infoset, other.questions.infoset)
    assert (dag.reach != other.reach).nnz == 0


def teams() -> list[Team]:
    """Return teams of random games, many of which have beliefs with commitments."""
    reports = ("forced", "lie", "untimed")
    return [
        naive_team(random_game(seed, players=2 + seed % 2), report=report, deviate="full").arrays()
        for seed in range(15)
        for report in reports
    ]


@pytest.mark.slow
def test_engines_return_the_same() -> None:
    """Numpy and numba number beliefs and edges alike, with commitments as without."""
    names = ("K23", "D22", "S2122", "GL3", "K34")
    for team in [*teams(), *(naive_team(instances.load(name)).arrays() for name in names)]:
        require_equal(belief_dag(team, engine="numpy"), belief_dag(team, engine="numba"))


def wide_team(width: int) -> Team:
    """Return a team that is asked many infosets at once, which leads to one infoset for all.

    At the empty coordinate each of the infosets 1, 2, ... has one answer, after which infoset 0 is
    asked; after that, at coordinates in the reverse order, each of as many further infosets.
    """
    first, then, last = np.arange(width) + np.array([[1], [1 + width], [1 + 3 * width]])
    return Team(
        coordinate=np.concatenate((np.zeros(width, dtype=int), first, then)),
        infoset=np.concatenate((first, np.zeros(width, dtype=int), then[::-1])),
        child=np.concatenate((first, np.c_[then[::-1], last].ravel(), last)),
        child_start=np.cumsum([0, *[1] * width, *[2] * width, *[1] * width]),
        asked=np.array([0, *range(width, 3 * width + 1), *[3 * width] * 2 * width]),
        wanted=np.arange(4 * width + 1) > 3 * width,
        depth=np.zeros(1 + 2 * width, dtype=int),
    )


@pytest.mark.slow
def test_many_elements_at_once() -> None:
    """Hundreds of elements that come in the reverse of their order are sorted."""
    team = wide_team(600)
    dag = belief_dag(team, engine="numpy")

    assert dag.beliefs == 1201
    require_equal(dag, belief_dag(team, engine="numba"))


@pytest.mark.parametrize("constant", ["_CHUNK", "_DENSE"])
def test_size_of_chunks_does_not_matter(constant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One belief at a time, or no room for marks: the DAG is the same."""
    some = teams()
    before = [belief_dag(team, engine="numpy") for team in some]
    monkeypatch.setattr(belief_generations, constant, 1)

    for team, dag in zip(some, before, strict=True):
        require_equal(dag, belief_dag(team, engine="numpy"))


def test_collisions_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that cannot tell beliefs apart are replaced by others."""
    team = naive_team(instances.load("D22")).arrays()
    expected = belief_dag(team, engine="numpy")
    seeds: list[int] = []

    def poor_keys(size: int, seed: int) -> Ints:
        seeds.append(seed)
        return good_keys(size, seed) % (seed + 1)

    good_keys = belief_generations.random_keys
    monkeypatch.setattr(belief_generations, "random_keys", poor_keys)
    require_equal(expected, belief_dag(team, engine="numpy"))

    assert seeds == list(range(len(seeds)))
    assert len(seeds) > 1


@pytest.mark.parametrize("engine", ["numpy", COMPILED])
def test_every_engine_has_limits(engine: str) -> None:
    """A DAG that grows beyond the budget is refused by each engine."""
    team = naive_team(instances.load("K34")).arrays()

    with pytest.raises(SizeError, match="beliefs so far"):
        belief_dag(team, engine=engine, budget=MemoryBudget(gigabytes=0.0205))


def test_unknown_engine() -> None:
    """A wrong name is answered with those that exist."""
    team = naive_team(instances.load("K23")).arrays()

    with pytest.raises(GameError, match=r"no engine 'C'; the engines are \['auto', 'numba', 'num"):
        belief_dag(team, engine="C")


def test_numba_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install, and what works without."""
    monkeypatch.setitem(sys.modules, "numba", None)
    team = naive_team(instances.load("K23")).arrays()

    with pytest.raises(
        MissingPackageError, match=r'install "efmodels\[fast\]"`, or take the engine'
    ):
        belief_dag(team, engine="numba")


def test_numba_is_not_loaded_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba has not been used before, the engine is numpy."""
    monkeypatch.delitem(sys.modules, "efmodels.mediator.belief_loops", raising=False)
    belief_dag(naive_team(instances.load("K23")).arrays())

    assert "efmodels.mediator.belief_loops" not in sys.modules
    assert util.find_spec("numba") is not None
