"""Best deviations as records: what they gain, and what is done, by examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.mediation_blocks import mediated_block
from efmodels.mediator import concept as concepts
from efmodels.mediator.policy import Policy
from efmodels.mediator.problem import mediated_problem

if TYPE_CHECKING:
    from efmodels.mediator.concept import Concept


def always(game: ef.Game, concept: Concept, **answers: str) -> Policy:
    """Return the policy that answers each infoset the same, whatever it remembers."""
    mediated = mediated_problem(game, concept)
    polytope = mediated.problem.leader
    chosen = np.zeros(polytope.size)
    for point in range(polytope.points):
        infoset = int(mediated.mediation.infoset[point]) + len(game.infosets_of(0))
        names = [game.action_names[k] for k in game.actions_of(infoset)]
        number = names.index(answers[game.infoset_names[infoset]])
        chosen[polytope.start[point] + number] = 1.0
    chosen[0] = 1.0
    return Policy(mediated, polytope.realization(chosen))


def signaling() -> ef.Game:
    """Return a game in which a sender sees a coin, sends a word, and a receiver guesses the coin.

    The receiver wants to be right; the sender wants her to say heads.
    """
    build = ef.GameBuilder(["Sender", "Receiver"])
    coin = build.chance({"heads": "3/4", "tails": "1/4"})
    for side in ("heads", "tails"):
        sender = build.decision("Sender", f"saw {side}", ["a", "b"], below=(coin, side))
        for word in ("a", "b"):
            receiver = build.decision(
                "Receiver", f"heard {word}", ["heads", "tails"], below=(sender, word)
            )
            for guess in ("heads", "tails"):
                pay = [4 * (guess == "heads"), 8 * (guess == side)]
                build.terminal(pay, below=(receiver, guess))
    return build.game()


TRUTH = {"saw heads": "a", "saw tails": "b", "heard a": "heads", "heard b": "tails"}


def test_a_sender_who_would_rather_not_tell() -> None:
    """Told to signal tails, she signals heads: she gets 4 instead of 3, a quarter of the time."""
    found = always(signaling(), concepts.EFCE, **TRUTH).best_deviation("Sender")

    assert (found.player, found.value, found.gain) == ("Sender", 4.0, 1.0)
    assert found.plan().to_dict("records") == [
        {
            "infoset": "saw tails",
            "earlier": "",
            "report": "saw tails",
            "recommendation": "b",
            "action": "a",
            "probability": 0.25,
        }
    ]


def test_a_lie() -> None:
    """Who may lie to a mediator that knows what it advised signals heads when it is tails."""
    game = signaling()
    policy = always(game, concepts.COMMUNICATION, **TRUTH)
    found = policy.best_deviation("Sender")
    plan = found.plan()

    assert found.value == 4.0
    assert set(plan["infoset"]) == {"saw tails"}
    assert set(plan["action"]) == {"a"}


def test_staying_out() -> None:
    """Who decides before the game hears nothing later: the receiver bets on the likelier side."""
    policy = always(signaling(), concepts.NFCCE, **(TRUTH | {"saw tails": "a"}))
    found = policy.best_deviation("Receiver")

    assert (found.value, found.gain) == (6.0, 0.0)
    assert found.plan()[["infoset", "report", "recommendation"]].to_numpy().tolist() == [
        ["heard a", "", ""]
    ]


def test_no_better_plan_than_honesty() -> None:
    """An obedient receiver has nothing to gain from the truth, and an empty plan."""
    found = always(signaling(), concepts.EFCE, **TRUTH).best_deviation("Receiver")

    assert (found.value, found.gain) == (8.0, 0.0)
    assert found.plan().empty


def test_earlier_moves_are_told() -> None:
    """A plan of two moves says at the second one what happened at the first."""
    build = ef.GameBuilder(["P"])
    first = build.decision("P", "first", ["l", "r"])
    build.terminal([0], below=(first, "l"))
    second = build.decision("P", "second", ["L", "R"], below=(first, "r"))
    build.terminal([1], below=(second, "L"))
    build.terminal([2], below=(second, "R"))
    policy = always(build.game(), concepts.EFCE, first="l", second="L")
    plan = policy.best_deviation("P").plan()

    assert plan["action"].tolist() == ["r", "R"]
    assert plan["earlier"].tolist() == ["", "first: r, told l"]
    assert plan["report"].tolist() == ["first", ""]


def test_questions_in_advance() -> None:
    """Who may ask when she likes learns at her first move what she is told at the second."""
    build = ef.GameBuilder(["P"])
    first = build.decision("P", "first", ["l", "r"])
    for side in ("l", "r"):
        second = build.decision("P", f"second after {side}", ["L", "R"], below=(first, side))
        build.terminal([1], below=(second, "L"))
        build.terminal([3 * (side == "r")], below=(second, "R"))
    answers = {"first": "l", "second after l": "R", "second after r": "L"}
    policy = always(build.game(), concepts.LINEAR, **answers)
    found = policy.best_deviation("P")

    assert (found.value, found.gain) == (3.0, 3.0)
    assert found.plan()["action"].tolist() == ["r", "R"]


def test_regrets_are_gains() -> None:
    """The regrets of a policy are the gains from the tree, for those with incentives alone."""
    game = signaling()
    mediated = mediated_problem(game, concepts.EFCE, ["Sender"])
    policy = Policy(mediated, mediated.problem.leader.random(np.random.default_rng(0)))

    assert policy.regrets() == {"Sender": policy.best_deviation("Sender").gain}
    with pytest.raises(ef.GameError, match="'Receiver' has no incentive constraints"):
        policy.best_deviation("Receiver")
    with pytest.raises(ef.GameError, match="no player is called 'Nobody'"):
        policy.best_deviation("Nobody")


def test_blocks_know_the_best_deviation() -> None:
    """A solved block hands the question on to its policy."""
    model = pyo.ConcreteModel()
    model.eq = mediated_block(signaling(), concepts.EFCE)
    model.goal = pyo.Objective(expr=model.eq.objective("Receiver"), sense=pyo.maximize)
    ef.solve(model)
    found = model.eq.best_deviation("Sender")

    assert found.gain == pytest.approx(0.0, abs=1e-7)
    assert found.value == pytest.approx(model.eq.solution().payoffs()["Sender"], abs=1e-7)


def test_blocks_without_a_mediator_have_no_such_deviation() -> None:
    """The error says what there is instead."""
    equilibrium = ef.optimal_equilibrium(ef.instances.matching_pennies(), "nash_zero_sum")

    with pytest.raises(ef.CapabilityError, match="has no mediator"):
        equilibrium.model.eq.best_deviation("P1")
