"""What there is to tell, as plain dictionaries that JSON can hold."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.game_summary import about_player, node_counts, recall_message
from efmodels.payoff_sums import CONSTANT_SUM_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import Objective
    from efmodels.equilibrium import Equilibrium
    from efmodels.game import Game


def about_game(game: Game) -> dict[str, Any]:
    """Describe a game: sizes, players, and what concepts may ask of it."""
    recall = recall_message(game)
    kinds = {f"{kind}_nodes": count for kind, count in node_counts(game).items()}
    return {
        "title": game.title,
        "nodes": game.nodes,
        **kinds,
        "depth": len(game.levels) - 1,
        "players": [about_player(game, number, recall=recall) for number in _numbers(game)],
        "constant_sum": constant_sum(game),
        "perfect_recall": recall is None,
        "recall_message": recall,
        "exact_numbers": game.is_exact,
    }


def constant_sum(game: Game) -> float | None:
    """Return the number to which all payoffs add up at every terminal, or ``None``."""
    total = game.payoffs.sum(axis=1)
    payoff_range = float(np.ptp(game.payoffs)) if game.players else 0.0
    if float(np.ptp(total)) > CONSTANT_SUM_TOLERANCE * payoff_range:
        return None
    return float(total.mean())


def payoff_ranges(game: Game) -> dict[str, float]:
    """Return the difference of each player's highest and lowest payoff."""
    return dict(zip(game.players, np.ptp(game.payoffs, axis=0).tolist(), strict=True))


def tolerance_for_all(game: Game, tolerance: float) -> float:
    """Return the share of the widest payoff range that is within a share of every player's.

    >>> from efmodels import Game
    >>> tolerance_for_all(Game.from_matrices([[0, 4]], [[0, 1]]), 0.01)
    0.0025
    """
    ranges = [spread for spread in payoff_ranges(game).values() if spread > 0]
    return tolerance * min(ranges) / max(ranges) if ranges else tolerance


def about_equilibrium(
    game: Game,
    equilibrium: Equilibrium,
    objective: Objective,
    tolerance: float,
    arguments: dict[str, Any],
) -> dict[str, Any]:
    """Describe a solution, and each player's regret beside her payoff range."""
    return {
        "game": game.title,
        "concept": equilibrium.concept,
        "arguments": arguments_shown(game, equilibrium, arguments),
        "objective": objective,
        "status": equilibrium.status,
        "value": equilibrium.value,
        "bound": equilibrium.bound,
        "payoffs": equilibrium.payoffs,
        "regrets": equilibrium.regrets,
        "payoff_ranges": payoff_ranges(game),
        "tolerance": tolerance,
        "solver": equilibrium.solver,
        "seconds": equilibrium.seconds,
    }


def arguments_shown(
    game: Game, equilibrium: Equilibrium, arguments: dict[str, Any]
) -> dict[str, Any]:
    """Return who committed herself, and the floors, where a concept has them; or what was given."""
    from efmodels.equilibrium import concept_function, is_saddle_point

    parameters = inspect.signature(concept_function(equilibrium.concept)).parameters
    shown = dict(arguments)
    if "leader" in parameters and not is_saddle_point(equilibrium.model.eq):
        shown.setdefault("leader", game.players[0])
    if "floors" in parameters:
        shown.setdefault("floors", parameters["floors"].default)
    return shown


def excessive_regrets(solution: dict[str, Any]) -> list[str]:
    """Return a sentence per player whose regret exceeds the tolerance times her payoff range."""
    tolerance, ranges = solution["tolerance"], solution["payoff_ranges"]
    # A team that deviates together is no player: take the widest range.
    scale = {who: ranges.get(who, max(ranges.values())) for who in solution["regrets"]}
    return [
        f"{player} could gain {regret:.3g} by deviating, more than {tolerance:g} times her payoff "
        f"range {scale[player]:g}"
        for player, regret in solution["regrets"].items()
        # A player to whom every outcome is alike has regrets by rounding alone.
        if not regret <= tolerance * (scale[player] or 1.0)
    ]


def about_concepts() -> list[dict[str, Any]]:
    """List the solution concepts: name, acronym, and the first line of the docstring."""
    from efmodels.formulations import ACRONYMS, CONCEPTS

    acronyms = {function: acronym for acronym, function in ACRONYMS.items()}
    return [
        {"concept": name, "acronym": acronyms.get(function), "summary": _summary(function)}
        for name, function in CONCEPTS.items()
    ]


def about_designs() -> list[dict[str, Any]]:
    """List the formulations over markets, mechanisms and persuasion, and what each is made of."""
    from efmodels.formulations import DESIGNS, design_input

    return [
        {"design": name, "of": design_input(made), "summary": _summary(made)}
        for name, made in DESIGNS.items()
    ]


def about_games() -> list[dict[str, Any]]:
    """List the games of the published tables with their sizes; each can be solved by name."""
    from efmodels.instances import catalog
    from efmodels.instances.named import PUBLISHED

    sizes = catalog().loc[list(PUBLISHED), ["players", "nodes", "infosets", "sequences"]]
    return [
        {
            "game": name,
            "players": int(row.players),
            "nodes": int(row.nodes),
            "infosets": sum(row.infosets),
            "sequences": sum(row.sequences),
        }
        for name, row in sizes.iterrows()
    ]


def about_instances() -> list[dict[str, Any]]:
    """List the functions that make benchmark games and markets, with their parameters."""
    from efmodels.cli.arguments import functions_returning, signature_of

    return [
        {"instance": name + signature_of(function), "summary": _summary(function)}
        for kind in ("Game", "Market")
        for name, function in functions_returning(kind).items()
    ]


def about_solvers() -> list[dict[str, Any]]:
    """List the solvers: what each can do, whether it is usable here, and how to install it."""
    from efmodels.solvers import LEARNER, Capability, solver_table

    return [
        {
            "solver": solver.name,
            "engine": solver.engine.value,
            "available": solver.available,
            "capabilities": [c.name for c in Capability if c in solver.capabilities],
            "package": solver.package,
            "size_limit": solver.size_limit,
        }
        for solver in (*solver_table(), LEARNER)
    ]


def _summary(function: Callable[..., object]) -> str:
    """Return the first line of the docstring; what a function returns is clear from the list."""
    line = (inspect.getdoc(function) or "").partition("\n")[0].removeprefix("Return ")
    return line[:1].upper() + line[1:]


def _numbers(game: Game) -> range:
    return range(1, len(game.players) + 1)
