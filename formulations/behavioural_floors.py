"""Nash equilibrium of a two-player zero-sum game with floors under the probability of actions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from efmodels.floored_blocks.given_floors import floors_given
from efmodels.floored_saddles import floored_formulation
from efmodels.profile_blocks import require_two_players

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.floored_blocks.given_floors import GivenFloors
    from efmodels.game import Game


def floored_nash_zero_sum(
    game: Game, *, floors: GivenFloors = 0.01, leader: str | None = None
) -> FormulationBlockData:
    r"""Equilibrium of a zero-sum game whose players take every action with a least probability.

    Rules or habits may constrain behaviour: at infoset :math:`j` action :math:`a` has a probability
    of at least :math:`e_{ja}`, which need not be small, and may be 0. It is the linear program of
    :func:`perfect_equilibrium` with these floors, and has the value that learning with the same
    floors converges to (:func:`~efmodels.floored_polytope.with_floors`).

    Parameters
    ----------
    game
        Two players, payoffs of constant sum, perfect recall.
    floors
        The least probability of every action; or, for each player by label, a mapping from
        ``(infoset, action)`` to numbers, or one number per sequence, 0 for the empty one (who or
        what is left out has none).
    leader
        Whose plan ``x`` is; the first player by default. The value does not depend on it.

    Returns
    -------
    FormulationBlock
        The components of :func:`perfect_equilibrium`, of the same sizes. Regrets are those within
        the floors.

    Raises
    ------
    GameError
        Not two players, payoffs without a constant sum, imperfect recall, or no game at all; there
        is no such player; or the floors at an infoset are more than there is to choose.

    References
    ----------
    Farina, Kroer and Sandholm, "Regret minimization in behaviorally-constrained zero-sum games"
    (2017), arXiv:1711.03441.

    Examples
    --------
    >>> import efmodels as ef
    >>> name, kuhn = "floored_nash_zero_sum", ef.instances.kuhn()
    >>> for floor in (0, 0.01, 0.05):
    ...     print(f"{ef.optimal_equilibrium(kuhn, name, floors=floor).value:.7f}")
    -0.0555556
    -0.0527670
    -0.0414306
    """
    require_two_players(game, "floored_nash_zero_sum")
    return floored_formulation(game, leader, partial(floors_given, floors))
