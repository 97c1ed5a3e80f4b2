"""The payoffs that the equilibria of a concept can bring: an exact polygon."""

from __future__ import annotations

import inspect
import math
import os
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import repeat
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.equilibrium import (
    concept_function,
    is_saddle_point,
    reduced_by_default,
    require_arguments,
)
from efmodels.errors import CapabilityError, GameError, SolverError
from efmodels.formulations import from_concept
from efmodels.mediator.concept import Concept, concept_name
from efmodels.memory_limits import memory_limit, memory_limit_here
from efmodels.model_class import classify
from efmodels.polygons import distance_to_polygon, polygon_area, polygon_by_supports
from efmodels.results import Status
from efmodels.solvers import Capability
from efmodels.solving import solve
from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor

    import pandas as pd
    from numpy.typing import ArrayLike

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game

    Axis = str | Mapping[str, float]
    _Answer = tuple[Floats, float, bool]
    Constrain = Callable[[Any], object]

PLANE = 2
"""How many axes there are."""

_CONVEX = {Capability.LP, Capability.QP}
"""What a model needs of a solver if its points are convex for certain."""

SHOWN = 6
"""How many corners are printed."""


@dataclass(frozen=True, eq=False, repr=False)
class PayoffSpace:
    """The payoffs that the equilibria of a concept can bring, on two axes.

    Attributes
    ----------
    game
        Title of the game.
    concept
        Name of the concept, as it was given, and in parentheses the least probability of every
        action where the concept has floors.
    axes
        What is measured: a player's label, or a sum such as ``P1 + 2 P2``.
    vertices
        The corners counterclockwise, shape ``(corners, 2)``: two for a segment, one for a point.
    ranges
        How far the game's payoffs are apart on each axis; tolerances are shares of it.
    regret
        What any player could gain by deviating from any of the equilibria that were found, at most;
        recomputed from the tree.
    solves
        How many models were solved.
    seconds
        Wall time.
    is_hull
        Whether this is the convex hull of the payoffs, and these need not be convex: a point of it
        may be no payoff of an equilibrium, but a mean of several. So it is where the model has
        integer variables, or other constraints that are not convex.
    """

    game: str
    concept: str
    axes: tuple[str, str]
    vertices: Floats
    ranges: tuple[float, float]
    regret: float
    solves: int
    seconds: float
    is_hull: bool = False

    def __post_init__(self) -> None:
        """Forbid changes to the corners."""
        self.vertices.flags.writeable = False

    @property
    def title(self) -> str:
        """What a legend says: the concept, and whether this is no more than a convex hull."""
        return f"convex hull of {self.concept}" if self.is_hull else self.concept

    @property
    def area(self) -> float:
        """The polygon's area; 0 for a segment or a point."""
        return polygon_area(self.vertices)

    def support(self, direction: ArrayLike) -> float:
        """Return the largest weighted sum of the two payoffs.

        Parameters
        ----------
        direction
            The weight of each axis.
        """
        return float((self.vertices @ np.asarray(direction, dtype=float)).max())

    def contains(self, point: ArrayLike, tolerance: float = 1e-6) -> bool:
        """Say whether some equilibrium has these payoffs, or if ``is_hull`` a mean of some has.

        Parameters
        ----------
        point
            A payoff on each axis.
        tolerance
            How far outside the point may lie, as a share of the game's payoff ranges.
        """
        scaled = np.asarray(point, dtype=float) / self.ranges
        return distance_to_polygon(scaled, self.vertices / self.ranges) <= tolerance

    def to_frame(self) -> pd.DataFrame:
        """Return the corners as a table with a column per axis."""
        import pandas as pd

        return pd.DataFrame(self.vertices, columns=list(self.axes)).rename_axis("corner")

    def corners(self, most: int | None = None) -> str:
        """Write down the corners, of many only the first ``most``; rounding residues become 0."""
        rounded = np.round(self.vertices / self.ranges, 9) * self.ranges + 0.0
        texts = [f"({x:.6g}, {y:.6g})" for x, y in rounded[:most]]
        rest = len(self.vertices) - len(texts)
        return " ".join(texts) + (f" and {rest} more" if rest else "")

    def rows(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        return [
            ("game", self.game or "-"),
            ("concept", self.title),
            ("axes", ", ".join(self.axes)),
            ("corners", self.corners(SHOWN)),
            ("area", f"{self.area:.6g}"),
            ("regret", f"{self.regret:.3g}"),
            ("solves", str(self.solves)),
            ("seconds", f"{self.seconds:.3g}"),
        ]

    def __repr__(self) -> str:
        return text_table(self.rows())

    def _repr_html_(self) -> str:
        """Show as tables in a notebook."""
        facts = html_table([row for row in self.rows() if row[0] != "corners"])
        numbered = enumerate((self.vertices + 0.0).tolist())
        corners = [(str(k), f"{x:.9g}", f"{y:.9g}") for k, (x, y) in numbered]
        heads = ("corner", *self.axes)
        return f"<div>{facts}{html_table(corners, caption='Corners', heads=heads)}</div>"


def payoff_space(
    game: Game,
    concept: str | Concept,
    axes: Sequence[Axis] | None = None,
    *,
    tolerance: float = 1e-6,
    constrain: Constrain | None = None,
    solver: str = "auto",
    executor: Executor | None = None,
    **arguments: Any,
) -> PayoffSpace:
    """Return the set of payoffs that the equilibria of a concept can bring, as a polygon.

    Where equilibria are the points of a linear program, as those of all mediated concepts, their
    payoffs are a convex polygon. Its corners are found by maximising weighted sums of the payoffs,
    with the outward normals of edges that are not yet known to be edges as weights. The model is
    built once and solved about twice per corner; only its objective changes.

    Parameters
    ----------
    game
        The game.
    concept
        Name of a concept, or a :class:`.Concept`.
    axes
        Two players' labels; the first two players by default. A mapping from labels to weights
        makes an axis of a weighted sum of payoffs.
    tolerance
        How far the polygon may reach beyond the one that is returned, as a share of the range of
        the game's payoffs on each axis.
    constrain
        Side constraints: a function that is called once with the model, whose block is ``model.eq``
        and which has no objective yet. Whatever it returns is ignored.
    solver
        Name of a solver, or ``"auto"``.
    executor
        Who solves the models of a round side by side: any executor of ``concurrent.futures``. A
        worker builds the model once and keeps it until it is asked for another space. Worker
        processes are sent the game and ``constrain``, which must be a function of a module then.
    **arguments
        Further arguments of the formulation. ``reduce`` is true by default where there is one: give
        ``reduce=False`` if side constraints ask for events that matter to nobody's payoff.

    Raises
    ------
    GameError
        The concept or a player does not exist, or there are not two axes.
    CapabilityError
        The concept is a solution of equations, such as a quantal response.
    InfeasibleError
        The side constraints leave no equilibrium.
    SizeError
        The model needs more memory than :func:`efmodels.memory_limit` allows; workers get the
        limit that holds where the space is asked for, each for itself.
    SolverError
        A model was not solved to optimality.

    Notes
    -----
    In a zero-sum game all Nash equilibria pay the same: the polygon is a point. Where payoffs need
    not be convex (general Nash equilibria, commitments, integer side constraints), it is their
    convex hull, and says so: see ``is_hull`` and ``title``.

    Of a commitment all those count to which the followers reply best, not only the best one: that
    is the corner where the leader gets most.

    Examples
    --------
    >>> import efmodels as ef
    >>> space = ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), "CE")
    >>> space.vertices.round(4).tolist()
    [[2.0, 7.0], [3.6, 3.6], [7.0, 2.0], [5.25, 5.25]]
    >>> space.contains((5, 5)), space.contains((6, 6))
    (True, False)
    """
    started = perf_counter()
    weights = _axes(game, axes)
    ranges = np.ptp(game.payoffs @ weights.T, axis=0)
    ranges[ranges == 0] = 1.0
    recipe = _Recipe(game, concept, weights, ranges, solver, constrain, arguments)
    search = _Search(recipe, executor)
    corners = polygon_by_supports(search.ask, tolerance)
    return PayoffSpace(
        game=game.title,
        concept=_named(concept, arguments),
        axes=(_title(game, weights[0]), _title(game, weights[1])),
        vertices=corners * ranges,
        ranges=(float(ranges[0]), float(ranges[1])),
        regret=search.regret,
        solves=search.solves,
        seconds=perf_counter() - started,
        is_hull=search.is_hull,
    )


def _named(concept: str | Concept, arguments: Mapping[str, Any]) -> str:
    """Return what to call a concept: with its floors, if it has the same for all actions."""
    if isinstance(concept, Concept):
        return concept_name(concept)
    floors = inspect.signature(concept_function(concept)).parameters.get("floors")
    number = arguments.get("floors", floors.default) if floors else None
    name = concept.strip()
    return f"{name} (floors {number:g})" if isinstance(number, int | float) else name


def _axes(game: Game, axes: Sequence[Axis] | None) -> Floats:
    """Return the weight of each player on each axis; shape ``(2, players)``."""
    chosen: Sequence[Axis] = game.players[:PLANE] if axes is None else axes
    if isinstance(chosen, str) or len(chosen) != PLANE:
        raise GameError(
            f"axes must be two players' labels, or mappings from labels to weights; got {chosen!r}"
        )
    weights = np.zeros((PLANE, len(game.players)))
    for row, axis in zip(weights, chosen, strict=True):
        if not isinstance(axis, str | Mapping):
            raise GameError(
                f"an axis is a player's label or a mapping from labels to weights; got {axis!r}"
            )
        for player, weight in ({axis: 1.0} if isinstance(axis, str) else axis).items():
            row[game.player_number(player) - 1] = weight
        if not np.isfinite(row).all() or not row.any():
            raise GameError(f"the weights of an axis are finite and not all zero; got {axis!r}")
    return weights


def _title(game: Game, weights: Floats) -> str:
    """Write a weighted sum of players."""
    text = ""
    for player, weight in zip(game.players, weights.tolist(), strict=True):
        if weight:
            size = "" if abs(weight) == 1 else f"{abs(weight):g} "
            sign = ("-" if weight < 0 else "") if not text else (" - " if weight < 0 else " + ")
            text += f"{sign}{size}{player}"
    return text


@dataclass(frozen=True, eq=False)
class _Recipe:
    """What it takes to build the model, and nothing that cannot be sent to another process."""

    game: Game
    concept: str | Concept
    weights: Floats
    ranges: Floats
    solver: str
    constrain: Constrain | None
    arguments: Mapping[str, Any]
    gigabytes: float = field(default_factory=memory_limit_here)
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def asked(self) -> _Asked:
        """Build the model, and look whether its points are convex."""
        model = self.model()
        if model.eq.formulation().equations:
            raise CapabilityError(
                f"a payoff space of {self.concept!r} makes no sense: these are the solutions of "
                "equations, as a rule single points, and no payoffs to choose among. Solve the "
                "block itself; of quantal responses efmodels.quantal_response_path returns one "
                "for each precision"
            )
        return _Asked(model, not set(classify(model).needs) <= _CONVEX)

    def model(self) -> pyo.ConcreteModel:
        """Build the model; its mutable ``direction`` holds the weights in the objective."""
        model = pyo.ConcreteModel(name=self.game.title or "payoff space")
        with memory_limit(self.gigabytes):  # whatever holds in a worker
            model.eq = self._block()
        if self.constrain is not None:
            self.constrain(model)
        model.direction = pyo.Param(range(PLANE), initialize=0.0, mutable=True)
        # Best responses in the objective leave nothing to choose: all equilibria pay the same.
        goal = model.eq.value if is_saddle_point(model.eq) else self._goal(model)
        model.goal = pyo.Objective(expr=goal, sense=pyo.maximize)
        return model

    def _block(self) -> FormulationBlockData:
        if isinstance(self.concept, Concept):
            arguments = reduced_by_default(from_concept, self.arguments)
            return from_concept(self.game, self.concept, **arguments)
        function = concept_function(self.concept)
        require_arguments(function, self.arguments)
        return function(self.game, **reduced_by_default(function, self.arguments))

    def _goal(self, model: Any) -> Any:
        """Return the weighted sum of the axes, each in units of its range."""
        players = self.game.players
        for k, row in enumerate(self.weights / self.ranges[:, None]):
            axis = {p: weight for p, weight in zip(players, row.tolist(), strict=True) if weight}
            model.add_component(f"axis_{k}", pyo.Expression(expr=model.eq.objective(axis)))
        return sum(model.direction[k] * model.component(f"axis_{k}") for k in range(PLANE))

    def answer(self, asked: _Asked, direction: Floats) -> tuple[Floats, float, bool]:
        """Return a farthest point, in units of the ranges, the largest regret, and if it is a hull.

        The last is told with every point, as it may be another process that has the model.
        """
        model = asked.model
        model.direction.store_values(dict(enumerate(direction.tolist())))
        result = solve(model, self.solver)
        if result.status != Status.OPTIMAL:
            raise SolverError(
                f"{result.solver} stopped before the optimum: a payoff space takes optimal "
                "solutions. Try another solver",
                status=result.status,
                solver=result.solver,
                result=result,
            )
        solution = model.eq.solution()
        payoffs = solution.payoffs()
        point = self.weights @ [payoffs[player] for player in self.game.players]
        regret = max(solution.regrets().values(), default=0.0)
        return point / self.ranges, regret, asked.is_hull


@dataclass(frozen=True, eq=False)
class _Asked:
    """A model that is asked for its farthest points.

    ``is_hull`` says that its points need not be convex, so that only their hull is found.
    """

    model: Any
    is_hull: bool


@dataclass
class _Search:
    """Asks for farthest points, here or by an executor, and counts."""

    recipe: _Recipe
    executor: Executor | None
    solves: int = 0
    regret: float = -math.inf
    is_hull: bool = False
    asked: _Asked | None = None

    def ask(self, directions: Floats) -> Floats:
        """Return a farthest point in each direction."""
        if self.executor is None:
            answers = self._here(directions)
        else:
            answers = self._side_by_side(directions, self.executor)
        self.solves += len(answers)
        self.regret = max(self.regret, *(regret for _, regret, _ in answers))
        self.is_hull = any(is_hull for _, _, is_hull in answers)
        return np.array([point for point, _, _ in answers])

    def _here(self, directions: Floats) -> list[_Answer]:
        self.asked = asked = self.asked or self.recipe.asked()
        return [self.recipe.answer(asked, direction) for direction in directions]

    def _side_by_side(self, directions: Floats, executor: Executor) -> list[_Answer]:
        chunks = np.array_split(directions, min(len(directions), os.cpu_count() or 1))
        found = executor.map(answers_of_worker, repeat(self.recipe), chunks)
        return [answer for chunk in found for answer in chunk]


_worker = threading.local()
"""The model that a worker, a thread of some process, has built last, and from which recipe."""


def answers_of_worker(recipe: _Recipe, directions: Floats) -> list[_Answer]:
    """Answer in a worker, which builds the model once and keeps it for the next round."""
    if getattr(_worker, "key", None) != recipe.key:
        _worker.asked, _worker.key = recipe.asked(), recipe.key
    return [recipe.answer(_worker.asked, direction) for direction in directions]
