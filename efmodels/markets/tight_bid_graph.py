r"""The graph of tight bids, which settles a first-price pacing equilibrium in closed form.

A bid is tight if it equals the price. Tight bids connect bidders and goods, and along each of them
multiplier and price determine each other: :math:`p_j = \alpha_i v_{ij}`. A further node, the
ground, stands for what is known: a bidder who does not spend everything is tied to it by
:math:`\alpha_i = 1`, a good that is not sold out by :math:`p_j = r_j`. Where a connected part is
not tied to the ground, one factor remains, and all its prices add up to all its budgets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.markets.pacing_arrays import PacingArrays

_TINY = 1e-300
_EQUAL = 1e-14
"""Shares that are zero but for rounding."""
_LITTLE = 1e-13
"""What contradicts a guess, as a share of a budget, of the worth of a good, or of a price."""


class TightBids(NamedTuple):
    """Which bids, bidders and goods are taken to be tight.

    Attributes
    ----------
    entries
        Positions of the tight bids.
    unpaced
        Positions of the bidders whose multiplier is 1.
    at_reserve
        Positions of the goods whose price is the reserve.
    """

    entries: Ints
    unpaced: Ints
    at_reserve: Ints


class Forest(NamedTuple):
    """A spanning tree of bidders, goods and the ground, which hangs from the ground.

    Nodes are the bidders, the goods and the ground, in this order.

    Attributes
    ----------
    order
        The nodes from the ground downwards.
    above
        The node above each node; the ground is above itself.
    entry
        Which entry joins a node to the one above; -1 where that is the ground.
    loose
        The part of each node, counted from 0, if only a makeshift joins it to the ground; else -1.
    """

    order: Ints
    above: Ints
    entry: Ints
    loose: Ints


def tight_bids(arrays: PacingArrays, alpha: Floats, money: Floats, weight: float) -> TightBids:
    """Return what is rather tight than without money.

    Where an outcome is nearly right, either a bid is about the price or next to nothing is paid for
    it, and the larger share tells which; likewise with the multiplier of a bidder and what she does
    not spend, and with the price of a good and what is not sold of it.

    Parameters
    ----------
    arrays
        The market.
    alpha, money
        The outcome.
    weight
        How much what is missing to the price counts, against what is paid.
    """
    prices = arrays.prices(alpha)
    worth = arrays.supplies * prices
    paid = money / arrays.budgets[arrays.bidder]
    missing = 1 - alpha[arrays.bidder] * arrays.value / prices[arrays.good]
    unspent = 1 - arrays.by_bidder(money) / arrays.budgets
    reserved = np.flatnonzero(arrays.reserves > 0)
    unsold = (1 - arrays.by_good(money) / worth)[reserved]
    above = (1 - arrays.reserves / prices)[reserved]
    return TightBids(
        np.flatnonzero(weight * missing <= np.maximum(paid, _EQUAL)),
        np.flatnonzero(weight * (1 - alpha) <= np.maximum(unspent, _EQUAL)),
        reserved[weight * above <= np.maximum(unsold, _EQUAL)],
    )


def spanning_forest(arrays: PacingArrays, tight: TightBids, money: Floats) -> Forest:
    """Return a spanning tree of the tight bids that prefers those for which much is paid."""
    n, m = len(arrays.budgets), len(arrays.supplies)
    ground = n + m
    unspent = arrays.budgets - arrays.by_bidder(money)
    # What is not sold at the reserve is compared with what is paid, in money.
    unsold = arrays.supplies * arrays.reserves - arrays.by_good(money)
    bidder, good = arrays.bidder[tight.entries], arrays.good[tight.entries] + n
    tail = np.concatenate((bidder, tight.unpaced, tight.at_reserve + n))
    head = np.concatenate((good, np.full(len(tail) - len(bidder), ground)))
    paid = np.concatenate((money[tight.entries], unspent[tight.unpaced], unsold[tight.at_reserve]))
    shape = (ground + 1, ground + 1)
    cost = arrays.budgets.mean() / np.maximum(paid, _TINY * arrays.budgets.mean())
    # Costs are ranks, from 1 on: where a cost is zero or infinite, scipy sees no edge.
    rank = np.empty(len(cost))
    rank[np.argsort(cost, kind="stable")] = np.arange(1, len(cost) + 1)
    tree = csgraph.minimum_spanning_tree(sparse.csr_array((rank, (tail, head)), shape=shape))
    tree, loose = _tied_down(tree, ground)
    order, above = csgraph.breadth_first_order(tree, ground, directed=False)
    above[ground] = ground
    return Forest(order, above, _entries_above(arrays, tight, above), loose)


def _tied_down(tree: sparse.csr_array, ground: int) -> tuple[sparse.csr_array, Ints]:
    """Join each part that is not tied to the ground by a bidder of its own, and number it."""
    _, part = csgraph.connected_components(tree, directed=False)
    part = np.asarray(part, dtype=np.intp)
    parts, first = np.unique(part, return_index=True)
    free = parts != part[ground]
    # A bidder stands before all goods, and a part without one has a good that nobody bids for.
    roots = first[free]
    number: Ints = np.full(len(parts), -1)
    number[free] = np.arange(len(roots))
    ties = sparse.csr_array(
        (np.ones(len(roots)), (roots, np.full(len(roots), ground))), shape=tree.shape
    )
    return tree + ties, number[part]


def _entries_above(arrays: PacingArrays, tight: TightBids, above: Ints) -> Ints:
    n, m = len(arrays.budgets), len(arrays.supplies)
    node = np.arange(n + m)
    over = above[: n + m]
    inner = np.flatnonzero(over < n + m)
    bidder = np.where(node < n, node, over)[inner]
    good = np.where(node < n, over, node)[inner] - n
    # Entries are in the order of bidders and goods: they are found by their number in the table.
    number = arrays.bidder[tight.entries].astype(np.int64) * m + arrays.good[tight.entries]
    entry: Ints = np.full(n + m + 1, -1)
    entry[inner] = tight.entries[np.searchsorted(number, bidder.astype(np.int64) * m + good)]
    return entry


def settled_potentials(arrays: PacingArrays, forest: Forest, alpha: Floats) -> Floats:
    """Return the logarithms of multipliers and prices that a forest of tight bids determines.

    A bidder whom nothing determines, since her part has no good, keeps the multiplier she had.
    """
    n = len(arrays.budgets)
    ground = len(forest.above) - 1
    step = np.zeros(ground + 1)
    node = np.flatnonzero(forest.entry >= 0)
    log_value = np.log(arrays.value[forest.entry[node]])
    step[node] = np.where(node < n, -log_value, log_value)
    goods = _tied(forest, n)[1]
    step[goods] = np.log(arrays.reserves[goods - n])
    potential = _sums_to_ground(step, forest.above)[:ground]
    return potential + _factors(arrays, forest, potential, np.log(alpha))


def _tied(forest: Forest, bidders: int) -> tuple[Ints, Ints]:
    """Return the bidders and the goods that hang from the ground itself, makeshifts aside."""
    ground = len(forest.above) - 1
    tied = np.flatnonzero((forest.above[:ground] == ground) & (forest.loose[:ground] < 0))
    return tied[tied < bidders], tied[tied >= bidders]


def _factors(arrays: PacingArrays, forest: Forest, potential: Floats, before: Floats) -> Floats:
    """Return the logarithm of the factor of each node's part, 0 where the ground gives it."""
    n = len(arrays.budgets)
    loose = forest.loose[:-1]
    parts = int(loose.max(initial=-1)) + 1
    part, amount = loose[loose >= 0], np.empty(len(loose))
    amount[:n] = arrays.budgets
    amount[n:] = -arrays.supplies * np.exp(potential[n:])
    amount = amount[loose >= 0]
    budgets = np.bincount(part, np.maximum(amount, 0), parts)
    worth = np.bincount(part, np.maximum(-amount, 0), parts)
    factor = np.zeros(parts)
    some = worth > 0
    factor[some] = np.log(budgets[some] / worth[some])
    alone = loose[:n] >= 0
    alone[alone] = ~some[loose[:n][alone]]
    factor[loose[:n][alone]] = before[alone]
    return np.where(loose >= 0, np.append(factor, 0.0)[loose], 0.0)


