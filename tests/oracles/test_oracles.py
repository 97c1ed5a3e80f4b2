"""The brute-force oracles on games whose answers are known by heart."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.game import Game
from efmodels.instances import kuhn
from tests.oracles.deviation import best_response_value
from tests.oracles.expectation import expected_payoffs, pure_profile, uniform_profile
from tests.oracles.plans import full_plans, reduced_plans
from tests.oracles.recall import forgetful_infosets
from tests.oracles.replays import replay_dice, replay_kuhn, replay_leduc
from tests.oracles.tree import tree_of
from tests.oracles.zero_sum import matrix_game_value, zero_sum_value, zero_sum_value_by_sequences

if TYPE_CHECKING:
    from collections.abc import Callable

PENNIES = Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
# Kuhn's own family of equilibria, with the jack never bluffed: player 2 bluffs and calls a third.
KUHN_EQUILIBRIUM = {
    1: {"J": (1, 0), "J:kb": (1, 0), "Q": (1, 0), "Q:kb": (2, 1), "K": (1, 0), "K:kb": (0, 1)},
    2: {"J:k": (2, 1), "J:b": (1, 0), "Q:k": (1, 0), "Q:b": (2, 1), "K:k": (0, 1), "K:b": (0, 1)},
}


def forgetting_game() -> Game:
    """Return a game in which one player moves twice, the second time not knowing the first."""
    return assemble_game(
        players=["P1"],
        infosets=[Infoset(1, "first", ("a", "b")), Infoset(1, "second", ("c", "d"))],
        outcomes=[Outcome("", (k,)) for k in range(4)],
        parent=[-1, 0, 0, 1, 1, 2, 2],
        action=[-1, 0, 1, 0, 1, 0, 1],
        infoset=[0, 1, 1, -1, -1, -1, -1],
        outcome=[-1, -1, -1, 0, 1, 2, 3],
    )


def kuhn_profile(game: Game) -> dict[tuple[int, int], list[Fraction]]:
    """Return the equilibrium above, keyed by infoset number."""
    names = game.infoset_names
    return {
        (seat, j): [Fraction(weight, sum(weights)) for weight in weights]
        for seat in (1, 2)
        for j in game.infosets_of(seat)
        for weights in [KUHN_EQUILIBRIUM[seat][names[j]]]
    }


def test_tree_reads_the_arrays() -> None:
    """The nested tree has the nodes of the arrays, in preorder, with payoffs at the bottom."""
    nodes = list(tree_of(PENNIES).descendants())

    assert [node.owner for node in nodes] == [1, 2, -1, -1, 2, -1, -1]
    assert [node.payoffs for node in nodes if not node.children] == [
        (1, -1),
        (-1, 1),
        (-1, 1),
        (1, -1),
    ]


def test_plans_of_kuhn() -> None:
    """Each player has six infosets of two actions; the first acts twice only after a check."""
    game = kuhn()

    assert [len(full_plans(game, seat)) for seat in (1, 2)] == [64, 64]
    assert [len(reduced_plans(game, seat)) for seat in (1, 2)] == [27, 64]


def test_plans_of_a_player_who_forgets() -> None:
    """A plan has one action for an infoset, however often it is reached."""
    plans = [{0: 0, 1: 0}, {0: 0, 1: 1}, {0: 1, 1: 0}, {0: 1, 1: 1}]

    assert full_plans(forgetting_game(), 1) == plans
    assert reduced_plans(forgetting_game(), 1) == plans


def test_plans_of_a_player_who_never_moves() -> None:
    """Doing nothing is one plan."""
    assert reduced_plans(forgetting_game(), 2) == full_plans(forgetting_game(), 2) == [{}]


def test_expected_payoffs_of_pennies() -> None:
    """Uniform play is fair, and pure play pays what stands in the matrix."""
    assert expected_payoffs(PENNIES, uniform_profile(PENNIES)) == (0, 0)
    assert expected_payoffs(PENNIES, pure_profile(PENNIES, [{0: 1}, {1: 0}])) == (-1, 1)


def test_kuhn_equilibrium() -> None:
    """In an equilibrium the payoff is exactly -1/18, and no pure plan earns more."""
    game = kuhn()
    profile = kuhn_profile(game)

    assert expected_payoffs(game, profile) == (Fraction(-1, 18), Fraction(1, 18))
    assert best_response_value(game, 1, profile) == Fraction(-1, 18)
    assert best_response_value(game, 2, profile) == Fraction(1, 18)


def test_best_response_exploits() -> None:
    """Against a fixed penny the best response wins it."""
    profile = pure_profile(PENNIES, [{0: 0}, {1: 0}])

    assert best_response_value(PENNIES, 1, profile) == 1
    assert best_response_value(PENNIES, 2, profile) == 1


@pytest.mark.parametrize("value_of", [zero_sum_value, zero_sum_value_by_sequences])
def test_zero_sum_values(value_of: Callable[[Game], float]) -> None:
    """Both linear programs know matching pennies, a game with a saddle point, and Kuhn poker."""
    saddle = Game.from_matrices([[3, 1], [4, 2]], [[-3, -1], [-4, -2]])

    assert value_of(PENNIES) == pytest.approx(0, abs=1e-9)
    assert value_of(saddle) == pytest.approx(2)
    assert value_of(kuhn()) == pytest.approx(-1 / 18)


def test_matrix_game_value() -> None:
    """A two-by-two game without saddle point has value det / (a + d - b - c)."""
    assert matrix_game_value(np.array([[2, -1], [-1, 1]])) == pytest.approx(1 / 5)


def test_forgetful_infosets() -> None:
    """The second infoset is reached after either first move; in Kuhn poker nobody forgets."""
    assert forgetful_infosets(forgetting_game()) == {1}
    assert forgetful_infosets(kuhn()) == set()


def test_replay_of_kuhn() -> None:
    """The king of the third player calls the bet of the second and wins both antes and the bet."""
    replay = replay_kuhn(["T Q K", "check", "bet", "call", "fold"], ranks="TJQK")

    assert replay == ([1, 2, 3, 1], [-1, -2, 3])


def test_replay_of_leduc() -> None:
    """After a fold the next player opens the second round, and a pair beats a king."""
    path = ["K J Q", "check", "bet", "call", "fold", "J", "bet", "call"]

    assert replay_leduc(path, ranks="JQK") == ([1, 2, 3, 1, 0, 2, 3], [-1, 8, -7])


def test_replay_of_dice() -> None:
    """Two threes are there only if the highest face is wild."""
    path = ["3 4", "1x3", "2x3", "liar"]

    assert replay_dice(path, highest_wild=4) == ([1, 2, 1], [-1, 1])
    assert replay_dice(path, highest_wild=None) == ([1, 2, 1], [1, -1])
