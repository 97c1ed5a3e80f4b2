"""Persuasion again and again: what is learned and done today decides the state of tomorrow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.persuasion.given_tables import labels_given, require_distributions, table_given
from efmodels.persuasion.occupancy import Occupancy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Floats


@dataclass(frozen=True, init=False, eq=False, repr=False)
class FiniteHorizonPersuasion:
    r"""A sender who sees outcomes, and short-lived receivers, for a number of steps.

    All see the state :math:`s_h`. At each step the sender alone sees an outcome :math:`\theta`,
    drawn with probability :math:`\mu_h(\theta \mid s)`, and recommends an action to a receiver who
    is there for this step only and gets :math:`u_h(s, \theta, a)`; the sender gets
    :math:`w_h(s, \theta, a)`, and the next state is drawn from
    :math:`P_h(s' \mid s, \theta, a)`. He maximises the sum over the steps.

    Parameters
    ----------
    start
        The distribution of the first state, shape ``(states,)``.
    prior
        :math:`\mu`, shape ``(states, outcomes)``, or ``(steps, states, outcomes)``.
    transition
        :math:`P`, shape ``(states, outcomes, actions, states)``, or the same after an axis for the
        steps; the last step leads nowhere, and its transition may be left out of that axis.
    sender_payoffs, receiver_payoffs
        :math:`w` and :math:`u`, shape ``(steps, states, outcomes, actions)``, or without the axis
        for the steps where they are alike in all.
    steps
        How many; by default as many as the sender's payoffs have.
    states, outcomes, actions
        Labels; by default ``S1``, ``O1``, ``A1``, ...

    Raises
    ------
    GameError
        Shapes do not fit together, a number is not finite, or what should be a distribution is
        none; the message names it.

    Examples
    --------
    >>> FiniteHorizonPersuasion(
    ...     start=[1], prior=[[0.5, 0.5]], transition=[[[[1], [1]], [[1], [1]]]],
    ...     sender_payoffs=[[[0, 1], [0, 1]]], receiver_payoffs=[[[1, 0], [0, 1]]], steps=3,
    ... )
    FiniteHorizonPersuasion(steps=3, states=1, outcomes=2, actions=2)
    """

    steps: int
    states: tuple[str, ...]
    outcomes: tuple[str, ...]
    actions: tuple[str, ...]
    start: Floats
    prior: Floats
    transition: Floats
    sender_payoffs: Floats
    receiver_payoffs: Floats

    def __init__(
        self,
        start: Any,
        prior: Any,
        transition: Any,
        sender_payoffs: Any,
        receiver_payoffs: Any,
        *,
        steps: int | None = None,
        states: Iterable[str] | None = None,
        outcomes: Iterable[str] | None = None,
        actions: Iterable[str] | None = None,
    ) -> None:
        paid = np.array(sender_payoffs, dtype=object)
        if steps is None:
            steps = paid.shape[0] if paid.ndim == PAYOFF_AXES + 1 else None
        if not isinstance(steps, int) or steps < 1:
            raise GameError(
                f"steps is {steps!r}: say how many there are, at least 1, or give the sender's "
                "payoffs an axis for them"
            )
        first, (count,) = _table("start", start, ("states",))
        wanted, shape = _in_steps("sender_payoffs", paid, steps, (count, "outcomes", "actions"))
        hers, _ = _in_steps("receiver_payoffs", receiver_payoffs, steps, shape)
        chances, _ = _in_steps("prior", prior, steps, shape[:2])
        leads, _ = _in_steps(
            "transition", transition, steps, (*shape, count), last="may be missing"
        )
        _require_chances(start=first, prior=chances, transition=leads)
        _set(
            self,
            steps=steps,
            states=labels_given("states", states, shape[0], "S"),
            outcomes=labels_given("outcomes", outcomes, shape[1], "O"),
            actions=labels_given("actions", actions, shape[2], "A"),
            start=first,
            prior=chances,
            transition=leads,
            sender_payoffs=wanted,
            receiver_payoffs=hers,
        )

    def occupancy(self) -> Occupancy:
        """Return the arrays of the program: a point for each step and state."""
        count = len(self.states)
        per_step = count * len(self.outcomes) * len(self.actions)
        blocks = [
            sparse.csr_array(self.transition[h].reshape(per_step, count).T)
            for h in range(self.steps - 1)
        ]
        last = sparse.csr_array((count, per_step))
        # The points of step h + 1 are reached from step h, those of the first from nowhere.
        inflow = sparse.block_array(
            [
                [blocks[h - 1] if g == h - 1 else last for g in range(self.steps)]
                for h in range(self.steps)
            ],
            format="csr",
        )
        points = self.steps * count
        outside = np.zeros(points)
        outside[:count] = self.start
        places = [(h + 1, s) for h in range(self.steps) for s in self.states]
        return Occupancy(
            places=tuple(places),
            outcomes=self.outcomes,
            actions=self.actions,
            outside=outside,
            inflow=inflow,
            prior=self.prior.reshape(points, -1),
            sender_payoffs=self.sender_payoffs.reshape(points, *self.sender_payoffs.shape[2:]),
            receiver_payoffs=self.receiver_payoffs.reshape(points, *self.sender_payoffs.shape[2:]),
        )

    def __repr__(self) -> str:
        return f"FiniteHorizonPersuasion(steps={self.steps}, {_sizes(self)})"


@dataclass(frozen=True, init=False, eq=False, repr=False)
class DiscountedPersuasion:
    r"""The same for ever: step h counts :math:`(1 - \gamma) \gamma^h`, and nothing else changes.

    Payoffs are averages with these weights; divide by :math:`1 - \gamma` for discounted sums.

    Parameters
    ----------
    start, prior, transition, sender_payoffs, receiver_payoffs, states, outcomes, actions
        As for :class:`FiniteHorizonPersuasion`, without an axis for the steps.
    discount
        :math:`\gamma`, at least 0 and below 1.

    Raises
    ------
    GameError
        As for the finite horizon, or the discount is out of its range.

    Examples
    --------
    >>> DiscountedPersuasion(
    ...     start=[1], prior=[[0.5, 0.5]], transition=[[[[1], [1]], [[1], [1]]]], discount=0.9,
    ...     sender_payoffs=[[[0, 1], [0, 1]]], receiver_payoffs=[[[1, 0], [0, 1]]],
    ... )
    DiscountedPersuasion(discount=0.9, states=1, outcomes=2, actions=2)
    """

    discount: float
    states: tuple[str, ...]
    outcomes: tuple[str, ...]
    actions: tuple[str, ...]
    start: Floats
    prior: Floats
    transition: Floats
    sender_payoffs: Floats
    receiver_payoffs: Floats

    def __init__(
        self,
        start: Any,
        prior: Any,
        transition: Any,
        sender_payoffs: Any,
        receiver_payoffs: Any,
        *,
        discount: float,
        states: Iterable[str] | None = None,
        outcomes: Iterable[str] | None = None,
        actions: Iterable[str] | None = None,
    ) -> None:
        if not 0 <= discount < 1:
            raise GameError(f"discount is {discount!r}: expected a number from 0 to below 1")
        first, (count,) = _table("start", start, ("states",))
        wanted, shape = _table("sender_payoffs", sender_payoffs, (count, "outcomes", "actions"))
        hers, _ = _table("receiver_payoffs", receiver_payoffs, shape)
        chances, _ = _table("prior", prior, shape[:2])
        leads, _ = _table("transition", transition, (*shape, count))
        _require_chances(start=first, prior=chances, transition=leads)
        _set(
            self,
            discount=float(discount),
            states=labels_given("states", states, shape[0], "S"),
            outcomes=labels_given("outcomes", outcomes, shape[1], "O"),
            actions=labels_given("actions", actions, shape[2], "A"),
            start=first,
            prior=chances,
            transition=leads,
            sender_payoffs=wanted,
            receiver_payoffs=hers,
        )

    def occupancy(self) -> Occupancy:
        """Return the arrays of the program: a point for each state."""
        entries = self.transition.reshape(-1, len(self.states)).T
        return Occupancy(
            places=tuple((None, state) for state in self.states),
            outcomes=self.outcomes,
            actions=self.actions,
            outside=(1 - self.discount) * self.start,
            inflow=sparse.csr_array(self.discount * entries),
            prior=self.prior,
            sender_payoffs=self.sender_payoffs,
            receiver_payoffs=self.receiver_payoffs,
        )

    def __repr__(self) -> str:
        return f"DiscountedPersuasion(discount={self.discount:g}, {_sizes(self)})"


PAYOFF_AXES = 3
"""State, outcome and action."""


def _table(name: str, given: Any, shape: Any) -> tuple[Floats, tuple[int, ...]]:
    numbers, found = table_given(name, given, shape)
    return numbers.floats.reshape(found), found


def _in_steps(
    name: str, given: Any, steps: int, shape: Any, last: str = ""
) -> tuple[Floats, tuple[int, ...]]:
    """Return a table with an axis for the steps, and the shape of one step.

    A table without that axis is that of every step. ``last`` says if that of the last step may be
    missing, which is then that of the step before.
    """
    array = np.array(given, dtype=object)
    if array.ndim == len(shape):
        one, found = _table(name, given, shape)
        return np.broadcast_to(one, (steps, *found)), found
    if last and array.ndim and array.shape[0] == steps - 1 > 0:
        array = np.concatenate([array, array[-1:]])
    table, lengths = _table(name, array, (steps, *shape))
    return table, lengths[1:]


def _require_chances(**tables: Floats) -> None:
    for name, table in tables.items():
        require_distributions(name, table)


def _set(record: object, **attributes: Any) -> None:
    for name, value in attributes.items():
        object.__setattr__(record, name, read_only(value))


def _sizes(process: FiniteHorizonPersuasion | DiscountedPersuasion) -> str:
    names = ("states", "outcomes", "actions")
    return ", ".join(f"{name}={len(getattr(process, name))}" for name in names)
