"""Whether to maximise or to minimise, however it is spelled."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import pyomo.environ as pyo

from efmodels.errors import GameError

Sense = Literal["maximise", "minimise"]
GivenSense: TypeAlias = Any
"""A word for a `Sense`, or ``pyo.maximize`` or ``pyo.minimize``, which have no types."""

_SENSES: tuple[tuple[Any, Sense], ...] = (
    ("maximise", "maximise"),
    ("maximize", "maximise"),
    (pyo.maximize, "maximise"),
    ("minimise", "minimise"),
    ("minimize", "minimise"),
    (pyo.minimize, "minimise"),
)


def sense_given(sense: GivenSense) -> Sense:
    """Return a sense in the word that results have.

    Raises
    ------
    GameError
        It is no sense.

    Examples
    --------
    >>> sense_given("minimize"), sense_given(pyo.maximize)
    ('minimise', 'maximise')
    """
    for spelled, word in _SENSES:
        # By identity where it is no text: Pyomo's senses are 1 and -1, and True is no sense.
        if sense is spelled or (isinstance(sense, str) and sense == spelled):
            return word
    raise GameError(
        f"sense is {sense!r}; expected 'maximise' or 'minimise', 'maximize' or 'minimize', or "
        "pyo.maximize or pyo.minimize"
    )
