"""Small tables, as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def text_table(rows: Sequence[tuple[str, str]]) -> str:
    """Align names and texts in two columns.

    >>> print(text_table([("status", "optimal"), ("value", "1")]))
    status  optimal
    value   1
    """
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in rows)


def html_table(
    rows: Iterable[Sequence[str]], *, caption: str = "", heads: Sequence[str] = ()
) -> str:
    """Return rows as an HTML table; every text is escaped, the first of a row is its head.

    Parameters
    ----------
    rows
        The texts of each row.
    caption
        What the table is about.
    heads
        A head per column; none if they are left out.

    Examples
    --------
    >>> html_table([("a < b", "1")])
    '<table><tbody><tr><th scope="row">a &lt; b</th><td>1</td></tr></tbody></table>'
    """
    top = f"<caption>{escape(caption)}</caption>" if caption else ""
    if heads:
        cells = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
        top += f"<thead><tr>{cells}</tr></thead>"
    return f"<table>{top}<tbody>{''.join(map(_html_row, rows))}</tbody></table>"


def _html_row(row: Sequence[str]) -> str:
    head, *cells = map(escape, row)
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
