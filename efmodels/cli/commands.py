"""The commands themselves: read the words, compute facts, show them."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from efmodels.cli import facts, showing
from efmodels.cli.arguments import concept_arguments, game_from, objective_from
from efmodels.cli.bench_commands import bench
from efmodels.cli.exit_codes import MEANINGS, REGRET, explanation, report
from efmodels.cli.framework import Command, Group
from efmodels.cli.progress import working
from efmodels.memory_limits import memory_limit as limit_memory
from efmodels.plot.canvas import windowless_figure
from efmodels.plot.payoff_polygons import SIZE
from efmodels.plot.payoff_polygons import payoff_space as draw_payoff_spaces
from efmodels.plot.tree_drawing import MOST_NODES, PIXELS, save_tree

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    epilog=explanation(*MEANINGS),
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(bench, name="bench")

GameText = Annotated[
    str,
    typer.Argument(
        metavar="GAME",
        help="A .efg, .nfg, .game or .json file, or an instance such as kuhn or 'leduc(ranks=5)'.",
    ),
]
Concept = Annotated[
    str, typer.Option(help="Solution concept, by name or acronym; see efmodels list concepts.")
]
ObjectiveText = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help="What to maximise: welfare, a player's label, or weights such as 'A=1,B=2'. "
        "By default the concept's own.",
    ),
]
Leader = Annotated[
    str | None,
    typer.Option(
        metavar="PLAYER",
        help="Who commits herself, or in zero-sum games leads; by default the first player.",
    ),
]
LeastProbability = Annotated[
    float | None,
    typer.Option(
        "--floors",
        min=0,
        metavar="PROBABILITY",
        help="The least probability of every action, for concepts with floors; by default 0.01.",
    ),
]
MemoryLimit = Annotated[
    float | None,
    typer.Option(
        metavar="GB",
        help="How much memory building the model may be estimated to take. By default half of what "
        "this machine has.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


PICTURES = (".png", ".svg", ".pdf")
"""Suffixes of the files that can be drawn."""


SOLVED, LEARNED = 1e-6, 1e-3
"""Regrets to accept of solvers and of the learner, as shares of the payoff range."""


class Labels(StrEnum):
    """What variables and constraints are called in an exported file."""

    READABLE = "readable"
    SHORT = "short"


class Topic(StrEnum):
    """What can be listed."""

    CONCEPTS = "concepts"
    DESIGNS = "designs"
    GAMES = "games"
    INSTANCES = "instances"
    SOLVERS = "solvers"


def installed_version() -> str:
    """Return the version of the package, in a bare checkout that of its pyproject.toml."""
    try:
        return version("efmodels")
    except PackageNotFoundError:
        pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
        return str(tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["version"])


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands over the option's value
    if wanted:
        typer.echo(f"efmodels {installed_version()}")
        raise typer.Exit


@app.callback()
def efmodels(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Equilibria of games, as optimization models: solve, export, describe and draw them.

    Markets with budgets, auctions and persuasion are solved from Python; "efmodels list designs"
    names the functions, and what each takes instead of a game.
    """


@app.command(cls=Command, epilog=explanation(0, 1, 2, 3, 4, 5, 6, 7))
def solve(
    game: GameText,
    *,
    concept: Concept = "nash_zero_sum",
    objective: ObjectiveText = None,
    leader: Leader = None,
    floors: LeastProbability = None,
    solver: Annotated[str, typer.Option(help="Solver; see efmodels list solvers.")] = "auto",
    time_limit: Annotated[
        float | None, typer.Option(min=0, metavar="SECONDS", help="How long the solver may take.")
    ] = None,
    memory_limit: MemoryLimit = None,
    strategy: Annotated[bool, typer.Option("--strategy", help="Show the strategies.")] = False,
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Largest regret to accept, as a share of the payoff range; by default 1e-6, and "
            "1e-3 with --solver cfr, which learns until regrets and bound are within it.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve a game, and check every player's regret in its tree."""
    from efmodels.equilibrium import optimal_equilibrium
    from efmodels.solvers import LEARNER, find_solver

    learns = solver != "auto" and find_solver(solver) is LEARNER
    if tolerance is None:
        tolerance = LEARNED if learns else SOLVED

    with working(f"reading {game}", quiet=as_json) as now, limit_memory(memory_limit):
        tree = game_from(game)
        goal = objective_from(objective, tree.players)
        arguments = concept_arguments(concept, leader=leader, floors=floors)
        now(f"solving {game}")
        options = {"tolerance": facts.tolerance_for_all(tree, tolerance)} if learns else None
        equilibrium = optimal_equilibrium(
            tree, concept, goal, solver, time_limit=time_limit, options=options, **arguments
        )
        table = equilibrium.strategy() if strategy else None
    solution = facts.about_equilibrium(tree, equilibrium, goal, tolerance, arguments)
    if as_json:
        rows = {} if table is None else {"strategy": table.to_dict("records")}
        showing.show_json(solution | rows)
    else:
        showing.show_solution(solution)
        if table is not None:
            showing.show_strategy(table)
    excessive = facts.excessive_regrets(solution)
    for sentence in excessive:
        report(sentence)
    if excessive:
        raise typer.Exit(REGRET)


@app.command(cls=Command, epilog=explanation(0, 2, 3))
def export(
    game: GameText,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write: .lp, .mps or .nl.")
    ],
    *,
    concept: Concept = "nash_zero_sum",
    objective: ObjectiveText = None,
    leader: Leader = None,
    floors: LeastProbability = None,
    labels: Annotated[Labels, typer.Option(help="Names in the file.")] = Labels.READABLE,
    memory_limit: MemoryLimit = None,
) -> None:
    """Write the optimization model of a game to a file that other solvers read."""
    from efmodels.equilibrium import equilibrium_model
    from efmodels.exporting import export as write_model

    with working(f"reading {game}") as now, limit_memory(memory_limit):
        tree = game_from(game)
        goal = objective_from(objective, tree.players)
        arguments = concept_arguments(concept, leader=leader, floors=floors)
        now(f"writing {out}")
        model = equilibrium_model(tree, concept, goal, **arguments)
        write_model(model, out, labels=labels.value)
    typer.echo(f"{out}: {model.nvariables()} variables, {model.nconstraints()} constraints")


