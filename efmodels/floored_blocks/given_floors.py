"""Floors as users give them: a number, numbers by player, or a perturbation at some epsilon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.perturbations import Floors
from efmodels.plan_floors import ROUNDING, PlanFloors
from efmodels.visible_perturbations import visible_plan

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Game
    from efmodels.polytope import FlowPolytope

    GivenFloors = float | Mapping[str, ArrayLike | Floors]


def floors_given(given: GivenFloors, game: Game) -> dict[str, PlanFloors]:
    """Return the floors of each player of a game.

    Parameters
    ----------
    given
        The least probability of every action; or, for each player by label, one per sequence, 0 for
        the empty one, or the record that :meth:`.Perturbation.at` returns. Who is left out has no
        floors.
    game
        Whose players they are.

    Raises
    ------
    GameError
        There is no such player, these are no such probabilities, they are more than there is to
        choose, or floors of sequences leave nothing to choose somewhere.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.perturbations import trembling_sequences
    >>> game = ef.instances.entry_game()
    >>> floors_given(0.1, game)["Entrant"].share.tolist()
    [0.0, 0.1, 0.1]
    >>> floors_given(trembling_sequences(game).at(0.1), game)["Entrant"].least.tolist()
    [0.0, 0.1, 0.1]
    """
    by_player = given if isinstance(given, Mapping) else dict.fromkeys(game.players, given)
    for player in by_player:
        game.player_number(player)
    form = game.sequence_form()
    return {
        player: _floors(form.polytope(player), by_player.get(player, 0.0), player)
        for player in game.players
    }


def _floors(polytope: FlowPolytope, given: ArrayLike | Floors, player: str) -> PlanFloors:
    if isinstance(given, Floors):
        return _with_room(visible_plan(polytope, given, f"the floor of {player}"), player)
    try:
        share = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise GameError(
            f"got {given!r}; floors are a number, or one per sequence for each player"
        ) from None
    if not share.ndim:
        share = np.full(polytope.size, float(share))
        share[0] = 0.0
    return PlanFloors(polytope, share, np.zeros(polytope.size))


def _with_room(floors: PlanFloors, player: str) -> PlanFloors:
    """Return floors; raise where those of sequences spend all that must come to an infoset."""
    spent = floors.taken[1]
    if len(full := np.flatnonzero((spent > 0) & (floors.spare <= ROUNDING * spent))):
        raise GameError(
            f"at {player}'s infoset {floors.polytope.point_names[full[0]]!r} the floors of the "
            "sequences leave nothing to choose: who comes there by mistake has to spread her moves "
            "as the floors say, whatever they bring. Let the floors of longer sequences be "
            "smaller, as trembling_sequences does, or give floors of actions"
        )
    return floors
