"""Pyomo blocks that answer in the words of what they model: a game, a market, a mechanism."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.errors import GameError
from efmodels.matrix import MatrixConstraint
from efmodels.names import distinct
from efmodels.pyomo_internals import BlockData, declare_custom_block

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd


class Solution(Protocol):
    """What the decoder of a formulation makes of a solved block."""

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, from the tree or from the data."""

    def regrets(self) -> dict[str, float]:
        """Return what each player could gain by deviating, from the tree or from the data."""

    def strategy(self) -> pd.DataFrame:
        """Return what is done as a table."""


@dataclass(frozen=True)
class Answers:
    """What a block remembers that models no game; of a game it is a ``Formulation``.

    Attributes
    ----------
    decode
        Reads the solution of the block.
    bound
        Whether it is a relaxation that only bounds what can be: values need not be solutions.
    exists
        Whether whatever is modelled has a solution of this kind, so that a solver that finds none
        where nothing was added has failed.
    equations
        The names of its own constraints that are no matrices.
    hopeless
        What it means if its own incentives contradict each other; by default that a margin is too
        high.
    duals_of
        The name of the rows whose duals are part of the answer; empty if none are.
    linear_forms
        The names of linear or mixed-integer formulations of the same, if this one is nonlinear.
    """

    decode: Callable[[Any], Solution]
    bound: bool = False
    exists: bool = False
    equations: tuple[str, ...] = ()
    hopeless: str = ""
    duals_of: str = ""
    linear_forms: tuple[str, ...] = ()

    def __deepcopy__(self, memo: object) -> Answers:
        """Share the data with a cloned model: nobody changes them."""
        return self


@declare_custom_block(name="AnsweringBlock")
class AnsweringBlockData(BlockData):  # type: ignore[misc] # Pyomo has no types
    """A Pyomo block that also says what its values mean.

    Everything that works on a ``Block`` works here. :meth:`regrets` and :meth:`strategy` look at
    the values of the variables, whoever put them there.
    """

    def remember(self, answers: Any) -> None:
        """Attach the record that the questions below need; see :class:`Answers`.

        An attribute and not ``private_data()``, which stays behind when a rule returns a block; the
        record is shared by clones, so that they cost nothing.
        """
        self._remembered = answers

    def formulation(self) -> Any:
        """Return what was remembered; raise a `GameError` in a part of a formulation."""
        remembered = self.__dict__.get("_remembered")
        if remembered is None:
            raise GameError(f"block {self.name!r} is a part of a formulation; ask the whole block")
        return remembered

    @property
    def is_whole(self) -> bool:
        """Whether this is a formulation, and not a part of one."""
        return self.__dict__.get("_remembered") is not None

    @property
    def is_bound(self) -> bool:
        """Whether the block is a relaxation: optima are bounds, values need not be strategies."""
        return self.is_whole and bool(self.formulation().bound)

    def defined(self, parts: Sequence[tuple[Any, Any]], name: str = "") -> Any:
        """Return a new variable that equals a sum of products of a matrix with one row and `x`.

        It and the row that defines it are named as is said, with a number if there is one of that
        name; or else by how many variables the block has.
        """
        if not name:
            name = f"expected_{sum(1 for _ in self.component_objects(pyo.Var, descend_into=False))}"
        name = distinct([*self.component_map(), name])[-1]
        variable = pyo.Var()
        self.add_component(name, variable)
        less = sparse.csr_array(np.array([[-1.0]]))
        row = MatrixConstraint([*parts, (less, variable)], rhs=0.0, labels=["defined"])
        self.add_component(f"{name}_row", row)
        return variable

    def solution(self) -> Any:
        """Return what the values of the variables stand for, with payoffs and regrets.

        Raises
        ------
        SolverError
            The model has not been solved.
        """
        return self.formulation().decode(self)

    def regrets(self) -> dict[str, float]:
        """Return what each player could gain by deviating, recomputed from what is modelled."""
        regrets: dict[str, float] = self.solution().regrets()
        return regrets

    def strategy(self) -> pd.DataFrame:
        """Return what is done as a table; of a game: player, infoset, action, probability, ..."""
        table: pd.DataFrame = self.solution().strategy()
        return table


AnsweringBlock: Any = globals()["AnsweringBlock"]
"""The component to declare, made by the decorator above: scalar, or indexed like any ``Block``."""
