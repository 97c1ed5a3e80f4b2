"""The best direct mechanisms and signals, by linear programs written from the tree of a game.

Nothing is known of the generators but the order of the moves: chance draws the types, those with
types are in or out, the designer chooses. Payoffs and probabilities are read from the terminals.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from efmodels import Game

    Payoffs = tuple[Fraction, ...]
    Row = defaultdict[Hashable, Fraction]


def chances(game: Game, node: int = 0) -> dict[str, Fraction]:
    """Return the labels and probabilities of a chance node."""
    flat = game.actions_of(int(game.infoset[node]))
    return {game.action_names[a]: Fraction(game.chance_probabilities[a]) for a in flat}


def ends(game: Game) -> dict[tuple[str, ...], Payoffs]:
    """Return the payoffs at every terminal, by the actions that lead there."""
    return {game.history(z): game.exact_payoffs(z) for z in game.terminals.tolist()}


def best_mechanism(
    game: Game,
    objective: Callable[[Payoffs], Fraction],
    allowed: Callable[[Sequence[str], str], bool] = lambda _types, _outcome: True,
) -> float:
    """Return the most that a designer can reach who hears reports of types and then decides.

    Everybody prefers the truth to any other report, and being in to being out, once she knows her
    type. ``allowed(reports, outcome)`` may rule out outcomes.
    """
    probability = chances(game)
    seats = len(next(iter(probability)).split())
    payoff = {h: u for h, u in ends(game).items() if h[1 : seats + 1] == ("in",) * seats}
    outcomes = {h[-1] for h in payoff}
    types = [sorted({draw.split()[k] for draw in probability}) for k in range(seats)]
    lp = RowProgram()
    for reports in product(*types):
        possible = [o for o in outcomes if allowed(reports, o)]
        lp.equal.append(({(reports, o): 1 for o in possible}, 1))

    def expected(seat: int, true: str, report: str) -> Row:
        row: Row = defaultdict(Fraction)
        for (draw, *_, o), u in payoff.items():
            drawn = draw.split()
            told = (*drawn[:seat], report, *drawn[seat + 1 :])
            if drawn[seat] == true and allowed(told, o):
                row[told, o] += probability[draw] * u[seat]
        return row

    for seat in range(seats):
        for true, lie in product(types[seat], repeat=2):
            honest = expected(seat, true, true)
            lp.at_least.append((difference(honest, expected(seat, true, lie)), 0))
            lp.at_least.append((honest, 0))
    goal = {
        (tuple(draw.split()), o): probability[draw] * objective(u)
        for (draw, *_, o), u in payoff.items()
        if allowed(draw.split(), o)
    }
    return lp.maximum(goal)


def best_signals(game: Game, sender: int = -1) -> float:
    """Return the most that a sender can reach who recommends an action to each receiver.

    The receivers move after chance, unseeing, and obey since no other action is better for them.
    """
    probability, payoff = chances(game), ends(game)
    profiles = {h[1:] for h in payoff}
    lp = RowProgram()
    for state in probability:
        lp.equal.append(({(state, a): 1 for a in profiles}, 1))
    for seat in range(len(next(iter(profiles)))):
        moves = {a[seat] for a in profiles}
        for told, other in product(moves, repeat=2):
            row = {
                (h[0], h[1:]): probability[h[0]]
                * (u[seat] - payoff[(*h[: seat + 1], other, *h[seat + 2 :])][seat])
                for h, u in payoff.items()
                if h[seat + 1] == told
            }
            lp.at_least.append((row, 0))
    return lp.maximum({(h[0], h[1:]): probability[h[0]] * u[sender] for h, u in payoff.items()})


def myerson_revenue(types: Sequence[Mapping[int, Fraction]]) -> Fraction:
    """Return the expected maximum of 0 and the highest ironed virtual value."""
    virtual = [_ironed(prior) for prior in types]
    total = Fraction(0)
    for profile in product(*types):
        weight = Fraction(1)
        for prior, value in zip(types, profile, strict=True):
            weight *= prior[value]
        best = max(phi[value] for phi, value in zip(virtual, profile, strict=True))
        total += weight * max(best, Fraction(0))
    return total


def difference(one: Mapping[Hashable, Fraction], other: Mapping[Hashable, Fraction]) -> Row:
    """Return one row less another."""
    row: Row = defaultdict(Fraction, one)
    for name, value in other.items():
        row[name] -= value
    return row


def _ironed(prior: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """Return the slopes of the concave hull of revenue as a function of the probability of sale."""
    points = [(Fraction(0), Fraction(0), None)]
    sold = Fraction(0)
    for value in sorted(prior, reverse=True):
        sold += prior[value]
        points.append((sold, sold * value, value))
    slopes: dict[int, Fraction] = {}
    here = 0
    while here < len(points) - 1:
        q, revenue, _ = points[here]
        slope, last = max(
            ((r - revenue) / (p - q), k) for k, (p, r, _) in enumerate(points) if k > here
        )
        slopes |= {points[k][2]: slope for k in range(here + 1, last + 1)}
        here = last
    return slopes
