"""The game of a mediator against one deviator, as rules that can be played node by node.

Chance first draws what is at stake: the mediator's objective, or the incentives of one player.
For incentives, the deviator says whether that player deviates; a coin then decides whether the play
goes on with everybody honest and obedient, or with her doing as she likes. The mediator sees
neither. What it pays for incentives is what she gains: her payoff off the path less that on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from efmodels.errors import CapabilityError, GameError
from efmodels.game import CHANCE, TERMINAL
from efmodels.mediator.own_moves import START, OwnMoves
from efmodels.mediator.witnessed_moves import WitnessedMoves

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from efmodels.game import Game, Number
    from efmodels.mediator.concept import Concept

NOBODY = 0
"""Stands for a player where the mediator's objective is at stake."""

DRAW, JOIN, TOSS, ARRIVED, ASKED, ACTING, OVER = range(7)
"""Stages of the play: chance draws, she joins or not, a coin, at a node, and there."""

SILENT = -1
"""Reported instead of an infoset, and heard instead of an answer."""


class Heard(tuple[Any, ...]):
    """What somebody has seen and heard, in its order; shows as words."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return the words, one after the other."""
        return ", ".join(str(word) for _, word in self)


class Stage(NamedTuple):
    """Where a play is.

    Attributes
    ----------
    stage
        One of `DRAW`, ..., `OVER`.
    player
        Whose incentives are at stake, from 1; or `NOBODY`.
    deviates
        Whether she does as she likes.
    node
        Of the game.
    memory
        What a mediator with recall has heard and answered.
    known
        What the deviator has seen, said, heard and done.
    said
        The last answer to her, as its place in ``game.action_labels``, or ``START``; ``None`` once
        nobody listens any more.
    report
        What has just been asked: an infoset.
    """

    stage: int
    player: int = NOBODY
    deviates: bool = False
    node: int = 0
    memory: tuple[tuple[Hashable, str], ...] = ()
    known: tuple[tuple[Hashable, str], ...] = ()
    said: int | None = START
    report: int = SILENT


