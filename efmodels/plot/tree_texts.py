"""What is written at the nodes and the edges of a tree."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import TERMINAL
from efmodels.plot.canvas import one_line

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Game, Number

LONGEST = 9
"""A fraction with more characters is written as a decimal number."""


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of a tree, a list entry per node.

    Attributes
    ----------
    edges
        What stands on the edge to each node: the action, and below it the probability of chance, or
        of the strategy; ``""`` at the root.
    payoffs
        A text per player at a terminal, nothing elsewhere.
    names
        The infoset's name at the single node of an infoset, ``""`` elsewhere.
    on_the_left
        Whether the name stands on the left: the node is on the left of its parent.
    """

    edges: list[str]
    payoffs: list[tuple[str, ...]]
    names: list[str]
    on_the_left: Bools


def texts_of(game: Game, x: Floats, behaviour: Floats | None) -> Texts:
    """Return what is to be written; ``behaviour`` is the strategy to show, or ``None``."""
    return Texts(
        edges=[edge_text(game, node, behaviour) for node in range(game.nodes)],
        payoffs=[
            tuple(map(number_text, game.exact_payoffs(node))) if owner == TERMINAL else ()
            for node, owner in enumerate(game.owner.tolist())
        ],
        names=_single_names(game),
        on_the_left=x < x[game.parent.clip(0)],
    )


def edge_text(game: Game, node: int, behaviour: Floats | None) -> str:
    """Return the action that leads to a node, with its probability if it is chance's or known."""
    parent = int(game.parent[node])
    if parent < 0:
        return ""
    flat = int(game.action_start[game.infoset[parent]] + game.action[node])
    name = one_line(game.action_names[flat])
    if flat < len(game.chance_probabilities):
        return f"{name}\n{number_text(game.chance_probabilities[flat])}"
    return name if behaviour is None else f"{name}\n{probability_text(behaviour[flat])}"


def number_text(number: Number) -> str:
    """Return a payoff or a probability, exact if it is and not too long.

    >>> number_text(Fraction(1, 3)), number_text(0.25), number_text(Fraction(10**9, 10**9 + 1))
    ('1/3', '0.25', '1')
    """
    text = str(number) if isinstance(number, int | Fraction) else f"{number:.4g}"
    if len(text) > LONGEST:
        text = f"{float(number):.4g}"
    return text.replace("-", "\N{MINUS SIGN}")


def probability_text(probability: float) -> str:
    """Return a probability with three decimals at most.

    >>> probability_text(1 / 3), probability_text(1 - 1e-12), probability_text(-0.0)
    ('0.333', '1', '0')
    """
    return f"{abs(round(float(probability), 3)):g}"


def _single_names(game: Game) -> list[str]:
    """Return a player's infoset's name at its node if it has only one."""
    inner = np.where(game.owner > 0, game.infoset, -1)
    size = np.bincount(inner[inner >= 0], minlength=len(game.infoset_owner))
    return [
        one_line(game.infoset_names[j]) if j >= 0 and size[j] == 1 else "" for j in inner.tolist()
    ]
