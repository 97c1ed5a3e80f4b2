"""The two ways to solve a cell of the published table: a linear program, and learning.

Each tells figures by name as soon as they are known, so that what was found before a limit ended it
is not lost. Seconds are CPU time of this process, all its threads together.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.bench.mediation_workloads import CONCEPTS
from efmodels.bench.published_cells import table_game, table_objective
from efmodels.equilibrium import equilibrium_model
from efmodels.errors import SolverError
from efmodels.goal_blocks import leave_out_for, payoff_weights
from efmodels.learning import Ranges, learn
from efmodels.mediator.problem import mediated_problem
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats, Game
    from efmodels.learning import Entry
    from efmodels.problem import EquilibriumProblem

    Tell = Callable[[dict[str, float | str]], None]

ACCURACIES = {"percent": 1e-2, "permille": 1e-3}
"""Shares of the ranges within which learning has to certify its answer."""


def solve_program(game: str, concept: str, limit: float, tell: Tell) -> None:
    """Find the optimum by a linear program, as `optimal_equilibrium` does, reduced.

    Parameters
    ----------
    game, concept
        The cell.
    limit
        CPU seconds; whoever runs the process ends it.
    tell
        Is told ``program_construction``, ``program_seconds``, ``program_status``,
        ``program_value``, ``program_prices`` (the sum of the incentive constraints' dual values)
        and ``program_regret``.
    """
    del limit
    started = process_time()
    tree = table_game(game)
    model = equilibrium_model(tree, concept, table_objective(game, tree), reduce=True)
    leave_out_for(model.eq, payoff_weights(model.eq, model.goal.expr))
    built = process_time()
    tell({"program_construction": built - started})
    try:
        result = solve(model)
    except SolverError as error:
        tell({"program_status": str(error.status), "program_seconds": process_time() - built})
        return
    tell({"program_seconds": process_time() - built, "program_status": str(result.status)})
    problem: EquilibriumProblem = model.eq.problem
    mu = problem.mu(model.eq.mediator.x.array())
    rows = [model.eq.deviator[one.label].obey for one in problem.followers]
    tell(
        {
            "program_value": float(result.value),
            "program_prices": float(sum(abs(row.dual_array()).sum() for row in rows)),
            "program_regret": max(_regrets(problem, mu), default=0.0),
        }
    )


def _regrets(problem: EquilibriumProblem, mu: Floats) -> list[float]:
    constrained = [(one, one.b) for one in problem.followers if one.b is not None]
    return [one.best_response(mu)[0] - float(b @ mu) for one, b in constrained]


def learn_plans(game: str, concept: str, limit: float, tell: Tell) -> None:
    """Learn the optimum on the reduced problem, to one percent of the ranges and to a thousandth.

    Parameters
    ----------
    game, concept
        The cell.
    limit
        CPU seconds from the beginning, looked at after each certificate.
    tell
        Is told ``objective``, the ranges, ``learning_construction`` (what comes before the first
        iteration: game, problem, and its arrangement for sweeps) and, beginning with ``percent_``
        and with ``permille_``: ``status``, ``seconds`` (all certificates included, also the last
        one from the problem's own arrays), ``iterations``, ``value``, ``regret`` and ``bound``.
    """
    started = process_time()
    tree = table_game(game)
    goal = table_goal(game, tree)
    problem = reduced_problem(tree, concept, goal.weights)
    built = process_time() - started
    tell({"objective": goal.name, "objective_range": goal.ranges.objective})
    tell({"payoff_range": goal.ranges.payoff, "learning_construction": built})

    for name, accuracy in ACCURACIES.items():
        begun: list[float] = []
        before = process_time()
        learned = learn(
            problem,
            goal.ranges,
            tolerance=accuracy,
            threads=1,
            callback=partial(_is_late, begun, started + limit),
        )
        ended = process_time()
        if name == "percent":
            tell({"learning_construction": built + begun[0] - before})
        seconds = ended - begun[0]
        status = "time limit" if learned.status == "stopped" else learned.status
        figures: dict[str, float | str] = {
            "status": status,
            "seconds": seconds,
            "iterations": learned.iterations,
            "value": learned.value,
            "bound": learned.bound,
            "regret": max(learned.regrets.values(), default=0.0),
        }
        tell({f"{name}_{figure}": number for figure, number in figures.items()})
        if status != "solved":
            break


def _is_late(begun: list[float], end: float, entry: Entry) -> bool:
    """Say whether the time is over; note when the first iteration began."""
    now = process_time()
    if not begun:
        begun.append(now - entry.seconds)
    return now >= end


SIDES = {"program": solve_program, "learning": learn_plans}
"""By name, in the order in which they are run."""


class TableGoal(NamedTuple):
    """What is maximised in a game.

    Attributes
    ----------
    name
        For `optimal_equilibrium`.
    weights
        Of the players' payoffs.
    ranges
        Of the objective over the terminals, and the largest one of a player's payoff.
    """

    name: str
    weights: Floats
    ranges: Ranges


def table_goal(name: str, game: Game) -> TableGoal:
    """Return what the table maximises in a game.

    Examples
    --------
    >>> table_goal("D32", table_game("D32"))
    TableGoal(name='P1', weights=array([1., 0., 0.]), ranges=Ranges(objective=2.0, payoff=2.0))
    """
    objective = table_objective(name, game)
    weights = np.array([float(objective in {"welfare", player}) for player in game.players])
    largest = float(np.ptp(game.payoffs, axis=0).max())
    return TableGoal(objective, weights, Ranges(float(np.ptp(game.payoffs @ weights)), largest))


def reduced_problem(game: Game, concept: str, weights: Floats) -> EquilibriumProblem:
    """Return the mediator's problem, reduced, with the goal as its objective.

    What the goal alone does not need stays: to find it takes longer than it saves in learning.

    Examples
    --------
    >>> game = table_game("D32")
    >>> sizes = [
    ...     mediated_problem(game, CONCEPTS["CERT"]).problem.leader.size,
    ...     reduced_problem(game, "CERT", np.array([1.0, 0.0, 0.0])).leader.size,
    ... ]
    >>> sizes
    [9583, 6693]
    """
    mediated = mediated_problem(game, CONCEPTS[concept], reduce=True)
    return replace(mediated.problem, c=weights @ mediated.payoffs)
