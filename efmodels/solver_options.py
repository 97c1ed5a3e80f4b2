"""Whether a solver accepts its options, asked of the solver itself before the model goes there.

Pyomo's HiGHS interfaces ignore the answer to a refused option, CBC prints a line and goes on, and
GLPK stops. Here a refused option is one error that names the option, the solver and what is near.
"""

from __future__ import annotations

import difflib
import math
import re
import subprocess
from typing import TYPE_CHECKING, Any

from pyomo.common.tee import capture_output

from efmodels import nonlinear_programs
from efmodels.errors import SolverError
from efmodels.results import Status
from efmodels.solvers import Engine, Interface, executable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from efmodels.solvers import Solver

_CBC_REFUSES = re.compile(
    r"no match for|multiple matches for|is illegal for|was provided for|possible options for",
    re.IGNORECASE,
)
_GLPK_ACCEPTS = "No input problem file specified"
_NO_TIME = 1e-9  # Ipopt wants more than zero seconds
_SECONDS = 30  # for a program that only looks at its command line


def check_limits(
    solver: Solver,
    options: Mapping[str, Any] | None,
    time_limit: float | None,
    gap: float | None,
) -> None:
    """Raise unless time limit and gap are numbers from 0 on, and are not given as options as well.

    Raises
    ------
    SolverError
        With status ``refused_option``.
    """
    for keyword, name, number in (
        ("time_limit", solver.time_limit_option, time_limit),
        ("gap", solver.gap_option, gap),
    ):
        if number is None:
            continue
        is_fit = isinstance(number, (int, float)) and math.isfinite(number) and number >= 0
        if not is_fit or name in (options or {}):
            raise SolverError(
                f"{keyword}={number!r} and options[{name!r}] are the same to {solver.name}; "
                "give one of them"
                if is_fit
                else f"{keyword}={number!r} is no number from 0 on",
                status=Status.REFUSED_OPTION,
                solver=solver.name,
            )


def checked_options(
    solver: Solver,
    options: Mapping[str, Any] | None,
    time_limit: float | None,
    gap: float | None,
) -> dict[str, Any]:
    """Return the options under the solver's own names, after the solver has accepted each.

    GLPK counts whole seconds: its time limit is rounded up.

    Raises
    ------
    SolverError
        The solver refuses an option, or one was given twice (status ``refused_option``).

    Examples
    --------
    >>> from efmodels.solvers import find_solver
    >>> checked_options(find_solver("highs"), {"threads": 1}, 60, 0.01)
    {'threads': 1, 'time_limit': 60.0, 'mip_rel_gap': 0.01}
    """
    check_limits(solver, options, time_limit, gap)
    merged = dict(options or {})
    for name, number in ((solver.time_limit_option, time_limit), (solver.gap_option, gap)):
        if number is not None and name:  # a gap means nothing to a solver of continuous models
            merged[name] = float(number)
    if solver.engine is Engine.GLPK and time_limit is not None:
        merged[solver.time_limit_option] = math.ceil(time_limit)
    if solver.engine is Engine.IPOPT and time_limit == 0:
        merged[solver.time_limit_option] = _NO_TIME
    if solver.engine is Engine.CBC and time_limit is not None:
        merged.setdefault("timeMode", "elapsed")
    for name, setting in merged.items():
        _check(solver, name, setting)
    return merged


def _check(solver: Solver, name: str, setting: Any) -> None:
    if solver.interface is Interface.BULK:
        return  # asked when it is handed the options
    refuse = {
        Engine.HIGHS: _highs_refusal,
        Engine.GUROBI: _gurobi_refusal,
        Engine.SCIP: _scip_refusal,
        Engine.GLPK: _glpk_refusal,
        Engine.CBC: _cbc_refusal,
        Engine.IPOPT: nonlinear_programs.refusal,
    }[solver.engine]
    reason = refuse(name, setting)
    if reason is None:
        return
    near = _near(name, _names(solver.engine))
    hint = f" Similar names: {', '.join(near)}." if near else ""
    raise SolverError(
        f"{solver.name} refuses the option {name!r} = {setting!r}: {reason.strip(' .!')}.{hint}",
        status=Status.REFUSED_OPTION,
        solver=solver.name,
    )


