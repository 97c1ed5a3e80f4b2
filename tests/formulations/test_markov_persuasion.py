"""Persuasion in processes: backward induction, value iteration, one step, side constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, SolverError
from efmodels.formulations import markov_persuasion, private_persuasion
from efmodels.persuasion import (
    DiscountedPersuasion,
    FiniteHorizonPersuasion,
    MarkovScheme,
    PersuasionProblem,
)
from tests.market_cases import cases_of
from tests.oracles.concavification import concave_envelope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def persuaded(process: Any, **arguments: Any) -> Any:
    """Return a model whose objective is the sender's payoff."""
    m = pyo.ConcreteModel()
    m.eq = markov_persuasion(process, **arguments)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


def tables(seed: int, steps: int | None = None) -> dict[str, Floats]:
    """Return the tables of a random process with two or three states, outcomes and actions."""
    generator = np.random.default_rng(seed)
    states, outcomes, actions = (int(n) for n in generator.integers(2, 4, 3))
    time = () if steps is None else (steps,)
    shape = (*time, states, outcomes, actions)

    def chances(*sizes: int) -> Floats:
        weights = generator.integers(1, 5, sizes).astype(float)
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))

    return {
        "start": chances(states),
        "prior": chances(*time, states, outcomes),
        "transition": chances(*shape, states),
        "sender_payoffs": generator.integers(-4, 5, shape).astype(float),
        "receiver_payoffs": generator.integers(-4, 5, shape).astype(float),
    }


def one_step(
    prior: Floats, transition: Floats, sender: Floats, receiver: Floats, later: Floats
) -> Floats:
    """Return what each state is worth if it is worth so much which one comes next."""
    worth = sender + transition @ later
    return np.array([concave_envelope(*each) for each in zip(prior, worth, receiver, strict=True)])


def backward(given: dict[str, Floats], steps: int) -> float:
    """Return the best value by one-shot persuasion in each state, from the last step back."""
    later = np.zeros(len(given["start"]))
    for h in reversed(range(steps)):
        names = ("prior", "transition", "sender_payoffs", "receiver_payoffs")
        later = one_step(*(given[name][h] for name in names), later)
    return float(given["start"] @ later)


@pytest.mark.parametrize("case", cases_of("PERSUASION", prefix="mpp_"))
def test_known_value(case: dict[str, Any]) -> None:
    """Prior and transition are alike in all steps; they may be given once, or for each."""
    given = case["inputs"]
    arguments = (given["d0"], given["mu"], given["P"], given["r"], given["u"])
    process = FiniteHorizonPersuasion(*arguments)
    assert process.steps == given["H"]
    m = persuaded(process)
    assert ef.solve(m).value == pytest.approx(case["expected"]["value"], abs=case["tol"])

    steps = [given["P"]] * (given["H"] - 1)  # what follows the last step does not matter
    m = persuaded(FiniteHorizonPersuasion(given["d0"], [given["mu"]] * 3, steps, *arguments[3:]))
    assert ef.solve(m).value == pytest.approx(case["expected"]["value"], abs=case["tol"])


@pytest.mark.parametrize("seed", range(15))
def test_backward_induction(seed: int) -> None:
    """The program over visits is worth what concavification step by step is worth."""
    steps = 2 + seed % 3
    given = tables(seed, steps)
    m = persuaded(FiniteHorizonPersuasion(**given))
    result = ef.solve(m)

    assert result.value == pytest.approx(backward(given, steps), abs=1e-7)
    assert m.eq.solution().payoffs()["Sender"] == pytest.approx(result.value, abs=1e-7)
    assert m.eq.regrets()["Receiver"] < 1e-8


@pytest.mark.parametrize("seed", range(6))
def test_value_iteration(seed: int) -> None:
    """Discounted averages are the fixed point of one-shot persuasion, whatever the horizon."""
    given, discount = tables(seed), 0.6
    m = persuaded(DiscountedPersuasion(**given, discount=discount))
    result = ef.solve(m)
    value = np.zeros(len(given["start"]))
    for _ in range(45):
        value = one_step(
            given["prior"],
            given["transition"],
            (1 - discount) * given["sender_payoffs"],
            given["receiver_payoffs"],
            discount * value,
        )

    assert result.value == pytest.approx(given["start"] @ value, abs=1e-7)
    assert m.eq.solution().payoffs()["Sender"] == pytest.approx(result.value, abs=1e-8)
    assert m.eq.solution().visits.sum() == pytest.approx(1)
    assert m.eq.regrets()["Receiver"] < 1e-8


def test_one_step_is_persuasion() -> None:
    """One state and one step are a persuasion problem, prices and margin included."""
    prior, sender, receiver = [0.7, 0.3], [[0, 1], [0, 1]], [[1, 0], [0, 1]]
    for margin in (0.0, 0.1):
        m = persuaded(
            FiniteHorizonPersuasion(
                [1], [prior], np.ones((1, 2, 2, 1)), [sender], [receiver], steps=1
            ),
            margin=margin,
        )
        other = pyo.ConcreteModel()
        other.eq = private_persuasion(PersuasionProblem(prior, sender, [receiver]), margin=margin)
        other.goal = pyo.Objective(expr=other.eq.value, sense=pyo.maximize)

        assert ef.solve(m).value == pytest.approx(ef.solve(other).value, abs=1e-9)


