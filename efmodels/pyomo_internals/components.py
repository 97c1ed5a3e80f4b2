"""Components whose data objects appear on demand.

Pyomo keeps one object for every variable and every row. Here an object is made when somebody asks
for it, from arrays that the component holds; from then on the object, and no array, says what its
variable or row is.
"""
# ruff: noqa: SLF001 - the private names of Pyomo are used here, so that they are nowhere else

from __future__ import annotations

import math
import operator
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.autoslots import AutoSlots
from pyomo.common.formatting import tabular_writer
from pyomo.core.base.constraint import ConstraintData, IndexedConstraint
from pyomo.core.base.enums import SortComponents
from pyomo.core.base.indexed_component import IndexedComponent
from pyomo.core.base.objective import ScalarObjective
from pyomo.core.base.var import IndexedVar, VarData
from pyomo.core.staleflag import StaleFlagManager

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


class Position(int):
    """A position that stands for a name which nobody has asked for yet."""

    __slots__ = ()

    def __deepcopy__(self, memo: object) -> Position:
        """Return the position itself: nobody can change it."""
        return self


class OnDemand(IndexedComponent):  # type: ignore[misc] # Pyomo has no types
    """An indexed component that makes its data objects when they are asked for.

    ``_data`` is Pyomo's dictionary of data objects. Its keys are positions 0, 1, ..., not names, so
    that no name need be known to reach an object; :meth:`_validate_index`, through which Pyomo
    sends every key, turns names into positions, and ``index()`` of an object turns them back.
    """

    def __init__(self, size: int, labels: Any, **keywords: Any) -> None:
        self._size = size
        self._labels = labels
        super().__init__(pyo.RangeSet(0, size - 1) if labels is None else labels.set(), **keywords)

    def _make(self, position: int) -> Any:
        """Make the data object of a position and enter it in ``_data``."""
        raise NotImplementedError

    def _positions(self) -> Sequence[int]:
        """Return the positions that there are, in order."""
        return range(self._size)

    def _has(self, position: int) -> bool:
        """Say whether there is such a position, made or not."""
        return 0 <= position < self._size

    def key_of(self, position: int) -> Any:
        """Return the name at a position, or the position where there are no names."""
        return position if self._labels is None else self._labels[position]

    @property
    def made(self) -> Mapping[int, Any]:
        """The data objects that exist already, by position."""
        made: Mapping[int, Any] = self._data
        return made

    def position_of(self, data: Any) -> int:
        """Return the position of a data object of this component."""
        position: int | None = self._position(data._index)
        if position is None:  # pragma: no cover - the object would not be one of ours
            raise KeyError(f"{data.name} is no member of {self.name}")
        return position

    def data_at(self, position: int) -> Any:
        """Return the data object at a position."""
        data = self._data.get(position)
        return self._make(position) if data is None else data

    def _position(self, key: Any) -> int | None:
        """Return the position of a key, or ``None`` if it is neither a name nor a number."""
        try:
            number = operator.index(key)
        except TypeError:
            return None if self._labels is None else self._labels.position(key)
        if self._labels is not None and -self._size <= number < 0:
            return number + self._size  # as in a list
        return number if 0 <= number < self._size else None

    def _validate_index(self, idx: Any) -> Any:
        position = self._position(idx)
        if position is not None:
            return position
        if self._labels is not None and isinstance(idx, int):
            raise IndexError(f"{self.name} has {self._size} entries, and none of number {idx}")
        return super()._validate_index(idx)

    def _getitem_when_not_present(self, index: Any) -> Any:
        position = self._position(index)
        if position is None or not self._has(position):
            raise KeyError(index)
        return self.data_at(position)

    def __len__(self) -> int:
        return len(self._positions())

    def __contains__(self, key: Any) -> bool:
        try:
            position = self._position(key)
        except ValueError:  # the pair of an infoset and an action that do not exist
            return False
        return position is not None and self._has(position)

    def keys(self, sort: Any = SortComponents.UNSORTED) -> Any:
        """Return an iterator over the keys; names, where there are names."""
        if SortComponents.SORTED_INDICES in SortComponents(sort):
            return filter(self.__contains__, self._index_set.sorted_iter())
        return map(self.key_of, self._positions())

    def values(self, sort: Any = SortComponents.UNSORTED) -> Any:
        """Return an iterator over the data objects, which makes those that are missing."""
        if SortComponents.SORTED_INDICES in SortComponents(sort):
            return map(self.__getitem__, self.keys(sort))
        return map(self.data_at, self._positions())

    def items(self, sort: Any = SortComponents.UNSORTED) -> Any:
        """Return an iterator over pairs of a key and a data object."""
        return zip(self.keys(sort), self.values(sort), strict=True)


