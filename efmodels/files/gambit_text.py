"""What Gambit's two formats write in the same way: quoted texts, outcomes, players."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.files.exact import exact_number, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Game


def quoted(text: str) -> str:
    r"""Put a text between quotes; a quote inside it becomes ``\"``.

    Raises
    ------
    GameError
        The text ends in a backslash, which would escape the closing quote.

    Examples
    --------
    >>> print(quoted('the "red" card'))
    "the \"red\" card"
    """
    if text.endswith("\\"):
        raise GameError(
            f"{text!r} ends in a backslash, which Gambit's formats cannot write: "
            "change the text or write .json"
        )
    return '"' + text.replace('"', '\\"') + '"'


def quoted_list(texts: Iterable[str]) -> str:
    """Put quoted texts between braces.

    >>> quoted_list(["call", "fold"])
    '{ "call" "fold" }'
    """
    return " ".join(["{", *map(quoted, texts), "}"])


def outcome_parts(game: Game) -> list[tuple[str, list[str]]]:
    """Return the label in quotes and the payoffs of every outcome.

    Raises
    ------
    GameError
        Two outcomes that the game tells apart are written alike, say a float 0.1 and a fraction
        1/10: after reading they would be one.
    """
    parts = [
        (quoted(label), [number_text(u) for u in payoffs])
        for label, payoffs in zip(game.outcome_labels, game.outcome_payoffs, strict=True)
    ]
    if not game.is_exact:
        read_back = {(label, *map(exact_number, payoffs)) for label, payoffs in parts}
        if len(read_back) < len(parts):
            raise GameError(
                "two outcomes have one label and payoffs that differ only by being a float or a "
                "fraction (0.1 and 1/10), which Gambit's formats cannot tell apart: write .json"
            )
    return parts
