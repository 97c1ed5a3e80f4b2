"""From lists of nodes, infosets and outcomes in any order to a :class:`~efmodels.game.Game`.

Everything that makes a game (builder, rules, readers) collects plain lists and ends here, in one
function that checks them once and puts them into the one canonical order: nodes in preorder,
infosets by owner and first appearance, outcomes by first appearance, duplicates merged. Two games
that mean the same thing are therefore equal.
"""

from __future__ import annotations

import sys
from numbers import Rational
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game, levels_of, ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Ints, Number

PROBABILITY_TOLERANCE = 1e-6
"""How far the probabilities of a chance infoset may be from a sum of one.

Files often round to six digits; what is further off is an error in the data.
"""

LARGEST = sys.float_info.max
"""The largest payoff: what a float can hold."""


class Infoset(NamedTuple):
    """An infoset as its maker describes it."""

    owner: int
    label: str
    actions: tuple[str, ...]
    probabilities: tuple[Number, ...] = ()


class Outcome(NamedTuple):
    """An outcome as its maker describes it: a label and one payoff per player."""

    label: str
    payoffs: tuple[Number, ...]


def assemble_game(
    *,
    players: Sequence[str],
    infosets: Sequence[Infoset],
    outcomes: Sequence[Outcome],
    parent: Sequence[int] | Ints,
    action: Sequence[int] | Ints,
    infoset: Sequence[int] | Ints,
    outcome: Sequence[int] | Ints,
    node_labels: Sequence[str] = (),
    title: str = "",
    comment: str = "",
) -> Game:
    """Check the lists, put them into canonical order and return the game.

    Parameters
    ----------
    players
        The players' labels; they may be empty or repeat.
    infosets, outcomes
        What the node lists refer to by position; those that no node uses are dropped.
    parent
        Position of each node's parent, -1 for the root.
    action
        Which action of the parent's infoset leads to the node, counted from 0.
    infoset
        Position in ``infosets``, -1 for a terminal node.
    outcome
        Position in ``outcomes``, -1 for none.
    node_labels
        A label per node, or nothing at all.

    Raises
    ------
    GameError
        The lists do not describe a tree, probabilities do not sum to one, or a payoff is missing.
    """
    _check_infosets(infosets, len(players))
    for row in outcomes:
        check_outcome(row, len(players))
    arrays = [np.asarray(a, dtype=np.int32) for a in (parent, action, infoset, outcome)]
    if len({len(a) for a in arrays}) != 1 or len(node_labels) not in (0, len(arrays[0])):
        raise GameError(
            f"parent, action, infoset and outcome have {[len(a) for a in arrays]} entries, "
            f"node_labels {len(node_labels)}; give one of each per node"
        )
    owners = np.array([j.owner for j in infosets] + [TERMINAL], dtype=np.int32)
    order = _preorder(arrays[0], arrays[1], _number_of_actions(arrays[2], infosets))
    position = np.empty_like(order)
    position[order] = np.arange(len(order), dtype=np.int32)
    parents = np.where(arrays[0][order] < 0, -1, position[arrays[0][order]])
    infoset_map, infoset_order = _by_owner_and_appearance(arrays[2][order], owners)
    outcome_map, outcome_order = _merge_outcomes(arrays[3][order], outcomes)
    used = [infosets[j] for j in infoset_order]
    return Game(
        title=title,
        comment=comment,
        player_labels=tuple(players),
        parent=parents.astype(np.int32),
        owner=owners[arrays[2][order]],
        infoset=infoset_map,
        action=arrays[1][order],
        outcome=outcome_map,
        node_labels=tuple(node_labels[h] for h in order) if any(node_labels) else (),
        infoset_owner=owners[infoset_order],
        infoset_labels=tuple(j.label for j in used),
        action_start=np.cumsum([0, *(len(j.actions) for j in used)], dtype=np.int32),
        action_labels=tuple(label for j in used for label in j.actions),
        chance_probabilities=tuple(p for j in used for p in j.probabilities),
        outcome_labels=tuple(outcomes[k].label for k in outcome_order),
        outcome_payoffs=tuple(outcomes[k].payoffs for k in outcome_order),
    )


