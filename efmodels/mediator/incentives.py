"""What a mechanism owes its participants: why they tell the truth, and why they take part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Literal

from efmodels.builder import number_of
from efmodels.errors import GameError
from efmodels.mediator.concept import COMMUNICATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number
    from efmodels.mediator.concept import Concept

TRUTHS = ("bayesian", "dominant")
PARTICIPATIONS = ("none", "interim", "ex post")


@dataclass(frozen=True)
class Incentives:
    """What a mechanism owes its participants.

    Parameters
    ----------
    truth
        ``"bayesian"``: to report the truth and to obey is best on average over what chance has told
        the others. ``"dominant"``: it is best whatever chance has drawn so far, even for somebody
        who knows it all.
    participation
        ``"none"``: nobody is asked. ``"interim"``: whoever has learnt her type, that is, comes to
        an infoset for the first time, expects at least the outside payoff. ``"ex post"``: so does
        everybody when the game is over, given all that was reported and done, before the money is
        drawn.
    outside
        The payoff of those who do not take part: a number, or one per player, by label, with 0 for
        those who are not named.

    Raises
    ------
    GameError
        A value is none of these, or an outside payoff is no finite number, or nobody is asked
        whether she takes part.

    Examples
    --------
    >>> Incentives("dominant", "ex post").concept.spies
    'chance'
    >>> Incentives("honest")
    Traceback (most recent call last):
    efmodels.errors.GameError: truth must be one of 'bayesian', 'dominant'; got 'honest'
    """

    truth: Literal["bayesian", "dominant"] = "bayesian"
    participation: Literal["none", "interim", "ex post"] = "none"
    outside: Number | str | Mapping[str, Number | str] = 0

    def __post_init__(self) -> None:
        """Check what was given."""
        choices = {"truth": TRUTHS, "participation": PARTICIPATIONS}
        for name, allowed in choices.items():
            given = getattr(self, name)
            if given not in allowed:
                raise GameError(
                    f"{name} must be one of {', '.join(map(repr, allowed))}; got {given!r}"
                )
        outside = self.outside
        payoffs = list(outside.values()) if isinstance(outside, Mapping) else [outside]
        numbers = [number_of(payoff) for payoff in payoffs]
        if not all(map(isfinite, numbers)):
            raise GameError(f"outside payoffs must be finite; got {self.outside!r}")
        if self.participation == "none" and any(numbers):
            raise GameError(
                f"outside is {self.outside!r}, but nobody is asked whether she takes part: give "
                "participation='interim' or 'ex post'"
            )

    @property
    def concept(self) -> Concept:
        """The switches of a mediator: all report to one who recalls, and may lie and disobey."""
        if self.truth == "dominant":
            return replace(COMMUNICATION, spies="chance")
        return COMMUNICATION

    def require_known(self, players: Sequence[str]) -> None:
        """Refuse an outside payoff of somebody who is not there.

        Raises
        ------
        GameError
            A label is unknown.
        """
        named = self.outside if isinstance(self.outside, Mapping) else {}
        for player in named:
            if player not in players:
                known = ", ".join(map(repr, players))
                raise GameError(f"outside: no player is called {player!r}; the labels are {known}")

    def outside_of(self, player: str) -> float:
        """Return the outside payoff of a player."""
        if isinstance(self.outside, Mapping):
            return float(number_of(self.outside.get(player, 0)))
        return float(number_of(self.outside))
