"""Read and write the package's own format: a Game's lists as JSON, without loss.

The schema is described in ``docs/how-to/game-files.md``. Integers and floats are JSON numbers,
fractions are texts such as ``"1/3"``. Nothing is nested deeper than four levels, however deep the
tree is.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from numbers import Rational
from typing import TYPE_CHECKING, Any, TypeVar, cast

from efmodels.assembly import Infoset, Outcome, assemble_game, check_probabilities
from efmodels.errors import FormatError, GameError
from efmodels.files.exact import LONGEST, exact_number, number_text
from efmodels.game import CHANCE, TERMINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Game, Number

    Path = tuple[str | int, ...]

T = TypeVar("T")

FORMAT = "efmodels-game"
VERSION = 1

_COLUMNS = ("parent", "action", "infoset", "outcome")
_KINDS = {str: "a text", int: "an integer", list: "a list", dict: "an object"}
_BLANK = re.compile(r"[ \t\r\n]*")
_SHOWN = 40


# Writing ----------------------------------------------------------------------------------------


def native_text(game: Game) -> str:
    """Return the text of a ``.json`` file."""
    infosets = [
        _infoset_entry(game, j, start, end)
        for j, (start, end) in enumerate(pairwise(game.action_start.tolist()))
    ]
    outcomes = [
        {"label": label, "payoffs": [_json_number(u) for u in payoffs]}
        for label, payoffs in zip(game.outcome_labels, game.outcome_payoffs, strict=True)
    ]
    nodes = [f'"{name}": {_json(getattr(game, name).tolist())}' for name in _COLUMNS]
    if game.node_labels:
        nodes.append(f'"labels": {_json(game.node_labels)}')
    fields = [
        f'"format": "{FORMAT}"',
        f'"version": {VERSION}',
        f'"title": {_json(game.title)}',
        f'"comment": {_json(game.comment)}',
        f'"players": {_json(game.player_labels)}',
        f'"infosets": [{_lines(map(_json, infosets))}]',
        f'"outcomes": [{_lines(map(_json, outcomes))}]',
        f'"nodes": {{{_lines(nodes)}}}',
    ]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _infoset_entry(game: Game, j: int, start: int, end: int) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "owner": int(game.infoset_owner[j]),
        "label": game.infoset_labels[j],
        "actions": game.action_labels[start:end],
    }
    if entry["owner"] == CHANCE:
        entry["probabilities"] = [_json_number(p) for p in game.chance_probabilities[start:end]]
    return entry


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_number(value: Number) -> int | float | str:
    if not isinstance(value, Rational):
        return float(value)
    text = number_text(value)
    return text if "/" in text else int(text)


def _lines(items: Any) -> str:
    lines = ",\n".join(items)
    return f"\n{lines}\n" if lines else ""


# Reading ----------------------------------------------------------------------------------------


def parse_native(text: str, source: str | None = None) -> Game:
    """Read the text of a ``.json`` file.

    Raises
    ------
    FormatError
        It is not JSON, or a field has the wrong content; the message names the field.
    """
    document = _Document(text, source)
    document.require_version()
    players = document.list_of(str, "players")
    infosets = [
        _read_infoset(document, i, len(players))
        for i in range(len(document.field(list, "infosets")))
    ]
    outcomes = [
        _read_outcome(document, i, len(players))
        for i in range(len(document.field(list, "outcomes")))
    ]
    columns = {name: document.list_of(int, "nodes", name) for name in _COLUMNS}
    labels = document.list_of(str, "nodes", "labels") if document.has("nodes", "labels") else []
    _check_columns(document, columns, labels, len(infosets), len(outcomes))
    try:
        return assemble_game(
            players=players,
            infosets=infosets,
            outcomes=outcomes,
            node_labels=labels,
            title=document.field(str, "title"),
            comment=document.field(str, "comment"),
            **columns,
        )
    except GameError as error:
        raise document.problem(str(error), "nodes") from error


class _Document:
    """A parsed JSON text that finds the place of each of its fields again for an error."""

    def __init__(self, text: str, source: str | None) -> None:
        self._text = text
        self._source = source
        self._content = self._parse()

    def _parse(self) -> Any:
        try:
            return json.loads(self._text)
        except json.JSONDecodeError as error:
            raise FormatError(
                f"not JSON: {error.msg}", line=error.lineno, column=error.colno, source=self._source
            ) from error
        except RecursionError:
            raise self._problem_at("brackets are nested too deeply", 0) from None
        except ValueError as error:  # Python reads no integer of more than some thousand digits
            long = re.search(rf"[0-9]{{{LONGEST},}}", self._text)
            raise self._problem_at(
                f"expected a number of at most {LONGEST} characters", long.start() if long else 0
            ) from error

    def problem(self, message: str, *path: str | int) -> FormatError:
        """Return an error at a field."""
        return self._problem_at(f"{_dotted(path)}: {message}", self._offset(path))

    def _problem_at(self, message: str, at: int) -> FormatError:
        line_start = self._text.rfind("\n", 0, at) + 1
        line = self._text.count("\n", 0, at) + 1
        return FormatError(message, line=line, column=at - line_start + 1, source=self._source)

    def _offset(self, path: Path) -> int:
        """Walk through the text to a field that is known to be there."""
        at = self._after_blanks(0)
        for step in path:
            position = -1
            key: Any = None
            while key != step:
                at = self._after_blanks(at + 1)  # the opening bracket or the comma
                position += 1
                key = position
                if isinstance(step, str):
                    key, at = json.JSONDecoder().raw_decode(self._text, at)
                    at = self._after_blanks(self._after_blanks(at) + 1)  # the colon
                if key != step:
                    at = self._after_blanks(json.JSONDecoder().raw_decode(self._text, at)[1])
        return at

    def _after_blanks(self, at: int) -> int:
        match = _BLANK.match(self._text, at)
        return match.end() if match else at

    def has(self, *path: str | int) -> bool:
        """Whether a field is there, in an object that is."""
        return path[-1] in self.field(dict, *path[:-1])

    def field(self, kind: type[T], *path: str | int) -> T:
        """Return the field at a path and require its type."""
        value = self._content
        for depth, step in enumerate(path):
            inside = value
            if isinstance(step, str) and not isinstance(inside, dict):
                raise self._wrong(inside, "an object", path[:depth])
            if isinstance(step, str) and step not in inside:
                raise self.problem(f"the field {step!r} is missing", *path[:depth])
            value = inside[step]
        if type(value) is not kind:
            raise self._wrong(value, _KINDS[kind], path)
        return value

    def list_of(self, kind: type[T], *path: str | int) -> list[T]:
        """Return a list whose items all have one type."""
        items = self.field(list, *path)
        for i, item in enumerate(items):
            if type(item) is not kind:
                raise self._wrong(item, _KINDS[kind], (*path, i))
        return items

    def numbers(self, *path: str | int) -> tuple[Number, ...]:
        """Return a list of integers, floats and texts of exact numbers."""
        items = self.field(list, *path)
        return tuple(self._number(item, (*path, i)) for i, item in enumerate(items))

    def _number(self, value: Any, path: Path) -> Number:
        if type(value) in (int, float) and abs(value) <= sys.float_info.max:
            return cast("int | float", value)
        try:
            if isinstance(value, str):
                return exact_number(value)
        except ValueError as error:
            raise self.problem(f"{_shown(value)} is not a number: {error}", *path) from None
        raise self._wrong(value, "a finite number or a text such as '1/3'", path)

    def require_version(self) -> None:
        """Raise unless the document says that it is a game of this version."""
        if (name := self.field(str, "format")) != FORMAT:
            raise self.problem(f"expected {FORMAT!r}, got {_shown(name)}", "format")
        if (version := self.field(int, "version")) != VERSION:
            raise self.problem(f"expected version {VERSION}, got {_shown(version)}", "version")

    def _wrong(self, value: Any, expected: str, path: Path) -> FormatError:
        return self.problem(f"expected {expected}, got {_shown(value)}", *path)


def _read_infoset(document: _Document, i: int, players: int) -> Infoset:
    here = ("infosets", i)
    owner = document.field(int, *here, "owner")
    if not CHANCE <= owner <= players:
        raise document.problem(
            f"expected a player from 1 to {players}, or 0 for chance, got {_shown(owner)}",
            *here,
            "owner",
        )
    label = document.field(str, *here, "label")
    actions = tuple(document.list_of(str, *here, "actions"))
    if not actions:
        raise document.problem("expected at least one action", *here, "actions")
    if owner != CHANCE:
        if document.has(*here, "probabilities"):
            raise document.problem("only chance has probabilities", *here, "probabilities")
        return Infoset(owner, label, actions)
    probabilities = document.numbers(*here, "probabilities")
    infoset = Infoset(CHANCE, label, actions, probabilities)
    for a, probability in enumerate(probabilities):
        if not 0 <= probability <= 1:
            raise document.problem(
                f"expected a probability from 0 to 1, got {probability}", *here, "probabilities", a
            )
    try:
        check_probabilities(infoset)
    except GameError as error:
        raise document.problem(str(error), *here, "probabilities") from error
    return infoset


def _read_outcome(document: _Document, i: int, players: int) -> Outcome:
    payoffs = document.numbers("outcomes", i, "payoffs")
    if len(payoffs) != players:
        raise document.problem(
            f"expected {players} payoffs, one per player, got {len(payoffs)}",
            *("outcomes", i, "payoffs"),
        )
    return Outcome(document.field(str, "outcomes", i, "label"), payoffs)


def _check_columns(
    document: _Document,
    columns: dict[str, list[int]],
    labels: Sequence[str],
    infosets: int,
    outcomes: int,
) -> None:
    """Raise unless the columns have one length and refer to what is there."""
    nodes = len(columns["parent"])
    for name, column in {**columns, "labels": labels or columns["parent"]}.items():
        if len(column) != nodes:
            raise document.problem(
                f"has {len(column)} entries, but 'parent' has {nodes}", "nodes", name
            )
    limits = {"parent": nodes, "action": nodes, "infoset": infosets, "outcome": outcomes}
    for name, limit in limits.items():
        for node, value in enumerate(columns[name]):
            if not TERMINAL <= value < limit:
                raise document.problem(
                    f"expected a number from -1 to {limit - 1}, got {_shown(value)}",
                    *("nodes", name, node),
                )


def _dotted(path: Path) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(steps).lstrip(".") or "the document"


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # an integer too long to write
        return "a very long integer"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
