"""Signalling games: who knows what, the arrays, and the equilibria of the textbook games."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.instances import beer_quiche, signaling_game, von_stengel_forges_signaling
from tests.oracles.named_profiles import profile_of
from tests.oracles.normal_form import correlated_value, pure_equilibria

if TYPE_CHECKING:
    from efmodels import Game


def infosets(game: Game) -> list[list[str]]:
    """Return the names of the infosets of sender and receiver."""
    return [[game.infoset_names[j] for j in game.infosets_of(k)] for k in (1, 2)]


def test_infosets() -> None:
    """The sender knows the type, the receiver the message and nothing else."""
    game = beer_quiche()

    assert infosets(game) == [["strong", "weak"], ["beer", "quiche"]]
    for node in range(game.nodes):
        if game.owner[node] == 2:
            assert game.infoset_names[int(game.infoset[node])] == game.history(node)[1]


def test_payoffs_are_those_of_the_arrays() -> None:
    """Type, message and action are the three axes."""
    random = np.random.default_rng(5)
    sender, receiver = random.integers(-9, 9, size=(2, 3, 2, 4))
    game = signaling_game(["1/6", "1/3", "1/2"], sender, receiver)
    expected = [
        (sender[t, m, a], receiver[t, m, a]) for t, m, a in product(range(3), range(2), range(4))
    ]

    assert list(map(tuple, game.payoffs.tolist())) == expected
    assert game.nodes == 1 + 3 * (1 + 2 * (1 + 4))
    assert infosets(game) == [["1", "2", "3"], ["1", "2"]]
    assert game.is_exact


def test_default_is_cheap_talk() -> None:
    """The default arrays are those of the example of von Stengel and Forges."""
    assert np.array_equal(signaling_game().payoffs, von_stengel_forges_signaling().payoffs)


@pytest.mark.parametrize(("weights", "value"), [((1, 0), 0), ((0, 1), 6), ((0, -1), -6)])
def test_correlation_in_the_normal_form_does_not_help(
    weights: tuple[float, float], value: float
) -> None:
    """Whatever the equilibrium, the sender gets 0 and the receiver 6."""
    assert correlated_value(von_stengel_forges_signaling(), weights) == pytest.approx(
        value, abs=1e-7
    )


def test_mediator_of_the_signals() -> None:
    """A device that tells each type its message alone pays (7/2, 13/2), and nobody disobeys."""
    game = von_stengel_forges_signaling()
    pays = {tuple(game.history(h)): game.exact_payoffs(h) for h in game.terminals.tolist()}
    # Told to the good type, told to the bad type; the receiver is to play l on the former.
    draws = [
        ({"good": s, "bad": b}, {m: "l" if m == s else "r" for m in "XY"})
        for s, b in product("XY", repeat=2)
    ]
    cases = [(kind, told, answer) for told, answer in draws for kind in told]
    obeyed = [pays[kind, told[kind], answer[told[kind]]] for kind, told, answer in cases]

    assert [Fraction(sum(column), 8) for column in zip(*obeyed, strict=True)] == [3.5, 6.5]
    for kind, m, other in product(("good", "bad"), "XY", "XY"):
        here = [answer for k, told, answer in cases if (k, told[k]) == (kind, m)]
        gains = [pays[kind, other, a[other]][0] - pays[kind, m, a[m]][0] for a in here]
        assert sum(gains) <= 0
    for m, action, other in product("XY", "lr", "lr"):
        kinds = [k for k, told, answer in cases if told[k] == m and answer[m] == action]
        assert sum(pays[k, m, other][1] - pays[k, m, action][1] for k in kinds) <= 0


@pytest.mark.parametrize(
    ("strong", "breakfasts"),
    [("9/10", {("beer", "beer"), ("quiche", "quiche")}), ("1/3", set())],
)
def test_pure_equilibria_of_beer_quiche(strong: str, breakfasts: set[tuple[str, str]]) -> None:
    """The types pool on one breakfast if the strong are many, and pure equilibria end if not."""
    found = [each["Sender"] for each in pure_equilibria(beer_quiche(strong))]

    assert {(plan["strong"], plan["weak"]) for plan in found} == breakfasts


def test_pooling_on_quiche() -> None:
    """The strong would like beer, but not a duel over it."""
    plans = {
        "Sender": {"strong": "quiche", "weak": "quiche"},
        "Receiver": {"beer": "duel", "quiche": "away"},
    }
    profile = profile_of(beer_quiche(), plans)

    assert profile.payoffs() == pytest.approx({"Sender": 0.9 * 2 + 0.1 * 3, "Receiver": 0.9})
    assert max(profile.regrets().values()) < 1e-12
