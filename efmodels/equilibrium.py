"""From a game and the name of a concept to a verified equilibrium, in one call."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

from efmodels.errors import CapabilityError, GameError
from efmodels.formulations import ACRONYMS, CONCEPTS, DESIGNS, design_input
from efmodels.goal_blocks import leave_out_for, payoff_weights
from efmodels.mediation_blocks import MediatedFormulation
from efmodels.solving import solve
from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from efmodels.blocks import FormulationBlockData, Objective
    from efmodels.game import Game


@dataclass(frozen=True, eq=False, repr=False)
class Equilibrium:
    """A solved and verified equilibrium.

    Attributes
    ----------
    concept
        Name of the concept.
    value
        Value of the objective.
    bound
        Bound on the objective that the solver proved; the value itself where all equilibria pay the
        same and something else was maximised to find one.
    payoffs
        Each player's expected payoff, recomputed from the tree.
    regrets
        What each player with incentive constraints could gain by deviating, recomputed.
    status
        How the solver ended: ``optimal``, or ``feasible`` if a limit stopped it.
    solver
        Who solved it.
    seconds
        Wall time of building, solving and verifying.
    model
        The Pyomo model; ``model.eq`` is the formulation's block. It may have been reduced to what
        its objective needs: for side constraints and other objectives, build your own.
    """

    concept: str
    value: float
    bound: float
    payoffs: dict[str, float]
    regrets: dict[str, float]
    status: str
    solver: str
    seconds: float
    model: pyo.ConcreteModel

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        block: FormulationBlockData = self.model.eq
        return block.strategy()

    def rows(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        *facts, solver, seconds = self._facts()
        facts += [(f"payoff {player}", f"{u:.9g}") for player, u in self.payoffs.items()]
        facts += [(f"regret {player}", f"{r:.3g}") for player, r in self.regrets.items()]
        return [*facts, solver, seconds]

    def _facts(self) -> list[tuple[str, str]]:
        return [
            ("concept", self.concept),
            ("status", self.status),
            ("value", f"{self.value:.9g}"),
            ("bound", f"{self.bound:.9g}"),
            ("solver", self.solver),
            ("seconds", f"{self.seconds:.3g}"),
        ]

    def __repr__(self) -> str:
        return text_table(self.rows())

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        players = [
            (player, f"{payoff:.9g}", text_of_regret(self.regrets.get(player)))
            for player, payoff in self.payoffs.items()
        ]
        players += [
            (team, "-", text_of_regret(regret))
            for team, regret in self.regrets.items()
            if team not in self.payoffs
        ]
        heads = ("player", "payoff", "regret")
        title = self.model.eq.game.title
        facts = html_table(self._facts(), caption=f"Equilibrium: {title or 'a game'}")
        return f"<div>{facts}{html_table(players, caption='Players', heads=heads)}</div>"


def text_of_regret(regret: float | None) -> str:
    """Return three digits, or a dash for a player without incentive constraints.

    >>> text_of_regret(1 / 3), text_of_regret(None)
    ('0.333', '-')
    """
    return "-" if regret is None else f"{regret:.3g}"


def concept_function(name: str) -> Callable[..., FormulationBlockData]:
    """Return the formulation of a concept given by name or acronym.

    Upper and lower case are the same, and so are ``-``, ``_`` and a space.

    Raises
    ------
    GameError
        No concept has that name. The message says so of a design, which takes something else than
        a game; otherwise what is meant, if a name is near, or all names.

    Examples
    --------
    >>> concept_function("efce") is concept_function("EFCE")
    True
    >>> concept_function("Communication equilibrium").__name__
    'communication_equilibrium'
    """
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    found = CONCEPTS.get(key) or ACRONYMS.get(key.upper())
    if found is None:
        raise GameError(f"no concept is called {name!r}{_instead_of(key)}")
    return found


def _instead_of(key: str) -> str:
    """Say what there is instead of a concept: a design of that name, near names, or all of them."""
    if key in DESIGNS:
        return (
            f": {key} is a design, which takes no game but {design_input(DESIGNS[key])}. Call "
            f"efmodels.formulations.{key}; `efmodels list designs` shows all of them"
        )
    names = {name.lower(): name for name in (*CONCEPTS, *ACRONYMS)}
    near = [names[found] for found in difflib.get_close_matches(key, names, n=3)]
    if near:
        return f". Did you mean {' or '.join(near)}? `efmodels list concepts` shows all of them"
    return f"; there are {sorted(CONCEPTS)} and {sorted(ACRONYMS)}"


def reduced_by_default(
    formulation: Callable[..., FormulationBlockData], arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of a formulation, and ``reduce=True`` where it can and none is given."""
    reduces = "reduce" in inspect.signature(formulation).parameters
    return ({"reduce": True} if reduces else {}) | dict(arguments)


