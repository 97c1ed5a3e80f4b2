"""The persuasion problem: prior, actions and payoffs as arrays that nobody can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.markets.exact_numbers import Numbers
from efmodels.persuasion.given_tables import labels_given, require_distributions, table_given
from efmodels.persuasion.one_shot_games import game_of, tables_of_game

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from efmodels.game import Floats, Game, Number
    from efmodels.persuasion.given_tables import Shape


@dataclass(frozen=True, init=False, eq=False, repr=False)
class PersuasionProblem:
    r"""A state with a prior, receivers who act at once, and a sender who knows the state.

    Nature draws a state :math:`\theta` with probability :math:`\mu(\theta)`. The sender commits
    himself, before, to what he will tell whom in which state. Each receiver :math:`i` hears that
    and takes an action :math:`a_i`; she gets :math:`u_i(\theta, a)`, and the sender
    :math:`w(\theta, a)`. All of it is data: who hears what is said by a formulation.

    Parameters
    ----------
    prior
        The probability of each state: a list or an array, or a mapping from labels. A probability
        of 0 is allowed.
    sender_payoffs
        :math:`w`, shape ``(states, actions of receiver 1, ..., actions of receiver n)``.
    receiver_payoffs
        A table of the same shape for each receiver: a list, or a mapping from labels.
    states
        Labels; ``S1``, ``S2``, ... by default, or the keys of the prior.
    actions
        For each receiver a list of labels; ``A1``, ``A2``, ... by default. A list, or a mapping by
        receiver.
    sender
        The sender's label.
    title
        A free text.

    Attributes
    ----------
    states, receivers, actions, sender, title
        The labels.

    Raises
    ------
    GameError
        The prior has a negative probability or does not sum to 1, shapes do not fit together, a
        number is not finite, or a label stands twice; the message names it.

    Notes
    -----
    Numbers may be texts such as ``"1/3"``; these, integers and fractions are kept exactly beside
    the floats, and are exact in the game that :meth:`to_game` makes.

    Examples
    --------
    >>> problem = PersuasionProblem(
    ...     prior={"innocent": 0.7, "guilty": 0.3},
    ...     sender_payoffs=[[0, 1], [0, 1]],
    ...     receiver_payoffs={"Judge": [[1, 0], [0, 1]]},
    ...     actions={"Judge": ["acquit", "convict"]},
    ...     sender="Prosecutor",
    ... )
    >>> problem
    PersuasionProblem('', states=2, receivers=['Judge'], actions=[2])
    >>> problem.receiver_payoffs.shape
    (1, 2, 2)
    """

    title: str
    states: tuple[str, ...]
    receivers: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    sender: str
    _prior: Numbers
    _sender: Numbers
    _receivers: Numbers

    def __init__(
        self,
        prior: Sequence[Number | str] | Mapping[str, Number | str] | Floats,
        sender_payoffs: Any,
        receiver_payoffs: Sequence[Any] | Mapping[str, Any] | Floats,
        *,
        states: Iterable[str] | None = None,
        actions: Sequence[Iterable[str]] | Mapping[str, Iterable[str]] | None = None,
        sender: str = "Sender",
        title: str = "",
    ) -> None:
        if isinstance(prior, Mapping):
            states = tuple(prior) if states is None else states
            prior = list(prior.values())
        chances, (count,) = table_given("prior", prior, ("states",))
        require_distributions("prior", chances.floats)
        labels, tables = _by_receiver(receiver_payoffs)
        axes = [f"actions of {label}" for label in labels]
        wanted, shape = table_given("sender_payoffs", sender_payoffs, (count, *axes))
        paid = [
            table_given(f"receiver_payoffs[{label!r}]", table, shape)[0]
            for label, table in zip(labels, tables, strict=True)
        ]
        self._set("title", title)
        self._set("states", labels_given("states", states, count, "S"))
        self._set("receivers", labels)
        self._set("actions", _actions(actions, labels, shape[1:]))
        self._set("sender", *labels_given("sender", (sender,), 1, "S"))
        if sender in labels:
            raise GameError(f"the sender and a receiver are both called {sender!r}")
        self._set("_prior", chances)
        self._set("_sender", wanted)
        self._set("_receivers", _joined(paid))

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __deepcopy__(self, memo: object) -> PersuasionProblem:
        """Return the problem itself: nobody can change it."""
        return self

    # As arrays ----------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of states, and of each receiver's actions: the shape of a table."""
        return (len(self.states), *map(len, self.actions))

    @property
    def size(self) -> int:
        """Number of pairs of a state and a profile of actions."""
        return prod(self.shape)

    @property
    def prior(self) -> Floats:
        """The probability of each state; shape ``(states,)``, read-only."""
        return self._prior.floats

    @property
    def sender_payoffs(self) -> Floats:
        """What the sender gets; shape ``(states, actions of receiver 1, ...)``, read-only."""
        return self._sender.floats.reshape(self.shape)

    @property
    def receiver_payoffs(self) -> Floats:
        """What receivers get; shape ``(receivers, states, actions of receiver 1, ...)``."""
        return self._receivers.floats.reshape(len(self.receivers), *self.shape)

    @property
    def exact_prior(self) -> tuple[Number, ...]:
        """The prior as it was given."""
        return self._prior.as_given

    @property
    def exact_payoffs(self) -> tuple[tuple[Number, ...], ...]:
        """Payoffs as given, for each receiver and then the sender, in the order of a table."""
        flat, size = self._receivers.as_given, self.size
        each = [flat[k * size : (k + 1) * size] for k in range(len(self.receivers))]
        return (*each, self._sender.as_given)

    def receiver_number(self, receiver: str) -> int:
        """Return the position of a receiver given by label.

        Raises
        ------
        GameError
            There is no such receiver.
        """
        return _position("receiver", receiver, self.receivers)

    def event(self, state: str | None = None, actions: Mapping[str, str] | None = None) -> Floats:
        """Return a table that is 1 where something is the case and 0 elsewhere.

        Parameters
        ----------
        state
            A state; any by default.
        actions
            Some receivers' actions, by label; any by default.

        Raises
        ------
        GameError
            A label is not known, or actions are not given by receiver.

        Examples
        --------
        >>> problem = PersuasionProblem([0.5, 0.5], [[0, 1], [0, 1]], [[[1, 0], [0, 1]]])
        >>> problem.event("S2", {"R1": "A1"}).tolist()
        [[0.0, 0.0], [1.0, 0.0]]
        """
        if not isinstance(actions, Mapping | None):
            raise GameError(
                f"actions is {actions!r}: give receivers' actions by label, such as "
                f"{{{self.receivers[0]!r}: {self.actions[0][0]!r}}}"
            )
        place: list[slice | int] = [slice(None)] * len(self.shape)
        if state is not None:
            place[0] = _position("state", state, self.states)
        for receiver, action in (actions or {}).items():
            k = self.receiver_number(receiver)
            place[k + 1] = _position(f"action of {receiver!r}", action, self.actions[k])
        table = np.zeros(self.shape)
        table[tuple(place)] = 1.0
        return table

    # Games --------------------------------------------------------------------------------------

    def to_game(self, *, title: str | None = None) -> Game:
        """Return the tree: chance draws the state, receivers move, who know nothing of all that.

        The sender is the last player and has no move. With one receiver
        :func:`~efmodels.formulations.bayes_correlated_equilibrium` is private persuasion; with
        several so is the concept with ``observe="chance"``, in which the mediator does not hear the
        moves of those who are before others in the tree.

        Parameters
        ----------
        title
            Of the game; that of the problem by default.

        Returns
        -------
        Game
            Each receiver has one infoset, which is called as she is, in lower case. States of
            probability 0 are left out.

        Examples
        --------
        >>> import efmodels as ef
        >>> problem = PersuasionProblem(["7/10", "3/10"], [[0, 1], [0, 1]], [[[1, 0], [0, 1]]])
        >>> game = problem.to_game()
        >>> round(ef.optimal_equilibrium(game, "bce", objective="Sender").value, 6)
        0.6
        """
        return game_of(self, self.title if title is None else title)

    @classmethod
    def from_game(cls, game: Game, sender: str | None = None) -> PersuasionProblem:
        """Read the problem off a tree in which everybody moves once and knows nothing.

        Parameters
        ----------
        game
            Chance moves first, if at all; every other player but the sender has one infoset, and
            moves once on every path.
        sender
            The label of the player who has no move; may be left out if there is only one.

        Raises
        ------
        GameError
            The tree is another one, or nobody can be the sender.

        Examples
        --------
        >>> import efmodels as ef
        >>> PersuasionProblem.from_game(ef.instances.voter_persuasion(voters=3))
        PersuasionProblem('Voter ...', states=2, receivers=['P1', 'P2', 'P3'], actions=[2, 2, 2])
        """
        return cls(**tables_of_game(game, sender))

    def __repr__(self) -> str:
        return (
            f"PersuasionProblem({self.title!r}, states={len(self.states)}, "
            f"receivers={list(self.receivers)}, actions={list(self.shape[1:])})"
        )


