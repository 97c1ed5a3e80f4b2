"""How far a first-order method goes in one iteration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.prox.smoothing import Response, Smoothing

ROUNDING = 1e-12
"""Distances below this may be rounding errors, from which nothing can be learned of a step."""


class Move(NamedTuple):
    """What one side has done in a step.

    Attributes
    ----------
    smoothing
        Its dilated distance.
    old, new
        Its responses before and after the step.
    turn
        By how much its gradient has changed.
    """

    smoothing: Smoothing
    old: Response
    new: Response
    turn: Floats

    def distance(self) -> float:
        """Return how far the new plan is from the old one."""
        return self.smoothing.distance(self.new, self.old.anchor)


class Steps(Protocol):
    """A rule for the size of steps, in one over the units of the payoffs."""

    @property
    def first(self) -> float:
        """The first size."""

    def fits(self, size: float, moves: tuple[Move, Move]) -> bool:
        """Say whether a step of that size may be taken; else it is tried again, smaller."""

    def smaller(self, size: float) -> float:
        """Return the size to try after one that does not fit."""

    def next(self, size: float, moves: tuple[Move, Move], *, refused: bool) -> float:
        """Return the size of the next step after one that fits.

        ``refused`` says whether any has not.
        """


@dataclass(frozen=True)
class ConstantStep:
    """The same size all the time; converges if it is small enough for the game."""

    first: float = 1.0

    def fits(self, size: float, moves: tuple[Move, Move]) -> bool:
        """Take every step."""
        del size, moves
        return True

    def smaller(self, size: float) -> float:
        """Return the size."""
        return size

    def next(self, size: float, moves: tuple[Move, Move], *, refused: bool) -> float:
        """Return the size."""
        del moves, refused
        return size


@dataclass(frozen=True)
class AdaptiveStep:
    r"""As far as what is proved of steps still holds of this one; no constant of the game needed.

    What spoils the progress of an optimistic step is that gradients turn, by :math:`\Delta`, while
    it is taken. It is made up for if

    .. math:: \max_z \; \eta \Delta^\top (z - z^+) - \tfrac12 D(z, z^+) \le \tfrac12 D(z^+, z^-),

    for both sides together, where :math:`z^-` and :math:`z^+` are the plans before and after. The
    maximum is a smoothed best response, and so the condition costs one more sweep. If it holds at
    every step, the terms that stand in the way of the usual proof cancel, and the gap of the
    averages is at most

    .. math:: \max_z D(z, z_0) \; / \; \sum_t \eta_t .

    It holds of all steps that are short enough (Malitsky and Tam, SIAM Journal on Optimization 30
    (2020), derive it from Lipschitz constants); that it is tested lets them be far longer.

    Attributes
    ----------
    first
        The first size to try.
    search
        The growth until a step has been refused.
    growth
        The growth from then on.
    shrink
        What a step that does not fit is multiplied with.
    most
        The largest size, so that nothing overflows where gradients no longer turn.
    """

    first: float = 1.0
    search: float = 2.0
    growth: float = 1.05
    shrink: float = 0.7
    most: float = 1e6

    def fits(self, size: float, moves: tuple[Move, Move]) -> bool:
        """Test the condition."""
        spoilt = moved = 0.0
        for move in moves:
            slope = 2 * size * move.turn
            most = move.smoothing.respond(slope, 1.0, move.new.anchor).value
            spoilt += (most - float(slope @ move.new.plan)) / 2
            moved += move.distance()
        return spoilt <= moved / 2 + ROUNDING

    def smaller(self, size: float) -> float:
        """Return a smaller size."""
        return size * self.shrink

    def next(self, size: float, moves: tuple[Move, Move], *, refused: bool) -> float:
        """Return a larger size, unless nothing has moved."""
        if sum(move.distance() for move in moves) <= ROUNDING:
            return size
        return min(size * (self.growth if refused else self.search), self.most)
