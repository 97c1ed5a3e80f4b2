"""Equilibria in fractions: regrets that are 0, textbook contrasts, and enumeration."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.exact_equilibria import limit_equilibrium_by_pivoting
from efmodels.perturbations import trembling_actions, trembling_sequences
from tests.commitment_cases import cases_of, game_of
from tests.oracles.perturbed_play import (
    by_infoset,
    extreme_by_action,
    extreme_by_sequence,
    gain_within,
    own_histories,
    within_actions,
    within_sequences,
)
from tests.random_games import dealt_game, random_game

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.exact_profiles import ExactProfile

KINDS = {
    "EFPE": ef.perfect_equilibrium_by_pivoting,
    "QPE": ef.quasi_perfect_equilibrium_by_pivoting,
}
SMALL = 600
"""Most pure plans that are enumerated."""


def exact(game: ef.Game) -> ef.Game:
    """Return the game with fractions for the probabilities of chance."""
    chances = tuple(Fraction(one) for one in game.chance_probabilities)
    return replace(game, chance_probabilities=chances)


def chosen(profile: ExactProfile) -> dict[tuple[str, str, str], Fraction]:
    """Return the probability of each action, by names."""
    table = profile.strategy().set_index(["player", "infoset", "action"])
    return table["probability"].to_dict()


def assert_no_gain_in_perturbed_game(game: ef.Game, kind: str) -> None:
    """Assert that the trembling strategies have their floors, and nobody gains within them."""
    found = KINDS[kind](game)
    played = by_infoset(found.trembling)
    extreme = {"EFPE": extreme_by_action, "QPE": extreme_by_sequence}[kind]

    assert (
        within_actions(played, found.epsilon)
        if kind == "EFPE"
        else within_sequences(game, played, found.epsilon)
    )
    for player in (1, 2):
        assert gain_within(game, played, player, extreme, found.epsilon) == 0


def assert_limit(game: ef.Game, kind: str) -> None:
    """Assert that equilibria at a very small number are as near to the limit as it is small."""
    perturbation = {"EFPE": trembling_actions, "QPE": trembling_sequences}[kind](game)
    found = limit_equilibrium_by_pivoting(perturbation, epsilon=Fraction(1, 10**12))
    pairs = zip(found.profile.behaviour, found.trembling.behaviour, strict=True)

    assert max((abs(a - b) for a, b in pairs), default=0) <= Fraction(1, 10**9)
    assert not any(found.regrets().values())


def tiny(make: Callable[[int], ef.Game], seed: int) -> ef.Game | None:
    """Return a random game if its plans are few enough to enumerate."""
    game = exact(make(seed))
    for player in (1, 2):
        widths = [width for _, width in own_histories(game, player).values()]
        if np.prod(widths) > SMALL:
            return None
    return game


def check_random_games(make: Callable[[int], ef.Game], seeds: range) -> None:
    """Check both refinements on random games, and that there are enough of them."""
    games = [game for game in (tiny(make, seed) for seed in seeds) if game is not None]

    assert len(games) >= 0.7 * len(seeds)
    for game in games:
        for kind in KINDS:
            assert_no_gain_in_perturbed_game(game, kind)
            assert_limit(game, kind)


@pytest.mark.parametrize("make", [random_game, dealt_game])
def test_no_pure_plan_gains_in_the_perturbed_game(make: Callable[[int], ef.Game]) -> None:
    """By enumeration of every extreme strategy within the floors, exactly."""
    check_random_games(make, range(12))


@pytest.mark.slow
@pytest.mark.parametrize("make", [random_game, dealt_game])
def test_no_pure_plan_gains_in_many_perturbed_games(make: Callable[[int], ef.Game]) -> None:
    """The same for two hundred games in all."""
    check_random_games(make, range(12, 130))


@pytest.mark.parametrize("make", [random_game, dealt_game])
def test_nobody_regrets_an_exact_equilibrium(make: Callable[[int], ef.Game]) -> None:
    """Regrets are 0, in fractions, on two hundred random games, wherever the path starts."""
    for seed in range(100):
        game = make(seed)
        generator = np.random.default_rng(seed)
        costs = {
            player: generator.integers(1, 10**6, polytope.size).tolist()
            for player, polytope in zip(game.players, game.sequence_form().polytopes, strict=True)
        }

        assert not any(ef.lemke(game).regrets().values())
        assert not any(ef.lemke(game, costs).regrets().values())


@pytest.mark.parametrize(
    ("game", "value"),
    [
        (ef.instances.kuhn(), Fraction(-1, 18)),
        (ef.instances.kuhn(ranks=13), Fraction(-5, 78)),
        (ef.instances.liars_dice(faces=3), Fraction(1, 9)),
        pytest.param(
            ef.instances.battleship(2, 2, 2, loss_multiplier=1),
            Fraction(1, 8),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_known_values(game: ef.Game, value: Fraction) -> None:
    """Values of zero-sum games that the literature gives as fractions, as fractions."""
    assert ef.lemke(game).payoffs() == {"P1": value, "P2": -value}


@pytest.mark.slow
def test_hundreds_of_sequences() -> None:
    """Leduc with one raise: 121 and 121 sequences, and the value that linear programs find."""
    found = ef.lemke(ef.instances.leduc(raises=1))

    assert float(found.payoffs()["P1"]) == pytest.approx(-0.0781063, abs=5e-8)
    assert not any(found.regrets().values())


@pytest.mark.parametrize("seed", range(12))
def test_payoffs_are_those_of_an_enumerated_equilibrium(seed: int) -> None:
    """Gambit lists all extreme equilibria of small normal forms; one has these payoffs."""
    gambit = pytest.importorskip("pygambit")
    generator = np.random.default_rng(seed)
    A, B = generator.integers(-9, 10, (2, 4, 4))
    game = ef.Game.from_matrices(A.tolist(), B.tolist())
    payoffs = ef.lemke(game).payoffs()
    other = ef.to_pygambit(game)
    listed = gambit.nash.enummixed_solve(other, rational=True).equilibria
    labels = [str(k + 1) for k in range(4)]
    plans = [
        [np.array([Fraction(str(one[who][label])) for label in labels]) for who in ("P1", "P2")]
        for one in listed
    ]
    known = {(x @ A @ y, x @ B @ y) for x, y in plans}

    assert tuple(payoffs.values()) in known


def test_players_without_moves() -> None:
    """Who never moves has no pairs, and a game without any is at an equilibrium at once."""
    mine = {
        "player": "P1",
        "infoset": "i",
        "actions": {"l": {"payoffs": [0, 0]}, "r": {"payoffs": [1, -1]}},
    }
    game = ef.Game.from_dict(mine, players=["P1", "P2"])
    nothing = ef.Game.from_dict({"payoffs": [2, 3]}, players=["P1", "P2"])

    for function in (ef.lemke, *KINDS.values()):
        assert function(game).payoffs() == {"P1": 1, "P2": -1}
        assert function(nothing).payoffs() == {"P1": 2, "P2": 3}


def test_costs_lead_elsewhere() -> None:
    """In chicken the path ends at different equilibria, depending on where it starts."""
    game = ef.instances.chicken()
    starts = [{"P1": [0, *a], "P2": [0, *b]} for a in ((0, 1), (1, 0)) for b in ((0, 1), (1, 0))]
    found = {tuple(ef.lemke(game, costs).payoffs().values()) for costs in starts}

    assert {(0, 1), (1, 0)} <= found


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ({"P1": [0, 1, 1]}, "plans of least cost are not unique"),
        ({"P1": [0, 1]}, "got 2 costs for 'P1'; expected 3"),
        ({"P3": [0, 1, 2]}, "no player is called 'P3'"),
    ],
)
def test_costs_are_checked(costs: dict[str, list[int]], message: str) -> None:
    """Ties, wrong lengths and unknown players are named."""
    with pytest.raises(ef.GameError, match=message):
        ef.lemke(ef.instances.chicken(), costs)


@pytest.mark.parametrize("function", [ef.lemke, *KINDS.values()])
def test_other_games_are_refused(function: Callable[[Any], object]) -> None:
    """Three players, or no game, in the words of the function that was called."""
    with pytest.raises(ef.GameError, match=rf"{function.__name__} needs two players"):
        function(ef.instances.selten_horse())


@pytest.mark.parametrize("case", [*cases_of("EFPE"), *cases_of("QPE")])
def test_known_refinements(case: dict[str, Any]) -> None:
    """Payoffs, and strategies where they are unique, from an independent computation."""
    game = game_of(case)
    found = KINDS[case["concept"]](game)

    assert list(map(float, found.payoffs().values())) == pytest.approx(
        case["value"], abs=case["tol"]
    )
    if case["note"] == "unique":
        for player, known in zip(game.players, case["strategy"], strict=True):
            for infoset, row in known.items():
                mine = [
                    float(p)
                    for (who, where, _), p in chosen(found.profile).items()
                    if (who, where) == (player, infoset)
                ]
                assert mine == pytest.approx(row, abs=case["tol"])


# Textbook contrasts ------------------------------------------------------------------------------


def test_mertens_voting_tells_the_two_refinements_apart() -> None:
    """Who trusts her own later hand no more than another's votes for the other; else for herself.

    The published contrast: quasi-perfect voters vote for themselves, extensive-form perfect ones
    for the other.
    """
    game = ef.instances.mertens_voting()
    perfect = chosen(ef.perfect_equilibrium_by_pivoting(game).profile)
    quasi = chosen(ef.quasi_perfect_equilibrium_by_pivoting(game).profile)

    for player in game.players:
        assert perfect[player, "vote", "other"] == 1
        assert quasi[player, "vote", "self"] == 1
        assert perfect[player, "task", "right"] == quasi[player, "task", "right"] == 1


@pytest.mark.parametrize("kind", list(KINDS))
def test_guess_the_ace_is_guessed_rationally(kind: str) -> None:
    """An equilibrium may guess the ace in a game that is never played; a refined one may not."""
    game = ef.instances.guess_the_ace()
    irrational = ef.lemke(game)

    assert chosen(irrational.profile)["P2", "guess", "ace"] > 0
    assert not any(irrational.regrets().values())
    assert chosen(KINDS[kind](game).profile)["P2", "guess", "not ace"] == 1


@pytest.mark.parametrize("kind", list(KINDS))
def test_empty_threats_are_not_believed(kind: str) -> None:
    """In the entry game (out, fight) is an equilibrium, and only (in, share) is refined."""
    game = ef.instances.entry_game()
    assert ef.lemke(game).payoffs() == {"Entrant": 0, "Incumbent": 2}
    found = KINDS[kind](game)

    assert found.payoffs() == {"Entrant": 1, "Incumbent": 1}
    assert chosen(found.profile)["Incumbent", "answer", "share"] == 1


def test_selten_horse_by_hand() -> None:
    """The equilibrium that pays (1, 1, 1) is perfect, the one that pays (3, 3, 2) is not.

    If all hands tremble by e, P1 down with e, P2 down with 2e/(1-e) and P3 left with 1/4 is an
    equilibrium: P3 is called on by either mistake so that both replies pay the same, and P2 gets 1
    either way. Near (down, across, left) P2, if P1's hand trembles, would rather go down and get 4.
    """
    game = ef.instances.selten_horse()
    for e in (Fraction(1, 10), Fraction(1, 1000)):
        often = 2 * e / (1 - e)
        fourth = Fraction(1, 4)
        perfect = {(1, 0): [e, 1 - e], (2, 1): [often, 1 - often], (3, 2): [fourth, 1 - fourth]}
        empty = {(1, 0): [1 - e, e], (2, 1): [e, 1 - e], (3, 2): [1 - e, e]}
        gains = [gain_within(game, perfect, k, extreme_by_action, e) for k in (1, 2, 3)]

        assert gains == [0, 0, 0]
        assert gain_within(game, empty, 2, extreme_by_action, e) > e


def test_a_uniform_floor_on_sequences_refines_nothing() -> None:
    """P1 goes b and then may take r; who does so by mistake has to mix c and d half and half.

    With a floor of e on her sequences and of 2e on the one before, the only plan after the mistake
    takes c and d with e each, although d pays nothing: such floors are refused.
    """
    game = ef.Game.from_dict(
        {
            "player": "P1",
            "infoset": "first",
            "actions": {
                "b": {"payoffs": [5, 0]},
                "r": {
                    "player": "P1",
                    "infoset": "second",
                    "actions": {"c": {"payoffs": [1, 0]}, "d": {"payoffs": [0, 0]}},
                },
            },
        },
        players=["P1", "P2"],
    )
    with pytest.raises(ef.GameError, match="must vanish more quickly"):
        trembling_sequences(game, {"P1": [(0, 2), (0, 2), (0, 1), (0, 1)]})
    for function in KINDS.values():
        assert chosen(function(game).profile)["P1", "second", "c"] == 1
