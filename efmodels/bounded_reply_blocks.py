"""Rows of a reply: what is played at each decision point, and that it brings what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
from scipy import sparse

from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.polytope import FlowPolytope


def add_choices(part: Any, polytope: FlowPolytope) -> None:
    """Add ``played``, a binary per action, and ``choice``: one action at each decision point."""
    part.played = MatrixVar(polytope.size, domain=pyo.Binary, labels=polytope)
    rows = Labels.of_rows(polytope)
    outgoing = polytope.F.maximum(0).tocsr()
    part.choice = MatrixConstraint([(outgoing, part.played)], rhs=1.0, labels=rows)


def tight_rows(
    v: Any, played: Any, polytope: FlowPolytope, payoff: tuple[Any, Any], bound: Floats
) -> MatrixConstraint:
    """Return the rows ``F'v - A'x <= M (1 - played)``: what is played brings what ``v`` says."""
    A, x = payoff
    most = sparse.diags_array(bound).tocsr()
    return MatrixConstraint(
        [(polytope.F.T.tocsr(), v), (-A.T.tocsr(), x), (most, played)], ub=bound, labels=polytope
    )
