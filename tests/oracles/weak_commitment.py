"""Commitment with ties broken against a leader who has two actions: exact, along a line."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Rows = Sequence[Sequence[int]]


def weak_value(leader: Rows, follower: Rows) -> tuple[Fraction, bool]:
    """Return the supremum of what the leader can count on, and whether it is attained.

    The matrices have two rows, the leader's actions. Everything is linear in the probability of the
    first one between the places where two payoffs of one player cross.
    """
    cuts = {Fraction(0), Fraction(1)}
    for table in (leader, follower):
        for a, b in combinations(range(len(table[0])), 2):
            slope = table[0][a] - table[1][a] - table[0][b] + table[1][b]
            if slope:
                cuts.add(Fraction(table[1][b] - table[1][a], slope))
    points = sorted(p for p in cuts if 0 <= p <= 1)
    between = [(p + q) / 2 for p, q in pairwise(points)]
    limits = [
        _least(leader, p, _best(follower, middle))
        for middle, ends in zip(between, pairwise(points), strict=True)
        for p in ends
    ]
    brought = [_least(leader, p, _best(follower, p)) for p in (*points, *between)]
    value = max(*limits, *brought)
    return value, value in brought


def _payoffs(table: Rows, p: Fraction) -> list[Fraction]:
    return [p * a + (1 - p) * b for a, b in zip(*table, strict=True)]


def _best(follower: Rows, p: Fraction) -> list[int]:
    payoffs = _payoffs(follower, p)
    return [k for k, u in enumerate(payoffs) if u == max(payoffs)]


def _least(leader: Rows, p: Fraction, replies: list[int]) -> Fraction:
    payoffs = _payoffs(leader, p)
    return min(payoffs[k] for k in replies)
