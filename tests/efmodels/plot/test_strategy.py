"""Strategies as bars: their segments, their order, what is not reached, and what is refused."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.instances import kuhn

pytest.importorskip("matplotlib")

from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

COLUMNS = ["player", "infoset", "action", "probability", "reach"]
TABLE = pd.DataFrame(
    [
        ("Ann", "<J>", "bet $", 0.25, 0.5),
        ("Ann", "<J>", "check", 0.75, 0.5),
        ("Ann", "Q", "bet $", 1.0, 0.5),
        ("Ann", "Q", "check", 0.0, 0.5),
        ("Bob", "Q", "fold", 0.5, 1e-12),
        ("Bob", "Q", "call", 0.5, 1e-12),
    ],
    columns=COLUMNS,
)


def rows(ax: Axes) -> list[str]:
    """Return the names of the infosets from top to bottom."""
    return [label.get_text() for label in ax.get_yticklabels()]


def segments(ax: Axes) -> list[tuple[float, float]]:
    """Return where each segment begins and how long it is."""
    return [(bar.get_x(), bar.get_width()) for bar in ax.patches]


def wide_table(infosets: int) -> pd.DataFrame:
    """Return a strategy of one player with many infosets."""
    return pd.DataFrame(
        [("Ann", f"I{k}", "go", 1.0, 1.0) for k in range(infosets)], columns=COLUMNS
    )


class TestWhatIsDrawn:
    """Bars, names, and what is said beside them."""

    def test_segments_are_the_probabilities(self) -> None:
        """The segments of an infoset follow one another; what is never done has none."""
        assert segments(ef.plot.strategy(TABLE)) == [
            (0.0, 0.25),
            (0.25, 0.75),
            (0.0, 1.0),
            (0.0, 0.5),
            (0.5, 0.5),
        ]

    def test_infosets_in_their_order(self) -> None:
        """First all of the first player's, then the second's, under their labels."""
        ax = ef.plot.strategy(TABLE)
        heads = [text.get_text() for text in ax.texts if str(text.get_gid()).startswith("player-")]
        ticks = ax.get_yticks()

        assert rows(ax) == ["<J>", "Q", "Q"]
        assert heads == ["Ann", "Bob"]
        assert list(ticks) == sorted(ticks)
        assert ax.yaxis_inverted()

    def test_segments_are_named(self) -> None:
        """A segment with room has the action's name and its probability."""
        ax = ef.plot.strategy(TABLE)
        named = [text.get_text() for text in ax.texts if str(text.get_gid()).startswith("action-")]

        assert named == ["bet $ 0.25", "check 0.75", "bet $ 1", "fold 0.5", "call 0.5"]

    def test_narrow_segments_have_no_text(self) -> None:
        """The legend has the names of all actions."""
        table = TABLE.iloc[:2].assign(probability=[0.01, 0.99])
        ax = ef.plot.strategy(table)
        named = [text.get_text() for text in ax.texts if str(text.get_gid()).startswith("action-")]

        assert named == ["check 0.99"]
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["bet $", "check"]

    def test_an_action_has_one_fill(self) -> None:
        """The same name has the same fill in every infoset, another name another one."""
        first, check, again, *_ = ef.plot.strategy(TABLE).patches

        assert first.get_facecolor() == again.get_facecolor()
        assert first.get_facecolor() != check.get_facecolor()

    def test_many_actions_differ(self) -> None:
        """Where colours are used up, hatches tell actions apart."""
        table = pd.DataFrame([("A", "I", f"a{k}", 1 / 20, 1.0) for k in range(20)], columns=COLUMNS)
        fills = [(bar.get_facecolor(), bar.get_hatch()) for bar in ef.plot.strategy(table).patches]

        assert len(set(fills)) == 20

    def test_what_is_not_reached_is_marked(self) -> None:
        """Beside the bar stands the reach, or that there is none; then the bar is pale."""
        ax = ef.plot.strategy(TABLE)
        notes = [text.get_text() for text in ax.texts if str(text.get_gid()).startswith("reach-")]
        bob = ef.plot.strategy(TABLE.assign(reach=1.0)).patches[-1]

        assert notes == ["0.5", "0.5", "not reached"]
        assert sum(to_rgb(ax.patches[-1].get_facecolor())) > sum(to_rgb(bob.get_facecolor()))

    def test_nothing_overlaps(self) -> None:
        """No text of a strategy of Kuhn poker lies on another."""
        ax = ef.plot.strategy(ef.optimal_equilibrium(kuhn(), "nash_zero_sum", solver="highs"))
        ax.figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in ax.texts]

        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))

    def test_equilibria_blocks_and_tables(self) -> None:
        """All three draw the same."""
        equilibrium = ef.optimal_equilibrium(kuhn(), "nash_zero_sum", solver="highs")
        every = (equilibrium, equilibrium.model.eq, equilibrium.strategy())
        drawn = [segments(ef.plot.strategy(eq)) for eq in every]

        assert drawn[0] == drawn[1] == drawn[2]


