"""Private and public persuasion: known values, geometry, other programs, constraints, margins."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, InfeasibleError, SolverError
from efmodels.formulations import from_concept, private_persuasion, public_persuasion
from efmodels.mediator.concept import Concept
from efmodels.persuasion import PersuasionProblem, concavification
from tests.market_cases import cases_of
from tests.oracles.concavification import concave_envelope
from tests.oracles.design import best_signals
from tests.oracles.heard_signals import best_heard_signals
from tests.random_persuasion import random_persuasion

if TYPE_CHECKING:
    from collections.abc import Callable

PRICED = [*cases_of("PERSUASION", prefix="kg_"), *cases_of("PERSUASION", prefix="ps_")]


def persuaded(formulation: Any, problem: PersuasionProblem, **arguments: Any) -> Any:
    """Return a model whose objective is the sender's payoff."""
    m = pyo.ConcreteModel()
    m.eq = formulation(problem, **arguments)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


def best(formulation: Any, problem: PersuasionProblem, **arguments: Any) -> float:
    """Return the most that the sender gets."""
    value: float = ef.solve(persuaded(formulation, problem, **arguments)).value
    return value


def single(seed: int) -> PersuasionProblem:
    """Return a random problem with one receiver; one state of some has probability 0."""
    generator = np.random.default_rng(seed)
    states, actions = (int(n) for n in generator.integers(2, 5, 2))
    weights = generator.integers(0 if states > 2 else 1, 5, states)
    weights[0] += 1
    sender, receiver = generator.integers(-5, 6, (2, states, actions))
    return PersuasionProblem(weights / weights.sum(), sender, [receiver])


def voters(case: dict[str, Any]) -> PersuasionProblem:
    """Return the problem of a case with voters, and without an instance of this package."""
    n, quota = case["inputs"]["n"], case["inputs"]["quota"]
    acts = np.indices((2,) * n)
    passed = (acts.sum(axis=0) >= quota) * 1.0
    hers = [np.stack([-act, act]) for act in acts]
    return PersuasionProblem(case["inputs"]["prior"], np.stack([passed, passed]), hers)


def judge(**arguments: Any) -> PersuasionProblem:
    """Return the prosecutor's problem; a defendant is innocent seven times in ten."""
    return PersuasionProblem(
        {"innocent": 0.7, "guilty": 0.3},
        [[0, 1], [0, 1]],
        {"Judge": [[1, 0], [0, 1]]},
        actions=[["acquit", "convict"]],
        **arguments,
    )


@pytest.mark.parametrize("case", PRICED)
@pytest.mark.parametrize("formulation", [private_persuasion, public_persuasion])
def test_known_values_and_prices(case: dict[str, Any], formulation: Callable[..., Any]) -> None:
    """Value and duals of the prior are those of the table; the duals price every belief."""
    given, known = case["inputs"], case["expected"]
    problem = PersuasionProblem(given["prior"], given["sender"], [given["receiver"]])
    m = persuaded(formulation, problem)
    result = ef.solve(m)
    prices = m.eq.prior.dual_array()
    closure = concavification(problem)

    assert result.value == pytest.approx(known["value"], abs=case["tol"])
    assert prices == pytest.approx(known["prior_row_duals"], abs=case["tol"])
    assert problem.prior @ prices == pytest.approx(known["value"], abs=case["tol"])
    assert (closure.beliefs @ prices >= closure.values - 1e-7).all()
    assert closure.split().prices @ problem.prior == pytest.approx(known["value"], abs=case["tol"])
    assert max(result.regrets["eq"].values()) < 1e-9


@pytest.mark.parametrize("case", cases_of("PERSUASION", prefix="signal_limit"))
def test_signal_limits(case: dict[str, Any]) -> None:
    """With more signals the sender gets more, as the table says, and as brute force does."""
    given = case["inputs"]
    problem = PersuasionProblem(given["prior"], given["sender"], [given["receiver"]])
    for name, known in case["expected"].items():
        signals = int(name.removeprefix("K"))
        m = persuaded(private_persuasion, problem)
        m.few = m.eq.signal_limit(signals)

        assert ef.solve(m).value == pytest.approx(known, abs=case["tol"])
        assert len(m.eq.solution().posteriors()) <= signals
        assert allowed(problem, signals) == pytest.approx(known, abs=case["tol"])


