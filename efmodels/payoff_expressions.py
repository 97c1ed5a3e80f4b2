"""Payoffs as Pyomo expressions in everybody's plans, which products they have in common.

With two players what a sequence earns is linear in the other's plan, and stays a matrix. With more
it is a sum of products of plans, one per terminal, and the same products come back for each player:
each is a named expression, made once and built from a shorter one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Floats
    from efmodels.sequences import SequenceForm

    Factors = tuple[tuple[int, int], ...]


@dataclass(eq=False)
class PlanProducts:
    """Products of the plans of several players, each made once.

    Parameters
    ----------
    block
        Gets the component ``product``, an expression per product of two or more factors.
    plans
        The variables ``x`` of each player, in the order of the game's players.

    Examples
    --------
    >>> m = pyo.ConcreteModel()
    >>> m.x, m.y, m.z = (pyo.Var([0, 1]) for _ in range(3))
    >>> products = PlanProducts(m, [m.x, m.y, m.z])
    >>> print(products.of([1, 1, 1]))
    product[1]
    >>> print(m.product[1].expr, "|", m.product[0].expr, "|", products.of([1, 1, 0]))
    (x[1]*y[1])*z[1] | x[1]*y[1] | product[0]
    """

    block: Any
    plans: Sequence[Any]
    _made: dict[Factors, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Declare the component."""
        self.block.product = pyo.Expression(pyo.Any)

    def of(self, sequences: Sequence[int]) -> Any:
        """Return the product of one sequence per player; empty sequences count as 1."""
        return self._of(tuple((k, q) for k, q in enumerate(sequences) if q))

    def _of(self, factors: Factors) -> Any:
        if not factors:
            return 1.0
        if len(factors) == 1:
            ((player, sequence),) = factors
            return self.plans[player][sequence]
        if factors not in self._made:
            product = self._of(factors[:-1]) * self._of(factors[-1:])
            number = len(self._made)
            self.block.product[number] = product
            self._made[factors] = self.block.product[number]
        return self._made[factors]


def expected_payoff(products: PlanProducts, form: SequenceForm, weights: Floats) -> Any:
    """Return the expectation of a number per tuple of sequences, chance being in the numbers."""
    tuples = form.sequences.tolist()
    return pyo.quicksum(
        [
            weight * products.of(sequences)
            for sequences, weight in zip(tuples, weights.tolist(), strict=True)
            if weight
        ]
    )


def payoffs_of_sequences(
    products: PlanProducts, form: SequenceForm, player: str
) -> Mapping[str, Any]:
    """Return what each sequence of a player earns, as an expression in the others' plans.

    The sum over the terminals with this last sequence of chance, payoff and the others' plans.
    """
    k = form.players.index(player)
    names = form.polytopes[k].names
    terms: dict[int, list[Any]] = {q: [] for q in range(len(names))}
    for sequences, payoff in zip(form.sequences.tolist(), form.payoffs[:, k].tolist(), strict=True):
        if payoff:
            others = [*sequences[:k], 0, *sequences[k + 1 :]]
            terms[sequences[k]].append(payoff * products.of(others))
    return {name: pyo.quicksum(terms[q]) for q, name in enumerate(names)}


def reply_payoff(products: PlanProducts, form: SequenceForm, player: str) -> Any:
    """Return what :func:`~efmodels.blocks.best_response` wants to know of a player's payoffs.

    A matrix and the other's plan in a game of two, else an expression per sequence.
    """
    if len(form.players) != 2:  # noqa: PLR2004 - two players have a matrix
        return payoffs_of_sequences(products, form, player)
    A = form.payoff_matrix(player)
    first = player == form.players[0]
    return [(A.T.tocsr(), products.plans[1]) if first else (A, products.plans[0])]
