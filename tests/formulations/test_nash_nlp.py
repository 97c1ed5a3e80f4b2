"""Nash equilibria of any number of players: gaps from the tree, and what descent finds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.formulations import nash_nlp
from efmodels.nash_search import start_from
from efmodels.solvers import find_solver
from tests.commitment_cases import cases_of, game_of
from tests.random_games import dealt_game, random_game

needs_ipopt = pytest.mark.skipif(
    not find_solver("ipopt").available, reason="casadi, which has Ipopt, is not installed"
)
CHICKEN = ef.Game.from_matrices([[0, 7], [2, 6]], [[0, 2], [7, 6]])


def model_of(game: ef.Game) -> pyo.ConcreteModel:
    """Return the model that minimises the gap."""
    m = pyo.ConcreteModel()
    m.eq = nash_nlp(game)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


@pytest.mark.parametrize("players", [2, 3, 4])
@pytest.mark.parametrize("seed", range(3))
def test_gap_is_the_sum_of_regrets(seed: int, players: int) -> None:
    """At any profile with the values of best responses: from the tree, and from the slacks."""
    game = random_game(seed, players=players)
    m = model_of(game)
    profile = start_from(m.eq, np.random.default_rng(seed))
    of_slacks = sum(
        float(np.array([x.value for x in m.eq.player[one].x.values()]) @ slacks_of(m, one))
        for one in game.players
    )

    assert pyo.value(m.eq.gap) == pytest.approx(profile.exploitability(), abs=1e-9)
    assert pyo.value(m.eq.gap) == pytest.approx(of_slacks, abs=1e-9)


def slacks_of(m: pyo.ConcreteModel, player: str) -> np.ndarray:
    """Return the slacks, which the rows must leave nonnegative."""
    found = []
    for row in m.eq.player[player].reply.values():
        body = pyo.value(row.body)
        found.append(
            body - pyo.value(row.lower) if row.upper is None else pyo.value(row.upper) - body
        )
    assert min(found) >= -1e-9
    return np.array(found)


@needs_ipopt
@pytest.mark.parametrize("seed", range(6))
def test_random_games_of_three(seed: int) -> None:
    """Some start leads to a profile in which nobody gains more than a millionth."""
    game = random_game(seed, players=3) if seed % 2 else dealt_game(seed, players=3)
    found = ef.nash_equilibrium(game, seed=seed)

    assert found.is_equilibrium
    assert max(found.regrets().values()) <= 1e-6 * max(np.ptp(game.payoffs), 1.0)


@needs_ipopt
@pytest.mark.slow
def test_many_random_games() -> None:
    """Two hundred games of two to four players."""
    missed = []
    for seed in range(200):
        players = 2 + seed % 3
        game = random_game(seed, players=players) if seed % 2 else dealt_game(seed, players=players)
        if not ef.nash_equilibrium(game, seed=seed).is_equilibrium:
            missed.append(seed)

    assert missed == []


@needs_ipopt
def test_selten_horse_from_many_starts() -> None:
    """Every start leads to an equilibrium: (1, 1, 1), (3, 3, 2), or one of those around them."""
    game = ef.instances.selten_horse()
    for seed in range(6):
        found = ef.nash_equilibrium(game, seed=seed, starts=1)
        assert found.is_equilibrium
        payoffs = [round(u, 4) for u in found.payoffs().values()]
        assert payoffs in ([1.0, 1.0, 1.0], [3.0, 3.0, 2.0])


@pytest.mark.parametrize("case", cases_of("NE-check"))
def test_known_equilibrium_has_no_gap(case: dict[str, object]) -> None:
    """A profile that is known to be an equilibrium satisfies the rows with gap 0."""
    game = game_of(case)
    m = model_of(game)
    behaviour = {name: p for player in case["params"]["profile"] for name, p in player.items()}
    form = game.sequence_form()
    for player in game.players:
        polytope = form.polytope(player)
        flat = np.concatenate([[1.0], *(behaviour[name] for name in polytope.point_names)])
        m.eq.player[player].x.set_array(polytope.realization(flat))

    assert list(m.eq.solution().payoffs().values()) == pytest.approx(case["value"])
    assert max(m.eq.regrets().values()) <= case["tol"]


@pytest.mark.parametrize("name", ["scip_direct", "gurobi_direct_minlp", "gurobi"])
def test_global_solvers_prove_the_minimum(name: str) -> None:
    """In a game of two the gap is a bilinear objective, and 0 its proven minimum."""
    if not find_solver(name).available:
        pytest.skip(f"{name} is not available")
    m = model_of(CHICKEN)
    result = ef.solve(m, name)

    assert result.status == "optimal"
    assert (result.value, result.bound) == pytest.approx((0, 0), abs=1e-5)
    assert max(m.eq.regrets().values()) < 1e-5


@pytest.mark.parametrize("name", ["scip_direct", "gurobi_direct_minlp"])
def test_global_solvers_with_three_players(name: str) -> None:
    """Selten's horse, products of two plans in the rows and of three in the gap."""
    if not find_solver(name).available:
        pytest.skip(f"{name} is not available")
    m = model_of(ef.instances.selten_horse())
    ef.solve(m, name)

    assert max(m.eq.regrets().values()) < 1e-4


