"""From a game and a concept to one learned equilibrium, in one call."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import CapabilityError, GameError
from efmodels.mediated_concepts import SWITCHES, switches_of
from efmodels.mediator.concept import Concept
from tests.efmodels.self_play.mixed_behaviour import answers_of
from tests.oracles.full_communication_game import deviation_value, honest_payoff

LEARNED = [name for name in SWITCHES if "BCE" not in name]


@pytest.mark.parametrize("name", LEARNED)
def test_every_concept_is_learned(name: str) -> None:
    """Nobody regrets more than the tolerance, and payoffs are within the equilibrium payoffs."""
    game = ef.instances.sheriff(items=2, bribe=1, rounds=1)
    learned = ef.learn_equilibrium(game, name, tolerance=0.01)
    spread = dict(zip(game.players, np.ptp(game.payoffs, axis=0), strict=True))

    assert learned.status == "solved"
    assert all(regret <= 0.01 * spread[player] for player, regret in learned.regrets.items())
    assert learned.regrets == learned.mixture.regrets(SWITCHES[name])
    assert learned.payoffs == learned.mixture.payoffs()


@pytest.mark.parametrize("name", ["COMM", "CERT", "CCERT", "NFCCERT"])
def test_mediators_with_recall(name: str) -> None:
    """Written out with a mediator that answers by the plans drawn, the regrets are the same."""
    game = ef.instances.sheriff(items=1, bribe=1, rounds=1)
    learned = ef.learn_equilibrium(game, name, tolerance=0.05, iteration_limit=30)
    drawn = answers_of(learned.mixture)
    for number, player in enumerate(game.players, start=1):
        best = deviation_value(game, SWITCHES[name], number, drawn)
        regret = max(best - honest_payoff(game, SWITCHES[name], number, drawn), 0)

        assert learned.regrets[player] == pytest.approx(regret, abs=1e-9)


def test_welfare_is_at_most_the_best() -> None:
    """A learned equilibrium is an equilibrium: no better than the optimum, but for its regrets."""
    game = ef.instances.sheriff(items=2, bribe=1, rounds=1)
    best = ef.optimal_equilibrium(game, "EFCE", "welfare").value
    learned = ef.learn_equilibrium(game, "EFCE", tolerance=1e-4)

    assert sum(learned.payoffs.values()) < best + 0.1


def test_log_and_callback() -> None:
    """The log shows how regrets fell; a callback may end it."""
    game = ef.instances.kuhn()
    learned = ef.learn_equilibrium(game, "LCE", tolerance=0.001)
    frame = learned.frame()
    stopped = ef.learn_equilibrium(game, "LCE", tolerance=0, callback=lambda _: True)

    assert frame.columns.tolist() == ["iterations", "seconds", "regret"]
    assert frame["iterations"].is_monotonic_increasing
    assert frame["regret"].iloc[-1] <= 0.001 < frame["regret"].iloc[0]
    assert (stopped.status, len(stopped.log)) == ("stopped", 1)


def test_limits() -> None:
    """Limits end it with the rounds so far."""
    game = ef.instances.kuhn()
    few = ef.learn_equilibrium(game, "EFCE", tolerance=0, iteration_limit=25)
    none = ef.learn_equilibrium(game, "EFCE", tolerance=0, time_limit=0.0)

    assert (few.status, few.iterations) == ("iteration limit", 25)
    assert none.status == "time limit"
    assert none.iterations >= 1


def test_many_plans() -> None:
    """Where a player has too many plans to list them, trees of learners learn."""
    game = ef.instances.kuhn(players=2, ranks=4)
    learned = ef.learn_equilibrium(game, "NFCE", tolerance=0.05, iteration_limit=400)

    assert learned.iterations <= 400
    assert learned.mixture.drawn[0].shape[1] > learned.mixture.drawn[0].shape[0]
    assert max(learned.regrets.values()) < 0.1 * 4


def test_it_prints() -> None:
    """As a small table, and in a notebook."""
    learned = ef.learn_equilibrium(ef.instances.chicken(), "EFCE")

    assert "concept" in repr(learned)
    assert "regret P2" in repr(learned)
    assert "<table" in learned._repr_html_()


def test_names() -> None:
    """A concept is found by acronym, name or switches; others are refused by name."""
    assert switches_of("communication equilibrium") == SWITCHES["COMM"]
    assert switches_of(SWITCHES["EFCE"]) is SWITCHES["EFCE"]
    with pytest.raises(GameError, match="nash_zero_sum has no mediator"):
        ef.learn_equilibrium(ef.instances.kuhn(), "nash_zero_sum")
    with pytest.raises(GameError, match="no algorithm is called 'egt'"):
        ef.learn_equilibrium(ef.instances.kuhn(), "EFCE", algorithm="egt")


@pytest.mark.parametrize(
    "concept", ["BCE", Concept("private", "forced", "full", overhears="everything")]
)
def test_who_sees_others_is_not_learned(concept: str | Concept) -> None:
    """Mediators that see, and deviators who overhear, are left to linear programs."""
    with pytest.raises(CapabilityError, match=r"use ef\.optimal_equilibrium"):
        ef.learn_equilibrium(ef.instances.chicken(), concept)
