"""Regrets from the tree, against enumeration of pure plans."""

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.testing import assert_allclose

import efmodels as ef
from efmodels.errors import GameError
from efmodels.verifying import Profile
from tests.oracles.deviation import best_response_value
from tests.oracles.expectation import expected_payoffs

GAMES = [
    ef.instances.kuhn(),
    ef.instances.kuhn(players=3, ranks=4),
    ef.instances.liars_dice(faces=2),
    ef.Game.from_matrices(*np.random.default_rng(1).normal(size=(3, 2, 3, 2))),
]


def random_profile(game: ef.Game, seed: int) -> Profile:
    """Draw a behaviour strategy for everybody."""
    form = game.sequence_form()
    generator = np.random.default_rng(seed)
    parts = [np.zeros(len(game.chance_probabilities))]
    parts += [p.behaviour(p.random(generator))[1:] for p in form.polytopes]
    return Profile(game, np.concatenate(parts))


def for_oracle(profile: Profile) -> dict[tuple[int, int], list[float]]:
    """Write a profile as the oracles want it."""
    game = profile.game
    return {
        (owner, j): profile.behaviour[list(game.actions_of(j))].tolist()
        for owner in range(1, len(game.players) + 1)
        for j in game.infosets_of(owner)
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("game", GAMES, ids=repr)
def test_payoffs_equal_those_of_the_recursion(game: ef.Game, seed: int) -> None:
    """Expected payoffs agree with plain recursion over the tree."""
    profile = random_profile(game, seed)

    assert_allclose(list(profile.payoffs().values()), expected_payoffs(game, for_oracle(profile)))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("game", [GAMES[0], GAMES[3]], ids=repr)
def test_best_responses_equal_those_of_enumeration(game: ef.Game, seed: int) -> None:
    """No pure plan is better than the best response, and one is as good."""
    profile = random_profile(game, seed)
    for number, player in enumerate(game.players, start=1):
        expected = best_response_value(game, number, for_oracle(profile))

        assert_allclose(profile.best_response_value(player), expected, atol=1e-12)


def test_exploitability_is_the_sum_of_regrets() -> None:
    """In matching pennies a pure player loses 1 to her opponent's reply."""
    game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])

    assert Profile(game, [1, 0, 1, 0]).regrets() == {"P1": 0, "P2": 2}
    assert Profile(game, [1, 0, 1, 0]).exploitability() == 2


def test_strategy_table_shows_reach_and_regret() -> None:
    """At a bad action the regret of the better one is what it would gain, off the path 0."""
    tree = {
        "player": "A",
        "infoset": "start",
        "actions": {
            "out": {"payoffs": [1, 0]},
            "in": {
                "player": "B",
                "infoset": "reply",
                "actions": {"no": {"payoffs": [0, 0]}, "yes": {"payoffs": [3, 2]}},
            },
        },
    }
    table = Profile(ef.Game.from_dict(tree, players=["A", "B"]), [1, 0, 0.5, 0.5]).strategy()

    assert table["action"].tolist() == ["out", "in", "no", "yes"]
    assert table["reach"].tolist() == [1, 1, 0, 0]
    assert table["regret"].tolist() == [0, 0.5, 0, 0]
    assert table["player"].tolist() == ["A", "A", "B", "B"]


def test_immediate_gains_are_within_the_regret() -> None:
    """No single change of an action gains more than the regret, and some change gains."""
    profile = random_profile(GAMES[0], 4)
    table = profile.strategy()
    gains = table.groupby(["player", "infoset"], sort=False)["regret"].max().clip(lower=0)

    for player, regret in profile.regrets().items():
        assert 0 < gains[player].max() <= regret + 1e-12


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ([1, 0, 1], r"shape \(3,\); expected \(4,\)"),
        ([1, 0, 0.5, 0.6], "infoset 'P2_1' sum to 1.1"),
        ([2, -1, 0.5, 0.5], "nonnegative"),
        ([np.nan, 0, 1, 0], "sum to nan"),
    ],
)
def test_what_is_no_strategy_is_refused(behaviour: list[float], message: str) -> None:
    """Shapes, sums and signs are checked."""
    game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    with pytest.raises(GameError, match=message):
        Profile(game, behaviour)


def test_verify_takes_a_block() -> None:
    """A model is not a block of a formulation."""
    with pytest.raises(GameError, match="ConcreteModel knows no regrets: give the block"):
        ef.verify(pyo.ConcreteModel())


def test_nobody_moves() -> None:
    """A game that is over at once has payoffs and no regrets."""
    game = ef.Game.from_dict({"payoffs": {"A": 3}})

    assert Profile(game, []).payoffs() == {"A": 3}
    assert Profile(game, []).regrets() == {"A": 0}
