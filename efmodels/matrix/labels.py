"""Names of variables and rows, made when somebody asks for one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import pyomo.environ as pyo

from efmodels.errors import GameError
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from collections.abc import Iterator


class Labels(Sequence[str]):
    """A list of distinct names that is not written before it is read.

    Parameters
    ----------
    owner
        The polytope that knows the names.
    attribute
        Where: ``names`` (its coordinates) or ``row_names`` (the rows of ``F``).

    Examples
    --------
    >>> import efmodels as ef
    >>> form = ef.Game.from_matrices([[1, 0]], [[0, 1]]).sequence_form()
    >>> rows = Labels.of_rows(form.polytope("P2"))
    >>> len(rows), rows[1], rows.position("P2_1"), str(rows)
    (2, 'P2_1', 1, '{root, P2_1}')
    """

    def __init__(self, owner: FlowPolytope, attribute: str, size: int) -> None:
        self._owner = owner
        self._attribute = attribute
        self._size = size

    @classmethod
    def of_coordinates(cls, polytope: FlowPolytope) -> Labels:
        """Return the names of a polytope's coordinates."""
        return cls(polytope, "names", polytope.size)

    @classmethod
    def of_rows(cls, polytope: FlowPolytope) -> Labels:
        """Return the names of the rows of a polytope's matrix."""
        return cls(polytope, "row_names", polytope.points + 1)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names themselves."""
        names: tuple[str, ...] = getattr(self._owner, self._attribute)
        return names

    @cached_property
    def _number(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    def position(self, key: Any) -> int | None:
        """Return where a name stands, ``None`` if nowhere.

        The coordinate of a polytope has a second key: the pair of its infoset and its action.
        """
        if isinstance(key, str):
            return self._number.get(key)
        is_pair = isinstance(key, tuple) and list(map(type, key)) == [str, str]
        return self._position_of_pair(*key) if is_pair else None

    def _position_of_pair(self, infoset: str, action: str) -> int | None:
        if self._attribute != "names":
            return None
        return self._owner.coordinate(infoset, action)

    def set(self) -> Any:
        """Return the names as a Pyomo set, which reads them here."""
        return pyo.SetOf(self)

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[str, ...]: ...
    def __getitem__(self, number: int | slice) -> str | tuple[str, ...]:
        return self.names[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._number

    def __str__(self) -> str:
        return "{" + ", ".join(self.names) + "}"

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle gets: all but the dictionary, which is quickly made again."""
        return {name: value for name, value in vars(self).items() if name != "_number"}

    def __deepcopy__(self, memo: object) -> Labels:
        """Return the labels themselves: nobody can change them."""
        return self


class GivenLabels(Labels):
    """Names that somebody has written down.

    Raises
    ------
    GameError
        A name is not a text, or stands there twice.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._size = len(self.names)
        if not all(isinstance(name, str) for name in self.names):
            strange = next(name for name in self.names if not isinstance(name, str))
            raise GameError(f"a label must be a text; got {strange!r}")
        if len(set(self.names)) != self._size:
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise GameError(f"label {twice!r} is given twice; labels must differ")

    def _position_of_pair(self, infoset: str, action: str) -> None:  # noqa: ARG002 - no polytope
        return None


def as_labels(labels: FlowPolytope | Sequence[str] | None, size: int, what: str) -> Labels | None:
    """Return labels for so many variables or rows, or ``None`` where they are only numbered.

    Raises
    ------
    GameError
        There are more or fewer labels than that.
    """
    if isinstance(labels, FlowPolytope):
        labels = Labels.of_coordinates(labels)
    if labels is None or not len(labels):
        return None
    if len(labels) != size:
        raise GameError(f"got {len(labels)} labels for {size} {what}")
    return labels if isinstance(labels, Labels) else GivenLabels(labels)
