"""What a trembling hand can do, by enumeration: the extreme strategies of a perturbed game.

They are the pure plans with an action at *every* infoset, each played as far as floors let it be.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracles.expectation import exact_payoffs, expected_payoffs
from tests.oracles.plans import full_plans
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from efmodels import Game
    from efmodels.exact_profiles import ExactProfile
    from tests.oracles.tree import Node

    Behaviour = dict[tuple[int, int], list[Fraction]]
    History = tuple[tuple[int, int], ...]


def by_infoset(profile: ExactProfile) -> Behaviour:
    """Return the strategies of all players as the functions here take them."""
    game = profile.game
    return {
        (int(owner), j): [profile.behaviour[a] for a in game.actions_of(j)]
        for j, owner in enumerate(game.infoset_owner)
        if owner > 0
    }


def own_histories(game: Game, player: int) -> dict[int, tuple[History, int]]:
    """Return for each infoset of a player her moves before it, and the number of its actions."""
    found: dict[int, tuple[History, int]] = {}

    def walk(node: Node, history: History) -> None:
        mine = node.owner == player
        if mine:
            found[node.infoset] = (history, len(node.children))
        for a, child in enumerate(node.children):
            walk(child, (*history, (node.infoset, a)) if mine else history)

    walk(tree_of(game), ())
    return found


def extreme_by_action(game: Game, player: int, epsilon: Fraction) -> Iterator[Behaviour]:
    """Yield the extreme strategies if every action has a probability of at least epsilon."""
    widths = {j: width for j, (_, width) in own_histories(game, player).items()}
    for plan in full_plans(game, player):
        yield {
            (player, j): [epsilon + (a == plan[j]) * (1 - width * epsilon) for a in range(width)]
            for j, width in widths.items()
        }


def extreme_by_floor(
    game: Game, player: int, floors: Mapping[tuple[int, int], Fraction]
) -> Iterator[Behaviour]:
    """Yield the extreme strategies if the action ``a`` of infoset ``j`` has a floor of its own."""
    widths = {j: width for j, (_, width) in own_histories(game, player).items()}
    spare = {j: 1 - sum(floors[j, a] for a in range(n)) for j, n in widths.items()}
    for plan in full_plans(game, player):
        yield {
            (player, j): [floors[j, a] + (a == plan[j]) * spare[j] for a in range(width)]
            for j, width in widths.items()
        }


def perturbed_tables(
    game: Game, extremes: Sequence[Sequence[Behaviour]]
) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """Return the matrix game whose pure plans are extreme strategies of both players."""
    cells = [[exact_payoffs(game, x | y) for y in extremes[1]] for x in extremes[0]]
    first, second = ([[cell[k] for cell in row] for row in cells] for k in (0, 1))
    return first, second


def extreme_by_sequence(game: Game, player: int, epsilon: Fraction) -> Iterator[Behaviour]:
    """Yield the extreme strategies if n moves have a probability of at least epsilon to the n."""
    infosets = own_histories(game, player)
    for plan in full_plans(game, player):
        behaviour: Behaviour = {}
        for j, (history, width) in sorted(infosets.items(), key=lambda one: len(one[1][0])):
            flow = Fraction(1)
            for before, a in history:
                flow *= behaviour[player, before][a]
            floor = epsilon ** (len(history) + 1)
            spare = flow - width * floor
            behaviour[player, j] = [(floor + (a == plan[j]) * spare) / flow for a in range(width)]
        yield behaviour


def gain_within(
    game: Game,
    played: Behaviour,
    player: int,
    extreme: Callable[[Game, int, Fraction], Iterator[Behaviour]],
    epsilon: Fraction,
) -> Fraction:
    """Return what a player could gain in the perturbed game by another strategy."""
    best = max(
        expected_payoffs(game, played | other)[player - 1]
        for other in extreme(game, player, epsilon)
    )
    return Fraction(best - expected_payoffs(game, played)[player - 1])


def within_actions(played: Behaviour, epsilon: Fraction) -> bool:
    """Say whether every action has a probability of at least epsilon."""
    return all(min(row) >= epsilon for row in played.values())


def within_sequences(game: Game, played: Behaviour, epsilon: Fraction) -> bool:
    """Say whether every sequence of n moves has a probability of at least epsilon to the n."""
    for player in range(1, len(game.players) + 1):
        for j, (history, _) in own_histories(game, player).items():
            flow = Fraction(1)
            for before, a in history:
                flow *= played[player, before][a]
            if flow * min(played[player, j]) < epsilon ** (len(history) + 1):
                return False
    return True
