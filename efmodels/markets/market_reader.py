"""Read a market from comma-separated files."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.errors import FormatError
from efmodels.markets.csv_records import CsvTable
from efmodels.markets.exact_numbers import numbers_in_list
from efmodels.markets.given_values import Entries, entries_at
from efmodels.markets.market import Market

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from pathlib import Path

    from efmodels.game import Number


def read_market(
    values_csv: str | PathLike[str],
    budgets_csv: str | PathLike[str],
    goods_csv: str | PathLike[str] | None = None,
    *,
    title: str = "",
) -> Market:
    r"""Read a market from two or three files with comma-separated values.

    The first line of each file names its columns, in any order. Integers and fractions such as
    ``1/3`` are exact, decimals are floats.

    Parameters
    ----------
    values_csv
        Columns ``bidder``, ``good``, ``value``: a record for each pair that is not excluded.
    budgets_csv
        Columns ``bidder``, ``budget``: a record for each bidder, in the order of the market.
    goods_csv
        Columns ``good``, ``reserve``, ``supply``: a record for each good, in the order of the
        market. Either of the last two may be left out; an empty reserve is 0, an empty supply 1.
        Without the file, goods stand in the order of their first appearance in ``values_csv``.
    title
        The market's title.

    Raises
    ------
    FormatError
        A file is malformed, a bidder, a good or a pair stands twice, or a bidder or a good of
        ``values_csv`` is in no other file: file, line, column, and the other line if there are two.
    FileNotFoundError
        There is no such file.

    Examples
    --------
    >>> from pathlib import Path
    >>> _ = Path("values.csv").write_text("bidder,good,value\nAnn,sea,3\nBob,sea,1/3\n")
    >>> _ = Path("budgets.csv").write_text("bidder,budget\nAnn,1\nBob,0.5\n")
    >>> market = read_market("values.csv", "budgets.csv")
    >>> market.bidders, market.goods, market.exact_values
    (('Ann', 'Bob'), ('sea',), (3, Fraction(1, 3)))
    """
    bidders = _read_listed(CsvTable(budgets_csv, ["bidder", "budget"]), ["budget"])
    goods = None
    if goods_csv is not None:
        goods = _read_listed(CsvTable(goods_csv, ["good"], ["reserve", "supply"]), [*_DEFAULTS])
    entries = _read_values(CsvTable(values_csv, ["bidder", "good", "value"]), bidders, goods)
    return Market(
        entries,
        bidders.numbers["budget"],
        goods.numbers["reserve"] if goods else _DEFAULTS["reserve"],
        goods.numbers["supply"] if goods else _DEFAULTS["supply"],
        title=title,
    )


_DEFAULTS = {"reserve": 0, "supply": 1}


class _Listed(NamedTuple):
    """A file with a record for each bidder, or for each good."""

    path: Path
    position: dict[str, int]
    numbers: dict[str, list[Number]]


def _read_listed(table: CsvTable, columns: Sequence[str]) -> _Listed:
    """Read a label and a number for each of the other columns from every record."""
    owner = table.names[0]
    listed = _Listed(table.path, {}, {name: [] for name in columns})
    lines: list[int] = []
    for record in table.records():
        label = table.label(record, owner)
        if label in listed.position:
            first = lines[listed.position[label]]
            raise table.problem(f"{owner} {label!r} stands in line {first} already", record, owner)
        listed.position[label] = len(lines)
        lines.append(record.line)
        for name in columns:
            number = table.number(record, name, _DEFAULTS.get(name))
            if name == "supply" and not number:
                raise table.problem("expected a supply > 0, got 0", record, name)
            listed.numbers[name].append(number)
    if not lines:
        raise table.nothing(owner)
    return listed


def _read_values(table: CsvTable, bidders: _Listed, goods: _Listed | None) -> Entries:
    """Read the pairs; without a list of goods, their first appearance numbers them."""
    columns = {} if goods is None else goods.position
    pairs: list[tuple[int, int]] = []
    lines: list[int] = []
    numbers: list[Number] = []
    for record in table.records():
        bidder, good = table.label(record, "bidder"), table.label(record, "good")
        if bidder not in bidders.position:
            raise table.problem(
                f"bidder {bidder!r} is not listed in {bidders.path}", record, "bidder"
            )
        if goods is not None and good not in columns:
            raise table.problem(f"good {good!r} is not listed in {goods.path}", record, "good")
        pairs.append((bidders.position[bidder], columns.setdefault(good, len(columns))))
        lines.append(record.line)
        numbers.append(table.number(record, "value"))
    if not columns:
        raise table.nothing("good")
    return _sorted_entries(table, pairs, lines, numbers, (tuple(bidders.position), tuple(columns)))


def _sorted_entries(
    table: CsvTable,
    pairs: list[tuple[int, int]],
    lines: list[int],
    numbers: list[Number],
    labels: tuple[tuple[str, ...], tuple[str, ...]],
) -> Entries:
    bidders, goods = labels
    bidder, good = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    key = bidder * len(goods) + good
    order = np.argsort(key, kind="stable")
    again = np.flatnonzero(np.diff(key[order]) == 0)
    if len(again):
        first, second = min(
            ((lines[order[k]], lines[order[k + 1]]) for k in again), key=itemgetter(1)
        )
        pair = pairs[lines.index(second)]
        raise FormatError(
            f"bidder {bidders[pair[0]]!r} and good {goods[pair[1]]!r} stand together in line "
            f"{first} already",
            line=second,
            column=1,
            source=table.path,
        )
    every = numbers_in_list([numbers[k] for k in order.tolist()], str)
    shape = (len(bidders), len(goods))
    return entries_at(every, bidder[order], good[order], shape, bidders=bidders, goods=goods)
