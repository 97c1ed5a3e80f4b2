"""Names that the readers of linear programs accept, made from any names."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

from efmodels.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


class _Translation(dict[int, str]):
    """Characters of a name to characters of a label; what is not listed becomes ``_``."""

    def __missing__(self, character: int) -> str:
        return "_"


_KEPT = string.ascii_letters + string.digits + "_()"
_LABEL_CHARACTERS = _Translation(
    {ord(c): label for c, label in zip(_KEPT + "[]{}", _KEPT + "()()", strict=True)}
)

# Where one stands for a column, some reader sees a number, or a section's first word.
_RESERVED = re.compile(
    "[0-9].*|inf|infinit|infinity|nan|free|max|maximize|maximum|min|minimize|minimum|st|subject|"
    "bounds?|gen|generals?|integers?|bin|binary|binaries|semis?|sos|end|"
    "name|objsense|qsection|qcmatrix|csection",
    re.IGNORECASE,
)


def legal_labels(names: Sequence[str], size: int, *, kind: str, longest: int) -> list[str]:
    """Return one label for each name: letters, digits, ``_``, ``(`` and ``)``, no two alike.

    Square and curly brackets become round ones and everything else ``_``, as in the labels of
    Pyomo's writers.

    Raises
    ------
    ModelError
        There are not ``size`` names, a label is empty or has more than ``longest`` characters, or
        two names have the same label.

    Examples
    --------
    >>> legal_labels(["x[1,a]", "y"], 2, kind="column", longest=255)
    ['x(1_a)', 'y']
    """
    if len(names) != size:
        raise ModelError(f"{len(names)} {kind} names for {size} {kind}s: expected one for each")
    labels = [name.translate(_LABEL_CHARACTERS) for name in names]
    lengths = list(map(len, labels))
    if max(lengths, default=1) > longest:
        long = names[lengths.index(max(lengths))]
        raise ModelError(
            f"the {kind} {long} has a name of {len(long)} characters, but readers of such files "
            f"take {longest}; use labels='short', or rename it"
        )
    if "" in labels:
        raise ModelError(f"{kind} {labels.index('')} has an empty name; use labels='short'")
    if len(set(labels)) < size:
        _refuse_alike(names, labels, kind)
    return labels


def refuse_reserved(names: Iterable[str], labels: Iterable[str]) -> None:
    """Raise a `ModelError` if readers would not take a label for that of a column."""
    for name, label in zip(names, labels, strict=True):
        if _RESERVED.fullmatch(label):
            raise ModelError(
                f"the column {name} cannot be written: readers of such files do not take {label} "
                "for a name; use labels='short', or rename it"
            )


def unused_label(label: str, labels: Collection[str]) -> str:
    """Return the label, with as many ``_`` at its end as make it differ from all the others."""
    while label in labels:
        label += "_"
    return label


def _refuse_alike(names: Iterable[str], labels: Iterable[str], kind: str) -> None:
    seen: dict[str, str] = {}
    for name, label in zip(names, labels, strict=True):
        if label in seen:
            raise ModelError(
                f"the {kind}s {seen[label]} and {name} have the same readable name {label}; use "
                "labels='short', or rename one of them"
            )
        seen[label] = name
