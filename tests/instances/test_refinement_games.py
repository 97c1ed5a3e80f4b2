"""Textbook games: their equilibria, and what small trembles make of them."""

from __future__ import annotations

import pytest

import efmodels as ef
from efmodels.instances import entry_game, guess_the_ace, mertens_voting, selten_horse
from tests.oracles.named_profiles import profile_of
from tests.oracles.normal_form import pure_equilibria
from tests.oracles.zero_sum import zero_sum_value

ACROSS = {"P1": {"1": "across"}, "P2": {"2": "across"}, "P3": {"3": "right"}}
DOWN = {"P1": {"1": "down"}, "P2": {"2": "across"}, "P3": {"3": "left"}}


def test_equilibria_of_the_entry_game() -> None:
    """Sharing and the empty threat are the pure equilibria."""
    out = {"Entrant": {"entry": "out"}, "Incumbent": {"answer": "fight"}}
    share = {"Entrant": {"entry": "in"}, "Incumbent": {"answer": "share"}}
    game = entry_game()

    assert pure_equilibria(game) == [out, share]
    assert profile_of(game, out).payoffs() == {"Entrant": 0, "Incumbent": 2}
    assert profile_of(game, share).payoffs() == {"Entrant": 1, "Incumbent": 1}


def test_threat_to_fight_is_empty() -> None:
    """Should the entrant come in by mistake, fighting loses 2 against sharing."""
    mistake = {"Entrant": {"entry": {"out": 0.9, "in": 0.1}}, "Incumbent": {"answer": "fight"}}

    assert profile_of(entry_game(), mistake).regrets()["Incumbent"] == pytest.approx(0.2)


def test_equilibria_of_seltens_horse() -> None:
    """There are two in pure strategies, which pay (3, 3, 2) and (1, 1, 1)."""
    game = selten_horse()

    assert pure_equilibria(game) == [DOWN, ACROSS]
    assert list(profile_of(game, DOWN).payoffs().values()) == [3, 3, 2]
    assert list(profile_of(game, ACROSS).payoffs().values()) == [1, 1, 1]


def test_trembles_in_seltens_horse() -> None:
    """If P1 errs, P2 leaves the equilibrium of (3, 3, 2); P3 can stay in that of (1, 1, 1)."""
    game = selten_horse()
    erring = DOWN | {"P1": {"1": {"down": 0.9, "across": 0.1}}}
    trembling = ACROSS | {
        "P1": {"1": {"down": 0.01, "across": 0.99}},
        "P2": {"2": {"down": 0.05, "across": 0.95}},
    }

    assert profile_of(game, erring).regrets()["P2"] == pytest.approx(0.1 * (4 - 1))
    assert profile_of(game, trembling).regrets()["P3"] == 0


def test_infosets_of_mertens_game() -> None:
    """Who does the task knows that she voted for herself, not what chose her."""
    game = mertens_voting()
    above = {
        tuple(game.history(node))
        for node in range(game.nodes)
        if game.owner[node] == 1 and game.infoset_names[int(game.infoset[node])] == "task"
    }

    assert [[game.infoset_names[j] for j in game.infosets_of(k)] for k in (1, 2)] == [
        ["vote", "task"]
    ] * 2
    assert above == {("self", "self", "P1"), ("self", "other")}
    game.require_perfect_recall()


def vote(own: str, own_slip: float, other_slip: float) -> float:
    """Return what P1 gets by a vote if P2 votes for herself and hands slip."""
    plans = {
        player: {"vote": choice, "task": {"right": 1 - slip, "wrong": slip}}
        for player, choice, slip in [("P1", own, own_slip), ("P2", "self", other_slip)]
    }
    return profile_of(mertens_voting(), plans).payoffs()["P1"]


def test_votes_in_mertens_game() -> None:
    """With a sure hand of one's own one votes for oneself; with a worse one for the other."""
    assert vote("self", 0, 0.1) > vote("other", 0, 0.1)
    assert vote("self", 0.2, 0.1) < vote("other", 0.2, 0.1)
    assert vote("self", 0.1, 0.1) == pytest.approx(vote("other", 0.1, 0.1))


def test_everything_done_right_is_an_equilibrium_of_mertens_game() -> None:
    """All four pairs of votes pay 1, so that Nash equilibrium says nothing about them."""
    found = pure_equilibria(mertens_voting())
    right = [plan for plan in found if all(p["task"] == "right" for p in plan.values())]

    assert {(p["P1"]["vote"], p["P2"]["vote"]) for p in right} == {
        (a, b) for a in ("self", "other") for b in ("self", "other")
    }


def test_equilibria_of_guess_the_ace() -> None:
    """P1 stops whatever P2 would guess, and the irrational guess is among the equilibria."""
    found = pure_equilibria(guess_the_ace())

    assert [(p["P1"]["play?"], p["P2"]["guess"]) for p in found] == [
        ("stop", "ace"),
        ("stop", "not ace"),
    ]


@pytest.mark.parametrize("cards", [2, 52])
def test_value_of_guess_the_ace(cards: int) -> None:
    """It is 0, by pure plans and by sequences."""
    game = guess_the_ace(cards, prize="1/2")

    assert zero_sum_value(game) == pytest.approx(0, abs=1e-9)
    assert ef.optimal_equilibrium(game, "nash_zero_sum").value == pytest.approx(0, abs=1e-9)


def test_wrong_guess_of_the_ace() -> None:
    """If P1 lets play begin one time in ten, guessing the ace loses 50/52 of a tenth of 1000."""
    erring = {"P1": {"play?": {"stop": 0.9, "play": 0.1}}, "P2": {"guess": "ace"}}
    game = guess_the_ace()

    assert profile_of(game, erring).regrets()["P2"] == pytest.approx(100 * 50 / 52)
    assert [[game.infoset_names[j] for j in game.infosets_of(k)] for k in (1, 2)] == [
        ["play?"],
        ["guess"],
    ]
