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

    from efmodels.game import Floats, Game
    from efmodels.polytope import FlowPolytope

    FloorsByAction = Mapping[tuple[str, str], float]
    GivenFloors = float | Mapping[str, ArrayLike | FloorsByAction | Floors]


def floors_given(given: GivenFloors, game: Game) -> dict[str, PlanFloors]:
    """Return the floors of each player of a game.

    Parameters
    ----------
    given
        The least probability of every action; or, for each player by label, a mapping from
        ``(infoset, action)`` to numbers (what is left out has no floor), one number per sequence,
        0 for the empty one, or the record that :meth:`.Perturbation.at` returns. Who is left out
        has no floors.
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
    >>> floors_given({"Entrant": {("entry", "in"): 0.1}}, game)["Entrant"].share.tolist()
    [0.0, 0.0, 0.1]
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


def _floors(
    polytope: FlowPolytope, given: ArrayLike | FloorsByAction | Floors, player: str
) -> PlanFloors:
    if isinstance(given, Floors):
        return _with_room(visible_plan(polytope, given, f"the floor of {player}"), player)
    if isinstance(given, Mapping):
        return PlanFloors(polytope, _by_action(polytope, given, player), np.zeros(polytope.size))
    share = _numbers(given)
    if not share.ndim:
        share = np.full(polytope.size, float(share))
        share[0] = 0.0
    if share.shape != (polytope.size,):
        raise GameError(
            f"the floors of {player} have shape {share.shape}; expected {polytope.size} numbers, "
            f"one per sequence in this order: the empty one (0), {_sequences(polytope)}; or a "
            "mapping from (infoset, action) to numbers"
        )
    return PlanFloors(polytope, share, np.zeros(polytope.size))


def _numbers(given: object) -> Floats:
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise GameError(
            f"got {given!r}; floors are a number; or for each player one per sequence, or a "
            "mapping from (infoset, action) to numbers"
        ) from None


def _by_action(polytope: FlowPolytope, given: FloorsByAction, player: str) -> Floats:
    """Return a floor per sequence, 0 where none was given."""
    share = np.zeros(polytope.size)
    for key, number in given.items():
        if not isinstance(key, tuple) or len(key) != len(("infoset", "action")):
            raise GameError(
                f"{key!r} among the floors of {player} is no pair (infoset, action); there are "
                f"{_sequences(polytope)}"
            )
        floor = _numbers(number)
        if floor.ndim:
            raise GameError(f"the floor of {key!r} is {number!r}; expected one number")
        share[polytope.coordinate(*key)] = floor
    return share


def _sequences(polytope: FlowPolytope, most: int = 8) -> str:
    """Name the first sequences by infoset and action, for a message."""
    points = polytope.point[1 : most + 1].tolist()
    pairs = zip(points, polytope.choice_names[1 : most + 1], strict=True)
    names = ", ".join(f"({polytope.point_names[k]!r}, {choice!r})" for k, choice in pairs)
    more = polytope.size - 1 - most
    return f"{names} and {more} more" if more > 0 else names


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
