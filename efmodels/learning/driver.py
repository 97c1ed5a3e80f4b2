"""Learning with certificates: methods at work, until what they prove together is enough."""

from __future__ import annotations

from contextlib import closing, nullcontext
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.learning.certified import Certified
from efmodels.learning.learned import Entry, Learned, Ranges
from efmodels.learning.member import Limits, Member
from efmodels.learning.member_threads import side_by_side
from efmodels.learning.methods import method_named
from efmodels.learning.multipliers import SmoothMultipliers
from efmodels.learning.portfolio import Portfolio, automatic, available_threads
from efmodels.learning.progress import progress_bar
from efmodels.learning.relaxation import relaxed
from efmodels.learning.state import State
from efmodels.names import distinct

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from efmodels.learning.methods import Method
    from efmodels.learning.multipliers import Multipliers
    from efmodels.learning.relaxation import Relaxation
    from efmodels.problem import EquilibriumProblem

    Listener = Callable[[Entry], bool | None]

__all__ = ["Entry", "Learned", "Ranges", "learn"]

SMOOTH = SmoothMultipliers()


def learn(
    problem: EquilibriumProblem,
    ranges: Ranges,
    *,
    tolerance: float = 1e-3,
    method: str | Method | Portfolio = "auto",
    multipliers: Multipliers = SMOOTH,
    engine: str = "auto",
    threads: int | None = None,
    time_limit: float | None = None,
    iteration_limit: int = 1_000_000,
    callback: Listener | None = None,
    progress: bool = False,
) -> Learned:
    """Solve a problem by regret minimization, with certificates.

    Parameters
    ----------
    problem
        With or without incentive constraints.
    ranges
        The units of accuracy.
    tolerance
        Solved means: no regret is larger than this share of the payoff range, and bound and value
        differ by at most this share of the objective range. An approximate equilibrium may get
        more than any exact one, so that neither alone would say enough.
    method
        How plans are improved, by name or as a record, see :mod:`efmodels.learning.methods`; or a
        :class:`~efmodels.learning.portfolio.Portfolio` of several, side by side. ``"auto"`` is what
        :func:`~efmodels.learning.portfolio.automatic` chooses.
    multipliers
        The rule for the price of violations.
    engine
        ``"numpy"``, ``"numba"`` or ``"auto"``.
    threads
        How many members of a portfolio may work at the same time; by default as many as the
        processors that this process may use with numba, and 1 with numpy.
    time_limit
        In seconds of wall time, looked at several times in every chunk.
    iteration_limit
        The most iterations of each member.
    callback
        Called with the log's new line after every chunk; returns true to stop. It is called in the
        thread of the caller.
    progress
        Show a bar on stderr, if that is a terminal.

    Returns
    -------
    Learned
        The best certified answer, whatever ended the run: a limit, the callback, or Ctrl-C.

    Raises
    ------
    GameError
        An argument is out of range, or a name not known.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.sheriff(items=3, bribe=1, rounds=1)
    >>> problem = ef.formulations.efce(game).problem
    >>> learned = learn(problem, Ranges(objective=20, payoff=20), tolerance=0.01)
    >>> learned.status, learned.bound >= ef.optimal_equilibrium(game, "efce").value
    ('solved', True)
    """
    if not tolerance > 0:
        raise GameError(f"tolerance must be above 0; got {tolerance}")
    if threads is not None and threads < 1:
        raise GameError(f"threads must be at least 1; got {threads}")
    if iteration_limit < 1:
        raise GameError(f"iteration_limit must be at least 1; got {iteration_limit}")
    relaxation = relaxed(problem, ranges, multipliers.start, engine)
    threads = threads or available_threads(relaxation.engine)
    methods = _members(method, relaxation, threads)
    seconds = np.inf if time_limit is None else time_limit
    limits = Limits(iteration_limit, perf_counter(), process_time(), seconds)
    certified = _beginning(relaxation, tolerance)
    names = distinct(tuple(map(str, methods)))
    members = [
        Member(name, one, multipliers, relaxation=relaxation, certified=certified, limits=limits)
        for name, one in zip(names, methods, strict=True)
    ]
    log: list[Entry] = []
    lines = side_by_side(members, certified, threads)
    with progress_bar(tolerance, ranges) if progress else nullcontext(_show_nothing) as show:
        status = _followed(lines, log, certified, limits, (show, callback))
    if not certified.is_bounded:
        for member in members:
            member.prove()
    seconds = perf_counter() - limits.started
    iterations = sum(member.state.iterations for member in members)
    best, priced = certified.best.x, certified.priced
    return relaxation.learned(
        best, priced, status=status, iterations=iterations, seconds=seconds, log=log
    )


def _members(
    method: str | Method | Portfolio, relaxation: Relaxation, threads: int
) -> tuple[Method, ...]:
    """Return who is to work."""
    if isinstance(method, str):
        if method.lower() == "auto":
            return automatic(relaxation.saddle, threads).members
        return (method_named(method),)
    return method.members if isinstance(method, Portfolio) else (method,)


def _beginning(relaxation: Relaxation, tolerance: float) -> Certified:
    """Return what is known before the first iteration: a uniform plan, and no bound."""
    state = State.start(relaxation.saddle)
    judged = relaxation.certifier.judge(state.leader.average, state.weights)
    return Certified(tolerance, judged, state.adversary.average)


def _followed(
    lines: Generator[Entry],
    log: list[Entry],
    certified: Certified,
    limits: Limits,
    listeners: tuple[Listener, Listener | None],
) -> str:
    """Write the log as it comes, until something ends the work; return what it was."""
    try:
        with closing(lines):
            for entry in lines:
                log.append(entry)
                stops = [bool(tell(entry)) for tell in listeners if tell is not None]
                if certified.is_solved:
                    return "solved"
                if any(stops):
                    return "stopped"
    except KeyboardInterrupt:
        return "interrupted"
    return "time limit" if limits.is_late else "iteration limit"


def _show_nothing(entry: Entry) -> None:
    del entry
