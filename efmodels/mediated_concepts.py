"""The mediated concepts by name: from what a concept is called to what its players may do."""

from __future__ import annotations

from efmodels.equilibrium import concept_function
from efmodels.errors import GameError
from efmodels.formulations import ACRONYMS
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept

SWITCHES: dict[str, Concept] = {
    "NFCE": concepts.NFCE,
    "LCE": concepts.LINEAR,
    "PCOMM": concepts.PRIVATE_COMMUNICATION,
    "EFCE": concepts.EFCE,
    "EFCCE": concepts.EFCCE,
    "NFCCE": concepts.NFCCE,
    "COMM": concepts.COMMUNICATION,
    "CERT": concepts.CERTIFICATION,
    "CCERT": concepts.COARSE_CERTIFICATION,
    "NFCCERT": concepts.MEDIATED,
    "BCE": concepts.BAYES_CORRELATED,
    "CBCE": concepts.COARSE_BAYES_CORRELATED,
    "NFCBCE": concepts.OPTOUT_BAYES_CORRELATED,
}
"""The switches of each mediated concept, by its acronym."""


def switches_of(concept: str | Concept) -> Concept:
    """Return the switches of a mediated concept given by name, by acronym or as they are.

    Raises
    ------
    GameError
        No concept has that name, or it is no mediated one.

    Examples
    --------
    >>> switches_of("efce") == switches_of("EFCE") == concepts.EFCE
    True
    >>> switches_of("nash_zero_sum")
    Traceback (most recent call last):
    efmodels.errors.GameError: nash_zero_sum has no mediator; those that have are BCE, CBCE, ...
    """
    if isinstance(concept, Concept):
        return concept
    function = concept_function(concept)
    for acronym, switches in SWITCHES.items():
        if ACRONYMS[acronym] is function:
            return switches
    raise GameError(
        f"{function.__name__} has no mediator; those that have are {', '.join(sorted(SWITCHES))}"
    )
