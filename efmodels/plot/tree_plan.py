"""Everything about the picture of a tree that is known before there is a figure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import CHANCE
from efmodels.plot.canvas import FONT, TITLE, one_line, text_height, text_width
from efmodels.plot.infoset_links import Link, links_of
from efmodels.plot.layout import tree_layout
from efmodels.plot.tree_places import MARKER, Places, edge_widths, places_of, room_beside_nodes
from efmodels.plot.tree_texts import Texts, texts_of

if TYPE_CHECKING:
    from efmodels.game import Floats, Game

WIDEST = 200.0
"""Widest figure in inches: beyond that viewers refuse, and labels come too near to each other."""

LEGEND_KEY = 0.45
"""Inches that the legend takes for an entry, beside its text."""


@dataclass(frozen=True, eq=False)
class TreePlan:
    """What is drawn where, and how large the figure should be.

    Attributes
    ----------
    game
        The game.
    texts
        What is written.
    links
        The lines that join infosets.
    places
        Where everything stands. The axes count inches, and keep them in a figure of the right size.
    behaviour
        Probability of each flat action, or ``None`` if no strategy is to be shown.
    """

    game: Game
    texts: Texts
    links: list[Link]
    places: Places
    behaviour: Floats | None

    @cached_property
    def title(self) -> str:
        """The game's title, on as many lines as it has."""
        return "\n".join(map(one_line, self.game.title.strip().splitlines()))

    @cached_property
    def legend(self) -> list[tuple[int, str]]:
        """The players' numbers and labels, and chance (0) behind them if it moves."""
        chance = [(CHANCE, "chance")] if (self.game.owner == CHANCE).any() else []
        return [*enumerate(map(one_line, self.game.players), 1), *chance]

    @cached_property
    def limits(self) -> tuple[float, float, float, float]:
        """Left, right, lower and upper end of the axes, in inches."""
        left, right = room_beside_nodes(self.texts)
        edges = edge_widths(self.texts) / 2
        payoffs = text_height(len(self.game.players)) + 2 * MARKER
        return (
            float(np.minimum(self.places.x - left, self.places.label_x - edges).min()) - MARKER,
            float(np.maximum(self.places.x + right, self.places.label_x + edges).max()) + MARKER,
            float(self.places.y.min()) - payoffs,
            2 * MARKER,
        )

    @property
    def figure_size(self) -> tuple[float, float]:
        """Width and height of a figure with room for the title and the legend, in inches."""
        left, right, bottom, top = self.limits
        heads = sum(LEGEND_KEY + text_width(label) for _, label in self.legend)
        title = text_width(self.title) * TITLE / FONT
        lines = self.title.count("\n") + 3 if self.title else 2
        width = max(right - left, heads, title) + 2 * MARKER
        return min(width, WIDEST), top - bottom + text_height(lines)


def plan_of(game: Game, behaviour: Floats | None = None) -> TreePlan:
    """Plan the picture of a game.

    Examples
    --------
    >>> import efmodels as ef
    >>> plan = plan_of(ef.instances.kuhn())
    >>> len(plan.links), plan.legend
    (12, [(1, 'P1'), (2, 'P2'), (0, 'chance')])
    """
    layout = tree_layout(game)
    texts = texts_of(game, layout[0], behaviour)
    links = links_of(game, *layout)
    return TreePlan(game, texts, links, places_of(game, layout, texts, links), behaviour)


def edge_probabilities(plan: TreePlan) -> Floats:
    """Return the probability of the action above each node but the root; 1 without a strategy."""
    game, below = plan.game, np.arange(1, plan.game.nodes)
    if plan.behaviour is None:
        return np.ones(len(below))
    flat = game.action_start[game.infoset[game.parent[below]]] + game.action[below]
    likely: Floats = plan.behaviour[flat]
    return likely
