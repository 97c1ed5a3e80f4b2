"""Proofs of optimality of solved models, on arrays that no solver has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.equilibrium import equilibrium_model
from efmodels.errors import CapabilityError
from efmodels.optimality import optimality_certificate
from tests.oracles.mediated import optimum

CLOSE = 1e-9


def solved(name: str, concept: str, objective: Any = "welfare", **arguments: Any) -> Any:
    """Return a solved model."""
    model = equilibrium_model(ef.instances.load(name), concept, objective, **arguments)
    ef.solve(model)
    return model


@pytest.mark.parametrize(
    ("name", "concept", "reduce"),
    [
        ("K23", "COMM", True),
        ("K23", "EFCE", False),
        ("K34", "CERT", True),
        ("S2122", "COMM", True),
        ("S2122", "CERT", True),
        ("S2122", "EFCE", False),
        ("B2222", "COMM", True),
        ("D32", "CERT", True),
        pytest.param("S2123", "COMM", True, marks=pytest.mark.slow),
        pytest.param("B2322", "EFCE", False, marks=pytest.mark.slow),
    ],
)
def test_solutions_are_optimal(name: str, concept: str, *, reduce: bool) -> None:
    """Regrets, violation and gap vanish on the whole problem, however it was solved."""
    model = solved(name, concept, reduce=reduce)
    proof = optimality_certificate(model)
    unit = float(np.ptp(model.eq.game.payoffs))

    assert proof.value == pytest.approx(pyo.value(model.goal), abs=CLOSE * unit)
    assert abs(proof.gap) <= CLOSE * unit
    assert proof.worst_regret <= CLOSE * unit
    assert proof.violation <= CLOSE


def test_objectives_with_weights() -> None:
    """The weights are read from the model; the bound is the optimum of the unreduced problem."""
    model = solved("K23", "COMM", {"P1": 1, "P2": -0.5}, reduce=True)
    problem = ef.formulations.communication_equilibrium(model.eq.game).problem
    payoffs = np.array([follower.b for follower in problem.followers])
    expected, _ = optimum(problem, payoffs[0] - 0.5 * payoffs[1])

    assert optimality_certificate(model).bound == pytest.approx(expected)


def test_who_is_not_optimal_is_told() -> None:
    """At another equilibrium the gap is what the best one has more."""
    model = equilibrium_model(ef.instances.chicken(6, 2, 7, 0), "COMM", reduce=True)
    model.worse = pyo.Constraint(expr=model.eq.welfare <= 9)
    ef.solve(model)
    proof = optimality_certificate(model)

    assert proof.value == pytest.approx(9)
    assert proof.bound >= 10.5 - CLOSE
    assert proof.worst_regret < CLOSE


def test_what_is_not_certified() -> None:
    """Each refusal says what was found instead."""
    game = ef.instances.chicken(6, 2, 7, 0)
    with pytest.raises(CapabilityError, match="reduce=False"):
        optimality_certificate(solved("K23", "EFCE", reduce=True))
    with pytest.raises(CapabilityError, match="no mediator that answers step by step"):
        optimality_certificate(ef.optimal_equilibrium(game, "NFCE").model)
    with pytest.raises(CapabilityError, match="margin"):
        optimality_certificate(ef.optimal_equilibrium(game, "EFCE", margin=-0.1).model)
    numbers = np.arange(4.0)
    with pytest.raises(CapabilityError, match="no weighted sum of the payoffs"):
        optimality_certificate(ef.optimal_equilibrium(game, "EFCE", numbers).model)
    model = pyo.ConcreteModel()
    with pytest.raises(CapabilityError, match="0 blocks of formulations"):
        optimality_certificate(model)
