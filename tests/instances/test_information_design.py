"""Persuasion: who sees what, and what a sender can reach, by obedience and by concavification."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from random import Random
from typing import TYPE_CHECKING

import pytest

from efmodels.errors import GameError
from efmodels.instances import car_sale, persuasion, prosecutor, voter_persuasion
from tests.oracles.design import best_signals, chances, ends

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game

    Table = list[list[int]]


def concave_closure(prior: Fraction, sender: Table, receiver: Table) -> Fraction:
    """Return the concave closure, at the probability of the second state, of what a sender gets."""
    actions = range(len(sender[0]))

    def expected(table: Table, action: int, belief: Fraction) -> Fraction:
        return (1 - belief) * table[0][action] + belief * table[1][action]

    def worth(belief: Fraction) -> Fraction:
        best = max(expected(receiver, a, belief) for a in actions)
        obeyed = [a for a in actions if expected(receiver, a, belief) == best]
        return max(expected(sender, a, belief) for a in obeyed)

    beliefs = {Fraction(0), Fraction(1), prior}
    for a, b in combinations(actions, 2):
        at_0, at_1 = (receiver[s][a] - receiver[s][b] for s in (0, 1))
        if at_0 * at_1 < 0:
            beliefs.add(Fraction(at_0, at_0 - at_1))
    low = [(p, worth(p)) for p in beliefs if p <= prior]
    high = [(p, worth(p)) for p in beliefs if p >= prior]
    return max(
        u if p == q else (u * (q - prior) + w * (prior - p)) / (q - p)
        for (p, u), (q, w) in product(low, high)
    )


@pytest.mark.parametrize(
    ("game", "value"),
    [
        (car_sale(), Fraction(2, 3)),
        (car_sale(prior="1/2"), 1),
        (car_sale(prior="1/10", price=9), Fraction(1, 9)),
        (prosecutor(), Fraction(6, 10)),
        (prosecutor(prior=0), 0),
    ],
    ids=lambda item: getattr(item, "title", ""),
)
def test_value_of_textbook_game(game: Game, value: Fraction) -> None:
    """Recommendations that are obeyed sell or convict as often as is known."""
    assert best_signals(game) == pytest.approx(float(value), abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_random_persuasion_is_concavified(seed: int) -> None:
    """Obedience and the concave closure of the sender's payoff agree."""
    rng = Random(seed)  # noqa: S311 - a test
    prior = Fraction(rng.randint(1, 9), 10)
    sender, receiver = ([[rng.randint(-4, 4) for _ in range(3)] for _ in "01"] for _ in "01")

    value = best_signals(persuasion((1 - prior, prior), sender, receiver))

    assert value == pytest.approx(float(concave_closure(prior, sender, receiver)), abs=1e-8)


@pytest.mark.parametrize(
    ("voters", "quota", "prior"), [(3, 1, "3/10"), (3, 2, "3/10"), (4, 3, "1/5"), (1, 1, "1/3")]
)
def test_voters_who_are_told_in_private(voters: int, quota: int, prior: str) -> None:
    """A bad proposal passes if a random quota of the voters is told that it is good."""
    mu = Fraction(prior)

    value = best_signals(voter_persuasion(voters, quota, prior))

    assert value == pytest.approx(float(mu + min(1 - mu, mu * voters / quota)), abs=1e-9)


def test_receivers_see_nothing() -> None:
    """There is one infoset per receiver, and the sender has none."""
    names = {
        game.title: [[game.infoset_names[j] for j in game.infosets_of(k + 1)] for k in range(n)]
        for game, n in [(car_sale(), 2), (prosecutor(), 2), (persuasion(), 2)]
    }

    assert list(names.values()) == [[["buyer"], []], [["judge"], []], [["receiver"], []]]
    assert [
        [node for node in range(31) if voter_persuasion().infoset[node] == j] for j in (1, 2, 3)
    ] == [[1, 16], [2, 9, 17, 24], [3, 6, 10, 13, 18, 21, 25, 28]]


def test_payoffs_of_car_sale() -> None:
    """The buyer gets the worth of the car less its price, the seller one per sale."""
    assert chances(car_sale("1/4", 7)) == {"good": Fraction(1, 4), "bad": Fraction(3, 4)}
    assert ends(car_sale("1/4", 7)) == {
        ("good", "buy"): (3, 1),
        ("good", "no"): (0, 0),
        ("bad", "buy"): (-7, 1),
        ("bad", "no"): (0, 0),
    }


def test_payoffs_of_voters() -> None:
    """Votes pay by the quality of the proposal, the politician is paid for the result."""
    game = ends(voter_persuasion(voters=2, quota=2))

    assert game["good", "yes", "no"] == (1, 0, 0)
    assert game["bad", "no", "yes"] == (0, -1, 0)
    assert game["bad", "yes", "yes"] == (-1, -1, 1)


def test_states_and_actions_of_persuasion() -> None:
    """Tables are read as rows of states and columns of actions; impossible states are left out."""
    game = persuasion((0, "1/2", "1/2"), [[1, 2], [3, 4], [5, 6]], [[-1, -2], [-3, -4], [-5, -6]])

    assert ends(game) == {
        ("2", "1"): (-3, 3),
        ("2", "2"): (-4, 4),
        ("3", "1"): (-5, 5),
        ("3", "2"): (-6, 6),
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: car_sale(prior=2), "prior must be a number from 0 to 1; got 2"),
        (lambda: car_sale(price="dear"), "price must be a number such as .*; got 'dear'"),
        (lambda: prosecutor(prior=-0.1), "prior must be a number from 0 to 1; got -0.1"),
        (lambda: persuasion(prior=()), "prior must be probabilities that sum to 1"),
        (lambda: persuasion(prior=(1, 1)), r"sum to 1; these 2 sum to 2"),
        (lambda: persuasion(prior=0.5), "prior must be a list; got 0.5"),
        (
            lambda: persuasion(sender=[[1, 2, 3]]),
            r"sender must be an array of shape \(2, actions\)",
        ),
        (
            lambda: persuasion(receiver=[[1, 2], [1, 2]]),
            r"receiver must be an array of shape \(2, 3\).* \(2, 2\)",
        ),
        (
            lambda: persuasion(receiver=[[1], [1, 2]]),
            r"receiver must be an array of shape \(2, 3\)",
        ),
        (lambda: voter_persuasion(voters=0), "voters must be an integer of at least 1; got 0"),
        (lambda: voter_persuasion(quota=4), "quota must be an integer from 1 to 3.*; got 4"),
    ],
)
def test_impossible_parameters(make: Callable[[], Game], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        make()
