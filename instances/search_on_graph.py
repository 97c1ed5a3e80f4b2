"""Pursuit and evasion on a directed graph: an attacker who leaves tracks, units that find them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from efmodels.errors import GameError
from efmodels.game import TERMINAL, Game
from efmodels.instances.exact_numbers import numbers
from efmodels.instances.parameters import different, integer, mapping, members, titled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Number

    Payoffs = tuple[Number, Number]

_ATTACKER, _DEFENDER = 1, 2
_ERASE = "erase"
_GRAPH = {
    "S": ("A1", "A2"),
    "A1": ("A2", "B1", "B2"),
    "A2": ("B1", "B2"),
    "B1": ("B2", "T1"),
    "B2": ("T2",),
}
_TARGETS = {"T1": (3, -4), "T2": (4, -3)}
_ZONES = (("A1", "A2"), ("B1", "B2"))


def pursuit_evasion(
    graph: Mapping[str, Sequence[str]] = _GRAPH,
    start: str = "S",
    targets: Mapping[str, tuple[Number | str, Number | str]] = _TARGETS,
    zones: Sequence[Sequence[str]] = _ZONES,
    steps: int = 3,
    *,
    caught: tuple[Number | str, Number | str] = (-1, 1),
) -> Game:
    r"""Return a search game: an attacker walks to a target, the defender's units look for tracks.

    In each of ``steps`` steps the attacker and the defender move at the same time. The attacker
    goes along an edge of the graph, or pauses to *erase* her track at the node where she is. The
    defender moves all units: each stays, or goes along an edge, in either direction, to another
    node of its zone. The attacker is caught if she and a unit now stand on one node, or have just
    passed each other on an edge. Otherwise the game ends when she is at a target; it also ends,
    with 0 for both, after the last step.

    Every node that the attacker comes to, and her start, bears her track until she erases it. After
    each step the defender learns at which of the nodes where units stand there is a track. He sees
    nothing else of the attacker, and she nothing of the units, but that the game goes on. In the
    tree she moves first and he does not see it. The infoset ``S A1 erase`` is the attacker who went
    to A1 and paused there; ``A1 B1, A1 B1, A2* B1`` is the defender whose second unit stayed at B1,
    while the first one moved to A2 in the second step and found a track (``*``).

    Parameters
    ----------
    graph
        The successors of each node; nodes without any may be left out as keys. By default S leads
        to A1 and A2, each of these to B1 and B2, B1 to the target T1 and B2 to the target T2;
        besides, A1 leads to A2 and B1 to B2, so that the units can patrol.
    start
        Where the attacker starts.
    targets
        What attacker and defender get if the attacker reaches a target.
    zones
        For each unit, at least one, the nodes that it patrols; it starts at the first.
    steps
        At least 1.
    caught
        What attacker and defender get if the attacker is caught.

    Returns
    -------
    Game
        With players ``Attacker`` and ``Defender``; by default 1006 nodes. The way to a target
        takes three steps, so that a pause pays off only with more (four: 5526 nodes).

    Raises
    ------
    GameError
        A node is unknown, there is no zone or an empty one, the start is a target, or ``steps`` is
        too small.

    Notes
    -----
    Rules, graph and payoffs are this package's own, in the manner of the search games on which
    algorithms for commitment in sequential games are compared.

    Examples
    --------
    >>> from efmodels.instances import pursuit_evasion
    >>> game = pursuit_evasion(steps=2)
    >>> game.title, game.nodes
    ('Pursuit and evasion (steps=2)', 146)
    >>> [game.infoset_names[j] for j in game.infosets_of(2)]
    ['A1 B1', 'A1 B1, A2 B1', 'A1 B1, A2 B2', 'A1 B1, A1 B1', 'A1 B1, A1 B2']
    """
    ways = {
        node: different(f"graph[{node!r}]", after)
        for node, after in mapping("graph", graph).items()
    }
    goals = {
        node: _pair(f"targets[{node!r}]", payoffs)
        for node, payoffs in mapping("targets", targets).items()
    }
    beats = tuple(different(f"zones[{k}]", zone) for k, zone in enumerate(members("zones", zones)))
    _check_nodes(ways, start, goals, beats)
    rules = _SearchRules(
        graph={node: ways.get(node, ()) for node in _nodes(ways)},
        start=start,
        targets=goals,
        zones=beats,
        steps=integer("steps", steps, minimum=1),
        caught=_pair("caught", caught),
    )
    usual = {"graph": _GRAPH, "start": "S", "targets": _TARGETS, "zones": _ZONES, "caught": (-1, 1)}
    title = titled(
        *("Pursuit and evasion", usual),
        graph=ways,
        start=start,
        targets=goals,
        zones=beats,
        steps=rules.steps,
        caught=rules.caught,
    )
    return Game.from_rules(rules, title=title)


def _nodes(graph: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return all nodes of a graph once, in the order in which it names them."""
    named = [node for here, after in graph.items() for node in (here, *after)]
    return tuple(dict.fromkeys(named))


