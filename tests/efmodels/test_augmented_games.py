"""The zero-sum games behind mediated equilibria, against the linear programs of the arrays."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import CapabilityError, GameError, SizeError
from efmodels.mediated_concepts import SWITCHES
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept
from efmodels.mediator.problem import mediated_problem
from tests.efmodels.self_play.mixed_behaviour import game_of
from tests.oracles.full_communication_game import deviation_value, honest_payoff
from tests.oracles.mediated import lagrangian_value, optimum_and_prices

if TYPE_CHECKING:
    from efmodels.game import Game
    from tests.oracles.full_communication_game import Message

CONCEPTS = {name: concept for name, concept in SWITCHES.items() if concept.deviate != "plan"} | {
    "spies": replace(concepts.COMMUNICATION, spies="chance"),
    "eavesdroppers": replace(concepts.CERTIFICATION, overhears="everything"),
    "private, overheard": replace(concepts.EFCE, overhears="everything"),
    "silence not heard": replace(concepts.CERTIFICATION, hears_silence=False),
    "sees draws": Concept("recall", "lie", "full", observe="chance"),
    "private and silent": Concept("private", "silent", "full"),
}


def value_of(written: Game) -> float:
    """Return the value of a mediator, or of a team of agents, against the deviator."""
    name = "nash_zero_sum" if len(written.players) == 2 else "tmecor"
    return ef.optimal_equilibrium(written, name).value


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(2), id="2 games"),
        pytest.param(range(2, 16), marks=pytest.mark.slow, id="14 games"),
    ],
)
@pytest.mark.parametrize("name", CONCEPTS)
def test_values(name: str, seeds: range) -> None:
    """The value is that of the relaxed linear program, and the optimum at its dual values."""
    for seed in seeds:
        game, concept = game_of(seed), CONCEPTS[name]
        problem = mediated_problem(game, concept).problem
        optimum, prices = optimum_and_prices(problem, problem.c)
        written = ef.augmented_game(game, concept)
        if not prices:  # as there may be none where deviators spy or eavesdrop
            assert value_of(written) < -1e-6
            continue
        assert value_of(written) == pytest.approx(0, abs=1e-6)
        exact = dict(zip(game.players, [max(p, 0) + 1e-3 for p in prices], strict=True))
        small = np.random.default_rng(seed).uniform(0, 1, len(game.players)).tolist()
        written = ef.lagrangian_game(game, concept, exact)
        relaxed = ef.lagrangian_game(game, concept, dict(zip(game.players, small, strict=True)))

        assert value_of(written) == pytest.approx(optimum, abs=1e-6)
        assert value_of(relaxed) == pytest.approx(lagrangian_value(problem, small), abs=1e-6)
        assert value_of(relaxed) >= optimum - 1e-6


@pytest.mark.parametrize("name", CONCEPTS)
def test_everybody_remembers(name: str) -> None:
    """Mediator or agents, and the deviator, have perfect recall; payoffs sum to zero exactly."""
    written = ef.lagrangian_game(
        ef.instances.sheriff(items=1, bribe=1, rounds=1), CONCEPTS[name], 2
    )

    assert written.has_perfect_recall
    assert all(sum(payoffs) == 0 for payoffs in written.outcome_payoffs)
    assert written.players[-1] == "deviator"
    assert len(written.players) == (2 if CONCEPTS[name].memory == "recall" else 3)


@pytest.mark.parametrize("name", ["COMM", "CERT", "CCERT", "NFCCERT"])
def test_solutions_are_equilibria(name: str) -> None:
    """An optimal strategy of the mediator is an equilibrium's policy: nobody gains against it.

    Its answers are read off the solved game by the labels of its infosets, and tried in the game of
    one deviator, written out by an oracle.
    """
    game = ef.instances.sheriff(items=1, bribe=1, rounds=1)
    written = ef.augmented_game(game, name)
    solved = ef.optimal_equilibrium(written, "nash_zero_sum").strategy()
    rows = solved[solved["player"] == "mediator"].groupby("infoset", sort=False)["probability"]
    answers = {label: group.tolist() for label, group in rows}

    def answer(messages: tuple[Message, ...], infoset: int) -> list[float]:
        words = [word_of(game, message) for message in messages]
        return answers[", ".join([*words, game.infoset_names[infoset]])]

    for number in (1, 2):
        best = deviation_value(game, SWITCHES[name], number, [(1.0, answer)])
        paid = honest_payoff(game, SWITCHES[name], number, [(1.0, answer)])
        assert best <= paid + 1e-6


def word_of(game: Game, message: Message) -> str:
    """Return what a message is called in the labels of the mediator's infosets."""
    kind, first, second = message
    if kind == "silent":
        return f"{game.players[first - 1]} silent"
    return f"{game.infoset_names[first]}:{game.action_names[game.actions_of(first)[second]]}"


def test_exact_numbers() -> None:
    """Where game and multipliers are exact, so is the game; it survives a file."""
    game = ef.instances.kuhn()
    written = ef.lagrangian_game(game, "CERT", Fraction(7, 3), objective="P1")

    assert written.is_exact
    assert ef.loads(ef.dumps(written, format="efg"), format="efg") == written


def test_another_package_solves_it() -> None:
    """Gambit's linear program finds the optimum of ours."""
    pygambit = pytest.importorskip("pygambit", reason="pygambit is not installed")
    game = ef.instances.chicken(6, 2, 7, 0)
    written = ef.to_pygambit(ef.lagrangian_game(game, "COMM", 10))
    solved = pygambit.nash.lp_solve(written, use_strategic=False, rational=True)

    # Versions 17 and 16 name things differently.
    if hasattr(solved, "equilibrium"):
        payoff = solved.equilibrium.payoffs["mediator"]
    else:
        payoff = solved.equilibria[0].payoff("mediator")
    assert float(payoff) == pytest.approx(ef.optimal_equilibrium(game, "COMM").value)


def test_pawns() -> None:
    """Who has no incentive constraint is not at stake, and does what the mediator says."""
    game = ef.instances.chicken(6, 2, 7, 0)
    free = ef.lagrangian_game(game, "EFCE", 20, objective="P1", obedient=["P2"])
    best = ef.optimal_equilibrium(game, "sefce", leader="P1").value

    assert value_of(free) == pytest.approx(best)
    assert "incentives of P1" not in free.action_labels


def test_what_is_refused() -> None:
    """Whole plans, no stakes, unknown players, negative and missing multipliers."""
    game = ef.instances.chicken()
    with pytest.raises(CapabilityError, match="deviators hear whole plans"):
        ef.augmented_game(game, "NFCE")
    with pytest.raises(GameError, match="nothing is at stake"):
        ef.augmented_game(game, "EFCE", obedient=[])
    with pytest.raises(GameError, match="no player is called 'Eve'"):
        ef.lagrangian_game(game, "EFCE", 1, objective="Eve")
    with pytest.raises(GameError, match="multipliers are finite and not negative; got -1"):
        ef.lagrangian_game(game, "EFCE", -1)
    with pytest.raises(GameError, match=r"no multiplier was given for \['P2'\]"):
        ef.lagrangian_game(game, "EFCE", {"P1": 1})


def test_too_large() -> None:
    """What does not fit is refused before anything is written."""
    with ef.memory_limit(gigabytes=0.1), pytest.raises(SizeError, match="written out"):
        ef.augmented_game(ef.instances.load("S2122"), "COMM")
