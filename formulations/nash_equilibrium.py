"""Nash equilibria of a two-player general-sum game: a mixed-integer program in sequence form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.errors import GameError
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mutual_replies import (
    mutual_block,
    mutual_formulation,
    payoff_parts,
    replace_replies,
)
from efmodels.profile_blocks import require_two_players
from efmodels.reply_slacks import slack_bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from efmodels.blocks import Formulation, FormulationBlockData
    from efmodels.game import Floats, Game, Ints
    from efmodels.polytope import FlowPolytope

    Bounds = Mapping[str, ArrayLike] | None


def nash(game: Game, *, bounds: Bounds = None) -> FormulationBlockData:
    r"""All Nash equilibria of a two-player game with perfect recall, for any linear objective.

    Both players ``i`` have a plan ``x`` and reply best to the other's, ``x_k``. A binary variable
    says which sequences may be played; these have no slack:

    .. math::

        F_i x_i = f_i,\; x_i \ge 0,\qquad
        0 \le F_i^\top v_i - A_i x_k \le M_i \circ (1 - b_i),\qquad x_i \le b_i .

    Every equilibrium is a point of the block, and every point is an equilibrium, in which
    ``payoff`` is what the players get. Maximise any linear objective of payoffs and plans, and add
    any linear side constraint: they choose among the equilibria, and do not change what one is.
    ``M`` is :func:`~efmodels.reply_slacks.slack_bounds`, the most that the slack can be.

    Parameters
    ----------
    game
        Two players, perfect recall.
    bounds
        Other bounds ``M`` than the tight ones, an array per player, to compare them: not below the
        tight ones, which would cut off equilibria.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of a player, and ``|B|`` sequences at infosets
        with two or more actions:

        =====================  ====================================================  =============
        name                   meaning                                               size per player
        =====================  ====================================================  =============
        ``player[i].x``        realization plan                                      ``|S|``
        ``player[i].flow``     its rows                                              ``|I|+1``
        ``player[i].v``        what she gets from each infoset on                    ``|I|+1``
        ``player[i].reply``    she cannot do better                                  ``|S|``
        ``player[i].played``   binary: the sequence is a best reply; fixed at 1 by   ``|B|``
                               its lower bound where it cannot be worse
        ``player[i].support``  only these are played                                 ``|B|``
        ``player[i].tight``    these have no slack                                   ``|S|``
        ``player[i].cover``    at each infoset some action is a best reply           at most ``|I|``
        ``payoff[i]``          what she gets; ``payoff_row`` defines it              1
        ``welfare``            the sum of the payoffs, an expression                 (one in all)
        =====================  ====================================================  =============

    Raises
    ------
    GameError
        Not two players, imperfect recall, no game at all, or bounds of another shape.

    Notes
    -----
    The probability of an outcome is a product of the two plans: ``expected`` and ``probability``
    raise a `CapabilityError`. ``played`` may be 1 where ``x`` is 0.

    References
    ----------
    Sandholm, Gilpin and Conitzer, Mixed-integer programming methods for finding Nash equilibria,
    AAAI 2005, for games in normal form.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.nash(ef.instances.chicken(6, 2, 7, 0))
    >>> for row in m.eq.player["P1"].support.values():
    ...     print(row.expr)
    eq.player[P1].x[P1_1_Stop] - eq.player[P1].played[P1_1_Stop]  <=  0.0
    eq.player[P1].x[P1_1_Go] - eq.player[P1].played[P1_1_Go]  <=  0.0
    >>> m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)
    >>> result = ef.solve(m, solver="highs")
    >>> round(result.value, 6), max(m.eq.regrets().values()) < 1e-6
    (7.0, True)
    """
    require_two_players(game, "nash")
    block = mutual_block(game)
    form = game.sequence_form()
    for one in game.players:
        _add_choice(block.player[one], form.polytope(one))
    _fill(block, game, bounds)
    block.remember(mutual_formulation(game, partial(_refit, bounds), exists=bounds is None))
    return block


def _add_choice(part: Any, polytope: FlowPolytope) -> None:
    """Add what does not depend on payoffs: which sequences may be played."""
    chosen = _chosen(polytope)
    names = [polytope.names[k] for k in chosen]
    part.played = MatrixVar(len(chosen), domain=pyo.Binary, labels=names)
    one = np.ones(len(chosen))
    at = np.arange(len(chosen))
    pick = sparse.csr_array((one, (at, chosen)), shape=(len(chosen), polytope.size))
    part.support = MatrixConstraint(
        [(pick, part.x), (-sparse.eye_array(len(chosen)).tocsr(), part.played)],
        ub=0.0,
        labels=names,
    )
    infosets, row = np.unique(polytope.point[chosen], return_inverse=True)
    rows = sparse.csr_array((one, (row, at)), shape=(len(infosets), len(chosen)))
    part.cover = MatrixConstraint(
        [(rows, part.played)], lb=1.0, labels=[polytope.row_names[j + 1] for j in infosets]
    )


def _fill(block: FormulationBlockData, game: Game, given: Bounds) -> None:
    """Add the rows that depend on payoffs, and fix the binaries of what is always a best reply."""
    for one in game.players:
        part, polytope = block.player[one], game.sequence_form().polytope(one)
        chosen = _chosen(polytope)
        M = _bounds(game, one, given)
        part.played.setlb((M[chosen] <= 0).astype(float))
        # Whoever has one action does best to take it: the values can be those without a slack.
        cap = np.zeros(polytope.size)
        cap[chosen] = M[chosen]
        weight = sparse.csr_array(
            (M[chosen], (chosen, np.arange(len(chosen)))), shape=(polytope.size, len(chosen))
        )
        minus = [(-A.T, x) for A, x in payoff_parts(block, game, one)]
        part.tight = MatrixConstraint(
            [(polytope.F.T, part.v), *minus, (weight, part.played)], ub=cap, labels=polytope
        )


def _chosen(polytope: FlowPolytope) -> Ints:
    """Return the sequences at infosets with more than one action."""
    width = np.diff(polytope.start)
    chosen: Ints = np.flatnonzero(np.concatenate(([False], np.repeat(width > 1, width))))
    return chosen


def _bounds(game: Game, player: str, given: Bounds) -> Floats:
    if given is None:
        return slack_bounds(game, player)
    size = game.sequence_form().polytope(player).size
    M = np.asarray(given.get(player, ()), dtype=float)
    if M.shape != (size,) or not np.isfinite(M).all() or (M < 0).any():
        raise GameError(
            f"bounds must have an array of {size} finite numbers, none negative, for {player!r}, "
            f"one per sequence; got an array of shape {M.shape}"
        )
    return M


def _refit(given: Bounds, block: FormulationBlockData, game: Game) -> Formulation:
    replace_replies(block, game)
    for one in game.players:
        block.player[one].del_component("tight")
    _fill(block, game, given)
    return mutual_formulation(game, partial(_refit, given), exists=given is None)
