"""What tells the mediated concepts apart: who knows what, who may say what, who may do what.

A mediated equilibrium is a game with one more party: a mediator, who hears reports and gives
recommendations. Every concept here is one choice of a few switches.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_type_hints

from efmodels.errors import GameError


@dataclass(frozen=True)
class Concept:
    """A mediated solution concept.

    Parameters
    ----------
    memory
        ``"private"``: the mediator is a team, an agent for each player; the agents share what is
        drawn at the start and nothing else. ``"recall"``: one agent that remembers every message.
    report
        What a player who deviates may say when she moves. ``"forced"``: the truth, told for her;
        ``"silent"``: the truth or nothing; ``"lie"``: any of her infosets that agrees with what she
        said before; ``"untimed"``: the same, and she may ask when she likes, also in advance.
    deviate
        When she decides to. ``"full"``: after every recommendation; ``"coarse"``: before it, and
        accepting it binds; ``"root"``: once, before the game begins; ``"plan"``: after hearing the
        recommendations for the whole game.
    observe
        What the mediator sees without being told when somebody moves: ``"nothing"``;
        ``"chance"``, all moves of chance so far; ``"everything"``, all moves of everybody.
    hears_silence
        Whether a mediator with recall notices that a player moves without reporting.
    spies
        What a deviator sees beyond her infoset: ``"nothing"``, or ``"chance"``, all moves of
        chance so far, which makes incentives hold whatever chance has drawn (ex post).
    overhears
        What a deviator hears of the advice to others: ``"nothing"``, or ``"everything"``, the
        recommendations to all who have moved before her, but not what they reported.

    Raises
    ------
    GameError
        A value is none of these, or the switches do not go together.

    Examples
    --------
    >>> EFCE.report, EFCE.deviate
    ('forced', 'full')
    >>> Concept("none", "lie", "full")
    Traceback (most recent call last):
    efmodels.errors.GameError: memory must be one of 'private', 'recall'; got 'none'
    """

    memory: Literal["private", "recall"]
    report: Literal["forced", "silent", "lie", "untimed"]
    deviate: Literal["full", "coarse", "root", "plan"]
    observe: Literal["nothing", "chance", "everything"] = "nothing"
    hears_silence: bool = True
    spies: Literal["nothing", "chance"] = "nothing"
    overhears: Literal["nothing", "everything"] = "nothing"

    def __post_init__(self) -> None:
        """Check every switch, and what of them goes together."""
        hints = get_type_hints(type(self))
        for field in fields(self):
            allowed, given = get_args(hints[field.name]), getattr(self, field.name)
            if allowed and given not in allowed:
                raise GameError(
                    f"{field.name} must be one of {', '.join(map(repr, allowed))}; got {given!r}"
                )
        if self.memory == "private" and self.observe != "nothing":
            raise GameError("a private mediator observes nothing; give memory='recall'")
        if self.deviate == "plan" and (self.memory, self.report) != ("private", "forced"):
            raise GameError("deviate='plan' needs memory='private' and report='forced'")
        if self.deviate == "plan" and (self.spies, self.overhears) != ("nothing", "nothing"):
            raise GameError(
                "deviate='plan' needs spies='nothing' and overhears='nothing': a whole plan is "
                "heard before anything can be seen, or overheard, that others do with theirs"
            )
        if self.report == "untimed" and (self.memory, self.deviate) != ("private", "full"):
            raise GameError("report='untimed' needs memory='private' and deviate='full'")


NFCE = Concept("private", "forced", "plan")
LINEAR = Concept("private", "untimed", "full")
PRIVATE_COMMUNICATION = Concept("private", "lie", "full")
EFCE = Concept("private", "forced", "full")
EFCCE = Concept("private", "forced", "coarse")
NFCCE = Concept("private", "forced", "root")
COMMUNICATION = Concept("recall", "lie", "full")
CERTIFICATION = Concept("recall", "silent", "full")
COARSE_CERTIFICATION = Concept("recall", "silent", "coarse")
MEDIATED = Concept("recall", "silent", "root")
BAYES_CORRELATED = Concept("recall", "forced", "full", observe="everything")
COARSE_BAYES_CORRELATED = Concept("recall", "forced", "coarse", observe="everything")
OPTOUT_BAYES_CORRELATED = Concept("recall", "forced", "root", observe="everything")


def concept_name(concept: Concept) -> str:
    """Return the name of a concept of this module, or else the values of its switches.

    Of the switches that have a default, those that are not there.

    >>> concept_name(EFCE), concept_name(Concept("recall", "lie", "coarse", spies="chance"))
    ('EFCE', 'recall lie coarse spies=chance')
    """
    for name, known in globals().items():
        if known == concept:
            return name
    given = {field.name: getattr(concept, field.name) for field in fields(concept)}
    first = [given.pop(name) for name in ("memory", "report", "deviate")]
    usual = {field.name: field.default for field in fields(concept)}
    other = [f"{name}={value}" for name, value in given.items() if value != usual[name]]
    return " ".join([*first, *other])
