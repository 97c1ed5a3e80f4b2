"""Poker and dice, played again from the labels of the actions: who moves, and who is paid what.

Each function takes the labels along a path from the root to a terminal, the deal or the roll first,
and follows the rules of the table, not those of the generators.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Replay(NamedTuple):
    """Who moved (0 is chance), from the deal on, and what each player gets."""

    movers: list[int]
    payoffs: list[Fraction | int]


def replay_kuhn(path: Sequence[str], ranks: str) -> Replay:
    """Play Kuhn poker; ``ranks`` are the cards from the lowest to the highest."""
    deal, *actions = path
    cards = deal.split()
    chips = [1] * len(cards)
    folded: set[int] = set()
    movers = [0]
    for turn, action in enumerate(actions):
        seat = turn % len(cards)
        movers.append(seat + 1)
        if action in {"bet", "call"}:
            chips[seat] += 1
        elif action == "fold":
            folded.add(seat)
    alive = [seat for seat in range(len(cards)) if seat not in folded]
    best = max(alive, key=lambda seat: ranks.index(cards[seat]))
    return Replay(movers, [(sum(chips) if s == best else 0) - c for s, c in enumerate(chips)])


def replay_leduc(path: Sequence[str], ranks: str) -> Replay:
    """Play Leduc hold'em; a label that is a rank is the card on the board."""
    deal, *actions = path
    cards = deal.split()
    chips = [1] * len(cards)
    alive = list(range(len(cards)))
    board, seat, size = "", 0, 2
    movers = [0]
    for action in actions:
        if action in ranks:
            movers.append(0)
            board, seat, size = action, alive[0], 4
            continue
        movers.append(seat + 1)
        if action == "call":
            chips[seat] = max(chips)
        elif action in {"bet", "raise"}:
            chips[seat] = max(chips) + size
        following = next(s % len(cards) for s in range(seat + 1, 99) if s % len(cards) in alive)
        if action == "fold":
            alive.remove(seat)
        seat = following
    return Replay(movers, settle_leduc(cards, board, chips, alive, ranks))


def settle_leduc(
    cards: list[str], board: str, chips: list[int], alive: list[int], ranks: str
) -> list[Fraction | int]:
    """Divide the pot: a pair wins, otherwise the highest card; equal hands share."""
    paired = [seat for seat in alive if cards[seat] == board]
    highest = max(ranks.index(cards[seat]) for seat in alive)
    winners = paired or [seat for seat in alive if ranks.index(cards[seat]) == highest]
    return [
        (Fraction(sum(chips), len(winners)) if seat in winners else 0) - chips[seat]
        for seat in range(len(cards))
    ]


def replay_dice(path: Sequence[str], highest_wild: int | None) -> Replay:
    """Play liar's dice; ``highest_wild`` is the face that counts as every other, if one does."""
    roll, *said = path
    dice = [int(die) for die in roll.split()]
    quantity, face = map(int, said[-2].split("x"))
    matching = [die for die in dice if die in {face, highest_wild}]
    caller, bidder = (len(said) - 1) % len(dice), (len(said) - 2) % len(dice)
    loser, winner = (caller, bidder) if len(matching) >= quantity else (bidder, caller)
    movers = [0, *(turn % len(dice) + 1 for turn in range(len(said)))]
    return Replay(movers, [{winner: 1, loser: -1}.get(seat, 0) for seat in range(len(dice))])
