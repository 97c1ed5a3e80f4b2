"""What the families of random markets have in common: uniform numbers and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from efmodels.instances.exact_numbers import number
from efmodels.instances.parameters import integer
from efmodels.markets import Market

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.game import Floats


class MarketParameters(NamedTuple):
    """What all families of random markets are made from."""

    bidders: int
    goods: int
    budget_scale: float
    seed: int


def market_parameters(bidders: Any, goods: Any, budget_scale: Any, seed: Any) -> MarketParameters:
    """Read the parameters that all families have.

    Raises
    ------
    GameError
        One of them is out of its range.

    Examples
    --------
    >>> market_parameters(2, 3, 1, 0)
    MarketParameters(bidders=2, goods=3, budget_scale=1.0, seed=0)
    """
    return MarketParameters(
        bidders=integer("bidders", bidders, minimum=1),
        goods=integer("goods", goods, minimum=1),
        budget_scale=float(number("budget_scale", budget_scale, above=0)),
        seed=integer("seed", seed, minimum=0),
    )


def positive_uniform(rng: np.random.Generator, size: int) -> Floats:
    """Draw from the uniform distribution on ``(0, 1]``: nothing is zero."""
    return 1.0 - rng.random(size)


def market_with_budgets(
    rng: np.random.Generator,
    values: sparse.csr_array,
    *,
    rivals: int,
    budget_scale: float,
    title: str,
) -> Market:
    r"""Return the market with budgets :math:`B_i = \kappa U_i \sum_j v_{ij} / k`.

    :math:`U_i` is uniform on ``(0, 1]``, :math:`\kappa` is ``budget_scale``, and :math:`k` is
    ``rivals``, the number of bidders among whom a good is divided in thought.
    """
    totals = np.asarray(values.sum(axis=1)).ravel()
    budgets = budget_scale * positive_uniform(rng, len(totals)) * totals / rivals
    return Market(values=values, budgets=budgets, title=title)
