"""Regret minimizers for products, hulls and affine images, made of those for the parts."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.learning.minimizers.arguments import checked, compressed
from efmodels.learning.minimizers.matching import regret_matching_plus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.learning.minimizers.protocol import RegretMinimizer


class OnePoint:
    """The only regret minimizer of a set with one point: it regrets nothing.

    Parameters
    ----------
    point
        The point.
    """

    def __init__(self, point: ArrayLike) -> None:
        self._point = np.asarray(point, dtype=float)
        self.size = len(self._point)

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the point."""
        del prediction
        return self._point

    def observe(self, utility: Floats) -> None:
        """There is nothing to be learned."""
        checked(utility, self.size)

    def value(self, utility: Floats) -> float:
        """Return what the point earns."""
        return float(checked(utility, self.size) @ self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return what the point earns, and the point."""
        return self.value(utility), self._point


class Product:
    """Regret minimizers side by side: points are concatenated, and regrets add up.

    Parameters
    ----------
    minimizers
        One for each factor.

    Examples
    --------
    >>> both = Product([regret_matching_plus(2), OnePoint([5.0])])
    >>> both.next().tolist()
    [0.5, 0.5, 5.0]
    """

    def __init__(self, minimizers: Sequence[RegretMinimizer]) -> None:
        self._minimizers = list(minimizers)
        ends = np.cumsum([0, *(one.size for one in self._minimizers)]).tolist()
        self._slices = [slice(begin, end) for begin, end in pairwise(ends)]
        self.size = ends[-1]

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the next points, one after another."""
        if prediction is None:
            return _joined([one.next() for one in self._minimizers])
        return _joined([one.next(part) for one, part in self._parts(prediction)])

    def observe(self, utility: Floats) -> None:
        """Let each observe its own part."""
        for one, part in self._parts(utility):
            one.observe(part)

    def value(self, utility: Floats) -> float:
        """Return what the last points earn together."""
        return sum(one.value(part) for one, part in self._parts(utility))

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best points together."""
        found = [one.best(part) for one, part in self._parts(utility)]
        return sum(value for value, _ in found), _joined([point for _, point in found])

    def _parts(self, utility: Floats) -> list[tuple[RegretMinimizer, Floats]]:
        """Return each factor with its part of a utility vector."""
        given = checked(utility, self.size)
        parts = [given[part] for part in self._slices]
        return list(zip(self._minimizers, parts, strict=True))


class ConvexHull:
    r"""The convex hull of several sets: one regret minimizer for each, and one that mixes them.

    The mixer, on a simplex, observes what each of the points earns. The regret is at most its own
    plus the largest of the others:

    .. math:: R_T \le R_T^{\text{mixer}} + \max_i R_T^i .

    Parameters
    ----------
    minimizers
        One for each set; their points have the same number of coordinates.
    mixer
        Chooses how much of each; RM+ by default.

    Raises
    ------
    GameError
        Sizes differ.

    References
    ----------
    Farina, Kroer and Sandholm, arXiv:1811.02540.

    Examples
    --------
    >>> segment = ConvexHull([OnePoint([0.0, 1.0]), OnePoint([2.0, 0.0])])
    >>> segment.next().tolist()
    [1.0, 0.5]
    >>> segment.observe(np.array([1.0, 1.0]))
    >>> segment.next().tolist()
    [2.0, 0.0]
    """

    def __init__(
        self, minimizers: Sequence[RegretMinimizer], mixer: RegretMinimizer | None = None
    ) -> None:
        self._minimizers = list(minimizers)
        self._mixer = regret_matching_plus(len(self._minimizers)) if mixer is None else mixer
        sizes = sorted({one.size for one in self._minimizers})
        if len(sizes) != 1 or self._mixer.size != len(self._minimizers):
            raise GameError(
                f"a hull needs sets in one space and a mixer with a choice for each; got "
                f"{len(self._minimizers)} sets of sizes {sizes} and a mixer of {self._mixer.size}"
            )
        self.size = sizes[0]

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return a mixture of the next points."""
        points = np.array([one.next(prediction) for one in self._minimizers])
        expected = None if prediction is None else self._values(prediction)
        result: Floats = self._mixer.next(expected) @ points
        return result

    def observe(self, utility: Floats) -> None:
        """Let the mixer observe what each point earned, and each set what everybody observes."""
        self._mixer.observe(self._values(utility))
        for one in self._minimizers:
            one.observe(utility)

    def value(self, utility: Floats) -> float:
        """Return what the last mixture earns."""
        return self._mixer.value(self._values(utility))

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best point of the hull."""
        found = [one.best(utility) for one in self._minimizers]
        value, mixture = self._mixer.best(np.array([value for value, _ in found]))
        return value, mixture @ np.array([point for _, point in found])

    def _values(self, utility: Floats) -> Floats:
        """Return what the last point of each set earns."""
        return np.array([one.value(utility) for one in self._minimizers])


class AffineImage:
    r"""The image of a set under an affine map, :math:`x \mapsto M x + b`; regrets stay the same.

    What is observed goes back through the transposed matrix.

    Parameters
    ----------
    minimizer
        Chooses from the set.
    matrix
        The matrix ``M``, dense or sparse.
    offset
        The vector ``b``; 0 by default.

    Raises
    ------
    GameError
        Shapes do not fit together.

    Examples
    --------
    >>> image = AffineImage(regret_matching_plus(2), [[3.0, 1.0]], [10.0])
    >>> image.next().tolist()
    [12.0]
    >>> image.best(np.array([1.0]))
    (13.0, array([13.]))
    """

    def __init__(
        self,
        minimizer: RegretMinimizer,
        matrix: ArrayLike | sparse.csr_array,
        offset: ArrayLike | None = None,
    ) -> None:
        self._minimizer = minimizer
        self._matrix = compressed(matrix)
        self.size = self._matrix.shape[0]
        self._offset = np.zeros(self.size) if offset is None else np.asarray(offset, dtype=float)
        if self._matrix.shape[1] != minimizer.size or self._offset.shape != (self.size,):
            raise GameError(
                f"an affine map of {minimizer.size} coordinates has a matrix of shape "
                f"{self._matrix.shape} and an offset of shape {self._offset.shape}"
            )
        self._back = self._matrix.T.tocsr()

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the image of the next point."""
        if prediction is not None:
            prediction = self._of(prediction)
        return self._image(self._minimizer.next(prediction))

    def observe(self, utility: Floats) -> None:
        """Let the minimizer observe what its own coordinates earn."""
        self._minimizer.observe(self._of(utility))

    def value(self, utility: Floats) -> float:
        """Return what the image of the last point earns."""
        return self._minimizer.value(self._of(utility)) + float(utility @ self._offset)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best point of the image."""
        value, point = self._minimizer.best(self._of(utility))
        return value + float(utility @ self._offset), self._image(point)

    def _image(self, point: Floats) -> Floats:
        result: Floats = self._matrix @ point + self._offset
        return result

    def _of(self, utility: Floats) -> Floats:
        result: Floats = self._back @ checked(utility, self.size)
        return result


def with_floor(minimizer: RegretMinimizer, floor: ArrayLike) -> AffineImage:
    r"""Return a regret minimizer that plays every choice of a simplex with some probability.

    The distributions of at least ``floor`` are an affine image of all distributions,

    .. math:: x = \ell + \Bigl(1 - \sum_a \ell_a\Bigr) \, x' .

    At the decision points of a game these are behavioural constraints, or the trembles of a
    perturbed game.

    Parameters
    ----------
    minimizer
        Chooses from a simplex.
    floor
        A probability for each choice, or one for all.

    Raises
    ------
    GameError
        A probability is below 0, or they add up to more than 1.

    References
    ----------
    Farina, Kroer and Sandholm, arXiv:1711.03441.

    Examples
    --------
    >>> local = with_floor(regret_matching_plus(2), [0.1, 0.2])
    >>> local.observe(np.array([1.0, 0.0]))
    >>> local.next().round(12).tolist()
    [0.8, 0.2]
    """
    lowest = np.broadcast_to(np.asarray(floor, dtype=float), (minimizer.size,))
    free = 1 - float(lowest.sum())
    if lowest.min() < 0 or free < 0:
        raise GameError(
            f"lower bounds must be at least 0 and add up to at most 1; got {lowest.tolist()}"
        )
    return AffineImage(minimizer, free * sparse.eye_array(minimizer.size, format="csr"), lowest)


def minkowski_sum(minimizers: Sequence[RegretMinimizer]) -> AffineImage:
    """Return a regret minimizer for the sums of a point of each set; regrets add up.

    Parameters
    ----------
    minimizers
        One for each set; their points have the same number of coordinates.

    Raises
    ------
    GameError
        Sizes differ.

    Examples
    --------
    >>> both = minkowski_sum([OnePoint([1.0, 2.0]), regret_matching_plus(2)])
    >>> both.best(np.array([1.0, 0.0]))
    (2.0, array([2., 2.]))
    """
    sizes = sorted({one.size for one in minimizers})
    if len(sizes) != 1:
        raise GameError(f"points of different sizes cannot be added; the sizes are {sizes}")
    identity = sparse.eye_array(sizes[0], format="csr")
    return AffineImage(Product(minimizers), sparse.hstack([identity] * len(minimizers)))


def _joined(points: list[Floats]) -> Floats:
    return np.concatenate([np.zeros(0), *points])
