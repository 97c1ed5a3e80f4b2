"""What is decided at decision points, one infoset or several at once."""

from __future__ import annotations

from itertools import product

import numpy as np

from efmodels.mediator.questions import Questions


def random_questions(seed: int) -> Questions:
    """Return one to four infosets at each of twenty points."""
    generator = np.random.default_rng(seed)
    start = np.concatenate(([0], np.cumsum(generator.integers(1, 5, size=20))))
    return Questions(start, np.arange(start[-1]) + 100, generator.integers(1, 4, size=start[-1]))


def test_choices_are_all_combinations() -> None:
    """The choices at a point are the products of its actions, the last one changing fastest."""
    for seed in range(5):
        questions = random_questions(seed)
        for point in range(questions.points):
            here = slice(*questions.start[point : point + 2])
            combinations = product(*map(range, questions.width[here].tolist()))
            expected = [
                list(zip(questions.infoset[here], one, strict=True)) for one in combinations
            ]

            assert questions.choices[point] == len(expected)
            assert [questions.decided(point, k) for k in range(len(expected))] == expected


def test_points_in_another_order() -> None:
    """Points may be picked in any order, and infosets be numbered from elsewhere."""
    questions = random_questions(7)
    picked = questions.of(np.array([11, 3, 3])).shifted(5)

    for new, old in enumerate((11, 3, 3)):
        for choice in range(questions.choices[old]):
            expected = [(infoset + 5, action) for infoset, action in questions.decided(old, choice)]
            assert picked.decided(new, choice) == expected
