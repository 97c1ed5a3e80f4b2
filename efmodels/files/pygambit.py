"""Exchange games with pygambit.

pygambit's functions for building a tree differ between its versions, its texts do not: a game goes
over as the text of an ``.efg`` or ``.nfg`` file, in which all numbers are exact.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from numbers import Rational
from typing import TYPE_CHECKING, Any, Literal

from efmodels.errors import FormatError, GameError
from efmodels.files.efg import parse_efg
from efmodels.files.efg_writer import efg_text
from efmodels.files.exact import exact_number, number_text
from efmodels.files.gambit_text import quoted
from efmodels.files.nfg import parse_nfg
from efmodels.files.nfg_writer import nfg_text
from efmodels.files.rounding import DOUBLE, unrounded
from efmodels.names import distinct
from efmodels.optional_packages import imported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pygambit

    from efmodels.game import Game, Number

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FILLED_IN = re.compile(r"_[0-9]+")
_NUMBERED_OUTCOME = re.compile(r'\{ "[0-9]+" (?=[-+.0-9])')
_MISREAD = re.compile(r'\\([\\"]|\Z)')


def from_pygambit(game: pygambit.gambit.Game) -> Game:
    """Return a game of pygambit, a tree or a table, as a game of efmodels.

    Numbers are exact: pygambit's decimals and fractions become integers and fractions. Labels are
    kept, but for ``_1``, ``_2``, ..., with which pygambit fills in missing ones. A table becomes a
    tree in which the players move one after another without seeing anything.

    Parameters
    ----------
    game
        A game of pygambit, version 16.7 or newer.

    Raises
    ------
    MissingPackageError
        pygambit is not installed.
    GameError
        It is no game of pygambit, or it holds what efmodels does not read, such as a label that
        ends in a backslash.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]], title="Battle")
    >>> ef.from_pygambit(ef.to_pygambit(game)) == game
    True
    """
    pygambit = imported("pygambit", "pygambit", "interop")
    if not isinstance(game, pygambit.Game):
        raise GameError(f"expected a game of pygambit, got {type(game).__name__}")
    try:
        if _is_tree(pygambit, game):
            return parse_efg(_our_labels(game.to_efg()))
        text = _NUMBERED_OUTCOME.sub('{ "" ', _our_labels(game.to_nfg()))
        return parse_nfg(text)
    except FormatError as error:
        raise GameError(
            f"what pygambit writes of its game {game.title!r} cannot be read here: {error}"
        ) from error


def _is_tree(pygambit: Any, game: Any) -> bool:
    # Version 17 has a class for trees; before it, every game could say whether it is one.
    trees = getattr(pygambit, "ExtensiveGame", None)
    return bool(game.is_tree) if trees is None else isinstance(game, trees)


def _our_labels(text: str) -> str:
    r"""Rewrite the quoted texts: pygambit writes ``\\`` for a backslash, our formats just ``\``."""

    def rewritten(match: re.Match[str]) -> str:
        label = _ESCAPED.sub(r"\1", match[1])
        return quoted("" if _FILLED_IN.fullmatch(label) else label)

    return _QUOTED.sub(rewritten, text)


def to_pygambit(game: Game, *, form: Literal["tree", "table"] = "tree") -> pygambit.gambit.Game:
    r"""Return a game as a game of pygambit.

    Integers and fractions stay exact, floats are handed over as their shortest decimals. pygambit
    asks that the probabilities of a chance node sum to exactly one: floats that do not are replaced
    by the fractions that they were rounded from, where these are beyond doubt, and otherwise
    divided by their sum.

    Labels are changed where pygambit does not take them. Blanks and line ends at the ends of a
    label are dropped, and inside it each run of them becomes one blank. Labels that repeat among
    players, outcomes, nodes, actions of one infoset or infosets of one player get ``_2``, ``_3``,
    ... A missing label of a player, an action or an outcome is filled in with ``_1``, ``_2``, ...
    by pygambit, and is missing again after `from_pygambit`.

    Parameters
    ----------
    game
        Any game.
    form
        ``"tree"``, or ``"table"`` for pygambit's strategic form: the game is then one in which
        every player moves once and sees nothing, as an ``.nfg`` file holds it.

    Raises
    ------
    MissingPackageError
        pygambit is not installed.
    GameError
        The form is none of the two, the game is no normal form and a table was asked for, or a
        text or number is none that pygambit takes (version 16 refuses labels that are not ASCII;
        both versions misread ``\\``, ``\"`` and a backslash at the end).

    Examples
    --------
    >>> import efmodels as ef
    >>> tree = ef.to_pygambit(ef.instances.kuhn())
    >>> tree.title
    'Kuhn poker (players=2, ranks=3)'
    """
    pygambit = imported("pygambit", "pygambit", "interop")
    if form not in ("tree", "table"):
        raise GameError(f"form must be 'tree' or 'table'; got {form!r}")
    fitted = replace(
        game,
        player_labels=_labels(game.player_labels),
        node_labels=_labels(game.node_labels),
        outcome_labels=_labels(game.outcome_labels),
        infoset_labels=tuple(_infoset_labels(game)),
        action_labels=tuple(_action_labels(game)),
        chance_probabilities=tuple(_probabilities(game)),
    )
    _require_readable(fitted)
    text = efg_text(fitted) if form == "tree" else nfg_text(fitted)
    read = pygambit.read_efg if form == "tree" else pygambit.read_nfg
    try:
        return read(io.StringIO(text))
    except ValueError as error:
        raise GameError(f"pygambit does not take the game {game.title!r}: {error}") from error


def _labels(labels: Iterable[str]) -> tuple[str, ...]:
    r"""Reduce blanks and number what is repeated; missing labels stay missing.

    >>> _labels(["bet", "", "bet ", "hand 1\n2"])
    ('bet', '', 'bet_2', 'hand 1 2')
    """
    reduced = [" ".join(label.split()) for label in labels]
    names = iter(distinct(label for label in reduced if label))
    return tuple(next(names) if label else "" for label in reduced)


def _infoset_labels(game: Game) -> Iterator[str]:
    for owner in range(len(game.player_labels) + 1):
        yield from _labels(game.infoset_labels[j] for j in game.infosets_of(owner))


def _action_labels(game: Game) -> Iterator[str]:
    for start, end in pairwise(game.action_start.tolist()):
        yield from _labels(game.action_labels[start:end])


def _probabilities(game: Game) -> Iterator[Number]:
    chance = len(game.infosets_of(0))
    for start, end in pairwise(game.action_start[: chance + 1].tolist()):
        yield from _with_sum_one(game.chance_probabilities[start:end])


def _with_sum_one(probabilities: Sequence[Number]) -> Sequence[Number]:
    """Return probabilities whose texts sum to exactly one.

    >>> _with_sum_one([0.1, 0.9]), _with_sum_one([2 / 3, 1 / 3])
    ([0.1, 0.9], (Fraction(2, 3), Fraction(1, 3)))
    """
    written = [exact_number(number_text(p)) for p in probabilities]
    total = sum(written)
    if total == 1:
        return probabilities
    fractions = unrounded(probabilities, DOUBLE)
    if all(isinstance(p, Rational) for p in fractions) and sum(fractions) == 1:
        return fractions
    return [Fraction(p, total) for p in written]


def _require_readable(game: Game) -> None:
    """Raise if pygambit would read a text as another one."""
    labels = (*game.player_labels, *game.infoset_labels, *game.action_labels)
    for text in (game.title, game.comment, *labels, *game.outcome_labels, *game.node_labels):
        if _MISREAD.search(text):
            raise GameError(
                f"pygambit misreads {text!r}: it has two backslashes in a row, or one before a "
                "quote or at the end; change the text"
            )
