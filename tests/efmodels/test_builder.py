"""Games by hand: the builder, nested dicts, and normal forms."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from efmodels.builder import GameBuilder
from efmodels.errors import GameError
from efmodels.game import Game

if TYPE_CHECKING:
    from collections.abc import Callable


def coin_game() -> GameBuilder:
    """Return a builder in which Ann sees a coin and bets or not."""
    build = GameBuilder(["Ann", "Bob"], title="coin", comment="fair")
    coin = build.chance({"heads": "1/2", "tails": "1/2"}, label="toss")
    for side, stake in (("heads", 1), ("tails", -1)):
        ann = build.decision("Ann", side, ["bet", "pass"], below=(coin, side))
        build.terminal({"Bob": -stake, "Ann": stake}, below=(ann, "bet"), label=f"{side} wins")
        build.terminal([0, 0], below=(ann, "pass"))
    return build


class TestBuilder:
    """The builder collects nodes and checks them where they are added."""

    def test_game(self) -> None:
        """What was added is there, in preorder."""
        game = coin_game().game()

        assert (game.title, game.comment, game.player_labels) == ("coin", "fair", ("Ann", "Bob"))
        assert game.owner.tolist() == [0, 1, -1, -1, 1, -1, -1]
        assert game.infoset_labels == ("toss", "heads", "tails")
        assert game.outcome_labels == ("heads wins", "", "tails wins")
        assert game.payoffs.tolist() == [[1, -1], [0, 0], [-1, 1], [0, 0]]
        assert game.chance_probabilities == (Fraction(1, 2), Fraction(1, 2))

    def test_order_does_not_matter(self) -> None:
        """Branches may be added in any order."""
        build = GameBuilder(["Ann", "Bob"], title="coin", comment="fair")
        coin = build.chance({"heads": "1/2", "tails": "1/2"}, label="toss")
        tails = build.decision("Ann", "tails", ["bet", "pass"], below=(coin, "tails"))
        heads = build.decision("Ann", "heads", ["bet", "pass"], below=(coin, "heads"))
        build.terminal([0, 0], below=(tails, "pass"))
        build.terminal([1, -1], below=(heads, "bet"), label="heads wins")
        build.terminal([-1, 1], below=(tails, "bet"), label="tails wins")
        build.terminal([0, 0], below=(heads, "pass"))

        assert build.game() == coin_game().game()

    def test_one_label_is_one_infoset(self) -> None:
        """Nodes of a player with one label are one infoset, those of two players are two."""
        build = GameBuilder(["Ann", "Bob"])
        root = build.decision("Ann", "here", ["l", "r"])
        for action in "lr":
            bob = build.decision("Bob", "here", ["l", "r"], below=(root, action))
            for reply in "lr":
                build.terminal([0, 0], below=(bob, reply))
        game = build.game()

        assert game.infoset[game.owner >= 0].tolist() == [0, 1, 1]

    def test_game_can_be_asked_for_twice(self) -> None:
        """Building does not use the builder up."""
        build = coin_game()

        assert build.game() == build.game()

    @pytest.mark.parametrize(
        ("add", "message"),
        [
            (lambda b: b.decision("Cid", "x", ["l"]), r"no player is called 'Cid'; .*'Ann', 'Bob'"),
            (
                lambda b: b.decision("Ann", "heads", ["bet"], below=(0, "heads")),
                r"infoset 'heads' of Ann has actions \['bet', 'pass'\]; this node has \['bet'\]",
            ),
            (
                lambda b: b.decision("Ann", "x", ["l", "l"], below=(0, "heads")),
                r"infoset 'x' of Ann: actions must have different labels .*\['l', 'l'\]",
            ),
            (lambda b: b.terminal([0, 0]), "has a root already"),
            (lambda b: b.terminal([0, 0], below=(2, "bet")), "node 2 cannot have children"),
            (lambda b: b.terminal([0, 0], below=(99, "bet")), "node 99 cannot have children"),
            (
                lambda b: b.terminal([0, 0], below=(1, "raise")),
                r"node 1 has no action 'raise'; its actions are \['bet', 'pass'\]",
            ),
            (lambda b: b.terminal([0, 0], below=(1, "bet")), "'bet' of node 1 leads somewhere"),
            (
                lambda b: b.terminal([0, 0], below=1),
                r"below is a pair \(node, action\), such as \(0, 'bet'\); got 1$",
            ),
            (
                lambda b: b.terminal([0, 0], below=("bet", 1)),
                r"below is a pair .* got \('bet', 1\)",
            ),
            (lambda b: b.decision("Ann", "x", []), "infoset 'x' has no actions"),
            (
                lambda b: b.chance({"a": "1/2", "b": "1/3"}, label="toss"),
                "chance infoset 'toss': the probabilities sum to 5/6; they must sum to 1",
            ),
            (
                lambda b: b.chance({"a": 0.5, "b": 0.4}, below=(1, "bet")),
                r"the chance node below \(1, 'bet'\): the probabilities sum to 0\.9;",
            ),
            (
                lambda b: b.chance({"a": 2, "b": -1}),
                "the chance node at the root: every probability .* between 0 and 1; .*'a' is 2",
            ),
            (lambda b: b.chance([0.5, 0.5]), r"given as \{action: probability\}; got \[0.5, 0.5\]"),
        ],
    )
    def test_refused_node(self, add: Callable[[GameBuilder], Any], message: str) -> None:
        """The message says what is wrong with the node that is being added; the tree stays."""
        build = coin_game()
        with pytest.raises(GameError, match=message):
            add(build)

        assert build.game() == coin_game().game()

    @pytest.mark.parametrize(
        ("payoffs", "message"),
        [
            ({"Bob": 1}, r"for the players \['Ann', 'Bob'\]; missing: \['Ann'\]$"),
            ({"Cid": 0, "Bob": 1, "Ann": 1}, r"for the players .*; unknown: \['Cid'\]$"),
            ({"Cid": 0}, r"missing: \['Ann', 'Bob'\], unknown: \['Cid'\]$"),
            ([1], r"outcome \['1'\] has 1 payoffs; the game has 2 players"),
            ([1, float("inf")], "payoffs must be finite"),
            (1, "as {player: payoff} or as a list; got 1"),
            ("12", "as {player: payoff} or as a list; got '12'"),
            (["a", 0], "'a' is not a number"),
            (["1/0", 0], "'1/0' is not a number"),
            ([True, 0], "True is not a number"),
            ([None, 0], "None is not a number"),
            ([1j, 0], "1j is not a number"),
        ],
    )
    def test_refused_payoffs(self, payoffs: Any, message: str) -> None:
        """Payoffs are numbers, or texts that are numbers, for each of the players."""
        with pytest.raises(GameError, match=message):
            GameBuilder(["Ann", "Bob"]).terminal(payoffs)

    def test_refused_node_can_be_added_again(self) -> None:
        """A call that fails leaves nothing behind: neither a place nor an infoset."""
        build = GameBuilder(["Ann"])
        root = build.decision("Ann", "start", ["left", "right"])
        with pytest.raises(GameError):
            build.terminal(["one"], below=(root, "left"))
        with pytest.raises(GameError):
            build.decision("Ann", "later", ["up"], below=(root, "centre"))
        build.terminal([1], below=(root, "left"))
        later = build.decision("Ann", "later", ["down"], below=(root, "right"))
        build.terminal([2], below=(later, "down"))

        assert build.game().payoffs.tolist() == [[1], [2]]

    def test_action_that_leads_nowhere(self) -> None:
        """Every action needs a node below it."""
        build = GameBuilder(["Ann"])
        build.decision("Ann", "start", ["left", "right"])

        with pytest.raises(GameError, match=r"action 'left' at node 0 .*'start'.* leads nowhere"):
            build.game()

    def test_chance_without_a_label_leads_nowhere(self) -> None:
        """An infoset that has no name is not named."""
        build = GameBuilder(["Ann"])
        build.chance({"heads": 1})

        with pytest.raises(GameError, match=r"^action 'heads' at node 0 leads nowhere"):
            build.game()

    def test_no_root(self) -> None:
        """A builder to which nothing was added has no game."""
        with pytest.raises(GameError, match="there must be one root"):
            GameBuilder(["Ann"]).game()

    def test_repeated_players(self) -> None:
        """Players are told apart by their labels."""
        with pytest.raises(GameError, match=r"different labels to build with; got \['A', 'A'\]"):
            GameBuilder(["A", "A"])


COIN_TREE = {
    "chance": {"heads": "1/2", "tails": 0.5},
    "actions": {
        "heads": {
            "player": "Ann",
            "infoset": "heads",
            "actions": {"bet": {"payoffs": {"Ann": 1}}, "pass": {"payoffs": {"Ann": 0}}},
        },
        "tails": {"payoffs": ["-1/2"]},
    },
}


class TestDict:
    """Trees of nested dicts."""

    def test_tree(self) -> None:
        """Chance, decisions and payoffs are where they stand in the dict."""
        game = Game.from_dict(COIN_TREE, title="coin")

        assert (game.title, game.players) == ("coin", ("Ann",))
        assert game.owner.tolist() == [0, 1, -1, -1, -1]
        assert game.payoffs.ravel().tolist() == [1, 0, -0.5]
        assert game.infoset_labels == ("", "heads")

    def test_missing_infosets_are_different(self) -> None:
        """Nodes without an infoset are infosets of their own."""
        leaves = {"l": {"payoffs": [0]}, "r": {"payoffs": [1]}}
        inner = {"player": "Ann", "actions": leaves}
        game = Game.from_dict({"player": "Ann", "actions": {"l": inner, "r": inner}})

        assert game.infoset[game.owner > 0].tolist() == [0, 1, 2]

    def test_players_in_order_of_their_moves(self) -> None:
        """Who moves first comes first; who only gets paid comes last."""
        pays = {"payoffs": {"Cid": 0, "Ann": 1, "Bob": 2}}
        second = {"player": "Ann", "actions": {"go": pays}}
        tree = {"player": "Bob", "actions": {"go": second}}

        assert Game.from_dict(tree).players == ("Bob", "Ann", "Cid")
        assert Game.from_dict(tree, players=["Ann", "Bob", "Cid"]).payoffs.tolist() == [[1, 2, 0]]

    def test_payoffs_on_the_way(self) -> None:
        """A decision may pay as well."""
        tree = {"player": "Ann", "payoffs": [10], "actions": {"go": {"payoffs": [1]}}}

        assert Game.from_dict(tree).payoffs.tolist() == [[11]]

    @pytest.mark.parametrize(
        ("tree", "message"),
        [
            ({}, "needs 'player', 'chance' or 'payoffs'; this one has none"),
            (
                {"player": "Ann", "action": {}},
                r"has the keys \['action'\]; known are \['actions', 'chance'",
            ),
            ({"player": "Ann", "actions": {}}, "has no actions"),
            ({"chance": {"a": 1}, "actions": {}}, "action 'a' at node 0 .*leads nowhere"),
            (
                {"chance": {"a": 1}, "actions": {"b": {"payoffs": []}}},
                r"node 0 has no action 'b'; its actions are \['a'\]",
            ),
            (
                {"payoffs": {"A": 1}, "actions": {"a": {"payoffs": [1]}}},
                "node 0 cannot have children",
            ),
        ],
    )
    def test_refused_tree(self, tree: dict[str, Any], message: str) -> None:
        """The message says what a node lacks, or has too much."""
        with pytest.raises(GameError, match=message):
            Game.from_dict(tree)


class TestMatrices:
    """Normal forms as trees."""

    @given(
        st.integers(1, 4).flatmap(
            lambda players: hnp.arrays(
                np.int64,
                st.tuples(*[st.integers(1, 3)] * players).map(lambda shape: (players, *shape)),
                elements=st.integers(-9, 9),
            )
        )
    )
    def test_every_cell_is_a_terminal(self, tables: np.ndarray) -> None:
        """The players choose one after another; the leaves are the cells in row-major order."""
        game = Game.from_matrices(*tables)
        cells = [
            tables[(slice(None), *cell)].tolist() for cell in product(*map(range, tables[0].shape))
        ]

        assert game.payoffs.tolist() == cells
        assert [len(game.infosets_of(k + 1)) for k in range(len(tables))] == [1] * len(tables)
        assert np.diff(game.action_start).tolist() == list(tables[0].shape)
        assert game.has_perfect_recall

    def test_labels(self) -> None:
        """Players and actions can be named; by default they are numbered."""
        tables = [[1, 2]], [[3, 4]]
        game = Game.from_matrices(
            *tables, players=["row", "column"], actions=[["go"], ["l", "r"]], title="tiny"
        )

        assert (game.title, game.players) == ("tiny", ("row", "column"))
        assert game.action_names == ("go", "l", "r")
        assert Game.from_matrices(*tables).players == ("P1", "P2")
        assert Game.from_matrices(*tables).action_names == ("1", "1", "2")

    def test_second_player_does_not_see(self) -> None:
        """However many rows there are, the second player has one infoset."""
        game = Game.from_matrices(np.zeros((3, 2)), np.zeros((3, 2)))

        assert game.infoset[game.owner == 2].tolist() == [1, 1, 1]

    def test_exact_numbers_stay_exact(self) -> None:
        """Fractions and texts are kept as fractions, integers as integers."""
        game = Game.from_matrices([Fraction(1, 3), 2])

        assert game.is_exact
        assert game.outcome_payoffs == ((Fraction(1, 3),), (2,))
        assert Game.from_matrices(["1/3", "2"]) == game

    @pytest.mark.parametrize(
        ("tables", "labels", "message"),
        [
            ([], {}, "got 0 payoff arrays"),
            ([3], {}, r"got 1 payoff arrays of shapes \[\(\)\]"),
            ([[[1, 2]]], {}, r"got 1 payoff arrays of shapes \[\(1, 2\)\]"),
            ([[[1, 2]], [[1], [2]]], {}, r"got 2 payoff arrays of shapes \[\(1, 2\), \(2, 1\)\]"),
            ([[1, 2]], {"actions": [["l"]]}, "do not fit payoff arrays of shape"),
            ([[1, 2]], {"actions": [["l", "r"], ["x"]]}, "do not fit payoff arrays of shape"),
            ([[1, 2]], {"players": ["A", "B"]}, r"got 2 players \['A', 'B'\] for 1 arrays"),
            ([["a", "b"]], {}, "'a' is not a number"),
            ([[1, np.nan]], {}, "payoffs must be finite"),
            ([[]], {}, "has no actions"),
        ],
    )
    def test_refused_matrices(
        self, tables: list[Any], labels: dict[str, Any], message: str
    ) -> None:
        """The message shows the shapes and labels that do not fit."""
        with pytest.raises(GameError, match=message):
            Game.from_matrices(*tables, **labels)


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ([1, 2], r"a node is a dict with keys among .*; got \[1, 2\]"),
        ({"player": "A", "actions": {"l": [1]}}, r"got \[1\]"),
        ({"player": "A", "infoset": 1, "actions": {"l": {"payoffs": [1]}}}, "are texts; got"),
        ({"player": "A", "infoset": "I", "actions": {1: {"payoffs": [1]}}}, "are texts; got"),
        ({"player": "A", "actions": {"l": {"payoffs": None}}}, "needs 'player', 'chance' or 'pay"),
    ],
)
def test_dicts_that_are_no_tree(tree: Any, message: str) -> None:
    """Whatever stands in the place of a node or a label is shown."""
    with pytest.raises(GameError, match=message):
        Game.from_dict(tree)


def test_ragged_matrices() -> None:
    """Rows of different lengths are no payoff array."""
    with pytest.raises(GameError, match="all have the same length"):
        Game.from_matrices([[1, 2], [3]], [[1, 2], [3]])


def test_numpy_numbers_become_python_numbers() -> None:
    """A payoff may be a numpy scalar of any width."""
    build = GameBuilder(["A"])
    build.terminal([np.float32(0.5)])

    assert type(build.game().outcome_payoffs[0][0]) is float
