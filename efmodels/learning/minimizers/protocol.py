r"""What a regret minimizer is, whatever set it chooses from.

It names a point, then sees how good each direction was, and so on. Everything here *maximises*:
what is observed is a utility vector ``u``, and the point ``x`` earns ``u @ x``. Its regret after
``T`` rounds is what one fixed point would have earned more:

.. math:: R_T = \max_{z \in X} \sum_{t \le T} \langle u_t, z \rangle
          - \sum_{t \le T} \langle u_t, x_t \rangle .

Losses are utilities times -1; of a concave utility, or a convex loss, pass the gradient at the
point that was played: its regret is no larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from efmodels.game import Floats


class RegretMinimizer(Protocol):
    """Somebody who chooses a point of a convex set again and again, and regrets little.

    It remembers what it has observed: one object plays one side of one game.
    """

    @property
    def size(self) -> int:
        """Number of coordinates of a point."""

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the point to be played now; do not change the array.

        Parameters
        ----------
        prediction
            The utility that is expected to be observed next. A good one makes for less regret, a
            bad one for more, but not for much.

        Notes
        -----
        The last point that was returned counts as played. Before the first one, it is the one that
        would have been returned.
        """

    def observe(self, utility: Floats) -> None:
        """Learn the utility vector of the point that was played; shape ``(size,)``."""

    def value(self, utility: Floats) -> float:
        """Return what the point that was played earns.

        That is ``utility @ point``, less what a strongly convex regularizer takes, if there is one.
        """

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the most that any point of the set earns, and a point that earns it."""
