"""Payoff spaces: known polygons, fresh solves in other directions, order, workers, refusals."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import linprog

import efmodels as ef
from efmodels.bulk.highs import HighsSolver
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept
from efmodels.payoff_spaces import PayoffSpace
from tests.html_tables import read_tables

DIRECTIONS = [(np.cos(angle), np.sin(angle)) for angle in np.linspace(0.1, 6.3, 20)]
SMALL = {"items": 2, "bribe": 1, "rounds": 1}


def coordination_game(seed: int) -> ef.Game:
    """Return a random matrix game with a pure equilibrium for each of three actions."""
    payoffs = np.random.default_rng(seed).integers(0, 5, (2, 3, 3))
    return ef.Game.from_matrices(*(payoffs + 5 * np.eye(3, dtype=int)))


def correlated_support(game: ef.Game, direction: tuple[float, float]) -> float:
    """Maximise over distributions on the cells of a matrix game, with all obedience rows."""
    width = [len(game.actions_of(game.infosets_of(k + 1)[0])) for k in range(2)]
    table = game.payoffs.reshape(*width, 2)
    rows = []
    for player in range(2):
        payoff = np.moveaxis(table[..., player], player, 0)
        for told in range(width[player]):
            for done in range(width[player]):
                row = np.zeros_like(payoff)
                row[told] = payoff[done] - payoff[told]
                rows.append(np.moveaxis(row, 0, player).ravel())
    ones = np.ones((1, table[..., 0].size))
    goal = -(table @ direction).ravel()
    return float(-linprog(goal, np.array(rows), np.zeros(len(rows)), ones, [1.0]).fun)


def require_at_least_seven_tenths(model: Any) -> None:
    """Promise the Judge no more than she knows herself."""
    model.promise = pyo.Constraint(expr=model.eq.payoff["Judge"] == 0.7)


def promise_a_lot(model: Any) -> None:
    """Promise more than there is."""
    model.promise = pyo.Constraint(expr=model.eq.welfare >= 1000)


class TestKnownSpaces:
    """Closed forms, and the linear program over cells."""

    def test_chicken(self) -> None:
        """The correlated equilibria of Chicken: a kite, with the best of all outside of Nash."""
        space = ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), "CE")

        assert space.vertices == pytest.approx(np.array([[2, 7], [3.6, 3.6], [7, 2], [5.25, 5.25]]))
        assert space.area == pytest.approx(8.25)
        assert space.regret < 1e-9

    def test_prisoners_dilemma(self) -> None:
        """Nothing but the punishment."""
        space = ef.payoff_space(ef.instances.prisoners_dilemma(), "EFCE")

        assert space.vertices == pytest.approx(np.array([[1.0, 1.0]]))
        assert (space.solves, space.area) == (4, 0)

    def test_coordination(self) -> None:
        """Common payoffs: a segment from the mixed to the pure equilibria."""
        space = ef.payoff_space(ef.Game.from_matrices(np.eye(2), np.eye(2)), "CE")

        assert space.vertices == pytest.approx(np.array([[0.5, 0.5], [1, 1]]))
        assert space.area == pytest.approx(0)

    def test_persuasion(self) -> None:
        """Investigations of the prosecutor: none, a full one, and the best one for him."""
        space = ef.payoff_space(ef.instances.prosecutor(), "BCE")

        assert space.axes == ("Judge", "Prosecutor")
        assert space.vertices == pytest.approx(np.array([[0.7, 0], [1, 0.3], [0.7, 0.6]]))

    def test_zero_sum(self) -> None:
        """All Nash equilibria pay the value."""
        space = ef.payoff_space(ef.instances.kuhn(), "nash_zero_sum")

        assert space.vertices == pytest.approx(np.array([[-1 / 18, 1 / 18]]))

    @pytest.mark.parametrize("seed", range(8))
    def test_matrix_games(self, seed: int) -> None:
        """The support function is that of the linear program over the cells."""
        game = coordination_game(seed) if seed else ef.instances.battle_of_the_sexes()
        space = ef.payoff_space(game, "CE")

        assert space.area > 0
        supports = [space.support(direction) for direction in DIRECTIONS]
        assert supports == pytest.approx(
            [correlated_support(game, direction) for direction in DIRECTIONS], abs=1e-5
        )


class TestAgainstFreshSolves:
    """Each point of the boundary is what a model of its own gives."""

    @pytest.mark.parametrize("concept", ["EFCE", "NFCCE", "COMM", "CERT"])
    def test_support_function(self, concept: str) -> None:
        """In twenty directions, for a small Sheriff."""
        game = ef.instances.sheriff(**SMALL)
        space = ef.payoff_space(game, concept)
        fresh = [
            ef.optimal_equilibrium(
                game, concept, dict(zip(game.players, direction, strict=True))
            ).value
            for direction in DIRECTIONS
        ]

        assert [space.support(d) for d in DIRECTIONS] == pytest.approx(fresh, abs=1e-5)
        assert space.regret < 1e-6

    def test_three_players_and_sums(self) -> None:
        """Two axes of three players: any two, or weighted sums."""
        game = ef.instances.random_tree(4, players=3, depth=3)
        space = ef.payoff_space(game, "EFCE", axes=("P3", {"P1": 1, "P2": -2}))
        fresh = [
            ef.optimal_equilibrium(game, "EFCE", {"P3": a, "P1": b, "P2": -2 * b}).value
            for a, b in DIRECTIONS
        ]

        assert space.axes == ("P3", "P1 - 2 P2")
        assert [space.support(d) for d in DIRECTIONS] == pytest.approx(fresh, abs=1e-5)

    @pytest.mark.parametrize("name", ["EFCE", "NFCCE", "COMMUNICATION", "NFCE"])
    def test_concepts_as_records(self, name: str) -> None:
        """A record gives the polygon of the function, with or without the reductions."""
        game, concept = ef.instances.sheriff(**SMALL), getattr(concepts, name)
        by_name = ef.payoff_space(game, name.replace("COMMUNICATION", "COMM"))
        whole = {} if concept.deviate == "plan" else {"reduce": False}

        for arguments in ({}, whole):
            by_record = ef.payoff_space(game, concept, **arguments)
            assert by_record.concept == name
            assert by_record.vertices == pytest.approx(by_name.vertices, abs=1e-5)

    def test_one_solver_is_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A program is handed over once, however many directions are asked for."""
        loads = []
        load = HighsSolver.load

        def counted(solver: HighsSolver, program: Any) -> None:
            loads.append(program)
            load(solver, program)

        monkeypatch.setattr(HighsSolver, "load", counted)
        space = ef.payoff_space(ef.instances.sheriff(**SMALL), "EFCE")

        assert space.solves > 4
        assert len(loads) == 1

    def test_scales_of_the_axes_do_not_matter(self) -> None:
        """A million times the payoffs on one axis: the same polygon, in other units."""
        first, second = np.array([[6.0, 2], [7, 0]]), np.array([[6.0, 7], [2, 0]])
        one = ef.payoff_space(ef.Game.from_matrices(first, second), "CE")
        other = ef.payoff_space(ef.Game.from_matrices(1e6 * first, 1e-3 * second), "CE")

        assert other.vertices / (1e6, 1e-3) == pytest.approx(one.vertices, abs=1e-5)


