"""How fast learning converges with and without floors, and how well it plays off the path.

``python docs/explanation/refinement_curves.py FOLDER`` writes ``refinement-curves.csv`` and
``refinement-curves.svg``. It takes some seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

import efmodels as ef
from efmodels.floored_polytope import even_floors, with_floors
from efmodels.learning import Ranges, learn
from efmodels.profile_blocks import profile_of

# Texts stay texts, and two runs write the same file.
STYLE = {
    "backend": "agg",
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "svg.hashsalt": "efmodels",
}

METHODS = ("cfr+", "egt")
MASSES = (0.0, 0.01, 0.1)
CHECKPOINTS = (10, 30, 100, 300, 1000)
GAP, LARGEST, MEAN = "gap", "largest regret of an infoset", "mean regret of infosets"


def curve(game: ef.Game, method: str, mass: float) -> list[dict[str, object]]:
    """Return a row per checkpoint: the gap of what is solved, and regrets at infosets.

    ``mass`` is shared evenly among the actions of each infoset as the least that they get.
    """
    problem = ef.formulations.nash_zero_sum(game).problem
    (other,) = problem.followers
    mine, theirs = (even_floors(one, mass) for one in (problem.leader, other.polytope))
    perturbed = with_floors(problem, mine, {other.label: theirs}) if mass else problem
    span = float(np.ptp(game.payoffs))
    rows: list[dict[str, object]] = []
    for iterations in CHECKPOINTS:
        learned = learn(
            perturbed,
            Ranges(span, span),
            method=method,
            engine="numpy",
            tolerance=1e-12,
            iteration_limit=iterations,
        )
        first, second = game.players
        profile = profile_of(game, {first: learned.x, second: learned.plans[second]})
        regrets = ef.refinement_regret(game, profile)
        rows.append(
            {
                "method": method,
                "mass of mistakes": mass,
                "iterations": iterations,
                GAP: learned.bound - learned.value,
                LARGEST: regrets.largest,
                MEAN: regrets.mean,
            }
        )
    return rows


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw gaps and regrets over iterations, a line per method and mass."""
    from matplotlib import pyplot as plt

    shown = (GAP, LARGEST, MEAN)
    figure, axes = plt.subplots(1, len(shown), figsize=(12, 4), layout="constrained")
    for ax, column in zip(axes, shown, strict=True):
        for (method, mass), line in table.groupby(["method", "mass of mistakes"]):
            style = "-" if method == METHODS[0] else "--"
            label = f"{method}, " + (f"mistakes {mass:g}" if mass else "no floors")
            color = f"C{MASSES.index(mass)}"
            ax.loglog(line["iterations"], line[column], style, color=color, label=label)
        ax.set_xlabel("iterations")
        ax.set_title(column)
    axes[0].legend(fontsize="small")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main(folder: Path) -> None:
    """Learn Leduc hold'em with several floors and methods, and write what was found."""
    folder.mkdir(parents=True, exist_ok=True)
    game = ef.instances.leduc()
    runs = [(method, mass) for method in METHODS for mass in MASSES]
    table = pd.DataFrame([row for method, mass in runs for row in curve(game, method, mass)])
    table.to_csv(folder / "refinement-curves.csv", index=False, float_format="%.6g")
    with mpl.rc_context(STYLE):
        draw(table, folder / "refinement-curves.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
