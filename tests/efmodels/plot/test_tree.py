"""The picture of a tree: what is drawn, that it can be read, and what is refused."""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings

import efmodels as ef
from efmodels.builder import GameBuilder
from efmodels.errors import GameError, MissingPackageError
from efmodels.game import Game
from efmodels.instances import kuhn, leduc
from tests.strategies import games

pytest.importorskip("matplotlib")

from matplotlib import pyplot as plt
from matplotlib.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes


def horse() -> Game:
    """Return Selten's horse: the third player's infoset has nodes at two depths."""
    build = GameBuilder(["P1", "P2", "P3"], title="Selten's horse")
    first = build.decision("P1", "A", ["D", "C"])
    left = build.decision("P3", "Z", ["L", "R"], below=(first, "D"))
    second = build.decision("P2", "B", ["d", "c"], below=(first, "C"))
    right = build.decision("P3", "Z", ["L", "R"], below=(second, "d"))
    payoffs = [[3, 3, 2], [0, 0, 0], [4, 4, 0], [0, 0, 1], [1, 1, 1]]
    places = [(left, "L"), (left, "R"), (right, "L"), (right, "R"), (second, "c")]
    for pays, below in zip(payoffs, places, strict=True):
        build.terminal(pays, below=below)
    return build.game()


def entry() -> Game:
    """Return a game in which a terminal stands between two nodes of an infoset."""
    build = GameBuilder(["Investor", "Rival"], title="Entry")
    market = build.chance({"good": "2/3", "bad": "1/3"})
    for state in ("good", "bad"):
        investor = build.decision("Investor", state, ["enter", "wait"], below=(market, state))
        build.terminal(["-1/2", 2], below=(investor, "wait"))
        rival = build.decision("Rival", "entry", ["fight", "share"], below=(investor, "enter"))
        build.terminal([1.25, 0], below=(rival, "fight"))
        build.terminal([3, 1], below=(rival, "share"))
    return build.game()


def texts(ax: Axes, kind: str) -> list[str]:
    """Return the texts whose group id begins with a word: action, payoff or name."""
    return [text.get_text() for text in ax.texts if str(text.get_gid()).startswith(f"{kind}-")]


def overlapping(ax: Axes) -> list[tuple[str, str]]:
    """Return the pairs of texts in a drawn figure that lie on each other."""
    ax.figure.draw_without_rendering()
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in ax.texts]
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0)
    ]


class TestWhatIsDrawn:
    """Edges, nodes, infosets, labels and payoffs are all there, once."""

    @given(games(max_nodes=20))
    @settings(max_examples=10, deadline=None)
    def test_counts(self, game: Game) -> None:
        """An edge and an action per node but the root, a marker per decision, and so on."""
        ax = ef.plot.tree(game)
        (edges,) = ax.collections
        moves = np.flatnonzero(game.owner > 0)
        ends = len(game.terminals)

        assert len(edges.get_segments()) == len(texts(ax, "action")) == game.nodes - 1
        assert sum(len(line.get_xdata()) for line in ax.lines) == game.nodes - ends
        assert len(texts(ax, "payoff")) == ends * len(game.players)
        assert len(texts(ax, "name")) == len(np.unique(game.infoset[moves]))
        assert len(ax.patches) == sum(
            (game.infoset[moves] == j).sum() > 1 for j in np.unique(game.infoset[moves])
        )
        plt.close("all")

    def test_actions_and_chances(self) -> None:
        """An action of chance has its exact probability, a player's its name alone."""
        actions = texts(ef.plot.tree(entry()), "action")

        assert actions[:4] == ["good\n2/3", "enter", "fight", "share"]
        assert "bad\n1/3" in actions

    def test_payoffs_are_exact(self) -> None:
        """Fractions stay fractions, and a minus is a minus sign."""
        payoffs = texts(ef.plot.tree(entry()), "payoff")

        assert payoffs[:6] == ["1.25", "0", "3", "1", "\N{MINUS SIGN}1/2", "2"]

    def test_players_differ_in_colour_and_marker(self) -> None:
        """Whoever does not see the colours sees the markers."""
        ax = ef.plot.tree(horse())

        assert len({line.get_marker() for line in ax.lines}) == 3
        assert len({line.get_markeredgecolor() for line in ax.lines}) == 3

    def test_legend_has_the_labels(self) -> None:
        """Every player is in the legend, chance only if it moves."""
        labels = [
            [text.get_text() for text in ef.plot.tree(game).get_legend().get_texts()]
            for game in (horse(), entry())
        ]

        assert labels == [["P1", "P2", "P3"], ["Investor", "Rival", "chance"]]

    def test_lines_end_at_their_nodes(self) -> None:
        """The line of the horse's third player joins nodes at two depths."""
        ax = ef.plot.tree(horse())
        (line,) = ax.patches
        third = next(line for line in ax.lines if line.get_gid() == "player-3")
        vertices = line.get_path().vertices

        assert vertices[[0, -1]].tolist() == third.get_xydata().tolist()

    def test_labels_are_no_formulas(self) -> None:
        """A dollar is a dollar."""
        game = Game.from_matrices(
            [[1, 2]], [[1, 2]], players=["$a$", "b"], actions=[["$x_$"], ["y", "$"]], title="$_$"
        )
        ax = ef.plot.tree(game)
        ax.figure.draw_without_rendering()

        assert ax.get_title() == "$_$"
        assert texts(ax, "action") == ["$x_$", "y", "$"]

    def test_smallest_game(self) -> None:
        """A root that is a terminal is a picture, too."""
        ax = ef.plot.tree(Game.from_dict({"payoffs": {"Ann": Fraction(1, 3)}}))

        assert texts(ax, "payoff") == ["1/3"]


