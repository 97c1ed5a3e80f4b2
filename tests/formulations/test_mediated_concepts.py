"""What the mediated formulations have in common, and what each of them refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS, from_concept
from efmodels.mediation_blocks import mediated_block
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept

CHICKEN = ef.instances.chicken(6, 2, 7, 0)
SIGNALLING = ef.instances.von_stengel_forges_signaling()
SWITCHES = {
    "NFCE": concepts.NFCE,
    "LCE": concepts.LINEAR,
    "PCOMM": concepts.PRIVATE_COMMUNICATION,
    "EFCE": concepts.EFCE,
    "EFCCE": concepts.EFCCE,
    "NFCCE": concepts.NFCCE,
    "COMM": concepts.COMMUNICATION,
    "CERT": concepts.CERTIFICATION,
    "CCERT": concepts.COARSE_CERTIFICATION,
    "NFCCERT": concepts.MEDIATED,
    "BCE": concepts.BAYES_CORRELATED,
    "CBCE": concepts.COARSE_BAYES_CORRELATED,
    "NFCBCE": concepts.OPTOUT_BAYES_CORRELATED,
}
OF_A_MEDIATOR = sorted(SWITCHES)


def maximise(block: object, expression: object) -> ef.Result:
    """Solve for the best of something in a block."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=expression, sense=pyo.maximize)
    return ef.solve(m)


@pytest.mark.parametrize("acronym", OF_A_MEDIATOR)
class TestEveryConcept:
    """What holds for all of them."""

    def test_is_its_switches(self, acronym: str) -> None:
        """`from_concept` makes the same model of the record of switches."""
        named = ACRONYMS[acronym](SIGNALLING).problem
        made = from_concept(SIGNALLING, SWITCHES[acronym]).problem

        assert named.size == made.size
        assert [f.polytope.names for f in named.followers] == [
            f.polytope.names for f in made.followers
        ]
        for one, other in zip(named.followers, made.followers, strict=True):
            assert (one.A != other.A).nnz == 0

    def test_has_the_documented_components(self, acronym: str) -> None:
        """The names of the table in the docstring, and nothing beside them."""
        block = ACRONYMS[acronym](SIGNALLING)

        assert {c.local_name for c in block.component_objects(descend_into=False)} == {
            *("mediator", "deviator", "payoff", "payoff_row", "welfare")
        }
        mediator = {c.local_name for c in block.mediator.component_objects(descend_into=False)}
        assert {"x", "flow"} <= mediator <= {"x", "flow", "mu", "reach"}
        assert list(block.deviator) == ["Sender", "Receiver"]
        deviator = block.deviator["Sender"]
        assert {c.local_name for c in deviator.component_objects(descend_into=False)} == {
            *("v", "reply", "value", "obey")
        }

    def test_pawns_have_no_incentives(self, acronym: str) -> None:
        """Without anybody obedient the best outcome of the game can be had."""
        block = ACRONYMS[acronym](CHICKEN, obedient=[])
        result = maximise(block, block.welfare)

        assert result.value == pytest.approx(12)
        assert block.regrets() == {}
        assert block.solution().payoffs() == pytest.approx({"P1": 6, "P2": 6})

    def test_floors_are_ordinary_constraints(self, acronym: str) -> None:
        """The first driver's best, with a floor for the second, leaves the second just that."""
        block = ACRONYMS[acronym](CHICKEN)
        free = maximise(block, block.payoff["P1"]).value
        block = ACRONYMS[acronym](CHICKEN)
        block.floor = pyo.Constraint(expr=block.payoff["P2"] >= 5)

        assert maximise(block, block.payoff["P1"]).value < free - 0.1
        assert block.solution().payoffs()["P2"] == pytest.approx(5)

    def test_margins(self, acronym: str) -> None:
        """Below zero, equilibria are approximate; above it, disobedience must cost as much."""
        exact, lax, strict = (ACRONYMS[acronym](CHICKEN, margin=k) for k in (0, -0.5, 0.5))
        dear = ACRONYMS[acronym](CHICKEN, margin=50)
        best = maximise(exact, exact.welfare).value

        assert maximise(lax, lax.welfare).value >= min(best + 0.1, 12 - 1e-9)
        assert max(lax.regrets().values()) <= 0.5 + 1e-7
        if SWITCHES[acronym].deviate == "plan":
            with pytest.raises(ef.InfeasibleError):
                maximise(strict, strict.welfare)
        else:
            assert maximise(strict, strict.welfare).value <= best + 1e-9
        with pytest.raises(ef.InfeasibleError, match="Lower the margin of"):
            maximise(dear, dear.welfare)

    def test_probability_of_an_outcome(self, acronym: str) -> None:
        """Expectations over outcomes are linear: a good sender may always say X."""
        block = ACRONYMS[acronym](SIGNALLING)
        m = pyo.ConcreteModel()
        m.eq = block
        sent = block.probability("good", "X")
        m.goal = pyo.Objective(expr=sent, sense=pyo.maximize)

        assert ef.solve(m).value == pytest.approx(0.5)
        good_and_bad = block.expected(np.ones(len(SIGNALLING.terminals)))
        ef.solve(m)
        assert pyo.value(good_and_bad) == pytest.approx(1)

    def test_takes_other_payoffs(self, acronym: str) -> None:
        """`update` with doubled payoffs doubles the optimum."""
        doubled = replace(
            SIGNALLING,
            outcome_payoffs=tuple(tuple(2 * u for u in row) for row in SIGNALLING.outcome_payoffs),
        )
        m = pyo.ConcreteModel()
        m.eq = ACRONYMS[acronym](SIGNALLING)
        m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
        before = ef.solve(m).value
        m.eq.update(doubled)

        assert ef.solve(m).value == pytest.approx(2 * before)
        assert max(m.eq.regrets().values()) < 1e-7

    def test_one_player_does_her_best(self, acronym: str) -> None:
        """With one player and no chance, equilibrium is optimisation."""
        game = ef.instances.random_tree(3, players=1, depth=3, chance_probability=0)
        block = ACRONYMS[acronym](game)

        assert maximise(block, block.welfare).value == pytest.approx(
            game.sequence_form().polytope("P1").best_response(_gradient(game))[0]
        )

    def test_refuses_what_is_no_game(self, acronym: str) -> None:
        """The message says what a formulation needs."""
        with pytest.raises(ef.GameError, match="a formulation needs a Game; got 'chicken'"):
            ACRONYMS[acronym]("chicken")

    def test_refuses_unknown_players(self, acronym: str) -> None:
        """Players are known by their labels, and given in a list."""
        with pytest.raises(ef.GameError, match="P3"):
            ACRONYMS[acronym](CHICKEN, obedient=["P3"])
        with pytest.raises(ef.GameError, match="list of players; got the text 'P1'"):
            ACRONYMS[acronym](CHICKEN, obedient="P1")

    def test_refuses_margins_that_are_no_numbers(self, acronym: str) -> None:
        """A margin is finite."""
        with pytest.raises(ef.GameError, match="margin must be a finite number; got nan"):
            ACRONYMS[acronym](CHICKEN, margin=float("nan"))


