"""The best signals to receivers who hear some of each other's, by a linear program from a tree.

Chance draws the state, and the receivers move one after another without having seen anything.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tests.oracles.design import chances, ends
from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game


def nobody(_listener: int, _told: int) -> bool:
    """Return that a receiver hears nothing of what another one is told: signals are private."""
    return False


def the_earlier(listener: int, told: int) -> bool:
    """Return whether a receiver moves before another one."""
    return told < listener


def everybody(_listener: int, _told: int) -> bool:
    """Return that a receiver hears what another one is told: signals are public."""
    return True


def best_heard_signals(
    game: Game, hears: Callable[[int, int], bool] = everybody, sender: int = -1
) -> float:
    """Return the most that a sender can reach who recommends actions that are obeyed.

    Minus infinity if there are no such recommendations.

    ``hears(listener, told)`` says whether one receiver (from 0) hears the other one's
    recommendation before she moves. For every recommendation that she gets, together with those
    that she hears, no action pays her more than the recommended one:

    sum over states and the others' recommendations that she does not hear, of
    ``prior(state) x(state, a) (u(a) - u(b, others' a))``, is not negative for any ``b``.
    """
    prior, payoff = chances(game), ends(game)
    profiles = sorted({h[1:] for h in payoff})
    lp = RowProgram()
    for state in prior:
        lp.equal.append(({(state, a): 1 for a in profiles}, 1))
    seats = range(len(profiles[0]))
    for seat in seats:
        known = [k for k in seats if k == seat or hears(seat, k)]
        groups = {tuple(a[k] for k in known) for a in profiles}
        for heard, other in product(sorted(groups), sorted({a[seat] for a in profiles})):
            row = {
                (state, a): prior[state]
                * (payoff[state, *a][seat] - payoff[state, *a[:seat], other, *a[seat + 1 :]][seat])
                for state in prior
                for a in profiles
                if tuple(a[k] for k in known) == heard
            }
            lp.at_least.append((row, 0))
    goal = {(s, a): prior[s] * payoff[s, *a][sender] for s in prior for a in profiles}
    return lp.maximum_or_nothing(goal)
