"""The river endgame: sizes, values, who knows what, and its payoffs played again."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import efmodels as ef
from efmodels.instances import river_endgame
from tests.oracles.zero_sum import zero_sum_value_by_sequences

SIZES = [
    (5, 901, 40, 111, -0.0388889),
    (10, 4051, 80, 221, -0.0386700),
    (20, 17101, 160, 441, -0.0390351),
]


@pytest.mark.parametrize(("hands", "nodes", "infosets", "sequences", "value"), SIZES)
def test_sizes_and_values(
    hands: int, nodes: int, infosets: int, sequences: int, value: float
) -> None:
    """The known sizes and values are reproduced, and the solution has no regret."""
    game = river_endgame(hands)
    widths = np.diff(game.action_start)
    found = ef.optimal_equilibrium(game, "nash_zero_sum")

    assert game.nodes == nodes
    assert [len(game.infosets_of(seat)) for seat in (1, 2)] == [infosets] * 2
    assert [1 + int(widths[game.infoset_owner == k].sum()) for k in (1, 2)] == [sequences] * 2
    assert found.value == pytest.approx(value, abs=5e-8)
    assert max(found.regrets.values()) < 1e-9


def test_value_by_another_program() -> None:
    """The value does not depend on the package's own linear program."""
    assert zero_sum_value_by_sequences(river_endgame()) == pytest.approx(-7 / 180, abs=1e-9)


def test_infosets_of_the_smallest() -> None:
    """With two hands and nothing but all-in a player knows her hand and what was done."""
    game = river_endgame(2, bet_sizes=(), max_bets=1)
    first, second = ([game.infoset_names[j] for j in game.infosets_of(k)] for k in (1, 2))

    assert sorted(first) == ["1", "1:ka", "2", "2:ka"]
    assert sorted(second) == ["1:a", "1:k", "2:a", "2:k"]


def test_bets_of_the_default() -> None:
    """A bet of 1/2, called, makes a pot of 2: one half of it can be raised, all of it is all-in."""
    game = river_endgame()
    offered = {
        game.infoset_names[j]: [game.action_names[a] for a in game.actions_of(j)]
        for seat in (1, 2)
        for j in game.infosets_of(seat)
    }

    assert offered["3"] == ["check", "bet 1/2", "bet 1", "all-in"]
    assert offered["3:b1/2"] == ["fold", "call", "bet 1/2", "all-in"]
    assert offered["3:b1/2b1/2"] == ["fold", "call", "all-in"]
    assert offered["3:b1/2b1/2a"] == ["fold", "call"]
    assert offered["3:b1"] == ["fold", "call", "all-in"]


def test_payoffs() -> None:
    """At every terminal the winner gets half the pot and what the loser paid on top of it."""
    game = river_endgame(3, pot=2, stack=5, bet_sizes=("1/2", "3/4"), max_bets=4)
    for node in game.terminals.tolist():
        deal, *done = game.history(node)
        paid, seat = [Fraction(0), Fraction(0)], 0
        for action in done:
            if action == "call":
                paid[seat] = paid[1 - seat]
            elif action == "all-in":
                paid[seat] = Fraction(5)
            elif action.startswith("bet"):
                paid[seat] = paid[1 - seat]
                paid[seat] += Fraction(action.removeprefix("bet ")) * (2 + sum(paid))
            seat = 1 - seat
        first, second = map(int, deal.split())
        winner = seat if done[-1] == "fold" else int(second > first)
        won = 1 + paid[1 - winner]

        assert max(paid) <= 5
        assert list(game.exact_payoffs(node)) == ([won, -won] if winner == 0 else [-won, won])


def test_number_of_bets() -> None:
    """With no bet allowed there are two checks, and hands decide."""
    game = river_endgame(3, max_bets=0)

    assert set(game.action_names[6:]) == {"check"}
    assert game.nodes == 1 + 6 * 3


def test_float_pot() -> None:
    """A pot that is no fraction is halved as a float."""
    assert river_endgame(2, pot=0.5, max_bets=0).payoffs.tolist() == [[-0.25, 0.25], [0.25, -0.25]]
