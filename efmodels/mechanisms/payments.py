"""Who may be asked to pay in a direct mechanism, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal

import numpy as np

from efmodels.errors import GameError
from efmodels.mechanisms.setting import by_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Floats, Number

RULES = ("free", "winner pays", "none")


@dataclass(frozen=True)
class Payments:
    r"""Who may be asked to pay, and how much.

    Parameters
    ----------
    rule
        ``"free"``: everybody, winner or not, and she can be paid as well. ``"winner pays"``: at
        least nothing, and only who gets an item, :math:`0 \le t_i \le m_i \Pr[i \text{ wins}]`.
        ``"none"``: there is no money.
    most
        The most :math:`m_i` that each can pay: a number, or one per agent, in a list or by label.
        By default the most that an outcome can be worth to her, if winners pay; and no bound, if
        payments are free. Free payments of which neither this nor participation is a bound are
        refused, since revenue is without limit then; ``most=math.inf`` says that rows of your own
        will be the bound.

    Raises
    ------
    GameError
        The rule is none of these, or ``most`` is given where there is no money.

    Examples
    --------
    >>> Payments("winner pays", most=2)
    Payments(rule='winner pays', most=2)
    >>> Payments("gifts")
    Traceback (most recent call last):
    efmodels.errors.GameError: rule must be one of 'free', 'winner pays', 'none'; got 'gifts'
    """

    rule: Literal["free", "winner pays", "none"] = "free"
    most: Number | Sequence[Number] | Mapping[str, Number] | None = None

    def __post_init__(self) -> None:
        """Check what was given."""
        if self.rule not in RULES:
            allowed = ", ".join(map(repr, RULES))
            raise GameError(f"rule must be one of {allowed}; got {self.rule!r}")
        if self.rule == "none" and self.most is not None:
            raise GameError(f"most is {self.most!r}, but nobody pays: leave it out")

    def most_of(self, agents: Sequence[str], largest: Floats) -> Floats:
        """Return the most that each agent can pay, shape ``(agents,)``.

        Parameters
        ----------
        agents
            Their labels.
        largest
            The most that an outcome can be worth to each.

        Raises
        ------
        GameError
            Labels or lengths do not fit, or winners have no finite bound.
        """
        if self.most is not None:
            most = by_label("most", self.most, agents)
        elif self.rule == "winner pays":
            most = np.maximum(largest, 0.0)
        else:
            most = np.full(len(agents), inf)
        if self.rule == "winner pays" and not (np.isfinite(most) & (most >= 0)).all():
            odd = most[~(np.isfinite(most) & (most >= 0))][0]
            raise GameError(f"most is {odd:g}; where winners pay it must be finite, at least 0")
        return most

    def require_bounded(self, asked_by: str, participation: str) -> None:
        """Refuse free payments that nothing limits.

        Raises
        ------
        GameError
            Nobody is asked whether she takes part, payments are free, and nothing was said of how
            much they may be.
        """
        if self.rule == "free" and self.most is None and participation == "none":
            raise GameError(
                f"{asked_by} with free payments and participation='none' has no limit on revenue "
                "(an unbounded linear program): give Incentives(participation='interim') or 'ex "
                "post', or Payments(most=...); most=math.inf if rows of your own limit payments"
            )
