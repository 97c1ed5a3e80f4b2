"""Circulations with bounds in exact numbers, against a linear program."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from efmodels.errors import InfeasibleError
from efmodels.markets.exact_circulations import Arc, exact_circulation


def random_arcs(seed: int) -> list[Arc]:
    """Return arcs between four nodes, with bounds in sixths."""
    rng = np.random.default_rng(seed)
    arcs = []
    for _ in range(9):
        tail, head = rng.choice(4, 2, replace=False).tolist()
        lower, more = rng.integers(0, 3), rng.integers(0, 12)
        arcs.append(Arc(tail, head, Fraction(int(lower), 6), Fraction(int(lower + more), 6)))
    return arcs


def has_circulation(arcs: list[Arc]) -> bool:
    """Ask a linear program."""
    balance = np.zeros((4, len(arcs)))
    for k, arc in enumerate(arcs):
        balance[arc.tail, k] -= 1
        balance[arc.head, k] += 1
    bounds = [(float(arc.lower), float(arc.upper)) for arc in arcs]
    zeros = np.zeros(len(arcs))
    return linprog(zeros, A_eq=balance, b_eq=np.zeros(4), bounds=bounds).status == 0


def test_a_circulation_is_found_where_there_is_one() -> None:
    """Bounds and balances hold exactly; a linear program agrees on whether there is any."""
    found = 0
    for seed in range(60):
        arcs = random_arcs(seed)
        if not has_circulation(arcs):
            with pytest.raises(InfeasibleError, match="what is required cannot flow"):
                exact_circulation(4, arcs)
            continue
        found += 1
        flow = exact_circulation(4, arcs)
        balance = [Fraction(0)] * 4
        for arc, amount in zip(arcs, flow, strict=True):
            assert arc.lower <= amount <= arc.upper
            balance[arc.tail] -= amount
            balance[arc.head] += amount
        assert balance == [0] * 4
    assert 10 < found < 50