class TestReadable:
    """In a figure of the default size no text lies on another."""

    @pytest.mark.parametrize("make", [kuhn, horse, entry, lambda: kuhn(ranks=2)])
    def test_nothing_overlaps(self, make: Any) -> None:
        """That holds for actions, chances, payoffs and names of infosets alike."""
        assert overlapping(ef.plot.tree(make())) == []

    def test_strategies_have_room(self) -> None:
        """With a strategy the labels are wider, and so is the figure."""
        game = kuhn()
        equilibrium = ef.optimal_equilibrium(game, "nash_zero_sum", solver="highs")

        assert overlapping(ef.plot.tree(game, strategy=equilibrium)) == []

    def test_long_labels_have_room(self) -> None:
        """The width of a figure follows from its labels."""
        words = [["the first of the actions", "the second of the actions"]] * 2
        game = Game.from_matrices([[1, 2], [3, 4]], [[1, 2], [3, 4]], actions=words)

        assert overlapping(ef.plot.tree(game)) == []


class TestStrategy:
    """A strategy shows as probabilities and widths."""

    def test_probabilities_and_widths(self) -> None:
        """A wider edge is likelier; one that is not taken is pale."""
        game = Game.from_matrices([[2, 1], [1, 0]], [[-2, -1], [-1, 0]], actions=[["u", "d"]] * 2)
        equilibrium = ef.optimal_equilibrium(game, "nash_zero_sum", solver="highs")
        ax = ef.plot.tree(game, strategy=equilibrium)
        (edges,) = ax.collections
        width = dict(zip(texts(ax, "action"), edges.get_linewidths(), strict=True))

        assert texts(ax, "action") == ["u\n1", "u\n0", "d\n1", "d\n0", "u\n0", "d\n1"]
        assert width["u\n1"] > width["u\n0"]
        assert len(np.unique(edges.get_colors(), axis=0)) == 2

    def test_tables_and_blocks_are_as_good(self) -> None:
        """What strategy() returns, a block, and the equilibrium draw the same."""
        game = kuhn()
        equilibrium = ef.optimal_equilibrium(game, "nash_zero_sum", solver="highs")
        every = (equilibrium, equilibrium.model.eq, equilibrium.strategy())

        assert len({tuple(texts(ef.plot.tree(game, strategy=s), "action")) for s in every}) == 1

    def test_strategy_of_another_game(self) -> None:
        """An action that only one of the two has is named."""
        equilibrium = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", solver="highs")

        with pytest.raises(
            GameError, match=r"not one of this game: \('P1', 'T', 'bet'\) .* in the game"
        ):
            ef.plot.tree(kuhn(ranks=4), strategy=equilibrium)

    @pytest.mark.parametrize("wrong", [3, "strategy"])
    def test_what_is_no_strategy(self, wrong: Any) -> None:
        """The message says what may be given."""
        with pytest.raises(GameError, match="give an equilibrium, a solved block"):
            ef.plot.tree(kuhn(), strategy=wrong)

    def test_columns_that_are_missing(self) -> None:
        """They are named."""
        equilibrium = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", solver="highs")
        table = equilibrium.strategy().drop(columns="action")

        with pytest.raises(GameError, match=r"\['action'\] are missing"):
            ef.plot.tree(kuhn(), strategy=table)


class TestFiguresAndLimits:
    """Where a tree is drawn, how large, and what is refused."""

    def test_draws_where_it_is_told(self) -> None:
        """With ``ax=`` no new figure is made."""
        ax = plt.figure().subplots()

        assert ef.plot.tree(horse(), ax=ax) is ax
        assert len(plt.get_fignums()) == 1

    def test_wide_trees_get_wide_figures(self) -> None:
        """The width follows the number of terminals."""
        narrow, wide = (ef.plot.tree(game).figure.get_figwidth() for game in (entry(), kuhn()))

        assert wide > 2 * narrow

    @pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
    def test_files(self, suffix: str, tmp_path: Path) -> None:
        """Whatever the format, saving gives no warning, and a file with something in it."""
        path = tmp_path / f"horse.{suffix}"
        ef.plot.tree(horse()).figure.savefig(path)

        assert path.stat().st_size > 1000

    def test_large_trees_are_refused(self) -> None:
        """The message has the limit and the argument that raises it."""
        with pytest.raises(GameError, match=r"1936 nodes, more than max_nodes=250: .* max_nodes"):
            ef.plot.tree(leduc())
        with pytest.raises(GameError, match="55 nodes, more than max_nodes=54"):
            ef.plot.tree(kuhn(), max_nodes=54)

    def test_what_is_no_game(self) -> None:
        """A block or a path is no game."""
        wrong: Any = "kuhn"
        with pytest.raises(GameError, match="draws a Game; got str"):
            ef.plot.tree(wrong)

    def test_without_matplotlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The message says how to install it."""
        for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "matplotlib", None)

        with pytest.raises(MissingPackageError, match=r'pip install "efmodels\[plot\]"'):
            ef.plot.tree(horse())
