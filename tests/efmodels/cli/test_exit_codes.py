"""How an error becomes an exit code."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from efmodels import errors
from efmodels.cli.exit_codes import CODE_OF_ERROR, MEANINGS, exit_code, explanation, message
from efmodels.results import Status

if TYPE_CHECKING:
    from pathlib import Path


def test_no_class_stands_before_its_subclass() -> None:
    """The first class that fits decides, so none behind it is a special case of it."""
    kinds = [kind for kind, _ in CODE_OF_ERROR]

    assert [(a, b) for a, b in combinations(kinds, 2) if issubclass(b, a)] == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.GameError("no players"), 3),
        (errors.FormatError("a brace", line=1, column=2), 3),
        (FileNotFoundError("nowhere.efg"), 3),
        (errors.ModelError("the suffix"), 2),
        (errors.InfeasibleError("", status="", solver=""), 4),
        (errors.UnboundedError("", status="", solver=""), 5),
        (errors.SolverError("", status="", solver=""), 6),
        (errors.MissingPackageError("matplotlib"), 6),
        (errors.CapabilityError(""), 7),
    ],
)
def test_code_of_error(error: Exception, code: int) -> None:
    """Every kind of error has its code."""
    assert exit_code(error) == code


def test_every_error_has_a_code() -> None:
    """No error that the package raises on purpose is without a code."""
    assert any(kind is errors.EfmodelsError for kind, _ in CODE_OF_ERROR)


@pytest.mark.parametrize("code", {code for _, code in CODE_OF_ERROR} | {0, 1})
def test_every_code_is_explained(code: int) -> None:
    """Every code has a meaning, and the help a line for it."""
    assert f"\n{code}: {MEANINGS[code]}." in explanation(*MEANINGS)


def test_help_explains_what_can_come_up() -> None:
    """Other codes are left out."""
    assert [line[:2] for line in explanation(0, 3).splitlines()[1:]] == ["0:", "3:"]


def test_page_has_the_same_table(root: Path) -> None:
    """The reference says what the help says."""
    page = (root / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")

    assert "".join(f"| {code} | {text} |\n" for code, text in MEANINGS.items()) in page


def test_unknown_solver_is_no_dead_end() -> None:
    """Who has another solver is told to export, and nothing about Python."""
    error = errors.SolverError("no such solver.", status=Status.UNKNOWN_SOLVER, solver="xyz")

    assert message(error) == (
        "no such solver. For any other, `efmodels export` writes the model to a file."
    )
    assert message(errors.GameError("no players")) == "no players"
