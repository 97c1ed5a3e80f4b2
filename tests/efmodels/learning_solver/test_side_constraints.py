"""Models with side constraints, learned: what HiGHS says of them agrees with what is proved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS
from efmodels.mediator.incentives import Incentives
from tests.learned_models import learned_like_solved, model_of

if TYPE_CHECKING:
    from collections.abc import Callable

FAST = 10
"""Random games of the fast tests; the others are slow ones."""

CONCEPTS = ("EFCE", "NFCCE", "COMM", "BCE", "CERT", "EFCCE")


def kuhn3() -> Any:
    """Return the best Bayes correlated equilibrium of three-player Kuhn poker for the first."""
    return model_of(ACRONYMS["BCE"](ef.instances.load("K34")), "P1")


SIDES: dict[str, tuple[Callable[[Any], Any] | None, float]] = {
    "none": (None, 0.25),
    "a floor for another": (lambda m: m.eq.payoff["P2"] >= 0, 0.125),
    "a ceiling": (lambda m: m.eq.payoff["P1"] <= 0.1, 0.1),
    "as much as another": (lambda m: m.eq.payoff["P1"] == m.eq.payoff["P2"], 0.0625),
}


@pytest.mark.parametrize("name", SIDES)
def test_kuhn_poker_of_three(name: str) -> None:
    """The optima of the literature's example, with payoffs bounded from either side or equal."""
    side, optimum = SIDES[name]
    m = kuhn3()
    if side is not None:
        m.side = pyo.Constraint(expr=side(m))
    result = learned_like_solved(m)

    assert result.bound >= optimum - 1e-7
    assert abs(result.value - optimum) <= 0.02


def test_sheriff_with_a_floor_and_a_rare_event() -> None:
    """A payoff floor and the probability of an event."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.sheriff(items=3, bribe=1, rounds=1)), "Smuggler")
    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 0.25)
    learned_like_solved(m)
    m.rare = pyo.Constraint(expr=m.eq.probability("3") <= 0.05)
    result = learned_like_solved(m)

    seen = sum(m.eq.strategy().set_index("infoset").loc["3", "reach"].unique())
    assert seen <= 0.05 + result.violations["rare"] + 1e-9


def auction(**more: Any) -> Any:
    """Return an auction to two bidders with a budget of 1, who are asked whether they take part."""
    block = ef.formulations.sequential_mechanism(
        ef.instances.single_item_auction(prices=(0,)),
        designer="Auctioneer",
        incentives=Incentives(participation="interim"),
        transfers={"P1": (0, 1), "P2": (0, 1)},
        **more,
    )
    return model_of(block)


def test_auction_with_a_budget_and_a_reserve() -> None:
    """Participation rows, expected transfers, and how much one of them pays."""
    m = auction()
    assert learned_like_solved(m).bound >= 4 / 3 - 1e-7
    m.limit = pyo.Constraint(expr=m.eq.transfer["P1"] <= 0.25)
    assert learned_like_solved(m).bound >= 7 / 6 - 1e-7
    m.between = pyo.Constraint(expr=(0.1, m.eq.transfer["P2"] - m.eq.transfer["P1"], 0.3))
    learned_like_solved(m)


def test_variables_of_the_user() -> None:
    """Variables defined by rows, defined by one another, fixed, or bounded and free to choose."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.sheriff(items=3, bribe=1, rounds=1)))
    players = list(m.eq.payoff)
    m.gap, m.half, m.constant = pyo.Var(), pyo.Var(bounds=(-0.2, None)), pyo.Var()
    m.of_gap = pyo.Constraint(expr=m.gap == m.eq.payoff[players[0]] - m.eq.payoff[players[1]])
    m.of_half = pyo.Constraint(expr=2 * m.half == m.gap - m.constant)
    m.constant.fix(0.25)
    m.least = pyo.Var(bounds=(-20, 20))
    m.worst = pyo.Constraint(players, rule=lambda m, i: m.least <= m.eq.payoff[i])
    m.del_component("goal")
    m.goal = pyo.Objective(expr=-m.least - 0.1 * m.gap + 3, sense=pyo.minimize)
    learned_like_solved(m)

    payoffs = m.eq.solution().payoffs()
    assert m.gap.value == pytest.approx(payoffs[players[0]] - payoffs[players[1]])
    assert 2 * m.half.value == pytest.approx(m.gap.value - 0.25)


