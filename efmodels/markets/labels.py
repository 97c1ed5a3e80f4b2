"""Labels of bidders and goods: given, taken from a table, or made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Sequence


def labels_of(
    parameter: str, given: Sequence[str] | None, table: tuple[str, ...] | None, count: int
) -> tuple[str, ...]:
    """Return the labels of the bidders or of the goods.

    Parameters
    ----------
    parameter
        ``"bidders"`` or ``"goods"``; its first letter, in upper case, begins the labels made here.
    given
        What the caller said, or ``None``.
    table
        The labels that the table of values has itself, or ``None``.
    count
        How many labels there must be.

    Raises
    ------
    GameError
        A label is missing, repeated, no text, empty, or begins or ends with a blank; or the labels
        are not those of the table.

    Examples
    --------
    >>> labels_of("goods", None, None, 3)
    ('G1', 'G2', 'G3')
    """
    if given is None and table is None:
        letter = parameter[0].upper()
        return tuple([f"{letter}{number}" for number in range(1, count + 1)])
    if given is None:
        labels = table or ()
    elif isinstance(given, str):
        raise GameError(f"{parameter} is the text {given!r}: give a list of labels")
    else:
        labels = tuple(given)
    _check(parameter, labels, count)
    if table is not None and table != labels:
        raise GameError(
            f"{parameter} differ from the labels of the DataFrame: leave the argument out, rename "
            "the DataFrame's rows or columns, or give values.to_numpy()"
        )
    return labels


def _check(parameter: str, labels: tuple[str, ...], count: int) -> None:
    if len(labels) != count:
        raise GameError(f"{parameter} has {len(labels)} labels; values has {count} {parameter}")
    position: dict[str, int] = {}
    for k, label in enumerate(labels):
        if not isinstance(label, str) or not label or label != label.strip():
            raise GameError(
                f"{parameter}[{k}] is {label!r}: expected a text that is not empty and does not "
                "begin or end with a blank"
            )
        if position.setdefault(label, k) != k:
            raise GameError(
                f"{parameter}[{position[label]}] and {parameter}[{k}] are both {label!r}: "
                "labels must be different"
            )
