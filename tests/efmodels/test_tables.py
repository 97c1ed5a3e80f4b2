"""Small tables: aligned as text, escaped and accessible as HTML."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from efmodels.tables import html_table, text_table
from tests.html_tables import read_tables

# What an HTML parser leaves as it is: no control characters, and spaces only inside.
texts = st.text("ab<>&\"'/é=", max_size=6)


@given(st.lists(st.tuples(texts, texts, texts), min_size=1), texts, st.tuples(texts, texts, texts))
def test_every_text_comes_back(
    rows: list[tuple[str, str, str]], caption: str, heads: tuple[str, str, str]
) -> None:
    """Whatever is in a label, a browser shows it: no text is taken for markup."""
    (table,) = read_tables(html_table(rows, caption=caption, heads=heads))

    assert table.caption == caption
    assert table.rows == [list(heads), *map(list, rows)]


def test_heads_say_what_they_are_heads_of() -> None:
    """Screen readers learn from ``scope`` which cells a head belongs to."""
    (table,) = read_tables(html_table([("a", "1"), ("b", "2")], heads=("name", "number")))

    assert table.kinds == [[("th", "col")] * 2] + [[("th", "row"), ("td", None)]] * 2


def test_nothing_is_said_without_a_reason() -> None:
    """Without caption and heads there are no empty elements for them."""
    html = html_table([("a", "1")])

    assert "caption" not in html
    assert "thead" not in html


def test_text_is_aligned() -> None:
    """The second column begins two characters after the longest name."""
    assert text_table([("a", "1"), ("long", "2")]) == "a     1\nlong  2"
    assert text_table([]) == ""
