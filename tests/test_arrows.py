"""Arrows point one way: who may import whom, as a table, compared with what the modules import."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.conftest import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import SourceFile

# From top to bottom. A module or subpackage imports what stands on lower lines: nothing above it,
# and nothing beside it but its own subpackage. Imports for type checkers alone are no arrows.
# `verifying` stands beside `polytope` because regrets share no code with the linear programs.
LAYERS = (
    "__main__",
    "cli",
    "bench",
    "augmented_games learned_equilibria payoff_spaces",
    "box_robustness quantal_response_paths nash_search quasi_perfect_commitments",
    "commitment_bounds commitment_programs weak_commitments",
    "optimal_commitments reply_regions mechanism_design market_equilibria",
    "mediated_concepts",
    "equilibrium plot",
    "formulations instances optimality",
    "floored_saddles",
    "saddle_points",
    "solving exporting",
    "solver_plugins",
    "learning_solver local_solver",
    "bulk_runs infeasibility",
    "solver_runs",
    "compiling row_conflicts",
    "compiled_rows",
    "compiled_columns compiled_entries",
    "model_class solver_logs solver_options",
    "nonlinear_programs",
    "solvers polishing",
    "bulk",
    "results",
    "correlation_plan_blocks goal_blocks exact_equilibria",
    "mediation_blocks",
    "commitment_blocks",
    "possible_replies known_reply_blocks",
    "worst_reply_blocks",
    "bounded_reply_blocks",
    "floored_blocks",
    "mutual_replies extreme_equilibria",
    "trembling_commitment_blocks",
    "restart_correlation",
    "trembling_commitments",
    "model_exploitation",
    "quantal_blocks leader_and_follower",
    "profile_blocks payoff_expressions",
    "blocks self_play persuasion_blocks auction_sequence_blocks first_price_blocks",
    "answering_blocks kept_rows",
    "mechanisms persuasion auction_sequences",
    "mediator algorithms markets learning reach_variables",
    "certificates restricted_programs",
    "floored_polytope",
    "problem matrix",
    "dual_suffix",
    "pyomo_internals",
    "report_nodes transfers",
    "visible_perturbations",
    "lookahead_forest",
    "reply_slacks exact_profiles perturbations infoset_regrets plan_floors",
    "follower_types quantal_responses restarts",
    "sequences files",
    "bounded_replies opponent_models",
    "polytope verifying rules level_rules builder lp_files events",
    "tree_changes",
    "assembly follower_reasoning symmetry game_summary payoff_sums plan_checks",
    "game linear_program integer_sets",
    "names tables polygons optional_packages memory_limits",
    "errors",
)
# Methods of the lower module that are shortcuts into a higher one: imported when called.
SHORTCUTS = {"game": {"builder", "game_summary", "level_rules", "rules", "sequences"}}
# What knows nothing of Pyomo, nor of the solvers.
WITHOUT_PYOMO = {
    *(
        "exact_profiles",
        "perturbations",
        "infoset_regrets",
        "plan_floors",
        "visible_perturbations",
        "algorithms",
    ),
    *("names", "game", "assembly", "rules", "level_rules", "builder", "files"),
    *("polytope", "sequences", "problem", "certificates", "verifying", "polygons"),
    "mechanisms",
    *("linear_program", "lp_files", "symmetry", "bulk", "payoff_sums", "plan_checks"),
}

# What Pyomo promises. Whatever else it has is its inside, and is used in `pyomo_internals` alone.
PROMISED_BY_PYOMO = {
    "pyomo.environ",
    "pyomo.common.Executable",
    "pyomo.common.errors.InfeasibleConstraintException",
    "pyomo.common.errors.PyomoException",
    "pyomo.common.modeling.NOTSET",
    "pyomo.common.modeling.unique_component_name",
    "pyomo.common.numeric_types.native_numeric_types",
    "pyomo.common.tee.TeeStream",
    "pyomo.common.tee.capture_output",
    # Documented under "MPEC"; imported where somebody asks for such conditions, and not before.
    "pyomo.mpec.Complementarity",
    "pyomo.mpec.complements",
    "pyomo.network.Port",
    "pyomo.opt.ProblemFormat",
}
# Private names that the components of `pyomo_internals` give to the classes made from them.
GIVEN_TO_SUBCLASSES = {"_common_domain", "_note_values", "_rows_active"}
# Named tuples have methods that begin with an underscore, so that fields may have any name.
OF_NAMED_TUPLES = {"_asdict", "_replace"}

LEVEL = {part: level for level, line in enumerate(reversed(LAYERS)) for part in line.split()}


def part_of(module: str) -> str:
    """Return the module or subpackage of efmodels that a dotted name lies in ('' is efmodels)."""
    return [*module.split("."), ""][1]


def imports(node: ast.AST, *, deferred: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield every dotted name that is imported at run time, and whether only in a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, deferred) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from ((f"{child.module}.{alias.name}", deferred) for alias in child.names)
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        else:
            inside = deferred or isinstance(child, ast.FunctionDef | ast.Lambda)
            yield from imports(child, deferred=inside)


def imports_of(module: SourceFile) -> list[tuple[str, bool]]:
    """Return the run-time imports of a file."""
    return list(imports(ast.parse(module.path.read_text(encoding="utf-8"))))


def private_names(module: SourceFile) -> tuple[set[str], set[str]]:
    """Return the private attributes that a file uses, and the private names that it defines."""
    used, defined = set(), set()
    for node in ast.walk(ast.parse(module.path.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store(), value=ast.Name(id="self" | "cls")):
                defined.add(name)
            case ast.Attribute(attr=name):
                used.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                defined.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                defined.add(name)
            case _:
                pass
    return {n for n in used if n.startswith("_") and not n.startswith("__")}, defined


def may_import(part: str, other: str, *, deferred: bool) -> bool:
    """Say whether the table lets one part of the package import another."""
    if other == part or (deferred and other in SHORTCUTS.get(part, ())):
        return True
    return LEVEL[other] < LEVEL[part]


def test_module_stands_in_the_table(module: SourceFile) -> None:
    """Whoever adds a module decides where it stands."""
    assert part_of(module.name) in {"", *LEVEL}


def test_arrows_point_down(module: SourceFile) -> None:
    """A module imports, of the package, only what the table allows; the package itself is free."""
    part = part_of(module.name)
    ours = [(n, late) for n, late in imports_of(module) if n.split(".")[0] == "efmodels"]

    assert [n for n, late in ours if part and not may_import(part, part_of(n), deferred=late)] == []


def test_pyomo_stays_above_the_arrays(module: SourceFile) -> None:
    """Games and polytopes are arrays: they can be used, and tested, without Pyomo or a solver."""
    part = part_of(module.name)
    unwanted = {"pyomo"} if part == "bulk" else {"pyomo", "highspy"}
    imported = [name for name, _ in imports_of(module) if name.split(".")[0] in unwanted]

    assert part not in WITHOUT_PYOMO or imported == []


def test_inside_of_pyomo_is_imported_in_one_place(module: SourceFile) -> None:
    """A module that needs another name of Pyomo's gets it from `pyomo_internals`."""
    pyomos = {name for name, _ in imports_of(module) if name.split(".")[0] == "pyomo"}

    inside = pyomos - PROMISED_BY_PYOMO
    assert part_of(module.name) == "pyomo_internals" or not inside, f"Pyomo promises no {inside}"


@pytest.fixture(scope="session")
def our_private_names() -> set[str]:
    """Return the private names that are defined anywhere but in `pyomo_internals`."""
    return GIVEN_TO_SUBCLASSES.union(
        OF_NAMED_TUPLES,
        *(private_names(m)[1] for m in MODULES if part_of(m.name) != "pyomo_internals"),
    )


def test_private_names_of_pyomo_are_used_in_one_place(
    module: SourceFile, our_private_names: set[str]
) -> None:
    """A private attribute is one of our own: Pyomo's are reached through `pyomo_internals`."""
    theirs = private_names(module)[0] - our_private_names

    assert part_of(module.name) == "pyomo_internals" or not theirs, f"{theirs} are not ours"


def test_promises_are_needed() -> None:
    """The table of promised names is no longer than it must be."""
    used = {
        name for m in MODULES if part_of(m.name) != "pyomo_internals" for name, _ in imports_of(m)
    }

    assert used >= PROMISED_BY_PYOMO
