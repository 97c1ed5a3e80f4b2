"""When a method begins anew from the best that it has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Restarts:
    """Begin anew from the better of average and last plans once their gap has shrunk enough.

    Averages forget slowly what was bad in the beginning. Restarted ones approach a saddle point of
    a game at a linear rate (Applegate, Hinder, Lu and Lubin, arXiv:2105.12715, for saddle points of
    linear programs).

    Attributes
    ----------
    share
        Restart when the gap is at most this share of that at the last restart.
    first
        Iterations after a restart before the gap is looked at.
    pause
        Then it is looked at whenever there are so many times as many iterations.
    """

    share: float = 0.5
    first: int = 10
    pause: float = 1.1

    def enough(self, gap: float, before: float) -> bool:
        """Say whether the gap has shrunk enough."""
        return gap <= self.share * before

    def next_look(self, iterations: int) -> int:
        """Return how many iterations after a restart the gap is looked at next."""
        return max(iterations + self.first, int(self.pause * iterations))
