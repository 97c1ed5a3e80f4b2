"""From a game file to a solved, verified and exported model: the program behind `make demo`.

Run it with the folder for its results: ``python docs/tutorial/demo.py demo``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
from rich.console import Console
from rich.table import Table

import efmodels as ef
from efmodels.formulations import nash_zero_sum

MOST_BLUFFS = 0.05


def main(folder: Path) -> None:
    """Solve Leduc poker with and without a side constraint, and write the model to files."""
    console = Console()
    folder.mkdir(parents=True, exist_ok=True)

    game = ef.read(ef.instances.data_file("leduc.efg"))
    console.print(game)

    model = pyo.ConcreteModel(name="leduc")
    model.eq = nash_zero_sum(game)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    free = ef.solve(model, solver="highs")
    free_regrets, free_payoffs = model.eq.regrets(), model.eq.solution().payoffs()

    # The side constraint: holding a Jack, the weakest card, she may open with a bet at most one
    # time in twenty. It is an ordinary Pyomo constraint on the block's variables.
    opening = model.eq.leader.x["J", "bet"]
    bluffs = pyo.value(opening)
    model.few_bluffs = pyo.Constraint(expr=opening <= MOST_BLUFFS)
    bound = ef.solve(model, solver="highs")

    table = Table("", "equilibrium", "few bluffs", title="Leduc poker, first player")
    table.add_row("bets a Jack at once", f"{bluffs:.4f}", f"{pyo.value(opening):.4f}")
    table.add_row("sure payoff", f"{free.value:.7f}", f"{bound.value:.7f}")
    table.add_row("status", str(free.status), str(bound.status))
    regrets, payoffs = model.eq.regrets(), model.eq.solution().payoffs()
    for player in game.players:
        table.add_row(f"payoff {player}", f"{free_payoffs[player]:.7f}", f"{payoffs[player]:.7f}")
    for player in game.players:
        table.add_row(f"regret {player}", f"{free_regrets[player]:.1e}", f"{regrets[player]:.1e}")
    table.add_row("seconds", f"{free.seconds:.2f}", f"{bound.seconds:.2f}")
    console.print(table)
    console.print(
        "Payoffs and regrets are recomputed from the tree. With the side constraint the regrets "
        "add up to what the constraint costs the first player.\n"
    )

    strategy = model.eq.strategy()
    strategy.to_csv(folder / "strategy.csv", index=False)
    console.print(strategy[strategy["reach"] > 0].head(12).round(4).to_string(index=False))
    for name in ("leduc.lp", "leduc.mps"):
        path = ef.export(model, folder / name)
        console.print(f"wrote {path} ({path.stat().st_size:,} bytes)", highlight=False)
    console.print(f"wrote {folder / 'strategy.csv'}", highlight=False)

    worst = free_regrets[game.players[0]] / np.ptp(game.payoffs)
    if worst > 1e-7:  # noqa: PLR2004 - what the solver's own tolerance allows
        sys.exit(f"the equilibrium was not confirmed: regret {worst:.1e} of the payoff range")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
