"""What a deviator does not need: she gets as much without it, and her record stays in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from efmodels import instances
from efmodels.mediator import concept as concepts
from efmodels.mediator.deviator_dominance import below, dominated_deviations, without
from efmodels.mediator.problem import mediated_problem
from efmodels.polytope import FlowPolytope
from tests.random_games import dealt_game

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.mediator.concept import Concept

CONCEPTS = (concepts.LINEAR, concepts.EFCE, concepts.EFCCE, concepts.COMMUNICATION)


def menu(*worths: list[float]) -> tuple[FlowPolytope, sparse.csr_array]:
    """Return a single choice between some worths, and the worths as a matrix."""
    number = len(worths)
    polytope = FlowPolytope([1, number + 1], [0], [0, 1], ("I",), ("", *map(str, range(number))))
    return polytope, sparse.csr_array(np.array([[0.0] * len(worths[0]), *worths]).T)


def left_over(*worths: list[float]) -> list[int]:
    """Return which choices of a menu stay."""
    return np.flatnonzero(~dominated_deviations(*menu(*worths))[1:]).tolist()


class TestMenus:
    """A single choice."""

    def test_mixtures(self) -> None:
        """Between two others, or below what lies between them."""
        assert left_over([0, 4], [1, 3], [2, 2], [4, 0]) == [0, 3]
        assert left_over([0, 4], [1, 2.5], [4, 0]) == [0, 2]

    def test_just_above_a_mixture(self) -> None:
        """A choice that is a little better than every mixture stays."""
        assert left_over([0, 4], [1, 3.001], [4, 0]) == [0, 1, 2]

    def test_unlikely(self) -> None:
        """Worths are small where chance is, and are told apart all the same."""
        tiny = 1e-13
        assert left_over([0, 4 * tiny], [tiny, 2.5 * tiny], [4 * tiny, 0]) == [0, 2]
        assert left_over([0, 4 * tiny], [tiny, 3.5 * tiny], [4 * tiny, 0]) == [0, 1, 2]

    def test_equal_choices(self) -> None:
        """One of several equal choices stays."""
        assert len(left_over([1, 2], [1, 2], [1, 2])) == 1
        assert len(left_over([0, 0], [0, 0])) == 1

    def test_worse_everywhere(self) -> None:
        """What is worse in one coordinate and better in none goes; missing worths are zero."""
        assert left_over([0, 1], [0, 0], [-1, 1]) == [0]

    def test_three_others(self) -> None:
        """A mixture of three others is not looked for."""
        assert left_over([3, 0, 0], [0, 3, 0], [0, 0, 3], [1, 1, 1]) == [0, 1, 2, 3]

    @pytest.mark.parametrize("seed", range(20))
    def test_random_menus(self, seed: int) -> None:
        """The best of what stays is the best of all, for any weights."""
        generator = np.random.default_rng(seed)
        worths = generator.integers(-1, 2, size=(6, 2)).astype(float)
        polytope, A = menu(*worths.tolist())
        kept = ~dominated_deviations(polytope, A)[1:]
        for mu in generator.dirichlet([0.5, 0.5], size=20):
            assert_allclose((worths[kept] @ mu).max(), (worths @ mu).max(), atol=1e-12)


class TestTrees:
    """Choices with more to choose below them."""

    @staticmethod
    def tree(first: Floats, second: Floats) -> sparse.csr_array:
        """Return what a choice is worth with two more below each of l and r."""
        return sparse.csr_array(np.concatenate([[0, 0, 0], first, second])[None])

    def test_same_trees(self) -> None:
        """A choice goes with all that is below it if it is worse place by place."""
        polytope = FlowPolytope(
            [1, 3, 5, 7], [0, 1, 2], [0, 1, 2, 3], ("I", "J", "K"), ("", *"lrabab")
        )
        dropped = dominated_deviations(polytope, self.tree([1, 2], [0, 2]))

        assert_array_equal(np.flatnonzero(dropped), [2, 3, 5, 6])

    def test_different_trees(self) -> None:
        """Choices with different trees below are not compared."""
        polytope = FlowPolytope([1, 3, 5], [0, 1], [0, 1, 2], ("I", "J"), ("", *"lrab"))
        A = sparse.csr_array(np.array([[0.0, 0, 1, -5, -4]]))

        assert_array_equal(np.flatnonzero(dominated_deviations(polytope, A)), [3])

    def test_what_is_below(self) -> None:
        """A point goes when all that leads to it has gone."""
        dag = FlowPolytope([1, 3, 5], [0, 1, 2], [0, 1, 3], ("I", "J"), ("", *"lrab"))
        one, both = (below(dag, np.isin(np.arange(5), drop)) for drop in ([1], [1, 2]))

        assert_array_equal(np.flatnonzero(one), [1])
        assert_array_equal(np.flatnonzero(both), [1, 2, 3, 4])


class TestDeviators:
    """Deviators of random games."""

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_best_responses(self, concept: Concept) -> None:
        """Against any mediator, a best response is worth the same without what is dominated."""
        generator, fewer = np.random.default_rng(1), 0
        for seed in (1, 2, 4, 5, 8, 10, 11, 13):
            game = dealt_game(seed, moves=2 if concept is concepts.LINEAR else 3)
            problem = mediated_problem(game, concept)
            for follower, hers in zip(problem.problem.followers, problem.deviations, strict=True):
                dropped = dominated_deviations(follower.polytope, follower.A)
                polytope = without(hers, dropped).polytope
                fewer += int(dropped.sum())
                for _ in range(10):
                    x = problem.problem.leader.random(generator)
                    gradient = follower.A.T @ problem.problem.mu(x)
                    value, _ = polytope.best_response(gradient[~dropped])

                    assert_allclose(value, follower.polytope.best_response(gradient)[0], atol=1e-9)
        assert fewer

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_records(self, concept: Concept) -> None:
        """Sequences, points, names and ends are those of the whole problem that are left."""
        problem = mediated_problem(instances.sheriff(2, 1, 1), concept)
        for follower, hers in zip(problem.problem.followers, problem.deviations, strict=True):
            dropped = dominated_deviations(follower.polytope, follower.A)
            kept = np.flatnonzero(~dropped)
            left = without(hers, dropped)

            names = [hers.polytope.names[k].rsplit("_2")[0] for k in kept]
            assert [name.rsplit("_2")[0] for name in left.polytope.names] == names
            for whole, part in zip(hers.sequences, left.sequences, strict=True):
                assert_array_equal(part, whole[kept[1:] - 1])
            assert len(left.points.infoset) == left.polytope.points
            assert_array_equal(left.end >= 0, ~dropped[hers.end])
            assert_array_equal(kept[left.end[left.end >= 0]], hers.end[~dropped[hers.end]])

    def test_loads_of_the_smuggler(self) -> None:
        """Told to load nothing, a smuggler who disobeys loads as little or as much as can be.

        Obedience is not compared with them: the mediator goes on to talk to her then.
        """
        problem = mediated_problem(instances.sheriff(10, 2, 2), concepts.EFCE, reduce=True)
        hers = problem.problem.followers[0].polytope
        loads = {hers.choice_names[k] for k in range(int(hers.start[0]), int(hers.start[1]))}

        assert loads == {"load 0", "load 1", "load 10"}
