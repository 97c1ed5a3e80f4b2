"""Pacing multipliers as bars: one per bidder, with what she spends of her budget beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from efmodels.errors import GameError
from efmodels.plot.canvas import FONT, new_axes, one_line, text_height, text_width
from efmodels.plot.palette import ACTIONS, FAINT, INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

MOST_BIDDERS = 60
"""How many bidders are drawn, unless the caller says otherwise."""

LENGTH, ROW = 4.0, 0.25
"""Length of a whole bar and distance of two bars, in inches."""

BESIDE = 1.02
"""Where the texts on the right begin; a bar of a multiplier of 1 ends at 1."""

COLUMNS = ("alpha", "budget", "spend")


class HasBidders(Protocol):
    """A pacing outcome or equilibrium, or a solved block."""

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per bidder, and columns alpha, budget and spend."""


def multipliers(
    outcome: HasBidders, *, ax: Axes | None = None, max_bidders: int = MOST_BIDDERS
) -> Axes:
    """Draw the multiplier of each bidder as a bar, in the order of the market.

    Who is not paced has a bar up to the line at 1. On the right stands what she spends, and of
    which budget.

    Parameters
    ----------
    outcome
        What :func:`efmodels.fppe` returns, an outcome, or a solved block of a pacing equilibrium.
    ax
        Where to draw; by default a new figure.
    max_bidders
        More bidders than that are refused.

    Raises
    ------
    GameError
        There are too many bidders, or this is no outcome of a pacing auction.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> ax = ef.plot.multipliers(ef.fppe(ef.markets.Market([[4, 2], [3, 3]], [1, 2])))
    >>> [float(round(bar.get_width(), 6)) for bar in ax.patches]
    [0.375, 0.5]
    """
    table = outcome.strategy()
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise GameError(
            f"this is no outcome of a pacing auction: its table has no {missing}, only "
            f"{list(table)}"
        )
    if len(table) > max_bidders:
        raise GameError(
            f"the market has {len(table)} bidders, more than max_bidders={max_bidders}; raise it, "
            "or draw a market with some of them"
        )
    names = [one_line(str(name)) for name in table.index]
    alpha, budget, spend = (table[name].tolist() for name in COLUMNS)
    notes = [f"{paid:.4g} of {own:.4g}" for paid, own in zip(spend, budget, strict=True)]
    if ax is None:
        room = max(map(text_width, names)) + max(map(text_width, notes)) + 0.5
        ax = new_axes(LENGTH + room, ROW * (len(names) + 1) + text_height(3))
    _draw(ax, names, alpha, notes)
    return ax


def _draw(ax: Axes, names: Sequence[str], alpha: Sequence[float], notes: Sequence[str]) -> None:
    places = range(len(names))
    ax.axvline(1.0, color=FAINT, linewidth=1.0, zorder=0)
    ax.barh(places, alpha, height=0.75, color=ACTIONS[0], edgecolor=INK, linewidth=0.6)
    for k, note in enumerate(notes):
        ax.text(BESIDE, k, note, va="center", fontsize=FONT, color=INK, gid=f"spend-{names[k]}")
    ax.set_yticks(places, names, fontsize=FONT)
    ax.set_xlim(0.0, 1.0)
    ax.invert_yaxis()
    ax.tick_params(labelsize=FONT)
    ax.set_xlabel("multiplier; on the right what is spent, of which budget", fontsize=FONT)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
