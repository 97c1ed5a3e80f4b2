"""Read Gambit's ``.efg`` files.

The grammar is in the methods of :class:`_Reader` that take tokens from a scanner. Large files
repeat themselves: what follows a node's label (its infoset, its outcome) has mostly been read
before, character by character the same. Such text is looked up instead of being read again; the
patterns in ``_NODES`` only cut it out, and whatever they do not fit goes through the scanner.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from efmodels.assembly import Infoset, Outcome, assemble_game, check_probabilities
from efmodels.errors import GameError
from efmodels.files.scanner import BLANK, QUOTED, WHOLE, Scanner, unquoted
from efmodels.game import CHANCE, TERMINAL

if TYPE_CHECKING:
    from efmodels.game import Game, Number

_GROUP = rf'\{{[^"{{}}]*+(?:{QUOTED}[^"{{}}]*+)*+\}}'
_DETAILS = rf"(?:{BLANK}{QUOTED})?+(?:{BLANK}{_GROUP})?+"
_MOVES = {"c": WHOLE + _DETAILS, "p": WHOLE + BLANK + WHOLE + _DETAILS, "t": ""}
_NODES = {
    kind: re.compile(
        rf"{kind}{BLANK}({QUOTED}){BLANK}({move}){BLANK}({WHOLE}{_DETAILS}){BLANK}(?=[cpt]|\Z)"
    )
    for kind, move in _MOVES.items()
}
"""A node's label, the text of its move and the text of its outcome; a node or the end follows."""

_DETAILS_PATTERN = re.compile(_DETAILS)

_ANY_NODE = "a node ('c', 'p' or 't')"

_NONE = -1


class _Known(NamedTuple):
    """Where an infoset or an outcome stands in the list, and where it was defined."""

    position: int
    offset: int


def parse_efg(text: str, source: str | None = None) -> Game:
    """Read the text of an ``.efg`` file.

    Raises
    ------
    FormatError
        At the first token that does not belong there.
    """
    return _Reader(Scanner(text, source)).game()


