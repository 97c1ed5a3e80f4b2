"""Scaled extension: one set chosen in proportion to what another one brings; CFR is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.learning.minimizers.arguments import checked, compressed
from efmodels.learning.minimizers.composition import AffineImage, OnePoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Ints
    from efmodels.learning.minimizers.protocol import RegretMinimizer
    from efmodels.polytope import FlowPolytope


class ScaledExtension:
    r"""A set extended by others that are scaled by linear functions of its points.

    .. math:: X \triangleleft (Y_1, \ldots, Y_n)
              = \{(x, s_1 y_1, \ldots, s_n y_n) : x \in X,\; y_k \in Y_k,\; s = S x\}

    Each :math:`Y_k` observes its own part of the utilities as it is, as if its scale were 1. The
    base observes its part and, through :math:`S^\top`, what each :math:`y_k` earned: its
    counterfactual value. Regrets add up in proportion to scales:

    .. math:: R_T \le R_T^X + \max_{x \in X} \sum_k (S x)_k \, R_T^k
              \quad\text{where the regrets } R_T^k \text{ are at least 0.}

    Parameters
    ----------
    base
        Chooses ``x``.
    scales
        The matrix ``S``, a row per extension; ``S x`` must be at least 0 for all points ``x``.
    minimizers
        Who chooses the points of the extensions, one per row.

    Raises
    ------
    GameError
        Shapes do not fit together, or a scale can be negative.

    References
    ----------
    Farina, Ling, Fang and Sandholm, arXiv:1910.12450.

    Examples
    --------
    Two choices; the second leads to two more:

    >>> from efmodels.learning.minimizers import regret_matching_plus
    >>> first, then = regret_matching_plus(2), regret_matching_plus(2)
    >>> tree = ScaledExtension(first, [[0, 1]], [then])
    >>> tree.next().tolist()
    [0.5, 0.5, 0.25, 0.25]
    >>> tree.observe(np.array([1.0, 0.0, 4.0, 0.0]))
    >>> tree.next().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """

    def __init__(
        self,
        base: RegretMinimizer,
        scales: ArrayLike | sparse.csr_array,
        minimizers: Sequence[RegretMinimizer],
    ) -> None:
        self._base = base
        self._minimizers = list(minimizers)
        self._scales = compressed(scales)
        if self._scales.shape != (len(self._minimizers), base.size):
            raise GameError(
                f"scales have shape {self._scales.shape}; {len(self._minimizers)} extensions of "
                f"{base.size} coordinates need {(len(self._minimizers), base.size)}"
            )
        self._back = self._scales.T.tocsr()
        sizes = [one.size for one in self._minimizers]
        self._ends = np.cumsum([base.size, *sizes])
        self._width = np.array(sizes, dtype=np.int64)
        self.size = int(self._ends[-1])
        self._refuse_negative_scales()

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the next point of the base, and those of the extensions times their scales."""
        if prediction is None:
            points = [one.next() for one in self._minimizers]
            return self._together(self._base.next(), points)
        own, *parts = self._parts(prediction)
        points = [one.next(part) for one, part in zip(self._minimizers, parts, strict=True)]
        return self._together(self._base.next(own + self._back @ self._values(parts)), points)

    def observe(self, utility: Floats) -> None:
        """Let the extensions observe their parts, and the base what they have earned as well."""
        own, *parts = self._parts(utility)
        self._base.observe(own + self._back @ self._values(parts))
        for one, part in zip(self._minimizers, parts, strict=True):
            one.observe(part)

    def value(self, utility: Floats) -> float:
        """Return what the last point earns; regularizers of the extensions are scaled as well."""
        own, *parts = self._parts(utility)
        return self._base.value(own + self._back @ self._values(parts))

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best point: the best of each extension, and of the base in view of them."""
        own, *parts = self._parts(utility)
        found = [one.best(part) for one, part in zip(self._minimizers, parts, strict=True)]
        worth = np.array([value for value, _ in found])
        value, point = self._base.best(own + self._back @ worth)
        return value, self._together(point, [part for _, part in found])

    def _parts(self, utility: Floats) -> list[Floats]:
        """Return the base's part of a utility vector and those of the extensions."""
        return np.split(checked(utility, self.size), self._ends[:-1])

    def _values(self, parts: list[Floats]) -> Floats:
        """Return what the last point of each extension earns, unscaled."""
        pairs = zip(self._minimizers, parts, strict=True)
        return np.array([one.value(part) for one, part in pairs])

    def _together(self, point: Floats, points: list[Floats]) -> Floats:
        """Return a point of the base and those of the extensions, scaled by it."""
        scale = np.repeat(self._scales @ point, self._width)
        return np.concatenate([point, scale * np.concatenate([np.zeros(0), *points])])

    def _refuse_negative_scales(self) -> None:
        entries = self._scales.tocoo()
        for row in np.unique(entries.row[entries.data < 0]).tolist():
            lowest = -self._base.best(-self._scales[[row], :].toarray().ravel())[0]
            if lowest < 0:
                raise GameError(
                    f"row {row} of the scales is {lowest:g} at a point of the base; a set cannot "
                    "be scaled by less than 0"
                )


