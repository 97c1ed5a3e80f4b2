"""Read the ``.game`` files of LiteEFG: a line per node, then a line per infoset.

The name of a node is its path: ``/C:12/P1:k`` is what action ``k`` of player 1 leads to after
chance's ``12``. The lines of many nodes are equal but for the name; each such text is read once.
"""

from __future__ import annotations

import re
from numbers import Rational
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from efmodels.assembly import Infoset, Outcome, assemble_game, check_probabilities
from efmodels.errors import FormatError, GameError
from efmodels.files.line_words import LineWords, shown
from efmodels.files.rounding import DOUBLE, SINGLE, unrounded
from efmodels.game import CHANCE, TERMINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Game, Number

_HEADER = re.compile(r"#\s+(title|num_players|players|player [1-9][0-9]{0,3}|openspiel)[:,] ?(.*)")
_INFOSET_NAME = re.compile(r"pl[0-9]+_[0-9]+__(.*)")
_ROUNDED_DIGITS = 16
"""A fraction with so many significant digits is what a machine number looks like."""


class _Node(NamedTuple):
    """What a node's line says after the name; ``words`` are the actions as nodes' names have them.

    A leaf has the owner -1, no actions, and payoffs by player number.
    """

    owner: int
    words: tuple[str, ...] = ()
    probabilities: tuple[Number, ...] = ()
    payoffs: tuple[tuple[int, Number], ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(map(unquote, self.words))


def parse_liteefg(text: str, source: str | None = None) -> Game:
    """Read the text of a ``.game`` file.

    Raises
    ------
    FormatError
        At the first word that does not belong there, or the first line that fits no tree.
    """
    reader = _Reader(text, source)
    reader.read()
    return reader.game()


def step(parent: str, owner: int, action: str) -> str:
    """Return the name of the node that an action leads to.

    >>> step("/", 0, "12"), step("/C:12", 1, "k")
    ('/C:12', '/C:12/P1:k')
    """
    mover = f"P{owner}" if owner else "C"
    return f"{parent}{'' if parent.endswith('/') else '/'}{mover}:{action}"


class _Reader:
    """What has been read so far."""

    def __init__(self, text: str, source: str | None) -> None:
        self._lines = text.split("\n")
        self._source = source
        self._title = ""
        self._players: int | None = None
        self._player_labels: dict[int, str] = {}
        self._known: dict[str, _Node] = {}
        self._nodes: list[_Node] = []
        self._numbers: list[int] = []  # on which line each node stands
        self._position: dict[str, int] = {}
        self._infosets: list[Infoset] = []
        self._infoset: list[int] = []

    # Lines --------------------------------------------------------------------------------------

    def read(self) -> None:
        """Read all lines."""
        for number, line in enumerate(self._lines, start=1):
            kind = line[:1]
            if kind == "#":
                self._read_header(number, line)
            elif kind == "n" and line.startswith("node "):
                self._read_node(number, line)
            elif line.strip():
                words = self._words(number)
                if words.keyword("node", "infoset") == "infoset":
                    self._read_infoset(words)
                else:
                    self._read_node(number, line)
        if not self._nodes:
            raise FormatError(
                "expected at least one node, got the end of the file",
                line=len(self._lines),
                column=1,
                source=self._source,
            )

    def _words(self, number: int) -> LineWords:
        return LineWords(self._lines[number - 1], number, self._source)

    def _read_header(self, number: int, line: str) -> None:
        """Take what a comment says of the game; all others mean nothing."""
        match = _HEADER.match(line.rstrip("\r"))
        if match is None or self._nodes:
            return
        field, content = match.groups()
        if field == "title":
            self._title = unquote(content)
        elif field == "openspiel":
            raise self._words(number).problem_at_word(
                "this is LiteEFG's copy of an OpenSpiel game, whose actions name nodes: "
                "take the game from OpenSpiel itself, with from_openspiel",
                1,
            )
        elif field in ("num_players", "players"):
            words = self._words(number)
            words.keyword("#")
            words.keyword(f"{field}:")
            self._players = words.player(words.word("the number of players").rstrip(","), None)
        else:
            self._player_labels[int(field.removeprefix("player "))] = unquote(content)

    def _read_node(self, number: int, line: str) -> None:
        parts = line.split(None, 2)
        tail = parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - node, name and the rest
        node = self._known.get(tail)
        if node is None:
            words = self._words(number)
            words.keyword("node")
            words.word("the node's name")
            node = self._known[tail] = self._node(words)
        name = parts[1]
        before = self._position.setdefault(name, len(self._nodes))
        if before != len(self._nodes):
            raise self._words(number).problem_at_word(
                f"the node {shown(name)} stands already on line {self._numbers[before]}", 1
            )
        self._nodes.append(node)
        self._numbers.append(number)
        self._infoset.append(-1)

    # Nodes --------------------------------------------------------------------------------------

    def _node(self, words: LineWords) -> _Node:
        kind = words.keyword("chance", "player", "leaf")
        if kind == "leaf":
            words.keyword("payoffs")
            return self._leaf(words)
        if kind == "chance":
            words.keyword("actions")
            return self._chance(words)
        owner = words.player(words.word("a player's number"), self._players)
        words.keyword("actions")
        actions = [words.word("an action")]
        while words:
            actions.append(words.word("an action"))
            self._require_new(words, actions)
        return _Node(owner, tuple(actions))

    def _require_new(self, words: LineWords, actions: Sequence[str]) -> None:
        if actions[-1] in actions[:-1]:
            raise words.problem(f"the action {shown(actions[-1])} stands twice")

    def _leaf(self, words: LineWords) -> _Node:
        payoffs: dict[int, Number] = {}
        while words or not payoffs:
            player, text = words.assigned("a payoff")
            number = words.player(player, self._players)
            if number in payoffs:
                raise words.problem(f"player {number} has two payoffs")
            payoffs[number] = _number(words, text, f"the payoff of player {number}")
        return _Node(TERMINAL, payoffs=tuple(payoffs.items()))

    def _chance(self, words: LineWords) -> _Node:
        actions: list[str] = []
        odds: list[Number] = []
        while words or not actions:
            action, text = words.assigned("an action and its probability")
            actions.append(action)
            self._require_new(words, actions)
            odds.append(_number(words, text, f"the probability of action {action!r}"))
            if not 0 <= odds[-1] <= 1:
                raise words.problem(f"expected a probability from 0 to 1, got {shown(text)}")
        try:
            check_probabilities(Infoset(CHANCE, "", tuple(actions), tuple(odds)))
        except GameError as error:
            raise words.problem_at_word(str(error), 4) from error
        return _Node(CHANCE, tuple(actions), _with_sum_one(odds))

    # Infosets -----------------------------------------------------------------------------------

    def _read_infoset(self, words: LineWords) -> None:
        name = words.word("the infoset's name")
        match = _INFOSET_NAME.fullmatch(name)
        words.keyword("nodes")
        first: _Node | None = None
        while words or first is None:
            member = self._member(words, name)
            node = self._nodes[member]
            first = first or node
            if (node.owner, node.words) != (first.owner, first.words):
                raise words.problem(
                    f"nodes of one infoset have one player and equal actions; the first one has "
                    f"player {first.owner} and {list(first.actions)}, "
                    f"this one player {node.owner} and {list(node.actions)}"
                )
            self._infoset[member] = len(self._infosets)
        label = unquote(match[1] if match else name)
        self._infosets.append(Infoset(first.owner, label, first.actions))

    def _member(self, words: LineWords, infoset: str) -> int:
        name = words.word("a node")
        member = self._position.get(name, -1)
        if member < 0:
            raise words.problem(f"expected a node that stands above, got {shown(name)}")
        if self._nodes[member].owner <= CHANCE:
            raise words.problem(f"expected a player's node, got {shown(name)}, where nobody moves")
        if self._infoset[member] >= 0:
            raise words.problem(
                f"the node {shown(name)} cannot be in {shown(infoset)}: it is in an infoset already"
            )
        return member

    # The tree -----------------------------------------------------------------------------------

    def game(self) -> Game:
        """Put nodes, infosets and outcomes together."""
        parent, action = self._links()
        self._add_infosets_of_one_node()
        players = self._number_of_players()
        numbers = {node: k for k, node in enumerate(dict.fromkeys(self._known.values()))}
        outcomes = [_outcome(node, players) for node in numbers]
        leaves = [node.owner == TERMINAL for node in self._nodes]
        return assemble_game(
            players=[self._player_labels.get(k + 1, f"P{k + 1}") for k in range(players)],
            infosets=self._infosets,
            outcomes=outcomes,
            parent=parent,
            action=action,
            infoset=self._infoset,
            outcome=[
                numbers[node] if leaf else -1
                for node, leaf in zip(self._nodes, leaves, strict=True)
            ],
            title=self._title,
        )

    def _links(self) -> tuple[list[int], list[int]]:
        """Find the parent of each node and the action that leads from it."""
        parent = [-1] * len(self._nodes)
        action = [-1] * len(self._nodes)
        for name, position in self._position.items():
            node = self._nodes[position]
            for k, word in enumerate(node.words):
                child = self._position.get(step(name, node.owner, word), -1)
                if child < 0 or parent[child] >= 0:
                    raise self._wrong_child(position, k, step(name, node.owner, word))
                parent[child], action[child] = position, k
        roots = [position for position, above in enumerate(parent) if above < 0]
        if len(roots) > 1:
            raise self._words(self._numbers[roots[1]]).problem_at_word(
                "no action leads to this node, and the node on line "
                f"{self._numbers[roots[0]]} is the root",
                1,
            )
        return parent, action

    def _wrong_child(self, position: int, action: int, child: str) -> FormatError:
        node = self._nodes[position]
        before = 4 if node.owner == CHANCE else 5
        found = "to which another action leads" if child in self._position else "which is not there"
        return self._words(self._numbers[position]).problem_at_word(
            f"this action leads to the node {child!r}, {found}", before + action
        )

    def _add_infosets_of_one_node(self) -> None:
        for position, node in enumerate(self._nodes):
            if node.owner != TERMINAL and self._infoset[position] < 0:
                self._infoset[position] = len(self._infosets)
                self._infosets.append(Infoset(node.owner, "", node.actions, node.probabilities))

    def _number_of_players(self) -> int:
        """Return the number that the header names, or the largest that occurs."""
        if self._players is not None:
            return self._players
        owners = [node.owner for node in self._known.values()]
        paid = [player for node in self._known.values() for player, _ in node.payoffs]
        return max(CHANCE, *owners, *paid)


def _outcome(node: _Node, players: int) -> Outcome:
    """Return the payoffs of a leaf; a player who is not named gets 0."""
    payoffs = dict(node.payoffs)
    return Outcome("", tuple(payoffs.get(k + 1, 0) for k in range(players)))


def _number(words: LineWords, text: str, what: str) -> Number:
    """Read a number: exactly, or as a float if it looks like a rounded one."""
    value = words.number(text, what)
    mantissa = text.lower().partition("e")[0]
    digits = mantissa.lstrip("+-").replace(".", "").lstrip("0")
    rounded = len(digits) >= _ROUNDED_DIGITS and "/" not in text
    return float(value) if rounded and value.denominator != 1 else value


def _with_sum_one(odds: Sequence[Number]) -> tuple[Number, ...]:
    """Return probabilities with a sum of one: those that were rounded, or all divided by the sum.

    >>> from fractions import Fraction
    >>> [str(p) for p in _with_sum_one([1 / 3, 2 / 3])]
    ['1/3', '2/3']
    >>> _with_sum_one([Fraction("0.2500001"), Fraction("0.7500002")])
    (0.250000024999..., 0.749999975000...)
    """
    exact = all(isinstance(p, Rational) for p in odds)
    if exact and sum(odds) == 1:
        return tuple(odds)
    double = any(isinstance(p, float) for p in odds)
    fractions = unrounded(odds, DOUBLE if double else SINGLE)
    if all(isinstance(p, Rational) for p in fractions) and sum(fractions) == 1:
        return fractions
    total = sum(odds)
    return tuple(float(p / total) for p in odds)
