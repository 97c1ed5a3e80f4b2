"""Registering solvers with Pyomo's factories, or else something that says why they are not there.

The records below are what a solver of ours and Pyomo's interface tell each other; they know nothing
of ``pyomo.contrib.solver``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import pyomo
import pyomo.environ as pyo
from pyomo.common.factory import Factory

from efmodels.errors import CapabilityError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PLUGINS_NEED = ">=6.10.1,<6.11"
"""The versions of Pyomo in which a solver can be registered; efmodels itself runs with more."""


@dataclass(frozen=True)
class Plugin:
    """A solver to be registered.

    Attributes
    ----------
    name, doc
        What Pyomo's factories shall know.
    package
        The Python package that must be installed.
    new_backend
        Makes what solves; once for each object of the solver.
    takes_integers
        Whether it knows a gap.
    licensed_like
        Pyomo's own interface that looks at the licence; empty where there is none to look at.
    """

    name: str
    doc: str
    package: str
    new_backend: Callable[[], Backend]
    takes_integers: bool = True
    licensed_like: str = ""


@dataclass(frozen=True)
class Request:
    """What is asked of one solve; ``None`` is for what the user has not said.

    ``streams`` get what is printed; ``timer`` is a ``HierarchicalTimer``.
    """

    time_limit: float | None
    gap: float | None
    threads: int | None
    vertex: bool
    options: Mapping[str, Any]
    streams: Sequence[Any]
    timer: Any


@dataclass(frozen=True)
class Outcome:
    """How a solve ended.

    Attributes
    ----------
    condition, solution
        Names among Pyomo's ``TerminationCondition`` and ``SolutionStatus``.
    point
        The solution, if there is one.
    value, bound
        Of the objective; ``None`` where unknown.
    message
        The solver's own words, or else the status.
    log, iterations
        What it printed, and how far it went.
    """

    condition: str
    solution: str
    point: Point | None
    value: float | None
    bound: float | None
    message: str
    log: str
    iterations: int


class Backend(Protocol):
    """What solves."""

    def solve(self, model: Any, request: Request) -> Outcome:
        """Solve a model, and load nothing."""


class Point(Protocol):
    """A solution: ``None`` asks for all variables or constraints."""

    has_duals: bool
    has_reduced_costs: bool

    def load_values(self) -> None:
        """Give all variables their values."""

    def load_duals(self, dual: Any, rc: Any) -> None:
        """Give the rows their duals, and fill those of the two suffixes that are there."""

    def values(self, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        """Return a map from variables to values."""

    def reduced_costs(self, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        """Return a map from variables to reduced costs."""

    def duals(self, asked: Sequence[Any] | None) -> dict[Any, float]:
        """Return a dictionary from constraints to duals."""


def register_plugins(plugins: Sequence[Plugin]) -> None:
    """Register solvers with Pyomo's two factories.

    Where Pyomo has changed what this needs, what is registered instead refuses every use with a
    `CapabilityError` that names the change.
    """
    try:
        from efmodels.pyomo_internals.plugins import register

        for plugin in plugins:
            register(plugin)
    # What a module may raise whose base classes and settings are no longer what they were.
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        for plugin in plugins:
            _register_refusal(plugin, f"{type(error).__name__}: {error}")


def _register_refusal(plugin: Plugin, reason: str) -> None:
    """Register what refuses to work, under the name of a plug-in."""

    class Refusal(RefusingSolver):
        name = plugin.name
        complaint = (
            f"{plugin.name} cannot be a solver of Pyomo {pyomo.__version__} ({reason}); it needs "
            f"pyomo{PLUGINS_NEED}. efmodels.solve(model, {plugin.name!r}) does the same without it"
        )

    pyo.SolverFactory.register(plugin.name, doc=f"{plugin.doc} (not with this Pyomo)")(Refusal)
    try:
        from pyomo.contrib.solver.common.factory import SolverFactory

        Factory.register(SolverFactory, plugin.name, doc=plugin.doc)(Refusal)
    except (ImportError, AttributeError):  # then the other factory alone can be asked
        return


class RefusingSolver:
    """A solver that can be made, and then says why it is of no use.

    Pyomo's factories turn an error of a constructor into a warning, so that is not the time.
    """

    name: str
    complaint: str

    def __init__(self, **keywords: Any) -> None:
        self.options: dict[str, Any] = {}
        self.keywords = keywords

    def available(self, exception_flag: bool = True) -> bool:  # noqa: FBT001, FBT002 - Pyomo's signature
        """Refuse, or return false if no error is wanted."""
        if exception_flag:
            self._refuse()
        return False

    def license_is_valid(self) -> bool:
        """Return false."""
        return False

    def solve(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        self._refuse()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)  # what Python asks of any object
        self._refuse()

    def __enter__(self) -> RefusingSolver:  # noqa: PYI034 - Pyomo's way
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing."""

    def _refuse(self) -> NoReturn:
        raise CapabilityError(self.complaint)
