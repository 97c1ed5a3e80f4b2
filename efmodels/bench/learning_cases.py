"""The benchmark cases on learning: iterations, bytes, time to an accuracy, and portfolios."""

from __future__ import annotations

from functools import partial

from efmodels.bench import (
    bandwidth_workloads,
    learning_portfolio_workloads,
    learning_workloads,
)
from efmodels.bench.comparison import Case, Side
from efmodels.bench.instance_workloads import write_name

_SMALL = "K33"


def _rate(name: str, openspiel: float, liteefg: float) -> tuple[Case, Case]:
    """Return cases that do the same iterations of CFR+ here and in two other packages."""
    ours = Side("numba", learning_workloads.iterate_with_numba, package="numba")
    others = (
        Side("numpy", learning_workloads.iterate_with_numpy),
        Side(
            "OpenSpiel",
            learning_workloads.iterate_with_openspiel,
            at_most={"cpu_ratio": 1 / openspiel},
            package="pyspiel",
        ),
    )
    lite = Side(
        "LiteEFG",
        learning_workloads.iterate_with_liteefg,
        at_most={"cpu_ratio": 1 / liteefg},
        package="LiteEFG",
    )
    return (
        _learning(f"openspiel-{name}", f"iterations of CFR+ on {name}", name, ours, *others),
        _learning(f"liteefg-{name}", f"the same on {name}, against LiteEFG", name, ours, lite),
    )


def _to_accuracy(name: str, what: str, highs: float, clarabel: float, repeats: int) -> Case:
    """Return a case that learns to an accuracy, and solves the linear program of the same."""
    faster = {"cpu_ratio": 1 / highs}
    more = (
        Side("HiGHS simplex", learning_workloads.solve_with_highs_simplex, faster, repeats=repeats),
        Side("HiGHS interior", learning_workloads.solve_with_highs_ipm, faster, repeats=repeats),
        Side(
            "HiGHS interior, no vertex",
            learning_workloads.solve_with_highs_ipm_alone,
            faster,
            repeats=repeats,
        ),
        Side(
            "Clarabel",
            learning_workloads.solve_with_clarabel,
            {"cpu_ratio": 1 / clarabel},
            repeats=repeats,
            package="clarabel",
        ),
        Side("with our presolve", learning_workloads.solve_with_presolve, repeats=repeats),
    )
    first = Side("learning", learning_workloads.learn_to_target, package="numba")
    return _learning(name, what, name, first, *more)


def _learning(name: str, what: str, game: str, *sides: Side) -> Case:
    small = "small sheriff" if game in learning_workloads.MEDIATED else "kuhn"
    writers = partial(write_name, game), partial(write_name, small)
    return Case(f"learning-{name}", what, *writers, sides)


_PORTFOLIO_TASKS = (
    *learning_portfolio_workloads.ZERO_SUM_GAMES,
    *(f"{name} EFCE" for name in ("S2122", "S2123", "B2222", "K34")),
    *(f"{name} CERT" for name in ("S2123", "B2222", "D32")),
)

_PORTFOLIO_CASE = Case(
    "learn-portfolio",
    "learn equilibria to 0.1 % of the ranges by the automatic portfolio, and by each member alone",
    partial(learning_portfolio_workloads.write_tasks, _PORTFOLIO_TASKS),
    partial(learning_portfolio_workloads.write_tasks, ("kuhn", f"{_SMALL} EFCE", f"{_SMALL} CERT")),
    (
        Side(
            "auto on two threads, over the faster member",
            learning_portfolio_workloads.learn_side_by_side,
            at_most={"median_ratio": 1.5},
            repeats=1,
            package="numba",
        ),
    ),
)


def _bandwidth(name: str) -> Case:
    """Return a case that compares sweeps with reading and writing as many bytes in a row."""
    return _learning(
        f"bandwidth-{name}",
        f"bytes that CFR+ has to move on {name}, per second, against a loop that only moves them",
        name,
        Side("CFR+", bandwidth_workloads.iterate_with_numba, package="numba"),
        Side("triad", bandwidth_workloads.stream, at_most={"cpu_ratio": 2}, package="numba"),
    )


def _engines(name: str) -> Case:
    """Return a case that does the same iterations with numpy and in compiled loops."""
    return _learning(
        f"engines-{name}",
        f"iterations of CFR+ on {name} with numpy and in compiled loops",
        name,
        Side("numpy", bandwidth_workloads.iterate_with_numpy),
        Side(
            "numba",
            bandwidth_workloads.iterate_with_numba,
            at_most={"cpu_ratio": 2},
            package="numba",
        ),
    )


def _first_answer(name: str) -> Case:
    """Return a case from starting Python to a zero-sum equilibrium within 0.1 %."""
    work = learning_portfolio_workloads
    return Case(
        f"learn-first-{name}",
        f"start Python and learn a zero-sum equilibrium in the game {name}",
        partial(write_name, name),
        partial(write_name, ""),
        (
            Side("numpy", work.answer_first_with_numpy, at_most={"cpu": 2}),
            Side("numba, cold", work.answer_first_with_numba, at_most={"cpu": 6}, package="numba"),
        ),
    )


LEARNING_CASES = (
    *_rate("kuhn", openspiel=50, liteefg=30),
    *_rate("goofspiel4", openspiel=100, liteefg=50),
    *_rate("leduc", openspiel=100, liteefg=50),
    _to_accuracy("leduc", "the equilibrium of OpenSpiel's Leduc hold'em to a gap of 1e-4", 1, 1, 5),
    _to_accuracy("leduc13", "Leduc hold'em with 13 ranks to a gap of 1e-4", 4, 1.5, 3),
    _to_accuracy("liars6", "liar's dice with six faces to a gap of 1e-4", 1, 1, 3),
    _to_accuracy("battleship", "the best BCE of battleship with three shots to 1%", 10, 4, 1),
    _to_accuracy("sheriff", "the best BCE of the sheriff with four rounds to 1%", 10, 4, 1),
    *map(_bandwidth, ("leduc20", "leduc30", "liars6", "liars7")),
    _engines("leduc30"),
    _PORTFOLIO_CASE,
    *map(_first_answer, ("kuhn", "leduc")),
)
