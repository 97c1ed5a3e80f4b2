"""Correlated and coarse correlated equilibrium of simultaneous games (CE, CCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.formulations.extensive_form_correlated import efce
from efmodels.formulations.normal_form_coarse_correlated import nfcce
from efmodels.game import CHANCE
from efmodels.mediation_blocks import require_game

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def correlated_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0
) -> FormulationBlockData:
    r"""Correlated equilibrium of a game in which all players move once and at the same time.

    A mediator draws an action for every player, from a distribution ``x`` that everybody knows, and
    tells each hers. Obedience must be a best response to every action ``a`` that is recommended,
    against every other one ``b``:

    .. math:: \sum_{o} x_{(a, o)} u_i(a, o) \ge \sum_{o} x_{(a, o)} u_i(b, o),

    where ``o`` is what the others are told. This is :func:`efce`, which for such games is the same
    as :func:`nfce`; the arguments, the components of the block and the errors are told there.

    Parameters
    ----------
    game
        Everybody moves at most once, on all paths, and sees nothing.
    obedient
        The players with incentive constraints, by label; all of them by default.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by deviating. Above 0 incentives are strict: ``margin`` times how likely ``a`` is to be
        recommended is added on the right.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  ===================
        name                   meaning                                         size
        =====================  ==============================================  ===================
        ``mediator.x``         how likely the mediator is to give each answer  edges + 1
        ``mediator.flow``      the rows of its polytope                        beliefs + 1
        ``deviator[i].v``      what each recommendation is worth to her, if    actions of i + 1
                               she need not obey
        ``deviator[i].reply``  no other action is worth more                   actions squared + 1
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``welfare``            their sum, an expression                        1
        =====================  ==============================================  ===================

    Raises
    ------
    GameError
        Somebody moves twice, or not on all paths, or sees something; and as for :func:`efce`.

    Notes
    -----
    Of the optima of one objective, CE is below CCE (:func:`coarse_correlated_equilibrium`).

    References
    ----------
    Aumann, Subjectivity and correlation in randomized strategies, Journal of Mathematical
    Economics 1 (1974).

    Examples
    --------
    Two drivers who are never both told to go get more than in any Nash equilibrium:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.instances.chicken(6, 2, 7, 0)
    >>> print(round(ef.optimal_equilibrium(game, "CE", "welfare").value, 6))
    10.5
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.correlated_equilibrium(game)
    >>> print(m.eq.deviator["P1"].reply["P1_1_P1_1_Stop_Go"].expr.args[1])
    eq.deviator[P1].v[P1_1_P1_1_Stop] - 7.0*eq.mediator.x[b1_P2_1_Stop]
    """
    _require_simultaneous(game, "correlated_equilibrium", "efce or nfce")
    return efce(game, obedient=obedient, margin=margin)


def coarse_correlated_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0
) -> FormulationBlockData:
    r"""Coarse correlated equilibrium of a game in which all move once and at the same time.

    A mediator draws an action for every player, from a distribution ``x`` that everybody knows. Who
    follows is bound before she hears hers; who does not plays one action ``b`` always:

    .. math:: \sum_{a, o} x_{(a, o)} u_i(a, o) \ge \sum_{a, o} x_{(a, o)} u_i(b, o),

    where ``a`` is what she would be told and ``o`` what the others are. This is :func:`nfcce`; the
    arguments, the components of the block and the errors are told there.

    Parameters
    ----------
    game
        Everybody moves at most once, on all paths, and sees nothing.
    obedient
        The players with incentive constraints, by label; all of them by default.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by staying out; above 0 for strict ones, in which staying out costs as much.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  ================
        name                   meaning                                         size
        =====================  ==============================================  ================
        ``mediator.x``         how likely the mediator is to give each answer  edges + 1
        ``mediator.flow``      the rows of its polytope                        beliefs + 1
        ``mediator.mu``        how likely a combination of answers is that     coordinates
                               several of ``x`` add up to; ``mediator.reach``
                               defines it
        ``deviator[i].v``      what staying out is worth                       2
        ``deviator[i].reply``  no action is worth more                         actions of i + 1
        ``deviator[i].obey``   taking part is no worse                         1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``welfare``            their sum, an expression                        1
        =====================  ==============================================  ================

    Raises
    ------
    GameError
        Somebody moves twice, or not on all paths, or sees something; and as for :func:`nfcce`.

    Notes
    -----
    Of the optima of one objective, CCE is above CE (:func:`correlated_equilibrium`).

    References
    ----------
    Moulin and Vial, Strategically zero-sum games: the class of games whose completely mixed
    equilibria cannot be improved upon, International Journal of Game Theory 7 (1978).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.coarse_correlated_equilibrium(ef.instances.chicken())
    >>> for row in m.eq.deviator["P2"].reply.values():
    ...     print(row.expr)
    0.0  <=  eq.deviator[P2].v[root] - eq.deviator[P2].v[P2_1]
    0.0  <=  eq.deviator[P2].v[P2_1]
    0.0  <=  eq.deviator[P2].v[P2_1] - eq.mediator.x[b0_P1_1_Stop] + 5.0*eq.mediator.x[b0_P1_1_Go]
    """
    _require_simultaneous(game, "coarse_correlated_equilibrium", "nfcce or efcce")
    return nfcce(game, obedient=obedient, margin=margin)


def _require_simultaneous(game: Game, concept: str, instead: str) -> None:
    """Raise unless everybody moves at most once, at the same infoset on all paths.

    Then nobody has seen anything before she moves: not what chance did, and not what others did.
    """
    require_game(game)
    moves = np.zeros(game.nodes, dtype=np.int64)
    for level in game.levels[1:]:
        parent = game.parent[level]
        moves[level] = moves[parent] + (game.owner[parent] > CHANCE)
    for number, player in enumerate(game.players, 1):
        infosets = game.infosets_of(number)
        if len(infosets) > 1:
            names = [game.infoset_names[j] for j in infosets]
            raise GameError(
                f"{concept} needs a game in which everybody moves once and sees nothing; {player} "
                f"has {len(names)} infosets: {names[:3]}{' ...' if len(names) > 3 else ''}. "  # noqa: PLR2004 - enough to see which
                f"For games in which players see something or move later, use {instead}"
            )
    movers = sum(1 for k in range(len(game.players)) if game.infosets_of(k + 1))
    if (moves[game.terminals] != movers).any():
        short = int(game.terminals[np.argmax(moves[game.terminals] != movers)])
        raise GameError(
            f"{concept} needs a game in which everybody moves once on every path; not all of the "
            f"{movers} players move on {list(game.history(short))}. For games in which players see "
            f"something or move later, use {instead}"
        )
