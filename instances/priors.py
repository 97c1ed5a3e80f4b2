"""Joint distributions of private types, from what a user gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from efmodels.errors import GameError
from efmodels.instances.exact_numbers import distribution, numbers
from efmodels.instances.parameters import members

if TYPE_CHECKING:
    from efmodels.game import Number

    Profile = tuple[Number, ...]
    Prior = (
        Sequence[Sequence[Number | str]] | Mapping[tuple[Number | str, ...], Number | str] | None
    )


def joint_prior(
    types: tuple[tuple[Number, ...], ...], prior: Prior, name: str = "prior"
) -> dict[Profile, Number]:
    """Return the probability of each profile of types that has one.

    Parameters
    ----------
    types
        The possible types of each player.
    prior
        ``None``: all profiles are equally likely. A list of probabilities per player: types are
        independent. A mapping from profiles of types to probabilities: what it does not mention has
        probability 0.
    name
        What the parameter is called in messages.

    Raises
    ------
    GameError
        Probabilities do not sum to one, or a profile is none of the types.

    Examples
    --------
    >>> joint_prior(((1, 2), (1,)), [["1/4", "3/4"], [1]])
    {(1, 1): Fraction(1, 4), (2, 1): Fraction(3, 4)}
    >>> joint_prior(((1, 2), (1, 2)), {(1, 1): "1/2", (2, 2): "1/2"})
    {(1, 1): Fraction(1, 2), (2, 2): Fraction(1, 2)}
    """
    profiles = list(product(*types))
    if prior is None:
        weights: dict[Profile, Number] = dict.fromkeys(profiles, Fraction(1, len(profiles)))
    elif isinstance(prior, Mapping):
        weights = _given_jointly(profiles, prior, name)
    else:
        marginals = _marginals(types, prior, name)
        weights = {
            profile: prod(p[mine] for p, mine in zip(marginals, profile, strict=True))
            for profile in profiles
        }
    return {profile: probability for profile, probability in weights.items() if probability}


def _marginals(
    types: tuple[tuple[Number, ...], ...], prior: Any, name: str
) -> list[dict[Number, Number]]:
    """Return the distribution of each player's type."""
    rows = members(name, prior)
    if len(rows) != len(types):
        raise GameError(
            f"{name} must have {len(types)} lists of probabilities, one per player; got {len(rows)}"
        )
    return [
        dict(zip(mine, distribution(f"{name}[{k}]", row, len(mine)), strict=True))
        for k, (mine, row) in enumerate(zip(types, rows, strict=True))
    ]


def _given_jointly(
    profiles: list[Profile], prior: Mapping[Any, Any], name: str
) -> dict[Profile, Number]:
    """Return the probabilities of a mapping, in the order of the profiles."""
    read = {numbers(f"a key of {name}", profile): p for profile, p in prior.items()}
    unknown = [profile for profile in read if profile not in profiles]
    if unknown or len(read) < len(prior):
        shown = ", ".join(map(str, unknown[0])) if unknown else ""
        wrong = f"({shown}) is none" if unknown else "one is there twice"
        raise GameError(
            f"the keys of {name} must be profiles of types, one type per player, each once; {wrong}"
        )
    return dict(zip(read, distribution(name, list(read.values()), len(read)), strict=True))
