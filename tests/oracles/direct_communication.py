"""Communication in Bayesian games, by the program over all reports of types (Myerson 1982)."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Profile = tuple[int, ...]
    Row = dict[Hashable, float]


def best_direct_communication(
    prior: NDArray[np.object_],
    payoffs: Sequence[NDArray[np.float64]],
    weights: Sequence[float],
) -> float:
    """Return the highest weighted sum of payoffs in a communication equilibrium.

    Everybody tells the mediator her type, hears an action, and chooses one. It must be best to be
    honest and obedient.

    Parameters
    ----------
    prior
        Probability of each profile of types, a number of any kind; an axis per player.
    payoffs
        Of each player: an axis per player for types, and then one per player for actions.
    weights
        One per player.
    """
    players = len(payoffs)
    shape = payoffs[0].shape
    types = [range(k) for k in shape[:players]]
    actions = [range(k) for k in shape[players:]]
    lp = RowProgram()
    for reports in product(*types):
        lp.equal.append(({(reports, a): 1.0 for a in product(*actions)}, 1.0))
    honest: list[dict[int, Row]] = [defaultdict(lambda: defaultdict(float)) for _ in payoffs]
    goal: Row = defaultdict(float)
    for t, a in product(product(*types), product(*actions)):
        for k, weight in enumerate(weights):
            worth = float(prior[t]) * float(payoffs[k][t + a])
            honest[k][t[k]][t, a] += worth
            goal[t, a] += weight * worth
    for k in range(players):
        for true, told in product(types[k], repeat=2):
            row = dict(honest[k][true])
            for heard in actions[k]:
                name = ("value", k, true, told, heard)
                lp.free.add(name)
                row[name] = -1.0
                for done in actions[k]:
                    reply: Row = defaultdict(float, {name: 1.0})
                    for t, a in product(product(*types), product(*actions)):
                        if t[k] == true and a[k] == heard:
                            lie, move = _with(t, k, told), _with(a, k, done)
                            worth = float(prior[t]) * float(payoffs[k][t + move])
                            reply[lie, a] -= worth
                    lp.at_least.append((reply, 0.0))
            lp.at_least.append((row, 0.0))
    return lp.maximum(goal)


def _with(profile: Profile, player: int, entry: int) -> Profile:
    return (*profile[:player], entry, *profile[player + 1 :])
