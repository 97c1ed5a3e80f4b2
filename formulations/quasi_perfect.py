"""Quasi-perfect equilibrium of a two-player zero-sum game, up to a visible tremble."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from efmodels.floored_saddles import floored_formulation
from efmodels.perturbations import trembling_sequences
from efmodels.profile_blocks import require_two_players
from efmodels.visible_perturbations import visible_floors

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game, Number
    from efmodels.perturbations import Perturbation


def quasi_perfect_equilibrium(
    game: Game,
    *,
    epsilon: Number = 0.01,
    perturbation: Perturbation | None = None,
    leader: str | None = None,
) -> FormulationBlockData:
    r"""Equilibrium of a zero-sum game in which others err, and one's own later errors are rarer.

    Every sequence of :math:`n` moves has a probability of at least :math:`\epsilon^n`. As
    :math:`\epsilon \to 0` equilibria approach quasi-perfect ones: everybody replies to the trembles
    of others at each infoset, as if she herself made no mistakes from there on. With plans
    :math:`y = y' + l`, :math:`y' \ge 0`, and :math:`l_q = \epsilon^{|q|}`:

    .. math::

        \max_{x, v}\; s - (f_2 - F_2 l_2)^\top v - l_2^\top A_2^\top x \quad\text{s.t.}\quad
        F_1 x = f_1,\; x \ge l_1,\quad F_2^\top v \ge A_2^\top x .

    Maximise ``value``. Regrets are those within the floors.

    Parameters
    ----------
    game
        Two players, payoffs of constant sum, perfect recall.
    epsilon
        The least probability of a sequence of one move.
    perturbation
        How sequences tremble, if not by these powers; see
        :func:`~efmodels.perturbations.trembling_sequences`. A floor of epsilon on *every* sequence
        refines nothing, and is refused there.
    leader
        Whose plan ``x`` is; the first player by default. The value does not depend on it.

    Returns
    -------
    FormulationBlock
        The components of :func:`perfect_equilibrium`, of the same sizes.

    Raises
    ------
    GameError
        Not two players, payoffs without a constant sum, imperfect recall, or no game at all; or
        epsilon is so large that nothing is left to choose, or so small that a solver could not see
        the floor of the longest sequence: :math:`\epsilon = 0.01` is the least for three moves.
        Then :func:`~efmodels.quasi_perfect_equilibrium_by_pivoting` is exact, and it takes games
        that are not zero-sum.

    References
    ----------
    van Damme (1984); Miltersen and Sørensen, Computing a quasi-perfect equilibrium of a two-player
    game, Economic Theory 42 (2010).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.quasi_perfect_equilibrium(ef.instances.kuhn())
    >>> for name in ("J_bet", "J_kb_call"):
    ...     print(m.eq.leader.floor[name].expr)
    0.01  <=  eq.leader.x[J_bet]
    0.0001  <=  eq.leader.x[J_kb_call]
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6))
    -0.051667
    >>> max(m.eq.regrets().values()) < 1e-9
    True
    """
    require_two_players(game, "quasi_perfect_equilibrium")
    chosen = trembling_sequences(game) if perturbation is None else perturbation
    floors = partial(visible_floors, chosen, epsilon, "quasi_perfect_equilibrium")
    return floored_formulation(game, leader, floors)
