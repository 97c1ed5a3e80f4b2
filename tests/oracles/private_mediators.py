"""The best equilibrium of a mediator that draws plans before the game, by a linear program.

What a deviator can do about her part of what was drawn is written down as a decision problem over
*worlds*: a node, with all that was drawn and agrees with how the play came there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.oracles.plan_distributions import CorrelationPlans, JointPlans
from tests.oracles.row_programs import RowProgram
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from efmodels import Game
    from efmodels.mediator.concept import Concept
    from tests.oracles.tree import Node

    Row = dict[Hashable, float]
    Said = tuple[tuple[int, int], ...] | None

NOBODY = -1
"""Who moves at a terminal."""


class World(NamedTuple):
    """A node, the probability of chance's moves on the way, and what was drawn."""

    node: Node
    chance: float
    drawn: Any


def best_lottery(
    game: Game, concept: Concept, weights: Sequence[float], obedient: Iterable[int] | None = None
) -> float:
    """Return the highest weighted sum of payoffs if joint reduced plans are drawn.

    ``obedient`` are the numbers (from 1) of the players with incentive constraints; all by default.
    """
    return _best(game, JointPlans(game), concept, weights, obedient)


def best_correlation_plan(
    game: Game, concept: Concept, weights: Sequence[float], obedient: Iterable[int] | None = None
) -> float:
    """Return the same for two players without chance, by the polytope of correlation plans."""
    assert concept.report == "forced"
    assert concept.deviate != "plan"
    return _best(game, CorrelationPlans(game), concept, weights, obedient)


def _best(
    game: Game, plans: Any, concept: Concept, weights: Sequence[float], obedient: Any
) -> float:
    lp = RowProgram(equal=plans.equalities())
    numbers = range(1, len(game.players) + 1)
    problems = [_Deviation(game, plans, concept, player, lp) for player in numbers]
    honest = [problem.honest_payoff() for problem in problems]
    for player in numbers if obedient is None else obedient:
        best = problems[player - 1].best_payoff()
        lp.at_least.append((_sum([honest[player - 1], _negative(best)]), 0.0))
    goal = [
        {name: w * u for name, u in row.items()} for row, w in zip(honest, weights, strict=True)
    ]
    return lp.maximum(_sum(goal))


