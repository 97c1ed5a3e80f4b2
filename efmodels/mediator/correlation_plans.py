r"""Plans for two players at once, as probabilities of pairs of sequences: correlation plans.

A lottery over joint plans gives every pair of sequences, one of each player, the probability that
the plan of each player allows hers. Of all pairs only the *relevant* ones matter: one of them is
empty, or their infosets lie on one path. For these,

.. math:: \xi(\emptyset, \emptyset) = 1,\quad
    \sum_a \xi(I a, \sigma_2) = \xi(\sigma(I), \sigma_2),\quad
    \sum_b \xi(\sigma_1, J b) = \xi(\sigma_1, \sigma(J)),\quad \xi \ge 0,

where :math:`\sigma(I)` is the sequence that leads to infoset ``I``. That is the polytope of von
Stengel and Forges. Every lottery satisfies these rows. Whether everything that does is a lottery
depends on what chance tells the players: see `CorrelationPlans.exact`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import ranges
from efmodels.integer_sets import distinct_integers
from efmodels.mediator.transcripts import Transcripts
from efmodels.names import distinct, model_name
from efmodels.polytope import ROOT

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Game, Ints

TWO = 2
"""Correlation plans are about pairs of players."""


@dataclass(frozen=True, eq=False)
class CorrelationPlans:
    """The von Stengel-Forges polytope ``{x >= 0 : F x = f}`` of a game.

    Sequences are numbered over both players, as in
    :class:`~efmodels.mediator.transcripts.Transcripts`; 0 is the empty one of either.

    Parameters
    ----------
    transcripts
        Of a game with two players and perfect recall.

    Raises
    ------
    GameError
        There are not two players, or somebody forgets.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.mediator.transcripts import Transcripts
    >>> plans = CorrelationPlans(Transcripts(ef.instances.chicken()))
    >>> plans.size, plans.F.shape, plans.exact
    (9, (7, 9), True)
    >>> plans.names[1], plans.names[-1]
    ('P1_1_Stop', 'P1_1_Go__P2_1_Go')
    """

    transcripts: Transcripts

    def __post_init__(self) -> None:
        """Insist on two players."""
        game = self.transcripts.game
        if len(game.players) != TWO:
            raise GameError(
                f"correlation plans are about two players; this game has {len(game.players)}: "
                f"{list(game.players)}. With more, use the belief DAG, as efce, efcce and nfcce do"
            )

    def __deepcopy__(self, memo: object) -> CorrelationPlans:
        """Return the polytope itself: nobody can change it."""
        return self

    # Which pairs there are ------------------------------------------------------------------------

    @cached_property
    def connected(self) -> tuple[Ints, Ints]:
        """Pairs of an infoset of each player that lie on one path; two arrays."""
        known = self.transcripts
        codes = [
            self._on_path(node, last) for node, last in zip(self._nodes, self._others, strict=True)
        ]
        both = [codes[0], _swapped(codes[1], known.infosets)]
        first, second = np.divmod(distinct_integers(np.concatenate(both)), known.infosets)
        return first, second

    @cached_property
    def _nodes(self) -> tuple[Ints, Ints]:
        """The nodes at which each player moves."""
        owner = self.transcripts.game.owner
        return np.flatnonzero(owner == 1), np.flatnonzero(owner == TWO)

    @cached_property
    def _others(self) -> tuple[Ints, Ints]:
        """The other player's last sequence at each of these nodes."""
        known, game = self.transcripts, self.transcripts.game
        last = np.zeros((game.nodes, TWO + 1), dtype=np.int64)
        for level in game.levels[1:]:
            above = game.parent[level]
            last[level] = last[above]
            mover = np.maximum(game.owner[above], 0)
            chosen = known.first[known.at_node[above]] + game.action[level]
            last[level, mover] = np.where(mover > 0, chosen, 0)
        return last[self._nodes[0], TWO], last[self._nodes[1], 1]

    def _on_path(self, node: Ints, last: Ints) -> Ints:
        """Return the mover's infoset with each infoset of the other above it, as one number."""
        known = self.transcripts
        infoset, found = known.at_node[node], []
        while len(last):
            moved = last > 0
            infoset, above = infoset[moved], known.infoset[last[moved]]
            found.append(distinct_integers(infoset * known.infosets + above))
            infoset, above = np.divmod(found[-1], known.infosets)
            last = known.before[above]
        return np.concatenate([*found, np.zeros(0, dtype=np.int64)])

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """The sequences of the first and of the second player of each coordinate.

        First the pair of empty sequences, then those of one player alone, then all others.
        """
        known = self.transcripts
        mine, yours = (known.first[[*_bounds(known, player)]] for player in (1, TWO))
        alone = np.arange(mine[0], mine[1]), np.arange(yours[0], yours[1])
        I, J = self.connected  # noqa: E741 - their names in the formulas
        row, a, b = _grid(known.width[I], known.width[J])
        zero = np.zeros(1, dtype=np.int64)
        first = [zero, alone[0], np.zeros_like(alone[1]), known.first[I][row] + a]
        second = [zero, np.zeros_like(alone[0]), alone[1], known.first[J][row] + b]
        return np.concatenate(first), np.concatenate(second)

    @property
    def size(self) -> int:
        """Number of coordinates: relevant pairs of sequences."""
        return len(self.pairs[0])

    def coordinate(self, first: Ints, second: Ints) -> Ints:
        """Return the coordinates of pairs of sequences.

        Raises
        ------
        GameError
            A pair is not relevant.
        """
        wanted = first * self.transcripts.sequences + second
        codes, order = self._codes
        place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        unknown = np.flatnonzero(codes[place] != wanted)
        if len(unknown):
            raise GameError(
                f"sequences {int(first[unknown[0]])} and {int(second[unknown[0]])} are no relevant "
                "pair: their infosets do not lie on one path"
            )
        result: Ints = order[place]
        return result

    @cached_property
    def _codes(self) -> tuple[Ints, Ints]:
        codes = self.pairs[0] * self.transcripts.sequences + self.pairs[1]
        order = np.argsort(codes)
        return codes[order], order

    # The rows -------------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[Ints, Ints]:
        """An infoset, and a sequence of the other player, for each row but the first."""
        known = self.transcripts
        I, J = self.connected  # noqa: E741 - their names in the formulas
        infoset, sequence = [], []
        for player, mine, yours in ((1, I, J), (TWO, J, I)):
            own = np.arange(*_bounds(known, player))
            row, b, _ = _grid(known.width[yours], np.ones_like(yours))
            infoset += [own, mine[row]]
            sequence += [np.zeros_like(own), known.first[yours][row] + b]
        return np.concatenate(infoset), np.concatenate(sequence)

    @cached_property
    def F(self) -> sparse.csr_array:  # noqa: N802 - its name in the formulas
        """The constraint matrix: the root, then a row per infoset and sequence of the other."""
        known = self.transcripts
        infoset, sequence = self.rows
        row, a, _ = _grid(known.width[infoset], np.ones_like(infoset))
        entering = known.before[infoset]
        column = np.concatenate(
            [
                [0],
                self._with(infoset[row], known.first[infoset][row] + a, sequence[row]),
                self._with(infoset, entering, sequence),
            ]
        )
        value = np.concatenate([[1.0], np.ones(len(row)), -np.ones(len(infoset))])
        place = np.concatenate([[0], 1 + row, 1 + np.arange(len(infoset))])
        shape = (1 + len(infoset), self.size)
        return sparse.csr_array((value, (place, column)), shape=shape)

    @cached_property
    def f(self) -> Floats:
        """The right-hand side ``(1, 0, ..., 0)``."""
        return np.concatenate(([1.0], np.zeros(len(self.rows[0]))))

    def _with(self, infoset: Ints, own: Ints, other: Ints) -> Ints:
        """Return the coordinates of the owners' sequences with sequences of the others."""
        mine = self.transcripts.owner[infoset] == 1
        return self.coordinate(np.where(mine, own, other), np.where(mine, other, own))

    # Is it a lottery? -----------------------------------------------------------------------------

    @cached_property
    def exact(self) -> bool:
        """Whether all points of the polytope are lotteries over joint plans.

        So it is if the game is *triangle-free*: there are no two infosets ``I, I'`` of the first
        player that follow one sequence, and two of the second, ``J, J'``, that follow one sequence,
        so that ``I, J``, ``I, J'`` and ``I', J'`` each lie on one path. Games without chance, and
        those in which everybody sees all moves of chance, are triangle-free. In others there may be
        points that no lottery has, and optima are bounds.
        """
        known = self.transcripts
        I, J = self.connected  # noqa: E741 - their names in the formulas
        several_for_first = _is_repeated(I, known.before[J])
        several_for_second = _is_repeated(J, known.before[I])
        return not bool((several_for_first & several_for_second).any())

    # Names ----------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Model name of each coordinate: both sequences, ``__`` between them."""
        words = self._words
        pairs = zip(self.pairs[0].tolist(), self.pairs[1].tolist(), strict=True)
        named = ("__".join(words[s] for s in pair if s) or ROOT for pair in pairs)
        return distinct(tuple(named))

    @cached_property
    def row_names(self) -> tuple[str, ...]:
        """Model name of each row of ``F``: ``root``, or the infoset and the other's sequence."""
        game, words = self.transcripts.game, self._words
        chance = self.transcripts.chance_infosets
        named = [ROOT]
        for j, s in zip(self.rows[0].tolist(), self.rows[1].tolist(), strict=True):
            own = model_name(game.infoset_names[j + chance])
            named.append(f"{own}__{words[s]}" if s else own)
        return distinct(tuple(named))

    @cached_property
    def _words(self) -> tuple[str, ...]:
        """Infoset and action of each sequence."""
        known = self.transcripts
        game, chance = known.game, known.chance_infosets
        start = int(game.action_start[chance])
        last = zip(known.infoset[1:].tolist(), game.action_names[start:], strict=True)
        return ("", *(model_name(f"{game.infoset_names[j + chance]}_{a}") for j, a in last))


