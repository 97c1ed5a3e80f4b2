"""How hands tremble: floors by their definition, and what the axioms refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest

import efmodels as ef
from efmodels.perturbations import NOTHING, Perturbation, trembling_actions, trembling_sequences
from tests.oracles.perturbed_play import own_histories
from tests.random_games import dealt_game

TENTH = Fraction(1, 10)
VOTING = ef.instances.mertens_voting()
FOUR = {player: [(0, 1)] * 4 for player in VOTING.players}


@pytest.mark.parametrize("seed", range(4))
def test_floors_by_default(seed: int) -> None:
    """Every action has epsilon, and every sequence epsilon to the number of its moves."""
    game = dealt_game(seed)
    actions, sequences = trembling_actions(game).at(TENTH), trembling_sequences(game).at(TENTH)
    for number, player in enumerate(game.players, start=1):
        polytope = game.sequence_form().polytope(player)
        moves = own_histories(game, number)
        depth = [len(moves[j][0]) + 1 for j in sorted(moves) for _ in range(moves[j][1])]

        assert actions[player].share == (0, *(TENTH for _ in depth))
        assert not any(actions[player].least)
        assert sequences[player].least == (0, *(TENTH**n for n in depth))
        assert not any(sequences[player].share)
        assert len(depth) == polytope.size - 1


def test_polynomials_of_ones_own() -> None:
    """Coefficients begin with that of 1; who is left out trembles by default."""
    vote_and_task = [(0, 0, 2), (0, 3), (0, 0, 0, 1), (0, 0, 0, 1, -1)]
    floors = trembling_sequences(VOTING, {"P2": vote_and_task}).at(TENTH)

    assert floors["P2"].least[1:] == (2 * TENTH**2, 3 * TENTH, TENTH**3, TENTH**3 - TENTH**4)
    assert floors["P1"].least[1:] == (TENTH, TENTH, TENTH**2, TENTH**2)


def test_a_uniform_floor_on_sequences_is_refused() -> None:
    """It is no refinement, and the message explains why."""
    with pytest.raises(ef.GameError, match="has to spread her moves there as the floors say"):
        trembling_sequences(VOTING, FOUR)
    trembling_sequences(
        ef.Game.from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]]), {"P1": [(0, 1)] * 2}
    )


@pytest.mark.parametrize(
    ("make", "polynomial", "message"),
    [
        (trembling_actions, (), "not positive for small epsilon"),
        (trembling_actions, (0, -1, 5), "not positive for small epsilon"),
        (trembling_actions, (1,), "does not vanish with epsilon"),
        (trembling_sequences, (0, 0), "not positive for small epsilon"),
        (trembling_sequences, (0, -2), "not positive for small epsilon"),
        (trembling_sequences, (1, 1), "must vanish more quickly than that of 'root'"),
    ],
)
def test_axioms(make: object, polynomial: tuple[int, ...], message: str) -> None:
    """Floors are positive for small epsilon, and vanish."""
    game = ef.Game.from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    with pytest.raises(ef.GameError, match=message):
        make(game, {"P1": [(0, 1), polynomial]})


def test_arguments_are_checked() -> None:
    """Players exist, polynomials are as many as sequences, and a player trembles in one way."""
    one = ((Fraction(0), Fraction(1)),) * 5
    certain = ((Fraction(1),), *one[1:])
    none = (NOTHING,) * 5
    with pytest.raises(ef.GameError, match="no player is called 'P3'"):
        trembling_actions(VOTING, {"P3": []})
    with pytest.raises(ef.GameError, match="shares of 'P1' has 2 polynomials; expected 5"):
        trembling_actions(VOTING, {"P1": [(0, 1)]})
    with pytest.raises(ef.GameError, match="floors on actions and on sequences"):
        Perturbation(VOTING, (one, one), (certain, none))
    with pytest.raises(ef.GameError, match="its polynomial must be 1"):
        Perturbation(VOTING, (none, one), (one, none))


@pytest.mark.parametrize("make", [trembling_actions, trembling_sequences])
def test_epsilon_must_leave_room(make: object) -> None:
    """Where floors add up to all that there is, the message names the infoset."""
    with pytest.raises(ef.GameError, match=r"epsilon = 0\.5 is too large: at P1's infoset 'vote'"):
        make(VOTING).at(0.5)
    with pytest.raises(ef.GameError, match="epsilon must be above 0; got 0"):
        make(VOTING).at(0)