@app.command(cls=Command, epilog=explanation(0, 2, 3))
def info(game: GameText, *, as_json: AsJson = False) -> None:
    """Describe a game: its size, its players, and what concepts may ask of it."""
    with working(f"reading {game}", quiet=as_json):
        about = facts.about_game(game_from(game))
    if as_json:
        showing.show_json(about)
    else:
        showing.show_game(about)


@app.command(cls=Command, epilog=explanation(0, 2, 3, 6))
def plot(
    game: GameText,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write: .png, .svg or .pdf.")
    ],
    *,
    max_nodes: Annotated[
        int, typer.Option(min=1, help="A tree with more nodes is refused.")
    ] = MOST_NODES,
) -> None:
    """Draw the tree of a small game into a file."""
    _require_picture(out)
    with working(f"reading {game}") as now:
        tree = game_from(game)
        now(f"drawing {out}")
        save_tree(tree, out, max_nodes=max_nodes)
    typer.echo(f"{out}: {tree.nodes} nodes")


def _require_picture(out: Path) -> None:
    if out.suffix.lower() not in PICTURES:
        raise typer.BadParameter(f"{out} is no picture; expected {', '.join(PICTURES)}")


@app.command("payoff-space", cls=Command, epilog=explanation(0, 2, 3, 4, 6, 7))
def payoff_spaces(
    game: GameText,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write: .png, .svg or .pdf.")
    ],
    *,
    concepts: Annotated[
        str, typer.Option(metavar="NAMES", help="Solution concepts, with commas between them.")
    ] = "EFCE",
    axes: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Two players' labels. By default the first two players."),
    ] = None,
    solver: Annotated[str, typer.Option(help="Solver; see efmodels list solvers.")] = "auto",
    memory_limit: MemoryLimit = None,
) -> None:
    """Draw the payoffs that equilibria can bring, and print the corners."""
    from efmodels.payoff_spaces import payoff_space

    _require_picture(out)
    figure = windowless_figure(*SIZE)  # without matplotlib there is nothing to solve for
    labels = None if axes is None else [label.strip() for label in axes.split(",")]
    spaces = []
    with working(f"reading {game}") as now, limit_memory(memory_limit):
        tree = game_from(game)
        for concept in concepts.split(","):
            now(f"finding the payoffs of {concept}")
            spaces.append(payoff_space(tree, concept, labels, solver=solver))
        now(f"drawing {out}")
        draw_payoff_spaces(*spaces, ax=figure.subplots())
        figure.savefig(out, dpi=PIXELS)
    for space in spaces:
        typer.echo(f"{space.title}: {space.corners()}")


@app.command("list", cls=Command)
def list_all(
    topic: Annotated[
        Topic | None,
        typer.Argument(
            metavar="TOPIC",
            help="concepts, designs, games, instances or solvers; by default everything.",
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List concepts of games, designs of markets and mechanisms, games and markets, solvers."""
    sources = {
        Topic.CONCEPTS: facts.about_concepts,
        Topic.DESIGNS: facts.about_designs,
        Topic.GAMES: facts.about_games,
        Topic.INSTANCES: facts.about_instances,
        Topic.SOLVERS: facts.about_solvers,
    }
    with working("asking the solvers", quiet=as_json):
        listing = {
            kind.value: source() for kind, source in sources.items() if topic in {None, kind}
        }
    if as_json:
        showing.show_json(listing)
    else:
        showing.show_listing(listing)
