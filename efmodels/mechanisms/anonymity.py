"""What stays the same if two agents exchange their types: profiles, outcomes and payments."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.mechanisms.setting import MechanismSetting


@dataclass(frozen=True, eq=False)
class Exchange:
    """What becomes of everything when two agents change places.

    Attributes
    ----------
    profile, outcome, agent
        The number of what each profile, outcome and agent turns into.
    """

    profile: Ints
    outcome: Ints
    agent: Ints


def exchanges(setting: MechanismSetting) -> list[Exchange]:
    """Return the exchanges of neighbours, which make all permutations of the agents.

    Outcomes are matched by what they are worth to everybody; among several that are worth the same
    the first is matched with the first.

    Raises
    ------
    GameError
        Two agents have different types, values depend on the types of others, or an outcome has no
        counterpart.

    Examples
    --------
    >>> from efmodels.mechanisms import single_item
    >>> (swap,) = exchanges(single_item([[1, 2]] * 2, [[0.5, 0.5]] * 2))
    >>> swap.profile.tolist(), swap.outcome.tolist(), swap.agent.tolist()
    ([0, 2, 1, 3], [0, 2, 1], [1, 0])
    """
    if any(values.ndim > 2 for values in setting.values):  # noqa: PLR2004 - types, outcomes
        raise GameError("anonymity needs values that depend on the agent's own type alone")
    return [_exchange(setting, k) for k in range(len(setting.agents) - 1)]


def _exchange(setting: MechanismSetting, first: int) -> Exchange:
    names = setting.agents[first : first + 2]
    if setting.types[first] != setting.types[first + 1]:
        raise GameError(
            f"anonymity needs the same types of all agents; those of {names[0]!r} and {names[1]!r} "
            "differ"
        )
    agent = np.arange(len(setting.agents))
    agent[[first, first + 1]] = first + 1, first
    numbers = np.arange(setting.profiles).reshape(setting.shape)
    profile = numbers.swapaxes(first, first + 1).ravel()
    return Exchange(profile, _outcomes_after(setting, agent), agent)


def _outcomes_after(setting: MechanismSetting, agent: Ints) -> Ints:
    """Return the outcome that is worth to each agent what an outcome was worth to her partner."""
    places: dict[bytes, list[int]] = defaultdict(list)
    for outcome, key in enumerate(_worths(setting, np.arange(len(agent)))):
        places[key.tobytes()].append(outcome)
    after = []
    for outcome, key in enumerate(_worths(setting, agent)):
        if not places[key.tobytes()]:
            pair = [setting.agents[k] for k in np.flatnonzero(agent != np.arange(len(agent)))]
            raise GameError(
                f"anonymity: no outcome is to {pair[0]!r} what {setting.outcomes[outcome]!r} is to "
                f"{pair[1]!r}, and the other way round"
            )
        after.append(places[key.tobytes()].pop(0))
    return np.array(after)


def _worths(setting: MechanismSetting, agent: Ints) -> Floats:
    """Return a row per outcome: what it is worth to all types of all, and their items."""
    columns = [np.vstack([setting.values[k], setting.units[k]]) for k in agent.tolist()]
    return np.ascontiguousarray(np.vstack(columns).T) + 0.0  # no negative zero