class TestChoice:
    """Who and what is drawn, and where."""

    def test_one_player(self) -> None:
        """Only her infosets; her colour is that of the whole picture."""
        ax = ef.plot.strategy(TABLE, player="Bob")
        (head,) = [text for text in ax.texts if text.get_gid() == "player-Bob"]

        assert rows(ax) == ["Q"]
        assert head.get_color() == ef.plot.strategy(TABLE).texts[-2].get_color()

    @pytest.mark.parametrize(
        ("infosets", "expected"), [(["Q"], ["Q", "Q"]), ("<J>", ["<J>"]), ({"<J>", "Q"}, None)]
    )
    def test_some_infosets(self, infosets: Any, expected: list[str] | None) -> None:
        """They stay in their order; a name that two players have picks both."""
        assert rows(ef.plot.strategy(TABLE, infosets=infosets)) == (expected or ["<J>", "Q", "Q"])

    def test_draws_where_it_is_told(self) -> None:
        """With ``ax=`` no new figure is made; the result is those axes."""
        ax = plt.figure().subplots()

        assert ef.plot.strategy(TABLE, ax=ax) is ax
        assert len(plt.get_fignums()) == 1

    @pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
    def test_files(self, suffix: str, tmp_path: Path) -> None:
        """Whatever the format, saving gives no warning, and a file with something in it."""
        path = tmp_path / f"strategy.{suffix}"
        ef.plot.strategy(TABLE).figure.savefig(path)

        assert path.stat().st_size > 1000


class TestRefusals:
    """Every message says what to do."""

    def test_too_many_infosets(self) -> None:
        """The limit, and three ways around it."""
        with pytest.raises(GameError, match=r"61 infosets, more than max_infosets=60.*infosets=\["):
            ef.plot.strategy(wide_table(61))
        assert len(rows(ef.plot.strategy(wide_table(61), max_infosets=61))) == 61
        assert len(rows(ef.plot.strategy(wide_table(61), infosets=["I60"]))) == 1

    def test_unknown_player(self) -> None:
        """The players who move are named."""
        with pytest.raises(GameError, match=r"'Eve'; the players who move are \['Ann', 'Bob'\]"):
            ef.plot.strategy(TABLE, player="Eve")

    def test_unknown_infoset(self) -> None:
        """Some that are there are named."""
        with pytest.raises(GameError, match="no infoset is called 'K'; there are <J>, Q"):
            ef.plot.strategy(TABLE, infosets=["Q", "K"])

    def test_nothing_to_draw(self) -> None:
        """An empty choice is no picture."""
        with pytest.raises(GameError, match="nothing to draw"):
            ef.plot.strategy(TABLE, infosets=[])

    def test_table_without_reach(self) -> None:
        """Missing columns are named."""
        with pytest.raises(GameError, match=r"\['reach'\] are missing"):
            ef.plot.strategy(TABLE.drop(columns="reach"))
