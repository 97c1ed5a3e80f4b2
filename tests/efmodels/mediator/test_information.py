"""The tree of what a deviator knows, by hand."""

from __future__ import annotations

import numpy as np

from efmodels.mediator.information import NEVER, NOTHING, Information, Options


def two_moves() -> Information:
    """Choose 7 or 8; after 7 the play ends or shows 4 or 5, where 9 or 6 are chosen.

    After 8 the play ends with 3. After 7 it ends with 1, shows 4 (9 gives 2, 6 gives 1) or shows 5
    (9 gives 0, 6 gives 5); the probabilities are 1/2 and two times 1/4.
    """
    information = Information()
    start = np.zeros(1, dtype=np.int64)
    row, position, choice = information.choose(
        start,
        np.array([NOTHING]),
        lambda _: Options(np.array([2]), np.array([7, 8]), np.array([8])),
        acts=True,
    )
    assert (row.tolist(), position.tolist(), choice.tolist()) == ([0, 0], [1, 2], [7, 8])
    information.end(np.array([1, 2]), np.array([0.5, 3.0]), np.array([0.5, 1.0]))
    _, position, _ = information.choose(
        np.array([1, 1]),
        np.array([4, 5]),
        lambda first: Options(np.full(2, 2), np.tile([9, 6], 2), np.full(len(first), NEVER)),
        acts=True,
    )
    information.end(position, np.array([2.0, 1.0, 0.0, 5.0]) / 4, np.full(4, 0.25))
    return information


def test_the_best_plan_is_found_from_the_end() -> None:
    """7 gives 1/2 + 2/4 + 5/4 and 8 gives 3; either way a play comes for certain."""
    worth = two_moves().worth()

    assert worth.payoff.tolist() == [3.0, 2.25, 3.0, 0.5, 0.25, 0.0, 1.25]
    assert worth.probability.tolist() == [1.0, 1.0, 1.0, 0.25, 0.25, 0.25, 0.25]


def test_honesty_is_preferred_if_it_is_nearly_as_good() -> None:
    """A tolerance decides; where there is no honest choice, the best one is taken."""
    information = two_moves()
    worth = information.worth()
    worse = worth._replace(payoff=worth.payoff + np.array([0, 1, 0, 0, 0, 0, 0]))

    assert [p.tolist() for p in information.chosen(worse, 0.0)] == [[1], [3, 6]]
    assert [p.tolist() for p in information.chosen(worse, 0.5)] == [[2], [3, 6]]


def test_reached_points() -> None:
    """What comes after a choice that is not taken is not reached."""
    information = two_moves()
    worth = information.worth()
    honest = information.chosen(worth, 0.0)

    assert [here.tolist() for here in information.reached(honest)] == [[True], [False, False]]
    assert [here.tolist() for here in information.reached([np.array([1]), honest[1]])] == [
        [True],
        [True, True],
    ]


def test_states_with_the_same_knowledge_share_a_point() -> None:
    """She chooses the same in all of them: 1 on average, not the best of each."""
    information = Information()
    zero = np.zeros(2, dtype=np.int64)
    row, position, choice = information.choose(
        zero, zero, lambda _: Options(np.array([2]), np.array([0, 1]), np.array([NEVER])), acts=True
    )
    information.end(position, np.where(row == choice, 1.0, 0.0), np.full(4, 0.5))

    assert row.tolist() == [0, 0, 1, 1]
    assert information.worth().payoff.tolist() == [1.0, 1.0, 1.0]


def test_paths() -> None:
    """A position tells how it came about."""
    path = two_moves().path(6)

    assert [(int(step.observed[point]), choice) for step, point, choice in path] == [
        (NOTHING, 7),
        (5, 6),
    ]
