"""The artists of a strategy: a bar per infoset, a segment per action, names and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from efmodels.plot.canvas import FONT, matplotlib_module, one_line, text_height, text_width
from efmodels.plot.palette import ACTIONS, HATCHES, INK, PALE, lighter
from efmodels.plot.tree_texts import probability_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

NEVER = 1e-7
"""An infoset that is reached with a smaller probability is one that is not: solvers round."""

LENGTH, ROW, HEAD = 4.5, 0.25, 0.3
"""Length of a bar, distance of two bars, and room for a player's label, in inches."""

NOTE = 0.8
"""Room for the reach on the right of the bars, in inches."""

THICKNESS = 0.75 * ROW
"""Thickness of a bar, in inches."""

BESIDE = 1.015
"""Where what stands on the right of the bars begins; they end at 1."""

MOST_NAMES = 24
"""How many actions the legend explains; with more there is none."""


@dataclass(frozen=True)
class Bar:
    """What a player does at an infoset, and how likely it is reached."""

    player: str
    infoset: str
    actions: tuple[str, ...]
    probabilities: tuple[float, ...]
    reach: float

    @property
    def is_reached(self) -> bool:
        """Whether the infoset is reached at all."""
        return self.reach > NEVER


def bars_size(bars: Sequence[Bar]) -> tuple[float, float]:
    """Return width and height in inches of a figure for these bars."""
    labels = max(text_width(one_line(bar.infoset)) for bar in bars)
    below = text_height(len(_legend_rows(_names(bars))) + 2)
    return labels + LENGTH + NOTE + 0.3, _middles(bars)[-1] + ROW + below + 0.2


def draw_bars(bars: Sequence[Bar], ax: Axes, colours: Mapping[str, str]) -> None:
    """Put bars, names and the legend on axes; ``colours`` has one per player."""
    middles, names = _middles(bars), _names(bars)
    inches = ax.get_window_extent().width / ax.figure.dpi
    for bar, middle in zip(bars, middles, strict=True):
        _draw_segments(bar, middle, ax, names, inches)
        _draw_reach(bar, middle, ax)
    for k, bar in enumerate(bars):
        if _begins_player(bars, k):
            _write(
                ax,
                (0, middles[k] - ROW),
                one_line(bar.player),
                color=colours[bar.player],
                fontweight="bold",
                gid=f"player-{bar.player}",
            )
    _write(ax, (BESIDE, middles[0] - ROW), "reach", color=INK, gid="reach")
    _draw_frame(bars, middles, ax)
    rows = _legend_rows(names)
    if rows:
        _draw_legend(names, len(rows[0]), ax)


def _begins_player(bars: Sequence[Bar], k: int) -> bool:
    return k == 0 or bars[k - 1].player != bars[k].player


def _middles(bars: Sequence[Bar]) -> list[float]:
    """Return where the middle of each bar is, in inches from the top."""
    middles, middle = [], 0.0
    for k in range(len(bars)):
        middle += ROW + HEAD * _begins_player(bars, k)
        middles.append(middle)
    return middles


def _names(bars: Sequence[Bar]) -> list[str]:
    """Return every action's name once, in the order of the bars."""
    return list(dict.fromkeys(name for bar in bars for name in bar.actions))


def _draw_segments(bar: Bar, middle: float, ax: Axes, names: Sequence[str], inches: float) -> None:
    """Draw a segment per action that is taken; a bar is ``inches`` long."""
    left = 0.0
    for name, probability in zip(bar.actions, bar.probabilities, strict=True):
        if probability <= 0:
            continue
        fill = _fill(names.index(name), pale=not bar.is_reached)
        ax.barh(middle, probability, THICKNESS, left, linewidth=0.5, **fill)
        text = _fitting(name, probability, probability * inches)
        if text:
            behind = {"facecolor": fill["facecolor"], "edgecolor": "none", "pad": 0.5}
            _write(
                ax,
                (left + probability / 2, middle),
                text,
                ha="center",
                color="black" if bar.is_reached else PALE,
                bbox=behind if fill["hatch"] else None,
                gid=f"action-{bar.player}-{bar.infoset}-{name}",
            )
        left += probability


def _fitting(name: str, probability: float, inches: float) -> str:
    """Return the most that can be written in a segment of that length."""
    number = probability_text(probability)
    texts = (f"{name} {number}", number, "")
    # The axes may still become a little narrower when the figure is laid out.
    return next(text for text in texts if not text or text_width(text) + 0.08 <= 0.93 * inches)


def _fill(k: int, *, pale: bool) -> dict[str, Any]:
    """Return how the segments of an action, given by its number, are filled."""
    colour = ACTIONS[k % len(ACTIONS)]
    return {
        "facecolor": lighter(colour) if pale else colour,
        "edgecolor": PALE if pale else INK,
        "hatch": HATCHES[k // len(ACTIONS) % len(HATCHES)],
    }


def _draw_reach(bar: Bar, middle: float, ax: Axes) -> None:
    """Write with which probability the infoset is reached."""
    _write(
        ax,
        (BESIDE, middle),
        f"{bar.reach:.3g}" if bar.is_reached else "not reached",
        color=INK if bar.is_reached else PALE,
        fontstyle="normal" if bar.is_reached else "italic",
        gid=f"reach-{bar.player}-{bar.infoset}",
    )


def _draw_frame(bars: Sequence[Bar], middles: Sequence[float], ax: Axes) -> None:
    """Name the infosets, and leave nothing of the frame but the scale."""
    ax.set_xlim(0, 1)
    ax.set_ylim(middles[-1] + 0.6 * ROW, 0)
    ax.set_yticks(middles, [one_line(bar.infoset) for bar in bars], fontsize=FONT)
    for label, bar in zip(ax.get_yticklabels(), bars, strict=True):
        label.set_parse_math(False)
        label.set_color(INK if bar.is_reached else PALE)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"], fontsize=FONT)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)


def _legend_rows(names: Sequence[str]) -> list[list[str]]:
    """Break the names into rows that are no wider than a bar; none if they are too many."""
    if len(names) > MOST_NAMES:
        return []
    widest = max(text_width(name) for name in names) + 0.5
    columns = max(1, int(LENGTH / widest))
    return [list(names[k : k + columns]) for k in range(0, len(names), columns)]


def _draw_legend(names: Sequence[str], columns: int, ax: Axes) -> None:
    """Say which action has which fill."""
    patch = matplotlib_module("matplotlib.patches").Patch
    legend = ax.legend(
        [patch(linewidth=0.5, **_fill(k, pale=False)) for k in range(len(names))],
        list(names),
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        ncols=columns,
        frameon=False,
        fontsize=FONT,
        borderaxespad=2.2,
        handlelength=1.2,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _write(ax: Axes, at: tuple[float, float], text: str, **style: Any) -> None:
    ax.text(*at, text, va="center_baseline", fontsize=FONT, parse_math=False, **style)
