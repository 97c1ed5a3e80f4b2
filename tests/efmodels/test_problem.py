"""The record of a leader against linear followers."""

import numpy as np
import pytest
from scipy import sparse

import efmodels as ef
from efmodels.errors import GameError
from efmodels.problem import EquilibriumProblem, Follower

FORM = ef.Game.from_matrices([[2, 0], [0, 1]], [[-2, 0], [0, -1]]).sequence_form()
LEADER, REPLIER = FORM.polytopes


def follower(**changes: object) -> Follower:
    """Return the second player of the game above."""
    arguments = {"label": "P2", "polytope": REPLIER, "A": FORM.payoff_matrix("P2"), "weight": 1.0}
    return Follower(**(arguments | changes))


def test_value_subtracts_the_best_responses() -> None:
    """At (1/3, 2/3) both replies pay -2/3 to the follower, which the leader gains."""
    problem = EquilibriumProblem(LEADER, np.zeros(3), (follower(),))

    assert problem.value([1, 1 / 3, 2 / 3]) == pytest.approx(2 / 3)
    assert problem.value([1, 1, 0]) == 0


def test_reach_maps_the_plan() -> None:
    """With T given, mu = T x and all coefficients refer to mu."""
    reach = sparse.csr_array(np.array([[0.0, 1, 1], [0, 0, 1], [1, 0, 0]]))
    problem = EquilibriumProblem(LEADER, np.array([0, 5.0, 0]), (), reach)

    assert problem.size == 3
    assert problem.mu([1, 0.5, 0.5]).tolist() == [1, 0.5, 1]
    assert problem.value([1, 0.5, 0.5]) == 2.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"c": np.zeros(2)}, "c has 2 entries; mu has 3"),
        ({"followers": (follower(), follower())}, "labels must differ"),
        (
            {"followers": (follower(A=sparse.csr_array((2, 3))),)},
            r"shape \(2, 3\); expected \(3, 3\)",
        ),
        ({"followers": (follower(b=np.zeros(1)),)}, "b of 'P2' has 1 entries"),
        ({"reach": sparse.csr_array((4, 2))}, "reach has 2 columns"),
    ],
)
def test_shapes_are_checked(arguments: dict[str, object], message: str) -> None:
    """What does not fit is named with both sizes."""
    given = {"leader": LEADER, "c": np.zeros(3), "followers": (follower(),)} | arguments
    with pytest.raises(GameError, match=message):
        EquilibriumProblem(**given)
