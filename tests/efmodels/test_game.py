"""What a game says about itself: names, numbers, recall, equality."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.builder import GameBuilder
from efmodels.errors import GameError
from efmodels.game import Game, levels_of, ranges
from efmodels.instances import kuhn, leduc, liars_dice
from tests.oracles.recall import forgetful_infosets
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def one_player_game(
    *, labels: Sequence[str] = ("", ""), actions: Sequence[str] = ("x", "y")
) -> Game:
    """Return a game of two consecutive decisions, the second after the first action alone."""
    return assemble_game(
        players=["Ann"],
        infosets=[Infoset(1, label, tuple(actions)) for label in labels],
        outcomes=[Outcome("", (1,))],
        parent=[-1, 0, 0, 1, 1],
        action=[-1, 0, 1, 0, 1],
        infoset=[0, 1, -1, -1, -1],
        outcome=[-1, -1, 0, 0, 0],
    )


def entry_game() -> Game:
    """Return a game that pays at the root, on the way, and at the ends."""
    build = GameBuilder(["Ann", "Bob"])
    root = build.chance({"good": "1/3", "bad": "2/3"}, payoffs=[10, 0])
    enter = build.decision("Ann", "good", ["in", "out"], below=(root, "good"), payoffs=["1/2", 1])
    build.terminal([1, 1], below=(enter, "in"))
    build.terminal([0, "1/4"], below=(enter, "out"))
    build.terminal([-1, 0], below=(root, "bad"))
    return build.game()


class TestNames:
    """Keys are the labels; missing ones are numbered and repeated ones made different."""

    def test_players(self) -> None:
        """A player without label is numbered; the game keeps the labels as they were."""
        game = Game.from_matrices([[1]], [[1]], players=["", "Bob"])

        assert game.player_labels == ("", "Bob")
        assert game.players == ("P1", "Bob")

    def test_player_number(self) -> None:
        """Players are numbered from 1."""
        assert [kuhn().player_number(player) for player in ("P1", "P2")] == [1, 2]

    def test_unknown_player(self) -> None:
        """The message lists the players."""
        with pytest.raises(GameError, match=r"no player is called 'P3'; .*\['P1', 'P2'\]"):
            kuhn().player_number("P3")

    @pytest.mark.parametrize(
        ("labels", "names"),
        [
            (("top", "low"), ("top", "low")),
            (("", ""), ("Ann_1", "Ann_2")),
            (("top", "top"), ("top", "top_2")),
            (("Ann_2", ""), ("Ann_2", "Ann_2_2")),
        ],
    )
    def test_infosets(self, labels: tuple[str, str], names: tuple[str, str]) -> None:
        """Names of infosets are unique within their owner."""
        assert one_player_game(labels=labels).infoset_names == names

    def test_infosets_of_two_players_may_share_a_name(self) -> None:
        """The first infoset of either player may be called alike."""
        build = GameBuilder(["Ann", "Bob"])
        ann = build.decision("Ann", "start", ["go"])
        bob = build.decision("Bob", "start", ["go"], below=(ann, "go"))
        build.terminal([0, 0], below=(bob, "go"))

        assert build.game().infoset_names == ("start", "start")

    def test_chance_infosets(self) -> None:
        """Chance nodes have names as well."""
        names = leduc(ranks=3, suits=1, raises=1).infoset_names

        assert names[:3] == ("chance_1", "chance_2", "chance_3")

    @pytest.mark.parametrize(
        ("labels", "names"),
        [
            (("x", "y"), ("x", "y")),
            (("", ""), ("1", "2")),
            (("x", "x"), ("x", "x_2")),
            ((" x ", "y"), ("x", "y")),
        ],
    )
    def test_actions(self, labels: tuple[str, str], names: tuple[str, str]) -> None:
        """Names of actions are unique within their infoset."""
        assert one_player_game(actions=labels).action_names == names * 2

    def test_history(self) -> None:
        """A history lists the actions from the root, chance's included."""
        game = kuhn()

        assert game.history(0) == ()
        assert game.history(int(game.terminals[1])) == ("J Q", "check", "bet", "fold")

    def test_infosets_and_actions_of_an_owner(self) -> None:
        """Chance's infosets come first; actions are positions in the flat lists."""
        game = kuhn()

        assert [game.infosets_of(owner) for owner in (0, 1, 2)] == [
            range(1),
            range(1, 7),
            range(7, 13),
        ]
        assert game.actions_of(1) == range(6, 8)

    def test_repr(self) -> None:
        """A game shows its size."""
        assert repr(kuhn()) == (
            "Game('Kuhn poker (players=2, ranks=3)', players=['P1', 'P2'], "
            "nodes=55, terminals=30, infosets=[6, 6])"
        )


