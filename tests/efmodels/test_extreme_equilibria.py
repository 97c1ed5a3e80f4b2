"""All equilibria of small games, against the enumeration of supports, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import count

import numpy as np
import pytest

import efmodels as ef
from efmodels import optional_packages
from tests.oracles.plans import reduced_plans
from tests.oracles.support_enumeration import extreme_equilibria, reduced_tables
from tests.random_games import dealt_game, random_game, small_tree

pytest.importorskip("pygambit")


_seeds = count()
_games: list[ef.Game] = []


def small_game(number: int) -> ef.Game:
    """Return one of many random games, of three kinds, whose supports can be enumerated."""
    while len(_games) <= number:
        seed = next(_seeds)
        game = (lambda s: random_game(s, nodes=7), small_tree, dealt_game)[seed % 3](seed)
        plans = [len(reduced_plans(game, player)) for player in (1, 2)]
        if max(plans) <= 6 and plans[0] * plans[1] <= 24:
            _games.append(game)
    return _games[number]


def assert_all_found(game: ef.Game) -> None:
    """Assert that both find the same payoffs, exactly, and that nobody regrets anything."""
    found = ef.all_nash(game)
    expected = extreme_equilibria(*reduced_tables(game))

    assert {tuple(one.exact_payoffs.values()) for one in found} == {e.payoffs for e in expected}
    for one in found:
        assert max(one.regrets().values()) <= 1e-12
        assert one.profile.payoffs() == pytest.approx(one.payoffs())


@pytest.mark.parametrize("number", range(25))
def test_extreme_equilibria_equal_support_enumeration(number: int) -> None:
    """In small trees both find the same payoffs, exactly, and nobody regrets anything."""
    assert_all_found(small_game(number))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(25, 225))
def test_extreme_equilibria_of_many_games(number: int) -> None:
    """The same in two hundred more games."""
    assert_all_found(small_game(number))


@pytest.mark.parametrize("seed", range(6))
def test_plans_are_those_of_support_enumeration(seed: int) -> None:
    """In matrix games plans are mixtures of actions: the same ones, in fractions."""
    A, B = np.random.default_rng(seed).integers(-9, 10, (2, 3, 4)).tolist()
    found = ef.all_nash(ef.Game.from_matrices(A, B))
    expected = extreme_equilibria(
        *[[list(map(Fraction, row)) for row in matrix] for matrix in (A, B)]
    )

    assert {(one.plans["P1"][1:], one.plans["P2"][1:]) for one in found} == {
        (e.first, e.second) for e in expected
    }


def test_the_best_come_first() -> None:
    """The order is that of the first player's payoff, then the second's."""
    found = ef.all_nash(ef.instances.chicken(6, 2, 7, 0))

    assert [one.exact_payoffs["P1"] for one in found] == [7, Fraction(14, 3), 2]
    assert repr(found[1]) == "ExactEquilibrium(P1: 14/3, P2: 14/3)"
    assert found[1].strategy()["probability"].tolist() == pytest.approx([2 / 3, 1 / 3] * 2)


def test_decimals_count_as_what_they_print() -> None:
    """A payoff of 0.1 is a tenth, and no binary fraction."""
    game = ef.Game.from_matrices([[0.1, 0], [0, 0.2]], [[0.1, 0], [0, 0.2]])

    assert {one.exact_payoffs["P1"] for one in ef.all_nash(game)} == {
        Fraction(1, 10),
        Fraction(1, 5),
        Fraction(1, 15),
    }


def test_a_player_without_a_move() -> None:
    """Whoever has no choice has one plan."""
    game = ef.Game.from_dict(
        {"player": "A", "actions": {"l": {"payoffs": [1, 5]}, "r": {"payoffs": [2, 0]}}},
        players=["A", "B"],
    )
    (only,) = ef.all_nash(game)

    assert only.exact_payoffs == {"A": 2, "B": 0}


def test_large_games_are_refused_with_their_size() -> None:
    """The message says how many bases there are, and what to do instead."""
    with pytest.raises(ef.SizeError, match=r"27 reduced plans against 64: .*formulations\.nash"):
        ef.all_nash(ef.instances.kuhn())
    with pytest.raises(ef.SizeError, match=r"most_bases is 200,000"):
        ef.all_nash(ef.instances.leduc())
    with pytest.raises(ef.SizeError, match="2 reduced plans against 2: 6 or more"):
        ef.all_nash(ef.instances.chicken(6, 2, 7, 0), most_bases=5)


def test_without_pygambit_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lacks the package reads how to get it, and what works without it."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(optional_packages.importlib, "import_module", missing)
    with pytest.raises(ef.MissingPackageError, match=r"efmodels\[interop\].*formulations\.nash"):
        ef.all_nash(ef.instances.chicken(6, 2, 7, 0))


def test_other_games_are_refused() -> None:
    """Three players are another matter."""
    with pytest.raises(ef.GameError, match="all_nash needs two players"):
        ef.all_nash(ef.instances.kuhn(players=3, ranks=4))
