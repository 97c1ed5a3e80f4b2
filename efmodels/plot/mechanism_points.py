"""Mechanisms as points: what they bring against what could be gained by gaming them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from efmodels.errors import GameError
from efmodels.plot.canvas import FONT, new_axes, one_line
from efmodels.plot.palette import INK, PLAYERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (5.2, 3.8)
"""Width and height of a new figure, in inches."""

HONEST = 1e-6
"""An exploitability up to this one counts as none."""

LINEAR = 1e-3
"""Up to this exploitability the axis is linear; 0 has a place on it."""


@runtime_checkable
class HasRevenue(Protocol):
    """What can be drawn: a truthful baseline, or the solution of a mechanism."""

    @property
    def revenue(self) -> float:
        """What all pay together."""

    @property
    def exploitability(self) -> float:
        """What all bidders together could gain by deviating, one at a time."""


def mechanisms(points: Mapping[str, HasRevenue], *, ax: Axes | None = None) -> Axes:
    """Draw the revenue of mechanisms against what bidders could gain by not being honest.

    A dot is filled where nobody gains by a deviation. The revenue of the others is what they would
    bring if bidders were honest nevertheless. The axis of the exploitability is logarithmic
    from a thousandth on.

    Parameters
    ----------
    points
        What :func:`efmodels.auction_sequences.truthful_bidding` returns, or the ``solution()`` of
        :func:`efmodels.formulations.priced_auctions` and the like, by the names to be drawn.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    GameError
        There is nothing to draw, these are no names and mechanisms, or one of them has no revenue
        and exploitability.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.auction_sequences import (
    ...     AuctionSequence,
    ...     FirstPrice,
    ...     SecondPrice,
    ...     truthful_bidding,
    ... )
    >>> sequence = AuctionSequence((0, "1/2", 1), budget=1)
    >>> auctions = {"FP": FirstPrice(), "SP": SecondPrice()}
    >>> ax = ef.plot.mechanisms({k: truthful_bidding(sequence, a) for k, a in auctions.items()})
    >>> [text.get_text() for text in ax.texts]
    ['FP', 'SP']
    """
    _require_mechanisms(points)
    ax = new_axes(*SIZE) if ax is None else ax
    for name, point in points.items():
        gain, revenue = max(point.exploitability, 0.0), point.revenue
        colour = PLAYERS[0] if gain <= HONEST else PLAYERS[1 % len(PLAYERS)]
        inside = colour if gain <= HONEST else "none"
        ax.plot(
            [gain], [revenue], "o", color=colour, markerfacecolor=inside, gid=f"mechanism-{name}"
        )
        ax.annotate(
            one_line(name),
            (gain, revenue),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=FONT,
            color=INK,
            parse_math=False,
        )
    ax.set_xscale("symlog", linthresh=LINEAR)
    ax.set_xlim(left=-LINEAR / 10)
    ax.margins(x=0.2)
    ax.set_xlabel("exploitability", fontsize=FONT)
    ax.set_ylabel("revenue", fontsize=FONT)
    ax.tick_params(labelsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _require_mechanisms(points: Any) -> None:
    """Refuse what has no names, and what brings no revenue or cannot be exploited."""
    expected = (
        "give names and mechanisms, such as {'best': m.eq.solution()} of priced_auctions, or what "
        "truthful_bidding returns"
    )
    if not isinstance(points, Mapping):
        raise GameError(f"plot.mechanisms got a {type(points).__name__}; {expected}")
    if not points:
        raise GameError("there is nothing to draw: give at least one mechanism")
    for name, point in points.items():
        if not isinstance(point, HasRevenue):
            raise GameError(
                f"plot.mechanisms: {name!r} is a {type(point).__name__}, which has no revenue and "
                f"exploitability; {expected}"
            )
