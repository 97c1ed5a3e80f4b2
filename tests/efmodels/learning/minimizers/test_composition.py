"""Products, hulls and affine images regret what their parts do."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.learning.minimizers import (
    AffineImage,
    Ball,
    ConvexHull,
    EntropyRegularized,
    EuclideanMirrorDescent,
    OnePoint,
    Predictive,
    Product,
    constant_step,
    minkowski_sum,
    regret_matching,
    regret_matching_plus,
    with_floor,
)
from tests.efmodels.learning.minimizers.adversaries import ADVERSARIES, Recorded, recorded

ROUNDS = 200
everybody = pytest.mark.parametrize("adversary", ADVERSARIES)


def corners(record: Recorded, points: np.ndarray) -> float:
    """Return the regret against the best of some points, from what was recorded alone."""
    utilities = np.array(record.utilities)
    earned = np.einsum("ta,ta->", utilities, np.array(record.points))
    return float((points @ utilities.sum(axis=0)).max() - earned)


@everybody
def test_regrets_of_a_product_add_up(adversary: str) -> None:
    """A product of simplices regrets the sum, against the best of all combinations."""
    parts = Recorded(regret_matching(2)), Recorded(regret_matching_plus(3))
    record = recorded(Product(parts), ADVERSARIES[adversary](0), ROUNDS)
    combinations = [np.concatenate([a, b]) for a in np.eye(2) for b in np.eye(3)]

    assert parts[0].regret + parts[1].regret == pytest.approx(
        corners(record, np.array(combinations))
    )


@everybody
def test_regret_of_a_hull(adversary: str) -> None:
    """A hull of segments regrets at most what its mixer does, and the worst of its parts."""
    ends = np.random.default_rng(3).uniform(size=(3, 2, 4))
    parts = [Recorded(AffineImage(regret_matching_plus(2), one.T)) for one in ends]
    mixer = Recorded(regret_matching_plus(3))
    record = recorded(ConvexHull(parts, mixer), ADVERSARIES[adversary](0), ROUNDS)
    regret = corners(record, ends.reshape(6, 4))

    assert regret <= mixer.regret + max(part.regret for part in parts) + 1e-9
    assert regret <= np.sqrt(ROUNDS * 3) + np.sqrt(ROUNDS * 2)
    assert record.regret == pytest.approx(regret)


@everybody
def test_regret_of_an_affine_image(adversary: str) -> None:
    """An image of a simplex regrets what the simplex does, against the best of its corners."""
    generator = np.random.default_rng(5)
    matrix, offset = generator.normal(size=(4, 3)), generator.normal(size=4)
    inside = Recorded(regret_matching_plus(3))
    record = recorded(AffineImage(inside, matrix, offset), ADVERSARIES[adversary](0), ROUNDS)

    assert inside.regret == pytest.approx(corners(record, matrix.T + offset))
    assert record.regret == pytest.approx(inside.regret)


@everybody
def test_regrets_of_a_sum_add_up(adversary: str) -> None:
    """Points of a Minkowski sum are sums of points, and so are regrets."""
    ball = EuclideanMirrorDescent(Ball([0.0, 0.0, 0.0], 0.5), constant_step(0.1))
    parts = Recorded(regret_matching_plus(3)), Recorded(ball)
    record = recorded(minkowski_sum(parts), ADVERSARIES[adversary](0), ROUNDS)
    total = np.sum(record.utilities, axis=0)
    earned = np.einsum("ta,ta->", record.utilities, record.points)

    most = total.max() + 0.5 * float(np.linalg.norm(total))
    assert parts[0].regret + parts[1].regret == pytest.approx(most - earned)


def test_lower_bounds_per_choice_by_hand() -> None:
    """The points are those of RM+ on what is left of the simplex, moved up by the bounds."""
    floor, utilities = np.array([0.1, 0.0, 0.3]), np.random.default_rng(9).normal(size=(50, 3))
    record = recorded(with_floor(regret_matching_plus(3), floor), lambda t, _: utilities[t], 50)
    regret = np.zeros(3)
    for utility, point in zip(utilities, record.points, strict=True):
        free = regret / regret.sum() if regret.sum() > 0 else np.full(3, 1 / 3)
        assert point == pytest.approx(floor + 0.6 * free, abs=1e-12)
        regret = np.maximum(regret + 0.6 * (utility - utility @ free), 0)


def test_predictions_are_passed_to_the_parts() -> None:
    """Predicting around a composition of linear maps is predicting around its parts."""
    matrix = np.random.default_rng(2).normal(size=(4, 3))
    utilities = np.random.default_rng(4).normal(size=(40, 6))
    around = Predictive(
        Product([AffineImage(regret_matching_plus(3), matrix), regret_matching_plus(2)])
    )
    parts = Product(
        [
            AffineImage(Predictive(regret_matching_plus(3)), matrix),
            Predictive(regret_matching_plus(2)),
        ]
    )
    one, other = (recorded(who, lambda t, _: utilities[t], 40) for who in (around, parts))

    assert np.array(one.points) == pytest.approx(np.array(other.points), abs=1e-12)


def test_a_hull_expects_what_its_points_will_earn() -> None:
    """The mixer's prediction is what the next points earn of the prediction."""
    ends = np.array([[1.0, 0.0], [0.0, 1.0]])
    hull = ConvexHull([OnePoint(ends[0]), OnePoint(ends[1])])

    assert hull.next(np.array([3.0, 1.0])) == pytest.approx(ends[0])
    assert hull.next() == pytest.approx([0.5, 0.5])


def test_regularizers_are_passed_on() -> None:
    """Compositions count what the regularizers of their parts take, and find the best with them."""
    weight, utility = 0.7, np.array([0.3, -0.2, 0.5, 0.1, 1.0])
    logits = EntropyRegularized(2, weight), EntropyRegularized(3, weight)
    found = [one.best(part)[0] for one, part in zip(logits, np.split(utility, [2]), strict=True)]
    both = Product(logits)

    assert both.best(utility)[0] == pytest.approx(sum(found))
    assert both.value(np.zeros(5)) == pytest.approx(weight * (np.log(2) + np.log(3)))
    image = AffineImage(both, 2 * np.eye(5), np.ones(5))
    assert image.best(utility / 2)[0] == pytest.approx(sum(found) + utility.sum() / 2)
    assert image.value(np.zeros(5)) == pytest.approx(both.value(np.zeros(5)))


def test_arguments_that_do_not_fit() -> None:
    """They are refused in the caller's words."""
    with pytest.raises(GameError, match="sets in one space"):
        ConvexHull([OnePoint([0.0]), OnePoint([0.0, 1.0])])
    with pytest.raises(GameError, match="different sizes cannot be added"):
        minkowski_sum([OnePoint([0.0]), OnePoint([0.0, 1.0])])
    with pytest.raises(GameError, match="affine map of 2 coordinates"):
        AffineImage(regret_matching(2), np.eye(3))
    for floor in ([0.5, 0.6], [-0.1, 0.2]):
        with pytest.raises(GameError, match="add up to at most 1"):
            with_floor(regret_matching(2), floor)
    with pytest.raises(GameError, match=r"need \(5,\)"):
        Product([regret_matching(2), regret_matching(3)]).observe(np.zeros(6))
