"""Sequential mechanism design: the best rules, with and without money."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.errors import GameError
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mediation_blocks import mediator_block, require_game
from efmodels.mediator.incentives import Incentives
from efmodels.mediator.participation import participation_rows
from efmodels.mediator.problem import mediated_problem, obedient_players
from efmodels.transfers import with_transfers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.problem import MediatedProblem
    from efmodels.transfers import Bounds

BAYESIAN = Incentives()
"""Honest and obedient on average, and nobody is asked whether she takes part."""


def sequential_mechanism(
    game: Game,
    *,
    designer: str | None = None,
    incentives: Incentives = BAYESIAN,
    transfers: Mapping[str, Bounds] | None = None,
    obedient: Iterable[str] | None = None,
    margin: float = 0.0,
    reduce: bool = False,
) -> FormulationBlockData:
    r"""Sequential mechanism design: a designer commits to rules under which nobody gains by lying.

    The designer is a player without incentive constraints: what she does wherever she moves is the
    mechanism. A mediator acts for her, to whom all others report their infosets as they come to
    them, and who remembers everything. It is a communication equilibrium
    (:func:`communication_equilibrium`) in which she is not among the obedient. ``value`` is her
    payoff, and the objective where no other one is asked for.

    Reports come where players move. Call :func:`~efmodels.with_report_nodes` first if types shall
    be reported before anybody acts.

    With ``transfers`` she can take money at the end, within bounds, see
    :func:`~efmodels.with_transfers`: the block is then one of that game, with a decision between
    two amounts for each payment. With ``x`` for what the mediator does,

    .. math::

        F x = f,\; x \ge 0,\quad F_i^\top v_i \ge A_i^\top x,\quad
        \mathrm{payoff}_i = b_i^\top x \ge v_i[\emptyset] + \mathrm{margin},\quad
        \mathrm{transfer}_i = t_i^\top x,\quad \mathbb{E}_x[(u_i - o_i) 1_E] \ge 0

    for all :math:`i` but the designer, where :math:`t_i` is what :math:`i` pays at the end of each
    play times the chance of it, :math:`o_i` her payoff outside, and the last row is there for each
    event :math:`E` at which she is asked whether she takes part.

    Parameters
    ----------
    game
        With perfect recall.
    designer
        Who commits, by label; the last player by default.
    incentives
        Whether the truth is best on average or whatever chance has drawn, and when participants
        must expect at least what they get outside: see
        :class:`~efmodels.mediator.incentives.Incentives`.
    transfers
        Bounds of what players may be asked to pay, by label; without money by default.
    obedient
        The players with incentive constraints, who are also those who are asked whether they take
        part; by default all but the designer. The others do as the mediator says.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by deviating. Above 0 nothing is feasible: to obey is one of a deviator's plans.
    reduce
        Whether to leave out what is of no use to anybody, see
        :mod:`efmodels.mediator.reductions`. The optimum stays; events within what was left out
        cannot be asked for.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  ================
        name                   meaning                                         size
        =====================  ==============================================  ================
        ``mediator.x``         how likely the mediator is to give each answer  answers + 1
        ``mediator.flow``      the rows of its polytope                        questions + 1
        ``deviator[i].v``      what a deviator gets from each of her decision  points + 1
                               points on
        ``deviator[i].reply``  she cannot do better                            sequences
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``transfer[i]``        expected payment of those who may have to pay;  payers
                               ``transfer_row`` defines it
        ``participation``      taking part is no worse than staying out: for   types or memories
                               each first infoset of a player, or for each
                               memory at the end of the game before money
        ``value``              the designer's payoff, an expression            1
        ``welfare``            the sum of all payoffs, an expression           1
        =====================  ==============================================  ================

        Without ``transfers`` there is no ``transfer``, and without participation no
        ``participation``. ``block.game`` is the game with transfers; what
        :func:`~efmodels.with_transfers` returns for the same arguments says which of its terminals
        is which.

    Raises
    ------
    GameError
        Recall is not perfect, a player is not known, the designer is among the obedient, bounds of
        money are none, somebody is asked who never moves, or no game at all.
    SizeError
        The augmented game is too large.

    Notes
    -----
    *Participation is a row.* A player who comes to her first infoset :math:`I` in honest play
    expects :math:`\mathbb{E}[u_i \mid I]` if she takes part and does as she should, which the
    incentive constraints make the best that she can do then. She takes part if that is at least
    :math:`o_i`, or if she never comes there. Multiplied by :math:`P(I)` this is
    :math:`\mathbb{E}[(u_i - o_i) 1_I] \ge 0`, linear in ``x`` though :math:`P(I)` may depend on it.
    Ex post, the event is what the mediator remembers when the game is over and no money has been
    drawn: all that was reported in honest play, and all that was done. The rows of all memories
    that hold a report of :math:`I` add up to the row of :math:`I`, so that ex-post participation
    implies interim participation. What the lottery over low and high amounts then draws does not
    count: it stands for an amount in between.

    *Rules about reports.* Every report that the mediator can get is made by somebody honest, if
    all profiles of types are possible. So a rule such as "nobody pays more than she has reported"
    can be asked of honest play alone: ``block.expected(indicator) == 0``, with 1 for terminals at
    which somebody pays more than her value. That closes all answers to such reports, whoever makes
    them.

    *Dominant strategies.* A deviator who knows all that chance has drawn stands for all beliefs
    about it. Draws of probability 0 are not in the tree, and nothing is asked for them.

    Of the optima of one objective, ``"dominant"`` is at most ``"bayesian"``, and ``"ex post"`` at
    most ``"interim"``, which is at most ``"none"``.

    References
    ----------
    Myerson, Optimal auction design, Mathematics of Operations Research 6 (1981).

    Myerson, Multistage games with communication, Econometrica 54 (1986).

    Zhang and Sandholm, Polynomial-time optimal equilibria with a mediator in extensive-form games,
    NeurIPS (2022), arXiv:2206.15395.

    Examples
    --------
    An auction to two bidders whose values are 1 or 2, and who have a budget of 1 each. Both can be
    charged, who loses as well, and are asked whether they take part once they know their values:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mediator.incentives import Incentives
    >>> game = ef.instances.single_item_auction(prices=(0,))
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.sequential_mechanism(
    ...     game,
    ...     designer="Auctioneer",
    ...     incentives=Incentives(participation="interim"),
    ...     transfers={"P1": (0, 1), "P2": (0, 1)},
    ... )
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6), max(m.eq.regrets().values()) < 1e-9)
    1.333333 True
    >>> list(m.eq.participation)
    ['P1: 1', 'P1: 2', 'P2: 1', 'P2: 2']
    >>> m.limit = pyo.Constraint(expr=m.eq.transfer["P1"] <= 0.25)
    >>> print(round(ef.solve(m).value, 6))
    1.166667
    """
    require_game(game)
    if not game.players:
        raise GameError("sequential_mechanism needs a designer; this game has no players")
    if designer is None:
        designer = game.players[-1]
    game.player_number(designer)
    if not isinstance(incentives, Incentives):
        raise GameError(
            "incentives must be an efmodels.mediator.incentives.Incentives, such as "
            f"Incentives(participation='interim'); got {incentives!r}"
        )
    if obedient is None:
        obedient = [player for player in game.players if player != designer]
    number = obedient_players(game, obedient)
    participants = [game.players[k - 1] for k in number]
    if designer in participants:
        raise GameError(
            f"{designer!r} is the designer, who has no incentive constraints: leave her out of "
            "obedient="
        )
    supplement, played = _supplement(game, designer, transfers, incentives)
    block = mediator_block(
        played,
        partial(mediated_problem, concept=incentives.concept, reduce=reduce),
        obedient=participants,
        margin=margin,
        supplement=supplement,
    )
    block.value = pyo.Expression(expr=block.payoff[designer])
    return block


def _supplement(
    game: Game,
    designer: str,
    transfers: Mapping[str, Bounds] | None,
    incentives: Incentives,
) -> tuple[_Supplement, Game]:
    """Return what the block has beside that of a mediator, and the game with money."""
    if transfers is None:
        nobody = np.zeros((len(game.terminals), 0))
        return _Supplement(incentives, (), nobody, np.zeros(0, dtype=np.int64)), game
    priced = with_transfers(game, designer=designer, transfers=transfers)
    payers = [player for player in game.players if player in transfers]
    paid = priced.paid[:, [game.players.index(player) for player in payers]]
    return _Supplement(incentives, tuple(payers), paid, priced.infosets), priced.game


@dataclass(frozen=True, eq=False)
class _Supplement:
    """The rows about money and participation.

    Attributes
    ----------
    incentives
        When and why players take part.
    payers
        Who may have to pay.
    paid
        What each of them pays at each terminal; shape ``(terminals, payers)``.
    money
        The infosets at which that is decided.
    """

    incentives: Incentives
    payers: tuple[str, ...]
    paid: Floats
    money: Ints

    def declare(self, block: Any) -> None:
        """Declare the expected payments."""
        if self.payers:
            block.transfer = MatrixVar(len(self.payers), labels=self.payers)

    def rows(self, mediated: MediatedProblem, block: Any) -> dict[str, MatrixConstraint]:
        """Return the rows that define the payments, and those of participation."""
        rows = {}
        x = block.mediator.x
        if self.payers:
            expected = [mediated.expectation(column) for column in self.paid.T]
            minus = -sparse.eye_array(len(self.payers)).tocsr()
            parts = [(sparse.csr_array(np.array(expected)), x), (minus, block.transfer)]
            rows["transfer_row"] = MatrixConstraint(parts, rhs=0.0, labels=self.payers)
        if self.incentives.participation != "none":
            participants = [follower.label for follower in mediated.problem.followers]
            asked = participation_rows(mediated, self.incentives, participants, self.money)
            if asked.labels:
                pairs = [(asked.matrix, x)]
                rows["participation"] = MatrixConstraint(pairs, lb=0.0, labels=asked.labels)
        return rows
