"""Persuasion as a picture: what the sender gets at each belief, and its concave closure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.persuasion import concavification as closure_of
from efmodels.plot.canvas import FONT, new_axes, one_line
from efmodels.plot.palette import INK, MARKERS, PLAYERS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from efmodels.game import Floats
    from efmodels.persuasion import ConcaveClosure, PersuasionProblem, Split

SIZE = (5.2, 3.8)
"""Width and height of a new figure, in inches."""

STATES = 2
"""A belief is a number if there are so many states."""


def concavification(
    problem: PersuasionProblem, *, state: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the sender's payoff against the belief of all receivers, and its concave closure.

    There is a line for each profile of actions where it is best for everybody; where two meet, the
    sender has his way. The dashed line is the concave closure. The prior is marked on it, and the
    posteriors of the best public scheme are marked where the two meet.

    Parameters
    ----------
    problem
        With two states.
    state
        Whose probability the horizontal axis has; that of the last state by default.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    GameError
        There are not two states, or there is no such state.
    InfeasibleError
        Nothing that is announced is obeyed: with several receivers, all equilibria may be mixed.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> problem = ef.persuasion.PersuasionProblem.from_game(ef.instances.prosecutor())
    >>> ax = ef.plot.concavification(problem, state="guilty")
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['acquit', 'convict', 'concave closure', 'prior', 'posteriors']
    """
    states = problem.states
    if len(states) != STATES:
        raise GameError(f"a belief is drawn for two states; there are {len(states)}")
    state = states[-1] if state is None else state
    if state not in states:
        raise GameError(f"no state is called {state!r}; there are {list(states)}")
    axis = states.index(state)
    closure = closure_of(problem)
    split = closure.split()
    ax = new_axes(*SIZE) if ax is None else ax
    _draw_payoffs(ax, closure, axis)
    _draw_closure(ax, closure, axis)
    _mark(ax, problem.prior[axis], split, axis)
    ax.set_xlabel(f"probability of {one_line(state)}", fontsize=FONT, parse_math=False)
    ax.set_ylabel(f"payoff of {one_line(problem.sender)}", fontsize=FONT, parse_math=False)
    ax.tick_params(labelsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    for text in ax.legend(fontsize=FONT).get_texts():
        text.set_parse_math(False)
    return ax


def _draw_payoffs(ax: Axes, closure: ConcaveClosure, axis: int) -> None:
    """Draw a line for each profile, or a dot where its cell is a single belief."""
    for number, profile in enumerate(np.unique(closure.profiles).tolist()):
        here = closure.profiles == profile
        x, y = closure.beliefs[here, axis], closure.values[here]
        order = np.argsort(x)
        ax.plot(
            x[order],
            y[order],
            "-o",
            color=PLAYERS[number % len(PLAYERS)],
            linewidth=2.2,
            markersize=3.5,
            label=one_line(closure.action_names[profile]),
            gid=f"payoff-{profile}",
            clip_on=False,
        )


def _draw_closure(ax: Axes, closure: ConcaveClosure, axis: int) -> None:
    """Draw the closure between the corners at which it can have a kink."""
    x, y = _upper_hull(closure.beliefs[:, axis], closure.values)
    ax.plot(x, y, "--", color=INK, linewidth=1.3, label="concave closure", gid="closure", zorder=3)


def _upper_hull(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the points of the least concave function above all, from left to right.

    >>> _upper_hull(np.array([0.0, 1.0, 0.5, 0.5, 0.75]), np.array([0.0, 1.0, 0.0, 1.0, 0.9]))
    (array([0. , 0.5, 1. ]), array([0., 1., 1.]))
    """
    hull: list[tuple[float, float]] = []
    for x1, y1 in sorted(zip(x.tolist(), y.tolist(), strict=True), key=lambda p: (p[0], -p[1])):
        if hull and hull[-1][0] == x1:
            continue
        while len(hull) > 1 and _turns_left(hull[-2], hull[-1], (x1, y1)):
            hull.pop()
        hull.append((x1, y1))
    left, up = zip(*hull, strict=True)
    return np.array(left), np.array(up)


def _turns_left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Say whether the middle one of three points is on or below the line between the others."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])


def _mark(ax: Axes, prior: float, split: Split, axis: int) -> None:
    """Mark the prior on the closure, and the posteriors into which it is split."""
    style: dict[str, Any] = {
        "color": INK,
        "linestyle": "none",
        "markerfacecolor": "white",
        "clip_on": False,
    }
    ax.plot(
        [prior],
        [split.value],
        MARKERS[1],
        label="prior",
        gid="prior",
        markersize=7,
        zorder=4,
        **style,
    )
    ax.plot(
        split.beliefs[:, axis],
        split.values,
        MARKERS[0],
        label="posteriors",
        gid="posteriors",
        markersize=8,
        zorder=4,
        **style,
    )
