"""The solvers that efmodels drives, and what each of them can do: plain data, in one place.

What the table claims is what the tests run. A solver that is not here still works as Pyomo has it,
with ``pyo.SolverFactory(name).solve(model)``. ``appsi_cbc`` is left out on purpose: it drops
nonlinear terms without a word.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec

from efmodels.errors import CapabilityError, SolverError
from efmodels.pyomo_internals.solvers import find_interface
from efmodels.results import Status


class Capability(Enum):
    """What a model may need, or a solver give; the value says it in words."""

    LP = "linear objective and constraints"
    MIP = "integer variables"
    QP = "a convex quadratic objective"
    MIQP = "a quadratic objective together with integer variables"
    NONCONVEX_QP = "a non-convex quadratic objective"
    QCP = "quadratic constraints, convex or not"
    NLP = "a nonlinear function"
    SOS = "special ordered sets"
    DUALS = "duals of continuous models that are linear or convex quadratic"
    """From a local solver, also the multipliers of other models."""


class Engine(Enum):
    """Who solves in the end; several names may lead to the same engine."""

    HIGHS = "HiGHS"
    GUROBI = "Gurobi"
    SCIP = "SCIP"
    GLPK = "GLPK"
    CBC = "CBC"
    CLARABEL = "Clarabel"
    AUTOMATIC = "HiGHS or Clarabel"
    IPOPT = "Ipopt"
    LEARNING = "regret minimization"


class Interface(Enum):
    """Which family of Pyomo's interfaces leads there."""

    V2 = "pyomo.contrib.solver"
    APPSI = "pyomo.contrib.appsi"
    LEGACY = "pyomo.solvers"
    BULK = "arrays, past Pyomo's interfaces"
    NL = "a .nl file, past Pyomo's interfaces"


@dataclass(frozen=True)
class Solver:
    """A solver under the name that :func:`efmodels.solve` and ``pyo.SolverFactory`` know.

    Parameters
    ----------
    name
        The name for ``pyo.SolverFactory``.
    engine, interface, factory_name
        Who solves, which family of Pyomo's interfaces drives it, and its name in that family.
    capabilities
        What it can take, and whether it gives duals.
    package
        What to install.
    time_limit_option, gap_option
        The solver's own names for the time limit in seconds and the relative gap.
    takes_blocks
        Whether it solves an unattached block, or only a whole model.
    size_limit
        What the licence that comes with the package refuses; empty where nothing is refused.
    """

    name: str
    engine: Engine
    interface: Interface
    factory_name: str
    capabilities: frozenset[Capability]
    package: str
    time_limit_option: str
    gap_option: str
    takes_blocks: bool = True
    size_limit: str = ""

    @property
    def available(self) -> bool:
        """Whether the solver can be used here."""
        return not self.remedy

    @property
    def remedy(self) -> str:
        """What would have to be done before the solver can be used here; empty if nothing."""
        if self.interface is Interface.V2:
            try:
                find_interface(self.factory_name)
            except CapabilityError as error:
                return f"install another version of Pyomo, since {error}"
        return "" if self._is_installed() else f"install {self.package}"

    def _is_installed(self) -> bool:
        match self.engine:
            case Engine.HIGHS | Engine.AUTOMATIC | Engine.CLARABEL | Engine.IPOPT:
                return find_spec(_MODULE[self.engine]) is not None
            case Engine.LEARNING:
                return True
            case Engine.GUROBI:
                return _is_available_to_pyomo("gurobi_direct")
            case Engine.SCIP:
                return _is_available_to_pyomo(self.name)
            case Engine.GLPK | Engine.CBC:
                return executable(self.engine) is not None


_MODULE = {
    Engine.HIGHS: "highspy",
    Engine.AUTOMATIC: "highspy",
    Engine.CLARABEL: "clarabel",
    Engine.IPOPT: "casadi",
}
_LINEAR = frozenset({Capability.LP, Capability.MIP})
_DUALS = frozenset({Capability.DUALS})
_LINEAR_WITH_DUALS = frozenset({Capability.LP, Capability.DUALS})
_QUADRATIC = _LINEAR | {
    Capability.QP,
    Capability.MIQP,
    Capability.NONCONVEX_QP,
    Capability.QCP,
    Capability.SOS,
}
_NONLINEAR = frozenset({Capability.QP, Capability.NONCONVEX_QP, Capability.QCP, Capability.NLP})
_GUROBI_SIZE = "the licence inside the wheel refuses more than 2000 variables or 2000 rows"
_HIGHS = ("highspy (PyPI)", "time_limit", "mip_rel_gap")
_GUROBI = ("gurobipy (PyPI)", "TimeLimit", "MIPGap")

_BULK = (
    Solver("efmodels_highs", Engine.HIGHS, Interface.BULK, "efmodels_highs",
           _LINEAR | _DUALS, *_HIGHS),
    Solver("efmodels_clarabel", Engine.CLARABEL, Interface.BULK, "efmodels_clarabel",
           frozenset({Capability.LP}) | _DUALS, "clarabel (PyPI)", "time_limit", ""),
    Solver("efmodels_gurobi", Engine.GUROBI, Interface.BULK, "efmodels_gurobi",
           _LINEAR | _DUALS, *_GUROBI, size_limit=_GUROBI_SIZE),
)  # fmt: skip # one solver on two lines

AUTOMATIC = Solver(
    "auto", Engine.AUTOMATIC, Interface.BULK, "efmodels_highs", _LINEAR | _DUALS, *_HIGHS
)
"""What ``"auto"`` means for a linear model: arrays go to HiGHS or Clarabel, as size decides."""

