"""Names: from the labels of a game (which may repeat or be missing) to keys and model names.

A game keeps the labels that it was given. Wherever a label is needed as a *key*
(``payoff["Alice"]``, ``x["Jack", "bet"]``, a row of a table) the label itself is used if it is
there and unique; a missing one is numbered, a repeated one gets ``_2``, ``_3``, ... Names of Pyomo
components and of rows in ``.lp`` files are further reduced to ``[A-Za-z0-9_]``, which every solver
and file format accepts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]+")


def model_name(text: str) -> str:
    """Reduce a text to ``[A-Za-z0-9_]``, not starting with a digit.

    >>> model_name("Jack, after 'k b'")
    'Jack_after_k_b'
    >>> model_name("1G")
    '_1G'
    """
    name = _NOT_IN_A_NAME.sub("_", text).strip("_") or "_"
    return f"_{name}" if name[0].isdigit() else name


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Append ``_2``, ``_3``, ... to every name that stood there before.

    >>> distinct(["bet", "fold", "bet", "bet_2"])
    ('bet', 'fold', 'bet_2', 'bet_2_2')
    """
    taken: set[str] = set()
    count: dict[str, int] = {}
    result = []
    for name in names:
        candidate = name
        while candidate in taken:
            count[name] = count.get(name, 1) + 1
            candidate = f"{name}_{count[name]}"
        taken.add(candidate)
        result.append(candidate)
    return tuple(result)


def player_names(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the players' keys: the label, ``P1``, ``P2``, ... where it is missing.

    Two labels that would become one model name count as repeated.

    >>> player_names(["Alice", "", "Alice", "a b", "a/b"])
    ('Alice', 'P2', 'Alice_3', 'a b', 'a/b_5')
    """
    keys: list[str] = []
    for number, label in enumerate(labels, start=1):
        key = label.strip() or f"P{number}"
        while model_name(key) in {model_name(other) for other in keys}:
            key = f"{key}_{number}"
        keys.append(key)
    return tuple(keys)