class VariablesOnDemand(OnDemand, IndexedVar):  # type: ignore[misc] # Pyomo has no types
    """An indexed variable that makes its variables when they are asked for.

    They are of Pyomo's own class, since some interfaces know no other. ``index()`` of Pyomo looks
    the object's index up in the component; at that moment `Position` gives way to the name.
    """

    __autoslot_mappers__ = {"_stale_flag": StaleFlagManager.stale_mapper}  # noqa: RUF012 - Pyomo's way

    def __init__(self, size: int, labels: Any, domain: Any, **keywords: Any) -> None:
        super().__init__(size, labels, domain=domain, dense=False, **keywords)
        if not self._rule_domain.constant():
            raise TypeError("domain must be one set; set the domains of single variables later")
        self._stale_flag = 0

    def construct(self, data: Any = None) -> None:
        """Construct the component, but no variable."""
        if self._constructed:
            return
        super().construct(data)
        self._common_domain = self._rule_domain(self.parent_block(), None, self)

    def _entries(self, position: int) -> tuple[float, float, float, bool]:
        """Return lower and upper bound, value (or nan) and whether it is fixed."""
        raise NotImplementedError

    def _make(self, position: int) -> Any:
        lower, upper, value, fixed = self._entries(position)
        data = VarData(self)
        data._domain = self._common_domain
        if lower != -math.inf:
            data._lb = lower
        if upper != math.inf:
            data._ub = upper
        if not math.isnan(value):
            data._value = value
        data._stale = self._stale_flag
        data._fixed = fixed
        data._index = position if self._labels is None else Position(position)
        self._data[position] = data
        return data

    def __getitem__(self, args: Any) -> Any:
        """Return a variable; where it asks for its own index, replace that by its name."""
        if args.__class__ is not Position:
            return super().__getitem__(args)
        data = self._data[args]
        data._index = self.key_of(args)
        return data

    def _note_values(self) -> None:
        """Mark the values of the variables that are not made yet as set now."""
        self._stale_flag = StaleFlagManager.get_flag(self._stale_flag)

    def stale_flags(self) -> NDArray[np.int64]:
        """Return the number of the solution with which each value came; shape ``(size,)``."""
        flags = np.full(self._size, self._stale_flag, dtype=np.int64)
        made = self._data
        flags[np.fromiter(made, np.int64, len(made))] = [data._stale for data in made.values()]
        return flags

    def _set_domain(self, domain: Any) -> None:
        if not hasattr(domain, "get_interval"):
            IndexedVar.domain.fset(self, domain)  # Pyomo makes all variables
            return
        self._common_domain = domain
        for data in self._data.values():
            data._domain = domain

    domain = IndexedVar.domain.setter(_set_domain)

    def flag_as_stale(self) -> None:
        """Mark every value as stale."""
        self._stale_flag = 0
        super().flag_as_stale()

    def get_values(self, include_fixed_values: bool = True) -> dict[Any, float | None]:  # noqa: FBT001, FBT002 - Pyomo's signature
        """Return a dictionary from keys to values."""
        return {
            key: data.value for key, data in self.items() if include_fixed_values or not data.fixed
        }

    extract_values = get_values

    def __delitem__(self, index: Any) -> None:
        """Refuse: the matrices have a column for it."""
        raise TypeError(f"a variable of {self.name} cannot be deleted; fix it instead")


class MatrixRowData(ConstraintData):  # type: ignore[misc] # Pyomo has no types
    """One row of a `MatrixConstraint`.

    It has no expression of its own: one is made from the matrix whenever somebody asks. As soon as
    it is given one (``set_value``), it is detached from the matrix, an ordinary constraint.
    """

    __slots__ = ()

    def index(self) -> Any:
        """Return the name, or the number where there are no names."""
        position = super().index()
        component = self.parent_component()
        return position if component is None else component.key_of(position)

    @property
    def position(self) -> int:
        """The number of the row, whatever its name."""
        position: int = self._index
        return position

    @property
    def is_detached(self) -> bool:
        """Whether it has an expression of its own."""
        return self._expr is not None

    @property
    def expr(self) -> Any:
        """The relation."""
        return self._component().relation_at(self._index) if self._expr is None else self._expr

    def to_bounded_expression(self, evaluate_bounds: bool = False) -> tuple[Any, Any, Any]:  # noqa: FBT001, FBT002 - Pyomo's signature
        """Return lower bound, body and upper bound."""
        if self._expr is not None:
            bounded: tuple[Any, Any, Any] = super().to_bounded_expression(evaluate_bounds)
            return bounded
        component = self._component()
        lower, upper = component.bounds_at(self._index)
        return lower, component.body_at(self._index), upper

    @property
    def lb(self) -> Any:
        """The lower bound, found without a look at the body."""
        return super().lb if self._expr is not None else self._component().bounds_at(self._index)[0]

    @property
    def ub(self) -> Any:
        """The upper bound, without a look at the body."""
        return super().ub if self._expr is not None else self._component().bounds_at(self._index)[1]

    @property
    def equality(self) -> bool:
        """Whether it is an equation."""
        if self._expr is not None:
            return bool(super().equality)
        lower, upper = self._component().bounds_at(self._index)
        return lower is not None and lower == upper


