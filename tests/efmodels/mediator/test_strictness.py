"""Strict incentives: against all plans and triggers one by one, and against the tree."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import linprog

import efmodels as ef
from efmodels.formulations import from_concept
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept
from efmodels.mediator.deviator import REPORTED
from efmodels.mediator.problem import mediated_problem
from tests.oracles.plans import full_plans
from tests.oracles.tree import tree_of
from tests.random_games import random_game

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracles.tree import Node

    Plan = dict[int, int]

WALKED = {
    name: concept
    for name, concept in vars(concepts).items()
    if isinstance(concept, Concept) and concept.deviate in {"full", "coarse"}
}


def optimum(game: ef.Game, concept: Any, margin: float, **arguments: Any) -> float | None:
    """Return the largest welfare, or ``None`` if nothing is feasible."""
    m = pyo.ConcreteModel()
    m.eq = from_concept(game, concept, margin=margin, **arguments)
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    try:
        return float(ef.solve(m).value)
    except ef.InfeasibleError:
        return None


def linear_optimum(goal: Any, rows: list[Any]) -> float | None:
    """Maximise over distributions with ``rows @ mu <= 0``."""
    solved = linprog(
        -np.asarray(goal), np.array(rows), np.zeros(len(rows)), np.ones((1, len(goal))), [1.0]
    )
    assert solved.status in {0, 2}
    return None if solved.status else float(-solved.fun)


# Matrix games -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["EFCE", "PRIVATE_COMMUNICATION", "LINEAR"])
@pytest.mark.parametrize("seed", range(5))
def test_strict_correlated_equilibria(name: str, seed: int) -> None:
    """Each other action than the one that is told costs the margin times how often it is told."""
    tables = np.random.default_rng(seed).integers(0, 7, (2, 3, 4))
    game = ef.Game.from_matrices(*tables)
    welfare = tables.sum(axis=0).ravel()
    for margin in (0.1, 0.7, 2.0):
        rows = []
        for player in range(2):
            payoff = np.moveaxis(tables[player].astype(float), player, 0)
            for told, done in product(range(len(payoff)), repeat=2):
                if told != done:
                    row = np.zeros_like(payoff)
                    row[told] = payoff[done] + margin - payoff[told]
                    rows.append(np.moveaxis(row, 0, player).ravel())
        expected = linear_optimum(welfare, rows)

        assert optimum(game, WALKED[name], margin) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("name", ["EFCCE", "NFCCE"])
@pytest.mark.parametrize("seed", range(5))
def test_strict_coarse_correlated_equilibria(name: str, seed: int) -> None:
    """Each action costs the margin, where accepting binds: the same before the game and in it."""
    tables = np.random.default_rng(seed).integers(0, 7, (2, 3, 4)).astype(float)
    game = ef.Game.from_matrices(*tables)
    found = []
    for margin in (0.0, 0.3, 1.0):
        rows = [
            (np.take(table, [done], axis=player) - table + margin).ravel()
            for player, table in enumerate(tables)
            for done in range(table.shape[player])
        ]
        found.append(linear_optimum(tables.sum(axis=0).ravel(), rows))

        assert optimum(game, vars(concepts)[name], margin) == pytest.approx(found[-1], abs=1e-7)
    assert found[0] is not None


# Trees, trigger by trigger ------------------------------------------------------------------------


def payoffs_through(node: Node, plans: Plan, player: int, infoset: int, *, seen: bool) -> Any:
    """Return a player's payoff from outcomes through an infoset, and the probability of them."""
    if node.owner < 0:
        return np.array([node.payoffs[player - 1], 1.0]) if seen else np.zeros(2)
    seen = seen or node.infoset == infoset
    if node.owner == 0:
        branches = zip(node.chances, node.children, strict=True)
    else:
        branches = [(1, node.children[plans[node.infoset]])]
    parts = (
        float(p) * payoffs_through(child, plans, player, infoset, seen=seen)
        for p, child in branches
    )
    return sum(parts, np.zeros(2))


def at_or_below(game: ef.Game, infoset: int) -> list[int]:
    """Return the infosets of the owner of one that may come after it, and itself."""
    found = {infoset}
    for node in np.flatnonzero(game.infoset == infoset):
        inside = {int(node)}
        for other in range(node + 1, game.nodes):
            if game.parent[other] in inside:
                inside.add(other)
        found |= {int(j) for j in game.infoset[list(inside)] if j >= 0}
    return [j for j in sorted(found) if game.infoset_owner[j] == game.infoset_owner[infoset]]


def trigger_rows(game: ef.Game, margin: float, *, coarse: bool) -> Iterator[list[float]]:
    """Yield, for every trigger and what may be done from there on, the gain from each joint plan.

    A trigger is an infoset and, unless the decision is made before it is heard, a recommendation.
    """
    root = tree_of(game)
    plans = [full_plans(game, k + 1) for k in range(len(game.players))]
    joint = [dict(pair for plan in each for pair in plan.items()) for each in product(*plans)]
    for player in range(1, len(game.players) + 1):
        for infoset in game.infosets_of(player):
            below = at_or_below(game, infoset)
            width = {j: len(game.actions_of(j)) for j in below}
            honest = [payoffs_through(root, each, player, infoset, seen=False) for each in joint]
            for acts in product(*(range(width[j]) for j in below)):
                other = dict(zip(below, acts, strict=True))
                changed = [
                    payoffs_through(root, each | other, player, infoset, seen=False)
                    for each in joint
                ]
                gains = [
                    new[0] - old[0] + margin * old[1]
                    for new, old in zip(changed, honest, strict=True)
                ]
                if coarse:
                    yield gains
                    continue
                for told in set(range(width[infoset])) - {other[infoset]}:
                    yield [
                        gain if each[infoset] == told else 0.0
                        for gain, each in zip(gains, joint, strict=True)
                    ]


