"""Joint reduced plans: their number, what they pay, and how they are shown."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import SizeError
from efmodels.formulations import nfce
from efmodels.mediator.explicit_plans import ReducedPlans, explicit_plans_problem
from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.plans import reduced_plans

GAMES = [ef.instances.random_tree(seed, players=2 + seed % 2, depth=3) for seed in range(6)]


@pytest.mark.parametrize("game", [*GAMES, ef.instances.kuhn()], ids=repr)
def test_plans_are_those_of_the_tree(game: ef.Game) -> None:
    """As many as there are by walking through the tree, all different."""
    for number, polytope in enumerate(game.sequence_form().polytopes, 1):
        plans = ReducedPlans(polytope)

        assert plans.number == len(plans.realization) == len(reduced_plans(game, number))
        assert len(np.unique(plans.realization, axis=0)) == plans.number
        assert (polytope.f[:, None] == polytope.F @ plans.realization.T).all()


@pytest.mark.parametrize("game", GAMES, ids=repr)
def test_payoffs_are_those_of_the_tree(game: ef.Game) -> None:
    """The expected payoffs of all joint plans, in any order."""
    problem = explicit_plans_problem(game)
    plans = [reduced_plans(game, k + 1) for k in range(len(game.players))]
    expected = [expected_payoffs(game, pure_profile(game, joint)) for joint in product(*plans)]

    found = sorted(map(tuple, problem.payoffs[:, 1:].T.round(9).tolist()))
    assert found == sorted(tuple(round(float(u), 9) for u in row) for row in expected)


def test_numbers_are_counted_before_anything_is_listed() -> None:
    """A game with astronomically many plans is refused at once, with the numbers."""
    with pytest.raises(SizeError, match=r"531,441 x 16,777,216 = 8,916,100,448,256 joint"):
        nfce(ef.instances.kuhn(ranks=12))


def test_limit_is_the_callers() -> None:
    """Four joint plans and three sequences each, with two payoffs: 4 * (2 + 3 + 3) entries."""
    with (
        ef.memory_limit(gigabytes=1e-6),
        pytest.raises(
            SizeError, match=r"NFCE of .*: 2 x 2 = 4 joint .* 32 entries, need.*efce needs"
        ),
    ):
        nfce(ef.instances.chicken())
    with ef.memory_limit(gigabytes=1e-5):
        assert explicit_plans_problem(ef.instances.chicken()).problem.size == 5


def test_strategy_is_a_lottery() -> None:
    """A row for each joint plan with a probability, the likeliest first."""
    table = ef.optimal_equilibrium(ef.instances.chicken(6, 2, 7, 0), "nfce").strategy()

    assert list(table.columns) == ["P1", "P2", "probability"]
    assert table["probability"].tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert table.loc[0, ["P1", "P2"]].tolist() == ["P1_1:Stop", "P2_1:Stop"]
