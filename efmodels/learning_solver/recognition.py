"""Which columns and rows of a compiled model are which parts of a block of a game."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.blocks import FormulationBlockData
from efmodels.errors import CapabilityError
from efmodels.matrix import MatrixVar
from efmodels.solvers import LEARNER, Capability, available_solvers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from efmodels.compiling import CompiledModel
    from efmodels.game import Bools, Floats, Ints
    from efmodels.problem import EquilibriumProblem

INCENTIVES = "obey"
"""What the rows are called that a player's label stands for."""


@dataclass(frozen=True, eq=False)
class BlockPlaces:
    """Where the parts of a block stand in the linear program of its model.

    Attributes
    ----------
    compiled
        The model's linear program.
    problem
        The leader against followers that the block was made from.
    payoff_range
        Between the least and the largest payoff of a player; 1 if all are alike.
    x
        Columns of the leader's flows; shape ``(leader.size,)``.
    mu
        Columns of the coordinates that several flows complete.
    v
        For each follower the columns of the values of her decision points.
    flow, reach
        Rows of the leader's polytope, and those that define ``mu``.
    reply
        For each follower the rows of her best responses, one per coordinate of hers.
    own
        Which rows belong to the block; shape ``(rows,)``.
    obedience
        Rows that are incentive constraints, with the player's label.
    """

    compiled: CompiledModel
    problem: EquilibriumProblem
    payoff_range: float
    x: Ints
    mu: Ints
    v: Mapping[str, Ints]
    flow: Ints
    reach: Ints
    reply: Mapping[str, Ints]
    own: Bools
    obedience: Mapping[int, str]

    @property
    def structure(self) -> Bools:
        """Which rows are polytope, coordinates and best responses; shape ``(rows,)``."""
        rows = np.zeros(len(self.own), dtype=bool)
        for part in (self.flow, self.reach, *self.reply.values()):
            rows[part] = True
        return rows

    def row_name(self, row: int) -> str:
        """Return Pyomo's name of a row."""
        sources = self.compiled.rows.sources()
        start, owner, there = sources[bisect_right(sources, row, key=lambda one: one[0]) - 1]
        return str(owner.name if there is None else owner.data_at(int(there[row - start])).name)

    def column_name(self, column: int) -> str:
        """Return Pyomo's name of a column."""
        sources = self.compiled.columns.sources()
        start, owner = sources[bisect_right(sources, column, key=lambda one: one[0]) - 1]
        return str(
            owner.data_at(column - start).name if isinstance(owner, MatrixVar) else owner.name
        )


def refusal(complaint: str) -> CapabilityError:
    """Return the error for a model that cannot be learned on, with those who can solve it."""
    able = ", ".join(available_solvers(Capability.LP))
    return CapabilityError(
        f"{LEARNER.name} {complaint}. Solvers of linear programs take the model: {able}"
    )


def recognised(compiled: CompiledModel) -> BlockPlaces:
    """Find the parts of the one block of a game in a compiled model.

    Raises
    ------
    CapabilityError
        There is no block of a game, or several; its leader has no polytope of flows; or rows of
        its polytopes are not active or have been rewritten.
    """
    block = _only_block(compiled.model)
    problem = block.formulation().problem
    if problem is None:
        raise refusal(
            f"needs a polytope of flows, and {block.name!r} has none: take the formulation of the "
            "concept itself, such as nfcce"
        )
    leader = block.leader if block.component("leader") is not None else block.mediator
    replies = block.follower if block.component("follower") is not None else block.deviator
    finder = _Finder(compiled)
    several = leader.component("mu") is not None
    nothing = np.zeros(0, dtype=np.int64)
    labels = [follower.label for follower in problem.followers]
    return BlockPlaces(
        compiled=compiled,
        problem=problem,
        payoff_range=_spread(block.game.payoffs),
        x=finder.columns(leader.x),
        mu=finder.columns(leader.mu) if several else nothing,
        v={label: finder.columns(replies[label].v) for label in labels},
        flow=finder.rows(leader.flow),
        reach=finder.rows(leader.reach) if several else nothing,
        reply={label: finder.rows(replies[label].reply) for label in labels},
        own=finder.within(block),
        obedience=finder.obedience(block, labels),
    )


def _spread(payoffs: Floats) -> float:
    return (float(np.ptp(payoffs)) if payoffs.size else 0.0) or 1.0


def _only_block(model: Any) -> Any:
    """Return the one active formulation on a model."""
    blocks = [
        block
        for block in model.block_data_objects(active=True)
        if isinstance(block, FormulationBlockData) and block.is_whole
    ]
    if len(blocks) != 1:
        names = ", ".join(repr(block.name) for block in blocks)
        found = f"has {len(blocks)}: {names}" if blocks else "has none"
        raise refusal(f"learns on one block of a game, and the model {found}")
    return blocks[0]


class _Finder:
    """Looks up components in a compiled model."""

    def __init__(self, compiled: CompiledModel) -> None:
        self._compiled = compiled
        self._start = {id(owner): start for start, owner in compiled.columns.sources()}
        self._rows = {
            id(owner): (start, there)
            for start, owner, there in compiled.rows.sources()
            if there is not None
        }

    def columns(self, variables: Any) -> Ints:
        """Return the columns of a vector of variables."""
        start = self._start.get(id(variables))
        if start is None:
            raise refusal(f"needs the variables {variables.name}, which are not active")
        return np.arange(start, start + variables.size)

    def rows(self, constraint: Any) -> Ints:
        """Return the rows of a matrix constraint, all of which must be there."""
        start, there = self._rows.get(id(constraint), (0, np.zeros(0, dtype=np.int64)))
        if len(there) != constraint.size:
            raise refusal(
                f"needs all rows of {constraint.name} as the formulation has made them; "
                f"{constraint.size - len(there)} of {constraint.size} are not active or rewritten"
            )
        return np.arange(start, start + len(there))

    def within(self, block: Any) -> Bools:
        """Say which rows belong to a block or its parts."""
        own = np.zeros(self._compiled.program.rows, dtype=bool)
        for start, owner, there in self._compiled.rows.sources():
            above = owner.parent_block()
            while above is not None and above is not block:
                above = above.parent_block()
            own[start : start + (1 if there is None else len(there))] = above is block
        return own

    def obedience(self, block: Any, labels: list[str]) -> dict[int, str]:
        """Return the rows that are incentive constraints, with the players' labels."""
        found: dict[int, str] = {}
        common = block.component(INCENTIVES)
        for label in labels:
            if common is not None:
                row = self._compiled.rows.find(common[label])
            elif block.component("deviator") is not None:
                row = self._compiled.rows.find(block.deviator[label].component(INCENTIVES)["obey"])
            else:
                continue
            if row is not None:
                found[row] = label
        return found
