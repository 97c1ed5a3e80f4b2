"""Looking for Nash equilibria from several starts: nothing is lost, and nothing is claimed."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError, SolverError
from efmodels.nash_search import start_from
from efmodels.solvers import find_solver
from tests.oracles.expectation import expected_payoffs
from tests.oracles.logit_responses import behaviour_of

if not find_solver("ipopt").available:
    pytest.skip("casadi, which has Ipopt, is not installed", allow_module_level=True)

HORSE = ef.instances.selten_horse()


def test_search_ends_with_the_first_equilibrium() -> None:
    """One start is enough for a small game, and its record says how it ended."""
    found = ef.nash_equilibrium(HORSE, starts=5)

    assert found.is_equilibrium
    assert len(found.starts) == len(found.frame()) == 1
    assert found.starts[0].status == "locally_optimal"
    assert "Nash equilibrium" in repr(found)
    assert found.payoffs() == pytest.approx(
        dict(
            zip(
                HORSE.players,
                expected_payoffs(HORSE, behaviour_of(HORSE, found.profile.behaviour)),
                strict=True,
            )
        )
    )


def test_same_seed_same_profile() -> None:
    """Starts are drawn from the seed."""
    one, other = (ef.nash_equilibrium(HORSE, seed=3) for _ in range(2))

    assert one.profile.behaviour.tolist() == other.profile.behaviour.tolist()


def test_nothing_is_lost_where_no_start_leads_to_an_equilibrium() -> None:
    """Stopped after one step: the best profile, all regrets, and no claim."""
    game = ef.instances.kuhn(players=3, ranks=4)
    found = ef.nash_equilibrium(game, starts=3, options={"max_iter": 1})

    assert not found.is_equilibrium
    assert len(found.starts) == 3
    assert found.regret == min(start.regret for start in found.starts) > found.tolerance
    assert set(found.regrets()) == set(game.players)
    assert "none within the tolerance" in repr(found)
    assert len(found.strategy()) > 0


def test_start_satisfies_the_rows() -> None:
    """Values are those of best responses, computed here from the profile's own."""
    block = ef.formulations.nash_nlp(HORSE)
    profile = start_from(block, np.random.default_rng(0))

    for player in HORSE.players:
        assert block.player[player].v[0].value == pytest.approx(profile.best_response_value(player))


def test_what_cannot_be_asked() -> None:
    """At least one start, a tolerance from 0 on, and options that the solver knows."""
    with pytest.raises(GameError, match="at least one start"):
        ef.nash_equilibrium(HORSE, starts=0)
    with pytest.raises(GameError, match="a tolerance from 0 on"):
        ef.nash_equilibrium(HORSE, tolerance=-1)
    with pytest.raises(SolverError, match="refuses the option"):
        ef.nash_equilibrium(HORSE, options={"no_such_option": 1})
