"""What mediated concepts are worth when a deviator spies or overhears, or draws are observed."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import InfeasibleError
from efmodels.formulations import from_concept
from efmodels.mediator.concept import BAYES_CORRELATED, COMMUNICATION, EFCE, Concept
from tests.oracles.design import best_mechanism, best_signals
from tests.oracles.dominant_strategies import best_dominant_mechanism
from tests.oracles.heard_signals import best_heard_signals, everybody, nobody, the_earlier
from tests.random_persuasion import disagreements, random_persuasion, with_announcement

if TYPE_CHECKING:
    from efmodels.game import Game
    from tests.oracles.design import Payoffs

PRIVATE = Concept("recall", "forced", "full", observe="chance")
HEARD = replace(PRIVATE, overhears="everything")
EX_POST = replace(COMMUNICATION, spies="chance")


def best(game: Game, concept: Concept, *, reduce: bool = False, announced: bool = False) -> float:
    """Return the most that the last player can get, who does as the mediator says.

    Minus infinity if there is no equilibrium. If there was an announcement, no recommendation may
    disagree with it.
    """
    m = pyo.ConcreteModel()
    m.eq = from_concept(game, concept, obedient=game.players[:-1], reduce=reduce)
    m.goal = pyo.Objective(expr=m.eq.payoff[game.players[-1]], sense=pyo.maximize)
    if announced:
        m.agree = pyo.Constraint(expr=m.eq.expected(disagreements(game)) == 0)
    try:
        found = ef.solve(m).value
    except InfeasibleError:
        return -math.inf
    assert max(m.eq.regrets().values()) < 1e-7
    return found


class TestSpies:
    """Incentives that hold whatever chance has drawn."""

    @pytest.mark.parametrize(("concept", "revenue"), [(COMMUNICATION, 4 / 3), (EX_POST, 5 / 4)])
    def test_two_bidders_with_budgets(self, concept: Concept, revenue: float) -> None:
        """Values 1 or 2, each as likely, and payments up to 1: 4/3 if bidders know only their own.

        If nobody regrets her bid once she knows both values, the best revenue is 5/4.
        """
        game = ef.instances.single_item_auction(prices=(0, 1), fees=(0, 1))

        assert best(game, concept) == pytest.approx(revenue, abs=1e-7)
        assert best(game, concept, reduce=True) == pytest.approx(revenue, abs=1e-7)

    @pytest.mark.parametrize("seed", range(10))
    def test_random_auctions(self, seed: int) -> None:
        """Truth in expectation, and in dominant strategies, as in programs over direct mechanisms.

        All may be charged a part of what a winner can be charged.
        """
        game = random_auction(seed)

        assert best(game, COMMUNICATION) == pytest.approx(best_mechanism(game, revenue), abs=1e-7)
        assert best(game, EX_POST) == pytest.approx(
            best_dominant_mechanism(game, revenue), abs=1e-7
        )

    def test_the_difference_is_seen(self) -> None:
        """Some of the random auctions earn less in dominant strategies."""
        games = [random_auction(seed) for seed in range(10)]
        gaps = [best_mechanism(g, revenue) - best_dominant_mechanism(g, revenue) for g in games]

        assert min(gaps) > -1e-9
        assert sum(gap > 1e-3 for gap in gaps) >= 3

    def test_nothing_may_be_left(self) -> None:
        """A buyer who sees whether the car is good obeys no mediator who does not: no equilibrium.

        If the mediator sees it, too, the good cars are sold.
        """
        game = ef.instances.car_sale()
        blind, seeing = replace(EFCE, spies="chance"), replace(PRIVATE, spies="chance")

        assert best(game, blind) == -math.inf
        assert best(game, seeing) == pytest.approx(1 / 3)


def revenue(payoffs: Payoffs) -> Fraction:
    """Return what the auctioneer gets."""
    return payoffs[-1]


def random_auction(seed: int) -> Game:
    """Return an auction for two bidders with random values and odds, who can pay little."""
    rng = Random(seed)  # noqa: S311 - a test
    values = [sorted(rng.sample(range(1, 6), 2)) for _ in range(2)]
    odds = [Fraction(rng.randint(1, 4), 5) for _ in range(2)]
    most = rng.randint(1, 3)
    return ef.instances.single_item_auction(
        values, [[p, 1 - p] for p in odds], prices=(0, most), fees=(0, most)
    )


class TestSignals:
    """What a sender reaches who sees the state, and whose receivers move at the same time."""

    @pytest.mark.parametrize("seed", range(60))
    def test_random_persuasion(self, seed: int) -> None:
        """Private signals, signals that the later receiver overhears, and public ones.

        The first two need no more than the game, the last an announcement before anybody moves.
        """
        game = random_persuasion(seed)
        found = [
            best(game, PRIVATE),
            best(game, HEARD),
            best(with_announcement(game), HEARD, announced=True),
        ]

        assert found[0] == pytest.approx(best_signals(game), abs=1e-7)
        assert found == pytest.approx(
            [best_heard_signals(game, hears) for hears in (nobody, the_earlier, everybody)],
            abs=1e-7,
        )

    def test_the_difference_is_seen(self) -> None:
        """The three are different, and sometimes nothing can be said in public that is obeyed."""
        games = [random_persuasion(seed) for seed in range(60)]
        private, heard, public = (
            np.array([best_heard_signals(game, hears) for game in games])
            for hears in (nobody, the_earlier, everybody)
        )

        assert (heard < private - 1e-3).sum() >= 20
        assert (public < heard - 1e-3).sum() >= 20
        assert np.isinf(public).any()

    @pytest.mark.parametrize("seed", range(60, 70))
    def test_announcements_that_are_seen(self, seed: int) -> None:
        """It is the same if the receivers see the announcement as a move of the game."""
        game = random_persuasion(seed)
        seen = with_announcement(game, seen=True)

        assert best(seen, PRIVATE, announced=True) == pytest.approx(
            best_heard_signals(game, everybody), abs=1e-7
        )

    @pytest.mark.parametrize("seed", range(60, 64))
    def test_what_is_announced_must_be_meant(self, seed: int) -> None:
        """Without agreement, an announcement hides private signals behind public ones."""
        game = with_announcement(random_persuasion(seed))

        assert best(game, HEARD) >= best(game, HEARD, announced=True) - 1e-7

    @pytest.mark.parametrize("voters", [1, 2, 3])
    @pytest.mark.parametrize("prior", ["1/5", "3/10", "2/5"])
    def test_voters(self, voters: int, prior: str) -> None:
        """In private, a good proposal and as many bad ones pass as a random quota can be told.

        In public all voters believe the same, so that it is one half at least where they say yes.
        """
        mu = Fraction(prior)
        for quota in range(1, voters + 1):
            game = ef.instances.voter_persuasion(voters, quota, prior)
            private = mu + min(1 - mu, mu * voters / quota)

            assert best(game, PRIVATE) == pytest.approx(float(private), abs=1e-7)
            assert best(with_announcement(game), HEARD, announced=True) == pytest.approx(
                float(2 * mu), abs=1e-7
            )

    def test_who_disobeys_is_not_seen(self) -> None:
        """A mediator who sees every move can punish the first receiver, one who sees draws cannot.

        Some random problems tell the two apart.
        """
        games = [random_persuasion(seed) for seed in range(10)]
        gaps = [best(game, BAYES_CORRELATED) - best(game, PRIVATE) for game in games]

        assert min(gaps) > -1e-7
        assert max(gaps) > 1e-3

    def test_overheard_pennies(self) -> None:
        """Who moves second and hears the first one's advice always wins: no equilibrium."""
        m = pyo.ConcreteModel()
        game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
        m.eq = from_concept(game, replace(EFCE, overhears="everything"))
        m.goal = pyo.Objective(expr=m.eq.welfare)

        with pytest.raises(InfeasibleError):
            ef.solve(m)
