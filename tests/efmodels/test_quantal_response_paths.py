"""Following quantal responses from pure noise to precision."""

from __future__ import annotations

import math

import numpy as np
import pytest

import efmodels as ef
from efmodels import quantal_response_paths
from efmodels.errors import GameError, SolverError
from efmodels.solvers import find_solver

if not find_solver("ipopt").available:
    pytest.skip("casadi, which has Ipopt, is not installed", allow_module_level=True)

MATRIX = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
STAG = ef.Game.from_matrices([[5, 0], [4, 2]], [[5, 4], [0, 2]])


def test_path_ends_near_the_equilibrium() -> None:
    """Of a game with one equilibrium: (1/2, 1/2) against (1/10, 9/10)."""
    path = ef.quantal_response_path(MATRIX, "QRE", [1000.0, 1.0])
    last = path.solutions[-1]

    assert path.precisions == (1.0, 1000.0)
    assert last.profile.behaviour == pytest.approx([0.5, 0.5, 0.1, 0.9], abs=2e-3)
    assert max(last.regrets().values()) < 1e-3
    assert all(path.continued)


def test_path_of_a_symmetric_game_is_the_only_solution_of_one_equation() -> None:
    """Stag hunt: at each precision the logit equation, followed by bisection, says the same.

    With probability p for the stag, log(p / (1 - p)) = precision * (5 p - (4 p + 2 (1 - p))).
    """
    path = ef.quantal_response_path(STAG, "AQRE", [0.2, 1.0, 5.0])
    for precision, solution in zip(path.precisions, path.solutions, strict=True):
        low, high = 1e-12, 0.5
        for _ in range(200):
            p = (low + high) / 2
            gain = precision * (5 * p - (4 * p + 2 * (1 - p)))
            low, high = (p, high) if gain > math.log(p / (1 - p)) else (low, p)
        assert solution.profile.behaviour[[0, 2]] == pytest.approx([p, p], abs=1e-7)


def test_steps_are_small() -> None:
    """What is reported as continued was reached without a leap, however far apart the numbers."""
    path = ef.quantal_response_path(STAG, "QRE", np.linspace(0, 3, 40).tolist())
    behaviour = np.array([solution.profile.behaviour for solution in path.solutions])

    assert all(path.continued)
    assert np.abs(np.diff(behaviour, axis=0)).max() < 0.2


def test_leaps_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no small step leads on, the point is there, and called found afresh."""
    monkeypatch.setattr(quantal_response_paths, "SMALLEST_STEP", 1e9)
    path = ef.quantal_response_path(STAG, "QRE", [0.0, 50.0], change=1e-6)

    assert path.continued == (True, False)
    assert max(path.solutions[1].residuals().values()) < 1e-6
    assert "afresh      1" in repr(path)


def test_no_equilibrium_found() -> None:
    """A solver that is not let run: the error says how far the path went."""
    with pytest.raises(SolverError, match="did not find the equilibrium of pure noise"):
        ef.quantal_response_path(MATRIX, "QRE", [1.0], tolerance=-1.0)


def test_tables() -> None:
    """A long table of behaviour and a short one of payoffs."""
    path = ef.quantal_response_path(MATRIX, "QRE", [0.0, 1.0])
    frame, summary = path.frame(), path.summary()

    assert list(frame.columns)[:5] == ["precision", "player", "infoset", "action", "probability"]
    assert len(frame) == 2 * 4
    assert frame["probability"][:4].tolist() == pytest.approx([0.5] * 4)
    assert summary["precision"].tolist() == [0.0, 1.0]
    assert summary["payoff P1"][0] == pytest.approx(2.5)
    assert summary["residual"].max() < 1e-6


def test_what_cannot_be_followed() -> None:
    """A concept without precision, and numbers that are none."""
    with pytest.raises(GameError, match="nash_zero_sum has no precision to follow"):
        ef.quantal_response_path(MATRIX, "nash_zero_sum", [1.0])
    for precisions in ([], [-1.0], [math.inf]):
        with pytest.raises(GameError, match="precisions must be numbers from 0 on"):
            ef.quantal_response_path(MATRIX, "QRE", precisions)