def _sums_to_ground(step: Floats, above: Ints) -> Floats:
    """Add up the steps from each node to the ground, doubling the distance each time."""
    total = step.copy()
    far = above.copy()
    ground = len(above) - 1
    while (far != ground).any():
        total += total[far]
        far = far[far]
    return total


class Balance(NamedTuple):
    """Money with which every balance is exact, though some of it may be negative.

    Attributes
    ----------
    paid
        For each entry.
    above
        What passes between each node and the one above: what is paid for that entry or, at the
        ground, what a bidder does not spend, and what is not sold at the reserve.
    """

    paid: Floats
    above: Floats


def settled_money(
    arrays: PacingArrays, tight: TightBids, forest: Forest, prices: Floats, money: Floats
) -> Balance:
    """Return the money nearest at hand with which every balance is exact.

    What is paid for tight bids stays as it is, but for those of the forest: from the leaves to the
    ground, each takes what its end still lacks.
    """
    n = len(arrays.budgets)
    ground = len(forest.above) - 1
    paid = np.zeros(len(money))
    paid[tight.entries] = np.maximum(money[tight.entries], 0)
    node = np.flatnonzero(forest.entry >= 0)
    paid[forest.entry[node]] = 0
    lacking = np.zeros(ground + 1)
    lacking[:n] = arrays.budgets - arrays.by_bidder(paid)
    lacking[n:ground] = arrays.supplies * prices - arrays.by_good(paid)
    # The two ends of an edge are a bidder and a good: what one takes, the other no longer lacks.
    for nodes in reversed(_levels(forest)):
        np.subtract.at(lacking, forest.above[nodes], lacking[nodes])
    paid[forest.entry[node]] = lacking[node]
    return Balance(paid, lacking[:ground])


