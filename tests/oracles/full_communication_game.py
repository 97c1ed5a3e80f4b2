"""The game of one deviator against a mediator, written out node by node as an ordinary game.

She is its only player; chance does the rest: its own moves, the mediator's answers, and everybody
else, who is honest and obedient. What she saw, said, heard and did is the label of her infosets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from efmodels import Game
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from efmodels.mediator.concept import Concept

    Message = tuple[str, int, int] | tuple[str, tuple[str, ...]]
    Answers = Callable[[tuple[Message, ...], int], Sequence[float]]
    Said = tuple[tuple[int, int], ...] | None

HER = "the deviator"


def silence_of(player: int) -> Message:
    """Return the message that a mediator hears when a player says nothing."""
    return ("silent", player, 0)


def answer_to(infoset: int, action: int) -> Message:
    """Return the message that stays when a report was answered."""
    return ("answer", infoset, action)


def sight_of(node: int) -> Message:
    """Return the message that stays when the mediator saw a node."""
    return ("saw", node, 0)


def sight_of_draws(moves: tuple[str, ...]) -> Message:
    """Return the message that stays when the mediator saw what chance had drawn."""
    return ("drawn", moves)


def deviation_value(
    game: Game, concept: Concept, player: int, drawn: Iterable[tuple[float, Answers]]
) -> float:
    """Return the most that a player (from 1) gets if she deviates.

    Parameters
    ----------
    game, concept
        What is played, and by which rules.
    player
        Who deviates.
    drawn
        What the mediator draws before the game: probabilities, and functions that return the
        probabilities of all answers to a report of an infoset after some messages.
    """
    written = communication_game(game, concept, player, drawn)
    widths = [len(written.actions_of(j)) for j in range(len(written.infoset_owner))]
    uniform = [1 / width for width in widths for _ in range(width)]
    return Profile(written, uniform).best_response_value(HER)


def communication_game(
    game: Game, concept: Concept, player: int, drawn: Iterable[tuple[float, Answers]]
) -> Game:
    """Write out the game of one deviator; see `deviation_value`."""
    before: tuple[Message, ...] = ()
    said: Said = ()
    if concept.deviate == "root":
        said = None
        before = (silence_of(player),)
    branches = [
        (probability, _Writer(game, concept, player, answers).after(0, before, (), said))
        for probability, answers in drawn
    ]
    return Game.from_dict(_chance(branches), players=[HER])


def honest_payoff(
    game: Game, concept: Concept, player: int, drawn: Iterable[tuple[float, Answers]]
) -> float:
    """Return a player's expected payoff if everybody, she too, is honest and obedient."""
    total = 0.0
    for probability, answers in drawn:
        writer = _Writer(game, concept, player, answers, deviates=False)
        stack: list[tuple[float, dict[str, Any]]] = [(probability, writer.after(0, (), (), ()))]
        while stack:
            weight, here = stack.pop()
            if "payoffs" in here:
                total += weight * here["payoffs"][0]
            else:
                stack += [(weight * p, here["actions"][k]) for k, p in here["chance"].items()]
    return total


def _chance(branches: Iterable[tuple[float, dict[str, Any]]]) -> dict[str, Any]:
    """Return a chance node; what is impossible is left out."""
    possible = {f"{k}": branch for k, branch in enumerate(branches) if branch[0] > 0}
    return {
        "chance": {key: probability for key, (probability, _) in possible.items()},
        "actions": {key: after for key, (_, after) in possible.items()},
    }