def allowed(problem: PersuasionProblem, signals: int) -> float:
    """Return the best value with so many actions recommended, trying all sets of them."""
    values = []
    for used in combinations(range(problem.shape[1]), signals):
        m = persuaded(private_persuasion, problem)
        kept = {problem.actions[0][k] for k in used}
        m.never = pyo.ConstraintList()
        for action in set(problem.actions[0]) - kept:
            m.never.add(m.eq.probability(actions={"R1": action}) == 0)
        try:
            values.append(ef.solve(m).value)
        except InfeasibleError:
            continue
    return max(values)


@pytest.mark.parametrize("case", cases_of("PERSUASION", prefix="voting"))
def test_voters(case: dict[str, Any]) -> None:
    """In private a bad proposal needs a quota of voters only; in public all believe the same."""
    problem = voters(case)
    good, (n, quota) = problem.prior[1], (case["inputs"][name] for name in ("n", "quota"))

    assert best(private_persuasion, problem) == pytest.approx(case["expected"]["private"], abs=1e-7)
    assert best(public_persuasion, problem) == pytest.approx(case["expected"]["public"], abs=1e-7)
    assert case["expected"]["private"] == pytest.approx(good + min(1 - good, good * n / quota))
    assert case["expected"]["public"] == pytest.approx(2 * good)


@pytest.mark.parametrize("seeds", [range(k, k + 20) for k in (0, 20, 40)])
def test_one_receiver_by_geometry(seeds: range) -> None:
    """Obedience, the corners of the cells, and a convex hull say the same; so does the game."""
    for seed in seeds:
        problem = single(seed)
        hull = concave_envelope(problem.prior, problem.sender_payoffs, problem.receiver_payoffs[0])

        assert best(private_persuasion, problem) == pytest.approx(hull, abs=1e-7), seed
        assert best(public_persuasion, problem) == pytest.approx(hull, abs=1e-7), seed
        assert concavification(problem).split().value == pytest.approx(hull, abs=1e-7), seed
        game = problem.to_game()
        found = ef.optimal_equilibrium(game, "bayes_correlated_equilibrium", objective="Sender")
        assert found.value == pytest.approx(hull, abs=1e-6), seed


@pytest.mark.parametrize("seeds", [range(k, k + 25) for k in (0, 25, 50, 75)])
def test_two_receivers(seeds: range) -> None:
    """Programs from the tree agree, geometry agrees in public, and private is never worse."""
    infeasible = 0
    for seed in seeds:
        game = random_persuasion(seed)
        problem = PersuasionProblem.from_game(game)
        private = best(private_persuasion, problem)
        assert private == pytest.approx(best_signals(game), abs=1e-6), seed
        try:
            public = best(public_persuasion, problem)
        except InfeasibleError:
            infeasible += 1
            with pytest.raises(InfeasibleError, match="no average of corners"):
                concavification(problem).split()
            continue
        assert public == pytest.approx(best_heard_signals(game), abs=1e-6), seed
        assert public == pytest.approx(concavification(problem).split().value, abs=1e-6), seed
        assert public <= private + 1e-7, seed
    assert infeasible < len(seeds) / 2


@pytest.mark.parametrize("seed", range(4))
def test_game_of_several_receivers(seed: int) -> None:
    """A mediator who sees the state and not the moves brings the same about in the tree."""
    problem = PersuasionProblem.from_game(random_persuasion(seed))
    m = pyo.ConcreteModel()
    concept = Concept(memory="recall", report="forced", deviate="full", observe="chance")
    m.eq = from_concept(problem.to_game(), concept, obedient=problem.receivers)
    m.goal = pyo.Objective(expr=m.eq.payoff["Sender"], sense=pyo.maximize)

    assert best(private_persuasion, problem) == pytest.approx(ef.solve(m).value, abs=1e-6)