def test_no_discount_is_one_step() -> None:
    """If only the first step counts, the process is one-shot persuasion in its first state."""
    given = tables(3)
    m = persuaded(DiscountedPersuasion(**given, discount=0))
    names = ("prior", "transition", "sender_payoffs", "receiver_payoffs")
    later = np.zeros(len(given["start"]))
    worth = one_step(*(given[name] for name in names), later)

    assert ef.solve(m).value == pytest.approx(given["start"] @ worth, abs=1e-8)


def test_side_constraint_over_all_steps() -> None:
    """A limit on convictions in all binds steps together: which of them convicts is indifferent."""
    m = persuaded(
        FiniteHorizonPersuasion(
            start=[1],
            prior=[[0.7, 0.3]],
            transition=np.ones((1, 2, 2, 1)),
            sender_payoffs=[[[0, 1], [0, 1]]],
            receiver_payoffs=[[[1, 0], [0, 1]]],
            steps=3,
            outcomes=["innocent", "guilty"],
            actions=["acquit", "convict"],
        )
    )
    assert ef.solve(m).value == pytest.approx(1.8)
    convicted = [m.eq.x[f"S1_step{h}_innocent_convict"] for h in (1, 2, 3)]
    m.limit = pyo.Constraint(expr=sum(convicted) <= 0.5)
    assert ef.solve(m).value == pytest.approx(0.9 + 0.5)
    assert m.eq.regrets()["Receiver"] < 1e-9
    table = m.eq.strategy()
    wrong = table[(table.outcome == "innocent") & (table.recommendation == "convict")]
    assert (0.7 * wrong.probability * wrong.visits).sum() == pytest.approx(0.5)


def test_scheme_by_hand() -> None:
    """Visits, payoffs, regrets and beliefs are those that one computes by hand."""
    process = DiscountedPersuasion(
        start=[1, 0],
        prior=[[0.75, 0.25], [1, 0]],
        transition=[[[[1, 0], [0, 1]]] * 2, [[[0, 1], [0, 1]]] * 2],
        sender_payoffs=[[[0, 1], [0, 1]], [[0, 0], [0, 0]]],
        receiver_payoffs=[[[1, 0], [0, 1]], [[0, 0], [0, 0]]],
        discount=0.5,
        states=["open", "closed"],
    )
    always = np.zeros((2, 2, 2))
    always[:, :, 1] = 1
    scheme = MarkovScheme(process.occupancy(), always)
    assert scheme.visits == pytest.approx([0.5, 0.5])
    assert scheme.payoffs() == pytest.approx({"Receiver": 0.125, "Sender": 0.5})
    assert scheme.regrets() == pytest.approx({"Receiver": 0.375 - 0.125})
    table = scheme.strategy()
    assert table.columns.tolist()[0] == "state"
    assert table.posterior.tolist() == pytest.approx([0.75, 0.25, 1])
    with pytest.raises(GameError, match=r"shape \(1, 2\)"):
        MarkovScheme(process.occupancy(), [[1, 0]])
    with pytest.raises(GameError, match="sum to 1"):
        MarkovScheme(process.occupancy(), always / 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": [0.5, 0.6]}, "start sums to 1.1"),
        ({"prior": [[0.5, 0.5], [-0.5, 1.5]]}, r"prior\[1, 0\] is -0.5"),
        ({"transition": np.ones((2, 2, 2, 2))}, r"transition\[0, 0, 0\] sums to 2"),
        ({"transition": np.ones((2, 2, 2))}, r"transition has shape \(2, 2, 2\)"),
        ({"receiver_payoffs": np.ones((2, 2, 3))}, r"receiver_payoffs has shape"),
        ({"sender_payoffs": [[[np.inf, 0]] * 2] * 2}, r"sender_payoffs\[0, 0, 0\] is inf"),
        ({"discount": 1}, "discount is 1"),
        ({"states": ["here", "here"]}, "states has 'here' twice"),
    ],
)
def test_bad_data(change: dict[str, Any], message: str) -> None:
    """What is no process is refused, and the message names it."""
    good = {
        "start": [0.5, 0.5],
        "prior": [[0.5, 0.5]] * 2,
        "transition": np.full((2, 2, 2, 2), 0.5),
        "sender_payoffs": np.ones((2, 2, 2)),
        "receiver_payoffs": np.ones((2, 2, 2)),
        "discount": 0.5,
    }
    DiscountedPersuasion(**good)
    with pytest.raises(GameError, match=message):
        DiscountedPersuasion(**{**good, **change})


def test_bad_steps() -> None:
    """Without an axis for the steps somebody must say how many there are."""
    given = tables(0)
    for steps in (None, 0, 1.5):
        with pytest.raises(GameError, match="steps is"):
            FiniteHorizonPersuasion(**given, steps=steps)
    given = tables(0, 3)
    with pytest.raises(GameError, match=r"receiver_payoffs has shape \(3, "):
        FiniteHorizonPersuasion(**{**given, "sender_payoffs": given["sender_payoffs"][:2]})


def test_wrong_arguments() -> None:
    """One-shot problems have their own formulations; and a model is solved before it answers."""
    problem = PersuasionProblem([1], [[0, 1]], [[[0, 1]]])
    with pytest.raises(GameError, match="takes a FiniteHorizonPersuasion or DiscountedPersuasion"):
        markov_persuasion(problem)
    process = DiscountedPersuasion(**tables(0), discount=0.5)
    with pytest.raises(GameError, match="margin"):
        markov_persuasion(process, margin=np.nan)
    with pytest.raises(SolverError, match="solve the model first"):
        markov_persuasion(process).regrets()