class TestNumbers:
    """Payoffs and probabilities, as floats and as the source gave them."""

    @pytest.mark.parametrize("game", [entry_game(), kuhn(3, 3), leduc(ranks=3, suits=1)], ids=repr)
    def test_payoffs_add_up_along_the_path(self, game: Game) -> None:
        """A terminal pays the sum of all outcomes from the root to it."""
        expected = [node.payoffs for node in tree_of(game).descendants() if node.owner < 0]

        assert [game.exact_payoffs(node) for node in game.terminals.tolist()] == expected
        np.testing.assert_allclose(game.payoffs, np.array(expected, dtype=float), rtol=1e-15)

    def test_exact_payoffs_keep_fractions(self) -> None:
        """Texts are read as fractions, which sums keep."""
        game = entry_game()

        assert game.exact_payoffs(3) == (Fraction(21, 2), Fraction(5, 4))
        assert game.exact_payoffs(1) == (Fraction(21, 2), 1)

    def test_missing_outcome_pays_nothing(self) -> None:
        """A terminal without outcome pays zero to everybody."""
        game = replace(kuhn(), outcome=np.full(55, -1, dtype=np.int32))

        assert not game.payoffs.any()

    @pytest.mark.parametrize("game", [entry_game(), kuhn(), leduc(ranks=3, suits=1)], ids=repr)
    def test_probability(self, game: Game) -> None:
        """A node's probability is its chance action's, and 1 if a player leads there."""
        expected = [1.0]
        for node in tree_of(game).descendants():
            if node.owner == 0:
                assert sum(node.chances) == 1
        for node in range(1, game.nodes):
            above = game.parent[node]
            first = game.action_start[game.infoset[above]]
            chance = game.owner[above] == 0
            expected.append(
                float(game.chance_probabilities[first + game.action[node]]) if chance else 1.0
            )

        assert game.probability.tolist() == expected

    @pytest.mark.parametrize(
        ("payoff", "exact"), [(1, True), (Fraction(1, 3), True), ("0.1", True), (0.5, False)]
    )
    def test_is_exact(self, payoff: Any, exact: bool) -> None:  # noqa: FBT001 - what is expected
        """Integers, fractions and texts are exact, floats are not."""
        build = GameBuilder(["Ann"])
        build.terminal([payoff])

        assert build.game().is_exact is exact

    def test_float_probabilities_are_not_exact(self) -> None:
        """One rounded probability is enough."""
        build = GameBuilder(["Ann"])
        coin = build.chance({"heads": 0.5, "tails": "1/2"})
        build.terminal([1], below=(coin, "heads"))
        build.terminal([0], below=(coin, "tails"))

        assert not build.game().is_exact

    def test_game_without_moves(self) -> None:
        """A single terminal is a game: nobody moves and everybody is paid."""
        build = GameBuilder(["Ann", "Bob"])
        build.terminal([3, -3])
        game = build.game()

        assert game.nodes == 1
        assert game.payoffs.tolist() == [[3, -3]]
        assert game.probability.tolist() == [1]
        assert game.has_perfect_recall


