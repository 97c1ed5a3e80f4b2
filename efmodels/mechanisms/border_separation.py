r"""Border's inequalities: which interim rules some auction of one item can bring about.

A rule gives each type :math:`(i, a)` its chance :math:`x_i(a)` to win. There is an auction with
this rule if and only if for every set :math:`S` of types

.. math::

    \sum_{(i, a) \in S} f_i(a) x_i(a) \le 1 - \prod_i (1 - F_i(S_i)),

that is, the item goes to somebody in :math:`S` at most as often as somebody in :math:`S` is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.mechanisms.independent_bidders import IndependentBidders


def chance_of_somebody(bidders: IndependentBidders, sets: Bools) -> Floats:
    """Return how likely somebody is in a set of types: the right-hand sides.

    Parameters
    ----------
    bidders
        Who they are.
    sets
        Shape ``(sets, types)``.
    """
    inside = np.add.reduceat(sets * bidders.probability, bidders.lowest, axis=1)
    present: Floats = 1.0 - np.prod(1.0 - inside, axis=1)
    return present


def order_of_prefixes(bidders: IndependentBidders, x: Floats) -> Ints:
    r"""Return the order of the types in which the most violated set is a prefix.

    That is by :math:`x_i(a)` times the chance that bidder :math:`i` has no type with a larger
    :math:`x_i`, descending. If all bidders are alike, it is the order by :math:`x` itself.

    Notes
    -----
    Let :math:`S` be a set by which a feasible rule is violated most, and :math:`P` the chance that
    nobody is in it. To take out a type or put one in does not help, so that
    :math:`x_i(a) (1 - F_i(S_i)) \le P` for types outside, and at least :math:`P` with the chance
    of :math:`S_i` without :math:`a` for those inside. So :math:`S_i` has the types with the
    largest :math:`x_i`, and the products of those inside are larger than those of all outside.

    References
    ----------
    Cai, Daskalakis and Weinberg, An algorithmic characterization of multi-dimensional mechanisms,
    STOC (2012), arXiv:1112.4572.
    """
    own = np.lexsort((-x, bidders.bidder))  # bidder by bidder, each descending
    chance = np.cumsum(bidders.probability[own])
    start = bidders.lowest[bidders.bidder[own]]
    before = chance - bidders.probability[own]
    above = before - before[start]
    product = np.empty(len(x))
    product[own] = x[own] * (1.0 - above)
    rank = np.empty(len(x), dtype=np.int64)
    rank[own] = np.arange(len(x))
    order: Ints = np.lexsort((rank, -product))  # of equal ones the larger x first
    return order


def prefix_violations(bidders: IndependentBidders, x: Floats) -> tuple[Ints, Floats]:
    """Return the order of the types, and by how much each prefix of it violates its inequality.

    The last one is the largest violation of all sets if it is positive: the test is exact.

    Returns
    -------
    order
        A permutation of the types.
    excess
        Shape ``(types,)``; positive where the first so many types win too often.
    """
    order = order_of_prefixes(bidders, x)
    f, owner = bidders.probability[order], bidders.bidder[order]
    absent = np.ones((len(order), len(bidders.bidders)))
    for k in range(len(bidders.bidders)):
        absent[:, k] = 1.0 - np.cumsum(f * (owner == k))
    present = 1.0 - np.prod(np.maximum(absent, 0.0), axis=1)
    excess: Floats = np.cumsum(f * x[order]) - present
    return order, excess


def border_residual(bidders: IndependentBidders, x: Floats) -> float:
    """Return by how much a rule violates the worst of all Border's inequalities, 0 if none.

    Examples
    --------
    >>> from efmodels.mechanisms import IndependentBidders
    >>> bidders = IndependentBidders([[1, 2], [1, 2]], [[0.5, 0.5], [0.5, 0.5]])
    >>> border_residual(bidders, np.array([0.25, 0.75, 0.25, 0.75]))
    0.0
    >>> border_residual(bidders, np.array([0.25, 1.0, 0.25, 0.75]))
    0.125
    """
    return max(0.0, float(prefix_violations(bidders, x)[1].max()))


def violated_sets(bidders: IndependentBidders, x: Floats, most: int, tolerance: float) -> Bools:
    """Return the most violated of the prefixes, the worst first.

    Parameters
    ----------
    bidders
        Who they are.
    x
        How likely each type is to win.
    most
        How many at most.
    tolerance
        From which violation on.

    Returns
    -------
    numpy.ndarray
        Shape ``(sets, types)``; without rows if some auction has this rule.
    """
    order, excess = prefix_violations(bidders, x)
    worst = np.argsort(-excess, kind="stable")[:most]
    worst = worst[excess[worst] > tolerance]
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    sets: Bools = rank <= worst[:, None]
    return sets


def first_sets(bidders: IndependentBidders) -> Bools:
    """Return the sets to begin with: everybody, and all who value the item at least so much."""
    levels = np.unique(bidders.value)
    sets: Bools = bidders.value >= levels[:, None]
    return sets