@pytest.mark.parametrize(("what", "limit", "value"), [(None, 0.5, 0.5), ("innocent", 0.14, 0.44)])
def test_ex_ante_constraints(what: str | None, limit: float, value: float) -> None:
    """A limit on convictions, or on those of the innocent, is an ordinary constraint."""
    m = persuaded(private_persuasion, judge())
    m.limit = pyo.Constraint(expr=m.eq.probability(what, {"Judge": "convict"}) <= limit)

    assert ef.solve(m).value == pytest.approx(value, abs=1e-8)
    assert m.eq.solution().value == pytest.approx(value, abs=1e-8)
    assert m.eq.regrets()["Judge"] < 1e-9


def test_posterior_bounds() -> None:
    """Whoever is acquitted must be innocent at most four times in five, and so fewer are convicted.

    With posteriors of guilt 1/2 and 1/5 that average to 3/10, a third is convicted.
    """
    m = persuaded(private_persuasion, judge())
    m.doubt = m.eq.posterior_bounds({"innocent": 1, "guilty": 0}, upper=0.8)
    assert ef.solve(m).value == pytest.approx(1 / 3, abs=1e-8)
    beliefs = m.eq.solution().posteriors()
    assert beliefs["innocent"].tolist() == pytest.approx([0.8, 0.5])

    m = persuaded(private_persuasion, judge())
    m.doubt = m.eq.posterior_bounds([0, 1], lower=0.2, upper=0.6, receiver="Judge")
    assert len(m.doubt) == 4
    assert ef.solve(m).value == pytest.approx(1 / 3, abs=1e-8)


def test_limits_in_private_are_for_each_receiver() -> None:
    """One signal for one voter of three leaves the politician two to persuade."""
    problem = PersuasionProblem.from_game(ef.instances.voter_persuasion(3, 1, "3/10"))
    values = []
    for receiver in ("P1", None):
        m = persuaded(private_persuasion, problem)
        m.few = m.eq.signal_limit(1, receiver=receiver)
        values.append(ef.solve(m).value)
    assert values == pytest.approx([0.9, 0.0], abs=1e-7)

    m = persuaded(public_persuasion, problem)
    m.few = m.eq.signal_limit(2)
    assert ef.solve(m).value == pytest.approx(0.6, abs=1e-7)


