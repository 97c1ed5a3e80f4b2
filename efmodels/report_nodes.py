"""Report nodes: moves without a choice, at which a player can tell what she has learnt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from efmodels.assembly import Infoset
from efmodels.game import CHANCE
from efmodels.sequences import last_sequences
from efmodels.tree_changes import ChangedTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Game, Ints

ACTION = "report"
"""The label of the one action of a report node."""

NOWHERE = -1


def with_report_nodes(game: Game) -> Game:
    r"""Return a game in which players can report what chance has told them, without a choice.

    A mediator hears a player when she moves. What she learns without moving, such as the type that
    chance has drawn for her, it hears when she moves next, which may be too late to advise those
    who move before her. In the standard model of Bayesian games all report their types before
    anybody acts. Here a player reports as soon as chance has moved, and before anybody acts.

    The rule, for the infosets at which a player may move next after the same own moves: call each
    node at which chance has just moved, and somebody else or nobody moves now, a *stop*. At her
    first stop since her last move, infosets fall into *groups*: two are in one group if both can
    come from one stop, or if others link them. At her second stop each group falls into smaller
    ones, and so on. A group gets a new infoset with the one action ``report``, and a node of it
    above each of its stops, if

    - it tells something: it is smaller than the group before;
    - it tells it early: between some stop and her move another player moves;
    - she always gets to tell: on all ways to its infosets there is such a stop.

    Players that report at one stop do so in their order. So, where chance draws types at the root
    and then all move in turn, unseeing, everybody but the first to move reports her type at the
    start; the first does it with her move, before anybody has acted.

    Parameters
    ----------
    game
        With perfect recall.

    Returns
    -------
    Game
        With the same players, outcomes and strategies. What every profile of strategies brings is
        what it was, and so are equilibria without communication. A mediator who listens can only do
        better (:func:`~efmodels.formulations.communication_equilibrium`). The infosets are called
        ``report`` and what the names of the group begin with in common.

    Raises
    ------
    GameError
        Recall is not perfect.

    Notes
    -----
    *Perfect recall stays.* Every node of an infoset has the same number of reports above it since
    her last move, of the same groups in the same order: that is the third condition. No report is
    a choice, and no two nodes of her infosets that she could tell apart become one.

    *A mediator does better.* It could keep what it hears at a report node to itself until she
    moves. She sees nothing in between, so that to lie at the report node is a plan that she had
    before; but she has fewer of them.

    A tree does not say *when* a player observes something, but at which infoset she moves. The rule
    takes it that what chance has drawn is observed at once, and what other players have done is
    not: trees write simultaneous moves one after another. For another timing, add one-action
    infosets by hand. A player who never moves has no infosets, and the tree cannot tell what she
    knows: bidders who only report need an infoset with one action for each type.

    References
    ----------
    Myerson, Optimal coordination mechanisms in generalized principal-agent problems, Journal of
    Mathematical Economics 10 (1982): the direct mechanisms of Bayesian games, which communication
    equilibria of the game with report nodes are.

    Examples
    --------
    In the Bayesian game of the defaults both may contribute, and learn their costs at the start:

    >>> import efmodels as ef
    >>> game = ef.instances.bayesian_game()
    >>> reporting = ef.with_report_nodes(game)
    >>> reporting.nodes - game.nodes, [reporting.infoset_names[j] for j in reporting.infosets_of(2)]
    (4, ['report 1', '1', 'report 5', '5'])
    >>> reporting.history(int(reporting.terminals[0]))
    ('1 1', 'report', 'give', 'give')

    In Kuhn poker the second player knows her card before she sees what the first one does:

    >>> poker = ef.with_report_nodes(ef.instances.kuhn())
    >>> [poker.infoset_names[j] for j in poker.infosets_of(2)][:3]
    ['report Q', 'Q:k', 'Q:b']
    """
    game.require_perfect_recall()
    tree = ChangedTree(game)
    reports = [
        (stop, player, order, group)
        for player in range(1, len(game.players) + 1)
        for order, group in enumerate(_groups_that_report(_Knowledge(game, player)))
        for stop in group.stops
    ]
    number: dict[tuple[int, int], int] = {}
    for stop, player, order, group in sorted(reports, key=lambda report: report[:3]):
        if (player, order) not in number:
            infoset = Infoset(player, f"{ACTION} {group.name}".strip(), (ACTION,))
            number[player, order] = tree.add_infoset(infoset)
        tree.add_above(stop, number[player, order])
    return tree.game()


class _Group(NamedTuple):
    """Infosets of which a player knows at some stop that one of them comes next, if any."""

    name: str
    stops: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Knowledge:
    """What a player can know of her next infoset between two moves of her own."""

    game: Game
    player: int

    @cached_property
    def moves(self) -> Ints:
        """The nodes at which she moves."""
        return np.flatnonzero(self.game.owner == self.player)

    @cached_property
    def infosets(self) -> Ints:
        """Her infosets at these nodes, numbered from 0."""
        return self.game.infoset[self.moves] - self.game.infosets_of(self.player).start

    @cached_property
    def decisions_above(self) -> Ints:
        """How many decisions of players are made on the way to each node."""
        game = self.game
        number = np.zeros(game.nodes, dtype=np.int64)
        for level in game.levels[1:]:
            parent = game.parent[level]
            number[level] = number[parent] + (game.owner[parent] > CHANCE)
        return number

    @cached_property
    def stops(self) -> tuple[Ints, Ints]:
        """The last stop since her last move at or above each node, and how many there are."""
        game = self.game
        last = np.full(game.nodes, NOWHERE)
        number = np.zeros(game.nodes, dtype=np.int64)
        for level in game.levels[1:]:
            parent = game.parent[level]
            stops = (game.owner[parent] == CHANCE) & (game.owner[level] != CHANCE)
            same = game.owner[parent] != self.player
            last[level] = np.where(stops, level, np.where(same, last[parent], NOWHERE))
            number[level] = np.where(same, number[parent], 0) + stops
        return last, number

    def stop(self, order: int) -> Ints:
        """Return the stop of an order, counted from 1, above each of her moves, or ``NOWHERE``."""
        last, number = self.stops
        stop = last[self.moves]
        while (later := np.flatnonzero((stop >= 0) & (number[stop] > order))).size:
            stop[later] = last[self.game.parent[stop[later]]]
        return np.where(number[self.moves] >= order, stop, NOWHERE)


def _groups_that_report(knowledge: _Knowledge) -> Iterator[_Group]:
    """Yield the groups of a player's infosets that get report nodes, by their order."""
    before = last_sequences(knowledge.game)[knowledge.moves, knowledge.player - 1]
    group = _linked(knowledge, before)
    orders = knowledge.stops[1][knowledge.moves].max(initial=0)
    for order in range(1, int(orders) + 1):
        stop = knowledge.stop(order)
        larger = group
        nodes = knowledge.game.nodes
        group = _linked(knowledge, np.where(stop >= 0, stop, nodes + larger[knowledge.infosets]))
        above = knowledge.decisions_above
        early = (stop >= 0) & (above[knowledge.moves] > above[stop])
        here = group[knowledge.infosets]
        for one in np.unique(here[early]).tolist():
            members = np.flatnonzero(group == one)
            smaller = (larger == larger[members[0]]).sum() > len(members)
            if smaller and (stop[here == one] >= 0).all():
                stops = tuple(np.unique(stop[here == one]).tolist())
                yield _Group(_common_name(knowledge, members), stops)


def _linked(knowledge: _Knowledge, place: Ints) -> Ints:
    """Return the group of each infoset, given a place on the way to each of the player's moves."""
    infosets = len(knowledge.game.infosets_of(knowledge.player))
    _, which = np.unique(place, return_inverse=True)
    size = infosets + int(which.max(initial=-1)) + 1
    pairs = (knowledge.infosets, infosets + which)
    graph = sparse.csr_array((np.ones(len(which)), pairs), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    group: Ints = component[:infosets].astype(np.int64)
    return group


def _common_name(knowledge: _Knowledge, members: Ints) -> str:
    """Return what the names of infosets begin with in common."""
    start = knowledge.game.infosets_of(knowledge.player).start
    names: list[str] = [knowledge.game.infoset_names[start + j] for j in members.tolist()]
    # What the first and the last in the alphabet share, all share.
    first, last = min(names), max(names)
    if first == last:
        return first
    length = 0
    while first[: length + 1] == last[: length + 1]:
        length += 1
    return first[:length].rstrip(" ,:;|")
