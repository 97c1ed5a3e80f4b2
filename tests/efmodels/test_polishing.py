"""Polishing: exact plans from learned ones, with the linear program's optimum where it is found."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.bulk.highs import HighsSolver
from efmodels.certificates import certificate
from efmodels.errors import GameError, SolverError
from efmodels.formulations import ACRONYMS
from efmodels.learning import Learned, Ranges, learn
from efmodels.polishing import polished
from efmodels.restricted_programs import RestrictedProgram, playable
from tests.efmodels.learning.saddles import CONCEPTS, mediated_problem_of, zero_sum_problem
from tests.oracles.mediated import optima

if TYPE_CHECKING:
    from efmodels.problem import EquilibriumProblem

DATA = Path(__file__).resolve().parent.parent / "data"
UNIT = Ranges(objective=20, payoff=10)
TRUTH = json.loads((DATA / "mediated.json").read_text(encoding="utf-8"))


def learned_of(problem: EquilibriumProblem, tolerance: float = 1e-2) -> Learned:
    """Learn roughly."""
    return learn(problem, UNIT, tolerance=tolerance, engine="numpy")


@pytest.mark.parametrize("seed", range(12))
def test_a_polished_plan_is_exact(seed: int) -> None:
    """Flows, incentives and the bound hold; here it is as good as the linear program's optimum."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    optimum = optima(problem, [problem.c])[0]
    exact = polished(problem, learned_of(problem, 1e-3))

    assert exact.status == "polished"
    assert max(exact.regrets.values()) <= 1e-9 * UNIT.payoff
    assert np.abs(problem.leader.F @ exact.x - problem.leader.f).max() <= 1e-12
    assert exact.x.min() >= 0
    assert exact.value == pytest.approx(optimum, abs=1e-7)
    assert exact.value <= exact.bound + 1e-7


def test_the_bound_is_proved_by_what_is_kept() -> None:
    """It is never above the learned one, and plans and multipliers prove it."""
    problem = mediated_problem_of(2, "EFCE")
    learned = learned_of(problem)
    exact = polished(problem, learned)
    proved = certificate(problem, exact.x, exact.plans, exact.multipliers)

    assert exact.bound <= learned.bound
    assert (proved.value, proved.bound) == (exact.value, exact.bound)


def test_a_zero_sum_equilibrium() -> None:
    """The value of Kuhn poker from a rough plan, proved by the duals."""
    exact = polished(zero_sum_problem(), learned_of(zero_sum_problem()))

    assert (exact.value, exact.bound) == pytest.approx((-1 / 18, -1 / 18), abs=1e-9)
    assert exact.regrets == {}


def test_less_likely_choices_are_kept_where_the_likely_ones_do_not_do() -> None:
    """In Chicken nobody obeys who is always told to dare; a hundredth of the rest is enough."""
    problem = ef.formulations.efce(ef.instances.chicken(6, 2, 7, 0)).problem
    learned = learned_of(problem)
    assert problem.reach is not None
    worst = problem.leader.best_response(-problem.reach.T @ problem.c)[1]
    hidden = replace(learned, x=0.99 * worst + 0.01 * learned.x)
    alone = replace(learned, x=worst)

    exact = polished(problem, hidden, threshold=0.01)
    assert max(exact.regrets.values()) <= 1e-8
    assert exact.value == pytest.approx(10.5)
    with pytest.raises(SolverError, match="what was learned still holds") as raised:
        polished(problem, alone)
    assert raised.value.status == "infeasible"


def test_too_little_time_is_said() -> None:
    """And a plan of another problem is refused."""
    problem = ef.formulations.efce(ef.instances.load("S2122")).problem
    learned = learned_of(problem)
    with pytest.raises(SolverError, match="what was learned still holds") as raised:
        polished(problem, learned, time_limit=0.0)
    assert raised.value.status == "time_limit"
    with pytest.raises(GameError, match="threshold must be above 0; got 0"):
        polished(problem, learned, threshold=0)
    with pytest.raises(GameError, match=r"shape \(2,\)"):
        polished(problem, replace(learned, x=np.ones(2)))


@pytest.mark.parametrize("seed", range(6))
def test_with_all_choices_it_is_the_whole_program(seed: int) -> None:
    """Its optimum is the oracle's, and its duals prove that nothing is better."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    whole = RestrictedProgram(problem, np.ones(problem.leader.size, dtype=bool))
    solver = HighsSolver()
    solver.load(whole.program)
    solution = solver.run().solution
    assert solution is not None
    proof = certificate(problem, whole.plan(solution), *whole.duals(solution))

    assert proof.value == pytest.approx(optima(problem, [problem.c])[0], abs=1e-6)
    assert proof.bound == pytest.approx(proof.value, abs=1e-6)
    assert proof.worst_regret <= 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_what_is_playable(seed: int) -> None:
    """A coordinate is kept if and only if some plan of allowed choices alone reaches it."""
    leader = mediated_problem_of(seed, "NFCCE").leader
    generator = np.random.default_rng(seed)
    behaviour = leader.behaviour(leader.random(generator))
    allowed = generator.uniform(size=leader.size) < 0.5
    kept = playable(leader, allowed, behaviour)

    for a, b in pairwise(leader.start.tolist()):
        if not allowed[a:b].any():
            allowed[a + behaviour[a:b].argmax()] = True
    reached = {0}
    for k in range(leader.points):
        entries = leader.incoming[leader.incoming_start[k] : leader.incoming_start[k + 1]]
        if reached & set(entries.tolist()):
            own = range(leader.start[k], leader.start[k + 1])
            reached |= {a for a in own if allowed[a]}
    assert set(np.flatnonzero(kept).tolist()) == reached


def game_of(name: str) -> ef.Game:
    """Return a game of the table: a file, or an instance."""
    given = TRUTH["games"][name]
    if "file" in given:
        return ef.read(DATA / given["file"])
    game: ef.Game = getattr(ef.instances, given["instance"])(**given["arguments"])
    return game


def known_cases(*names: str) -> list[dict[str, Any]]:
    """Return the cases of some games whose players all have incentive constraints."""
    return [
        case
        for case in TRUTH["cases"]
        if case["game"] in names and len(case["obedient"]) == len(case["weights"])
    ]


@pytest.mark.parametrize(
    "case",
    [
        *known_cases("S_small", "K23", "B2212"),
        *(
            pytest.param(case, marks=pytest.mark.slow)
            for case in known_cases("S2122_os", "B2222", "K34", "D22")
            if case["concept"] != "COMM"
        ),
    ],
    ids=lambda case: f"{case['game']}-{case['concept']}",
)
def test_known_optima(case: dict[str, Any]) -> None:
    """What is learned to a thousandth and polished has the value that is known, and no regrets."""
    game = game_of(case["game"])
    problem = ACRONYMS[case["concept"]](game).problem
    weights = np.array(case["weights"])
    c = weights @ np.array([one.b for one in problem.followers])
    unit = float(np.ptp(game.payoffs))
    objective = float(np.ptp(game.payoffs @ weights))
    problem = replace(problem, c=c)
    learned = learn(problem, Ranges(objective, unit), tolerance=1e-3)
    exact = polished(problem, learned)

    assert max(exact.regrets.values()) <= 1e-9 * unit
    assert exact.value == pytest.approx(case["value"], abs=1e-6 * unit)
    assert case["value"] - 1e-8 * unit <= exact.bound <= learned.bound