@dataclass
class _Writer:
    """Writes the game below a draw of the mediator."""

    game: Game
    concept: Concept
    player: int
    answers: Answers
    deviates: bool = True
    children: dict[int, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.children = {node: [] for node in range(self.game.nodes)}
        for node in range(1, self.game.nodes):
            self.children[int(self.game.parent[node])].append(node)

    def after(
        self, node: int, heard: tuple[Message, ...], known: tuple[Any, ...], said: Said
    ) -> dict[str, Any]:
        """Return the game from a node on.

        ``heard`` is what the mediator remembers, ``known`` what the deviator knows, ``said`` the
        infosets that she claimed and the answers, or None if she has been silent.
        """
        game, owner = self.game, int(self.game.owner[node])
        if owner < 0:
            return {"payoffs": [float(game.exact_payoffs(node)[self.player - 1])]}
        infoset = int(game.infoset[node])
        if owner == 0:
            flat = game.actions_of(infoset)
            odds = [float(p) for p in game.chance_probabilities[flat.start : flat.stop]]
            spies = self.concept.spies == "chance"
            rest = [
                self.after(child, heard, (*known, ("drawn", move)) if spies else known, said)
                for child, move in zip(self.children[node], self._names(infoset), strict=True)
            ]
            return _chance(zip(odds, rest, strict=True))
        if self.concept.observe == "everything":
            heard = (*heard, sight_of(node))
        elif self.concept.observe == "chance":
            heard = (*heard, sight_of_draws(draws_before(game, node)))
        if owner == self.player and self.deviates:
            return self._speak(node, heard, (*known, ("at", infoset)), said)
        overhears = self.concept.overhears == "everything"
        return _chance(
            (
                p,
                self.after(
                    self.children[node][a],
                    (*heard, answer_to(infoset, a)),
                    (*known, ("told", owner, self._names(infoset)[a])) if overhears else known,
                    said,
                ),
            )
            for a, p in enumerate(self.answers(heard, infoset))
            if p > 0
        )

    def _names(self, infoset: int) -> tuple[str, ...]:
        """Return the names of the actions at an infoset."""
        return tuple(self.game.action_names[a] for a in self.game.actions_of(infoset))

    def _speak(
        self, node: int, heard: tuple[Message, ...], known: tuple[Any, ...], said: Said
    ) -> dict[str, Any]:
        """Let her report, or act without a report."""
        choices = {
            f"report {claim}": self._listen(node, claim, heard, known, said)
            for claim in self._claims(node, said)
        }
        if self._may_be_silent(node, said):
            untimed = self.concept.report == "untimed"
            if self.concept.hears_silence:
                heard = (*heard, silence_of(self.player))
            choices |= self._acts(node, heard, (*known, "silent"), said if untimed else None)
        return {"player": HER, "infoset": repr(known), "actions": choices}

    def _claims(self, node: int, said: Said) -> list[int]:
        """Return the infosets that she may report."""
        infoset = int(self.game.infoset[node])
        if said is None:
            return []
        if self.concept.deviate == "full" and self.concept.report in {"lie", "untimed"}:
            return [j for j in self.game.infosets_of(self.player) if self._own_history(j) == said]
        return [infoset] * (self._own_history(infoset) == said)

    def _may_be_silent(self, node: int, said: Said) -> bool:
        if self.concept.deviate != "full" or self.concept.report in {"silent", "untimed"}:
            return True
        if self.concept.report == "lie" and self.concept.memory == "recall":
            return not (self.concept.hears_silence and self._claims(node, said))
        return not self._claims(node, said)

    def _listen(
        self,
        node: int,
        claim: int,
        heard: tuple[Message, ...],
        known: tuple[Any, ...],
        said: Said,
    ) -> dict[str, Any]:
        """Let the mediator answer a report."""
        branches = []
        for action, probability in enumerate(self.answers(heard, claim)):
            if probability > 0:
                answer = answer_to(claim, action)
                then = (*heard, answer), (*known, answer), (*(said or ()), (claim, action))
                branches.append((probability, self._hear(node, action, then)))
        return _chance(branches)

    def _hear(self, node: int, action: int, then: tuple[Any, Any, Any]) -> dict[str, Any]:
        """Let her do what she likes with an answer; or what she is told, if that binds."""
        heard, known, said = then
        if self.concept.deviate == "coarse":
            return self.after(self.children[node][action], heard, (*known, ("did", action)), said)
        if self.concept.report == "untimed":
            return self._speak(node, heard, known, said)
        acts = self._acts(node, heard, known, said)
        return {"player": HER, "infoset": repr(known), "actions": acts}

    def _acts(
        self, node: int, heard: tuple[Message, ...], known: tuple[Any, ...], said: Said
    ) -> dict[str, Any]:
        return {
            f"do {a}": self.after(child, heard, (*known, ("did", a)), said)
            for a, child in enumerate(self.children[node])
        }

    def _own_history(self, infoset: int) -> Said:
        """Return the owner's moves before an infoset, read off the path to one of its nodes."""
        game = self.game
        node = next(h for h in range(game.nodes) if game.infoset[h] == infoset)
        path: list[tuple[int, int]] = []
        while (above := int(game.parent[node])) >= 0:
            if game.owner[above] == game.infoset_owner[infoset]:
                path.append((int(game.infoset[above]), int(game.action[node])))
            node = above
        return tuple(reversed(path))


def draws_before(game: Game, node: int) -> tuple[str, ...]:
    """Return the names of chance's moves on the path to a node."""
    moves = []
    while (above := int(game.parent[node])) >= 0:
        if game.owner[above] == 0:
            flat = int(game.action_start[game.infoset[above]] + game.action[node])
            moves.append(game.action_names[flat])
        node = above
    return tuple(reversed(moves))