def repaired(
    arrays: PacingArrays, tight: TightBids, forest: Forest, potential: Floats, balance: Balance
) -> TightBids:
    """Return the tight bids after what contradicts them: the same object where nothing does.

    Where money would be negative the tie is none; what would be above the price, above 1 or below
    the reserve is tight.
    """
    n = len(arrays.budgets)
    # Each is compared with the budget of its bidder, or at the ground with the worth of its good.
    entry = forest.entry[:-1]
    size = np.concatenate((arrays.budgets, arrays.supplies * np.exp(potential[n:])))
    size = np.where(entry >= 0, arrays.budgets[arrays.bidder[entry]], size)
    negative = balance.above < -_LITTLE * size
    bidders, goods = _tied(forest, n)
    wrong = TightBids(
        entry[negative & (entry >= 0)],
        bidders[negative[bidders]],
        goods[negative[goods]] - n,
    )
    theta, q = potential[:n], potential[n:]
    bids = theta[arrays.bidder] + np.log(arrays.value)
    reserved = np.flatnonzero(arrays.reserves > 0)
    missing = TightBids(
        np.flatnonzero(bids > q[arrays.good] + _LITTLE),
        np.flatnonzero(theta > _LITTLE),
        reserved[q[reserved] < np.log(arrays.reserves[reserved]) - _LITTLE],
    )
    if not any(len(part) for part in (*wrong, *missing)):
        return tight
    triples = zip(tight, wrong, missing, strict=True)
    return TightBids(*(np.union1d(np.setdiff1d(old, out), new) for old, out, new in triples))


def _levels(forest: Forest) -> list[Ints]:
    """Return the nodes at each distance from the ground, the ground left out."""
    below = np.ones(len(forest.above))
    below[-1] = 0
    depth = _sums_to_ground(below, forest.above)[forest.order]
    return np.split(forest.order, np.flatnonzero(np.diff(depth)) + 1)[1:]
