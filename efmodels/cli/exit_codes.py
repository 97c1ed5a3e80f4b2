"""What the command's exit code says, and how an error becomes one line and a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from efmodels.errors import (
    CapabilityError,
    EfmodelsError,
    InfeasibleError,
    MissingPackageError,
    ModelError,
    SolverError,
    UnboundedError,
)
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

REGRET = 1
"""Exit code of a game that was solved, yet some player's regret exceeds the tolerance."""

FAILED = 6
"""Exit code of a solver, or a benchmark, that failed, or of what is not installed."""

# The first class that fits decides: a subclass stands before its bases.
CODE_OF_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (InfeasibleError, 4),
    (UnboundedError, 5),
    (SolverError, FAILED),
    (MissingPackageError, FAILED),
    (CapabilityError, 7),
    (ModelError, 2),  # the command builds the model itself: what is wrong is how to write it
    (EfmodelsError, 3),
    (OSError, 3),
)

MEANINGS: Mapping[int, str] = {
    0: "fine",
    REGRET: "solved, but a player's regret exceeds the tolerance",
    2: "wrong usage, such as an unknown option or suffix of the file to write",
    3: "a file cannot be read or written, the game does not fit the concept, or the model is too "
    "large for the memory",
    4: "infeasible",
    5: "unbounded",
    FAILED: "the solver failed, is not known or not installed; or matplotlib is not installed; "
    "or a benchmark failed",
    7: "this solver cannot take this kind of model",
}
"""What the exit codes say."""


def explanation(*codes: int) -> str:
    """Return the end of what ``--help`` prints: the codes that can come up.

    >>> print(explanation(0, 4))
    Exit codes:
    0: fine.
    4: infeasible.
    """
    lines = [f"{code}: {meaning}." for code, meaning in MEANINGS.items() if code in codes]
    return "\n".join(["Exit codes:", *lines])


def exit_code(error: Exception) -> int:
    """Return the exit code of an error.

    >>> from efmodels.errors import GameError
    >>> exit_code(GameError("no constant sum"))
    3
    """
    return next(code for kind, code in CODE_OF_ERROR if isinstance(error, kind))


def message(error: Exception) -> str:
    """Return what to print of an error; advice for Python programs is replaced by a shell's."""
    if isinstance(error, SolverError) and error.status == Status.UNKNOWN_SOLVER:
        return f"{error} For any other, `efmodels export` writes the model to a file."
    return str(error)


def report(message: str) -> None:
    """Print a message on stderr."""
    typer.echo(f"efmodels: {message}", err=True)