class RowsOnDemand(OnDemand, IndexedConstraint):  # type: ignore[misc] # Pyomo has no types
    """An indexed constraint that makes its rows when they are asked for."""

    __autoslot_mappers__ = {"_last_body": AutoSlots.encode_as_none}  # noqa: RUF012 - Pyomo's way
    _ComponentDataClass = MatrixRowData

    def __init__(self, size: int, labels: Any, **keywords: Any) -> None:
        super().__init__(size, labels, **keywords)
        self._absent: set[int] = set()
        self._rows_active = True
        self._last_body: tuple[int, Any] | None = None

    def bounds_at(self, position: int) -> tuple[float | None, float | None]:
        """Return the bounds that the arrays give to a row, ``None`` where there is none."""
        raise NotImplementedError

    def _new_body(self, position: int) -> Any:
        """Return what the matrices say about a row, as an expression."""
        raise NotImplementedError

    def body_at(self, position: int) -> Any:
        """Return the body of a row.

        Interfaces ask for body and bounds of a row several times in a row, so the last is kept.
        """
        if self._last_body is None or self._last_body[0] != position:
            self._last_body = position, self._new_body(position)
        return self._last_body[1]

    def relation_at(self, position: int) -> Any:
        """Return bounds and body of a row as one relation."""
        (lower, upper), body = self.bounds_at(position), self.body_at(position)
        if lower is None and upper is None:
            return pyo.inequality(-math.inf, body, math.inf)
        return body == lower if lower == upper else pyo.inequality(lower, body, upper)

    def _has(self, position: int) -> bool:
        return super()._has(position) and position not in self._absent

    def _positions(self) -> Sequence[int]:
        everything = range(self._size)
        if not self._absent:
            return everything
        return [position for position in everything if position not in self._absent]

    def __len__(self) -> int:
        return self._size - len(self._absent)

    def _make(self, position: int) -> Any:
        data = MatrixRowData(component=self)
        data._active = self._rows_active
        data._index = position
        self._data[position] = data
        return data

    def _setitem_when_not_present(self, index: Any, value: Any = None) -> Any:
        """Give a row that is not made yet, or was deleted, an expression of its own."""
        position: int = self._position(index)  # type: ignore[assignment] # Pyomo validated it
        row = self.data_at(position)
        was_absent = position in self._absent
        self._absent.discard(position)
        try:
            row.set_value(value)  # Skip deletes the row
        except Exception:  # whatever it is goes on; the row that was not there goes again
            if was_absent:
                del self[position]
            raise
        return self._data.get(position)

    def __delitem__(self, index: Any) -> None:
        position = self._validate_index(index) if index.__hash__ else None
        if isinstance(position, int):
            self._getitem_when_not_present(position)  # Pyomo deletes what is there
            self._absent.add(position)
            super().__delitem__(position)
        else:
            super().__delitem__(index)  # a slice: Pyomo comes back with each key

    def clear(self) -> None:
        """Remove all rows."""
        super().clear()
        self._absent = set(range(self._size))

    def activate(self) -> None:
        """Activate the component and all its rows."""
        self._set_active(active=True)

    def deactivate(self) -> None:
        """Deactivate the component and all its rows."""
        self._set_active(active=False)

    def _set_active(self, *, active: bool) -> None:
        self._active = self._rows_active = active
        for row in self._data.values():
            row._active = active

    def display(self, prefix: str = "", ostream: Any = None) -> None:
        """Print the active rows with their values."""
        if not self.active:
            return
        stream = sys.stdout if ostream is None else ostream
        stream.write(f"{prefix}{self.local_name} : Size={len(self)}\n")
        tabular_writer(
            stream,
            prefix + "    ",
            ((key, row) for key, row in self.items() if row.active),
            ("Lower", "Body", "Upper"),
            lambda _, row: [row.lb, pyo.value(row.body, exception=False), row.ub],
        )


class ObjectiveOnDemand(ScalarObjective):  # type: ignore[misc] # Pyomo has no types
    """An objective whose expression is made when somebody asks, until it is given one."""

    def __init__(self, sense: Any, **keywords: Any) -> None:
        super().__init__(expr=0.0, sense=sense, **keywords)

    def construct(self, data: Any = None) -> None:
        """Construct the component, and forget the expression that made Pyomo do it."""
        if self._constructed:
            return
        super().construct(data)
        self._args_ = (None,)

    def _new_body(self) -> Any:
        raise NotImplementedError

    @property
    def is_detached(self) -> bool:
        """Whether it has been given an expression of its own."""
        return self._args_[0] is not None

    @property
    def args(self) -> tuple[Any]:
        """The expression, as the only argument of this node."""
        expression: tuple[Any] = self._args_
        return (self._new_body(),) if expression[0] is None else expression
