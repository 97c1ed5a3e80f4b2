r"""The rows of a mechanism for two auctions as sparse matrices: what can be, and why to be honest.

For one bidder, with first report :math:`a`, what she saw :math:`s`, second report :math:`b` and the
others' reports averaged out, :math:`z_{as}` is how likely she sees :math:`s`, :math:`y_{asbw}` how
likely she wins the second item (:math:`w = 1`) or not, and :math:`m_{asbw}` what she pays at the
end. Her values do not enter: what she has said decides what happens, and what she gets of it is
linear in her values. So the best response of every type is

.. math::

    V_{as}(v') &\ge v'\, y_{asb1} - m_{asb0} - m_{asb1} \quad\text{for all reports } b, \\
    V(v) &\ge \sum_s (v - p_s) 1_{s \ne \text{lost}}\, z_{as}
        + \sum_s \sum_{v'} \pi_2(v')\, V_{as}(v') \quad\text{for all reports } a,

and she is honest in both rounds if and only if her payoff is :math:`\sum_v \pi_1(v) V(v)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.auction_sequences.outcomes import UNLIKELY, Histories, histories_of

if TYPE_CHECKING:
    from efmodels.auction_sequences.outcomes import SaleOutcomes
    from efmodels.game import Floats, Ints

    Matrix = sparse.csr_array


def first_flow(outcomes: SaleOutcomes) -> Matrix:
    """Return the sums of the first choices over each profile; shape ``(R, first choices)``."""
    count = len(outcomes.report)
    shape = (len(outcomes.reports), count)
    return _matrix(outcomes.report, np.arange(count), np.ones(count), shape)


def second_flow(outcomes: SaleOutcomes) -> tuple[Matrix, Matrix]:
    """Return the sums of the second choices, and the first choice that each sum is equal to."""
    firsts, profiles = len(outcomes.report), len(outcomes.reports)
    count = len(outcomes.last)
    rows = outcomes.before * profiles + outcomes.again
    sums = _matrix(rows, np.arange(count), np.ones(count), (firsts * profiles, count))
    each = np.repeat(np.arange(firsts), profiles)
    source = _matrix(np.arange(len(each)), each, np.ones(len(each)), (len(each), firsts))
    return sums, source


@dataclass(frozen=True, eq=False)
class BidderRows:
    """The rows of one bidder.

    With ``k`` values, ``S`` sights (pairs of a first report and what is seen after it, ``z``),
    ``H`` histories (``y`` and ``m``) and ``V = k + S k`` values of the best response, those of
    the first types first.

    Attributes
    ----------
    histories
        What she can have said and seen.
    sights
        The pairs of a first report and what is seen after it; shape ``(S, 2)``.
    seen
        ``z`` from the first choices; shape ``(S, first choices)``.
    ends
        ``y`` from the second choices; shape ``(H, second choices)``.
    least, most
        Bounds of ``m`` per unit of ``y``; shape ``(H,)``.
    reply_values, reply_seen, reply_ends, reply_pays
        The rows of the best response, those of the first round first, as what must not be negative:
        factors of ``V``, ``z``, ``y`` and ``m``.
    root
        How likely each first type is; shape ``(V,)``, 0 elsewhere.
    gain_seen, gain_ends, gain_pays
        Her payoff if all are honest; shapes ``(S,)``, ``(H,)``, ``(H,)``.
    paid_seen, paid_pays
        What she pays then; shapes ``(S,)``, ``(H,)``.
    """

    histories: Histories
    sights: Ints
    seen: Matrix
    ends: Matrix
    least: Floats
    most: Floats
    reply_values: Matrix
    reply_seen: Matrix
    reply_ends: Matrix
    reply_pays: Matrix
    root: Floats
    gain_seen: Floats
    gain_ends: Floats
    gain_pays: Floats
    paid_seen: Floats
    paid_pays: Floats

    def charge(self, second: Floats, pays: Floats) -> Floats:
        """Return what she pays at the end after each second choice.

        In a history she always pays the same: between the bounds, and ``m`` on average.

        Parameters
        ----------
        second
            The probabilities of the second choices.
        pays
            ``m``.
        """
        likely = self.ends @ second
        mean = np.divide(pays, likely, out=self.least.copy(), where=likely > UNLIKELY)
        charge: Floats = np.clip(mean, self.least, self.most)[self.histories.of_choice]
        return charge


def bidder_rows(outcomes: SaleOutcomes, bidder: int) -> BidderRows:
    """Return the rows of a bidder, by her position."""
    sequence, terms = outcomes.sequence, outcomes.terms
    ends = histories_of(outcomes, bidder)
    sights, seen = _sights(outcomes, bidder)
    worth, (early, late) = sequence.worths, sequence.likelihoods
    size = len(worth)
    # What a win of the first item costs; nothing is won where she has lost.
    price = np.concatenate(([0.0], [float(p) for p in terms.prices]))[sights[:, 1]]
    won = np.minimum(sights[:, 1], 1)
    sight_of = np.full((size, 1 + len(terms.prices)), -1)
    sight_of[tuple(sights.T)] = np.arange(len(sights))
    sight = sight_of[ends.first, ends.seen]
    place = (ends.first, ends.seen, ends.second, ends.won)
    honest = early[ends.first] * late[ends.second]
    first_rows = _first_replies(sights, worth, price, won, late)
    later_rows = _later_replies(ends, sight, worth, len(sights))
    return BidderRows(
        histories=ends,
        sights=sights,
        seen=seen,
        ends=_matrix(
            ends.of_choice,
            np.arange(len(ends.of_choice)),
            ends.weight,
            (len(ends.first), len(ends.of_choice)),
        ),
        least=terms.least[place],
        most=terms.most[place],
        reply_values=sparse.vstack([first_rows[0], later_rows[0]], format="csr"),
        reply_seen=sparse.vstack(
            [first_rows[1], sparse.csr_array((later_rows[0].shape[0], len(sights)))], format="csr"
        ),
        reply_ends=_below(first_rows[0].shape[0], later_rows[1]),
        reply_pays=_below(first_rows[0].shape[0], later_rows[2]),
        root=np.concatenate((early, np.zeros(len(sights) * size))),
        gain_seen=early[sights[:, 0]] * (worth[sights[:, 0]] - price) * won,
        gain_ends=honest * worth[ends.second] * ends.won,
        gain_pays=-honest,
        paid_seen=early[sights[:, 0]] * price * won,
        paid_pays=honest,
    )


def _sights(outcomes: SaleOutcomes, bidder: int) -> tuple[Ints, Matrix]:
    """Return what a bidder can have said and seen after the first round, and how likely it is."""
    said = outcomes.reports[outcomes.report, bidder]
    pairs = np.stack([said, outcomes.seen(bidder)], axis=1)
    sights, of_choice = np.unique(pairs, axis=0, return_inverse=True)
    count = len(said)
    weight = outcomes.likely[0, outcomes.report, bidder]
    return sights, _matrix(of_choice.ravel(), np.arange(count), weight, (len(sights), count))


def _first_replies(
    sights: Ints, worth: Floats, price: Floats, won: Ints, late: Floats
) -> tuple[Matrix, Matrix]:
    """Return the rows of all pairs of a first type and a report: factors of ``V`` and of ``z``."""
    size, count = len(worth), len(sights)
    types, reports = np.divmod(np.arange(size**2), size)
    total = size + count * size
    values = sparse.lil_array((size**2, total))
    seen = sparse.lil_array((size**2, count))
    for row, (true, said) in enumerate(zip(types.tolist(), reports.tolist(), strict=True)):
        values[row, true] = 1.0
        for sight in np.flatnonzero(sights[:, 0] == said).tolist():
            columns = size + sight * size + np.arange(size)
            values[row, columns] = -late
            if won[sight] and worth[true] != price[sight]:
                seen[row, sight] = price[sight] - worth[true]
    return values.tocsr(), seen.tocsr()


def _later_replies(
    ends: Histories, sight: Ints, worth: Floats, count: int
) -> tuple[Matrix, Matrix, Matrix]:
    """Return the rows of all sights, second types and reports: factors of ``V``, ``y``, ``m``."""
    size = len(worth)
    rows = count * size**2
    shape = (rows, len(ends.first))
    number = np.arange(rows)
    values = _matrix(number, size + number // size, np.ones(rows), (rows, size + count * size))
    # Each history stands in the rows of all types that might report so.
    history, true = np.divmod(np.arange(shape[1] * size), size)
    row = (sight[history] * size + true) * size + ends.second[history]
    wins = _matrix(row, history, -worth[true] * ends.won[history], shape)
    pays = _matrix(row, history, np.ones(len(row)), shape)
    return values, wins, pays


def _below(rows: int, matrix: Matrix) -> Matrix:
    """Return a matrix with rows of zeros above it."""
    below: Matrix = sparse.vstack([sparse.csr_array((rows, matrix.shape[1])), matrix], format="csr")
    return below


def _matrix(rows: Ints, columns: Ints, data: Floats, shape: tuple[int, int]) -> Matrix:
    matrix = sparse.csr_array((data, (rows, columns)), shape=shape)
    matrix.eliminate_zeros()
    return matrix