def _check_infosets(infosets: Sequence[Infoset], players: int) -> None:
    """Check infosets; of those that share their lists of actions and probabilities, the first."""
    known: set[tuple[int, int, int]] = set()
    for one in infosets:
        lists = (one.owner, id(one.actions), id(one.probabilities))
        if lists not in known or not isinstance(one.label, str):
            check_infoset(one, players)
            known.add(lists)


def check_infoset(infoset: Infoset, players: int, where: str = "") -> None:
    """Raise unless an infoset has an owner, actions, and probabilities if it is chance's.

    Parameters
    ----------
    infoset
        As its maker describes it.
    players
        The number of players.
    where
        What to call it if it has no label; by default its owner or its actions say which it is.

    Raises
    ------
    GameError
        Naming the infoset and what is wrong with it.
    """
    texts = (infoset.label, *infoset.actions)
    if not all(isinstance(text, str) for text in texts):
        raise GameError(f"labels of infosets and actions are texts; got {list(texts)}")
    if not CHANCE <= infoset.owner <= players:
        raise GameError(
            f"{_name_of(infoset, where)} belongs to player number {infoset.owner}; "
            f"the game has players 1 to {players} (0 is chance)"
        )
    if not infoset.actions:
        raise GameError(f"{_name_of(infoset, where)} has no actions; give it at least one")
    if infoset.owner == CHANCE:
        check_probabilities(infoset, where)
    elif infoset.probabilities:
        raise GameError(f"{_name_of(infoset, where)} is a player's: it takes no probabilities")


def check_probabilities(infoset: Infoset, where: str = "") -> None:
    """Raise unless a chance infoset has one probability in [0, 1] per action and they sum to one.

    Parameters
    ----------
    infoset, where
        As in :func:`check_infoset`.

    Raises
    ------
    GameError
        Naming the infoset and what is wrong with its probabilities.
    """
    probabilities = infoset.probabilities
    if len(probabilities) != len(infoset.actions):
        raise GameError(
            f"{_name_of(infoset, where)} has {len(infoset.actions)} actions and "
            f"{len(probabilities)} probabilities; give one probability per action"
        )
    for action, p in zip(infoset.actions, probabilities, strict=True):
        if not 0 <= p <= 1:
            raise GameError(
                f"{_name_of(infoset, where)}: every probability must lie between 0 and 1; "
                f"that of {action!r} is {p}"
            )
    total = sum(probabilities)
    if not abs(float(total) - 1) <= PROBABILITY_TOLERANCE:
        shown = total if isinstance(total, Rational) else float(total)
        raise GameError(
            f"{_name_of(infoset, where)}: the probabilities sum to {shown}; they must sum to 1"
        )


def check_outcome(outcome: Outcome, players: int) -> None:
    """Raise unless an outcome has a finite payoff for each player.

    Raises
    ------
    GameError
        Naming the outcome, by its payoffs if it has no label.
    """
    if not all(-LARGEST <= u <= LARGEST for u in outcome.payoffs):
        name = f"outcome {outcome.label!r}" if outcome.label else "an outcome"
        raise GameError(f"{name}: payoffs must be finite, at most {LARGEST:g}")
    if len(outcome.payoffs) != players:
        shown = repr(outcome.label) if outcome.label else f"{[str(u) for u in outcome.payoffs]}"
        raise GameError(
            f"outcome {shown} has {len(outcome.payoffs)} payoffs; "
            f"the game has {players} players: give one payoff per player"
        )


_SHOWN = 4
"""How many actions are enough to recognise a chance node without a label."""