def test_flows_and_their_bounds() -> None:
    """Rows and bounds on the leader's own variables, with and without coordinates beside them."""
    m = model_of(ACRONYMS["NFCCE"](ef.instances.load("K23")), "P1")
    assert m.eq.problem.reach is not None
    x = m.eq.mediator.x
    m.ratio = pyo.Constraint(expr=x[4] <= 0.3 * x[0])
    x[5].setub(0.2)
    m.eq.mediator.mu[1].setub(0.1)
    learned_like_solved(m)
    n = model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))
    n.eq.leader.x["Q", "bet"].setlb(0.25)
    n.eq.leader.x["J", "bet"].fix(0.5)
    result = learned_like_solved(n, 1e-4)
    assert n.eq.leader.x["Q", "bet"].value >= 0.25 - max(result.violations.values()) - 1e-12


def test_the_best_plan_of_a_zero_sum_game_for_another_goal() -> None:
    """A row on what the follower's best response leaves, and another objective."""
    m = model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))
    m.optimal = pyo.Constraint(expr=m.eq.value >= -1 / 18)
    m.del_component("goal")
    m.goal = pyo.Objective(expr=m.eq.leader.x["K", "check"], sense=pyo.maximize)
    assert learned_like_solved(m, 1e-4).value == pytest.approx(1, abs=1e-3)


def test_team_with_a_limited_lottery() -> None:
    """A team on a belief DAG whose coordinates are not its flows."""
    m = model_of(ef.formulations.tmecor(ef.instances.kuhn(players=3)))
    m.half = pyo.Constraint(expr=m.eq.leader.x[3] == 0.2)
    learned_like_solved(m)


@pytest.mark.parametrize(
    "seed", [pytest.param(k, marks=[pytest.mark.slow] if k >= FAST else []) for k in range(30)]
)
def test_random_games(seed: int) -> None:
    """A random expectation is held halfway between its value at the optimum and its least one."""
    game = ef.instances.random_tree(seed, players=2 + seed % 2, chance_probability="1/4")
    m = model_of(ACRONYMS[CONCEPTS[seed % len(CONCEPTS)]](game))
    numbers = np.random.default_rng(seed).integers(-2, 3, size=len(game.terminals))
    asked = m.eq.expected(numbers)
    free = ef.solve(m, solver="highs").value
    at_optimum = asked.value
    m.goal.deactivate()
    m.least = pyo.Objective(expr=asked, sense=pyo.minimize)
    least = ef.solve(m, solver="highs").value
    m.least.deactivate()
    m.goal.activate()
    middle = (at_optimum + least) / 2
    m.side = pyo.Constraint(expr=asked == middle if seed % 3 == 0 else asked <= middle)
    result = learned_like_solved(m)

    assert result.bound <= free + 1e-3 * np.ptp(game.payoffs) * len(game.players)


def test_players_without_incentives() -> None:
    """Nobody has to obey, or one does not because her row is switched off."""
    game = ef.instances.sheriff(items=3, bribe=1, rounds=1)
    assert learned_like_solved(model_of(ACRONYMS["EFCE"](game, obedient=[]))).value == 15
    m = model_of(ACRONYMS["EFCE"](game))
    m.eq.deviator["Sheriff"].obey.deactivate()
    learned_like_solved(m)


def test_payoffs_that_are_all_alike() -> None:
    """A range of 0 counts as 1."""
    ones = [[1, 1], [1, 1]]
    assert (
        learned_like_solved(model_of(ACRONYMS["EFCE"](ef.Game.from_matrices(ones, ones)))).value
        == 2
    )


def test_block_that_is_the_model() -> None:
    """The objective and a row stand on the block itself."""
    block = ACRONYMS["EFCE"](ef.instances.chicken())
    block.goal = pyo.Objective(expr=block.welfare, sense=pyo.maximize)
    block.side = pyo.Constraint(expr=block.payoff["P1"] >= block.payoff["P2"] + 1)
    learned_like_solved(block)


@pytest.mark.slow
def test_compiled_loops() -> None:
    """The engine of numba takes rows without choices as well."""
    pytest.importorskip("numba")
    m = model_of(ACRONYMS["EFCE"](ef.instances.sheriff(items=3, bribe=1, rounds=1)))
    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 0.25)
    learned_like_solved(m, 1e-4, engine="numba")
