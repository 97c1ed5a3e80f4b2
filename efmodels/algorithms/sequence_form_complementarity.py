"""Equilibria of two players as a complementarity problem over their sequences, in fractions.

A plan is written by what it adds to its floors, ``x_q = x'_q + least_q + share_q x_p(q)``, and an
equilibrium is a pair of plans with values ``m`` such that every sequence has ``x'_q >= 0``, a slack
``s_q >= 0``, and one of the two 0. With one action per infoset as the reference, its ``x'`` and the
other actions' slacks are functions of the rest, and no free variable remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from efmodels.algorithms.complementary_pivoting import ComplementarityProblem
from efmodels.errors import GameError
from efmodels.exact_profiles import exact_chance, exact_payoffs
from efmodels.sequences import last_sequences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Game, Number
    from efmodels.perturbations import Floors
    from efmodels.polytope import FlowPolytope

    Affine = dict[int, Fraction]

CONSTANT = -1
"""The key of the constant in an affine function of the variables ``z``."""

ONE = Fraction(1)


@dataclass(frozen=True, eq=False)
class SequencePairs:
    """The complementary pairs of a game: one for each sequence of either player but the empty ones.

    Attributes
    ----------
    game
        Two players, perfect recall.
    reference
        For each player the sequence of the reference action at each infoset. Its ``z`` is the
        slack and its ``w`` what the plan adds to the floor; for others it is the other way round.
    covering
        What the covering vector is at each pair.
    payoffs
        For each player and pair of sequences, chance folded in.
    """

    game: Game
    reference: tuple[tuple[int, ...], ...]
    covering: tuple[Fraction, ...]
    payoffs: tuple[Mapping[tuple[int, int], Fraction], ...]

    @property
    def polytopes(self) -> tuple[FlowPolytope, ...]:
        """The players' polytopes."""
        return self.game.sequence_form().polytopes

    def pair(self, player: int, sequence: int) -> int:
        """Return the number of a sequence's pair; players are 0 and 1."""
        return player * (self.polytopes[0].size - 1) + sequence - 1

    def problem(self, floors: Sequence[Floors]) -> ComplementarityProblem:
        """Return the problem for plans with floors."""
        w: dict[int, Affine] = {}
        plans = [self._plan(k, floors[k], w) for k in (0, 1)]
        for k in (0, 1):
            self._slacks(k, floors[k], self._gradient(k, plans[1 - k]), w)
        rows, q = [], []
        for number in range(len(w)):
            row = w[number]
            q.append(row.pop(CONSTANT, Fraction(0)))
            rows.append({k: value for k, value in row.items() if value})
        return ComplementarityProblem(tuple(rows), tuple(q))

    def plans(
        self, z: Sequence[Fraction], floors: Sequence[Floors]
    ) -> tuple[tuple[Fraction, ...], ...]:
        """Return the plans that belong to values of ``z``."""
        found = []
        for k in (0, 1):
            affine = self._plan(k, floors[k], {})
            found.append(tuple(_at(one, z) for one in affine))
        return tuple(found)

    def _plan(self, k: int, floors: Floors, w: dict[int, Affine]) -> list[Affine]:
        """Return the plan as functions of ``z``; ``w`` gets what it adds at reference actions."""
        polytope = self.polytopes[k]
        x: list[Affine] = [{CONSTANT: ONE}] + [{} for _ in range(polytope.size - 1)]
        for j in range(polytope.points):
            above = x[int(polytope.incoming[j])]
            last = self.reference[k][j]
            rest = dict(above)
            for q in range(int(polytope.start[j]), int(polytope.start[j + 1])):
                if q != last:
                    x[q] = {self.pair(k, q): ONE, CONSTANT: floors.least[q]}
                    _add(x[q], above, floors.share[q])
                    _add(rest, x[q], -ONE)
            x[last] = rest
            more = dict(rest)
            _add(more, {CONSTANT: ONE}, -floors.least[last])
            _add(more, above, -floors.share[last])
            w[self.pair(k, last)] = more
        return x

    def _gradient(self, k: int, other: list[Affine]) -> list[Affine]:
        """Return what each sequence brings against a plan of the other player."""
        gradient: list[Affine] = [{} for _ in range(self.polytopes[k].size)]
        for sequences, payoff in self.payoffs[k].items():
            _add(gradient[sequences[k]], other[sequences[1 - k]], payoff)
        return gradient

    def _slacks(self, k: int, floors: Floors, worth: list[Affine], w: dict[int, Affine]) -> None:
        """Add the slacks of all but the reference actions to ``w``, from the last infosets up."""
        polytope = self.polytopes[k]
        for j in reversed(range(polytope.points)):
            last = self.reference[k][j]
            value: Affine = {self.pair(k, last): ONE}
            _add(value, worth[last], ONE)
            here = dict(value)
            _add(here, {self.pair(k, last): ONE}, -floors.share[last])
            for q in range(int(polytope.start[j]), int(polytope.start[j + 1])):
                if q != last:
                    slack = dict(value)
                    _add(slack, worth[q], -ONE)
                    w[self.pair(k, q)] = slack
                    _add(here, slack, -floors.share[q])
            _add(worth[int(polytope.incoming[j])], here, ONE)


