"""Colours and markers: a player is told by both, so that no colour has to be told from another.

The colours are those of Okabe and Ito, which people with any common colour blindness tell apart,
darkened until a text in them has a contrast of at least 4.5 on white.
"""

from __future__ import annotations

PLAYERS = ("#0072b2", "#b34a00", "#007a57", "#a3527d", "#8a6500", "#3f7393", "#5b4a9e", "#4d4d4d")
"""A colour per player, again from the first after the eighth."""

MARKERS = ("o", "s", "^", "v", "P", "X", "p", "h")
"""A marker per player, likewise."""

CHANCE_MARKER = "D"
"""Chance nodes are hollow diamonds."""

INK = "#333333"
"""Edges, and texts that belong to no player."""

FAINT, PALE = "#b5b5b5", "#707070"
"""Lines and texts of what has probability zero."""

ACTIONS = ("#56b4e9", "#e69f00", "#5cc0a1", "#f0e442", "#d9a0c0", "#cccccc", "#e58a5c", "#8fb6d9")
"""Fills for actions: light enough for a dark text."""

HATCHES = ("", "//", "..", "\\\\", "xx")
"""After all fills were used, the same with another hatch."""


def player_colour(number: int) -> str:
    """Return the colour of a player given by number from 1; chance (0) has that of edges.

    >>> player_colour(1) == player_colour(9), player_colour(0)
    (True, '#333333')
    """
    return PLAYERS[(number - 1) % len(PLAYERS)] if number > 0 else INK


def player_marker(number: int) -> str:
    """Return the marker of a player given by number from 1, or of chance (0).

    >>> player_marker(2), player_marker(0)
    ('s', 'D')
    """
    return MARKERS[(number - 1) % len(MARKERS)] if number > 0 else CHANCE_MARKER


def lighter(colour: str) -> str:
    """Mix a colour with twice as much white.

    >>> lighter("#000000"), lighter("#ffff00")
    ('#aaaaaa', '#ffffaa')
    """
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{(part + 2 * 255) // 3:02x}" for part in parts)