def _gradient(game: ef.Game) -> np.ndarray:
    """Return the single player's payoff of each sequence."""
    form = game.sequence_form()
    gradient = np.zeros(form.polytope("P1").size)
    np.add.at(gradient, form.sequences[:, 0], form.payoffs[:, 0])
    return gradient


class TestCorrelated:
    """Games in which all move once and at the same time."""

    @pytest.mark.parametrize("seed", range(5))
    def test_three_notions_are_one(self, seed: int) -> None:
        """There NFCE and EFCE are the same; coarse ones are not."""
        game = ef.instances.random_matrix_game(seed=seed)
        values = [
            ef.optimal_equilibrium(game, name, "welfare").value
            for name in ("CE", "NFCE", "EFCE", "CCE", "NFCCE", "EFCCE")
        ]

        assert values[1:3] == pytest.approx([values[0]] * 2, abs=1e-6)
        assert values[4:] == pytest.approx([values[3]] * 2, abs=1e-6)

    def test_unseen_chance_is_no_information(self) -> None:
        """Chance may move if nobody sees it."""
        builder = ef.GameBuilder(["A", "B"])
        root = builder.chance({"h": 0.5, "t": 0.5})
        for event, stake in (("h", 1), ("t", 3)):
            node = builder.decision("A", "a", ["l", "r"], below=(root, event))
            for move in ("l", "r"):
                reply = builder.decision("B", "b", ["l", "r"], below=(node, move))
                for answer in ("l", "r"):
                    builder.terminal([stake * (move == answer)] * 2, below=(reply, answer))

        assert ef.optimal_equilibrium(builder.game(), "ce", "A").value == pytest.approx(2)

    @pytest.mark.parametrize(
        ("name", "instead"), [("CE", "efce or nfce"), ("CCE", "nfcce or efcce")]
    )
    def test_other_games_are_refused(self, name: str, instead: str) -> None:
        """The message says who sees something, or where somebody does not move, and what to use."""
        with pytest.raises(ef.GameError, match=rf"P1 has 6 infosets: .* use {instead}"):
            ACRONYMS[name](ef.instances.kuhn())
        with pytest.raises(ef.GameError, match=rf"not all of the 2 players move on .* {instead}"):
            ACRONYMS[name](ef.instances.entry_game())


class TestStackelberg:
    """A leader without incentive constraints."""

    def test_value_is_the_leaders_payoff(self) -> None:
        """By default the first player leads and maximises her own payoff."""
        game = ef.instances.commitment_game()
        other = ef.optimal_equilibrium(game, "SEFCE", leader="Follower")

        assert ef.optimal_equilibrium(game, "SEFCE").value == pytest.approx(10.5)
        assert other.value == pytest.approx(other.payoffs["Follower"])
        assert list(other.regrets) == ["Leader"]

    def test_refuses_unknown_leaders(self) -> None:
        """And what is no game."""
        with pytest.raises(ef.GameError, match="Boss"):
            ef.formulations.sefce(CHICKEN, leader="Boss")
        with pytest.raises(ef.GameError, match="needs a Game"):
            ef.formulations.sefce(None)


class TestCustom:
    """Switches of one's own."""

    def test_refuses_names(self) -> None:
        """A concept is a record; names are for `optimal_equilibrium`."""
        with pytest.raises(ef.GameError, match=r"concept must be an efmodels.*; got 'efce'"):
            from_concept(CHICKEN, "efce")

    def test_what_is_not_named(self) -> None:
        """A mediator with recall who hears the truth: between EFCE and what it could see."""
        truthful = Concept("recall", "forced", "full")
        block = from_concept(SIGNALLING, truthful)

        assert maximise(block, block.payoff["Receiver"]).value == pytest.approx(8)

    def test_whole_plans_are_no_walk(self) -> None:
        """A block made of a walk cannot be that of another concept by mistake."""
        with pytest.raises(ef.GameError, match="list all joint plans"):
            mediated_block(CHICKEN, concepts.NFCE)
