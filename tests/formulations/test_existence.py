"""What every game has is never infeasible: a solver that says so has failed, and is told so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import CONCEPTS
from efmodels.results import Status
from efmodels.solver_runs import Run
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import FormulationBlockData

KUHN = ef.instances.kuhn()
CHICKEN = ef.instances.chicken(6, 2, 7, 0)
TYPES = ef.FollowerTypes(
    prior=[0.75, 0.25],
    leader=[[[0, -1], [-4, 0]], [[0, -4], [-1, 0]]],
    follower=[[[-2, 1], [4, -2]], [[-2, 4], [1, -2]]],
).game()
MODEL = Profile(
    KUHN,
    np.concatenate(
        [
            KUHN.chance_probabilities,
            np.full(len(KUHN.action_labels) - len(KUHN.chance_probabilities), 0.5),
        ]
    ),
)
VALUES = ef.uniform_values(KUHN, "P2")


def lookahead(depth: float, **ties: Any) -> dict[str, Any]:
    """Return the argument for a follower who looks some levels ahead."""
    return {"lookahead": ef.Lookahead(depth, VALUES, **ties)}


PAYOFFS = {"payoffs": ef.Intervals.around(KUHN.payoffs[:, 1], 0.5)}
EVALUATION = {"evaluation": ef.Intervals.around(VALUES, 0.1)}

CERTAIN: list[tuple[str, ef.Game, dict[str, Any]]] = [
    ("nash_zero_sum", KUHN, {}),
    ("nash", CHICKEN, {}),
    ("nash", KUHN, {}),
    ("nash_nlp", CHICKEN, {}),
    ("nash_nlp", ef.instances.selten_horse(), {}),
    ("stackelberg", CHICKEN, {}),
    ("stackelberg_bayesian", TYPES, {}),
    ("perfect_equilibrium", KUHN, {"epsilon": 0.05}),
    ("quasi_perfect_equilibrium", KUHN, {"epsilon": 0.05}),
    ("floored_nash_zero_sum", KUHN, {}),
    ("floored_nash", CHICKEN, {}),
    ("floored_stackelberg", CHICKEN, {}),
    ("quasi_perfect_stackelberg", CHICKEN, {}),
    ("limited_lookahead_stackelberg", KUHN, lookahead(1)),
    ("limited_lookahead_stackelberg", KUHN, lookahead(2)),
    ("limited_lookahead_stackelberg", KUHN, lookahead(math.inf)),
    ("limited_lookahead_stackelberg", KUHN, lookahead(1, ties=ef.AdversarialTies())),
    ("robust_stackelberg", KUHN, PAYOFFS),
    ("robust_limited_lookahead_stackelberg", KUHN, EVALUATION),
    ("quantal_response_equilibrium", CHICKEN, {"precision": 1.0}),
    ("quantal_response_equilibrium", ef.instances.selten_horse(), {"precision": 1.0}),
    ("agent_quantal_response_equilibrium", KUHN, {"precision": 1.0}),
    (
        "restricted_nash_response",
        KUHN,
        {"opponent": "P2", "fixed_profile": MODEL, "probability": 0.5},
    ),
    (
        "regularized_exploitation",
        KUHN,
        {"opponent": "P2", "fixed_profile": MODEL, "reference": MODEL, "weight": 0.1},
    ),
]

UNCERTAIN: list[tuple[str, ef.Game, dict[str, Any]]] = [
    ("stackelberg", CHICKEN, {"margin": 0.1}),
    ("stackelberg", CHICKEN, {"slacks": lambda game, player: np.zeros(3)}),  # noqa: ARG005 - called so
    ("nash", CHICKEN, {"bounds": {"P1": np.ones(3), "P2": np.ones(3)}}),
    ("limited_lookahead_stackelberg", KUHN, lookahead(1, ties=ef.StaticTies())),
]


def model_of(name: str, game: ef.Game, arguments: dict[str, Any]) -> pyo.ConcreteModel:
    """Return a model of nothing but a formulation."""
    formulation: Callable[..., FormulationBlockData] = CONCEPTS[name]
    m = pyo.ConcreteModel()
    m.eq = formulation(game, **arguments)
    m.goal = pyo.Objective(expr=m.eq.objective(), sense=pyo.maximize)
    return m


@pytest.fixture(autouse=True)
def _lying_solvers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every solver say that there is nothing."""
    from efmodels import solving

    for name in ("run_in_bulk", "run_solver"):
        monkeypatch.setattr(solving, name, lambda *_, **__: Run(Status.INFEASIBLE))


def solve(m: pyo.ConcreteModel) -> None:
    """Solve a model, by whatever can; skip where nothing here can."""
    try:
        ef.solve(m)
    except ef.CapabilityError as refused:
        pytest.skip(str(refused))


@pytest.mark.parametrize(("name", "game", "arguments"), CERTAIN)
def test_what_always_exists(name: str, game: ef.Game, arguments: dict[str, Any]) -> None:
    """The solver has failed; but as soon as anything was added, the model may be infeasible."""
    m = model_of(name, game, arguments)
    with pytest.raises(ef.SolverError, match="the solver has failed") as failed:
        solve(m)
    assert not isinstance(failed.value, ef.InfeasibleError)
    m.floor = pyo.Constraint(expr=next(iter(m.component_data_objects(pyo.Var))) >= -100)
    with pytest.raises(ef.InfeasibleError):
        solve(m)
    m.floor.deactivate()
    with pytest.raises(ef.SolverError, match="the solver has failed"):
        solve(m)


@pytest.mark.parametrize(("name", "game", "arguments"), CERTAIN)
def test_a_fixed_variable_is_an_addition(
    name: str, game: ef.Game, arguments: dict[str, Any]
) -> None:
    """Whoever fixes a variable, or a bound of one, may have left nothing."""
    m = model_of(name, game, arguments)
    first = next(iter(m.component_data_objects(pyo.Var)))
    first.fix(1.0)
    with pytest.raises(ef.InfeasibleError):
        solve(m)
    first.unfix()
    first.setub(0.25)
    with pytest.raises(ef.InfeasibleError):
        solve(m)


@pytest.mark.parametrize(("name", "game", "arguments"), CERTAIN)
def test_payoffs_are_no_addition(name: str, game: ef.Game, arguments: dict[str, Any]) -> None:
    """After `update` a solution exists as it did before."""
    m = model_of(name, game, arguments)
    try:
        m.eq.update(game)
    except ef.CapabilityError as refused:
        assert "does not take other payoffs" in str(refused)  # noqa: PT017 - refused is an answer, too
        return
    with pytest.raises(ef.SolverError, match="the solver has failed"):
        solve(m)


@pytest.mark.parametrize(("name", "game", "arguments"), UNCERTAIN)
def test_what_need_not_exist(name: str, game: ef.Game, arguments: dict[str, Any]) -> None:
    """Margins, orders with margins and other people's constants may leave nothing."""
    with pytest.raises(ef.InfeasibleError):
        solve(model_of(name, game, arguments))