class TestRecall:
    """A player recalls her own moves, or the game says where she does not."""

    @pytest.mark.parametrize("game", [kuhn(), leduc(ranks=3, suits=1), liars_dice(3, 2)], ids=repr)
    def test_perfect(self, game: Game) -> None:
        """Poker players and liars forget nothing."""
        assert forgetful_infosets(game) == set()
        assert game.has_perfect_recall

    @pytest.mark.parametrize(
        ("labels", "recalls"), [(("after x", "after y"), True), (("later", "later"), False)]
    )
    def test_forgotten_action(
        self,
        labels: tuple[str, str],
        recalls: bool,  # noqa: FBT001 - what is expected
    ) -> None:
        """Who moves twice must know at her second move what she did at the first."""
        game = twice(labels)

        assert (forgetful_infosets(game) == set()) is recalls
        assert game.has_perfect_recall is recalls

    def test_message_names_the_infoset_and_two_histories(self) -> None:
        """What is forgotten can be looked up in the tree."""
        with pytest.raises(GameError, match=r"infoset 'later' .*\['x'\] and \['y'\]") as caught:
            twice(("later", "later")).require_perfect_recall()

        assert "Ann" in str(caught.value)

    def test_absent_minded_player(self) -> None:
        """An infoset that follows itself is never recalled."""
        build = GameBuilder(["driver"])
        first = build.decision("driver", "crossing", ["exit", "go on"])
        build.terminal([0], below=(first, "exit"))
        second = build.decision("driver", "crossing", ["exit", "go on"], below=(first, "go on"))
        build.terminal([4], below=(second, "exit"))
        build.terminal([1], below=(second, "go on"))

        assert not build.game().has_perfect_recall

    def test_forgotten_knowledge(self) -> None:
        """Who once saw a coin and moved has to know it later: her own infosets differ."""
        build = GameBuilder(["Ann"])
        coin = build.chance({"heads": "1/2", "tails": "1/2"})
        for side in ("heads", "tails"):
            first = build.decision("Ann", side, ["go"], below=(coin, side))
            second = build.decision("Ann", "which?", ["heads", "tails"], below=(first, "go"))
            for guess in ("heads", "tails"):
                build.terminal([int(guess == side)], below=(second, guess))

        assert not build.game().has_perfect_recall


def twice(labels: tuple[str, str]) -> Game:
    """Return a game in which Ann moves, and moves again in an infoset per first action."""
    build = GameBuilder(["Ann"])
    root = build.decision("Ann", "first", ["x", "y"])
    for action, label in zip("xy", labels, strict=True):
        below = build.decision("Ann", label, ["x", "y"], below=(root, action))
        build.terminal([1], below=(below, "x"))
        build.terminal([0], below=(below, "y"))
    return build.game()


class TestEquality:
    """Games are equal if everything that describes them is."""

    def test_equal(self) -> None:
        """Two games made alike are equal and hash alike."""
        assert kuhn() == kuhn()
        assert hash(kuhn()) == hash(kuhn())

    @pytest.mark.parametrize("field", [field.name for field in fields(Game)])
    def test_unequal(self, field: str) -> None:
        """A difference in any field is a difference."""
        game = entry_game()
        texts = {"title": "another", "comment": "another"}
        numbers = {"chance_probabilities": (0.25, 0.75), "outcome_payoffs": ((0, 0),) * 5}
        old = getattr(game, field)
        changed = old + 1 if isinstance(old, np.ndarray) else (*old, "another")

        assert replace(game, **{field: (texts | numbers).get(field, changed)}) != game

    def test_float_equals_the_fraction_it_rounds(self) -> None:
        """What a file rounds to a float compares equal to the exact number."""
        exact, rounded = (
            Game.from_matrices([[a]], [[b]])
            for a, b in [(Fraction(1, 3), Fraction(1, 10)), (1 / 3, 0.1)]
        )

        assert exact == rounded
        assert exact != Game.from_matrices([[0.3333]], [[0.1]])

    def test_games_equal_nothing_else(self) -> None:
        """A game is no list of its nodes."""
        assert kuhn() != 55


def test_levels_of_any_numbering() -> None:
    """Levels do not need parents to stand before their children."""
    levels = levels_of(np.array([2, 0, -1, 2]))

    assert [level.tolist() for level in levels] == [[2], [0, 3], [1]]


def test_ranges_skips_empty_ones() -> None:
    """An empty range adds nothing."""
    assert ranges(np.array([4, 2, 7]), np.array([6, 2, 8])).tolist() == [4, 5, 7]
