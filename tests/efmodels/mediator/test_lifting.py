"""Policies and plans of reduced problems, lifted to whole ones: nothing changes its worth."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.certificates import certificate
from efmodels.errors import CapabilityError
from efmodels.mediator import concept as concepts
from efmodels.mediator.lifting import lifted_flows, lifted_plan
from efmodels.mediator.problem import mediated_problem
from tests.efmodels.mediator.test_extension import drawn_policy
from tests.efmodels.mediator.test_reductions import CONCEPTS, a_game, rows

FAST = range(12)
SLOW = range(12, 112)
SEEDS = [*FAST, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)]
RECALLING = [name for name, concept in CONCEPTS.items() if concept.memory == "recall"]
LARGEST = 3_000  # rows
CLOSE = 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_certificates_stay(seed: int) -> None:
    """Random policies, plans and multipliers have one value, bound and regrets in both problems."""
    game, generator = a_game(seed), np.random.default_rng(seed)
    for name in RECALLING:
        whole = mediated_problem(game, CONCEPTS[name])
        if rows(whole) > LARGEST:
            continue
        policy = drawn_policy(game, CONCEPTS[name], seed)
        reduced, walk = policy.mediated, policy.mediated.walk
        plans = {one.label: one.polytope.random(generator) for one in reduced.problem.followers}
        multipliers = {label: float(generator.exponential()) for label in plans}
        lifted = {
            label: lifted_plan(plan, here, there, walk.reports, walk.transcripts)
            for (label, plan), here, there in zip(
                plans.items(), reduced.deviations, whole.deviations, strict=True
            )
        }
        expected = certificate(reduced.problem, policy.x, plans, multipliers)
        found = certificate(whole.problem, lifted_flows(policy, whole), lifted, multipliers)

        assert found.violation < CLOSE
        assert found.value == pytest.approx(expected.value, abs=CLOSE)
        assert found.bound == pytest.approx(expected.bound, abs=CLOSE)
        assert found.regrets == pytest.approx(expected.regrets, abs=CLOSE)


def test_unreduced_problems() -> None:
    """What was not reduced is lifted to itself, where it is reached."""
    whole = mediated_problem(a_game(1), concepts.COMMUNICATION)
    policy = whole.policy(whole.problem.leader.random(np.random.default_rng(1)))
    plan = whole.deviations[0].polytope.random(np.random.default_rng(2))
    hers, walk = whole.deviations[0], whole.walk

    assert lifted_flows(policy, whole) == pytest.approx(policy.x)
    assert lifted_plan(plan, hers, hers, walk.reports, walk.transcripts) == pytest.approx(plan)


def test_private_mediators_are_refused() -> None:
    """What was folded away was not drawn."""
    policy = drawn_policy(a_game(1), concepts.EFCE, seed=1)

    with pytest.raises(CapabilityError, match="reduce=False"):
        lifted_flows(policy, mediated_problem(a_game(1), concepts.EFCE))
