"""The market: values, budgets, reserves and supplies as arrays that nobody can change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.exact_numbers import Numbers, require_nonnegative
from efmodels.markets.given_numbers import BUDGETS, RESERVES, SUPPLIES, numbers_given
from efmodels.markets.given_values import HOW_TO_EXCLUDE, Entries, entries_given
from efmodels.markets.labels import labels_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from scipy import sparse

    from efmodels.game import Floats, Ints, Number
    from efmodels.markets.given_numbers import OnePerLabel
    from efmodels.markets.given_values import Values


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Market:
    r"""Bidders with budgets, goods with reserves and supplies, and who values what how much.

    Bidder :math:`i` values a unit of good :math:`j` at :math:`v_{ij} \ge 0` and can pay at most
    her budget :math:`B_i \ge 0` in all; of good :math:`j` there are :math:`s_j > 0` divisible
    units, none of which is sold for less than the reserve :math:`r_j \ge 0`. Values, budgets and
    reserves are in one unit of money. All of it is data: which auction is held, and what an
    equilibrium is, is said elsewhere.

    Parameters
    ----------
    values
        One row per bidder, one column per good: nested lists, an array, a sparse matrix or a
        DataFrame. A pair that is missing (``None`` in a list, masked in an array, NaN in a
        DataFrame, no entry in a sparse matrix) is *excluded*: the bidder does not take part in
        the sale of the good. A value of zero is kept as an entry.
    budgets
        One per bidder: a list or an array in their order, a mapping or a Series by label, or one
        number for all.
    reserves
        One per good, likewise; zero for goods that a mapping leaves out.
    supplies
        One per good, likewise; one for goods that a mapping leaves out.
    bidders, goods
        Labels; by default those of the DataFrame, else ``B1``, ``B2``, ... and ``G1``, ...
    title
        A free text, which is not compared and not written to files.

    Attributes
    ----------
    bidders, goods
        The labels, all different.
    budgets
        Shape ``(bidders,)``, read-only.
    reserves, supplies
        Shape ``(goods,)``, read-only.

    Raises
    ------
    GameError
        A number is negative, infinite or no number, shapes do not fit together, or a label stands
        twice; the message names the bidder and the good.

    Notes
    -----
    Integers, fractions and texts such as ``"1/3"`` are kept exactly beside the floats; see
    ``exact_values`` and its neighbours. A market that is given in floats costs its arrays alone.

    Nothing is dropped. An algorithm has to expect, and can find by the attributes named here,

    - bidders without a positive value (``bidders_without_value``): they bid nothing, pay nothing,
      and are never paced;
    - bidders with a budget of zero (``bidders_without_budget``): they can win at a price of zero
      alone, and no logarithm of the budget exists, so that a program with such a logarithm has to
      leave them out;
    - goods that nobody values positively (``goods_without_bid``): they remain unsold at a positive
      reserve, and their price is the reserve;
    - values of zero, of which there is no logarithm either: ``positive_values`` has none.

    Examples
    --------
    >>> from fractions import Fraction
    >>> market = Market(
    ...     values=[[3, None], [2, Fraction(1, 3)]], budgets=[1, 2], reserves={"G2": 0.25}
    ... )
    >>> market
    Market('', bidders=2, goods=2, values=3)
    >>> market.exact_values
    (3, 2, Fraction(1, 3))
    >>> market.budgets, market.reserves, market.supplies
    (array([1., 2.]), array([0.  , 0.25]), array([1., 1.]))
    >>> market.to_frame()
         G1        G2
    B1  3.0       NaN
    B2  2.0  0.333333
    """

    title: str
    bidders: tuple[str, ...]
    goods: tuple[str, ...]
    _entries: Entries
    _budgets: Numbers
    _reserves: Numbers
    _supplies: Numbers

    def __init__(
        self,
        values: Values,
        budgets: OnePerLabel,
        reserves: OnePerLabel = 0,
        supplies: OnePerLabel = 1,
        *,
        bidders: Sequence[str] | None = None,
        goods: Sequence[str] | None = None,
        title: str = "",
    ) -> None:
        entries = entries_given(values)
        if not all(entries.shape):
            raise GameError(
                f"values has shape {entries.shape}: a market has at least one bidder and one good"
            )
        rows = labels_of("bidders", bidders, entries.bidders, entries.shape[0])
        columns = labels_of("goods", goods, entries.goods, entries.shape[1])
        _require_values(entries, rows, columns)
        self._set("title", title)
        self._set("bidders", rows)
        self._set("goods", columns)
        self._set("_entries", entries)
        self._set("_budgets", numbers_given(BUDGETS, budgets, rows))
        self._set("_reserves", numbers_given(RESERVES, reserves, columns))
        self._set("_supplies", numbers_given(SUPPLIES, supplies, columns))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __deepcopy__(self, memo: object) -> Market:
        """Return the market itself: nobody can change it."""
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the parts, so that what is read back is read-only as well."""
        return _market_of, (self._arguments,)

    # As arrays ----------------------------------------------------------------------------------

    @property
    def values(self) -> sparse.csr_array:
        """The values, one row per bidder and one column per good; what has no entry is excluded.

        The arrays in it are read-only, and the matrix around them is made anew each time, so that
        nothing done to it changes the market.
        """
        return self._entries.matrix()

    @property
    def positive_values(self) -> sparse.csr_array:
        """The values without entries of zero: the bids that can win something at a price."""
        return self._positive.matrix()

    @property
    def budgets(self) -> Floats:
        """The budget of each bidder."""
        return self._budgets.floats

    @property
    def reserves(self) -> Floats:
        """The reserve of each good: no unit is sold for less."""
        return self._reserves.floats

    @property
    def supplies(self) -> Floats:
        """How many units of each good there are."""
        return self._supplies.floats

    @cached_property
    def _positive(self) -> Entries:
        keep = self._entries.numbers.floats > 0
        if keep.all():
            return self._entries
        start = np.concatenate(([0], np.cumsum(keep)))[self._entries.start].astype(np.int32)
        numbers = Numbers(self._entries.numbers.floats[keep])
        return Entries(numbers, self._entries.good[keep], start, self._entries.shape)

    # As given -----------------------------------------------------------------------------------

    @property
    def exact_values(self) -> tuple[Number, ...]:
        """The entries of ``values.data`` as they were given, integers and fractions exactly."""
        return self._entries.numbers.as_given

    @property
    def exact_budgets(self) -> tuple[Number, ...]:
        """The budgets as they were given."""
        return self._budgets.as_given

    @property
    def exact_reserves(self) -> tuple[Number, ...]:
        """The reserves as they were given."""
        return self._reserves.as_given

    @property
    def exact_supplies(self) -> tuple[Number, ...]:
        """The supplies as they were given."""
        return self._supplies.as_given

    @cached_property
    def is_exact(self) -> bool:
        """Whether every number is an integer or a fraction."""
        return all(numbers.is_exact for numbers in self._all_numbers)

    # What an algorithm has to expect ------------------------------------------------------------

    @cached_property
    def bidders_without_value(self) -> Ints:
        """Positions of the bidders who value nothing positively."""
        return read_only(np.flatnonzero(np.diff(self._positive.start) == 0))

    @cached_property
    def bidders_without_budget(self) -> Ints:
        """Positions of the bidders whose budget is zero."""
        return read_only(np.flatnonzero(self.budgets == 0))

    @cached_property
    def goods_without_bid(self) -> Ints:
        """Positions of the goods that nobody values positively."""
        wanted = np.bincount(self._positive.good, minlength=len(self.goods))
        return read_only(np.flatnonzero(wanted == 0))

    # Changing, comparing and showing ------------------------------------------------------------

    def replace(
        self,
        *,
        values: Values | None = None,
        budgets: OnePerLabel | None = None,
        reserves: OnePerLabel | None = None,
        supplies: OnePerLabel | None = None,
        title: str | None = None,
    ) -> Market:
        """Return a market with the same bidders and goods and some other numbers.

        Parameters
        ----------
        values, budgets, reserves, supplies, title
            As for a new market; what is left out stays as it is, exactly.

        Raises
        ------
        GameError
            As for a new market.

        Examples
        --------
        >>> market = Market(values=[[4, 4]], budgets=[2])
        >>> market.replace(reserves=[0, 1]).exact_reserves
        (0, 1)
        """
        changes = {
            "values": values,
            "budgets": budgets,
            "reserves": reserves,
            "supplies": supplies,
            "title": title,
        }
        given = {name: change for name, change in changes.items() if change is not None}
        return _market_of({**self._arguments, **given})

    def to_frame(self) -> pd.DataFrame:
        """Return the values as a DataFrame: bidders by goods, NaN where a pair is excluded.

        It is dense: a market of a thousand bidders and a hundred thousand goods takes 800 MB.
        """
        import pandas as pd

        table = np.full(self._entries.shape, np.nan)
        table[self._entries.bidder, self._entries.good] = self._entries.numbers.floats
        return pd.DataFrame(table, index=list(self.bidders), columns=list(self.goods))

    @property
    def _arguments(self) -> dict[str, Any]:
        """What the market can be made from again, without loss."""
        return {
            "values": self._entries,
            "budgets": self._budgets,
            "reserves": self._reserves,
            "supplies": self._supplies,
            "bidders": self.bidders,
            "goods": self.goods,
            "title": self.title,
        }

    @property
    def _all_numbers(self) -> tuple[Numbers, ...]:
        return self._entries.numbers, self._budgets, self._reserves, self._supplies

    def __eq__(self, other: object) -> bool:
        """Compare labels and numbers; a float equals the fraction that rounds to it."""
        if not isinstance(other, Market):
            return NotImplemented
        return (
            (self.bidders, self.goods) == (other.bidders, other.goods)
            and np.array_equal(self._entries.start, other._entries.start)
            and np.array_equal(self._entries.good, other._entries.good)
            and all(
                mine.agrees_with(theirs)
                for mine, theirs in zip(self._all_numbers, other._all_numbers, strict=True)
            )
        )

    def __hash__(self) -> int:
        return hash((self.bidders, self.goods, self.budgets.tobytes()))

    def __repr__(self) -> str:
        return (
            f"Market({self.title!r}, bidders={len(self.bidders)}, goods={len(self.goods)}, "
            f"values={len(self._entries.good)})"
        )


def _market_of(arguments: dict[str, Any]) -> Market:
    return Market(**arguments)


def _require_values(entries: Entries, bidders: tuple[str, ...], goods: tuple[str, ...]) -> None:
    def place(k: int) -> str:
        bidder, good = bidders[entries.bidder[k]], goods[entries.good[k]]
        return f"the value of bidder {bidder!r} for good {good!r}"

    floats = entries.numbers.floats
    require_nonnegative(floats, place, HOW_TO_EXCLUDE if np.isnan(floats).any() else "")