# In most of these games a margin of 0.3 or 1 has its price; in the last of each kind none is met.
@pytest.mark.parametrize(
    ("seed", "coarse"),
    [*((seed, False) for seed in (25, 88, 110, 129, 136, 139, 4)), (80, True), (1, True)],
)
def test_triggers_one_by_one(seed: int, *, coarse: bool) -> None:
    """Whatever a player does from a trigger on costs the margin times the trigger's probability."""
    game = random_game(seed, nodes=6)
    plans = [full_plans(game, k + 1) for k in range(2)]
    root = tree_of(game)
    welfare = []
    for each in product(*plans):
        joint = dict(pair for plan in each for pair in plan.items())
        both = (payoffs_through(root, joint, k, root.infoset, seen=True)[0] for k in (1, 2))
        welfare.append(sum(both))
    concept = concepts.EFCCE if coarse else concepts.EFCE
    for margin in (0.3, 1.0):
        rows = list(trigger_rows(game, margin, coarse=coarse))
        expected = linear_optimum(welfare, rows)

        assert optimum(game, concept, margin) == pytest.approx(expected, abs=1e-7)


# The matrix ---------------------------------------------------------------------------------------


def flows(polytope: Any, probability: Any) -> Any:
    """Return the point of a polytope at which behaviour has the given probabilities."""
    x = np.zeros(polytope.size)
    x[0] = 1.0
    for point in range(polytope.points):
        into = slice(*polytope.incoming_start[point : point + 2])
        here = slice(*polytope.start[point : point + 2])
        x[here] = x[polytope.incoming[into]].sum() * probability[here]
    return x


def uniform_and_honest(deviations: Any) -> Any:
    """Return the behaviour that reports the truth where it can, and acts at random."""
    kind, what, _, report = deviations.sequences
    polytope = deviations.polytope
    probability = np.zeros(polytope.size)
    for point in range(polytope.points):
        here = np.arange(*polytope.start[point : point + 2])
        reporting = kind[here - 1] == REPORTED
        honest = here[reporting & (report[here - 1] == what[here - 1])]
        chosen = honest if len(honest) else here
        probability[chosen] = 1 / len(chosen)
    return probability


@pytest.mark.parametrize(
    "name", [name for name, c in WALKED.items() if (c.deviate, c.report) != ("full", "untimed")]
)
@pytest.mark.parametrize("seed", range(6))
def test_who_acts_at_random_disobeys_unless_chance_has_it(name: str, seed: int) -> None:
    """She obeys at one of ``k`` actions with probability ``1 / k``, whatever the mediator does."""
    concept = WALKED[name]
    game = random_game(seed, players=2 + seed % 2, nodes=10)
    free = mediated_problem(game, concept)
    priced = mediated_problem(game, concept, margin=1.0)
    generator = np.random.default_rng(seed)
    leader = free.problem.leader
    draws = generator.random(leader.size)
    total = np.array(
        [draws[a:b].sum() for a, b in zip(leader.start, leader.start[1:], strict=False)]
    )
    share = np.concatenate(([1.0], draws[1:] / total[leader.point[1:]]))
    x = flows(leader, share)
    mu = x if free.problem.reach is None else free.problem.reach @ x
    for k, deviations in enumerate(free.deviations):
        W = priced.problem.followers[k].A - free.problem.followers[k].A
        y = flows(deviations.polytope, uniform_and_honest(deviations))
        obeyed = np.ones(game.nodes)
        for level in game.levels[1:]:
            above = game.parent[level]
            hers = game.owner[above] == deviations.player
            # Where accepting binds, to accept is one more choice, and to act is to disobey.
            choices = np.bincount(game.parent[1:], minlength=game.nodes)[above]
            choices = choices + 1 if concept.deviate == "coarse" else choices
            obeyed[level] = obeyed[above] / np.where(hers, choices, 1)
        lucky = mu[free.mediation.ends[0]] * free.direct.chance @ obeyed[free.direct.node]

        assert mu @ (W @ y) == pytest.approx(1 - lucky, abs=1e-9)


# Around it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WALKED)
def test_larger_margins_leave_less(name: str) -> None:
    """From equilibria to strict ones to none; reductions leave a price alone."""
    game = ef.instances.chicken(6, 2, 7, 0)
    none, some, more = (optimum(game, WALKED[name], margin) for margin in (0.0, 0.2, 0.4))

    assert none is not None
    assert some is not None
    assert more is not None
    assert none >= some >= more
    assert optimum(game, WALKED[name], 0.2, reduce=True) == pytest.approx(some)
    assert optimum(game, WALKED[name], 50.0) is None


def test_a_margin_is_not_reduced() -> None:
    """The arrays would not be what was asked for."""
    with pytest.raises(ef.GameError, match="a margin is not reduced"):
        mediated_problem(ef.instances.chicken(), concepts.EFCE, reduce=True, margin=0.1)


def test_spies_have_no_price() -> None:
    """Where a deviator sees more than her infosets, a positive margin is refused."""
    spying = Concept("recall", "lie", "full", spies="chance")

    with pytest.raises(ef.errors.CapabilityError, match="give margin=0"):
        from_concept(ef.instances.kuhn(), spying, margin=0.1)
    assert from_concept(ef.instances.kuhn(), spying, margin=-0.1) is not None