def _highs_refusal(name: str, setting: Any) -> str | None:
    import highspy

    with capture_output(capture_fd=True) as printed:
        status = highspy.Highs().setOptionValue(name, setting)  # type: ignore[no-untyped-call] # highspy's own
    if status != highspy.HighsStatus.kError:
        return None
    return " ".join(printed.getvalue().split()).removeprefix("ERROR: ") or "it gives no reason"


def _gurobi_refusal(name: str, setting: Any) -> str | None:
    import gurobipy

    with capture_output(capture_fd=True):
        environment = gurobipy.Env(empty=True)
        try:
            environment.setParam(name, setting)
            return _rounded(setting, environment.getParam(name))
        except (gurobipy.GurobiError, TypeError) as error:
            return str(error)


def _scip_refusal(name: str, setting: Any) -> str | None:
    import pyscipopt

    with capture_output(capture_fd=True):
        model = pyscipopt.Model()
        try:
            model.setParam(name, setting)
            return _rounded(setting, model.getParam(name))
        except (KeyError, TypeError, ValueError, LookupError) as error:
            return str(error.args[0] if error.args else error)


def _rounded(given: Any, kept: Any) -> str | None:
    """Return a reason if a number was changed on the way in, as 2.7 becomes an integer 2."""
    if isinstance(given, (int, float)) and given != kept and math.isfinite(given):
        return f"it would be taken as {kept!r}"
    return None


def _glpk_refusal(name: str, setting: Any) -> str | None:
    printed = _say(Engine.GLPK, [f"--{name}", *([] if _is_bare(setting) else [str(setting)])])
    return None if _GLPK_ACCEPTS in printed else printed.strip().splitlines()[-1]


def _cbc_refusal(name: str, setting: Any) -> str | None:
    printed = _say(
        Engine.CBC, [f"-{name}", *([] if _is_bare(setting) else [str(setting)]), "-stop"]
    )
    refusals = [line for line in printed.splitlines() if _CBC_REFUSES.search(line)]
    return " ".join(refusals[0].split()).strip("<>") if refusals else None


def _is_bare(setting: Any) -> bool:
    """Say whether an option stands on the command line without a value, as Pyomo decides it."""
    return setting is None or not str(setting).strip()


def _say(engine: Engine, arguments: list[str]) -> str:
    """Return what the engine's program prints about these arguments, without a model."""
    program = executable(engine)
    if program is None:
        raise FileNotFoundError(f"{engine.value} is not installed")
    done = subprocess.run(  # noqa: S603 - the solver's own program, no shell
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return done.stdout


def _names(engine: Engine) -> list[str]:
    """Return the names of all options of an engine."""
    names: list[str] = []  # some are asked when they are handed the options
    match engine:
        case Engine.HIGHS:
            import highspy

            names = [name for name in dir(highspy.HighsOptions) if not name.startswith("_")]
        case Engine.GUROBI:
            import gurobipy

            names = [name for name in dir(gurobipy.GRB.Param) if not name.startswith("_")]
        case Engine.SCIP:
            import pyscipopt

            names = sorted(pyscipopt.Model().getParams())
        case Engine.GLPK:
            names = re.findall(r"--(\w+)", _say(engine, ["--help"]))
        case Engine.CBC:
            commands = _say(engine, ["-?", "-stop"]).partition("Commands are:")[2]
            names = re.findall(r"\w+", commands.replace("(", "").replace(")", ""))
        case Engine.IPOPT:
            names = nonlinear_programs.option_names()
        case Engine.CLARABEL | Engine.AUTOMATIC | Engine.LEARNING:
            pass
    return names


def _near(name: str, names: Iterable[str]) -> list[str]:
    """Return the names most like this one, whatever their capitals; none if it is one of them."""
    plain = {each.lower(): each for each in names}
    if name in plain.values():
        return []
    return [plain[each] for each in difflib.get_close_matches(str(name).lower(), plain, n=3)]