CHAINS = [
    ("NFCE", "EFCE", "EFCCE", "NFCCE"),
    ("PCOMM", "COMM", "CERT", "CCERT", "NFCCERT", "NFCBCE"),
    ("EFCE", "CERT", "BCE", "CBCE", "NFCBCE"),
]


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("seed", range(4))
def test_spaces_are_nested(seed: int, chain: tuple[str, ...]) -> None:
    """Every corner of a stricter concept's space lies in that of a looser one."""
    game = ef.instances.random_tree(seed, depth=3, chance_probability="3/10")
    spaces = [ef.payoff_space(game, concept) for concept in chain]

    for inner, outer in pairwise(spaces):
        assert all(outer.contains(corner, 1e-5) for corner in inner.vertices), (inner, outer)


class TestSideConstraints:
    """The user's own rows."""

    def test_a_promise_cuts_the_space(self) -> None:
        """The equilibria that leave the Judge with what she can do alone: a vertical segment."""
        space = ef.payoff_space(
            ef.instances.prosecutor(), "BCE", constrain=require_at_least_seven_tenths
        )

        assert space.vertices == pytest.approx(np.array([[0.7, 0], [0.7, 0.6]]))

    def test_too_much(self) -> None:
        """What leaves no equilibrium is an error, also from a worker."""
        game = ef.instances.prosecutor()
        with pytest.raises(ef.InfeasibleError):
            ef.payoff_space(game, "BCE", constrain=promise_a_lot)
        with ThreadPoolExecutor(2) as executor, pytest.raises(ef.InfeasibleError):
            ef.payoff_space(game, "BCE", constrain=promise_a_lot, executor=executor)

    def test_arguments_reach_the_formulation(self) -> None:
        """Without incentive constraints every outcome is possible."""
        space = ef.payoff_space(ef.instances.prisoners_dilemma(), "CE", obedient=[])

        assert space.vertices == pytest.approx(np.array([[0, 3], [1, 1], [3, 0], [2, 2]]))