@dataclass
class _Deviation:
    """Writes down what a player can make of what was drawn for all."""

    game: Game
    plans: Any
    concept: Concept
    player: int
    lp: RowProgram

    def __post_init__(self) -> None:
        self.root = tree_of(self.game)
        self.history: dict[int, tuple[tuple[int, int], ...]] = {}
        self._look_around(self.root, ())

    def _look_around(self, node: Node, moves: tuple[tuple[int, int], ...]) -> None:
        """Note her own moves before each of her infosets."""
        if node.owner == self.player:
            self.history.setdefault(node.infoset, moves)
        for a, child in enumerate(node.children):
            mine = ((node.infoset, a),) if node.owner == self.player else ()
            self._look_around(child, (*moves, *mine))

    def honest_payoff(self) -> Row:
        """Return what she gets if all are honest and obedient."""
        start = World(self.root, 1.0, self.plans.start)
        return self._paid(self._until([start], NOBODY))

    def best_payoff(self) -> Row:
        """Return the most that she gets if all others are honest and obedient."""
        start = World(self.root, 1.0, self.plans.start)
        if self.concept.deviate == "plan":
            whole = self.plans.whole_plans(self.player)
            return _sum([self._after([start._replace(drawn=each)], None) for each in whole])
        return self._after([start], None if self.concept.deviate == "root" else ())

    # How worlds go on -----------------------------------------------------------------------------

    def _until(self, worlds: Iterable[World], player: int) -> Iterator[World]:
        """Let all others move until a player's node or a terminal; yield the worlds there."""
        waiting = list(worlds)
        while waiting:
            node, chance, drawn = world = waiting.pop()
            if node.owner in {NOBODY, player}:
                yield world
            elif node.owner == 0:
                pairs = zip(node.children, node.chances, strict=True)
                waiting += [World(child, chance * float(p), drawn) for child, p in pairs]
            else:
                for a, child in enumerate(node.children):
                    waiting += self._told([World(child, chance, drawn)], node.infoset, a)

    def _told(self, worlds: list[World], infoset: int, action: int) -> list[World]:
        """Return the worlds in which an infoset's owner is told to take an action there."""
        answers = [(world, self.plans.told(world.drawn, infoset, action)) for world in worlds]
        return [world._replace(drawn=drawn) for world, drawn in answers if drawn is not None]

    def _answers(self, worlds: list[World], report: int) -> Iterator[tuple[int, list[World]]]:
        """Yield what she may be told, and the worlds in which she is."""
        for action in range(len(self.game.actions_of(report))):
            told = self._told(worlds, report, action)
            if told:
                yield action, told

    def _paid(self, ends: Iterable[World]) -> Row:
        row: Row = defaultdict(float)
        for node, chance, drawn in ends:
            for name in self.plans.names(drawn):
                row[name] += chance * float(node.payoffs[self.player - 1])
        return row

    # What she makes of them -----------------------------------------------------------------------

    def _after(self, worlds: list[World], said: Said) -> Row:
        """Return her value once she has moved: she sees at which of her infosets she is."""
        met: dict[int, list[World]] = defaultdict(list)
        for world in self._until(worlds, self.player):
            met[NOBODY if world.node.owner == NOBODY else world.node.infoset].append(world)
        ends = self._paid(met.pop(NOBODY, []))
        return _sum([ends, *(self._at(j, group, said) for j, group in met.items())])

    def _at(self, infoset: int, worlds: list[World], said: Said) -> Row:
        """Return her value at an infoset before she says anything."""
        listened_to = said == self.history[infoset]
        if self.concept.deviate == "coarse":
            return self._accept_or_not(infoset, worlds, said if listened_to else None)
        if self.concept.deviate != "full":
            return self._decide(self._acts(worlds, None))
        if self.concept.report == "lie":
            return self._lie(worlds, said)
        if self.concept.report == "untimed":
            return self._ask(worlds, said)
        # She is told what to do as long as she has obeyed.
        return self._heard(infoset, worlds, said) if listened_to else self._act(worlds)

    def _acts(self, worlds: list[World], said: Said) -> list[Row]:
        """Return her value after each action."""
        return [
            self._after([world._replace(node=world.node.children[b]) for world in worlds], said)
            for b in range(len(worlds[0].node.children))
        ]

    def _act(self, worlds: list[World]) -> Row:
        """Return her value if nobody listens any more."""
        return self._decide(self._acts(worlds, None))

    def _heard(self, report: int, worlds: list[World], said: Said) -> Row:
        """Return her value if she reports an infoset, hears the answer, and does what she likes."""
        before = said or ()
        return _sum(
            self._decide(self._acts(told, (*before, (report, a))))
            for a, told in self._answers(worlds, report)
        )

    def _accept_or_not(self, infoset: int, worlds: list[World], said: Said) -> Row:
        """She accepts what she has not heard yet, which binds; or goes her own way for good."""
        options = self._acts(worlds, None)
        if said is not None:
            accepted = (
                self._after(
                    [world._replace(node=world.node.children[a]) for world in told],
                    (*said, (infoset, a)),
                )
                for a, told in self._answers(worlds, infoset)
            )
            options.append(_sum(accepted))
        return self._decide(options)

    def _claims(self, said: Said) -> list[int]:
        """Return the infosets that come right after what she said and was told."""
        return [infoset for infoset, before in self.history.items() if before == said]

    def _lie(self, worlds: list[World], said: Said) -> Row:
        """She reports what could come next; or nothing, after which she is not listened to."""
        reports = [self._heard(report, worlds, said) for report in self._claims(said)]
        return self._decide([*self._acts(worlds, None), *reports])

    def _ask(self, worlds: list[World], said: Said) -> Row:
        """She asks what could come next as often as she likes, and acts when she likes."""
        before = said or ()
        questions = [
            _sum(
                self._ask(told, (*before, (report, a))) for a, told in self._answers(worlds, report)
            )
            for report in self._claims(said)
        ]
        return self._decide([*self._acts(worlds, said), *questions])

    def _decide(self, options: list[Row]) -> Row:
        """Return a value that is at least that of each option."""
        name = ("value", len(self.lp.free))
        self.lp.free.add(name)
        self.lp.at_least += [(_sum([{name: 1.0}, _negative(option)]), 0.0) for option in options]
        return {name: 1.0}


def _sum(rows: Iterable[Row]) -> Row:
    total: Row = defaultdict(float)
    for row in rows:
        for name, number in row.items():
            total[name] += number
    return total


def _negative(row: Row) -> Row:
    return {name: -number for name, number in row.items()}