def _name_of(infoset: Infoset, where: str) -> str:
    """Return what messages call an infoset."""
    if infoset.label:
        kind = "chance infoset" if infoset.owner == CHANCE else "infoset"
        return f"{kind} {infoset.label!r}"
    if where:
        return where
    if infoset.owner != CHANCE:
        return f"an infoset of player {infoset.owner}"
    actions = ", ".join(map(repr, infoset.actions[:_SHOWN]))
    more = ", ..." if len(infoset.actions) > _SHOWN else ""
    return f"the chance node with actions {actions}{more}" if actions else "a chance node"


def _number_of_actions(infoset: Ints, infosets: Sequence[Infoset]) -> Ints:
    """Return how many children each node must have."""
    count = np.array([*(len(j.actions) for j in infosets), 0], dtype=np.int32)
    if len(infoset) and not (infoset.min() >= -1 and infoset.max() < len(infosets)):
        raise GameError(f"a node refers to an infoset that is not among the {len(infosets)} given")
    return count[infoset]


def _preorder(parent: Ints, action: Ints, children: Ints) -> Ints:
    """Return the nodes in preorder; raise unless they are one tree with a child per action."""
    levels = levels_of(parent)
    if not levels or len(levels[0]) != 1 or sum(map(len, levels)) != len(parent):
        raise GameError("the nodes do not form one tree: there must be one root above all of them")
    by_parent = np.lexsort((action, parent))[1:]
    start = np.cumsum(children) - children
    rank = np.arange(len(by_parent)) - start[parent[by_parent]]
    found = np.bincount(parent[by_parent], minlength=len(parent))
    if (found != children).any() or (rank != action[by_parent]).any():
        bad = int(np.argmax(found != children)) if (found != children).any() else -1
        detail = (
            "" if bad < 0 else f": node {bad} has {found[bad]} children, {children[bad]} actions"
        )
        raise GameError(f"every action of a node must lead to exactly one child{detail}")
    size = np.ones(len(parent), dtype=np.int64)
    for level in reversed(levels[1:]):
        np.add.at(size, parent[level], size[level])
    return _positions(levels, by_parent, start, children, size)


def _positions(
    levels: Sequence[Ints], by_parent: Ints, start: Ints, children: Ints, size: Ints
) -> Ints:
    """Return the nodes sorted by preorder position: parent + 1 + sizes of earlier siblings."""
    position = np.zeros(len(size), dtype=np.int64)
    for level in levels[:-1]:
        inner = level[children[level] > 0]
        child = by_parent[ranges(start[inner], start[inner] + children[inner])]
        before = np.cumsum(size[child]) - size[child]
        first = np.cumsum(children[inner]) - children[inner]
        base = position[inner] + 1 - before[first]
        position[child] = before + np.repeat(base, children[inner])
    order = np.empty(len(size), dtype=np.int32)
    order[position] = np.arange(len(size), dtype=np.int32)
    return order


def _by_owner_and_appearance(infoset: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Return the new infoset of every node, and the old number of every new infoset."""
    used, first = np.unique(infoset, return_index=True)
    used, first = used[used >= 0], first[used >= 0]
    order = used[np.lexsort((first, owners[used]))].astype(np.int32)
    new = np.full(len(owners), -1, dtype=np.int32)
    new[order] = np.arange(len(order), dtype=np.int32)
    return new[infoset], order


def _merge_outcomes(outcome: Ints, outcomes: Sequence[Outcome]) -> tuple[Ints, list[int]]:
    """Return the new outcome of every node, and a representative of every new outcome."""
    if len(outcome) and not (outcome.min() >= -1 and outcome.max() < len(outcomes)):
        raise GameError(f"a node refers to an outcome that is not among the {len(outcomes)} given")
    used, first = np.unique(outcome, return_index=True)
    new = np.full(len(outcomes) + 1, -1, dtype=np.int32)
    number: dict[Outcome, int] = {}
    representatives: list[int] = []
    for k in used[np.argsort(first)].tolist():
        if k < 0:
            continue
        new[k] = number.setdefault(outcomes[k], len(representatives))
        if new[k] == len(representatives):
            representatives.append(k)
    return new[outcome], representatives
