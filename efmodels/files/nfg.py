"""Read Gambit's ``.nfg`` files: a normal form, turned into a tree of unseeing moves."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.builder import product_tree
from efmodels.errors import GameError
from efmodels.files.scanner import Scanner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Game, Ints

_NONE = -1


def parse_nfg(text: str, source: str | None = None) -> Game:
    """Read the text of an ``.nfg`` file, with payoffs or with outcomes.

    Player 1 moves first, then player 2 who does not see it, and so on; every player has one
    infoset, without a label.

    Raises
    ------
    FormatError
        At the first token that does not belong there.
    """
    scan = Scanner(text, source)
    scan.keyword("NFG", what="'NFG', with which every .nfg file begins")
    scan.keyword("1", what="format version 1")
    scan.keyword("R", "D")
    title = scan.quoted("the title in quotes")
    at = scan.skip_blanks()
    players = scan.quoted_list("a player's label")
    if not players:
        raise scan.problem("expected at least one player between the braces", at)
    strategies = _strategies(scan, players)
    comment = scan.quoted("a comment") if scan.sees('"') else ""
    sizes = [len(labels) for labels in strategies]
    at = scan.skip_blanks()
    outcomes, chosen = _body(scan, players, prod(sizes))
    if not scan.at_end():
        raise scan.expected(f"the end of the file after {prod(sizes)} profiles")
    parent, action, infoset = product_tree(tuple(sizes))
    inner = np.full(len(parent) - prod(sizes), _NONE)
    try:
        return assemble_game(
            players=players,
            infosets=[Infoset(k, "", labels) for k, labels in enumerate(strategies, start=1)],
            outcomes=outcomes,
            parent=parent,
            action=action,
            infoset=infoset,
            outcome=np.concatenate([inner, np.array(chosen)[profile_order(sizes)]]),
            title=title,
            comment=comment,
        )
    except GameError as error:  # pragma: no cover - all that it checks was checked above
        raise scan.problem(str(error), at) from error


def profile_order(sizes: Sequence[int]) -> Ints:
    """Return, for every leaf of the tree from left to right, its place in an ``.nfg`` file.

    In the file player 1's strategy runs fastest, in the tree the last player's.

    >>> profile_order([2, 3]).tolist()
    [0, 2, 4, 1, 3, 5]
    """
    place = np.zeros(1, dtype=np.int64)
    stride = 1
    for size in sizes:
        place = (place[:, np.newaxis] + stride * np.arange(size)).ravel()
        stride *= size
    return place


def _strategies(scan: Scanner, players: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Read the strategies of each player: their labels, or only how many they are."""
    at = scan.skip_blanks()
    scan.symbol("{")
    strategies: list[tuple[str, ...]] = []
    if scan.sees("{"):
        for number in range(1, len(players) + 1):
            here = scan.skip_blanks()
            strategies.append(scan.quoted_list("a strategy's label"))
            if not strategies[-1]:
                raise scan.problem(f"player {number} needs at least one strategy", here)
        _require_room(scan, [len(labels) for labels in strategies], at)
    else:
        sizes = [_size(scan, number) for number in range(1, len(players) + 1)]
        _require_room(scan, sizes, at)
        strategies = [tuple(str(s) for s in range(1, size + 1)) for size in sizes]
    scan.symbol("}", f"'}}' after the strategies of {len(players)} players")
    return strategies


def _size(scan: Scanner, player: int) -> int:
    at = scan.skip_blanks()
    size = scan.whole_number(f"the number of strategies of player {player}")
    if size < 1:
        raise scan.problem(f"player {player} needs at least one strategy, got {size}", at)
    return size


def _require_room(scan: Scanner, sizes: list[int], at: int) -> None:
    """Raise if the rest of the text is too short to say something of every profile."""
    rest = len(scan.text) - scan.position
    if prod(sizes) > rest:
        raise scan.problem(
            f"these strategies need payoffs for {' x '.join(map(str, sizes))} profiles; "
            f"the file ends after {rest} more characters",
            at,
        )


def _body(
    scan: Scanner, players: tuple[str, ...], profiles: int
) -> tuple[list[Outcome], Sequence[int]]:
    """Return the outcomes, and for each profile in the file's order which one it has."""
    if scan.sees("{"):
        return _outcome_body(scan, players, profiles)
    outcomes = []
    for profile in range(1, profiles + 1):
        payoffs = []
        for number in range(1, len(players) + 1):
            payoffs.append(
                scan.number(f"player {number}'s payoff in profile {profile} of {profiles}")
            )
            scan.takes_symbol(",")
        outcomes.append(Outcome("", tuple(payoffs)))
    return outcomes, range(profiles)


def _outcome_body(
    scan: Scanner, players: tuple[str, ...], profiles: int
) -> tuple[list[Outcome], list[int]]:
    scan.symbol("{")
    outcomes: list[Outcome] = []
    while not scan.takes_symbol("}"):
        scan.symbol("{", "'{' and an outcome, or '}'")
        label = scan.quoted("an outcome label") if scan.sees('"') else ""
        outcomes.append(Outcome(label, scan.payoffs(players)))
    chosen = []
    for profile in range(1, profiles + 1):
        at = scan.skip_blanks()
        number = scan.whole_number(f"the outcome of profile {profile} of {profiles}")
        if not 0 <= number <= len(outcomes):
            raise scan.problem(
                f"expected an outcome from 1 to {len(outcomes)}, or 0 for none, got {number}", at
            )
        chosen.append(number - 1)
        scan.takes_symbol(",")
    return outcomes, chosen