class _Reader:
    """What has been read so far: the lists that :func:`assemble_game` takes."""

    def __init__(self, scan: Scanner) -> None:
        self._scan = scan
        self._players: tuple[str, ...] = ()
        self._infosets: list[Infoset] = []
        self._outcomes: list[Outcome] = []
        self._infoset_numbers: dict[tuple[int, int], _Known] = {}
        self._outcome_numbers: dict[int, _Known] = {}
        self._move_texts: dict[str, dict[str, int]] = {"c": {}, "p": {}, "t": {"": TERMINAL}}
        self._outcome_texts: dict[str, int] = {}
        self._details_texts: dict[str, tuple[str, tuple[Number, ...]]] = {}

    def game(self) -> Game:
        scan = self._scan
        title, comment = self._header()
        root = scan.skip_blanks()
        parent, action, infoset, outcome, labels = self._nodes()
        if not scan.at_end():
            raise scan.expected("the end of the file (every action leads to a node)")
        try:
            return assemble_game(
                players=self._players,
                infosets=self._infosets,
                outcomes=self._outcomes,
                parent=parent,
                action=action,
                infoset=infoset,
                outcome=outcome,
                node_labels=labels,
                title=title,
                comment=comment,
            )
        except GameError as error:  # pragma: no cover - all that it checks was checked above
            raise scan.problem(str(error), root) from error

    def _header(self) -> tuple[str, str]:
        scan = self._scan
        scan.keyword("EFG", what="'EFG', with which every .efg file begins")
        scan.keyword("2", what="format version 2")
        scan.keyword("R", "D")
        title = scan.quoted("the title in quotes")
        self._players = scan.quoted_list("a player's label")
        comment = scan.quoted("a comment") if scan.sees('"') else ""
        return title, comment

    # Nodes --------------------------------------------------------------------------------------

    def _nodes(self) -> tuple[list[int], list[int], list[int], list[int], list[str]]:
        """Read nodes in preorder until every action leads to one."""
        parents: list[int] = []
        actions: list[int] = []
        infosets: list[int] = []
        outcomes: list[int] = []
        labels: list[str] = []
        sizes: list[int] = []
        above: list[tuple[int, int, int]] = []
        parent, action, size = -1, -1, 0
        while True:
            self._require_node(infosets, parent, action)
            infoset, outcome, label = self._node()
            parents.append(parent)
            actions.append(action)
            infosets.append(infoset)
            outcomes.append(outcome)
            labels.append(label)
            if infoset >= 0:
                above.append((parent, action, size))
                if infoset == len(sizes):
                    sizes.append(len(self._infosets[infoset].actions))
                parent, action, size = len(parents) - 1, 0, sizes[infoset]
                continue
            action += 1
            while action == size:
                if not above:
                    return parents, actions, infosets, outcomes, labels
                parent, action, size = above.pop()
                action += 1

    def _require_node(self, infosets: list[int], parent: int, action: int) -> None:
        """Raise unless a node starts here; the scanner stands at a token."""
        scan = self._scan
        if scan.text[scan.position : scan.position + 1] in _NODES:
            return
        what = _ANY_NODE
        if parent >= 0:
            j = infosets[parent]
            what += f" for action {self._infosets[j].actions[action]!r} of {self._name(j)}"
        raise scan.expected(what)

    def _node(self) -> tuple[int, int, str]:
        """Return infoset, outcome and label of the node at which the scanner stands."""
        scan = self._scan
        kind = scan.text[scan.position]
        match = _NODES[kind].match(scan.text, scan.position)
        if match is None:
            return self._scanned_node()
        label, move, payoff = match.groups()
        infoset = self._move_texts[kind].get(move)
        if infoset is None:
            scan.position = match.start(2)
            infoset = self._move_texts[kind][move] = self._move(kind)
        outcome = self._outcome_texts.get(payoff)
        if outcome is None:
            scan.position = match.start(3)
            outcome = self._outcome_texts[payoff] = self._outcome()
        scan.position = match.end()
        return infoset, outcome, "" if label == '""' else unquoted(label)

    def _scanned_node(self) -> tuple[int, int, str]:
        """Do as :meth:`_node` does, token by token."""
        scan = self._scan
        kind = scan.keyword(*_NODES, what=_ANY_NODE)
        label = scan.quoted("a node label") if scan.sees('"') else ""
        infoset = self._move(kind)
        outcome = self._outcome()
        scan.skip_blanks()
        return infoset, outcome, label

    # Infosets -----------------------------------------------------------------------------------

    def _move(self, kind: str) -> int:
        """Return the infoset of a node, defined here or before."""
        if kind == "t":
            return TERMINAL
        scan = self._scan
        at = scan.skip_blanks()
        owner = CHANCE if kind == "c" else self._player()
        number = scan.whole_number("an infoset number")
        label = scan.quoted("an infoset label") if scan.sees('"') else None
        known = self._infoset_numbers.get((owner, number))
        if known is None:
            if not scan.sees("{"):
                who = f"player {owner}" if owner else "chance"
                raise scan.expected(
                    f"'{{' and the actions of infoset {number} of {who}, which is new here"
                )
            infoset = self._infoset(owner, label or "")
            known = _Known(len(self._infosets), at)
            self._infoset_numbers[owner, number] = known
            self._infosets.append(infoset)
        elif scan.sees("{"):
            self._require_same_infoset(known, self._infoset(owner, label or ""), at)
        elif label:
            old = self._infosets[known.position]
            self._require_same_infoset(known, old._replace(label=label), at)
        return known.position

    def _player(self) -> int:
        scan = self._scan
        at = scan.skip_blanks()
        player = scan.whole_number("a player's number")
        if not 1 <= player <= len(self._players):
            raise scan.problem(
                f"expected a player's number from 1 to {len(self._players)}, got {player}", at
            )
        return player

    def _infoset(self, owner: int, label: str) -> Infoset:
        """Read actions between braces; chance's have probabilities."""
        scan = self._scan
        at = scan.skip_blanks()
        if owner != CHANCE:
            actions = scan.quoted_list("an action label")
            if not actions:
                raise scan.problem("expected at least one action between the braces", at)
            return Infoset(owner, label, actions)
        scan.symbol("{")
        labels: list[str] = []
        probabilities: list[Number] = []
        while not scan.takes_symbol("}"):
            labels.append(scan.quoted("an action label or '}'"))
            probabilities.append(self._probability(labels[-1]))
        infoset = Infoset(CHANCE, label, tuple(labels), tuple(probabilities))
        try:
            check_probabilities(infoset)
        except GameError as error:
            raise scan.problem(str(error), at) from error
        return infoset

    def _probability(self, action: str) -> Number:
        scan = self._scan
        at = scan.skip_blanks()
        probability = scan.number(f"the probability of action {action!r}")
        if not 0 <= probability <= 1:
            raise scan.problem(f"expected a probability from 0 to 1, got {probability}", at)
        return probability

    def _require_same_infoset(self, known: _Known, new: Infoset, at: int) -> None:
        """Raise unless a repeated definition agrees; a missing label always does."""
        old = self._infosets[known.position]
        if new == old or (new._replace(label=old.label) == old and not new.label):
            return
        raise self._scan.problem(
            f"{self._name(known.position)} was defined at line {self._scan.line(known.offset)} as "
            f"{_shown(old)}; here it is {_shown(new)}",
            at,
        )

    def _name(self, index: int) -> str:
        """Return what messages call an infoset."""
        owner, number = next(key for key, k in self._infoset_numbers.items() if k.position == index)
        return f"infoset {number} of {f'player {owner}' if owner else 'chance'}"

    # Outcomes -----------------------------------------------------------------------------------

    def _outcome(self) -> int:
        """Return the outcome of a node, defined here or before."""
        scan = self._scan
        at = scan.skip_blanks()
        number = scan.whole_number("an outcome number (0 for none)")
        label, payoffs = self._outcome_details()
        if number == 0:
            if label or payoffs is not None:
                raise scan.problem(
                    "outcome 0 means no outcome and has no payoffs: number outcomes from 1", at
                )
            return _NONE
        known = self._outcome_numbers.get(number)
        if known is not None:
            self._require_same_outcome(number, label, payoffs, at)
            return known.position
        if payoffs is None:
            raise scan.expected(f"'{{' and the payoffs of outcome {number}, which is new here")
        self._outcome_numbers[number] = _Known(len(self._outcomes), at)
        self._outcomes.append(Outcome(label, payoffs))
        return len(self._outcomes) - 1

    def _outcome_details(self) -> tuple[str, tuple[Number, ...] | None]:
        """Return label and payoffs, from the scanner or from the same text read before."""
        scan = self._scan
        start = scan.position
        match = _DETAILS_PATTERN.match(scan.text, start)
        known = self._details_texts.get(match[0]) if match else None
        if match and known:
            scan.position = match.end()
            return known
        label = scan.quoted("an outcome label") if scan.sees('"') else ""
        if not scan.takes_symbol("{"):
            return label, None
        details = (label, scan.payoffs(self._players))
        self._details_texts[scan.text[start : scan.position]] = details
        return details

    def _require_same_outcome(
        self, number: int, label: str, payoffs: tuple[Number, ...] | None, at: int
    ) -> None:
        """Raise unless a repeated definition agrees; what is missing always does."""
        known = self._outcome_numbers[number]
        old = self._outcomes[known.position]
        if label in ("", old.label) and payoffs in (None, old.payoffs):
            return
        here = Outcome(label or old.label, old.payoffs if payoffs is None else payoffs)
        raise self._scan.problem(
            f"outcome {number} was defined at line {self._scan.line(known.offset)} as "
            f"{_outcome_shown(old)}; here it is {_outcome_shown(here)}",
            at,
        )


def _shown(infoset: Infoset) -> str:
    probabilities = [str(p) for p in infoset.probabilities]
    odds = f" with probabilities {probabilities}" if probabilities else ""
    return f"{infoset.label!r} with actions {list(infoset.actions)}{odds}"


def _outcome_shown(outcome: Outcome) -> str:
    return f"{outcome.label!r} with payoffs {[str(u) for u in outcome.payoffs]}"