_TABLE = (
    Solver("highs", Engine.HIGHS, Interface.V2, "highs",
           _LINEAR | _DUALS | {Capability.QP}, *_HIGHS),
    Solver("appsi_highs", Engine.HIGHS, Interface.APPSI, "appsi_highs",
           _LINEAR | _DUALS, *_HIGHS),
    Solver("gurobi_persistent_v2", Engine.GUROBI, Interface.V2, "gurobi_persistent",
           _QUADRATIC | _DUALS, *_GUROBI, size_limit=_GUROBI_SIZE),
    Solver("gurobi_direct_v2", Engine.GUROBI, Interface.V2, "gurobi_direct",
           _LINEAR | _DUALS, *_GUROBI, size_limit=_GUROBI_SIZE),
    Solver("gurobi_direct", Engine.GUROBI, Interface.LEGACY, "gurobi_direct",
           _QUADRATIC | _DUALS, *_GUROBI, takes_blocks=False, size_limit=_GUROBI_SIZE),
    Solver("gurobi_direct_minlp", Engine.GUROBI, Interface.V2, "gurobi_direct_minlp",
           _LINEAR | _NONLINEAR | {Capability.MIQP}, *_GUROBI, size_limit=_GUROBI_SIZE),
    Solver("scip_direct", Engine.SCIP, Interface.V2, "scip_direct",
           _QUADRATIC | {Capability.NLP}, "pyscipopt (PyPI)", "limits/time", "limits/gap"),
    Solver("cbc", Engine.CBC, Interface.LEGACY, "cbc",
           _LINEAR | _DUALS, "coinor-cbc (Debian)", "seconds", "ratioGap"),
    Solver("glpk", Engine.GLPK, Interface.LEGACY, "glpk",
           _LINEAR | _DUALS, "glpk-utils (Debian)", "tmlim", "mipgap"),
)  # fmt: skip # one solver on two lines

_LOCAL = (
    Solver("efmodels_ipopt", Engine.IPOPT, Interface.NL, "efmodels_ipopt",
           frozenset({Capability.LP}) | _NONLINEAR | _DUALS, "casadi (PyPI)", "max_wall_time", ""),
)  # fmt: skip # one solver on two lines
"""Solvers whose answer to a model that is not convex is the best of its surroundings alone."""

LEARNER = Solver(
    "efmodels_cfr", Engine.LEARNING, Interface.BULK, "efmodels_cfr", _LINEAR_WITH_DUALS,
    "efmodels (for models of one game)", "time_limit", "",
)  # fmt: skip # one solver on two lines
"""The learner: not in the table, since it takes only linear models around one block of a game."""

ALIASES = {
    "gurobi": "gurobi_persistent_v2",
    "ipopt": "efmodels_ipopt",
    "cfr": "efmodels_cfr",
}
"""Other names: plain ``gurobi`` is the interface that takes most kinds of model.

Plain ``ipopt`` is the one inside casadi; the program of that name is asked with
``pyo.SolverFactory("ipopt")``.
"""


def solver_table() -> list[Solver]:
    """Return every solver of models that efmodels drives, in the order in which ``"auto"`` goes.

    `LEARNER`, which takes only linear models around one block of a game, is not among them.

    Examples
    --------
    >>> [solver.name for solver in solver_table() if Capability.NLP in solver.capabilities]
    ['gurobi_direct_minlp', 'scip_direct', 'efmodels_ipopt']
    """
    return [*_TABLE, *_BULK, *_LOCAL]


def available_solvers(*capabilities: Capability) -> list[str]:
    """Return the names of the solvers that are usable here and have all these capabilities.

    Examples
    --------
    >>> "highs" in available_solvers(Capability.LP, Capability.DUALS)
    True
    >>> "highs" in available_solvers(Capability.NONCONVEX_QP)
    False
    """
    return [
        s.name for s in solver_table() if s.capabilities.issuperset(capabilities) and s.available
    ]


def find_solver(name: str) -> Solver:
    """Return the solver of a name or alias.

    Raises
    ------
    SolverError
        There is none of this name (status ``unknown_solver``).

    Examples
    --------
    >>> find_solver("gurobi").name
    'gurobi_persistent_v2'
    """
    everybody = [*solver_table(), LEARNER]
    for solver in everybody:
        if solver.name == ALIASES.get(name, name):
            return solver
    names = [*(solver.name for solver in everybody), *ALIASES, "auto"]
    near = difflib.get_close_matches(str(name), names, n=2)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    error = SolverError(
        f"efmodels drives no solver called {name!r}; the names are {', '.join(names)}.{hint}",
        status=Status.UNKNOWN_SOLVER,
        solver=str(name),
    )
    # A note, because it is advice for programs: the command line gives its own.
    error.add_note("Pyomo may know more: pyo.SolverFactory(name).solve(model)")
    raise error


def executable(engine: Engine) -> str | None:
    """Return the path of the engine's program, or ``None`` where it has none or is not installed.

    Pyomo's own registry is asked, so that a path which a user gave to Pyomo counts.
    """
    from pyomo.common import Executable

    program = {Engine.GLPK: "glpsol", Engine.CBC: "cbc"}.get(engine)
    found = None if program is None else Executable(program)
    return str(found.path()) if found else None


def _is_available_to_pyomo(name: str) -> bool:
    """Ask the interface itself, which also looks at the version and at the licence."""
    import pyomo.environ as pyo

    return bool(pyo.SolverFactory(name).available(exception_flag=False))
