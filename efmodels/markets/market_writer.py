"""Write a market to comma-separated files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.files.exact import number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from os import PathLike

    from efmodels.game import Number
    from efmodels.markets.market import Market

_NEEDS_QUOTES = re.compile('[,"\r\n]')


def write_market(
    market: Market,
    values_csv: str | PathLike[str],
    budgets_csv: str | PathLike[str],
    goods_csv: str | PathLike[str] | None = None,
) -> tuple[Path, ...]:
    """Write a market to two or three files, from which ``read_market`` makes an equal one.

    Integers and fractions are written exactly, floats as their shortest decimals.

    Parameters
    ----------
    market
        The market; its title is not written.
    values_csv, budgets_csv, goods_csv
        The files, as ``read_market`` describes them; existing ones are replaced. The last one may
        be left out if no good has a reserve, another supply than one, or no value at all.

    Returns
    -------
    tuple
        The paths of the files that were written, in the order in which ``read_market`` takes them.

    Raises
    ------
    GameError
        The third file is left out although it is needed, or a label or a number cannot be written.

    Examples
    --------
    >>> from efmodels.markets import Market, read_market
    >>> market = Market(values=[[4, 4]], budgets=[2], reserves=[0, 1])
    >>> paths = write_market(market, "values.csv", "budgets.csv", "goods.csv")
    >>> print(paths[2].read_text(encoding="utf-8"), end="")
    good,reserve,supply
    G1,0,1
    G2,1,1
    >>> read_market(*paths) == market
    True
    """
    if goods_csv is None:
        _require_nothing_lost(market)
    texts = {
        Path(values_csv): _values_text(market),
        Path(budgets_csv): _text(
            ("bidder", "budget"), map(_quoted, market.bidders), _numbers(market.exact_budgets)
        ),
    }
    if goods_csv is not None:
        texts[Path(goods_csv)] = _text(
            ("good", "reserve", "supply"),
            map(_quoted, market.goods),
            _numbers(market.exact_reserves),
            _numbers(market.exact_supplies),
        )
    for path, data in [(path, _encoded(text)) for path, text in texts.items()]:
        path.write_bytes(data)
    return tuple(texts)


def _require_nothing_lost(market: Market) -> None:
    values = market.values
    no_entry = np.bincount(values.indices, minlength=len(market.goods)) == 0
    needed = {
        "a reserve": market.reserves != 0,
        "a supply other than one": market.supplies != 1,
        "no value, not even of zero": no_entry,
    }
    for what, goods in needed.items():
        if goods.any():
            raise GameError(
                f"good {market.goods[int(np.argmax(goods))]!r} has {what}, which the values and "
                "the budgets do not say: give goods_csv as well"
            )


def _values_text(market: Market) -> str:
    """Write by good, so that goods appear for the first time in their order."""
    values = market.values
    bidder = np.repeat(np.arange(len(market.bidders)), np.diff(values.indptr))
    order = np.argsort(values.indices, kind="stable").tolist()
    bidders = [_quoted(label) for label in market.bidders]
    goods = [_quoted(label) for label in market.goods]
    numbers = market.exact_values
    return _text(
        ("bidder", "good", "value"),
        (bidders[i] for i in bidder[order].tolist()),
        (goods[j] for j in values.indices[order].tolist()),
        _numbers([numbers[k] for k in order]),
    )


def _text(header: Sequence[str], *columns: Iterable[str]) -> str:
    records = [header, *zip(*columns, strict=True)]
    return "".join([",".join(record) + "\n" for record in records])


def _numbers(numbers: Iterable[Number]) -> Iterable[str]:
    return map(number_text, numbers)


def _quoted(label: str) -> str:
    if not _NEEDS_QUOTES.search(label):
        return label
    doubled = label.replace('"', '""')
    return f'"{doubled}"'


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise GameError(
            f"a label holds {text[error.start]!r}, half of a surrogate pair, which no file can "
            "hold: change the label"
        ) from error