def correlation_polytope(game: Game) -> CorrelationPlans:
    """Return the von Stengel-Forges polytope of a game with two players and perfect recall."""
    return CorrelationPlans(Transcripts(game))


def _bounds(known: Transcripts, player: int) -> tuple[int, int]:
    """Return a player's first infoset and the end of hers."""
    infosets = known.game.infosets_of(player)
    return infosets.start - known.chance_infosets, infosets.stop - known.chance_infosets


def _grid(first: Ints, second: Ints) -> tuple[Ints, Ints, Ints]:
    """Return row, first and second number of all cells of tables with so many rows and columns."""
    cells = first * second
    row = np.repeat(np.arange(len(cells)), cells)
    a, b = np.divmod(ranges(np.zeros_like(cells), cells), second[row])
    return row, a, b


def _swapped(code: Ints, base: int) -> Ints:
    """Return numbers of pairs as those of the pairs the other way round."""
    first, second = np.divmod(code, base)
    result: Ints = second * base + first
    return result


def _is_repeated(one: Ints, other: Ints) -> Bools:
    """Say of each pair whether there is another one that is equal to it."""
    _, which, count = np.unique(
        np.column_stack([one, other]), axis=0, return_inverse=True, return_counts=True
    )
    result: Bools = count[which.ravel()] > 1
    return result