def test_best_equilibrium_with_a_side_constraint() -> None:
    """Chicken: the mixed equilibrium pays 14/3 to each, the two others 7 and 2.

    So it is best for the welfare, with or without a floor of 4; and with a floor of 5 for
    the first player, an equilibrium of welfare 9 is.
    """
    if not find_solver("scip_direct").available:
        pytest.skip("scip_direct is not available")
    m = pyo.ConcreteModel()
    m.eq = nash_nlp(CHICKEN)
    m.nash = pyo.Constraint(expr=m.eq.gap <= 1e-7)
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    best = ef.solve(m, "scip_direct").value
    m.floor = pyo.Constraint(expr=m.eq.payoff["P1"] >= 4)
    fair = ef.solve(m, "scip_direct").value
    m.floor.set_value(m.eq.payoff["P1"] >= 5)
    unfair = ef.solve(m, "scip_direct").value

    assert best == pytest.approx(28 / 3, abs=1e-3)
    assert fair == pytest.approx(28 / 3, abs=1e-3)
    assert unfair == pytest.approx(9, abs=1e-3)
    assert max(m.eq.regrets().values()) < 1e-3


@needs_ipopt
@pytest.mark.parametrize("players", [2, 3])
def test_update(players: int) -> None:
    """A block that takes other payoffs has the gap of the other game."""
    game = random_game(5, players=players)
    payoffs = [tuple(2 - u for u in row) for row in game.outcome_payoffs[::-1]]
    other = replace(game, outcome_payoffs=payoffs)
    m = model_of(game)
    m.eq.update(other)
    profile = start_from(m.eq, np.random.default_rng(1))
    assert pyo.value(m.eq.gap) == pytest.approx(profile.exploitability(), abs=1e-9)

    ef.solve(m, "ipopt")
    assert m.eq.game is other
    assert max(m.eq.regrets().values()) < 1e-5


@needs_ipopt
def test_one_call() -> None:
    """By name; the value is minus the gap, which a local solver does not bound."""
    found = ef.optimal_equilibrium(ef.instances.selten_horse(), "nash_nlp", solver="ipopt")

    assert found.value == pytest.approx(0, abs=1e-6)
    assert (found.status, found.bound) == ("locally_optimal", math.inf)
    assert max(found.regrets.values()) < 1e-6


def test_products_are_shared() -> None:
    """Kuhn with three players: of zero sum, so that pairs suffice, and each stands there once."""
    game = ef.instances.kuhn(players=3, ranks=4)
    form = game.sequence_form()
    pairs = {
        tuple((k, q) for k, q in enumerate(row) if k != player)
        for row, payoffs in zip(form.sequences.tolist(), form.payoffs.tolist(), strict=True)
        for player, payoff in enumerate(payoffs)
        if payoff
    }

    assert len(nash_nlp(game).product) == sum(all(q for _, q in pair) for pair in pairs)
    assert len(pairs) < 3 * len(form.sequences)


def test_what_is_no_game() -> None:
    """Names of games are not looked up."""
    with pytest.raises(GameError, match="nash_nlp needs a Game; got 'chicken'"):
        nash_nlp("chicken")
