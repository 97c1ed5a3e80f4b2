"""Running Pyomo's own solver interfaces, of all three families, and loading nothing.

Nothing of ``pyomo.contrib`` is imported before it is run: what cannot be found there is an error of
the solver that was asked for, and of no other.
"""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyomo
import pyomo.environ as pyo
from pyomo.common.errors import PyomoException
from pyomo.common.log import LoggingIntercept
from pyomo.common.tee import TeeStream, capture_output

from efmodels.errors import CapabilityError
from efmodels.pyomo_internals.values import loading_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Numbers = Mapping[Any, float]

_FEASIBLE = 2  # HiGHS's code for a feasible point


@dataclass(frozen=True)
class Answer:
    """What an interface says of a run.

    Attributes
    ----------
    results
        Pyomo's results; an older interface gives others than a new one.
    condition
        Its termination condition.
    has_point
        Whether there is a feasible point.
    bound
        What was proved, or ``None``.
    log
        What the solver printed.
    load, duals, reduced_costs
        Give the variables their values; return what they are called.
    """

    results: Any
    condition: Any
    has_point: bool
    bound: float | None
    log: str
    load: Callable[[], None]
    duals: Callable[[], Numbers]
    reduced_costs: Callable[[], Numbers]


def find_interface(name: str) -> Any:
    """Return a new object of the interface that ``pyomo.contrib.solver`` has under a name.

    Raises
    ------
    CapabilityError
        This version of Pyomo has none.
    """
    try:
        from pyomo.contrib.solver.common.factory import SolverFactory
    except ImportError as error:
        raise CapabilityError(
            f"Pyomo {pyomo.__version__} has no solver interfaces where they were: {error}"
        ) from error
    interface = SolverFactory(name)
    if interface is None:
        raise CapabilityError(f"Pyomo {pyomo.__version__} has no solver interface {name!r}")
    return interface


def ask(name: str, model: Any, options: Mapping[str, Any], *, tee: bool) -> Answer:
    """Run an interface of ``pyomo.contrib.solver``."""
    interface = find_interface(name)
    results = interface.solve(
        model,
        tee=tee,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
        solver_options=dict(options),
    )
    has_point = results.solution_status.name in {"feasible", "optimal"}
    loader = results.solution_loader
    return Answer(
        results,
        condition=results.termination_condition,
        # Up to Pyomo 6.10.0, the interface to HiGHS takes any point for feasible.
        has_point=has_point and (name != "highs" or _is_feasible(interface)),
        bound=results.objective_bound,
        log=results.solver_log or "",
        load=loader.load_vars,
        duals=_if_any(loader.get_duals),
        reduced_costs=_if_any(loader.get_reduced_costs),
    )


def ask_appsi_highs(model: Any, options: Mapping[str, Any], *, tee: bool) -> Answer:
    """Run the interface ``appsi_highs``."""
    from pyomo.contrib.appsi.solvers import Highs

    interface = Highs()
    interface.config.load_solution = False
    interface.config.stream_solver = True
    interface.highs_options = dict(options)
    with _captured(tee=tee) as printed:
        results = interface.solve(model)
    loader = results.solution_loader
    return Answer(
        results,
        condition=results.termination_condition,
        has_point=_is_feasible(interface),  # the interface takes any point for feasible
        bound=results.best_objective_bound,
        log=printed.getvalue(),
        load=loader.load_vars,
        duals=_if_any(loader.get_duals),
        reduced_costs=_if_any(loader.get_reduced_costs),
    )


def ask_legacy(
    name: str, model: Any, options: Mapping[str, Any], *, tee: bool, suffixes: list[str]
) -> Answer:
    """Run one of the interfaces of ``pyomo.solvers``."""
    interface = pyo.SolverFactory(name)
    interface.options.update(options)
    with _captured(tee=tee) as printed:
        results = interface.solve(model, tee=True, load_solutions=False, suffixes=suffixes)
    solution = results.solution(0) if len(results.solution) else None
    variables = {} if solution is None else solution.variable
    rows = {} if solution is None else solution.constraint
    symbols = results._smap.bySymbol  # noqa: SLF001 - where load_solutions=False leaves the names
    return Answer(
        results,
        condition=results.solver.termination_condition,
        has_point=len(variables) > 0,
        bound=None,
        log=printed.getvalue(),
        load=lambda: _load(symbols, variables),
        duals=lambda: _column(symbols, rows, "Dual"),
        reduced_costs=lambda: _column(symbols, variables, "Rc"),
    )


def _load(symbols: Mapping[str, Any], entries: Mapping[str, Any]) -> None:
    with loading_values():
        for symbol, entry in entries.items():
            variable = symbols.get(symbol)
            if variable is not None and not variable.fixed:
                variable.set_value(entry["Value"], skip_validation=True)


def _column(symbols: Mapping[str, Any], entries: Mapping[str, Any], name: str) -> Numbers:
    numbers: Numbers = pyo.ComponentMap(
        (symbols[symbol], entry[name])
        for symbol, entry in entries.items()
        if symbol in symbols and name in entry
    )
    return numbers


def _if_any(fetch: Callable[[], Numbers]) -> Callable[[], Numbers]:
    """Return nothing where an interface says that it has none."""

    def fetched() -> Numbers:
        try:
            return fetch()
        except (PyomoException, NotImplementedError, RuntimeError):
            return {}

    return fetched


@contextmanager
def _captured(*, tee: bool) -> Iterator[io.StringIO]:
    """Collect what the solver prints and Pyomo logs; an error takes it along as its note."""
    printed = io.StringIO()
    streams = TeeStream(printed, *([sys.stdout] if tee else []))
    try:
        with LoggingIntercept(printed, "pyomo"), capture_output(streams):
            yield printed
    except Exception as error:  # only now has everything arrived that was printed
        error.add_note(printed.getvalue())
        raise


# HiGHS behind an interface -----------------------------------------------------------------------


def highs_of(interface: Any) -> Any:
    """Return the object of HiGHS's own behind an interface to it."""
    return interface._solver_model  # noqa: SLF001 - Pyomo has no other way


def _is_feasible(interface: Any) -> bool:
    """Say whether HiGHS itself calls its point feasible."""
    return bool(highs_of(interface).getInfo().primal_solution_status == _FEASIBLE)


def hand_to_highs(model: Any) -> Any:
    """Return Pyomo's interface to HiGHS after it has been given a model; nothing is solved."""
    interface = find_interface("highs")
    interface.set_instance(model)
    return interface


def load_from_highs(interface: Any, suffix: Any) -> None:
    """Load the point that HiGHS holds now, duals into a suffix, as the interface does."""
    interface._sol = highs_of(interface).getSolution()  # noqa: SLF001 - as after a run
    interface._load_vars()  # noqa: SLF001 - likewise
    suffix.update(interface._get_duals())  # noqa: SLF001 - likewise
