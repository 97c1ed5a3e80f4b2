"""Small two-column tables, as text for a terminal and as HTML for a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def text_table(rows: Sequence[tuple[str, str]]) -> str:
    """Align names and texts in two columns.

    >>> print(text_table([("status", "optimal"), ("value", "1")]))
    status  optimal
    value   1
    """
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in rows)


def html_table(rows: Sequence[tuple[str, str]]) -> str:
    """Return the same as an HTML table.

    >>> html_table([("a < b", "1")])
    '<table><tr><th>a &lt; b</th><td>1</td></tr></table>'
    """
    body = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table>{''.join(body)}</table>"
