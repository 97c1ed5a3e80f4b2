"""The README says each thing once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def test_labels_of_the_tables_are_unique() -> None:
    """A row that stands there twice may say two things; the first cell of each row is its label."""
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    labels = [row.split("|")[1].strip() for row in rows]
    named = [label for label in labels if label]

    assert len(named) > 10
    assert [label for label, times in Counter(named).items() if times > 1] == []


def test_no_two_lines_begin_alike() -> None:
    """Two versions of one sentence begin with the same 25 characters; code may repeat itself."""
    prose = README.read_text(encoding="utf-8").split("```")[::2]
    lines = [line for part in prose for line in part.splitlines()]
    begins = Counter(line[:25] for line in lines if len(line) > 25)

    assert [begin for begin, times in begins.items() if times > 1] == []
