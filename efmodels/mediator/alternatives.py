"""What to do instead where a mediator's problem is too large, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediator.concept import Concept, concept_name
from efmodels.memory_limits import MemoryBudget

if TYPE_CHECKING:
    from efmodels.game import Game

_PRIVATE = (
    "a private mediator's polytope grows exponentially with what players know privately; one that "
    "remembers what it hears has a program of polynomial size, as in certification_equilibrium"
)
_LIES = (
    "there are fewer deviations where players cannot lie, as in certification_equilibrium; or "
    "where they do not see their recommendations first, as in coarse_certification_equilibrium"
)
_FULL = (
    "there are fewer deviations where players decide before they see their recommendations, as in "
    "coarse_certification_equilibrium, or before the game, as in mediated_equilibrium"
)
_COARSE = (
    "there are fewer deviations where players decide before the game, as in mediated_equilibrium"
)
_PLANS = (
    "their number grows exponentially with the game; efce needs no list of them, and allows at "
    "least as many distributions"
)


def budget_for(game: Game, concept: Concept, *, reduced: bool = True) -> MemoryBudget:
    """Return the memory for the problem of a mediator, and what to do if it is too little.

    Parameters
    ----------
    game, concept
        What it is about.
    reduced
        Whether reductions are made already, or there are none to advise.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.mediator.concept import MEDIATED
    >>> budget = budget_for(ef.instances.kuhn(), MEDIATED, reduced=False)
    >>> budget.subject
    'MEDIATED of Kuhn poker (players=2, ranks=3)'
    >>> budget.instead
    'Instead: reduce=True leaves out what nobody needs; obedient= gives fewer players incentives'
    """
    remedies = [] if reduced else ["reduce=True leaves out what nobody needs"]
    remedies += [remedy for remedy in [_other_concepts(concept)] if remedy]
    remedies.append("obedient= gives fewer players incentives")
    subject = f"{concept_name(concept)} of {game.title or 'a game'}"
    return MemoryBudget(subject, f"Instead: {'; '.join(remedies)}")


def _other_concepts(concept: Concept) -> str:
    """Return which concepts have smaller problems; nothing where there are none."""
    if concept.deviate == "plan":
        return _PLANS
    if concept.memory == "private":
        return _PRIVATE
    if concept.deviate == "full":
        return _LIES if concept.report == "lie" else _FULL
    return _COARSE if concept.deviate == "coarse" else ""
