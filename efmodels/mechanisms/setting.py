"""What a mechanism is designed for: agents, their types, outcomes, values and the prior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.mechanisms.priors import joint_prior, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False, repr=False)
class MechanismSetting:
    r"""Agents with private types, outcomes, what outcomes are worth, and the prior.

    Agent :math:`i` has a type :math:`\theta_i \in T_i`. Profiles of types are drawn from the joint
    prior :math:`\phi`, correlated or not, and an outcome :math:`o` is worth
    :math:`v_i(\theta, o)` to her, in money. Profiles are numbered as in an array with an axis per
    agent, the last one fastest.

    Parameters
    ----------
    types
        For each agent the labels of her types.
    outcomes
        The labels of the outcomes.
    values
        For each agent an array of shape ``(her types, outcomes)``, or, if the types of others
        matter to her, with an axis for each agent's types and one for the outcomes.
    prior
        Array with an axis per agent, or a mapping from tuples of types to probabilities, 0 for
        those left out; see :func:`product_prior`.
    units
        How many items each agent gets in each outcome, shape ``(agents, outcomes)``; none by
        default. Reserve prices and payments of winners refer to it.
    agents
        Labels; ``A1``, ``A2``, ... by default.

    Raises
    ------
    GameError
        The prior does not sum to one or has negative entries, a label stands twice, or shapes do
        not fit.
    SizeError
        There are too many profiles.

    Examples
    --------
    >>> setting = MechanismSetting(
    ...     types=[["low", "high"], ["low", "high"]],
    ...     outcomes=["bridge", "no bridge"],
    ...     values=[[[1, 0], [4, 0]], [[-2, 0], [3, 0]]],
    ...     prior={("low", "low"): 0.5, ("high", "high"): 0.5},
    ... )
    >>> setting
    MechanismSetting(agents=2, profiles=4, outcomes=2)
    >>> setting.worth(0).tolist()
    [[1.0, 0.0], [1.0, 0.0], [4.0, 0.0], [4.0, 0.0]]
    >>> setting.profile_labels[1]
    'low, high'
    """

    types: Any
    outcomes: Any
    values: Any
    prior: Any
    units: Any = None
    agents: Any = ()

    def __post_init__(self) -> None:
        """Check what was given, and keep arrays that nobody changes."""
        types = tuple(
            _labels(f"types[{k}]", own) for k, own in enumerate(_listed("types", self.types))
        )
        if not types:
            raise GameError("types must have a list for at least one agent; got none")
        outcomes = _labels("outcomes", self.outcomes)
        agents = tuple(f"A{k + 1}" for k in range(len(types)))
        if len(self.agents):
            agents = _labels("agents", self.agents)
        if len(agents) != len(types):
            raise GameError(f"agents has {len(agents)} labels; types has {len(types)} agents")
        prior = joint_prior(self.prior, types)
        values = _values(self.values, prior.shape, len(outcomes))
        units = np.zeros((len(types), len(outcomes)))
        if self.units is not None:
            units = numbers("units", self.units)
        if units.shape != (len(types), len(outcomes)) or (units < 0).any():
            raise GameError(
                f"units has shape {units.shape}; expected ({len(types)}, {len(outcomes)}), "
                "numbers that are not negative"
            )
        for name, given in (
            *(("types", types), ("outcomes", outcomes), ("agents", agents), ("values", values)),
            *(("prior", read_only(prior)), ("units", read_only(units))),
        ):
            object.__setattr__(self, name, given)

    def require_units(self, asked_by: str) -> None:
        """Refuse to speak of winners where nobody ever gets an item.

        Raises
        ------
        GameError
            All ``units`` are zero.
        """
        if not self.units.any():
            raise GameError(
                f"{asked_by} asks who wins, and in this setting nobody gets any item: give "
                "units=..., how many each agent gets in each outcome"
            )

    def __repr__(self) -> str:
        """Return the sizes."""
        sizes = f"agents={len(self.agents)}, profiles={self.profiles}"
        return f"MechanismSetting({sizes}, outcomes={len(self.outcomes)})"

    # Profiles ----------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of types of each agent."""
        return tuple(map(len, self.types))

    @property
    def profiles(self) -> int:
        """The number of profiles of types."""
        return prod(self.shape)

    @cached_property
    def probability(self) -> Floats:
        """The probability of each profile, shape ``(profiles,)``."""
        return read_only(self.prior.ravel())

    @cached_property
    def own_type(self) -> Ints:
        """The number of each agent's type in each profile, shape ``(agents, profiles)``."""
        return read_only(np.indices(self.shape).reshape(len(self.shape), -1))

    @cached_property
    def profile_labels(self) -> tuple[str, ...]:
        """The types of all in each profile, separated by commas."""
        columns = [
            [own[k] for k in numbers]
            for own, numbers in zip(self.types, self.own_type.tolist(), strict=True)
        ]
        return tuple(map(", ".join, zip(*columns, strict=True)))

    def type_probability(self, agent: int) -> Floats:
        """Return the probability of each type of an agent, shape ``(her types,)``."""
        others = tuple(k for k in range(len(self.shape)) if k != agent)
        marginal: Floats = self.prior.sum(axis=others)
        return marginal

    def after_report(self, agent: int) -> Ints:
        """Return the profile that is reported if an agent says another type.

        Returns
        -------
        ndarray
            Shape ``(profiles, her types)``.
        """
        stride = prod(self.shape[agent + 1 :])
        change = np.arange(self.shape[agent]) - self.own_type[agent][:, None]
        reported: Ints = np.arange(self.profiles)[:, None] + stride * change
        return reported

    # Values ------------------------------------------------------------------------------------

    def worth(self, agent: int) -> Floats:
        """Return what outcomes are worth to an agent, shape ``(profiles, outcomes)``."""
        values = self.values[agent]
        if values.ndim == 2 and len(self.shape) > 1:  # noqa: PLR2004 - her types, outcomes
            values = values[self.own_type[agent]]
        worth: Floats = values.reshape(self.profiles, -1)
        return worth

    def numbers_by_agent(self, name: str, given: Any) -> Floats:
        """Return a number per agent: one for all, a list, or a mapping by label that names all.

        Raises
        ------
        GameError
            A label is unknown or missing, or there are too many numbers or too few.
        """
        return by_label(name, given, self.agents)


