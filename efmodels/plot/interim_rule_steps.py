"""How likely each bidder is to win, by her value: the interim rule of an auction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from efmodels.errors import GameError
from efmodels.mechanisms.interim_rules import InterimRule
from efmodels.plot.canvas import FONT, new_axes, one_line
from efmodels.plot.palette import PLAYERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (4.6, 3.6)
"""Width and height of a new figure, in inches."""


def interim_rule(rule: InterimRule, *, ax: Axes | None = None) -> Axes:
    """Draw how likely each bidder is to win, as steps over her value.

    A bidder whose truth is the best report has steps that only go up.

    Parameters
    ----------
    rule
        The ``rule`` of what :func:`efmodels.mechanism_design.optimal_auction` returns, or the
        solution of a ``border`` block.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    GameError
        It is no interim rule.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> bidders = ef.mechanisms.IndependentBidders([[1, 2], [1, 3]], [[0.5, 0.5]] * 2)
    >>> ax = ef.plot.interim_rule(ef.optimal_auction(bidders).rule)
    >>> ax.get_xlabel(), [text.get_text() for text in ax.get_legend().get_texts()]
    ('value', ['B1', 'B2'])
    """
    if not isinstance(rule, InterimRule):
        raise GameError(
            f"plot.interim_rule takes an InterimRule, such as optimal_auction(bidders).rule or the "
            f"solution() of a border block; got {type(rule).__name__}"
        )
    ax = new_axes(*SIZE) if ax is None else ax
    bidders = rule.bidders
    for k, name in enumerate(bidders.bidders):
        mine = bidders.bidder == k
        colour = PLAYERS[k % len(PLAYERS)]
        style: dict[str, Any] = {"color": colour, "linewidth": 1.5, "gid": f"wins-{name}"}
        value, wins = bidders.value[mine], rule.win[mine]
        ax.plot(value, wins, "o-", drawstyle="steps-post", label=one_line(name), **style)
    ax.set_xlabel("value", fontsize=FONT)
    ax.set_ylabel("chance to win", fontsize=FONT)
    ax.tick_params(labelsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    for text in ax.legend(fontsize=FONT).get_texts():
        text.set_parse_math(False)
    return ax
