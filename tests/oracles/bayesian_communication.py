"""The best communication equilibrium of a Bayesian game, by Myerson's program of direct mechanisms.

All report their types at once; the mechanism draws an action for everybody and tells each hers. A
player can report another type and then do something else with each action that she hears: all
these plans are listed, one row each. The game is read from its terminals: chance draws the types,
then everybody moves once.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from tests.oracles.design import chances, ends
from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels import Game
    from tests.oracles.design import Row

    Profile = tuple[str, ...]


def best_direct_mechanism(game: Game, weights: Sequence[int]) -> float:
    """Return the largest weighted sum of the players' payoffs."""
    prior = {tuple(draw.split()): probability for draw, probability in chances(game).items()}
    payoff = {(tuple(h[0].split()), h[1:]): u for h, u in ends(game).items()}
    actions = [sorted({a[k] for _, a in payoff}) for k in range(len(weights))]
    types = [sorted({t[k] for t in prior}) for k in range(len(weights))]
    lp = RowProgram()
    for told in product(*types):
        lp.equal.append(({(told, a): 1 for a in product(*actions)}, 1))
    for seat in range(len(weights)):
        for true, report in product(types[seat], repeat=2):
            for replies in product(actions[seat], repeat=len(actions[seat])):
                plan = dict(zip(actions[seat], replies, strict=True))
                lp.at_least.append((_loss(prior, payoff, (seat, true, report, plan)), 0))
    goal: Row = defaultdict(Fraction)
    for (t, a), u in payoff.items():
        goal[t, a] += prior[t] * sum(w * v for w, v in zip(weights, u, strict=True))
    return lp.maximum(goal)


def _loss(
    prior: dict[Profile, Fraction],
    payoff: dict[tuple[Profile, Profile], tuple[Fraction, ...]],
    deviation: tuple[int, str, str, dict[str, str]],
) -> Row:
    """Return what a type loses by a report and a plan of what to do with what she hears."""
    seat, true, report, plan = deviation
    row: Row = defaultdict(Fraction)
    for (t, a), u in payoff.items():
        if t[seat] != true:
            continue
        row[t, a] += prior[t] * u[seat]
        told = (*t[:seat], report, *t[seat + 1 :])
        done = (*a[:seat], plan[a[seat]], *a[seat + 1 :])
        row[told, a] -= prior[t] * payoff[t, done][seat]
    return row