def sequential(polytope: FlowPolytope, minimizers: Sequence[RegretMinimizer]) -> AffineImage:
    """Return a regret minimizer for the plans of a polytope, given one for each decision point.

    The polytope is one point, the root, extended by the decision points that follow it, level by
    level, each scaled by what flows in. The points are plans in the polytope's own coordinates.

    Parameters
    ----------
    polytope
        A tree, or a DAG.
    minimizers
        Who decides at each decision point: on the simplex of its choices or a part of it, under
        linear or strongly concave utilities.

    Raises
    ------
    GameError
        There is not one for each decision point, or not with a coordinate for each choice.

    Examples
    --------
    Choose between l and r; after r choose between a and b, each at least one time in ten:

    >>> from efmodels.learning.minimizers import regret_matching_plus, with_floor
    >>> from efmodels.polytope import FlowPolytope
    >>> tree = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", "l", "r", "a", "b"))
    >>> first, then = regret_matching_plus(2), with_floor(regret_matching_plus(2), 0.1)
    >>> plans = sequential(tree, [first, then])
    >>> plans.observe(np.array([0.0, 1.0, 0.0, 0.0, 3.0]))
    >>> plans.next().tolist()
    [1.0, 0.0, 1.0, 0.1, 0.9]
    """
    width = np.diff(polytope.start)
    sizes = [one.size for one in minimizers]
    if sizes != width.tolist():
        raise GameError(
            f"the decision points have {width.tolist()} choices; the regret minimizers given for "
            f"them have {sizes} coordinates"
        )
    place = np.zeros(polytope.size, dtype=np.int64)
    whole: RegretMinimizer = OnePoint([1.0])
    for level in range(int(polytope.level.max(initial=-1)) + 1):
        points = np.flatnonzero(polytope.level == level)
        scales = _inflow(polytope, points, place, whole.size)
        ends = whole.size + np.cumsum(width[points])
        for k, end in zip(points.tolist(), ends.tolist(), strict=True):
            place[polytope.start[k] : polytope.start[k + 1]] = np.arange(end - width[k], end)
        whole = ScaledExtension(whole, scales, [minimizers[k] for k in points.tolist()])
    ones, rows = np.ones(polytope.size), np.arange(polytope.size + 1)
    return AffineImage(whole, sparse.csr_array((ones, place, rows)))


def counterfactual(polytope: FlowPolytope, local: Callable[[int], RegretMinimizer]) -> AffineImage:
    """Return counterfactual regret minimization on a polytope: one local rule everywhere.

    Parameters
    ----------
    polytope
        A tree, or a DAG.
    local
        Makes a regret minimizer for a simplex of so many choices.

    References
    ----------
    Farina, Kroer and Sandholm, arXiv:1811.02540; Zinkevich, Johanson, Bowling and Piccione, Regret
    minimization in games with incomplete information, NIPS (2007).

    Examples
    --------
    >>> from efmodels.learning.minimizers import regret_matching_plus
    >>> from efmodels.polytope import FlowPolytope
    >>> tree = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", "l", "r", "a", "b"))
    >>> counterfactual(tree, regret_matching_plus).next().tolist()
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """
    return sequential(polytope, [local(width) for width in np.diff(polytope.start).tolist()])


def _inflow(polytope: FlowPolytope, points: Ints, place: Ints, size: int) -> sparse.csr_array:
    """Return the matrix that adds up what flows into some decision points."""
    begin, end = polytope.incoming_start[points], polytope.incoming_start[points + 1]
    into = [polytope.incoming[a:b] for a, b in zip(begin.tolist(), end.tolist(), strict=True)]
    columns = place[np.concatenate(into)]
    rows = np.concatenate(([0], np.cumsum(end - begin)))
    return sparse.csr_array((np.ones(len(columns)), columns, rows), shape=(len(points), size))