def equilibrium_model(
    game: Game, concept: str, objective: Objective = None, **arguments: Any
) -> pyo.ConcreteModel:
    """Return a model with the formulation as ``model.eq`` and the objective as ``model.goal``.

    The formulation is unreduced unless ``reduce=True`` is among the arguments.

    Parameters
    ----------
    game
        The game.
    concept
        Name of the concept.
    objective
        See :func:`optimal_equilibrium`.
    **arguments
        Further arguments of the formulation.
    """
    formulation = concept_function(concept)
    require_arguments(formulation, arguments)
    model = pyo.ConcreteModel(name=game.title or concept)
    model.eq = formulation(game, **arguments)
    goal = model.eq.objective(objective)
    expression = model.eq.value if is_saddle_point(model.eq) else goal
    model.goal = pyo.Objective(expr=expression, sense=pyo.maximize)
    return model


def require_arguments(
    formulation: Callable[..., FormulationBlockData], arguments: Mapping[str, Any]
) -> None:
    """Raise where a formulation cannot do without arguments that were not given.

    Raises
    ------
    CapabilityError
        Naming them.
    """
    _, *others = inspect.signature(formulation).parameters.values()
    missing = [p.name for p in others if p.default is p.empty and p.name not in arguments]
    if missing:
        raise CapabilityError(
            f"{formulation.__name__} also needs {', '.join(missing)}: give them to it, or by "
            "name to efmodels.optimal_equilibrium or efmodels.payoff_space. The command line "
            "cannot say them"
        )


def is_saddle_point(block: FormulationBlockData) -> bool:
    """Say whether best responses stand in the leader's objective.

    Then only its maximum is an equilibrium, and all equilibria have the same payoffs: there is
    nothing else to choose.
    """
    formulation = block.formulation()
    if formulation.problem is None:
        return formulation.saddle_point
    return any(follower.weight for follower in formulation.problem.followers)


def optimal_equilibrium(
    game: Game,
    concept: str,
    objective: Objective = None,
    solver: str = "auto",
    *,
    time_limit: float | None = None,
    options: Mapping[str, Any] | None = None,
    **arguments: Any,
) -> Equilibrium:
    """Build, solve and verify: the best equilibrium of a game in one call.

    Parameters
    ----------
    game
        The game.
    concept
        Name or acronym of the concept, such as ``"nash_zero_sum"`` or ``"EFCE"``.
    objective
        What to maximise among the equilibria: ``"welfare"``, a player's label, a mapping from
        labels to weights, or an array with a number per terminal, whose expectation counts;
        ``None`` for the concept's own (the value of a zero-sum game, the leader's payoff of
        `sefce`, the welfare elsewhere).
    solver
        Name of a solver, or ``"auto"``; ``"cfr"`` learns, see :mod:`efmodels.learning_solver`.
    time_limit
        Seconds that the solver may take.
    options
        Further options under the solver's own names, such as ``{"tolerance": 1e-4}`` for
        ``"cfr"``.
    **arguments
        Further arguments of the formulation, such as ``leader=`` or ``obedient=``. ``reduce`` is
        true by default where there is one, unless the objective is a number per terminal, to which
        more may matter than to payoffs.

    Raises
    ------
    GameError
        The concept does not exist or does not fit the game.
    CapabilityError
        The expectation of a number per terminal is not linear in the formulation's variables, or an
        argument is missing that the formulation cannot do without.
    SolverError
        No solution; see :func:`efmodels.solve`.

    Examples
    --------
    >>> import efmodels as ef
    >>> equilibrium = ef.optimal_equilibrium(ef.instances.kuhn(), "nash_zero_sum")
    >>> print(f"{equilibrium.value:.6f}")
    -0.055556
    >>> max(equilibrium.regrets.values()) < 1e-9
    True
    """
    started = perf_counter()
    if objective is None or isinstance(objective, str | Mapping):
        arguments = reduced_by_default(concept_function(concept), arguments)
    model = equilibrium_model(game, concept, objective, **arguments)
    if arguments.get("reduce") and isinstance(model.eq.formulation(), MediatedFormulation):
        leave_out_for(model.eq, payoff_weights(model.eq, model.goal.expr))
    result = solve(model, solver, time_limit=time_limit, options=options)
    solution = model.eq.solution()
    # The solver's bound is on what it maximised; another objective is constant over equilibria.
    maximised = objective is None or not is_saddle_point(model.eq)
    value = float(pyo.value(model.goal if maximised else model.eq.objective(objective)))
    return Equilibrium(
        concept=concept_function(concept).__name__,
        value=value,
        bound=result.bound if maximised else value,
        payoffs=solution.payoffs(),
        regrets=solution.regrets(),
        status=str(result.status),
        solver=result.solver,
        seconds=perf_counter() - started,
        model=model,
    )
