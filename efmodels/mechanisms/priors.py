"""Priors over profiles of types: joint arrays, products of marginals, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.assembly import PROBABILITY_TOLERANCE
from efmodels.errors import GameError, SizeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Floats

LARGEST = 5_000_000
"""How many profiles of types a setting may have."""


def product_prior(probabilities: Sequence[ArrayLike]) -> Floats:
    r"""Return the joint distribution of independent types, :math:`\phi(\theta) = \prod_i f_i`.

    Parameters
    ----------
    probabilities
        For each agent the probabilities of her types.

    Returns
    -------
    numpy.ndarray
        Shape ``(types of the first, types of the second, ...)``.

    Raises
    ------
    GameError
        Probabilities are negative, or do not sum to one.
    SizeError
        There are too many profiles.

    Examples
    --------
    >>> product_prior([[0.5, 0.5], [0.25, 0.75]])
    array([[0.125, 0.375],
           [0.125, 0.375]])
    """
    marginals = [
        distribution(f"probabilities[{k}]", given) for k, given in enumerate(probabilities)
    ]
    if not marginals:
        raise GameError("probabilities must have a list for at least one agent; got none")
    require_size(tuple(map(len, marginals)))
    joint = np.ones(())
    for marginal in marginals:
        joint = np.multiply.outer(joint, marginal)
    return joint


def distribution(name: str, given: ArrayLike) -> Floats:
    """Return one agent's probabilities as an array.

    Raises
    ------
    GameError
        They are no list of numbers, negative, or do not sum to one.
    """
    array = numbers(name, given)
    if array.ndim != 1 or not array.size:
        raise GameError(f"{name} has shape {array.shape}; expected a list of probabilities")
    require_probabilities(name, array)
    return array


def joint_prior(given: Any, types: Sequence[Sequence[str]]) -> Floats:
    """Return a joint distribution as an array with an axis per agent.

    Parameters
    ----------
    given
        An array, or a mapping from profiles of types to probabilities, 0 for those left out.
    types
        The types of each agent.

    Raises
    ------
    GameError
        Shapes do not fit, a profile is unknown, or probabilities are negative or do not sum to one.
    """
    shape = tuple(map(len, types))
    require_size(shape)
    if isinstance(given, Mapping):
        array = np.zeros(shape)
        for profile, probability in given.items():
            array[_place(profile, types)] = numbers(f"prior[{profile!r}]", probability)
    else:
        array = numbers("prior", given)
    if array.shape != shape:
        raise GameError(
            f"prior has shape {array.shape}; expected {shape}, an axis for the types of each "
            "agent. For independent types write prior=product_prior(probabilities)"
        )
    require_probabilities("prior", array)
    return array


def _place(profile: Any, types: Sequence[Sequence[str]]) -> tuple[int, ...]:
    if not isinstance(profile, tuple) or len(profile) != len(types):
        raise GameError(
            f"prior has the key {profile!r}; expected a tuple of {len(types)} types, one per agent"
        )
    for own, known in zip(profile, types, strict=True):
        if own not in known:
            raise GameError(f"prior has the key {profile!r}; {own!r} is none of {list(known)}")
    return tuple(known.index(own) for own, known in zip(profile, types, strict=True))


def numbers(name: str, given: Any) -> Floats:
    """Return an array of finite floats.

    Raises
    ------
    GameError
        Something is no number, or lists have different lengths.
    """
    try:
        array = np.array(given, dtype=float)
    except (TypeError, ValueError) as error:
        raise GameError(f"{name} must be numbers, in lists of equal lengths: {error}") from error
    if not np.isfinite(array).all():
        raise GameError(f"{name} has a number that is infinite or none; expected finite numbers")
    return array


def require_probabilities(name: str, array: Floats) -> None:
    """Refuse what is no distribution.

    Raises
    ------
    GameError
        A probability is negative, or they do not sum to one.
    """
    if (array < 0).any():
        place = np.argwhere(array < 0)[0].tolist()
        raise GameError(f"{name}{place} is {array[tuple(place)]:g}; probabilities are not negative")
    total = float(array.sum())
    if abs(total - 1) > PROBABILITY_TOLERANCE:
        raise GameError(f"{name} sums to {total:.12g}; probabilities must sum to one")


def require_size(shape: tuple[int, ...]) -> None:
    """Refuse settings with too many profiles.

    Raises
    ------
    SizeError
        There are more than `LARGEST`.
    """
    if prod(shape) > LARGEST:
        raise SizeError(
            f"{' x '.join(map(str, shape))} types make {prod(shape)} profiles, more than "
            f"{LARGEST}; for one item and independent values take border, whose size is the sum "
            "of the numbers of types"
        )
