"""Rows of a reply: what is played at each decision point, and that it brings what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import FormulationBlock, best_response, sequence_form
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.lookahead_forest import LookaheadWindows
    from efmodels.polytope import FlowPolytope


def reasoning_block(
    game: Game, leader: str, windows: LookaheadWindows, numbers: Floats
) -> FormulationBlockData:
    """Return a block in which somebody leads, and a follower's windows have values.

    Parameters
    ----------
    game
        Two players, perfect recall.
    leader
        By label.
    windows
        Of the follower.
    numbers
        What she makes of nodes, of which the values ``v`` are to be bounded from below.

    Returns
    -------
    FormulationBlock
        ``leader`` with ``x`` and ``flow``; ``follower[i]`` with ``v``, ``reply``, and what
        `add_choices` adds.
    """
    follower = game.players[2 - game.player_number(leader)]
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = sequence_form(game.sequence_form().polytope(leader))
    block.follower = pyo.Block([follower])
    part = block.follower[follower]
    payoff = (windows.payoff_matrix(numbers), block.leader.x)
    part.transfer_attributes_from(best_response(windows.polytope, [payoff]))
    add_choices(part, windows.polytope)
    return block


def add_missing(part: Any, rows: Mapping[str, MatrixConstraint]) -> None:
    """Add those rows whose name no component has."""
    for name, one in rows.items():
        if part.component(name) is None:
            part.add_component(name, one)


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