def sequence_pairs(
    game: Game, costs: Mapping[str, Sequence[Number]] | None = None
) -> SequencePairs:
    """Return the pairs of a game, and where the path of pivots starts.

    Parameters
    ----------
    game
        Two players, perfect recall.
    costs
        For each player, by label, a number per sequence: the path starts where everybody has the
        plan of the least cost, and costs vanish along it. By default the first action at each
        infoset costs nothing, and every other one 1.

    Raises
    ------
    GameError
        Costs are missing or too many, there is no such player, or two actions at an infoset are
        equally cheap.
    """
    costs = {} if costs is None else costs
    for player in costs:
        game.player_number(player)
    reference, covering = [], []
    for k, player in enumerate(game.players):
        polytope = game.sequence_form().polytopes[k]
        first = set(polytope.start[:-1].tolist())
        default = [0 if q == 0 or q in first else 1 for q in range(polytope.size)]
        cheapest, more = _cheapest(player, polytope, costs.get(player, default))
        reference.append(cheapest)
        covering += more
    return SequencePairs(game, tuple(reference), tuple(covering), _payoffs(game))


def _cheapest(
    player: str, polytope: FlowPolytope, costs: Sequence[Number]
) -> tuple[tuple[int, ...], list[Fraction]]:
    """Return the cheapest action of each infoset, and how much more each other one costs."""
    if len(costs) != polytope.size:
        raise GameError(
            f"got {len(costs)} costs for {player!r}; expected {polytope.size}, one per sequence"
        )
    total = [Fraction(one) for one in costs]
    cheapest = [0] * polytope.points
    more = [Fraction(0)] * polytope.size
    for j in reversed(range(polytope.points)):
        mine = range(int(polytope.start[j]), int(polytope.start[j + 1]))
        cheapest[j] = min(mine, key=lambda q: total[q])
        least = total[cheapest[j]]
        for q in mine:
            more[q] = total[q] - least
            if q != cheapest[j] and not more[q]:
                raise GameError(
                    f"at infoset {polytope.point_names[j]!r} of {player!r} the plans of least cost "
                    "are not unique; change the costs a little"
                )
        total[int(polytope.incoming[j])] += least
    return tuple(cheapest), more[1:]


def _payoffs(game: Game) -> tuple[dict[tuple[int, int], Fraction], ...]:
    """Return each player's payoffs by pairs of sequences, chance folded in."""
    tables: tuple[dict[tuple[int, int], Fraction], ...] = ({}, {})
    last, chance = last_sequences(game), exact_chance(game)
    for h in game.terminals.tolist():
        pair = (int(last[h, 0]), int(last[h, 1]))
        for table, payoff in zip(tables, exact_payoffs(game, h), strict=True):
            table[pair] = table.get(pair, Fraction(0)) + chance[h] * payoff
    return tables


def _add(to: Affine, what: Affine, times: Fraction) -> None:
    if times:
        for key, value in what.items():
            to[key] = to.get(key, Fraction(0)) + times * value


def _at(function: Affine, z: Sequence[Fraction]) -> Fraction:
    return sum(
        (value * (ONE if key == CONSTANT else z[key]) for key, value in function.items()),
        Fraction(0),
    )
