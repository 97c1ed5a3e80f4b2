"""Every error that efmodels raises on purpose: one base, and a builtin beside it.

``except ValueError`` and ``except efmodels.EfmodelsError`` both work, and the message says what was
given, what was expected and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.results import Result


class EfmodelsError(Exception):
    """Base of every error that efmodels raises on purpose."""


class GameError(EfmodelsError, ValueError):
    """What is modelled, or a question about it, does not make sense: a game, a market, a mechanism.

    The one error for all of them: what is wrong with a market is a ``GameError`` as well.
    """


class FormatError(EfmodelsError, ValueError):
    """A file of a game or of a market cannot be read.

    Parameters
    ----------
    expected
        What was expected, and what stood there instead.
    line, column
        Where, both counted from 1.
    source
        The file, or ``None`` for a text in memory.
    """

    def __init__(
        self, expected: str, *, line: int, column: int, source: str | Path | None = None
    ) -> None:
        self.expected = expected
        self.line = line
        self.column = column
        self.source = None if source is None else str(source)
        super().__init__(f"{self.source or '<text>'}:{line}:{column}: {expected}")

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the message's parts: the arguments are keyword-only."""
        return _rebuild_format_error, (self.expected, self.line, self.column, self.source)


def _rebuild_format_error(expected: str, line: int, column: int, source: str | None) -> FormatError:
    return FormatError(expected, line=line, column=column, source=source)


class ModelError(EfmodelsError, ValueError):
    """A Pyomo model cannot be solved or written as it stands."""


class SolverError(EfmodelsError, RuntimeError):
    """A solver did not return a solution that can be used.

    ``status`` says how it ended (a member of `efmodels.solving.Status`), ``solver`` who it was, and
    ``result`` keeps all that it left behind (bound, log, seconds), or is ``None`` where it never
    started.
    """

    def __init__(
        self, message: str, *, status: str, solver: str, result: Result | None = None
    ) -> None:
        self.status = status
        self.solver = solver
        self.result = result
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the message's parts: the arguments are keyword-only."""
        return _rebuild_solver_error, (
            type(self),
            str(self),
            self.status,
            self.solver,
            self.result,
        )


def _rebuild_solver_error(
    kind: type[SolverError], message: str, status: str, solver: str, result: Result | None
) -> SolverError:
    return kind(message, status=status, solver=solver, result=result)


class InfeasibleError(SolverError):
    """The model has no feasible point: the side constraints leave no equilibrium.

    ``conflict`` has the names of constraints that cannot hold together, and of variables whose
    bounds contradict them; it is empty where they were not found.
    """

    def __init__(
        self,
        message: str,
        *,
        status: str,
        solver: str,
        result: Result | None = None,
        conflict: tuple[str, ...] = (),
    ) -> None:
        self.conflict = conflict
        super().__init__(message, status=status, solver=solver, result=result)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the message's parts: the arguments are keyword-only."""
        return _rebuild_infeasible_error, (
            str(self),
            self.status,
            self.solver,
            self.result,
            self.conflict,
        )


def _rebuild_infeasible_error(
    message: str, status: str, solver: str, result: Result | None, conflict: tuple[str, ...]
) -> InfeasibleError:
    return InfeasibleError(message, status=status, solver=solver, result=result, conflict=conflict)


class UnboundedError(SolverError):
    """The objective has no finite optimum."""


class CapabilityError(EfmodelsError, TypeError):
    """A solver, or a block, cannot do what was asked; the message names those that can."""


class MissingPackageError(EfmodelsError, ImportError):
    """An optional package is not installed; the message says how to install it."""


class SizeError(EfmodelsError, MemoryError):
    """What was asked for passes a limit of size; the message names the limit and what to do.

    ``gigabytes`` is how much memory it needs by an estimate, and ``limit`` how much it may take;
    both are ``None`` where it is not memory that is short.
    """

    def __init__(
        self, message: str, *, gigabytes: float | None = None, limit: float | None = None
    ) -> None:
        self.gigabytes = gigabytes
        self.limit = limit
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the message's parts: the arguments are keyword-only."""
        return _rebuild_size_error, (str(self), self.gigabytes, self.limit)


def _rebuild_size_error(message: str, gigabytes: float | None, limit: float | None) -> SizeError:
    return SizeError(message, gigabytes=gigabytes, limit=limit)
