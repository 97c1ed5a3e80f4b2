"""Trees of learners: approximate normal-form correlated equilibria without listing plans."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.learning.algorithms import CFR
from efmodels.mediator.concept import NFCCE, NFCE
from efmodels.self_play.learner_trees import shapes, tree_swap
from tests.efmodels.self_play.mixed_behaviour import game_of


def worst_share(game: ef.Game, regrets: dict[str, float]) -> float:
    """Return the largest regret as a share of its player's payoff range."""
    spread = np.ptp(game.payoffs, axis=0)
    return float((np.array(list(regrets.values())) / np.where(spread > 0, spread, 1)).max())


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(3), id="3 games"),
        pytest.param(range(3, 36), marks=pytest.mark.slow, id="33 games"),
    ],
)
def test_regrets_are_within_the_bound(seeds: range) -> None:
    """They are at most a share of 1/depth, plus what one learner regrets; deep and long is best."""
    for seed in seeds:
        game = game_of(seed)
        shallow = worst_share(game, tree_swap(game, steps=4, depth=2).regrets(NFCE))
        deep = worst_share(game, tree_swap(game, steps=8, depth=3).regrets(NFCE))

        assert deep < 1 / 3
        assert deep < max(shallow, 0.05) + 1e-9


def test_who_draws_what() -> None:
    """In each round one plan of each depth may be drawn, and a learner's step is one plan."""
    mixture = tree_swap(ef.instances.chicken(), steps=3, depth=2)
    for plans, drawn in zip(mixture.plans, mixture.drawn, strict=True):
        assert drawn.shape == (9, 3 + 9)
        assert len(plans) == 12
        assert (np.diff(drawn.indptr) == 2).all()
        assert sorted(drawn.sum(axis=0).tolist()) == [0.5] * 9 + [1.5] * 3


def test_one_learner_is_plain_self_play() -> None:
    """A tree of depth one is coarse: everybody minimizes regret, and hears the round."""
    game = ef.instances.kuhn()
    mixture = tree_swap(game, steps=200, depth=1, algorithm=CFR())

    assert max(mixture.regrets(NFCCE).values()) < 0.05
    assert all(len(plans) == 200 for plans in mixture.plans)


def test_shapes_grow() -> None:
    """All shapes fit into the rounds, and more rounds bring longer lives at every depth."""
    for steps, depth in shapes(5000):
        assert steps**depth <= 5000
    assert max(depth for _, depth in shapes(5000)) == 6
    assert max(steps for steps, _ in shapes(5000)) == 64


def test_no_rounds() -> None:
    """A tree needs a learner and a step."""
    with pytest.raises(GameError, match="must be at least 1; got 0 and 2"):
        tree_swap(ef.instances.chicken(), steps=0, depth=2)
