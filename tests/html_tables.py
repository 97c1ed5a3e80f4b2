"""Read HTML tables back with the standard library's parser, which unescapes what it reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Table:
    """The caption and the texts of a table; per cell, its tag and its ``scope``."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    kinds: list[list[tuple[str, str | None]]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr":
            self.tables[-1].rows.append([])
            self.tables[-1].kinds.append([])
        elif tag in {"td", "th"}:
            self.tables[-1].rows[-1].append("")
            self.tables[-1].kinds[-1].append((tag, dict(attrs).get("scope")))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if self.open[-1] == "caption":
            self.tables[-1].caption += data
        else:
            assert self.open[-1] in {"td", "th"}, f"{data!r} stands outside of a cell"
            self.tables[-1].rows[-1][-1] += data


def read_tables(html: str) -> list[Table]:
    """Return the tables of a text; every element must be closed in its place."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.tables
