"""The artists of a tree: edges, markers, lines through infosets, texts, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.game import CHANCE, TERMINAL
from efmodels.plot.canvas import FONT, TITLE, matplotlib_module, one_line
from efmodels.plot.link_paths import label_place, link_path
from efmodels.plot.palette import FAINT, INK, PALE, player_colour, player_marker
from efmodels.plot.tree_plan import edge_probabilities

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efmodels.plot.tree_plan import TreePlan

NEVER = 5e-4
"""An action of smaller probability is drawn as one that is not taken: its label says 0."""

MARKER_SIZE = 6.0
"""Width of a marker in points."""

THIN, WIDE = 0.6, 1.8
"""Width of an edge without probability, and what is added for probability one, in points."""

# What is drawn first lies below what is drawn later.
_EDGES, _LINKS, _LABELS, _NODES = 1, 2, 3, 4
_BEHIND_TEXT = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def draw_plan(plan: TreePlan, ax: Axes) -> None:
    """Put everything that a plan says on axes, whose frame and ticks disappear."""
    draw_edges(plan, ax)
    draw_links(plan, ax)
    draw_nodes(plan, ax)
    draw_payoffs(plan, ax)
    left, right, bottom, top = plan.limits
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_axis_off()
    if plan.title:
        ax.set_title(plan.title, fontsize=TITLE, parse_math=False)
    draw_legend(plan, ax)


def draw_edges(plan: TreePlan, ax: Axes) -> None:
    """Draw a line per edge, all in one collection, and write the actions."""
    below = np.arange(1, plan.game.nodes)
    above = plan.game.parent[below]
    points = np.stack([plan.places.x, plan.places.y], axis=1)
    likely = edge_probabilities(plan)
    plain = plan.behaviour is None
    lines = matplotlib_module("matplotlib.collections").LineCollection(
        np.stack([points[above], points[below]], axis=1),
        linewidths=np.full(len(below), 0.9) if plain else THIN + WIDE * likely,
        colors=[INK if p > NEVER else FAINT for p in likely],
        linestyles=["solid" if p > NEVER else (0, (1, 1.5)) for p in likely],
        zorder=_EDGES,
        gid="edges",
    )
    ax.add_collection(lines, autolim=False)
    for node, p in zip(below.tolist(), likely.tolist(), strict=True):
        at = plan.places.label_x[node], plan.places.label_y[node]
        colour = INK if p > NEVER else PALE
        _write(ax, at, plan.texts.edges[node], color=colour, gid=f"action-{node}")


def draw_links(plan: TreePlan, ax: Axes) -> None:
    """Draw a dashed line through every infoset of several nodes, and write its name once."""
    path = matplotlib_module("matplotlib.path").Path
    patch = matplotlib_module("matplotlib.patches").PathPatch
    for link in plan.links:
        colour = player_colour(int(plan.game.infoset_owner[link.infoset]))
        line = patch(
            path(*link_path(link, plan.places)),
            facecolor="none",
            edgecolor=colour,
            linestyle=(0, (4, 2)),
            linewidth=1.0,
            zorder=_LINKS,
            gid=f"infoset-{link.infoset}",
        )
        ax.add_patch(line)
        place = label_place(plan.game, plan.links, link, plan.places)
        name = one_line(plan.game.infoset_names[link.infoset])
        gid = f"name-{link.infoset}"
        _write(ax, (place.x, place.y), name, color=colour, gid=gid, ha=place.align)


def draw_nodes(plan: TreePlan, ax: Axes) -> None:
    """Draw the markers, a set per owner, and write the names of infosets of one node."""
    for number in range(CHANCE, len(plan.game.players) + 1):
        mine = plan.game.owner == number
        if mine.any():
            style: dict[str, Any] = _marker(number)
            ax.plot(
                plan.places.x[mine],
                plan.places.y[mine],
                linestyle="none",
                zorder=_NODES,
                gid=f"player-{number}",
                **style,
            )
    for node, name in enumerate(plan.texts.names):
        if name:
            on_the_left = bool(plan.texts.on_the_left[node])
            ax.annotate(
                name,
                (float(plan.places.x[node]), float(plan.places.y[node])),
                xytext=(-MARKER_SIZE if on_the_left else MARKER_SIZE, 0),
                textcoords="offset points",
                ha="right" if on_the_left else "left",
                va="center",
                fontsize=FONT,
                color=player_colour(int(plan.game.owner[node])),
                zorder=_LABELS,
                gid=f"name-{plan.game.infoset[node]}",
                parse_math=False,
                annotation_clip=False,
            )


def draw_payoffs(plan: TreePlan, ax: Axes) -> None:
    """Write the payoffs below the terminals, one under the other, each in its player's colour."""
    line = 1.2 * FONT
    for node in np.flatnonzero(plan.game.owner == TERMINAL).tolist():
        for k, text in enumerate(plan.texts.payoffs[node]):
            ax.annotate(
                text,
                (float(plan.places.x[node]), float(plan.places.y[node])),
                xytext=(0, -(k + 0.8) * line),
                textcoords="offset points",
                ha="center",
                va="center",
                fontsize=FONT,
                color=player_colour(k + 1),
                zorder=_LABELS,
                gid=f"payoff-{node}-{k + 1}",
                annotation_clip=False,
            )


def draw_legend(plan: TreePlan, ax: Axes) -> None:
    """Say which marker is whose."""
    line = matplotlib_module("matplotlib.lines").Line2D
    marks = [line([], [], linestyle="none", **_marker(number)) for number, _ in plan.legend]
    legend = ax.legend(
        marks,
        [label for _, label in plan.legend],
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        ncols=len(marks),
        frameon=False,
        fontsize=FONT,
        handletextpad=0.2,
        columnspacing=1.2,
        borderaxespad=0.2,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _marker(number: int) -> dict[str, Any]:
    """Return how the nodes of a player, or of chance, are marked."""
    colour = player_colour(number)
    return {
        "marker": player_marker(number),
        "markersize": MARKER_SIZE,
        "markeredgecolor": colour,
        "markerfacecolor": "white" if number == CHANCE else colour,
    }


def _write(
    ax: Axes, at: tuple[float, float], text: str, *, ha: str = "center", **style: Any
) -> None:
    """Write a text that hides the lines behind it."""
    ax.text(
        *at,
        text,
        ha=ha,
        va="center",
        fontsize=FONT,
        linespacing=1.0,
        zorder=_LABELS,
        bbox=_BEHIND_TEXT,
        parse_math=False,
        **style,
    )
