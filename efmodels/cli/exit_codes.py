"""What the command's exit code says, and how an error becomes one line and a code."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from efmodels.errors import (
    CapabilityError,
    EfmodelsError,
    InfeasibleError,
    ModelError,
    SolverError,
    UnboundedError,
)

REGRET = 1
"""Exit code of a game that was solved, yet some player's regret exceeds the tolerance."""

FAILED = 6
"""Exit code of a solver, or a benchmark, that failed."""

# The first class that fits decides: a subclass stands before its bases.
CODE_OF_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (InfeasibleError, 4),
    (UnboundedError, 5),
    (SolverError, FAILED),
    (CapabilityError, 7),
    (ModelError, 2),  # the command builds the model itself: what is wrong is how to write it
    (EfmodelsError, 3),
    (OSError, 3),
)

EXPLANATION = """\
Exit codes:
0: fine.
1: solved, but a player's regret exceeds the tolerance.
2: wrong usage, such as a file to write whose suffix is unknown.
3: the game cannot be read, or does not fit the concept.
4: infeasible.
5: unbounded.
6: the solver failed, is not known or not installed; or a benchmark failed.
7: this solver cannot take this kind of model."""
"""The end of what ``--help`` prints."""


def exit_code(error: Exception) -> int:
    """Return the exit code of an error.

    >>> from efmodels.errors import GameError
    >>> exit_code(GameError("no constant sum"))
    3
    """
    return next(code for kind, code in CODE_OF_ERROR if isinstance(error, kind))


class ReportingGroup(TyperGroup):
    """Commands whose expected errors end as one message on stderr, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what is no error of ours passes through."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # whoever read our output has gone: typer ends quietly
            raise
        except (EfmodelsError, OSError) as error:
            report(str(error))
            raise typer.Exit(exit_code(error)) from error


def report(message: str) -> None:
    """Print a message on stderr."""
    typer.echo(f"efmodels: {message}", err=True)
