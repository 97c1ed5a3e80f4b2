"""The von Stengel-Forges polytope, compared with joint plans that are listed."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import linprog

from efmodels import GameBuilder, GameError, instances
from efmodels.mediator.concept import EFCCE, EFCE, NFCCE
from efmodels.mediator.correlation_incentives import correlation_problem
from efmodels.mediator.correlation_plans import correlation_polytope
from tests.oracles.plans import reduced_plans
from tests.oracles.tree import tree_of
from tests.random_games import dealt_game, random_game
from tests.typed_games import typed_game

if TYPE_CHECKING:
    from efmodels import Game
    from efmodels.mediator.correlation_plans import CorrelationPlans
    from tests.oracles.tree import Node

SEEDS = [*range(25), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(25, 300))]
MAKERS = [random_game, dealt_game, typed_game]
MOST_PLANS = 3000
"""How many joint plans are listed."""

# Name, concept, rows, columns, nonzeros; see `sizes`.
SIZES = [
    ("S2122", NFCCE, 3134, 3816, 11795),
    ("S2122", EFCCE, 3698, 3977, 14314),
    ("S2122", EFCE, 6490, 4921, 22208),
    ("B2222", NFCCE, 6949, 11211, 30685),
    ("B2222", EFCCE, 8039, 11515, 34767),
    ("B2222", EFCE, 10813, 12465, 43147),
]


def paths(node: Node, above: tuple[Node, ...] = ()) -> list[tuple[Node, ...]]:
    """Return the nodes of players on the path to each terminal."""
    here = (*above, node) if node.owner > 0 else above
    return [p for child in node.children for p in paths(child, here)] if node.children else [here]


def pure_points(plans: CorrelationPlans) -> np.ndarray | None:
    """Return the point of each joint reduced plan, or None if there are too many of them."""
    known = plans.transcripts
    game = known.game
    listed = [reduced_plans(game, player) for player in (1, 2)]
    if len(listed[0]) * len(listed[1]) > MOST_PLANS:
        return None
    sides = []
    for of_player, sequences in zip(listed, plans.pairs, strict=True):
        played = np.zeros((len(of_player), known.sequences), dtype=bool)
        played[:, 0] = True
        for row, plan in zip(played, of_player, strict=True):
            row[[int(known.first[j - known.chance_infosets]) + a for j, a in plan.items()]] = True
        sides.append(played[:, sequences])
    points = sides[0][:, None] & sides[1][None]
    return points.reshape(-1, plans.size).astype(float)


def largest_gap(plans: CorrelationPlans, points: np.ndarray, seed: int) -> float:
    """Return how much better than all joint plans the polytope is for some random objective."""
    generator = np.random.default_rng(seed)
    gaps = []
    for _ in range(4):
        c = generator.normal(size=plans.size)
        solved = linprog(-c, A_eq=plans.F, b_eq=plans.f)
        assert solved.status == 0, solved.message
        gaps.append(-solved.fun - (points @ c).max())
    assert min(gaps) >= -1e-7
    return max(gaps)


def coins(*, public: bool) -> Game:
    """Return the game of two coins: equal answers win, unless both coins show heads.

    Each player sees one coin, or both see both.
    """
    builder = GameBuilder(["Ann", "Bob"])
    root = builder.chance({"".join(pair): "1/4" for pair in product("ht", repeat=2)})
    for a, b in product("ht", repeat=2):
        ann = builder.decision("Ann", a + b * public, ["0", "1"], below=(root, a + b))
        for first in ("0", "1"):
            bob = builder.decision("Bob", a * public + b, ["0", "1"], below=(ann, first))
            for second in ("0", "1"):
                win = int((first != second) == (a + b == "hh"))
                builder.terminal([win, win], below=(bob, second))
    return builder.game()


@pytest.mark.parametrize(("name", "concept", "rows", "columns", "nonzeros"), SIZES)
def test_sizes(name: str, concept: object, rows: int, columns: int, nonzeros: int) -> None:
    """The programs have the sizes that others have counted.

    Counted are all rows but those that define payoffs, and all columns but the payoffs and the
    deviators' values at the root, of which their rows of obedience are free.
    """
    game = (
        instances.sheriff(10, 2, 2, value=1, penalty=2, compensation=3)
        if name == "S2122"
        else instances.load(name)
    )
    problem = correlation_problem(game, concept)
    plans, followers = problem.plans, problem.followers
    on_path = [f.b - f.A[:, [0]].toarray().ravel() for f in followers]

    assert plans.F.shape[0] + sum(f.polytope.size for f in followers) == rows
    assert plans.size + sum(f.polytope.points for f in followers) == columns
    assert nonzeros == plans.F.nnz + sum(
        f.A[:, 1:].nnz + f.polytope.F[1:].nnz + np.count_nonzero(b)
        for f, b in zip(followers, on_path, strict=True)
    )


@pytest.mark.parametrize("make", MAKERS)
def test_relevant_pairs_lie_on_one_path(make: object) -> None:
    """Two sequences make a coordinate if one is empty, or there is a path through both infosets."""
    for seed in range(20):
        plans = correlation_polytope(make(seed))
        game, known = plans.transcripts.game, plans.transcripts
        together = {
            (one.infoset, other.infoset)
            for path in paths(tree_of(game))
            for one, other in product(path, path)
            if (one.owner, other.owner) == (1, 2)
        }
        found = set(zip(*(infosets.tolist() for infosets in plans.connected), strict=True))
        chance = known.chance_infosets
        width = np.diff(game.action_start)
        alone = sum(int(width[j]) for j in range(chance, len(width)))

        assert {(i + chance, j + chance) for i, j in found} == together
        assert plans.size == 1 + alone + sum(int(width[i] * width[j]) for i, j in together)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_lotteries(make: object, seed: int) -> None:
    """Joint plans are points of the polytope; where it is exact, all points are mixtures."""
    plans = correlation_polytope(make(seed))
    points = pure_points(plans)
    if points is None:
        pytest.skip("too many joint plans")
    gap = largest_gap(plans, points, seed)

    assert np.abs(points @ plans.F.T - plans.f).max() == 0
    assert gap <= 1e-7 or not plans.exact


@pytest.mark.parametrize("seed", range(100))
def test_without_chance_all_points_are_lotteries(seed: int) -> None:
    """A game without chance is exact, and so are its optima."""
    game = instances.random_tree(seed, depth=4, chance_probability=0, branching=2 + seed % 2)
    plans = correlation_polytope(game)
    points = pure_points(plans)

    assert plans.exact
    assert points is None or largest_gap(plans, points, seed) <= 1e-7


def test_private_coins_leave_a_gap() -> None:
    """Points of the polytope can win always where no lottery wins more than three times in four."""
    plans = correlation_polytope(coins(public=False))
    points = pure_points(plans)
    assert points is not None
    game, known = plans.transcripts.game, plans.transcripts
    wins = np.zeros(plans.size)
    for z, u in zip(game.terminals.tolist(), game.payoffs[:, 0].tolist(), strict=True):
        bob, ann = game.parent[z], game.parent[game.parent[z]]
        first = known.first[known.at_node[ann]] + game.action[bob]
        second = known.first[known.at_node[bob]] + game.action[z]
        wins[plans.coordinate(np.array([first]), np.array([second]))] += u / 4

    solved = linprog(-wins, A_eq=plans.F, b_eq=plans.f)
    assert not plans.exact
    assert -solved.fun == pytest.approx(1)
    assert (points @ wins).max() == pytest.approx(0.75)


def test_public_coins_leave_none() -> None:
    """Who sees all moves of chance needs no bound."""
    assert correlation_polytope(coins(public=True)).exact


def test_names() -> None:
    """Pairs are named by both sequences, rows by the infoset and the other's sequence."""
    plans = correlation_polytope(coins(public=False))

    assert plans.names[:3] == ("root", "h_0", "h_1")
    assert len(set(plans.names)) == plans.size
    assert len(set(plans.row_names)) == plans.F.shape[0]
    assert {"h_0__t_1", "t_1__h_0"} <= set(plans.names)


def test_pairs_that_are_not_relevant() -> None:
    """A pair whose infosets lie on no common path has no coordinate."""
    plans = correlation_polytope(instances.kuhn())
    known = plans.transcripts
    jacks = [
        known.first[j - known.chance_infosets]
        for j in range(len(known.game.infoset_names))
        if known.game.infoset_names[j] in {"J", "J:k"}
    ]

    with pytest.raises(GameError, match="are no relevant pair"):
        plans.coordinate(*(np.array([s]) for s in jacks))


def test_more_players() -> None:
    """The rows are about pairs of players."""
    with pytest.raises(GameError, match="about two players; this game has 3"):
        correlation_polytope(instances.kuhn(players=3, ranks=4))


def test_a_player_who_never_moves() -> None:
    """All pairs are then those of one player's sequences with the empty one."""
    builder = GameBuilder(["A", "B"])
    root = builder.decision("A", "a", ["l", "r"])
    for action in ("l", "r"):
        builder.terminal([0, 1], below=(root, action))
    plans = correlation_polytope(builder.game())

    assert plans.names == ("root", "a_l", "a_r")
    assert plans.F.toarray().tolist() == [[1, 0, 0], [-1, 1, 1]]
    assert plans.exact
