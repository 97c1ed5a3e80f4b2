"""Expected payoffs of behaviour strategies, by recursion over the tree."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from efmodels import Game
    from tests.oracles.plans import Plan
    from tests.oracles.tree import Node, Number

    Profile = Mapping[tuple[int, int], Sequence[Number]]


def expected_payoffs(game: Game, profile: Profile) -> tuple[Number, ...]:
    """Return each player's expected payoff; exact if the game and the profile are.

    ``profile`` maps ``(player, infoset)``, as the game numbers them, to probabilities.
    """
    return _expected(tree_of(game), profile)


def exact_payoffs(game: Game, profile: Profile) -> tuple[Fraction, ...]:
    """Return the same in fractions, where chance and payoffs may be floats: these are fractions."""
    return tuple(map(Fraction, _expected(_in_fractions(tree_of(game)), profile)))


def _in_fractions(node: Node) -> Node:
    return replace(
        node,
        payoffs=tuple(map(Fraction, node.payoffs)),
        chances=tuple(map(Fraction, node.chances)),
        children=[_in_fractions(child) for child in node.children],
    )


def _expected(node: Node, profile: Profile) -> tuple[Number, ...]:
    if node.owner < 0:
        return node.payoffs
    weights = node.chances if node.owner == 0 else profile[node.owner, node.infoset]
    parts = [
        [weight * payoff for payoff in _expected(child, profile)]
        for weight, child in zip(weights, node.children, strict=True)
        if weight
    ]
    return tuple(map(sum, zip(*parts, strict=True)))


def pure_profile(game: Game, plans: Iterable[Plan]) -> dict[tuple[int, int], list[int]]:
    """Return the behaviour profile in which everybody follows her pure plan.

    Infosets at which a reduced plan says nothing get their first action.
    """
    chosen = {infoset: action for plan in plans for infoset, action in plan.items()}
    return {
        (node.owner, node.infoset): [
            int(a == chosen.get(node.infoset, 0)) for a in range(len(node.children))
        ]
        for node in tree_of(game).descendants()
        if node.owner > 0
    }


def uniform_profile(game: Game) -> dict[tuple[int, int], list[Number]]:
    """Return the profile in which everybody plays every action with the same probability."""
    return {
        (node.owner, node.infoset): [Fraction(1, len(node.children))] * len(node.children)
        for node in tree_of(game).descendants()
        if node.owner > 0
    }
