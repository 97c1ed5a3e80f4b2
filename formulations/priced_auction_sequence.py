"""The best mechanism for two auctions in a row in which the winner of an item pays at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.auction_sequence_blocks import auction_sequence_block
from efmodels.auction_sequences.terms import priced_terms

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.auction_sequences import AuctionSequence
    from efmodels.auction_sequences.participation import Participation


def priced_auctions(
    sequence: AuctionSequence, *, participation: Participation
) -> AnsweringBlockData:
    r"""Two auctions in a row whose rules are not given: who wins an item pays its price at once.

    Before each round every bidder reports her value of the item. The mechanism remembers all
    reports, chooses nobody or a winner, and what she pays: for the first item one of
    ``sequence.prices``, at most her budget, for the second one a lottery over those that she can
    still pay. A bidder sees whether she has won and at what price, never anything about the others.

    With first choices :math:`o` after first reports :math:`r`, winners :math:`w` after second
    reports :math:`r'`, and for each bidder her reports and what she sees averaged over the others,

    .. math::

        & \sum_o x_{ro} = 1,\quad \sum_w x_{ror'w} = x_{ro},\quad x \ge 0, \\
        & V_{as}(v') \ge v' y_{asb1} - m_{asb1} \text{ for all reports } b, \\
        & V(v) \ge \sum_p (v - p)\, z_{ap}
            + \sum_s \sum_{v'} \pi_2(v') V_{as}(v') \text{ for all reports } a, \\
        & \mathrm{payoff} \ge \sum_v \pi_1(v) V(v), \qquad
          l_{asb} y_{asb1} \le m_{asb1} \le h_{asb} y_{asb1},

    where :math:`z` is how likely she sees what, and :math:`y` how likely she wins the second item
    in the end and :math:`m` what she pays for it, between the lowest and the highest price that
    she can still pay. ``value`` is the revenue.

    Parameters
    ----------
    sequence
        Two rounds; any number of bidders, but the program has of the order of
        :math:`k^{2n} n^2 |P|` columns for :math:`n` bidders with :math:`k` values.
    participation
        Why bidders take part; it has to be said, for the revenue depends on it.
        ``ExPostEachRound()``: no price above the value that was reported.
        ``OptOutEachRound()``: they may leave before each round.
        ``CommittedWinnersPay()``: they decide once, when they know their values of the first item.

    Returns
    -------
    AnsweringBlock
        For :math:`n` bidders with :math:`k` values, :math:`R = k^n` profiles of reports, :math:`C`
        first and :math:`D \le (n + 1) R C` second choices; and of each bidder :math:`S` pairs of a
        report and what she sees, and :math:`H` histories (two reports, what she sees, and whether
        she wins the second item):

        =======================  ================================================  ===============
        name                     meaning                                           size
        =======================  ================================================  ===============
        ``first.x``              probability of a first choice, given the reports  ``C``
        ``first.flow``           they sum to 1                                     ``R``
        ``second.x``             the same times that of a second winner            ``D``
        ``second.flow``          they sum to that of the first choice              ``C R``
        ``bidder[i].seen``       how likely she sees what; ``seen_row``            ``S``
        ``bidder[i].ends``       how likely a history is; ``ends_row``             ``H``
        ``bidder[i].items_won``  items won in it, a ``Param``                      ``H``
        ``bidder[i].pays``       what she pays in the end, times ``ends``          ``H``
        ``bidder[i].most``       within the highest price; ``least``               ``<= H``
        ``bidder[i].v``          what a type gets from now on, first ones first    ``k + S k``
        ``bidder[i].reply``      she cannot do better by another report            ``k^2 + S k^2``
        ``bidder[i].obey``       honesty is no worse                               1
        ``payoff[i]``            expected payoff; ``bidder[i].payoff_row``         ``n``
        ``payment[i]``           expected payment; ``bidder[i].payment_row``       ``n``
        ``value``                the revenue, an expression                        1
        ``welfare``              payoffs and revenue, an expression                1
        =======================  ================================================  ===============

        Where a bidder may leave, her values ``v`` are at least 0.
        ``solution()`` is an :class:`~efmodels.auction_sequences.auction_rule.AuctionRule`: the
        mechanism as a table, with regrets that are computed from the table alone.

    Raises
    ------
    GameError
        Not two rounds, or no such participation.

    See Also
    --------
    deferred_payment_auctions : Everything is paid in the end, which takes in more.

    Notes
    -----
    *Why averages.* What a bidder gets for her reports is linear in her values, so that the rows of
    all types need three numbers for a history and not all reports of the others. This makes the
    program several times smaller than one with a row of all outcomes for each lie.

    *Why lotteries of the last round need no grid.* Nobody sees the second price before it is all
    over, and a lottery over the lowest and the highest price has any mean in between.

    References
    ----------
    Zhang and Sandholm, Polynomial-time optimal equilibria with a mediator in extensive-form games,
    NeurIPS (2022), arXiv:2206.15395.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.auction_sequences import AuctionSequence, ExPostEachRound
    >>> from efmodels.formulations import priced_auctions
    >>> sequence = AuctionSequence((0, "1/2", 1), budget=1)
    >>> m = pyo.ConcreteModel()
    >>> m.eq = priced_auctions(sequence, participation=ExPostEachRound())
    >>> own = m.eq.bidder["P1"]
    >>> for term in str(own.reply["1, won 1/2; 1: reports 1/2"].expr).split("eq.bidder[P1]."):
    ...     print(term.strip())
    0.0  <=
    v['1, won 1/2; 1'] -
    ends['1, won 1/2; 1/2, won'] +
    pays['1, won 1/2; 1/2, lost'] +
    pays['1, won 1/2; 1/2, won']
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> result = ef.solve(m)
    >>> round(result.value, 6), max(m.eq.regrets().values()) < 1e-9
    (1.14422, True)
    """
    return auction_sequence_block(sequence, priced_terms(sequence, participation))
