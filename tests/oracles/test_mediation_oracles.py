"""The oracles of mediated equilibria, on games whose answers are known by heart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from efmodels.mediator import concept as concepts
from tests.oracles.communication_games import CommunicationGame, ReducedCommunicationGame
from tests.oracles.concavification import concave_envelope
from tests.oracles.direct_communication import best_direct_communication
from tests.oracles.matrix_commitment import strong_stackelberg_value
from tests.oracles.normal_form import coarse_correlated_value, correlated_value, mediated_value
from tests.oracles.plan_distributions import joint_plans
from tests.oracles.private_mediators import best_correlation_plan, best_lottery

if TYPE_CHECKING:
    from efmodels.mediator.concept import Concept

CHICKEN = ef.instances.chicken(6, 2, 7, 0)
SIGNALLING = ef.instances.von_stengel_forges_signaling()


@pytest.mark.parametrize(("concept", "value"), [(concepts.NFCE, 6), (concepts.EFCE, 10)])
def test_lotteries_over_plans_of_a_signalling_game(concept: Concept, value: float) -> None:
    """A bad sender who knows her whole plan knows what the good one says (von Stengel, Forges)."""
    assert joint_plans(SIGNALLING) == 16
    assert best_lottery(SIGNALLING, concept, [1, 1]) == pytest.approx(value)


@pytest.mark.parametrize("written", [CommunicationGame, ReducedCommunicationGame])
@pytest.mark.parametrize(
    ("concept", "value"), [(concepts.COMMUNICATION, 6), (concepts.CERTIFICATION, 10)]
)
def test_written_out_signalling_game(
    written: type[CommunicationGame], concept: Concept, value: float
) -> None:
    """A bad sender who can lie imitates the good one; one who can only be silent cannot."""
    assert written(SIGNALLING, concept).best([1, 1]) == pytest.approx(value)


@pytest.mark.parametrize("written", [CommunicationGame, ReducedCommunicationGame])
@pytest.mark.parametrize(
    ("concept", "value"), [(concepts.COARSE_CERTIFICATION, 11), (concepts.MEDIATED, 12)]
)
def test_written_out_chicken(
    written: type[CommunicationGame], concept: Concept, value: float
) -> None:
    """The second driver is advised after the first was silent; or both have signed before."""
    assert written(CHICKEN, concept).best([1, 1]) == pytest.approx(value)


def test_what_a_reduced_game_leaves_out() -> None:
    """Who was silent can speak again only in the whole game; so can two who both disobey."""
    game = ef.instances.random_tree(7, depth=3, chance_probability=0)
    whole, reduced = (
        written(game, concepts.CERTIFICATION)
        for written in (CommunicationGame, ReducedCommunicationGame)
    )

    assert len(whole.points) > len(reduced.points)
    assert len(whole.asked) > len(reduced.asked)


def test_chicken_as_a_normal_form() -> None:
    """Two lotteries that nobody leaves, and threats that make both drive gently."""
    assert best_correlation_plan(CHICKEN, concepts.EFCE, [1, 1]) == pytest.approx(10.5)
    assert correlated_value(CHICKEN, (1, 1)) == pytest.approx(10.5)
    assert coarse_correlated_value(CHICKEN, (1, 1)) == pytest.approx(10.5)
    assert mediated_value(CHICKEN, (1, 1)) == pytest.approx(12)


def test_players_without_incentives() -> None:
    """If nobody has incentives, the best outcome counts; a leader's commitment has a value."""
    game = ef.instances.commitment_game()
    form = game.sequence_form()
    U, V = (form.payoff_matrix(player).toarray()[1:, 1:] for player in game.players)

    assert best_lottery(CHICKEN, concepts.EFCE, [1, 0], []) == pytest.approx(7)
    assert CommunicationGame(CHICKEN, concepts.COMMUNICATION).best([1, 0], []) == pytest.approx(7)
    assert strong_stackelberg_value(U, V) == pytest.approx(10.5)
    assert correlated_value(game, (1, 0), [2]) == pytest.approx(10.5)


def test_envelope_of_the_prosecutor() -> None:
    """All the guilty are convicted and as many of the innocent (Kamenica and Gentzkow)."""
    acquit_or_convict = np.array([[0.0, 1.0], [0.0, 1.0]])
    right = np.array([[0.0, 1.0], [1.0, 0.0]])

    assert concave_envelope(np.array([0.3, 0.7]), acquit_or_convict, right) == pytest.approx(0.6)
    assert concave_envelope(np.array([1.0]), np.array([[0.0, 2.0]]), np.array([[1.0, 1.0]])) == 2


def test_envelope_over_three_states() -> None:
    """Who is paid for a mistake tells only what makes it: 1/3 of the belief is the most."""
    receiver = np.eye(3)
    sender = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    uniform = np.full(3, 1 / 3)

    assert concave_envelope(uniform, sender, receiver) == pytest.approx(1 / 3)


def test_direct_communication_by_hand() -> None:
    """Somebody has to guess a coin that the other sees: all is told if both want it, else nothing.

    The first player has two types and one action, the second one type and two actions.
    """
    prior = np.array([[0.5], [0.5]])
    match = np.eye(2).reshape(2, 1, 1, 2)

    assert best_direct_communication(prior, (match, match), [0, 1]) == pytest.approx(1)
    assert best_direct_communication(prior, (-match, match), [0, 1]) == pytest.approx(0.5)
