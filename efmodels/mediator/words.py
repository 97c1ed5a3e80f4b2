"""What a mediator remembers at its decision points, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.game import CHANCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Game
    from efmodels.mediator.mediation import Mediation
    from efmodels.mediator.memories import MessageTree
    from efmodels.mediator.problem import MediatedProblem
    from efmodels.mediator.transcripts import Transcripts
    from efmodels.mediator.walk import Walk

NOTHING_YET = "nothing yet"
"""The memory before the first message."""


def memory_names(mediated: MediatedProblem) -> list[str]:
    """Return what the mediator remembers at each of its decision points.

    With recall, that is all messages: ``"P1 a: l, P2 silent"`` says that player P1 reported her
    infoset a and was told l, and that then P2 moved and said nothing. For a private mediator, it is
    what it has drawn on the way to this decision point, ``"P1 a: l, P2 b: r"``: if P1 reports a, it
    will tell her l. Where several draws lead to one decision point, its number stands instead.
    What a mediator sees is one of its messages: ``"saw good, P1 a: l"``.
    """
    walk, mediation = mediated.walk, mediated.mediation
    if walk.tree is None:
        return draw_names(walk.transcripts, mediation)
    messages = _Messages(walk, walk.tree)
    return [messages.name(memory) for memory in mediation.memory.tolist()]


def names_after(mediated: MediatedProblem, coordinates: Iterable[int]) -> list[str]:
    """Return what a mediator with recall remembers after some of its answers.

    Parameters
    ----------
    mediated
        Its problem.
    coordinates
        Coordinates of its polytope; 0 is the beginning.

    Raises
    ------
    GameError
        The mediator is private and remembers no messages.
    """
    walk, mediation = mediated.walk, mediated.mediation
    if walk.tree is None:
        raise GameError("a private mediator remembers no messages; give a concept with recall")
    messages = _Messages(walk, walk.tree)
    names = []
    for coordinate in coordinates:
        point = int(mediation.polytope.point[coordinate])
        if point < 0:
            names.append(NOTHING_YET)
            continue
        action = coordinate - int(mediation.polytope.start[point])
        sequence = int(walk.transcripts.first[mediation.infoset[point]]) + action
        before = messages.name(int(mediation.memory[point]))
        names.append(_longer(before, _answer(walk.transcripts, sequence)))
    return names


def draw_names(transcripts: Transcripts, mediation: Mediation) -> list[str]:
    """Return what a private mediator has drawn before each decision point, as `memory_names`."""
    polytope = mediation.polytope
    names: list[str] = []
    for point in range(polytope.points):
        start, end = polytope.incoming_start[point : point + 2].tolist()
        edge = int(polytope.incoming[start])
        if end - start > 1:
            names.append(f"belief {point}")
        elif not edge:
            names.append(NOTHING_YET)
        else:
            above = int(polytope.point[edge])
            choice = edge - int(polytope.start[above])
            decided = mediation.questions.decided(above, choice)
            drawn = [_answer(transcripts, int(transcripts.first[j]) + a) for j, a in decided]
            names.append(_longer(names[above], ", ".join(drawn)))
    return names


def answer_names(transcripts: Transcripts, mediation: Mediation) -> list[tuple[str, str, str]]:
    """Return player, infoset and action of every answer: every coordinate but the root.

    Where several infosets are decided at once, there are commas between their names.
    """
    game, polytope = transcripts.game, mediation.polytope
    owners = [
        game.players[owner - 1] for owner in game.infoset_owner[transcripts.chance_infosets :]
    ]
    infosets = game.infoset_names[transcripts.chance_infosets :]
    start = game.action_start[transcripts.chance_infosets :].tolist()
    answers = []
    for edge, point in enumerate(polytope.point[1:].tolist(), 1):
        decided = mediation.questions.decided(point, edge - int(polytope.start[point]))
        players = ", ".join(dict.fromkeys(owners[j] for j, _ in decided))
        actions = ", ".join(game.action_names[start[j] + a] for j, a in decided)
        answers.append((players, ", ".join(infosets[j] for j, _ in decided), actions))
    return answers


class _Messages:
    """Names memories by their messages; each name is made once."""

    def __init__(self, walk: Walk, tree: MessageTree) -> None:
        self._transcripts = walk.transcripts
        self._parent = tree.parent
        self._token = tree.token
        self._stays_out = walk.concept.deviate == "root"
        self._sees = walk.concept.observe
        self._names = {0: NOTHING_YET}

    def name(self, memory: int) -> str:
        """Return the messages of a memory, the oldest first."""
        unnamed = []
        while memory not in self._names:
            unnamed.append(memory)
            memory = int(self._parent[memory])
        for later in reversed(unnamed):
            message = self._message(int(self._token[later]), first=not memory)
            self._names[later] = _longer(self._names[memory], message)
            memory = later
        return self._names[memory]

    def _message(self, token: int, *, first: bool) -> str:
        game = self._transcripts.game
        over = token - self._transcripts.sequences
        if over < 0:
            return _answer(self._transcripts, token)
        if over <= len(game.players):
            # Who may only stay out before the game says so before anything else is said.
            word = "stays out" if first and self._stays_out else "silent"
            return f"{game.players[over - 1]} {word}"
        return self._sight(over - len(game.players) - 1)

    def _sight(self, node: int) -> str:
        """Return what was seen where somebody moves: all moves so far, or those of chance."""
        game = self._transcripts.game
        moves, start = game.history(node), "the start"
        if self._sees == "chance":
            moves, start = _draws(game, node), "no draw"
        return f"saw {'-'.join(moves) or start}"


def _draws(game: Game, node: int) -> tuple[str, ...]:
    """Return the names of chance's moves before a node."""
    moves = []
    for move in reversed(game.history(node)):
        node = int(game.parent[node])
        if game.owner[node] == CHANCE:
            moves.append(move)
    return tuple(reversed(moves))


def _answer(transcripts: Transcripts, sequence: int) -> str:
    """Return who reported what, and the answer."""
    game, chance = transcripts.game, transcripts.chance_infosets
    infoset = int(transcripts.infoset[sequence]) + chance
    action = game.action_start[infoset] + sequence - transcripts.first[infoset - chance]
    player = game.players[game.infoset_owner[infoset] - 1]
    return f"{player} {game.infoset_names[infoset]}: {game.action_names[action]}"


def _longer(before: str, message: str) -> str:
    return message if before == NOTHING_YET else f"{before}, {message}"