def _pair(name: str, payoffs: Any) -> Payoffs:
    """Return the payoffs of attacker and defender as numbers."""
    read = numbers(name, payoffs)
    if len(read) != len(_SearchRules.players):
        raise GameError(
            f"{name} must hold two payoffs, the attacker's and the defender's; got {payoffs!r}"
        )
    return read[0], read[1]


def _check_nodes(
    graph: Mapping[str, tuple[str, ...]],
    start: str,
    targets: Mapping[str, object],
    zones: Sequence[Sequence[str]],
) -> None:
    """Raise unless all that is named is on the graph."""
    known = _nodes(graph)
    if _ERASE in known:
        raise GameError(f"graph must not have a node {_ERASE!r}: that is what pausing is called")
    for name, nodes in (("start", [start]), ("targets", targets), *(("zones", z) for z in zones)):
        if unknown := [node for node in nodes if node not in known]:
            raise GameError(f"{name} must be on the graph; {unknown[0]!r} is not among its nodes")
    if start in targets:
        raise GameError(f"start must not be one of the targets; got {start!r}")
    if not zones or not all(zones):
        raise GameError(
            "zones must hold at least one zone, and each zone a node at which its unit starts; "
            f"got {zones!r}"
        )


class _Chase(NamedTuple):
    """The attacker's walk, the units' walk and finds as the defender notes them, and the tracks."""

    place: str
    walk: str
    units: tuple[str, ...]
    seen: str
    tracks: frozenset[str]
    step: int = 0
    pending: str = ""
    met: bool = False


@dataclass(frozen=True)
class _SearchRules:
    graph: dict[str, tuple[str, ...]]
    start: str
    targets: dict[str, Payoffs]
    zones: tuple[tuple[str, ...], ...]
    steps: int
    caught: Payoffs

    players = ("Attacker", "Defender")

    @cached_property
    def joined(self) -> frozenset[tuple[str, str]]:
        """Pairs of nodes between which a unit can go, a node and itself among them."""
        edges = {(here, there) for here, after in self.graph.items() for there in after}
        return frozenset(edges | {(b, a) for a, b in edges} | {(node, node) for node in self.graph})

    def patrols(self, units: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return where the units may be next, by label."""
        ways = [
            [there for there in zone if (here, there) in self.joined]
            for zone, here in zip(self.zones, units, strict=True)
        ]
        return {" ".join(places): places for places in product(*ways)}

    def initial(self) -> _Chase:
        units = tuple(zone[0] for zone in self.zones)
        tracks = frozenset([self.start])
        return _Chase(self.start, self.start, units, _note(units, tracks), tracks)

    def mover(self, chase: _Chase) -> int:
        if chase.pending:
            return _DEFENDER
        over = chase.met or chase.place in self.targets or chase.step == self.steps
        return TERMINAL if over else _ATTACKER

    def chances(self, chase: _Chase) -> list[tuple[str, Number]]:
        raise NotImplementedError("there is no chance in this game")

    def actions(self, chase: _Chase) -> tuple[str, ...]:
        if chase.pending:
            return tuple(self.patrols(chase.units))
        return (*self.graph[chase.place], _ERASE)

    def after(self, chase: _Chase, action: str) -> _Chase:
        if not chase.pending:
            return chase._replace(pending=action)
        units, pauses = self.patrols(chase.units)[action], chase.pending == _ERASE
        place = chase.place if pauses else chase.pending
        tracks = chase.tracks - {place} if pauses else chase.tracks | {place}
        crossed = (place, chase.place) in zip(chase.units, units, strict=True) and not pauses
        return _Chase(
            place=place,
            walk=f"{chase.walk} {chase.pending}",
            units=units,
            seen=f"{chase.seen}, {_note(units, tracks)}",
            tracks=tracks,
            step=chase.step + 1,
            met=crossed or place in units,
        )

    def observation(self, chase: _Chase) -> str:
        return chase.seen if chase.pending else chase.walk

    def payoffs(self, chase: _Chase) -> Payoffs:
        return self.caught if chase.met else self.targets.get(chase.place, (0, 0))


def _note(units: tuple[str, ...], tracks: frozenset[str]) -> str:
    """Write down where the units are, with a star where they see a track."""
    return " ".join(f"{unit}*" if unit in tracks else unit for unit in units)
