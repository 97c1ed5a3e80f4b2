"""The table of a policy in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.mediation_blocks import mediated_block
from efmodels.mediator import concept as concepts
from efmodels.mediator.problem import mediated_problem
from efmodels.mediator.words import memory_names

if TYPE_CHECKING:
    from efmodels.mediator.concept import Concept


def names(game: ef.Game, concept: Concept) -> list[str]:
    """Return the memories of a mediator."""
    return memory_names(mediated_problem(game, concept))


def test_chicken() -> None:
    """The best correlated equilibrium: both stop half of the time, and each goes in a quarter."""
    model = pyo.ConcreteModel()
    model.eq = mediated_block(ef.instances.chicken(6, 2, 7, 0), concepts.EFCE)
    model.goal = pyo.Objective(expr=model.eq.objective("welfare"), sense=pyo.maximize)
    ef.solve(model)
    table = model.eq.strategy()
    rows = table[["memory", "player", "infoset", "action"]].to_numpy().tolist()

    assert rows == [
        ["nothing yet", "P1", "P1_1", "Stop"],
        ["nothing yet", "P1", "P1_1", "Go"],
        ["P1 P1_1: Stop", "P2", "P2_1", "Stop"],
        ["P1 P1_1: Stop", "P2", "P2_1", "Go"],
        ["P1 P1_1: Go", "P2", "P2_1", "Stop"],
        ["P1 P1_1: Go", "P2", "P2_1", "Go"],
    ]
    assert table["probability"].tolist() == pytest.approx([3 / 4, 1 / 4, 2 / 3, 1 / 3, 1, 0])
    assert table["reach"].tolist() == pytest.approx([1, 1, 3 / 4, 3 / 4, 1 / 4, 1 / 4])


def test_signaling_with_recall() -> None:
    """The receiver's advice hangs on what the sender reported, and that she reported nothing."""
    game = ef.instances.von_stengel_forges_signaling()

    assert names(game, concepts.CERTIFICATION) == [
        *["nothing yet"] * 2,
        *["Sender good: X"] * 2,
        *["Sender good: Y"] * 2,
        *["Sender bad: X"] * 2,
        *["Sender bad: Y"] * 2,
        *["Sender silent"] * 2,
    ]


def test_signaling_without_sharing() -> None:
    """A private mediator draws both of the sender's answers before the receiver's."""
    found = names(ef.instances.von_stengel_forges_signaling(), concepts.EFCE)

    assert found[:4] == ["nothing yet", "Sender good: X", "Sender good: Y",
                         "Sender good: X, Sender bad: X"]  # fmt: skip


def test_staying_out() -> None:
    """The word before the game is another one than silence in it."""
    found = names(ef.instances.von_stengel_forges_signaling(), concepts.MEDIATED)

    assert "Sender stays out, Sender silent" in found
    assert "Receiver stays out" in found


def test_seeing() -> None:
    """Who sees everything remembers where everybody moved."""
    found = names(ef.instances.von_stengel_forges_signaling(), concepts.BAYES_CORRELATED)

    assert found[0] == "saw good"
    assert "saw bad, Sender bad: X, saw bad-Y" in found


def test_all_memories_with_recall_differ() -> None:
    """Together with the report, a memory with recall names one decision point."""
    game = ef.instances.load("B2212")
    for concept in (concepts.COMMUNICATION, concepts.CERTIFICATION, concepts.BAYES_CORRELATED):
        mediated = mediated_problem(game, concept)
        asked = zip(memory_names(mediated), mediated.mediation.infoset.tolist(), strict=True)

        assert len(set(asked)) == mediated.problem.leader.points


def test_beliefs_that_several_draws_lead_to() -> None:
    """They are numbered; every other one has one draw before it."""
    mediated = mediated_problem(ef.instances.load("B2212"), concepts.NFCCE)
    several = np.diff(mediated.problem.leader.incoming_start) > 1
    found = memory_names(mediated)

    assert several.any()
    assert [name == f"belief {k}" for k, name in enumerate(found)] == several.tolist()
