"""The two bricks and the assembler, against Pyomo's own dual and against learning nothing."""

import pickle

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

import efmodels as ef
from efmodels.blocks import FormulationBlock, best_response, equilibrium_block, sequence_form
from efmodels.errors import CapabilityError, GameError, SolverError
from efmodels.matrix import LinearObjective
from efmodels.polytope import FlowPolytope
from efmodels.problem import EquilibriumProblem, Follower
from tests.efmodels.test_polytope import random_dag


def solved(model: pyo.ConcreteModel) -> float:
    """Solve a model with a `goal` and return its value."""
    pyo.SolverFactory("highs").solve(model)
    return float(pyo.value(model.goal))


def tree(player: str = "P1") -> FlowPolytope:
    """Return a player's polytope in Kuhn poker."""
    return ef.instances.kuhn().sequence_form().polytope(player)


@pytest.mark.parametrize("seed", range(10))
def test_sequence_form_is_the_polytope(seed: int) -> None:
    """Maximising a gradient over the brick gives the polytope's best response."""
    generator = np.random.default_rng(seed)
    polytope = random_dag(generator)
    gradient = generator.normal(size=polytope.size)
    m = pyo.ConcreteModel()
    m.player = sequence_form(polytope)
    m.goal = LinearObjective([(gradient, m.player.x)])

    assert solved(m) == pytest.approx(polytope.best_response(gradient)[0])


@pytest.mark.parametrize("seed", range(10))
def test_best_response_equals_pyomos_own_dual(seed: int) -> None:
    """Written by hand or derived by `core.lp_dual`, the dual has the same optimum."""
    generator = np.random.default_rng(seed)
    polytope = random_dag(generator)
    A = sparse.random_array((4, polytope.size), density=0.5, rng=generator, format="csr")
    mu = generator.random(4)

    mine = pyo.ConcreteModel()
    mine.mu = pyo.Var(range(4))
    for k in range(4):
        mine.mu[k].fix(mu[k])
    mine.reply = best_response(polytope, [(A, mine.mu)])
    mine.goal = pyo.Objective(expr=mine.reply.value)

    primal = pyo.ConcreteModel()
    primal.player = sequence_form(polytope)
    primal.goal = LinearObjective([(A.T @ mu, primal.player.x)])
    dual = pyo.TransformationFactory("core.lp_dual").create_using(primal)
    pyo.SolverFactory("highs").solve(dual)

    theirs = pyo.value(next(dual.component_data_objects(pyo.Objective)))
    assert solved(mine) == pytest.approx(theirs)


def test_best_response_takes_expressions() -> None:
    """Where the payoff is not linear, one expression per sequence does the same, in any order."""
    polytope = tree()
    gradient = np.random.default_rng(2).normal(size=polytope.size)
    gains = dict(zip(polytope.names, gradient, strict=True))
    m = pyo.ConcreteModel()
    m.gain = pyo.Expression(list(reversed(polytope.names)), initialize=gains)
    m.reply = best_response(polytope, m.gain)
    m.goal = pyo.Objective(expr=m.reply.value)

    assert solved(m) == pytest.approx(polytope.best_response(gradient)[0])


def test_expressions_must_fit_the_sequences() -> None:
    """What is missing or unknown is named."""
    m = pyo.ConcreteModel()
    m.gain = pyo.Expression(["root", "J_bet", "J_raise"], initialize=0.0)
    with pytest.raises(GameError, match=r"missing or unknown: \['J_check', .*'J_raise'"):
        best_response(tree(), m.gain)


def incentive_problem(reach: sparse.csr_array | None = None) -> EquilibriumProblem:
    """Return a mediator who recommends a cell of chicken; player k obeys or takes an action.

    The leader's coordinates are the root and the four cells; with ``reach`` there may be a second
    way to draw the third. Follower k has the dualized choice of
    ignoring what she hears at each recommendation, so this is the correlated equilibrium.
    """
    u = np.array([[[0.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [-5.0, -5.0]]])
    cells = ("", "00", "01", "10", "11", "10 too")[: 5 if reach is None else reach.shape[1]]
    leader = FlowPolytope([1, len(cells)], [0], [0, 1], ("cell",), cells)
    followers = []
    for k in range(2):
        polytope = FlowPolytope(
            [1, 3, 5], [0, 0], [0, 1, 2], ("hear0", "hear1"), ("", "0", "1", "0", "1")
        )
        A = np.zeros((5, 5))
        for cell in range(4):
            told, other = divmod(cell, 2) if k == 0 else divmod(cell, 2)[::-1]
            for a in range(2):
                profile = (a, other) if k == 0 else (other, a)
                A[1 + cell, 1 + 2 * told + a] = u[profile][k]
        b = np.array([0.0, *(u[divmod(cell, 2)][k] for cell in range(4))])
        followers.append(Follower(f"P{k + 1}", polytope, sparse.csr_array(A), b))
    return EquilibriumProblem(leader, np.zeros(5), tuple(followers), reach)


def test_the_assembler_makes_incentive_constraints() -> None:
    """The best correlated equilibrium of chicken pays 1 in all, and both obey."""
    m = pyo.ConcreteModel()
    m.eq = equilibrium_block(incentive_problem())
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)

    assert solved(m) == pytest.approx(1)
    for label in ("P1", "P2"):
        assert pyo.value(m.eq.payoff[label]) >= pyo.value(m.eq.follower[label].value) - 1e-9


