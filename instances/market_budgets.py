"""What the families of random markets have in common: uniform numbers and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.instances.parameters import require_at_least, require_real
from efmodels.markets import Market

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.game import Floats


def require_market_parameters(*, bidders: int, goods: int, budget_scale: float, seed: int) -> None:
    """Raise a :class:`~efmodels.errors.GameError` that names what is out of its range."""
    require_at_least(1, bidders=bidders, goods=goods)
    require_at_least(0, seed=seed)
    require_real("0 < budget_scale < infinity", _positive, budget_scale=budget_scale)


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


def _positive(number: float) -> bool:
    return 0 < number < np.inf
