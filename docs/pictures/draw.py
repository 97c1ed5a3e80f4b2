"""The pictures that the pages show: ``python docs/pictures/draw.py docs/pictures`` draws them anew.

tests/test_docs.py draws them as well, and compares the texts in them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pyomo.environ as pyo

import efmodels as ef
from efmodels.auction_sequences import (
    AuctionSequence,
    CommittedWinnersPay,
    ExPostEachRound,
    FirstPrice,
    OptOutEachRound,
    SecondPrice,
    truthful_bidding,
)
from efmodels.formulations import deferred_payment_auctions, priced_auctions
from efmodels.learning import Ranges, learn

# Texts stay texts, and two runs write the same file.
STYLE = {
    "backend": "agg",
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "svg.hashsalt": "efmodels",
}


def auctions_in_a_row() -> dict[str, Any]:
    """Return mechanisms for two items and two bidders with five values and a budget of 1."""
    sequence = AuctionSequence((0, "1/4", "1/2", "3/4", 1), budget=1)
    auctions = {"FP": FirstPrice(), "SP": SecondPrice()}
    auctions |= {f"R {price}": SecondPrice(price) for price in ("1/4", "1/2", "3/4", "1")}
    mechanisms: dict[str, Any] = {k: truthful_bidding(sequence, a) for k, a in auctions.items()}
    for name, block in (
        ("best, ex post", priced_auctions(sequence, participation=ExPostEachRound())),
        ("best, may leave", priced_auctions(sequence, participation=OptOutEachRound())),
        (
            "best, committed",
            deferred_payment_auctions(sequence, participation=CommittedWinnersPay()),
        ),
    ):
        model = pyo.ConcreteModel()
        model.eq = block
        model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
        ef.solve(model)
        mechanisms[name] = model.eq.solution()
    return mechanisms


def main(folder: Path) -> None:
    """Draw Kuhn poker, an equilibrium with a bluff one time in six, learning, payoffs, beliefs."""
    game = ef.instances.kuhn()
    model = pyo.ConcreteModel()
    model.eq = ef.formulations.nash_zero_sum(game)
    # With this bluff all infosets are reached, and there is only one equilibrium.
    model.bluff = pyo.Constraint(expr=model.eq.leader.x["J", "bet"] == 1 / 6)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    ef.solve(model, solver="highs")

    sheriff = ef.instances.load("S2122")
    spaces = [ef.payoff_space(sheriff, name) for name in ("NFCCE", "EFCCE", "EFCE", "COMM")]

    chicken = ef.instances.chicken(6, 2, 7, 0)
    correlated = [ef.payoff_space(chicken, name) for name in ("CCE", "CE")]
    goals = (*chicken.players, "welfare")  # each of the three equilibria is best for one of these
    nash = [ef.optimal_equilibrium(chicken, "nash", goal).model.eq.solution() for goal in goals]

    problem = model.eq.problem
    methods = ("cfr", "cfr+", "pcfr+")
    ends = {"tolerance": 1e-4, "iteration_limit": 2000}
    runs = [learn(problem, Ranges(4, 4), method=one, **ends) for one in methods]

    judge = ef.persuasion.PersuasionProblem(
        prior={"innocent": 0.7, "guilty": 0.3},
        sender_payoffs=[[0, 1], [0, 1]],
        receiver_payoffs={"Judge": [[1, 0], [0, 1]]},
        actions={"Judge": ["acquit", "convict"]},
        sender="Prosecutor",
    )

    with mpl.rc_context(STYLE):
        for name, ax in [
            ("kuhn-tree", ef.plot.tree(game)),
            ("kuhn-strategy", ef.plot.strategy(model.eq)),
            ("kuhn-convergence", ef.plot.convergence(*runs, over="iterations")),
            ("sheriff-payoffs", ef.plot.payoff_space(*spaces)),
            ("prosecutor-closure", ef.plot.concavification(judge)),
            ("auctions-in-a-row", ef.plot.mechanisms(auctions_in_a_row())),
            ("chicken-nash", ef.plot.payoff_space(*correlated, nash=nash)),
        ]:
            ax.figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
