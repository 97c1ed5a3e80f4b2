"""Perturbations in floats, as linear programs take them: refused where a solver cannot see them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.plan_floors import PlanFloors

if TYPE_CHECKING:
    from efmodels.game import Game, Number
    from efmodels.perturbations import Floors, Perturbation
    from efmodels.polytope import FlowPolytope

SMALLEST_VISIBLE = 1e-6
"""Smallest floor of a plan in a linear program: ten times the tolerance of most solvers."""


def visible_floors(
    perturbation: Perturbation, epsilon: Number, asked_by: str, game: Game
) -> dict[str, PlanFloors]:
    """Return the floors of a perturbation at a number, for a game on its tree.

    Parameters
    ----------
    perturbation
        How hands tremble.
    epsilon
        The number.
    asked_by
        Name of the function that needs them, for its message.
    game
        Whose floors they are.

    Raises
    ------
    GameError
        The perturbation does not fit the game; the number is too large; or it is so small that a
        solver with a tolerance would take some floor for zero.
    """
    if perturbation.game.players != game.players:
        raise GameError(
            f"the perturbation is that of a game with players {list(perturbation.game.players)}; "
            f"this one has {list(game.players)}"
        )
    advice = f"Take a larger epsilon, or {asked_by}_by_pivoting, which is exact"
    said = f"with epsilon = {float(epsilon):g} the floor of "
    form = game.sequence_form()
    return {
        player: visible_plan(form.polytope(player), mine, f"{said}{player}", advice)
        for player, mine in replace(perturbation, game=game).at(epsilon).items()
    }


def visible_plan(
    polytope: FlowPolytope, floors: Floors, whose: str, advice: str = "Take larger floors"
) -> PlanFloors:
    """Return floors in numbers as floats.

    Parameters
    ----------
    polytope
        Of the player.
    floors
        As :meth:`.Perturbation.at` returns them.
    whose
        How a message about a floor begins, up to the player's name.
    advice
        What to do where they are too small.

    Raises
    ------
    GameError
        There is no such plan, or a solver with a tolerance would take some floor for zero.
    """
    share, least = (np.array([float(x) for x in row]) for row in (floors.share, floors.least))
    plan = PlanFloors(polytope, share, least)
    smallest = float(plan.lowest.min())
    if smallest < SMALLEST_VISIBLE * (1 - 1e-9):
        worst = polytope.names[int(np.argmin(plan.lowest))]
        raise GameError(
            f"{whose}'s sequence {worst!r} is {smallest:.1e}, which a solver's "
            f"tolerance of about 1e-7 cannot tell from 0; needed is {SMALLEST_VISIBLE:g} at least. "
            f"{advice}"
        )
    return plan
