"""When averages begin anew."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Restarts:
    """Begin averaging anew where the last plans have left the averages behind.

    Averages forget slowly what was bad in the beginning; last plans may converge linearly, but need
    not for a long time. What is proved of averages holds from any plans on. The plans themselves go
    on as they would: to begin anew from the averages, as is done for linear programs, was tried and
    is slower where the last plans are far off.

    Attributes
    ----------
    share
        Begin anew when the gap of the last plans is at most this share of that of the averages.
    first
        Iterations before the gaps are looked at.
    pause
        Then they are looked at whenever there are so many times as many iterations.
    """

    share: float = 0.5
    first: int = 10
    pause: float = 1.1

    def behind(self, averages: float, last: float) -> bool:
        """Say whether averages are left behind, given both gaps."""
        return last <= self.share * averages

    def next_look(self, iterations: int) -> int:
        """Return how many iterations after a restart the gaps are looked at next."""
        return max(iterations + self.first, int(self.pause * iterations))