def by_label(name: str, given: Any, agents: Sequence[str]) -> Floats:
    """Return a number per agent: one for all, a list in their order, or a mapping by label.

    Infinite ones are allowed.

    Raises
    ------
    GameError
        A label is unknown or missing, or there are too many numbers or too few.

    Examples
    --------
    >>> by_label("budgets", {"B1": 1, "B2": 2}, ("B1", "B2"))
    array([1., 2.])
    """
    if hasattr(given, "keys"):
        unknown = [str(label) for label in given if label not in agents]
        missing = [agent for agent in agents if agent not in given]
        if unknown or missing:
            what = f"{unknown[0]!r} is unknown" if unknown else f"{missing[0]!r} is missing"
            raise GameError(
                f"{name} is matched by label, and {what}; the labels are "
                f"{', '.join(map(repr, agents))}, and each needs a number"
            )
        given = [given[agent] for agent in agents]
    try:
        array = np.array(given, dtype=float)
    except (TypeError, ValueError) as error:
        raise GameError(f"{name} must be numbers: {error}") from error
    if array.ndim and array.shape != (len(agents),):
        raise GameError(f"{name} has shape {array.shape}; there are {len(agents)} agents")
    if np.isnan(array).any():
        raise GameError(f"{name} has a number that is none (nan)")
    return np.array(np.broadcast_to(array, (len(agents),)))


def _listed(name: str, given: Any) -> list[Any]:
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise GameError(f"{name} is {given!r}; expected a list")
    return list(given)


def _labels(name: str, given: Any) -> tuple[str, ...]:
    labels = tuple(map(str, _listed(name, given)))
    if not labels:
        raise GameError(f"{name} is empty; expected at least one label")
    if len(set(labels)) < len(labels):
        again = next(label for k, label in enumerate(labels) if label in labels[:k])
        raise GameError(f"{name} has {again!r} twice; labels must differ")
    return labels


def _values(given: Any, shape: tuple[int, ...], outcomes: int) -> tuple[Floats, ...]:
    arrays = [numbers(f"values[{k}]", own) for k, own in enumerate(_listed("values", given))]
    if len(arrays) != len(shape):
        raise GameError(f"values has {len(arrays)} arrays; there are {len(shape)} agents")
    for k, array in enumerate(arrays):
        if array.shape not in {(shape[k], outcomes), (*shape, outcomes)}:
            raise GameError(
                f"values[{k}] has shape {array.shape}; expected ({shape[k]}, {outcomes}), her "
                f"types and the outcomes, or {(*shape, outcomes)}, the types of all and the "
                "outcomes"
            )
    return tuple(map(read_only, arrays))
