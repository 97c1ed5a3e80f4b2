"""The benchmark cases: on what, what is compared, and what must hold."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from efmodels.bench import (
    certificate_workloads,
    first_order_workloads,
    instance_workloads,
    mediation_workloads,
    program_workloads,
    solving_workloads,
    workloads,
)
from efmodels.bench.commitment_cases import COMMITMENT_CASES, NASH_CASES
from efmodels.bench.comparison import Case, Side
from efmodels.bench.design_cases import DESIGN_CASES
from efmodels.bench.learning_cases import LEARNING_CASES
from efmodels.bench.market_cases import MARKET_CASES
from efmodels.bench.symmetric import save_symmetric, symmetric_program
from efmodels.bench.synthetic import synthetic_program
from efmodels.files import write
from efmodels.instances import goofspiel, kuhn, leduc, liars_dice
from efmodels.instances.named import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.game import Game


def on_game(name: str, summary: str, game: Callable[[], Game], sides: tuple[Side, ...]) -> Case:
    """Return a case whose input is a game, as .efg and .json files."""
    return Case(name, summary, partial(_write_game, game), partial(_write_game, kuhn), sides)


def _write_game(make: Callable[[], Game], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    game = make()
    write(game, folder / workloads.EFG)
    write(game, folder / workloads.JSON)


def on_synthetic(name: str, summary: str, nonzeros: int, sides: tuple[Side, ...]) -> Case:
    """Return a case whose input is a synthetic program, as arrays."""
    write_small = partial(_write_synthetic, _SMALL)
    return Case(name, summary, partial(_write_synthetic, nonzeros), write_small, sides)


def _write_synthetic(nonzeros: int, folder: Path) -> None:
    synthetic_program(nonzeros).save(folder)


def on_symmetric(name: str, summary: str, nonzeros: int, sides: tuple[Side, ...]) -> Case:
    """Return a case whose input is a program with clones of every row and column, as arrays."""
    write_small = partial(_write_symmetric, _SMALL)
    return Case(name, summary, partial(_write_symmetric, nonzeros), write_small, sides)


def _write_symmetric(nonzeros: int, folder: Path) -> None:
    save_symmetric(symmetric_program(nonzeros, _COPIES), folder)


def on_instance(name: str) -> Case:
    """Return a case that makes a benchmark game of the published tables."""
    return Case(
        f"instances-{name}",
        f"make the game {name} from its rules",
        partial(instance_workloads.write_name, name),
        partial(instance_workloads.write_name, _SMALL_INSTANCE),
        (
            Side(
                "efmodels.instances.load",
                instance_workloads.make_instance,
                at_most={
                    "microseconds_per_node": 5,
                    "bytes_per_node": 120,
                    "cpu": 10,
                    "megabytes": 1_500,
                },
            ),
        ),
    )


_SMALL_INSTANCE = "K33"
_SMALL_BATTLE = "B2212"
_SMALL = 2_000
_COPIES = 20
_USUAL = 900_000
_LARGE = 10_000_000
_LIARS_DICE = partial(liars_dice, faces=6)

_GAME_CASES = (
    on_game(
        "read-efg",
        "read liar's dice with six faces from its .efg file",
        _LIARS_DICE,
        (
            Side("efmodels.files.read", workloads.read_efg),
            Side("json.load", workloads.load_json),
        ),
    ),
    on_game(
        "file-to-answer",
        "the same file to an equilibrium and its regrets, with HiGHS",
        _LIARS_DICE,
        (
            Side("efmodels", workloads.file_to_answer),
            Side("raw arrays", workloads.file_to_raw_answer),
        ),
    ),
    on_game(
        "leduc",
        "Leduc hold'em with three ranks to an equilibrium and its regrets, with HiGHS",
        partial(leduc, ranks=3),
        (
            Side("efmodels", workloads.game_to_answer),
            Side("raw arrays", workloads.game_to_raw_answer),
        ),
    ),
)

_HAND_OVER_CASES = (
    on_synthetic(
        "build",
        "a program of 900,000 nonzeros with 100 side constraints, from arrays to HiGHS",
        _USUAL,
        (
            Side("efmodels", program_workloads.build_with_matrices),
            Side(
                "raw arrays",
                program_workloads.build_with_arrays,
                at_most={"cpu_ratio": 1.5, "extra_megabytes_ratio": 1.5},
            ),
            Side(
                "linopy",
                program_workloads.build_with_linopy,
                at_most={"cpu_ratio": 1 / 3},
                package="linopy",
            ),
            Side("CVXPY", program_workloads.build_with_cvxpy, package="cvxpy"),
            Side(
                "Pyomo rules",
                program_workloads.build_with_rules,
                at_most={"cpu_ratio": 1 / 60},
                repeats=1,
            ),
        ),
    ),
    on_synthetic(
        "build-1e7",
        "the same with 10,000,000 nonzeros",
        _LARGE,
        (Side("efmodels", program_workloads.build_with_matrices, at_most={"megabytes": 4_000}),),
    ),
    on_synthetic(
        "load",
        "values and duals of the program of 900,000 nonzeros, from HiGHS into the model",
        _USUAL,
        (
            Side("efmodels", program_workloads.load_into_matrices),
            Side(
                "Pyomo rules",
                program_workloads.load_into_rules,
                at_most={"cpu_ratio": 1 / 10},
                repeats=1,
            ),
        ),
    ),
)

_EXPORT_CASES = (
    on_synthetic(
        "export-mps",
        "write the program of 900,000 nonzeros as .mps, with readable names",
        _USUAL,
        (
            Side("efmodels", program_workloads.write_own_mps),
            Side(
                "Pyomo rules",
                program_workloads.write_pyomo_mps,
                at_most={"cpu_ratio": 1 / 5},
                repeats=3,
            ),
        ),
    ),
    on_synthetic(
        "export-lp",
        "write the same as .lp",
        _USUAL,
        (
            Side("efmodels", program_workloads.write_own_lp),
            Side(
                "Pyomo rules",
                program_workloads.write_pyomo_lp,
                at_most={"cpu_ratio": 1 / 3},
                repeats=3,
            ),
        ),
    ),
)


def _solve(ranks: int) -> Case:
    return on_game(
        f"solve-leduc{ranks}",
        f"the linear program of Leduc hold'em with {ranks} ranks",
        partial(leduc, ranks=ranks),
        (
            Side("automatic choice", solving_workloads.solve_automatically),
            Side(
                "HiGHS by default", solving_workloads.solve_by_default, at_most={"cpu_ratio": 1 / 2}
            ),
        ),
    )


_SOLVE_CASES = (
    _solve(ranks=13),
    _solve(ranks=20),
    on_game(
        "sweep",
        "200 objectives over the linear program of Leduc hold'em with three ranks",
        partial(leduc, ranks=3),
        (
            Side("one model, one solver", solving_workloads.sweep_with_one_solver),
            Side(
                "200 models, 200 solvers",
                solving_workloads.sweep_from_scratch,
                at_most={"cpu_ratio": 1 / 5},
            ),
        ),
    ),
)


def _symmetry(name: str, nonzeros: int, seconds: float) -> Case:
    work = program_workloads.reduce_by_symmetry
    return on_symmetric(
        name,
        f"merge the clones in a program of {nonzeros:,} nonzeros",
        nonzeros,
        (Side("reduce_symmetry", work, at_most={"cpu": seconds}),),
    )


def _mediate(name: str, concept: str, seconds: float, **at_most: float) -> Case:
    """Return a case that builds a mediator's problem: with numba in a sixth of numpy's time."""
    numba, numpy = mediation_workloads.mediate_with_numba, mediation_workloads.mediate_with_numpy
    return Case(
        f"mediate-{name}-{concept}",
        f"the mediator's problem of {concept} in the game {name}, as arrays",
        partial(instance_workloads.write_name, f"{name} {concept}"),
        partial(instance_workloads.write_name, f"{_SMALL_INSTANCE} {concept}"),
        (
            Side("numba", numba, at_most={"cpu": seconds, **at_most}, package="numba"),
            Side("numpy", numpy, at_most={"cpu": 6 * seconds}),
        ),
    )


_MEDIATION_CASES = (
    _mediate("K35", "NFCCE", seconds=3, extra_megabytes=400),
    _mediate("S2254", "NFCCE", seconds=15),
    _mediate("B2323", "EFCE", seconds=25),
    _mediate("B2323", "CERT", seconds=25),
    _mediate("D33", "NFCCE", seconds=12),
)


def _certify(name: str, concept: str, seconds: float) -> Case:
    """Return a case that certifies an optimum of a whole problem that no solver has seen."""
    goals = {"cpu": seconds, "gap": 1e-9, "regret": 1e-9, "violation": 1e-9}
    return Case(
        f"certify-{name}-{concept}",
        f"certify the best welfare of {concept} in the game {name}, on the unreduced arrays",
        partial(instance_workloads.write_name, f"{name} {concept}"),
        partial(instance_workloads.write_name, f"K23 {concept}"),
        (Side("optimality_certificate", certificate_workloads.certify, at_most=goals),),
    )


_CERTIFICATE_CASES = (
    _certify("S2122", "COMM", seconds=2),
    _certify("B2222", "COMM", seconds=3),
    _certify("S2123", "COMM", seconds=20),
    _certify("B2322", "EFCE", seconds=3),
    _certify(certificate_workloads.DISCARDING, "COMM", seconds=60),
)


def _optimal(name: str, concept: str, seconds: float, *more: Side) -> Case:
    """Return a case that goes from a game in memory to a verified equilibrium."""
    return Case(
        f"optimal-{name}-{concept}",
        f"the {concept} of the game {name} with the largest welfare",
        partial(instance_workloads.write_name, f"{name} {concept}"),
        partial(instance_workloads.write_name, f"{_SMALL_BATTLE} {concept}"),
        (Side("reduced", mediation_workloads.optimise_reduced, at_most={"cpu": seconds}), *more),
    )


_ALMOST_ALL = (  # but NFCE and LCE, which are exponential
    *("NFCCE", "EFCCE", "EFCE", "PCOMM", "COMM", "CERT", "CCERT", "NFCCERT"),
    *("BCE", "CBCE", "NFCBCE"),
)
_WHOLE = Side("whole", mediation_workloads.optimise_whole, at_most={"cpu": 40})
_OPTIMAL_CASES = (
    *(_optimal(name, concept, 3) for name in ("S2122", "B2222") for concept in _ALMOST_ALL),
    *(
        _optimal(name, concept, 40, _WHOLE)
        for name in ("B2322", "B2323")
        for concept in ("NFCCE", "EFCCE", "EFCE", "CERT")
    ),
    _optimal("S2123", "COMM", 60),
    _optimal("GL3", "COMM", 20),
)


_SYMMETRY_CASES = (
    _symmetry("symmetry", 400_000, seconds=0.5),
    _symmetry("symmetry-1e7", _LARGE, seconds=15.0),
)

_FIRST_ORDER_SIDES = (
    Side("CFR+", first_order_workloads.by_cfr_plus),
    Side("DCFR+", first_order_workloads.by_discounted_cfr_plus),
    Side("PCFR+", first_order_workloads.by_predictive_cfr_plus),
    Side("OMWU", first_order_workloads.by_multiplicative_weights),
    Side("optimistic gradients", first_order_workloads.by_optimistic_gradients),
    Side("excessive gap", first_order_workloads.by_excessive_gap),
)
_FIRST_ORDER_GAMES: dict[str, Callable[[], Game]] = {
    "kuhn": kuhn,
    "leduc": partial(leduc, ranks=3),
    "goofspiel4": partial(goofspiel, cards=4, prizes="ascending"),
    "goofspiel5": partial(goofspiel, cards=5, prizes="ascending"),
    "liars5": partial(liars_dice, faces=5),
}


def _first_order(name: str, game: Callable[[], Game]) -> Case:
    return Case(
        f"first-order-{name}",
        f"CFR+ and first-order methods on {name}, to gaps of 1e-2 to 1e-8 of the payoff range",
        partial(_write_game_and_seconds, game, 15),
        partial(_write_game_and_seconds, kuhn, 0.01),
        _FIRST_ORDER_SIDES,
    )


def _write_game_and_seconds(make: Callable[[], Game], seconds: float, folder: Path) -> None:
    _write_game(make, folder)
    (folder / first_order_workloads.SECONDS).write_text(f"{seconds}", encoding="utf-8")


_FIRST_ORDER_CASES = tuple(_first_order(name, game) for name, game in _FIRST_ORDER_GAMES.items())


CASES = {
    case.name: case
    for case in (
        *_GAME_CASES,
        *map(on_instance, PUBLISHED),
        *_HAND_OVER_CASES,
        *_EXPORT_CASES,
        *_SOLVE_CASES,
        *_SYMMETRY_CASES,
        *_MEDIATION_CASES,
        *_CERTIFICATE_CASES,
        *_OPTIMAL_CASES,
        *LEARNING_CASES,
        *_FIRST_ORDER_CASES,
        *COMMITMENT_CASES,
        *NASH_CASES,
        *MARKET_CASES,
        *DESIGN_CASES,
    )
}
"""Every case by its name."""
