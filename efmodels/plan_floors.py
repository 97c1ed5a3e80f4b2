"""Plans that do everything with some probability: their rows, their extremes, the best of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.verifying import action_worths

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.polytope import FlowPolytope

ROUNDING = 1e-9
"""By how much floors may exceed what there is."""


@dataclass(frozen=True, eq=False)
class PlanFloors:
    r"""The plans of a player with ``x_q >= least_q + share_q x_p(q)``, :math:`p(q)` her last move.

    Attributes
    ----------
    polytope
        A tree: the player has perfect recall.
    share
        The least probability of each action at its infoset; 0 for the empty sequence.
    least
        The least probability of each sequence; 0 for the empty one.

    Raises
    ------
    GameError
        A floor is negative or not finite, shapes do not fit, or no plan satisfies the floors.
    """

    polytope: FlowPolytope
    share: Floats
    least: Floats

    def __post_init__(self) -> None:
        """Check that there is a plan."""
        size = self.polytope.size
        for name in ("share", "least"):
            given = getattr(self, name)
            if given.shape != (size,) or given[0] != 0:
                raise GameError(
                    f"floors have shape {given.shape}; expected ({size},), a number per sequence, "
                    "and 0 for the empty one"
                )
            if not (np.isfinite(given) & (given >= 0)).all():
                raise GameError("floors are probabilities: finite, and at least 0")
        if self.polytope.points and (self.spare < -ROUNDING).any():
            name = self.polytope.point_names[int(np.argmin(self.spare))]
            raise GameError(
                f"the floors at {name!r} add up to more than there is to choose; take smaller ones"
            )

    @cached_property
    def before(self) -> Ints:
        """The sequence before the last move of each sequence; that of the empty one is itself."""
        parent = np.zeros(self.polytope.size, dtype=np.int64)
        parent[1:] = self.polytope.incoming[self.polytope.point[1:]]
        return parent

    @cached_property
    def lowest(self) -> Floats:
        """The least that any plan can do of each sequence, 1 for the empty one; ``(size,)``."""
        x = np.ones(self.polytope.size)
        for q in range(1, len(x)):
            x[q] = self.least[q] + self.share[q] * x[self.before[q]]
        return x

    @cached_property
    def spare(self) -> Floats:
        """What the floors leave at each infoset that is come to as seldom as may be."""
        spent = np.add.reduceat(self.lowest[1:], self.polytope.start[:-1] - 1)
        left: Floats = self.lowest[self.polytope.incoming] - spent
        return left

    @cached_property
    def taken(self) -> tuple[Floats, Floats]:
        """What the shares, and the floors of sequences, add up to at each infoset."""
        if not self.polytope.points:
            return np.zeros(0), np.zeros(0)
        first = self.polytope.start[:-1] - 1
        return np.add.reduceat(self.share[1:], first), np.add.reduceat(self.least[1:], first)

    @cached_property
    def highest(self) -> Floats:
        """The most that any plan can do of each sequence; ``(size,)``."""
        x = np.ones(self.polytope.size)
        for q in range(1, len(x)):
            before = x[self.before[q]]
            x[q] = self.least[q] + self.share[q] * before + self._left(q, before)
        return x

    @cached_property
    def room(self) -> Floats:
        """The most that any plan can add to the floor of each sequence, 0 for the empty one."""
        above = self.highest[self.before]
        most = [self._left(q, above[q]) for q in range(1, self.polytope.size)]
        return np.array([0.0, *most])

    def _left(self, q: int, before: float) -> float:
        """Return what floors leave at the infoset of a sequence."""
        shared, spent = self.taken
        j = self.polytope.point[q]
        return max(float(before * (1 - shared[j]) - spent[j]), 0.0)

    def extreme(self, chosen: Floats) -> Floats:
        """Return the plan that adds to the floors of chosen sequences whatever is left.

        Parameters
        ----------
        chosen
            One for a single sequence of each infoset, 0 for the others; ``(size,)``.
        """
        x = np.ones(self.polytope.size)
        for q in range(1, len(x)):
            before = x[self.before[q]]
            added = self._left(q, before) * chosen[q]
            x[q] = self.least[q] + self.share[q] * before + added
        return x

    @cached_property
    def R(self) -> sparse.csr_array:  # noqa: N802 - its name in the formulas
        """The matrix of ``x = R x' + l``, where ``x'`` is what plans add to their floors."""
        size = self.polytope.size
        minus = sparse.csr_array(
            (self.share[1:], (np.arange(1, size), self.before[1:])), shape=(size, size)
        )
        R = power = sparse.csr_array(sparse.eye_array(size))
        while (power := sparse.csr_array(minus @ power)).nnz:
            R = R + power
        return sparse.csr_array(R)

    @cached_property
    def offset(self) -> Floats:
        """The ``l`` of ``x = R x' + l``."""
        result: Floats = self.R @ self.least
        return result

    @cached_property
    def rows(self) -> sparse.csr_array:
        """The matrix of the rows ``x_q - share_q x_p(q) >= least_q`` of all moves."""
        size = self.polytope.size
        places = np.arange(1, size)
        columns = np.concatenate((places, self.before[1:]))
        values = np.concatenate((np.ones(size - 1), -self.share[1:]))
        rows = np.concatenate((places, places)) - 1
        matrix = sparse.csr_array((values, (rows, columns)), shape=(size - 1, size))
        matrix.eliminate_zeros()
        return matrix

    def best_reply_value(self, game: Game, number: int, worth: Floats) -> float:
        """Return the most that a player can make of a worth per terminal, by the tree.

        See :func:`efmodels.verifying.best_reply_value`.
        """
        actions = np.arange(len(game.action_labels))
        first = (
            int(game.action_start[game.infosets_of(number).start]) if self.polytope.points else 0
        )
        share, least = np.zeros(len(actions)), np.zeros(len(actions))
        mine = slice(first, first + self.polytope.size - 1)
        share[mine], least[mine] = self.share[1:], self.least[1:]
        extra = 0.0

        def fold(worths: Floats, offsets: Ints, places: Ints) -> Floats:
            nonlocal extra
            best = np.maximum.reduceat(worths, offsets)
            width = np.diff(np.append(offsets, len(worths)))
            behind = worths - np.repeat(best, width)  # what a move costs that is no best one
            extra += float(least[places] @ behind)
            value: Floats = best + np.add.reduceat(share[places] * behind, offsets)
            return value

        total, _ = action_worths(game, number, worth, fold)
        return float(total[-1]) + extra
