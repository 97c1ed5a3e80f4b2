"""Plans with floors, against linear programs and enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

import efmodels as ef
from efmodels.floored_polytope import floored
from efmodels.plan_floors import PlanFloors
from tests.floored_games import random_floors
from tests.random_games import dealt_game


@pytest.mark.parametrize("seed", range(6))
def test_the_best_plan_above_floors(seed: int) -> None:
    """The tree's best reply within floors has the value of a linear program with their rows."""
    game = dealt_game(seed)
    generator = np.random.default_rng(seed)
    form = game.sequence_form()
    for number, player in enumerate(game.players, start=1):
        floors = random_floors(game, player, generator)
        other = form.polytopes[2 - number].random(generator)
        A = form.payoff_matrix(player)
        gradient = A @ other if number == 1 else A.T @ other
        polytope = floors.polytope
        found = linprog(
            -gradient,
            A_ub=-floors.rows,
            b_ub=-floors.least[1:],
            A_eq=polytope.F,
            b_eq=polytope.f,
        )
        behaviour = form.polytopes[2 - number].behaviour(other)[1:]
        mine = np.zeros(polytope.size - 1)
        profile = np.concatenate(
            [np.zeros(len(game.chance_probabilities))]
            + ([mine, behaviour] if number == 1 else [behaviour, mine])
        )
        worth = _worth(game, profile, number)

        assert floors.best_reply_value(game, number, worth) == pytest.approx(-found.fun)


def _worth(game: ef.Game, behaviour: np.ndarray, number: int) -> np.ndarray:
    """Return payoff times the reach of chance and the other player, terminal by terminal."""
    worth = []
    for k, terminal in enumerate(game.terminals):
        reach, node = float(game.payoffs[k, number - 1]), int(terminal)
        while (parent := int(game.parent[node])) >= 0:
            flat = game.action_start[game.infoset[parent]] + game.action[node]
            if game.owner[parent] == 0:
                reach *= float(game.chance_probabilities[flat])
            elif game.owner[parent] != number:
                reach *= behaviour[flat]
            node = parent
        worth.append(reach)
    return np.array(worth)


@pytest.mark.parametrize("seed", range(6))
def test_substitution_makes_plans_above_floors(seed: int) -> None:
    """What is added to the floors, ``R x' + l``, is a plan above them, and each is of that form."""
    game = dealt_game(seed)
    generator = np.random.default_rng(seed)
    for player in game.players:
        floors = random_floors(game, player, generator)
        polytope = floors.polytope
        FR = sparse.csr_array(polytope.F @ floors.R)
        found = linprog(
            generator.normal(size=polytope.size),
            A_eq=FR,
            b_eq=polytope.f - polytope.F @ floors.offset,
        )
        x = floors.R @ found.x + floors.offset

        assert polytope.F @ x == pytest.approx(polytope.f)
        assert (floors.rows @ x >= floors.least[1:] - 1e-9).all()
        assert (x >= floors.lowest - 1e-9).all()


@pytest.mark.parametrize("seed", range(4))
def test_floors_of_actions_are_those_of_learning(seed: int) -> None:
    """Without floors on sequences the best plan is that of a `FlooredPolytope`."""
    game = dealt_game(seed)
    generator = np.random.default_rng(seed)
    for number, player in enumerate(game.players, start=1):
        polytope = game.sequence_form().polytope(player)
        share = random_floors(game, player, generator).share
        floors = PlanFloors(polytope, share, np.zeros(polytope.size))
        worth = generator.normal(size=len(game.terminals))
        last = {}
        for k, terminal in enumerate(game.terminals):
            node = int(terminal)
            while (parent := int(game.parent[node])) >= 0 and game.owner[parent] != number:
                node = parent
            q = 0
            if parent >= 0:
                first = int(game.action_start[game.infosets_of(number).start])
                q = int(game.action_start[game.infoset[parent]] + game.action[node]) - first + 1
            last[k] = q
        gradient = np.bincount(list(last.values()), worth, minlength=polytope.size)
        best, _ = floored(polytope, share).best_response(gradient)

        assert floors.best_reply_value(game, number, worth) == pytest.approx(best)


@pytest.mark.parametrize(
    ("share", "least", "message"),
    [
        ([0, 0.6, 0.6], [0, 0, 0], "add up to more than there is to choose"),
        ([0, 0, 0], [0, 0.6, 0.6], "add up to more than there is to choose"),
        ([0, -0.1, 0], [0, 0, 0], "finite, and at least 0"),
        ([0, np.nan, 0], [0, 0, 0], "finite, and at least 0"),
        ([0.1, 0, 0], [0, 0, 0], "0 for the empty one"),
        ([0, 0], [0, 0, 0], r"have shape \(2,\); expected \(3,\)"),
    ],
)
def test_floors_are_checked(share: list[float], least: list[float], message: str) -> None:
    """Floors that no plan satisfies, or that are no probabilities, are refused."""
    polytope = ef.instances.chicken().sequence_form().polytope("P1")
    with pytest.raises(ef.GameError, match=message):
        PlanFloors(polytope, np.array(share, dtype=float), np.array(least, dtype=float))


@pytest.mark.parametrize("seed", range(6))
def test_how_much_can_be_done_of_a_sequence(seed: int) -> None:
    """The most of each sequence, and the most that is added to its floor, by linear programs."""
    game = dealt_game(seed)
    generator = np.random.default_rng(seed)
    for player in game.players:
        floors = random_floors(game, player, generator)
        polytope = floors.polytope
        above = np.vstack([np.zeros(polytope.size), floors.rows.toarray()])
        for goals, constant, expected in (
            (np.eye(polytope.size), np.zeros(polytope.size), floors.highest),
            (above, floors.least, floors.room),
        ):
            for q in range(1, polytope.size):
                found = linprog(
                    -goals[q],
                    A_ub=-floors.rows,
                    b_ub=-floors.least[1:],
                    A_eq=polytope.F,
                    b_eq=polytope.f,
                )
                assert -found.fun - constant[q] == pytest.approx(expected[q])


@pytest.mark.parametrize("seed", range(4))
def test_extreme_plans_spend_what_is_left_at_one_action(seed: int) -> None:
    """They are plans above floors, and only chosen sequences are done more than these say."""
    game = dealt_game(seed)
    generator = np.random.default_rng(seed)
    for player in game.players:
        floors = random_floors(game, player, generator)
        polytope = floors.polytope
        chosen = np.zeros(polytope.size)
        chosen[
            [int(generator.integers(*polytope.start[j : j + 2])) for j in range(polytope.points)]
        ] = 1
        plan = floors.extreme(chosen)
        added = floors.rows @ plan - floors.least[1:]

        assert polytope.F @ plan == pytest.approx(polytope.f)
        assert added.min(initial=0) >= -1e-12
        assert added[chosen[1:] == 0] == pytest.approx(0)
