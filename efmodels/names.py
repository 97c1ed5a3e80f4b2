"""Names: from the labels of a game (which may repeat or be missing) to keys and model names.

A game keeps the labels that it was given. Wherever a label is needed as a *key*
(``payoff["Alice"]``, ``x["Jack", "bet"]``, a row of a table) the label itself is used if it is
there and unique; a missing one is numbered, a repeated one gets ``_2``, ``_3``, ... Names of Pyomo
components and of rows in ``.lp`` files are further reduced to ``[A-Za-z0-9_]``, which every solver
and file format accepts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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

    A name's first occurrence keeps it, also where a numbered one would have taken it.

    >>> distinct(["bet", "fold", "bet", "bet_2"])
    ('bet', 'fold', 'bet_3', 'bet_2')
    """
    every = list(names)
    return keys(every, every)


def keys(labels: Iterable[str], defaults: Iterable[str]) -> tuple[str, ...]:
    """Return a key per label: the label itself; its default if missing; numbered if repeated.

    What is given wins over what is made: no default and no number takes the place of a label.

    >>> keys(["Alice", "", "Alice", "P2"], ["P1", "P2", "P3", "P4"])
    ('Alice', 'P2_2', 'Alice_2', 'P2')
    """
    pairs = [(label.strip(), default) for label, default in zip(labels, defaults, strict=True)]
    given = {label for label, _ in pairs if label}
    taken: set[str] = set()
    count: dict[str, int] = {}
    result = []
    for label, default in pairs:
        base = label or default
        candidate = base
        while candidate in taken or (candidate in given and candidate != label):
            count[base] = count.get(base, 1) + 1
            candidate = f"{base}_{count[base]}"
        taken.add(candidate)
        result.append(candidate)
    return tuple(result)


class MadeNames(Sequence[str]):
    """Names that are made when they are asked for: a million of them cost nothing.

    Parameters
    ----------
    size
        How many names there are.
    make
        Makes the name of a number, from 0 to ``size - 1``; different ones where they must differ.

    Examples
    --------
    >>> names = MadeNames(1_000_000, "b{}".format)
    >>> names[17], names[-1], names[2:4]
    ('b17', 'b999999', ('b2', 'b3'))
    """

    def __init__(self, size: int, make: Callable[[int], str]) -> None:
        self._numbers = range(size)
        self._make = make

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        """Return a name, or a tuple of names."""
        if isinstance(index, slice):
            return tuple(map(self._make, self._numbers[index]))
        return self._make(self._numbers[index])

    def __iter__(self) -> Iterator[str]:
        return map(self._make, self._numbers)