def _by_receiver(given: Any) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Return labels of the receivers, and a table for each."""
    if isinstance(given, Mapping):
        names, tables = tuple(given), tuple(given.values())
    else:
        try:
            tables = tuple(given)
        except TypeError:
            raise GameError(
                f"receiver_payoffs is {given!r}: give a list with a table for each receiver"
            ) from None
        names = tuple(f"R{k + 1}" for k in range(len(tables)))
    if not tables:
        raise GameError("receiver_payoffs is empty: somebody must be persuaded")
    return labels_given("receivers", names, len(tables), "R"), tables


def _actions(given: Any, receivers: tuple[str, ...], sizes: Shape) -> tuple[tuple[str, ...], ...]:
    """Return the labels of each receiver's actions."""
    if isinstance(given, Mapping):
        if set(given) != set(receivers):
            raise GameError(f"actions is for {list(given)}; the receivers are {list(receivers)}")
        given = [given[label] for label in receivers]
    each = [None] * len(receivers) if given is None else list(given)
    if len(each) != len(receivers):
        raise GameError(f"actions has {len(each)} lists; there are {len(receivers)} receivers")
    return tuple(
        labels_given(f"actions of {label!r}", one, size, "A")
        for label, one, size in zip(receivers, each, sizes, strict=True)
    )


def _joined(each: list[Numbers]) -> Numbers:
    """Return the numbers of several tables one after another."""
    floats = np.concatenate([one.floats for one in each])
    if all(one.exact is None for one in each):
        return Numbers(floats)
    return Numbers(floats, tuple(number for one in each for number in one.as_given))


def _position(what: str, label: str, labels: tuple[str, ...]) -> int:
    if label not in labels:
        raise GameError(f"no {what} is called {label!r}; there are {list(labels)}")
    return labels.index(label)
