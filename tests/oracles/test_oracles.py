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
from tests.oracles.tables.naval import replay_battleship
from tests.oracles.tables.prize_bidding import replay_goofspiel
from tests.oracles.tables.ride_hailing import replay_ride_sharing
from tests.oracles.tables.smuggling import replay_sheriff
from tests.oracles.tables.trick_taking import replay_tricks
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

    assert replay == ([0, 1, 2, 3, 1], [-1, -2, 3])


def test_replay_of_leduc() -> None:
    """After a fold the next player opens the second round, and a pair beats a king."""
    path = ["K J Q", "check", "bet", "call", "fold", "J", "bet", "call"]

    assert replay_leduc(path, ranks="JQK") == ([0, 1, 2, 3, 1, 0, 2, 3], [-1, 8, -7])


def test_replay_of_dice() -> None:
    """Two threes are there only if the highest face is wild."""
    path = ["3 4", "1x3", "2x3", "liar"]

    assert replay_dice(path, highest_wild=4) == ([0, 1, 2, 1], [-1, 1])
    assert replay_dice(path, highest_wild=None) == ([0, 1, 2, 1], [1, -1])


def test_replay_of_battleship() -> None:
    """On a row of three cells the second player sinks a ship of two after both missed once."""
    path = ["A1-A2", "A1-A2", "A3", "A1", "A1", "A2"]

    replay = replay_battleship(path, board=(1, 3), shots=2, ships=(2,), values=(3,))

    assert (replay.movers, replay.payoffs) == ([1, 2, 1, 2, 1, 2], [-6, 3])
    assert replay.turns[4].seen == ((frozenset({"A1", "A2"}),), (("A3", "water"), ("A1", "hit")))
    assert replay.turns[4].choices == {"A1", "A2"}


@pytest.mark.parametrize(
    ("load", "answer", "payoffs"),
    [(4, "pass", [18, 2]), (4, "inspect", [-8, 8]), (0, "pass", [-2, 2]), (0, "inspect", [3, -3])],
)
def test_replay_of_sheriff(load: int, answer: str, payoffs: list[int]) -> None:
    """What is paid depends on the last offer and the last answer."""
    path = [f"load {load}", "offer 0", "inspect", "offer 2", answer]

    replay = replay_sheriff(path, items=5, bribe=2, rounds=2, rates=(5, 2, 3))

    assert (replay.movers, replay.payoffs) == ([1, 1, 2, 1, 2], payoffs)


def test_replay_of_goofspiel() -> None:
    """The first prize is shared, or lost; the second and third go to the higher card."""
    path = ["3", "2", "2", "1", "3", "1", "2", "1", "3"]

    split = replay_goofspiel(path, players=2, cards=3)
    discard = replay_goofspiel(path, players=2, cards=3, ties="discard", observed="bids")

    assert (split.movers, split.payoffs) == ([0, 1, 2] * 3, [Fraction(5, 2), Fraction(7, 2)])
    assert discard.payoffs == [1, 2]
    assert split.turns[5].seen == ((2,), (3, 1), ((0, 1),))
    assert discard.turns[5].seen == ((2,), (3, 1), ((2, 2),))


def test_replay_of_rides() -> None:
    """Whoever comes first is paid, a customer who meets both drivers is lost, a start pays not."""
    path = ["begin", "0", "2", "1", "1", "0", "2", "1", "1"]

    replay = replay_ride_sharing(path, roads=[(0, 1), (1, 2)], times=4, rewards=[1, 2, 4])

    assert (replay.movers, replay.payoffs) == ([0, 0, 0, 1, 2, 1, 2, 1, 2], [1, 4])
    assert replay.turns[7].seen == ((0, False, None), (1, False, 1), (0, True, None))


def test_replay_of_tricks() -> None:
    """Nobody can follow the diamond: it wins, or is ruffed; a trump takes the last trick."""
    path = ["3S 3H|2D 3D|2C 3C", "3D", "2H", "3C", "3H"]
    ruffed = ["3S 3H|2D 3D|2C 3C", "3D", "2H", "3C", "3S"]

    played, won = (replay_tricks(p, ranks=2, dummy=("2H", "2S")) for p in (path, ruffed))

    assert (played.movers, played.payoffs) == ([0, 2, 1, 3, 1], [1, Fraction(1, 2), Fraction(1, 2)])
    assert won.payoffs == [2, 0, 0]
    assert played.turns[2].choices == {"2H", "2S"}


def test_replay_refuses_what_is_against_the_rules() -> None:
    """A replay fails at an impossible move, and if the path stops too early."""
    with pytest.raises(AssertionError, match="A1 among"):
        replay_battleship(["A2", "A2", "A1", "A1", "A1"], board=(1, 2), shots=2)
    with pytest.raises(AssertionError, match="the game goes on"):
        replay_battleship(["A2", "A2", "A1"], board=(1, 2), shots=2)