@dataclass(frozen=True, eq=False)
class AugmentedRules:
    """The rules, for :func:`efmodels.rules.game_from_rules`.

    Parameters
    ----------
    game
        With perfect recall.
    concept
        Its switches.
    objective
        Weights of the players' payoffs in the mediator's objective, from player 1; all zero if it
        has none.
    multipliers
        What a unit that each player gains costs the mediator, from player 1; players with zero have
        no incentives.

    Raises
    ------
    CapabilityError
        Deviators hear whole plans.
    """

    game: Game
    concept: Concept
    objective: Sequence[Number]
    multipliers: Sequence[Number]

    def __post_init__(self) -> None:
        """Refuse what is not told move by move."""
        self.game.require_perfect_recall()
        if self.concept.deviate == "plan":
            raise CapabilityError(
                "where deviators hear whole plans (deviate='plan', as in NFCE) the mediator's "
                "moves are joint plans: use efmodels.mediator.explicit_plans for its arrays"
            )

    # The rules' interface -------------------------------------------------------------------------

    @cached_property
    def players(self) -> tuple[str, ...]:
        """The mediator, or its agents, one for each player; then the deviator."""
        if self.concept.memory == "recall":
            return ("mediator", "deviator")
        return (*(f"mediator of {player}" for player in self.game.players), "deviator")

    def initial(self) -> Stage:
        """Return the beginning."""
        return Stage(DRAW)

    def mover(self, state: Stage) -> int:
        """Return who moves."""
        if state.stage in {DRAW, TOSS}:
            return CHANCE
        if state.stage in {JOIN, ACTING}:
            return len(self.players)
        if state.stage == ASKED:
            owner = int(self.game.infoset_owner[state.report])
            return 1 if self.concept.memory == "recall" else owner
        if state.stage == OVER or self.game.owner[state.node] == TERMINAL:
            return TERMINAL
        # `_arrived` has left no other nodes than chance's, and those at which she chooses.
        return CHANCE if self.game.owner[state.node] == CHANCE else len(self.players)

    def chances(self, state: Stage) -> Sequence[tuple[Hashable, Number]]:
        """Return chance's moves."""
        if state.stage == DRAW:
            return [(name, Fraction(1, len(self._stakes))) for name in self._stakes]
        if state.stage == TOSS:
            return [("on path", Fraction(1, 2)), ("off path", Fraction(1, 2))]
        flat = self.game.actions_of(int(self.game.infoset[state.node]))
        odds = self.game.chance_probabilities[flat.start : flat.stop]
        return list(zip(self._names(flat), odds, strict=True))

    def actions(self, state: Stage) -> Sequence[str]:
        """Return the mediator's answers, or what she may say or do."""
        if state.stage == JOIN:
            return ("stay out", "deviate")
        if state.stage == ASKED:
            return self._names(self.game.actions_of(state.report))
        if state.stage == ACTING:
            return self._names(self.game.actions_of(int(self.game.infoset[state.node])))
        return tuple(self._options(state))

    def observation(self, state: Stage) -> Heard:
        """Return what the mover knows."""
        if state.stage == JOIN:
            return Heard((("stake", self.game.players[state.player - 1]),))
        if state.stage == ASKED:
            asked = ("asked", state.report), self.game.infoset_names[state.report]
            return Heard((*state.memory, asked))
        return Heard((*state.known, ("stage", "act" if state.stage == ACTING else "report")))

    def payoffs(self, state: Stage) -> Sequence[Number]:
        """Return what the mediator gets, shared by its agents, and what the deviator gets."""
        worth = self._worth(state)
        agents = len(self.players) - 1
        share = worth if agents == 1 else worth * Fraction(1, agents)
        return (*(share,) * agents, -worth)

    def after(self, state: Stage, action: Any) -> Stage:
        """Return what an action leads to."""
        if state.stage == DRAW:
            player = self._stakes[action]
            stage = JOIN if player != NOBODY else ARRIVED
            return self._arrived(state._replace(stage=stage, player=player))
        if state.stage == JOIN:
            return state._replace(stage=OVER if action == "stay out" else TOSS)
        if state.stage == TOSS:
            return self._begun(state._replace(stage=ARRIVED, deviates=action == "off path"))
        if state.stage == ASKED:
            return self._answered(state, self._place(state.report, action))
        if state.stage == ARRIVED and self.game.owner[state.node] != CHANCE:
            return self._chosen(state, self._options(state)[action])
        place = self._place(int(self.game.infoset[state.node]), action)
        return self._acted(state, place) if state.stage == ACTING else self._dealt(state, place)

    # Stakes and payoffs ---------------------------------------------------------------------------

    @cached_property
    def _stakes(self) -> Mapping[str, int]:
        """Name and player of each thing that may be at stake."""
        stakes = {"objective": NOBODY} if any(self.objective) else {}
        for number, multiplier in enumerate(self.multipliers, start=1):
            if multiplier:
                stakes[f"incentives of {self.game.players[number - 1]}"] = number
        if not stakes:
            raise GameError(
                "nothing is at stake: give an objective, or a multiplier that is not zero"
            )
        return stakes

    def _worth(self, state: Stage) -> Number:
        """Return the mediator's payoff, made up for what chance has drawn."""
        if state.stage == OVER:
            return 0
        payoffs = self.game.exact_payoffs(state.node)
        odds = len(self._stakes)
        if state.player == NOBODY:
            return odds * sum(w * u for w, u in zip(self.objective, payoffs, strict=True) if w)
        gain = 2 * odds * self.multipliers[state.player - 1] * payoffs[state.player - 1]
        return -gain if state.deviates else gain

    # How a play goes on ---------------------------------------------------------------------------

    def _begun(self, state: Stage) -> Stage:
        """Begin a play with a deviator; who takes no advice at all has told so by then."""
        if not state.deviates:
            return self._arrived(state)
        known: tuple[tuple[Hashable, str], ...] = ((("who", state.player), "deviating"),)
        state = state._replace(known=known)
        if self.concept.deviate == "root":
            state = self._quiet(state, noticed=True)
        return self._arrived(state)

    def _arrived(self, state: Stage) -> Stage:
        """Come to a node: the mediator may see it; who has nothing to choose asks or acts."""
        node = state.node
        owner = int(self.game.owner[node])
        if state.stage != ARRIVED or owner <= CHANCE:
            return state
        infoset = int(self.game.infoset[node])
        state = self._seen(state)
        if owner != state.player or not state.deviates:
            return state._replace(stage=ASKED, report=infoset)
        where = ("at", infoset), self.game.infoset_names[infoset]
        return self._forced(state._replace(known=(*state.known, where)))

    def _forced(self, state: Stage) -> Stage:
        """Let her do at once what she has no alternative to."""
        options = self._options(state)
        return state if len(options) > 1 else self._chosen(state, *options.values())

    def _seen(self, state: Stage) -> Stage:
        """Let the mediator see where somebody moves, or what chance has drawn by then."""
        if self.concept.observe == "nothing":
            return state
        node = self._same_draws[state.node] if self.concept.observe == "chance" else state.node
        sight = ("saw", node), f"saw {node}"
        return state._replace(memory=(*state.memory, sight))

    @cached_property
    def _same_draws(self) -> list[int]:
        """For each node, the first one before which chance has made the same moves."""
        return [int(node) for node in WitnessedMoves(self.game, [CHANCE]).first]

    # What she may say -----------------------------------------------------------------------------

    def _options(self, state: Stage) -> dict[str, tuple[str, int]]:
        """Return what she may choose where she arrives: kinds and numbers, by their names."""
        game, concept = self.game, self.concept
        infoset = int(game.infoset[state.node])
        believed = state.said is not None and state.said == int(self._moves.before[infoset])
        acts = {
            name: ("act", k)
            for k, name in zip(
                game.actions_of(infoset), self._names(game.actions_of(infoset)), strict=True
            )
        }
        if concept.deviate == "root":
            return {"say nothing": ("silence", SILENT)}
        if concept.deviate == "coarse":
            follow = {"follow": ("report", infoset)} if believed else {}
            return follow | {f"do {name}": act for name, act in acts.items()}
        if concept.report == "untimed":
            asking = {f"ask {game.infoset_names[j]}": ("report", j) for j in self._claims(state)}
            return asking | {f"do {name}": act for name, act in acts.items()}
        claims = self._claims(state) if concept.report == "lie" else [infoset] * believed
        options = {f"report {game.infoset_names[j]}": ("report", j) for j in claims}
        heard = concept.memory == "private" or concept.hears_silence
        if concept.report == "silent" or not claims or (concept.report == "lie" and not heard):
            options["say nothing"] = ("silence", SILENT)
        return options

    def _claims(self, state: Stage) -> list[int]:
        """Return the infosets that agree with what she has said."""
        mine = self.game.infosets_of(state.player)
        return [j for j in mine if state.said is not None and self._moves.before[j] == state.said]

    def _chosen(self, state: Stage, choice: tuple[str, int]) -> Stage:
        """Report, be silent, or act without a word."""
        kind, number = choice
        state = state._replace(known=(*state.known, (choice, self._word(choice))))
        if kind == "report":
            return state._replace(stage=ASKED, report=number)
        if self.concept.report == "untimed":
            return self._moved(state, number)
        state = self._quiet(state, noticed=self.concept.hears_silence)
        return self._moved(state, number) if kind == "act" else state._replace(stage=ACTING)

    def _word(self, choice: tuple[str, int]) -> str:
        """Return a choice in words."""
        kind, number = choice
        if kind == "act":
            return self.game.action_names[number]
        return f"report {self.game.infoset_names[number]}" if kind == "report" else "say nothing"

    def _quiet(self, state: Stage, *, noticed: bool) -> Stage:
        """Let nobody listen any more; a mediator with recall may notice."""
        memory = state.memory
        if noticed and self.concept.memory == "recall":
            silence = ("silent", state.player), f"{self.game.players[state.player - 1]} silent"
            memory = (*memory, silence)
        return state._replace(said=None, memory=memory)

    # What follows an answer or an action ----------------------------------------------------------

    def _answered(self, state: Stage, answer: int) -> Stage:
        """Let the mediator answer: honest players do it, the deviator hears it."""
        told = ("told", answer), self.game.action_names[answer]
        if self.concept.memory == "recall":
            state = state._replace(memory=(*state.memory, (told[0], self._full_name(answer))))
        owner = int(self.game.owner[state.node])
        if not (state.deviates and owner == state.player):
            if state.deviates and self.concept.overhears == "everything":
                overheard = ("overheard", owner, told[1]), f"overheard {told[1]}"
                state = state._replace(known=(*state.known, overheard))
            return self._moved(state, answer)
        state = state._replace(known=(*state.known, told), said=answer)
        if self.concept.deviate == "coarse":
            return self._moved(state, answer)
        if self.concept.report == "untimed":
            return self._forced(state._replace(stage=ARRIVED, report=SILENT))
        return state._replace(stage=ACTING)

    def _dealt(self, state: Stage, move: int) -> Stage:
        """Let chance move; a deviator who spies sees it."""
        if state.deviates and self.concept.spies == "chance":
            name = self.game.action_names[move]
            state = state._replace(known=(*state.known, (("drawn", name), name)))
        return self._moved(state, move)

    def _acted(self, state: Stage, action: int) -> Stage:
        """Let her act."""
        did = ("did", action), self.game.action_names[action]
        return self._moved(state._replace(known=(*state.known, did)), action)

    def _moved(self, state: Stage, action: int) -> Stage:
        """Go on to the child that an action leads to, given by its place."""
        start = int(self.game.action_start[self.game.infoset[state.node]])
        child = self._children[state.node][action - start]
        return self._arrived(state._replace(stage=ARRIVED, node=child, report=SILENT))

    # Names and places -----------------------------------------------------------------------------

    @cached_property
    def _moves(self) -> OwnMoves:
        return OwnMoves(self.game)

    @cached_property
    def _children(self) -> list[list[int]]:
        children: list[list[int]] = [[] for _ in range(self.game.nodes)]
        for node, parent in enumerate(self.game.parent[1:].tolist(), start=1):
            children[parent].append(node)
        return children

    def _names(self, places: range) -> tuple[str, ...]:
        return tuple(self.game.action_names[k] for k in places)

    def _place(self, infoset: int, name: str) -> int:
        places = self.game.actions_of(infoset)
        return places[self._names(places).index(name)]

    def _full_name(self, action: int) -> str:
        infoset = int(self._moves.infoset_of[action])
        return f"{self.game.infoset_names[infoset]}:{self.game.action_names[action]}"