class TestWorkers:
    """Any executor, the same polygon."""

    @pytest.mark.parametrize("workers", [1, 3])
    def test_threads(self, workers: int) -> None:
        """Each thread has a model of its own."""
        game = ef.instances.sheriff(**SMALL)
        alone = ef.payoff_space(game, "EFCE")
        with ThreadPoolExecutor(workers) as executor:
            together = ef.payoff_space(game, "EFCE", executor=executor)

        assert together.vertices == pytest.approx(alone.vertices, abs=1e-5)
        assert together.solves == alone.solves

    def test_limits_of_memory_reach_the_workers(self) -> None:
        """What is refused here is refused there; a limit that is set in a worker is not asked."""
        game = ef.instances.sheriff(**SMALL)
        with ThreadPoolExecutor(1) as executor:
            with ef.memory_limit(1e-6), pytest.raises(ef.SizeError, match="limit of 1e-06 GB"):
                ef.payoff_space(game, "EFCE", executor=executor)
            assert ef.payoff_space(game, "EFCE", executor=executor).solves > 0

    @pytest.mark.slow
    def test_processes(self) -> None:
        """Processes that are started anew are sent all that they need, side constraints too."""
        game = ef.instances.prosecutor()
        alone = ef.payoff_space(game, "BCE", constrain=require_at_least_seven_tenths)
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(2, mp_context=spawn) as executor:
            together = ef.payoff_space(
                game, "BCE", constrain=require_at_least_seven_tenths, executor=executor
            )
            sheriff = ef.payoff_space(
                ef.instances.sheriff(**SMALL), concepts.EFCE, executor=executor
            )
            with pytest.raises(ef.InfeasibleError):
                ef.payoff_space(game, "BCE", constrain=promise_a_lot, executor=executor)

        assert together.vertices == pytest.approx(alone.vertices, abs=1e-6)
        expected = ef.payoff_space(ef.instances.sheriff(**SMALL), concepts.EFCE)
        assert sheriff.vertices == pytest.approx(expected.vertices, abs=1e-5)


class TestTheRecord:
    """What a space can be asked."""

    space = PayoffSpace(
        "G", "CE", ("A", "B"), np.array([[0.0, 0], [2, 0], [0, 4]]), (2, 4), 0, 8, 1
    )

    def test_questions(self) -> None:
        """Area, support, membership up to a share of the ranges."""
        assert self.space.area == 4
        assert self.space.support((1, 1)) == 4
        assert self.space.contains((1, 1))
        assert self.space.contains((1, 2))
        assert not self.space.contains((1.1, 2))
        assert self.space.contains((1, -0.04), tolerance=0.011)
        assert not self.space.contains((1, -0.05), tolerance=0.011)

    def test_frame(self) -> None:
        """A row per corner, a column per axis."""
        frame = self.space.to_frame()

        assert list(frame.columns) == ["A", "B"]
        assert frame.to_numpy() == pytest.approx(self.space.vertices)

    def test_it_shows_itself(self) -> None:
        """As text, of many corners the first; as HTML with all."""
        facts, corners = read_tables(self.space._repr_html_())
        angles = np.linspace(0, 6, 9)
        ring = np.column_stack([np.cos(angles), np.sin(angles)])
        round_space = PayoffSpace("", "CE", ("A", "B"), ring, (2, 2), 0, 8, 1)

        assert "corners  (0, 0) (2, 0) (0, 4)" in repr(self.space)
        assert "and 3 more" in repr(round_space)
        assert dict(facts.rows)["axes"] == "A, B"
        assert corners.rows == [
            ["corner", "A", "B"],
            *([str(k), f"{x:g}", f"{y:g}"] for k, (x, y) in enumerate(self.space.vertices)),
        ]

    def test_corners_cannot_be_changed(self) -> None:
        """The record is frozen, its array too."""
        with pytest.raises(ValueError, match="read-only"):
            self.space.vertices[0, 0] = 1


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (("P1",), "axes must be two"),
        ("P1", "axes must be two"),
        (("P1", "P3"), "no player is called 'P3'"),
        (("P1", 2), "an axis is a player's label or a mapping"),
        (("P1", {}), "not all zero"),
        (("P1", {"P2": float("nan")}), "finite"),
    ],
)
def test_wrong_axes(axes: Any, message: str) -> None:
    """The message says what an axis is."""
    with pytest.raises(ef.GameError, match=message):
        ef.payoff_space(ef.instances.chicken(), "CE", axes=axes)


