"""Bulk runs on models: what is kept, what is reduced, what comes back."""

from __future__ import annotations

import pickle

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.bulk_runs import KeptSolver
from efmodels.instances import kuhn, leduc, liars_dice


def model_of(game: ef.Game) -> pyo.ConcreteModel:
    """Return the model of a zero-sum equilibrium."""
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.nash_zero_sum(game)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


def kept_on(model: pyo.ConcreteModel) -> KeptSolver:
    """Return the solver that is kept on a model."""
    return next(v for v in vars(model).values() if isinstance(v, KeptSolver))


def test_a_second_solve_only_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """New bounds and another objective do not hand the matrix over again; a new row does."""
    m = model_of(leduc(raises=1))
    ef.solve(m)
    loads: list[object] = []
    solver = kept_on(m).solver
    load = solver.load
    monkeypatch.setattr(solver, "load", lambda program: (loads.append(program), load(program))[1])
    m.eq.leader.x["J", "bet"].fix(0.2)
    fixed = ef.solve(m)
    m.eq.leader.x["J", "bet"].unfix()
    free = ef.solve(m)

    assert loads == []
    assert fixed.value < free.value == pytest.approx(-0.0781063, abs=5e-8)
    m.rare = pyo.Constraint(expr=m.eq.leader.x["J", "bet"] <= 0.1)
    ef.solve(m)
    assert len(loads) == 1


def test_sweeps_equal_separate_solves() -> None:
    """A sweep over a bound gives what fresh models give."""
    m = model_of(kuhn())
    for most in np.linspace(0, 1, 6):
        m.eq.leader.x["K", "bet"].setub(most)
        fresh = model_of(kuhn())
        fresh.eq.leader.x["K", "bet"].setub(most)

        assert ef.solve(m).value == pytest.approx(ef.solve(fresh).value, abs=1e-9)


def test_copies_do_not_inherit_the_solver() -> None:
    """Clones and pickles solve on their own."""
    m = model_of(kuhn())
    ef.solve(m)
    for copy in (m.clone(), pickle.loads(pickle.dumps(m))):  # noqa: S301 - we wrote it ourselves
        assert kept_on(copy).solver is not kept_on(m).solver
        assert ef.solve(copy).value == pytest.approx(-1 / 18)


def test_symmetries_are_taken_out_and_put_back() -> None:
    """The suits of a deck that nobody looks at make a program smaller, and nothing else."""
    m = model_of(liars_dice(faces=4))
    reduced = ef.solve(m)
    payoffs = m.eq.solution().payoffs()
    full = ef.solve(m, symmetry=False)

    assert "->" in reduced.size
    assert "->" not in full.size
    assert reduced.value == pytest.approx(full.value, abs=1e-9)
    assert payoffs["P1"] == pytest.approx(full.value, abs=1e-7)
    assert max(reduced.regrets["eq"].values()) < 1e-7


def test_symmetries_of_a_users_model() -> None:
    """The reduction serves any linear model."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(6), domain=pyo.NonNegativeReals)
    m.total = pyo.Constraint(expr=sum(m.x.values()) <= 3)
    m.goal = pyo.Objective(expr=sum(m.x.values()), sense=pyo.maximize)

    assert str(ef.presolve_symmetry(m)) == "1 x 6 with 6 nonzeros -> 1 x 1 with 1 nonzero"


def test_a_vertex_can_be_asked_for() -> None:
    """A vertex has as many zeros as it can."""
    m = model_of(leduc(raises=1))
    result = ef.solve(m, vertex=True)

    assert result.value == pytest.approx(-0.0781063, abs=5e-8)
    assert max(result.regrets["eq"].values()) < 1e-7


@pytest.mark.parametrize("factor", [1e-8, 1e-4, 1e4, 1e8])
def test_the_unit_of_payoffs_does_not_matter(factor: float) -> None:
    """Payoffs in other units give the same regret, relative to their range."""
    game = leduc(raises=1)
    payoffs = tuple(tuple(float(u) * factor for u in row) for row in game.outcome_payoffs)
    m = model_of(ef.Game(**{**vars_of(game), "outcome_payoffs": payoffs}))
    result = ef.solve(m)
    scale = np.ptp(m.eq.game.payoffs)

    assert result.value / factor == pytest.approx(-0.0781063, abs=5e-8)
    assert max(result.regrets["eq"].values()) <= 1e-8 * scale


def vars_of(game: ef.Game) -> dict[str, object]:
    """Return a game's fields."""
    return {name: getattr(game, name) for name in game.__dataclass_fields__}