@pytest.mark.parametrize("formulation", [private_persuasion, public_persuasion])
@pytest.mark.parametrize("margin", [0.25, -0.25])
def test_margin(formulation: Any, margin: float) -> None:
    """The judge convicts at a belief p with 2 p - 1 >= margin, which .3 is split into."""
    m = persuaded(formulation, judge(), margin=margin)

    assert ef.solve(m).value == pytest.approx(0.3 / ((1 + margin) / 2), abs=1e-8)
    assert m.eq.regrets()["Judge"] == pytest.approx(max(-margin, 0) * 0.8, abs=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_margin_is_what_every_disobedience_costs(seed: int) -> None:
    """In the data, each signal's best other action is worth the margin less."""
    problem, margin = PersuasionProblem.from_game(random_persuasion(seed)), 0.5
    m = persuaded(private_persuasion, problem, margin=margin)
    try:
        ef.solve(m)
    except InfeasibleError:
        pytest.skip("nothing is obeyed that strictly")
    scheme = m.eq.solution()
    for receiver, channel in enumerate(scheme.channels):
        worth = scheme._worth(channel, receiver)  # noqa: SLF001 - what else is worth
        told = np.bincount(
            channel.signal, (problem.receiver_payoffs[receiver] * scheme.joint).ravel()
        )
        mass = np.bincount(channel.signal, scheme.joint.ravel())
        for k, (row, own) in enumerate(zip(worth, told, strict=True)):
            assert own >= np.delete(row, k).max() + margin * mass[k] - 1e-7


def test_matching_pennies_has_no_public_advice() -> None:
    """Where all equilibria are mixed nothing is obeyed in public; in private a coin decides."""
    win = np.array([[[1, -1], [-1, 1]]])
    pennies = PersuasionProblem([1], np.abs(win), [win, -win])

    assert best(private_persuasion, pennies) == pytest.approx(1)
    with pytest.raises(InfeasibleError, match=r"No announcements .* are obeyed at this") as caught:
        best(public_persuasion, pennies)
    assert "margin" not in str(caught.value)
    assert all(name.startswith("eq.obey[") for name in caught.value.conflict)
    with pytest.raises(InfeasibleError, match="Lower the margin of"):
        ef.solve(persuaded(public_persuasion, pennies, margin=0.5))


def test_names_of_events() -> None:
    """A probability is called after its event; a second one of the same event gets a number."""
    m = persuaded(private_persuasion, judge())
    m.seldom = pyo.Constraint(expr=m.eq.probability("guilty", {"Judge": "convict"}) <= 0.1)
    m.often = pyo.Constraint(expr=m.eq.probability("guilty", {"Judge": "convict"}) >= 0.3)

    assert m.eq.probability().name == "eq.probability_of"
    assert m.eq.probability(actions={"Judge": "acquit"}).name == "eq.probability_of_Judge_acquit"
    with pytest.raises(InfeasibleError) as caught:
        ef.solve(m)
    assert "seldom: eq.probability_of_guilty_Judge_convict <= 0.1, which is missed" in str(
        caught.value
    )
    assert "often: 0.3 <= eq.probability_of_guilty_Judge_convict_2, which" in str(caught.value)


def test_duals_beside_binaries() -> None:
    """There are none until the binaries are fixed; then they are those of a linear program."""
    m = persuaded(private_persuasion, judge())
    m.few = m.eq.signal_limit(2)
    value = ef.solve(m).value
    with pytest.raises(
        SolverError, match=r"no duals of eq.prior: .* such as few.z\[Judge_acquit\]"
    ):
        m.eq.prior.dual_array()
    m.few.z.fix(m.few.z.array().round())

    assert ef.solve(m).value == pytest.approx(value)
    assert m.eq.prior.dual_array() == pytest.approx([0, 2], abs=1e-8)


def test_block() -> None:
    """Rows and variables have names; welfare adds up; the objective is not inside."""
    block = private_persuasion(judge(sender="Prosecutor"))
    assert list(block.x.keys())[:2] == ["innocent_acquit", "innocent_convict"]
    assert list(block.obey.keys()) == ["Judge_acquit_convict", "Judge_convict_acquit"]
    assert list(block.prior.keys()) == ["innocent", "guilty"]
    assert not list(block.component_data_objects(pyo.Objective))
    with pytest.raises(SolverError, match="solve the model first"):
        block.regrets()

    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    assert ef.solve(m).value == pytest.approx(1.3)
    assert m.eq.solution().payoffs() == pytest.approx({"Judge": 1, "Prosecutor": 0.3})
    clone = m.clone()
    assert clone.eq.strategy().equals(m.eq.strategy())


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda eq: eq.signal_limit(0), "integer of at least 1; got 0"),
        (lambda eq: eq.signal_limit(1, receiver="Jury"), "no receiver is called 'Jury'"),
        (lambda eq: eq.posterior_bounds([1, 0]), "needs lower or upper"),
        (lambda eq: eq.posterior_bounds([1], lower=0), "number for each of the states"),
        (lambda eq: eq.posterior_bounds({"guilty": 1}, lower=0), "states are"),
        (lambda eq: eq.expected([0, 1]), r"shape \(2, 2\); got an array of shape \(2,\)"),
        (lambda eq: eq.expected([[0, np.nan], [0, 1]]), "finite numbers"),
        (lambda eq: eq.probability("insane"), "no state is called 'insane'"),
        (
            lambda eq: eq.probability(actions="acquit"),
            "actions is 'acquit': give receivers' actions by label, such as {'Judge': 'acquit'}",
        ),
    ],
)
def test_wrong_questions(ask: Callable[[Any], Any], message: str) -> None:
    """What cannot be meant is refused, by name."""
    with pytest.raises(GameError, match=message):
        ask(private_persuasion(judge()))


@pytest.mark.parametrize("formulation", [private_persuasion, public_persuasion])
def test_wrong_arguments(formulation: Any) -> None:
    """A game is no persuasion problem, and a margin is finite."""
    with pytest.raises(GameError, match="takes a PersuasionProblem; got Game"):
        formulation(ef.instances.prosecutor())
    with pytest.raises(GameError, match="margin"):
        formulation(judge(), margin=np.inf)
