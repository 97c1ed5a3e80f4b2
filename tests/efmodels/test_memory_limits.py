"""Limits of memory: who sets them, what they stop, and how right the estimates are."""

from __future__ import annotations

import math
import pickle
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

import efmodels as ef
from efmodels.memory_limits import (
    MemoryBudget,
    container_memory,
    machine_memory,
    memory_limit,
    memory_limit_here,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_default_is_half_of_the_machine() -> None:
    """Nobody has said anything, or somebody asks for the default again."""
    assert memory_limit_here() == machine_memory() / 2
    with memory_limit(3), memory_limit(None):
        assert memory_limit_here() == machine_memory() / 2


def test_limits_nest_and_end() -> None:
    """The innermost holds, also after an error; another thread has its own."""
    before = memory_limit_here()
    with memory_limit(3):
        with pytest.raises(ef.GameError), memory_limit(math.inf):
            raise ef.GameError(str(memory_limit_here()))
        assert memory_limit_here() == 3
        with ThreadPoolExecutor(1) as executor:
            assert executor.submit(memory_limit_here).result() == before
    assert memory_limit_here() == before


@pytest.mark.parametrize("gigabytes", [0, -1, math.nan])
def test_limits_are_positive(gigabytes: float) -> None:
    """Anything else is a mistake."""
    with (
        pytest.raises(ef.GameError, match="a positive number of gigabytes"),
        memory_limit(gigabytes),
    ):
        pass


def test_error_tells_its_numbers() -> None:
    """Also after it came from another process."""
    with pytest.raises(ef.SizeError) as caught:
        MemoryBudget("a table", gigabytes=1).holding(5e8).require(15e8, "7 rows")
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own

    assert (error.gigabytes, error.limit) == (2.0, 1)
    assert str(error).startswith(
        "a table: 7 rows need about 2 GB of memory, above the limit of 1 GB"
    )


# What there is -----------------------------------------------------------------------------------


def limited(folder: Path, file: str, text: str) -> None:
    """Write a file of a control group."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text)


def test_container_of_version_two(tmp_path: Path) -> None:
    """One tree; a group that is inside a smaller one has what that has."""
    limited(tmp_path, "mine", "0::/jobs/7\n")
    limited(tmp_path, "groups/jobs/7/memory.max", "max\n")
    limited(tmp_path, "groups/jobs/memory.max", "4000000000\n")
    limited(tmp_path, "groups/other/memory.max", "1\n")

    assert container_memory(tmp_path / "mine", tmp_path / "groups") == 4e9


def test_container_of_version_one(tmp_path: Path) -> None:
    """A tree for each controller; what belongs to others does not count."""
    limited(tmp_path, "mine", "9:cpu:/a\n4:memory:/a/b\n0::/\n")
    limited(tmp_path, "groups/memory/a/b/memory.limit_in_bytes", "3000000000\n")
    limited(tmp_path, "groups/memory/memory.limit_in_bytes", "9223372036854771712\n")
    limited(tmp_path, "groups/cpu/a/memory.limit_in_bytes", "1\n")

    assert container_memory(tmp_path / "mine", tmp_path / "groups") == 3e9


def test_no_containers(tmp_path: Path) -> None:
    """A system without control groups limits nothing."""
    assert container_memory(tmp_path / "mine", tmp_path) == math.inf


# What it stops -----------------------------------------------------------------------------------


def test_refused_before_it_is_built() -> None:
    """86 million states are counted, not walked through; the message says what to do."""
    with memory_limit(1), pytest.raises(ef.SizeError) as caught:
        ef.formulations.communication_equilibrium(ef.instances.load("B2322"))
    error = caught.value

    assert error.gigabytes is not None
    assert error.gigabytes > 5
    assert str(error).startswith("COMMUNICATION of Battleship")
    for word in (
        "states of the augmented game",
        "reduce=True",
        "certification_equilibrium",
        "memory",
    ):
        assert word in str(error)


def test_refused_while_it_grows() -> None:
    """How many beliefs there are nobody knows: they are counted as they are found."""
    game = ef.instances.load("K34")
    with memory_limit(0.022), pytest.raises(ef.SizeError, match=r"LINEAR of .* beliefs so far"):
        ef.formulations.linear_correlated_equilibrium(game)


def test_refused_at_once_whoever_asks() -> None:
    """Leduc hold'em for three: the walks of those who may ask at any time are too large."""
    game = ef.instances.load("L3132")
    with memory_limit(2), pytest.raises(ef.SizeError, match="states of the augmented game"):
        ef.optimal_equilibrium(game, "LCE", "welfare")
    with memory_limit(2), pytest.raises(ef.SizeError, match="states of the augmented game"):
        ef.payoff_space(game, "LCE")


@pytest.mark.parametrize("concept", ["NFCE", "EFCE", "COMM", "CERT"])
def test_raised_limits_let_it_pass(concept: str) -> None:
    """What is refused with a small limit is solved with a larger one, to the same value."""
    game = ef.instances.load("K23")
    with memory_limit(1e-5), pytest.raises(ef.SizeError):
        ef.optimal_equilibrium(game, concept, "P1")
    with memory_limit(0.05):
        limited = ef.optimal_equilibrium(game, concept, "P1")

    assert abs(limited.value + 1 / 18) < 1e-9


# How right the estimates are ---------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("B2222", "COMM"),
        ("S2122", "COMM"),
        ("B2322", "CERT"),
        ("D32", "COMM"),
        ("K34", "COMM"),
        ("S2133", "CCERT"),
        ("S2123", "BCE"),
        ("B2322", "EFCE"),
        ("S2133", "EFCE"),
        ("L3132", "NFCCE"),
        ("D32", "EFCE"),
        ("K24", "NFCE"),
        ("D22", "NFCE"),
    ],
)
def test_estimates_are_right_within_a_factor_of_two(name: str, concept: str) -> None:
    """Twice of what building took at its peak is enough of a limit, and half of it is not."""
    game = ef.instances.load(name)
    function = ef.equilibrium.concept_function(concept)
    tracemalloc.start()
    function(game)
    peak = tracemalloc.get_traced_memory()[1] / 1e9
    tracemalloc.stop()

    with memory_limit(2 * peak):
        function(game)
    with memory_limit(peak / 2), pytest.raises(ef.SizeError):
        function(game)