def test_the_assembler_takes_a_reach_matrix() -> None:
    """If a cell can be drawn in two ways, `mu` is the sum of both; the others need no variable."""
    T = sparse.csr_array(np.hstack([np.eye(5), [[0.0]] * 3 + [[1.0]] + [[0.0]]]))
    m = pyo.ConcreteModel()
    m.eq = equilibrium_block(incentive_problem(T))
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)
    m.once = pyo.Constraint(expr=m.eq.leader.x["cell_10"] <= 0.25)

    assert solved(m) == pytest.approx(1)
    assert m.eq.leader.mu.array() == pytest.approx([1])
    assert m.eq.leader.x["cell_10_too"].value >= 0.75


def test_a_weighted_follower_is_subtracted_from_the_value() -> None:
    """Maximising `value` over a problem with weights is `EquilibriumProblem.value` maximised."""
    form = ef.Game.from_matrices([[2, 0], [0, 1]], [[-2, 0], [0, -1]]).sequence_form()
    reply = Follower("P2", form.polytope("P2"), form.payoff_matrix("P2"), weight=3.0)
    problem = EquilibriumProblem(form.polytope("P1"), np.array([5.0, 0, 0]), (reply,))
    m = pyo.ConcreteModel()
    m.eq = equilibrium_block(problem)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)

    assert solved(m) == pytest.approx(5 + 3 * 2 / 3)
    assert problem.value(m.eq.leader.x.array()) == pytest.approx(solved(m))


def zero_sum_block() -> object:
    """Return a formulation block with a game."""
    return ef.formulations.nash_zero_sum(ef.instances.kuhn())


def test_a_block_remembers_its_game_through_copies() -> None:
    """Clones share the game, pickles carry it, and both answer."""
    m = pyo.ConcreteModel()
    m.eq = zero_sum_block()
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)

    assert m.clone().eq.game is m.eq.game
    copy = pickle.loads(pickle.dumps(m))  # noqa: S301 - we wrote it ourselves
    assert copy.eq.game == m.eq.game
    assert solved(copy) == pytest.approx(-1 / 18)
    assert max(copy.eq.regrets().values()) < 1e-9


def test_blocks_can_be_indexed() -> None:
    """Many games in one model: a rule may return the block."""
    games = {"small": ef.instances.kuhn(), "big": ef.instances.kuhn(ranks=5)}
    m = pyo.ConcreteModel()
    m.eq = FormulationBlock(
        list(games), rule=lambda _, name: ef.formulations.nash_zero_sum(games[name])
    )
    m.goal = pyo.Objective(expr=sum(m.eq[name].value for name in games), sense=pyo.maximize)
    solved(m)

    assert pyo.value(m.eq["small"].value) == pytest.approx(-1 / 18)
    assert m.eq["big"].game == games["big"]


def test_objectives_in_words() -> None:
    """Welfare, a label and weights become expressions; what is unknown is named."""
    block = zero_sum_block()

    assert block.objective() is block.value
    assert block.objective("welfare") is block.welfare
    assert block.objective("P2").to_string() == "payoff[P2]"
    assert block.objective({"P1": 2, "P2": -1}).to_string() == "2*payoff[P1] - payoff[P2]"
    with pytest.raises(GameError, match="no player is called 'P3'"):
        block.objective("P3")
    with pytest.raises(GameError, match="weight of 'P1' is nan"):
        block.objective({"P1": float("nan")})
    with pytest.raises(CapabilityError, match="not linear in the variables"):
        block.objective(np.zeros(len(block.game.terminals)))
    with pytest.raises(GameError, match=r"per terminal, 30 of them; got .* shape \(3,\)"):
        block.objective(np.zeros(3))
    with pytest.raises(GameError, match=r"got object .* 'welfare', a player's label"):
        block.objective(object())


def test_from_infosets_to_duals() -> None:
    """`dual_of` finds the value of a follower's infoset by name."""
    block = zero_sum_block()

    assert block.dual_of("K:b") is block.follower["P2"].v["K_b"]
    with pytest.raises(
        GameError, match=r"infoset called 'Z', expected one; there are \['Q:k', 'Q:b'"
    ):
        block.dual_of("Z")


def test_unsolved_models_and_parts_say_so() -> None:
    """Without values there is no strategy, and a part does not know the game."""
    m = pyo.ConcreteModel()
    m.eq = zero_sum_block()

    with pytest.raises(SolverError, match="has no values yet"):
        m.eq.regrets()
    with pytest.raises(GameError, match=r"'eq.leader' is a part of a formulation"):
        m.eq.leader.regrets()


def test_cloning_copies_no_data() -> None:
    """A model can be cloned without the arrays of its game."""
    m = pyo.ConcreteModel()
    m.eq = zero_sum_block()

    assert m.clone().eq.problem.leader is m.eq.problem.leader
