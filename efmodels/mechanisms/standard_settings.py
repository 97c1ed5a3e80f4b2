"""The settings of the textbooks: one item, several items, bilateral trade, public decisions."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.mechanisms.independent_bidders import number_label, possible_values
from efmodels.mechanisms.priors import numbers, product_prior
from efmodels.mechanisms.setting import MechanismSetting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.mechanisms.independent_bidders import IndependentBidders


def single_item(
    values: Sequence[ArrayLike],
    probabilities: Sequence[ArrayLike] | None = None,
    *,
    prior: Any = None,
) -> MechanismSetting:
    """Return the sale of one item: who wins it gets her value, the others nothing.

    Parameters
    ----------
    values
        For each bidder the values that she may have.
    probabilities
        For each bidder how likely they are, if values are independent.
    prior
        The joint prior instead; see :class:`MechanismSetting`.

    Raises
    ------
    GameError
        Both or none of probabilities and prior are given, or they do not fit.

    Examples
    --------
    >>> setting = single_item([[1, 2], [1, 2]], prior=[[0.4, 0.1], [0.1, 0.4]])
    >>> setting.outcomes, setting.types[0]
    (('nobody wins', 'B1 wins', 'B2 wins'), ('1', '2'))
    """
    lists = [possible_values(f"values[{k}]", own) for k, own in enumerate(values)]
    bidders = _numbered("B", len(lists))
    units = np.eye(len(lists), len(lists) + 1, k=1)
    return MechanismSetting(
        types=[list(map(number_label, own.tolist())) for own in lists],
        outcomes=["nobody wins", *(f"{bidder} wins" for bidder in bidders)],
        values=[np.multiply.outer(own, units[k]) for k, own in enumerate(lists)],
        prior=_prior(probabilities, prior),
        units=units,
        agents=bidders,
    )


def sale_to(bidders: IndependentBidders) -> MechanismSetting:
    """Return the sale of one item to independent bidders, with all profiles of their types.

    Examples
    --------
    >>> from efmodels.mechanisms import IndependentBidders
    >>> sale_to(IndependentBidders([[1, 3], [2]], [[0.5, 0.5], [1]])).prior
    array([[0.5],
           [0.5]])
    """
    plain = single_item(bidders.values, bidders.probabilities)
    return MechanismSetting(
        types=plain.types,
        outcomes=["nobody wins", *(f"{bidder} wins" for bidder in bidders.bidders)],
        values=plain.values,
        prior=plain.prior,
        units=plain.units,
        agents=bidders.bidders,
    )


def several_items(
    types: Sequence[Sequence[ArrayLike]],
    probabilities: Sequence[ArrayLike] | None = None,
    *,
    prior: Any = None,
) -> MechanismSetting:
    r"""Return the sale of several items to bidders to whom sets are worth the sum of their items.

    An outcome gives each item to a bidder or to nobody: with :math:`n` bidders and :math:`m` items
    there are :math:`(n + 1)^m`.

    Parameters
    ----------
    types
        For each bidder her types, each a list of values, one per item.
    probabilities
        For each bidder how likely her types are, if types are independent.
    prior
        The joint prior instead.

    Raises
    ------
    GameError
        The numbers of items differ, or both or none of probabilities and prior are given.

    Examples
    --------
    >>> setting = several_items([[[1, 1], [1, 2], [2, 1], [2, 2]]], [[0.25] * 4])
    >>> setting.outcomes, setting.types[0][1]
    (('unsold+unsold', 'unsold+B1', 'B1+unsold', 'B1+B1'), '1+2')
    """
    lists = [numbers(f"types[{k}]", own) for k, own in enumerate(types)]
    wrong = [own.shape for own in lists if own.ndim != 2 or own.shape[1] != lists[0].shape[1]]  # noqa: PLR2004 - types, items
    if wrong:
        raise GameError(
            f"a bidder's types have shape {wrong[0]}; expected a list of types, each of them a "
            "value for each item, equally many items for all bidders"
        )
    owners = ["unsold", *_numbered("B", len(lists))]
    ways = np.array(list(product(range(len(owners)), repeat=lists[0].shape[1])))
    gets = [(ways == k + 1).astype(float) for k in range(len(lists))]
    return MechanismSetting(
        types=[["+".join(map(number_label, row)) for row in own.tolist()] for own in lists],
        outcomes=["+".join(owners[k] for k in way) for way in ways.tolist()],
        values=[own @ mine.T for own, mine in zip(lists, gets, strict=True)],
        prior=_prior(probabilities, prior),
        units=[mine.sum(axis=1) for mine in gets],
        agents=owners[1:],
    )


def bilateral_trade(
    costs: ArrayLike,
    values: ArrayLike,
    probabilities: Sequence[ArrayLike] | None = None,
    *,
    prior: Any = None,
) -> MechanismSetting:
    """Return a trade between a seller, who bears a cost, and a buyer, who gets a value.

    Parameters
    ----------
    costs, values
        What the seller and the buyer may have.
    probabilities
        Of the costs and of the values, if these are independent.
    prior
        The joint prior instead.

    Raises
    ------
    GameError
        Both or none of probabilities and prior are given, or they do not fit.

    Examples
    --------
    >>> setting = bilateral_trade([0, 2], [1, 3], [[0.5, 0.5], [0.5, 0.5]])
    >>> setting.agents, setting.worth(0)[:, 1].tolist(), setting.worth(1)[:, 1].tolist()
    (('Seller', 'Buyer'), [-0.0, -0.0, -2.0, -2.0], [1.0, 3.0, 1.0, 3.0])
    """
    lists = [possible_values("costs", costs), possible_values("values", values)]
    traded = np.array([0.0, 1.0])
    return MechanismSetting(
        types=[list(map(number_label, own.tolist())) for own in lists],
        outcomes=["no trade", "trade"],
        values=[np.multiply.outer(-lists[0], traded), np.multiply.outer(lists[1], traded)],
        prior=_prior(probabilities, prior),
        units=[np.zeros(2), traded],
        agents=["Seller", "Buyer"],
    )


def public_decision(
    values: Sequence[ArrayLike],
    probabilities: Sequence[ArrayLike] | None = None,
    *,
    prior: Any = None,
    outcomes: Sequence[str] | None = None,
) -> MechanismSetting:
    """Return a decision that concerns all: everybody has a value for each outcome.

    Types are called ``T1``, ``T2``, ..., and outcomes ``O1``, ``O2``, ... unless they are named.

    Parameters
    ----------
    values
        For each agent an array of shape ``(her types, outcomes)``.
    probabilities
        For each agent how likely her types are, if types are independent.
    prior
        The joint prior instead.
    outcomes
        Labels.

    Raises
    ------
    GameError
        Shapes do not fit, or both or none of probabilities and prior are given.

    Examples
    --------
    >>> setting = public_decision(
    ...     [[[0, 3], [0, -1]]], [[0.5, 0.5]], outcomes=["no bridge", "bridge"]
    ... )
    >>> setting.types
    (('T1', 'T2'),)
    """
    lists = [numbers(f"values[{k}]", own) for k, own in enumerate(values)]
    wrong = [own.shape for own in lists if own.ndim != 2]  # noqa: PLR2004 - types, outcomes
    if wrong or not lists:
        raise GameError("values must have an array for each agent, her types by the outcomes")
    return MechanismSetting(
        types=[_numbered("T", len(own)) for own in lists],
        outcomes=_numbered("O", lists[0].shape[1]) if outcomes is None else outcomes,
        values=lists,
        prior=_prior(probabilities, prior),
        agents=_numbered("A", len(lists)),
    )


def _numbered(letter: str, count: int) -> list[str]:
    return [f"{letter}{k + 1}" for k in range(count)]


def _prior(probabilities: Sequence[ArrayLike] | None, prior: Any) -> Floats | Any:
    if (probabilities is None) == (prior is None):
        raise GameError(
            "give either probabilities, one list per agent, for independent types, or the joint "
            "prior"
        )
    return prior if probabilities is None else product_prior(probabilities)
