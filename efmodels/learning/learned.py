"""What learning is asked, and what it answers: units of accuracy, a log, a certified plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats


@dataclass(frozen=True)
class Ranges:
    """The units in which accuracy is measured.

    Attributes
    ----------
    objective
        Between the least and the largest objective that there can be.
    payoff
        Between the least and the largest payoff of a player.
    """

    objective: float
    payoff: float

    def __post_init__(self) -> None:
        """Take 1 for a range of 0: then everything is exact at once."""
        for name in ("objective", "payoff"):
            given = getattr(self, name)
            if not np.isfinite(given) or given < 0:
                raise GameError(f"the range of the {name} must be at least 0; got {given}")
            object.__setattr__(self, name, given or 1.0)


@dataclass(frozen=True)
class Entry:
    """A line of the log: what was known after a chunk.

    Attributes
    ----------
    iterations
        Done so far, by this member.
    seconds
        Processor time so far, of all members together.
    value, bound
        Of the best pair so far, whoever found it.
    regret
        The largest regret of that pair's plan.
    multiplier
        This member's largest multiplier.
    member
        Whose chunk it was: the name of a method.
    """

    iterations: int
    seconds: float
    value: float
    bound: float
    regret: float
    multiplier: float
    member: str = ""


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned, and what is proved of it.

    Attributes
    ----------
    x
        The leader's plan.
    plans, multipliers
        A plan of each follower, and the multiplier of each incentive constraint, by label: what
        proves the bound, see :func:`efmodels.certificates.certificate`.
    value
        The objective at ``x``.
    bound
        No solution of the problem has a larger objective.
    regrets
        By how much each incentive constraint is violated at ``x``, by label; 0 if it is not.
    status
        ``"solved"``, or what ended it: ``"time limit"``, ``"iteration limit"``, ``"interrupted"``,
        ``"stopped"`` by the callback; ``"polished"`` after :func:`efmodels.polishing.polished`.
    iterations, seconds
        Iterations of all members together, and wall time.
    log
        What was known after each chunk.
    """

    x: Floats
    plans: dict[str, Floats]
    multipliers: dict[str, float]
    value: float
    bound: float
    regrets: dict[str, float]
    status: str
    iterations: int
    seconds: float
    log: tuple[Entry, ...] = field(repr=False)

    def frame(self) -> pd.DataFrame:
        """Return the log as a table."""
        import pandas as pd

        return pd.DataFrame([vars(entry) for entry in self.log])
