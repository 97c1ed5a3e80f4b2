"""Variables within bounds that nobody defines: decisions of the leader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from efmodels.game import Floats

CHOICES = ("low", "high")


def with_choices(leader: FlowPolytope, number: int) -> FlowPolytope:
    r"""Return a leader who besides chooses between low and high, so many times.

    A variable :math:`l \le t \le h` is the lottery :math:`t = l x_{low} + h x_{high}` at a decision
    point of its own below the root, so that it is linear in the leader's plan and the polytope
    stays one of flows. Its coordinates are the last ones, two for each.

    Examples
    --------
    >>> once = with_choices(FlowPolytope([1], [], [0], (), ("",)), 1)
    >>> once.names
    ('root', 'choice_1_low', 'choice_1_high')
    """
    if not number:
        return leader
    points, size = leader.points, leader.size
    return FlowPolytope(
        np.concatenate((leader.start, size + 2 * np.arange(1, number + 1))),
        np.concatenate((leader.incoming, np.zeros(number, dtype=np.int64))),
        np.concatenate((leader.incoming_start, len(leader.incoming) + np.arange(1, number + 1))),
        MadeNames(
            points + number,
            lambda k: leader.point_names[k] if k < points else f"choice {k - points + 1}",
        ),
        MadeNames(
            size + 2 * number,
            lambda q: leader.choice_names[q] if q < size else CHOICES[(q - size) % 2],
        ),
    )


def lotteries(first: int, lower: Floats, upper: Floats) -> sparse.csr_array:
    """Return variables in terms of the coordinates that `with_choices` adds from ``first`` on.

    Examples
    --------
    >>> lotteries(1, np.array([2.0]), np.array([5.0])).toarray()
    array([[0., 2., 5.]])
    """
    number = len(lower)
    columns = first + np.arange(2 * number)
    values = np.column_stack((lower, upper)).ravel()
    entries = (values, (np.repeat(np.arange(number), 2), columns))
    return sparse.csr_array(entries, shape=(number, first + 2 * number))
