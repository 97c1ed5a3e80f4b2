"""How an error becomes an exit code."""

from __future__ import annotations

from itertools import combinations

import pytest

from efmodels import errors
from efmodels.cli.exit_codes import CODE_OF_ERROR, EXPLANATION, exit_code


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
    """The help has a line for every code."""
    assert [line for line in EXPLANATION.splitlines() if line.startswith(f"{code}: ")]
