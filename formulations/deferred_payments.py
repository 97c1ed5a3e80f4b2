"""The best mechanism for two auctions in a row in which everything is paid in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.auction_sequence_blocks import auction_sequence_block
from efmodels.auction_sequences.terms import deferred_terms

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.auction_sequences import AuctionSequence
    from efmodels.auction_sequences.participation import Participation


def deferred_payment_auctions(
    sequence: AuctionSequence, *, participation: Participation
) -> AnsweringBlockData:
    r"""Two auctions in a row whose rules are not given: all payments are settled in the end.

    As :func:`priced_auctions`, but a choice of the first round is only who wins, and what a bidder
    pays is settled when all has been reported and sold. No grid of prices is needed: for each
    history, that is her reports :math:`a, b`, whether she won the first item (:math:`s`) and
    whether she wins the second one (:math:`w`), she pays :math:`m` on average, with

    .. math::

        & 0 \le m_{asbw} \le h_{asbw}\, y_{asbw}, \\
        & V_{as}(v') \ge v' y_{asb1} - m_{asb0} - m_{asb1} \text{ for all reports } b, \\
        & V(v) \ge v\, z_{a1} + \sum_s \sum_{v'} \pi_2(v') V_{as}(v') \text{ for all reports } a.

    The bounds :math:`h` are the budget and what the participation allows. Payments may well depend
    on the reports of the others; but they enter all rows by these averages alone, and averages
    within the bounds can be had by payments within the bounds, so these are left out. A budget or a
    reserve price for each item is a row about ``pays`` and ``ends`` for each history.

    Deferred payments take in at least what prices of any grid do, under the participation that
    matches. But nobody must be able to walk away with the first item.

    Parameters
    ----------
    sequence
        Two rounds; ``prices`` do not matter. ``budget=None`` is possible with ``ExPostTotal()``.
    participation
        Why bidders take part; it has to be said, for the revenue depends on it.
        ``ExPostTotal()``: in the end nobody pays more than she has reported for her items.
        ``CommittedWinnersPay()``: bidders decide once, when they know their values of the first
        item; who wins nothing pays nothing.
        ``CommittedEverybodyPays()``: the same, but losers can be charged, too.

    Returns
    -------
    AnsweringBlock
        With the components of :func:`priced_auctions`. ``pays`` covers both rounds; a label of
        ``seen`` is ``1/2, won`` or ``1/2, lost``, one of ``ends`` and ``pays``
        ``1/2, won; 1, lost``.

    Raises
    ------
    GameError
        Not two rounds, no such participation, or one that does not go together with payments in
        the end, as ``OptOutEachRound()``: the winner of the first item would keep it and leave.

    See Also
    --------
    priced_auctions : The winner of an item pays at once.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.auction_sequences import AuctionSequence, ExPostTotal, OptOutEachRound
    >>> from efmodels.formulations import deferred_payment_auctions
    >>> sequence = AuctionSequence((0, "1/2", 1), budget=1)
    >>> m = pyo.ConcreteModel()
    >>> m.eq = deferred_payment_auctions(sequence, participation=ExPostTotal())
    >>> own = m.eq.bidder["P1"]
    >>> print(str(own.most["1/2, won; 0, lost"].expr).replace("eq.bidder[P1].", ""))
    pays['1/2, won; 0, lost'] - 0.5*ends['1/2, won; 0, lost']  <=  0.0
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> result = ef.solve(m)
    >>> round(result.value, 6), max(m.eq.regrets().values()) < 1e-9
    (1.14422, True)

    No item below a reserve price of 3/4:

    >>> for player in m.eq.payoff:
    ...     own = m.eq.bidder[player]
    ...     own.reserve = pyo.Constraint(
    ...         list(own.ends),
    ...         rule=lambda b, end: b.pays[end] >= 0.75 * b.items_won[end] * b.ends[end],
    ...     )
    >>> print(round(ef.solve(m).value, 6))
    0.987654

    Who may leave after the first round has to pay before:

    >>> deferred_payment_auctions(sequence, participation=OptOutEachRound())
    Traceback (most recent call last):
    efmodels.errors.GameError: OptOutEachRound does not go together with payments after the last ...
    """
    return auction_sequence_block(sequence, deferred_terms(sequence, participation))
