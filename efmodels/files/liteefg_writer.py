"""Write the ``.game`` files of LiteEFG."""

from __future__ import annotations

import re
from itertools import pairwise
from numbers import Rational
from typing import TYPE_CHECKING
from urllib.parse import quote

from efmodels.errors import GameError
from efmodels.files.exact import number_text
from efmodels.files.liteefg import step
from efmodels.game import CHANCE, TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Game, Number

_NOT_IN_A_LINE = re.compile(r"[%\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_A_WORD = re.compile(r"[%\s\x00-\x1f\x7f-\x9f]")
_NOT_IN_AN_ACTION = re.compile(r"[%\s\x00-\x1f\x7f-\x9f/=]")


def liteefg_text(game: Game) -> str:
    """Return the text of a ``.game`` file.

    Raises
    ------
    GameError
        The game has no players.
    """
    if not game.players:
        raise GameError("a .game file needs at least one player; write .efg or .json")
    return "\n".join([*_header(game), *_nodes(game), *_infosets(game), ""])


def _header(game: Game) -> Iterator[str]:
    """Yield comments: LiteEFG takes the number of players from them, and needs no more."""
    if game.title:
        yield f"# title: {_escaped(_NOT_IN_A_LINE, game.title)}"
    for number, player in enumerate(game.players, start=1):
        yield f"# player {number}: {_escaped(_NOT_IN_A_LINE, player)}"
    yield "# Opt {"
    yield "#     game_tree: true,"
    yield f"#     num_players: {len(game.players)},"
    yield "# }"
    yield "#"


def _escaped(pattern: re.Pattern[str], text: str) -> str:
    """Write the characters that a pattern finds as ``%20``, the way addresses in the web do.

    >>> _escaped(_NOT_IN_AN_ACTION, "50% of 1/3")
    '50%25%20of%201%2F3'
    """
    return pattern.sub(lambda match: quote(match[0], safe=""), text)


def _nodes(game: Game) -> Iterator[str]:
    names = _node_names(game)
    moves = [*_moves(game), ""]
    leaves = _leaves(game)
    for node, (name, infoset) in enumerate(zip(names, game.infoset.tolist(), strict=True)):
        yield f"node {name} {moves[infoset] or leaves[node]}"


def _node_names(game: Game) -> list[str]:
    words = [_escaped(_NOT_IN_AN_ACTION, name) for name in game.action_names]
    starts = game.action_start.tolist()
    infosets, owners = game.infoset.tolist(), game.owner.tolist()
    names = ["/"]
    steps = zip(game.parent.tolist()[1:], game.action.tolist()[1:], strict=True)
    for parent, action in steps:
        word = words[starts[infosets[parent]] + action]
        names.append(step(names[parent], owners[parent], word))
    return names


def _moves(game: Game) -> Iterator[str]:
    """Yield what the line of a node says after its name, for every infoset."""
    words = [_escaped(_NOT_IN_AN_ACTION, name) for name in game.action_names]
    for owner, (start, end) in zip(
        game.infoset_owner.tolist(), pairwise(game.action_start.tolist()), strict=True
    ):
        if owner == CHANCE:
            odds = map(_decimal, game.chance_probabilities[start:end])
            pairs = [f"{a}={p}" for a, p in zip(words[start:end], odds, strict=True)]
            yield f"chance actions {' '.join(pairs)}"
        else:
            yield f"player {owner} actions {' '.join(words[start:end])}"


def _leaves(game: Game) -> dict[int, str]:
    """Return what the line of each terminal node says after its name.

    Only leaves have payoffs in this format: those of the nodes above are added to them.
    """
    inner = (game.outcome[game.owner != TERMINAL] >= 0).any()
    known: dict[tuple[Number, ...], str] = {}
    leaves = {}
    for node in game.terminals.tolist():
        outcome = int(game.outcome[node])
        if inner or outcome < 0:
            payoffs = game.exact_payoffs(node)
        else:
            payoffs = game.outcome_payoffs[outcome]
        if payoffs not in known:
            pairs = [f"{k}={_decimal(u)}" for k, u in enumerate(payoffs, start=1)]
            known[payoffs] = f"leaf payoffs {' '.join(pairs)}"
        leaves[node] = known[payoffs]
    return leaves


def _infosets(game: Game) -> Iterator[str]:
    """Yield a line for every infoset of a player."""
    names = _node_names(game)
    members: dict[int, list[str]] = {}
    for name, infoset in zip(names, game.infoset.tolist(), strict=True):
        members.setdefault(infoset, []).append(name)
    for number in range(1, len(game.players) + 1):
        for k, j in enumerate(game.infosets_of(number)):
            label = _escaped(_NOT_IN_A_WORD, game.infoset_labels[j])
            yield f"infoset pl{number}_{k}__{label} nodes {' '.join(members[j])}"


def _decimal(value: Number) -> str:
    """Write a number as a decimal: exactly if a machine number holds it, or its shortest text.

    >>> from fractions import Fraction
    >>> _decimal(Fraction(5, 2)), _decimal(Fraction(1, 3)), _decimal(-2)
    ('2.5', '0.3333333333333333', '-2')
    """
    whole = isinstance(value, Rational) and value.denominator == 1
    return number_text(value if whole else float(value))
