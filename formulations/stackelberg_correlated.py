"""Stackelberg extensive-form correlated equilibrium (SEFCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from efmodels.errors import GameError
from efmodels.mediation_blocks import mediated_block, require_game
from efmodels.mediator.concept import EFCE

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def sefce(
    game: Game, *, leader: str | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Stackelberg extensive-form correlated equilibrium: a leader commits, and advises the others.

    The leader commits to a distribution over plans for everybody, her own among them. The followers
    get recommendations as in :func:`efce`, which they may disobey; the leader does as she has said.
    She wants the best for herself: ``value`` is her payoff, and the objective where no other one is
    asked for.

    .. math::

        \max\; \mathrm{payoff}_\mathrm{leader} = b^\top \mu \quad\text{s.t.}\quad
        F x = f,\; x \ge 0,\quad \mu = T x,\quad F_i^\top v_i \ge A_i^\top \mu,\quad
        \mathrm{payoff}_i = b_i^\top \mu \ge v_i[\emptyset] + \mathrm{margin}
        \text{ for followers } i.

    Parameters
    ----------
    game
        With perfect recall.
    leader
        Who commits, by label; the first player by default.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by deviating. Above 0 incentives are strict: to disobey a recommendation costs as much,
        times the probability of getting there, and nothing is reduced.
    reduce
        Whether to leave out what is of no use to anybody, see
        :mod:`efmodels.mediator.reductions`. The optimum stays; events within what was left out
        cannot be asked for.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  ===========
        name                   meaning                                         size
        =====================  ==============================================  ===========
        ``mediator.x``         how likely the leader is to give each answer    edges + 1
        ``mediator.flow``      the rows of the polytope                        beliefs + 1
        ``mediator.mu``        how likely a combination of answers is that     coordinates
                               several of ``x`` add up to; ``mediator.reach``
                               defines it
        ``deviator[i].v``      what a follower gets from each of her decision  points + 1
                               points on
        ``deviator[i].reply``  she cannot do better                            sequences
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``value``              the leader's, an expression                     1
        ``welfare``            the sum, an expression                          1
        =====================  ==============================================  ===========

    Raises
    ------
    GameError
        Recall is not perfect, a player is not known, the margin is not finite, or no game at all.
    SizeError
        The belief DAG is too large.

    Notes
    -----
    In two-player games in which both move at once the value is that of the strong Stackelberg
    equilibrium. In trees it is an upper bound on it: there the leader cannot advise the follower,
    which takes integer variables to say: see :func:`stackelberg`.

    The value is at least the leader's best in :func:`efce`: she has one constraint less.

    References
    ----------
    Čermák, Bošanský, Durkota, Lisý and Kiekintveld, Using correlated strategies for computing
    Stackelberg equilibria in extensive-form games, AAAI (2016).

    Examples
    --------
    A leader who commits gets more than in any equilibrium:

    >>> import efmodels as ef
    >>> game = ef.instances.commitment_game()
    >>> for concept in ("efce", "sefce"):
    ...     print(concept, round(ef.optimal_equilibrium(game, concept, "Leader").value, 6))
    efce 1.0
    sefce 10.5
    >>> list(ef.formulations.sefce(game).deviator)
    ['Follower']
    """
    require_game(game)
    if not game.players:
        raise GameError("sefce needs a leader; this game has no players")
    first = game.players[0 if leader is None else game.player_number(leader) - 1]
    followers = [player for player in game.players if player != first]
    block = mediated_block(game, EFCE, obedient=followers, margin=margin, reduce=reduce)
    block.value = pyo.Expression(expr=block.payoff[first])
    return block