def test_unknown_concepts() -> None:
    """As for a single equilibrium; a record of one's own is called by its switches."""
    with pytest.raises(ef.GameError, match="no concept is called 'nsh'"):
        ef.payoff_space(ef.instances.chicken(), "nsh")
    own = Concept("recall", "forced", "coarse")
    assert ef.payoff_space(ef.instances.chicken(), own).concept == "recall forced coarse"


def use_one_action_only(model: Any) -> None:
    """Let an advice be certain or impossible."""
    model.pure = pyo.Var(domain=pyo.Binary)
    model.certain = pyo.Constraint(expr=model.eq.probability("P1_1", "Stop") == model.pure)


class TestHulls:
    """What is not convex is told apart from what is."""

    @pytest.mark.parametrize(
        ("concept", "floors", "shown"),
        [
            ("NASH", {}, "NASH"),
            ("SSE", {}, "SSE"),
            ("floored_nash", {}, "floored_nash (floors 0.01)"),
            ("floored_nash", {"floors": 0.1}, "floored_nash (floors 0.1)"),
            ("floored_nash", {"floors": {"P1": [0, 0.2, 0]}}, "floored_nash"),
            ("floored_stackelberg", {}, "floored_stackelberg (floors 0.01)"),
        ],
    )
    def test_integers_make_a_hull(self, concept: str, floors: dict[str, Any], shown: str) -> None:
        """Nash equilibria and commitments are not convex: title, table and picture say so."""
        space = ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), concept, **floors)

        assert space.is_hull
        assert space.title == f"convex hull of {shown}"
        assert ("concept", space.title) in space.rows()
        assert space.title in repr(space)

    @pytest.mark.parametrize("concept", ["CE", "EFCE", "SEFCE"])
    def test_linear_programs_are_exact(self, concept: str) -> None:
        """Mediated equilibria are convex, and keep their names."""
        space = ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), concept)

        assert not space.is_hull
        assert space.title == concept

    def test_zero_sum_equilibria_are_exact(self) -> None:
        """They are the solutions of a linear program."""
        assert not ef.payoff_space(ef.instances.kuhn(), "nash_zero_sum").is_hull

    def test_integer_side_constraints_make_a_hull(self) -> None:
        """Correlated equilibria with a pure part: the hull of both cases."""
        space = ef.payoff_space(
            ef.instances.chicken(6, 2, 7, 0), "CE", constrain=use_one_action_only
        )

        assert space.is_hull
        assert sorted(map(tuple, space.vertices.round(6).tolist())) == [(2, 7), (7, 2)]

    def test_workers_say_so_too(self) -> None:
        """Whoever has the model tells what it is."""
        with ThreadPoolExecutor(2) as executor:
            space = ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), "NASH", executor=executor)
        assert space.is_hull

    @pytest.mark.parametrize("concept", ["QRE", "AQRE"])
    def test_solutions_of_equations_are_refused(self, concept: str) -> None:
        """A quantal response is a point, and the message says where to look instead."""
        with pytest.raises(ef.CapabilityError, match="quantal_response_path"):
            ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), concept, precision=1.0)

    def test_local_nash_equilibria_are_refused(self) -> None:
        """A block with more than equilibria has one objective of its own."""
        with pytest.raises(ef.CapabilityError, match="describes more than equilibria"):
            ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), "nash_nlp")
