"""The best mechanisms in dominant strategies, by a linear program written from the tree of a game.

As in `tests.oracles.design`, chance draws the types, those with types are in or out, and the
designer chooses; payoffs and probabilities are read from the terminals.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracles.design import chances, difference, ends
from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.design import Payoffs, Row


def best_dominant_mechanism(game: Game, objective: Callable[[Payoffs], Fraction]) -> float:
    """Return the most that a designer can reach if nobody regrets the truth, nor being in.

    That is, whatever types chance has drawn: everybody may know them all.
    """
    probability = chances(game)
    seats = len(next(iter(probability)).split())
    payoff = {h: u for h, u in ends(game).items() if h[1 : seats + 1] == ("in",) * seats}
    outcomes = {h[-1] for h in payoff}
    lp = RowProgram()
    for draw in probability:
        lp.equal.append(({(tuple(draw.split()), o): 1 for o in outcomes}, 1))

    def worth(seat: int, draw: str, report: str) -> Row:
        row: Row = defaultdict(Fraction)
        drawn = draw.split()
        told = (*drawn[:seat], report, *drawn[seat + 1 :])
        for (true, *_, o), u in payoff.items():
            if true == draw:
                row[told, o] += u[seat]
        return row

    for draw in probability:
        for seat, true in enumerate(draw.split()):
            honest = worth(seat, draw, true)
            lp.at_least.append((honest, 0))
            for lie in {other.split()[seat] for other in probability}:
                lp.at_least.append((difference(honest, worth(seat, draw, lie)), 0))
    return lp.maximum(
        {
            (tuple(draw.split()), o): probability[draw] * objective(u)
            for (draw, *_, o), u in payoff.items()
        }
    )
