"""Games from their rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from efmodels.errors import GameError
from efmodels.game import Game

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


@dataclass
class CoinRules:
    """A coin is tossed; Ann, who sees what ``sees`` says, names a side, and wins if it is right.

    A state is the list of what happened, as a tuple; every attribute is a rule that a test changes.
    """

    players: Sequence[str] = ("Ann",)
    turns: Sequence[int] = (0, 1, -1)
    toss: Sequence[tuple[Hashable, Any]] = (("heads", Fraction(1, 2)), ("tails", Fraction(1, 2)))
    guesses: dict[str, Sequence[Hashable]] = field(default_factory=dict)
    sees: dict[str, Hashable] = field(default_factory=dict)
    prize: Sequence[Any] = (1,)

    def initial(self) -> tuple[str, ...]:
        """Nothing has happened."""
        return ()

    def mover(self, state: tuple[str, ...]) -> int:
        """Chance moves first, then Ann."""
        return self.turns[len(state)]

    def chances(self, state: tuple[str, ...]) -> Sequence[tuple[Hashable, Any]]:
        """Toss the coin."""
        assert state == ()
        return self.toss

    def actions(self, state: tuple[str, ...]) -> Sequence[Hashable]:
        """Name a side."""
        return self.guesses.get(state[0], ("heads", "tails"))

    def after(self, state: tuple[str, ...], action: str) -> tuple[str, ...]:
        """Note what happened."""
        return (*state, action)

    def observation(self, state: tuple[str, ...]) -> Hashable:
        """Show what Ann sees."""
        return self.sees.get(state[0], "guess")

    def payoffs(self, state: tuple[str, ...]) -> Sequence[Any]:
        """Pay for a right guess."""
        return self.prize if state[0] == state[1] else (0,) * len(self.prize)


def test_walk_through_the_rules() -> None:
    """The tree has a branch per action, in order; the title is kept."""
    game = Game.from_rules(CoinRules(), title="coin")

    assert (game.title, game.players) == ("coin", ("Ann",))
    assert game.owner.tolist() == [0, 1, -1, -1, 1, -1, -1]
    assert game.action_names == ("heads", "tails", "heads", "tails")
    assert game.payoffs.ravel().tolist() == [1, 0, 0, 1]
    assert game.chance_probabilities == (Fraction(1, 2), Fraction(1, 2))


def test_states_that_look_alike_are_one_infoset() -> None:
    """If Ann sees the coin she has two infosets, otherwise one."""
    sees = {"heads": "h", "tails": "t"}

    assert Game.from_rules(CoinRules()).infoset_labels == ("", "guess")
    assert Game.from_rules(CoinRules(sees=sees)).infoset_labels == ("", "h", "t")


def test_observations_with_one_text_are_two_infosets() -> None:
    """Infosets are told apart by what is observed, not by how it is written."""
    game = Game.from_rules(CoinRules(sees={"heads": 1, "tails": "1"}))

    assert game.infoset_labels == ("", "1", "1")
    assert game.infoset_names == ("chance_1", "1", "1_2")


def test_actions_need_not_be_texts() -> None:
    """The label of an action is its text."""
    actions = ((1, 2), None)
    game = Game.from_rules(CoinRules(guesses={"heads": actions, "tails": actions}))

    assert game.action_names[2:] == ("(1, 2)", "None")


def test_actions_may_come_as_a_list_or_as_a_tuple() -> None:
    """Only which actions there are matters."""
    game = Game.from_rules(CoinRules(guesses={"heads": ["heads", "tails"]}))

    assert game == Game.from_rules(CoinRules())


def test_number_of_terminals_with_one_payoff() -> None:
    """Equal payoffs are stored once."""
    assert Game.from_rules(CoinRules()).outcome_payoffs == ((1,), (0,))


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            CoinRules(guesses={"tails": ("edge",)}),
            r"player 1 observes 'guess' both with actions \['heads', 'tails'\] and with \['edge'\]",
        ),
        (
            CoinRules(guesses={"tails": ("edge", "none")}),
            r"both with actions \['heads', 'tails'\] and with \['edge', 'none'\]",
        ),
        (CoinRules(guesses={"heads": (), "tails": ()}), "infoset 'guess' has no actions"),
        (CoinRules(turns=(0, 2, -1)), r"mover\(\) returned 2; expected -1"),
        (CoinRules(turns=(0, -2, -1)), r"mover\(\) returned -2; expected -1"),
        (CoinRules(toss=()), "a chance node has no actions"),
        (CoinRules(toss=(("heads", 0.4),)), "the probabilities sum to 0.4"),
        (CoinRules(prize=(1, 2)), "has 2 payoffs; the game has 1 players"),
    ],
)
def test_refused_rules(rules: CoinRules, message: str) -> None:
    """Rules that contradict themselves are refused with what they said."""
    with pytest.raises(GameError, match=message):
        Game.from_rules(rules)
