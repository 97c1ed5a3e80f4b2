"""What the blocks of first-price pacing have in common: names, prices above bids, and the answer.

The dual of the quasi-linear Eisenberg-Gale program, over multipliers and prices, stands in two of
them: with a logarithm, and with tangents in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock, Answers
from efmodels.errors import ModelError, SolverError
from efmodels.markets.first_price import CLEARANCE, first_price_outcome, least_multipliers
from efmodels.markets.pacing_markets import entries_of, require_pacing_market
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.names import distinct, model_name
from efmodels.pyomo_internals import LinearExpression, VariablesOnDemand, variables_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.game import Floats, Ints
    from efmodels.markets import Market
    from efmodels.markets.first_price import FirstPriceOutcome

WITHOUT_LOGARITHMS = ("fppe_tangents", "fppe_mip")
"""Formulations of first-price pacing equilibria that are linear or mixed-integer."""


@dataclass(frozen=True, eq=False)
class PacingEntries:
    """The positive values of a market one by one, and names for everything.

    Attributes
    ----------
    market
        The market.
    bidder, good, value
        Of each positive value, in the order of ``market.positive_values``.
    bidders, goods, pairs
        Names for variables and rows.
    """

    market: Market
    bidder: Ints
    good: Ints
    value: Floats
    bidders: tuple[str, ...]
    goods: tuple[str, ...]
    pairs: tuple[str, ...]

    @classmethod
    def of(cls, market: Market, asked_by: str) -> PacingEntries:
        """Read a market.

        Raises
        ------
        GameError
            A bidder has no budget, or nobody values a good.
        """
        require_pacing_market(market, asked_by)
        bidder, good, value = entries_of(market)
        bidders = distinct(map(model_name, market.bidders))
        goods = distinct(map(model_name, market.goods))
        pairs = zip(bidder.tolist(), good.tolist(), strict=True)
        return cls(
            *(market, bidder, good, value, bidders, goods),
            distinct(f"{bidders[i]}_{goods[j]}" for i, j in pairs),
        )

    def by_bidder(self, weights: Floats | float = 1.0) -> sparse.csr_array:
        """Return the matrix with a row per value and a column per bidder."""
        return self._picked(self.bidder, weights, len(self.bidders))

    def by_good(self, weights: Floats | float = 1.0) -> sparse.csr_array:
        """Return the matrix with a row per value and a column per good."""
        return self._picked(self.good, weights, len(self.goods))

    def _picked(self, column: Ints, weights: Floats | float, columns: int) -> sparse.csr_array:
        rows = len(self.value)
        data = np.array(np.broadcast_to(weights, (rows,)), dtype=float)
        return sparse.csr_array((data, column, np.arange(rows + 1)), shape=(rows, columns))


def multipliers_and_prices(entries: PacingEntries) -> AnsweringBlockData:
    """Return a block with multipliers, prices, and the rows that no bid is above the price."""
    market = entries.market
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    block.alpha = MatrixVar(
        len(entries.bidders),
        labels=entries.bidders,
        bounds=(CLEARANCE * least_multipliers(market), 1.0),
    )
    block.price = MatrixVar(
        len(entries.goods), labels=entries.goods, bounds=(market.reserves, None)
    )
    block.bid = MatrixConstraint(
        [(entries.by_bidder(entries.value), block.alpha), (-entries.by_good(), block.price)],
        ub=0.0,
        labels=entries.pairs,
    )
    return block


def weighted(weights: Floats, variables: Any) -> Any:
    """Return a weighted sum of all variables of a `MatrixVar`."""
    return LinearExpression(
        linear_coefs=weights.tolist(),
        linear_vars=[variables[k] for k in range(variables.size)],
    )


def solved(variables: Any) -> Floats:
    """Return the values of a `MatrixVar`.

    Raises
    ------
    SolverError
        One has none.
    """
    values: Floats = variables.array()
    if np.isnan(values).any():
        raise SolverError(
            f"{variables.name!r} has no values yet: solve the model first",
            status="not solved",
            solver="",
        )
    return values


def answer_with(
    block: AnsweringBlockData,
    market: Market,
    read: Callable[..., Any],
    *,
    duals_of: str = "",
    linear_forms: tuple[str, ...] = (),
) -> None:
    """Let a block of an Eisenberg-Gale program answer with multipliers and units.

    Parameters
    ----------
    block
        The formulation.
    market
        Its market.
    read
        From the block and the market to multipliers and units.
    duals_of
        The rows whose duals ``read`` asks for.
    linear_forms
        Formulations of the same without logarithms.
    """
    decode = partial(_outcome, market=market, read=read)
    block.remember(Answers(decode, exists=True, duals_of=duals_of, linear_forms=linear_forms))


def _outcome(
    block: AnsweringBlockData, *, market: Market, read: Callable[..., tuple[Floats, Floats]]
) -> FirstPriceOutcome:
    refuse_changes(block)
    return first_price_outcome(market, *read(block, market))


def from_row_duals(block: AnsweringBlockData, market: Market) -> tuple[Floats, Floats]:  # noqa: ARG001 - one shape for all
    """Read multipliers, and units as the multipliers of ``bid``, whichever way it was optimised."""
    return np.clip(solved(block.alpha), 0.0, 1.0), np.abs(block.bid.dual_array())


def refuse_changes(block: AnsweringBlockData) -> None:
    """Refuse to read an Eisenberg-Gale program that somebody has added to.

    Raises
    ------
    ModelError
        A row outside of the block has one of its variables, one of its own rows is not active, or a
        bound or a variable has been changed.
    """
    found = next(_changes(block), None)
    if found is None:
        return
    raise ModelError(
        f"{found}, so that the optimum of {block.name!r} is an equilibrium of another market, with "
        "a personal price beside each price, and no first-price pacing equilibrium. Reserves, "
        "supplies, budgets and excluded pairs are data of the market; with anything else compose "
        "the block fppe_mip, whose feasible points are the equilibria. What only measures is an "
        "Expression"
    )


def _changes(block: AnsweringBlockData) -> Iterator[str]:
    """Yield what makes the program another one."""
    own = {id(part) for part in block.component_objects((pyo.Var, pyo.Constraint))}
    for variables in block.component_objects(pyo.Var):
        if any(map(np.any, _moved(variables))):
            yield f"bounds or values of {variables.name!r} were set"
    for rows in block.component_objects(pyo.Constraint):
        if not rows.matrix_array().all():
            yield f"rows of {rows.name!r} are not active"
    for rows in block.model().component_objects(pyo.Constraint, active=True):
        if id(rows) not in own and any(id(variables) in own for variables in _variables_of(rows)):
            yield f"{rows.name!r} has variables of the block"


def _moved(variables: MatrixVar) -> tuple[Any, ...]:
    """Return, for each variable, whether it is fixed or has other bounds than at first."""
    least, most = variables.declared_arrays()
    return (
        variables.fixed_array(),
        variables.lower_array() != least,
        variables.upper_array() != most,
    )


def _variables_of(rows: Any) -> Iterable[Any]:
    """Yield the components whose variables stand in the rows of a constraint."""
    if isinstance(rows, MatrixConstraint) and rows.is_matrix_rows:
        for part in rows.parts:
            if isinstance(part.variables, VariablesOnDemand):
                yield part.variables
            else:
                yield from (variable.parent_component() for variable in part.variables)
        return
    for row in rows.values():
        if row.active:
            yield from (variable.parent_component() for variable in variables_in(row.body))
