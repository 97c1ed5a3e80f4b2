"""Sequence forms: matrices, labels and perfect recall."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import efmodels as ef
from efmodels.errors import GameError
from efmodels.sequences import last_sequences
from tests.oracles.expectation import expected_payoffs

FORGETFUL = {
    "player": "A",
    "infoset": "first",
    "actions": {
        move: {
            "player": "A",
            "infoset": "second",
            "actions": {"x": {"payoffs": [1]}, "y": {"payoffs": [0]}},
        }
        for move in ("l", "r")
    },
}
ABSENT_MINDED = {
    "player": "A",
    "infoset": "exit",
    "actions": {
        "off": {"payoffs": [0]},
        "on": {
            "player": "A",
            "infoset": "exit",
            "actions": {"off": {"payoffs": [4]}, "on": {"payoffs": [1]}},
        },
    },
}


def behaviour_profile(game: ef.Game, plans: list[np.ndarray]) -> dict[tuple[int, int], list[float]]:
    """Write plans as the oracle wants them."""
    form = game.sequence_form()
    profile = {}
    for k, plan in enumerate(plans):
        choices = form.polytopes[k].behaviour(plan)
        for point, infoset in enumerate(game.infosets_of(k + 1)):
            start, end = form.polytopes[k].start[point : point + 2]
            profile[k + 1, infoset] = choices[start:end].tolist()
    return profile


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("game", [ef.instances.kuhn(), ef.instances.liars_dice(faces=2)], ids=repr)
def test_payoff_matrices_give_expected_payoffs(game: ef.Game, seed: int) -> None:
    """For random plans x, y the product x'Ay is the expected payoff of the tree."""
    form = game.sequence_form()
    generator = np.random.default_rng(seed)
    plans = [polytope.random(generator) for polytope in form.polytopes]
    expected = expected_payoffs(game, behaviour_profile(game, plans))

    for player, payoff in zip(game.players, expected, strict=True):
        assert_allclose(plans[0] @ form.payoff_matrix(player) @ plans[1], payoff, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_tuples_give_expected_payoffs_of_many_players(seed: int) -> None:
    """With three players the distinct tuples of sequences and their payoffs do the same."""
    game = ef.instances.kuhn(players=3, ranks=4)
    form = game.sequence_form()
    generator = np.random.default_rng(seed)
    plans = [polytope.random(generator) for polytope in form.polytopes]
    reach = np.prod([plan[form.sequences[:, k]] for k, plan in enumerate(plans)], axis=0)

    assert_allclose(reach @ form.payoffs, expected_payoffs(game, behaviour_profile(game, plans)))
    assert_allclose(reach @ form.chance, 1)
    assert len(np.unique(form.sequences, axis=0)) == len(form.sequences)


def test_kuhn_has_thirteen_sequences_each() -> None:
    """Counts and names of the textbook example."""
    form = ef.instances.kuhn().sequence_form()

    assert [polytope.size for polytope in form.polytopes] == [13, 13]
    assert form.constraint_matrix("P1").shape == (7, 13)
    assert form.polytope("P1").names[:5] == ("root", "J_check", "J_bet", "J_kb_fold", "J_kb_call")


def test_payoff_frame_has_labels() -> None:
    """The table's rows and columns are the sequences of the first and the second player."""
    form = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]]).sequence_form()
    table = form.payoff_frame("P2")

    assert table.loc["P1_1_1", "P2_1_2"] == 5
    assert list(table.index) == ["root", "P1_1_1", "P1_1_2"]


def test_constraint_frame_has_labels() -> None:
    """Rows are the root and the infosets: King's second move is reached by checking."""
    form = ef.instances.kuhn().sequence_form()
    table = form.constraint_frame("P1")
    row = table.loc["K_kb"]

    assert row[row != 0].to_dict() == {"K_check": -1, "K_kb_fold": 1, "K_kb_call": 1}
    assert table.index[0] == table.columns[0] == "root"
    assert table.shape == form.constraint_matrix("P1").shape


def test_questions_about_others_are_refused() -> None:
    """Unknown players, and matrices of games that are not for two, are named."""
    form = ef.instances.kuhn(players=3, ranks=3 + 1).sequence_form()

    for ask in (form.payoff_matrix, form.payoff_frame):
        with pytest.raises(GameError, match="has 3 players and so no payoff matrix"):
            ask("P1")
    with pytest.raises(GameError, match="no player is called 'Bob'"):
        form.polytope("Bob")


@pytest.mark.parametrize("tree", [FORGETFUL, ABSENT_MINDED], ids=["forgets", "absent-minded"])
def test_broken_recall_is_named(tree: dict[str, object]) -> None:
    """The message names the infoset and two histories; the game itself can be used."""
    game = ef.Game.from_dict(tree)

    assert not game.has_perfect_recall
    with pytest.raises(
        GameError, match=r"infoset '(second|exit)' contains the histories \["
    ) as error:
        game.sequence_form()
    assert str(error.value).count("[") == 2


def test_last_sequences_follow_the_path() -> None:
    """Each node knows the last own sequence of everybody before it."""
    game = ef.Game.from_matrices([[1, 2], [3, 4]], [[1, 2], [3, 4]])

    assert last_sequences(game).tolist() == [[0, 0], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]]
