"""Blocks of persuasion: rows from arrays, and the constraints that people add to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlockData, Answers
from efmodels.errors import GameError, SolverError
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.names import distinct, model_name
from efmodels.persuasion.obedience import entry_names, obedience_names, obedience_rows
from efmodels.persuasion.signal_scheme import SignalScheme
from efmodels.pyomo_internals import declare_custom_block

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.persuasion.channels import Channel
    from efmodels.persuasion.problem import PersuasionProblem


@dataclass(frozen=True)
class PersuasionAnswers(Answers):
    """What a block of persuasion remembers besides: the data, and who hears what."""

    problem: PersuasionProblem = field(kw_only=True)
    channels: tuple[Channel, ...] = field(kw_only=True)


@declare_custom_block(name="PersuasionBlock")
class PersuasionBlockData(AnsweringBlockData):
    """A Pyomo block of persuasion, which also writes down what is often asked of signals."""

    @property
    def problem(self) -> PersuasionProblem:
        """The data that this block models."""
        problem: PersuasionProblem = self.formulation().problem
        return problem

    def expected(self, numbers: ArrayLike) -> Any:
        """Return a variable that is the expectation of a number per state and actions.

        Every call adds a variable and a row that defines it, so that an objective or a constraint
        on it stays short.

        Parameters
        ----------
        numbers
            As a table of the problem: shape ``(states, actions of receiver 1, ...)``.

        Raises
        ------
        GameError
            The shape is another one, or a number is not finite.
        """
        array = np.asarray(numbers, dtype=float)
        if array.shape != self.problem.shape:
            raise GameError(
                f"expected() takes a number per state and actions, shape {self.problem.shape}; "
                f"got an array of shape {array.shape}"
            )
        if not np.isfinite(array).all():
            raise GameError("expected() takes finite numbers")
        return self._average(array)

    def _average(self, array: Floats, name: str = "") -> Any:
        return self.defined([(sparse.csr_array(array.reshape(1, -1)), self.x)], name)

    def probability(
        self, state: str | None = None, actions: Mapping[str, str] | None = None
    ) -> Any:
        """Return a variable that is the probability that this is the state and that is done.

        It is called after the labels, such as ``probability_of_guilty_Judge_convict``.

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
        """
        event = self.problem.event(state, actions)
        labels = [f"{receiver} {action}" for receiver, action in (actions or {}).items()]
        if state is not None:
            labels.insert(0, state)
        return self._average(event, model_name(" ".join(["probability_of", *labels])))

    def posterior_bounds(
        self,
        numbers: Mapping[str, float] | ArrayLike,
        *,
        lower: float | None = None,
        upper: float | None = None,
        receiver: str | None = None,
    ) -> MatrixConstraint:
        r"""Return rows that bound what is expected of the state after each signal.

        A bound on the mean :math:`\sum_\theta f(\theta)\, p(\theta)` of every posterior :math:`p`
        becomes linear by multiplying it by the signal's probability:

        .. math::

            \mathrm{lower} \sum_\theta m(k, \theta)
            \le \sum_\theta f(\theta)\, m(k, \theta) \le
            \mathrm{upper} \sum_\theta m(k, \theta) ,

        with :math:`m(k, \theta)` how likely signal k and the state are. A signal that is never sent
        holds it anyway. Assign the rows to the model to add them.

        Parameters
        ----------
        numbers
            :math:`f`: one per state, in order or by label. With a 1 for one state and 0 elsewhere
            the belief in that state is bounded.
        lower, upper
            At least one of them.
        receiver
            Whose signals, where each hears her own; everybody's by default.

        Raises
        ------
        GameError
            There is no bound, or not one number per state, or no such receiver.
        """
        if lower is None and upper is None:
            raise GameError("posterior_bounds needs lower or upper, or both")
        f = _per_state(self.problem, numbers)
        rows, names = [], []
        for channel in self._channels(receiver):
            for side, bound, sign in (("lower", lower, 1.0), ("upper", upper, -1.0)):
                if bound is not None:
                    weights = sparse.csr_array((sign * (f - bound)).reshape(1, -1))
                    each = sparse.kron(sparse.eye_array(len(channel.labels)), weights)
                    rows.append(each @ channel.masses(len(f)))
                    names += [f"{channel.name}_{label}_{side}" for label in channel.labels]
        matrix = sparse.csr_array(sparse.vstack(rows))
        return MatrixConstraint([(matrix, self.x)], lb=0.0, labels=distinct(map(model_name, names)))

    def signal_limit(self, signals: int, *, receiver: str | None = None) -> Any:
        r"""Return a block that allows so many different signals, with a binary for each.

        .. math::

            m(k, \theta) \le \mu(\theta)\, z_k, \quad \sum_k z_k \le K, \quad z_k \in \{0, 1\}

        Nothing is lost by one signal for each action (or profile, in public) that is recommended,
        so that this is the limit on any signals. Where each receiver hears her own, it holds for
        each of them. Assign the block to the model to add it.

        Parameters
        ----------
        signals
            :math:`K`, at least 1.
        receiver
            Whose signals, where each hears her own; everybody's by default.

        Returns
        -------
        pyo.Block
            With ``z`` (one per signal), ``use`` (one row per signal and state) and ``total`` (one
            per listener, or one in public).

        Raises
        ------
        GameError
            The limit is no integer of at least 1, or there is no such receiver.
        """
        if isinstance(signals, bool) or not isinstance(signals, int) or signals < 1:
            raise GameError(f"signals must be an integer of at least 1; got {signals!r}")
        channels, prior = self._channels(receiver), self.problem.prior
        masses = sparse.csr_array(sparse.vstack([one.masses(len(prior)) for one in channels]))
        count = masses.shape[0] // len(prior)
        names = distinct(
            model_name(f"{one.name}_{label}") for one in channels for label in one.labels
        )
        block = pyo.Block(concrete=True)
        block.z = MatrixVar(count, domain=pyo.Binary, labels=names)
        share = sparse.kron(sparse.eye_array(count), prior.reshape(-1, 1), format="csr")
        use = [f"{name}_{model_name(state)}" for name in names for state in self.problem.states]
        block.use = MatrixConstraint([(masses, self.x), (-share, block.z)], ub=0.0, labels=use)
        widths = [len(one.labels) for one in channels]
        sums = np.repeat(np.eye(len(channels)), widths, axis=1)
        listeners = distinct(model_name(one.name) for one in channels)
        block.total = MatrixConstraint(
            [(sparse.csr_array(sums), block.z)], ub=float(signals), labels=listeners
        )
        return block

    def _channels(self, receiver: str | None) -> tuple[Channel, ...]:
        """Return the channels of a receiver, or all."""
        channels: tuple[Channel, ...] = self.formulation().channels
        if receiver is None:
            return channels
        number = self.problem.receiver_number(receiver)
        return tuple(one for one in channels if number in one.listeners)


_NOTHING_IS_OBEYED = (
    "No announcements of one action for each receiver are obeyed at this prior: where equilibria "
    "are mixed, there is nothing to announce. private_persuasion always has a solution. These rows"
    " contradict each other"
)

PersuasionBlock: Any = globals()["PersuasionBlock"]
"""The component to declare, made by the decorator above."""


def persuasion_block(
    problem: PersuasionProblem, channels: tuple[Channel, ...], margin: float, *, exists: bool
) -> PersuasionBlockData:
    """Return the block of a persuasion problem whose receivers hear these channels.

    Parameters
    ----------
    problem
        The data.
    channels
        Who hears what.
    margin
        What disobedience costs at least, times the probability of what was heard.
    exists
        Whether there is a scheme whatever the data.
    """
    block: PersuasionBlockData = PersuasionBlock(concrete=True)
    states = len(problem.states)
    block.x = MatrixVar(problem.size, domain=pyo.NonNegativeReals, labels=entry_names(problem))
    sums = sparse.kron(sparse.eye_array(states), np.ones((1, problem.size // states)), format="csr")
    labels = distinct(map(model_name, problem.states))
    block.prior = MatrixConstraint([(sums, block.x)], rhs=problem.prior, labels=labels)
    block.obey = MatrixConstraint(
        [(obedience_rows(problem, channels, margin), block.x)],
        lb=0.0,
        labels=obedience_names(problem, channels),
    )
    tables = np.concatenate([problem.receiver_payoffs, problem.sender_payoffs[None]])
    players = (*problem.receivers, problem.sender)
    declare_payoffs(block, block.x, players, tables.reshape(len(players), -1))
    decode = _Decoder(problem, channels)
    block.remember(
        PersuasionAnswers(
            decode,
            exists=exists,
            hopeless="" if margin > 0 else _NOTHING_IS_OBEYED,
            problem=problem,
            channels=channels,
        )
    )
    return block


def declare_payoffs(block: Any, x: Any, players: tuple[str, ...], tables: Floats) -> None:
    """Declare a variable for each payoff, the rows that define them, welfare, and the value.

    The last player is the sender, whose payoff is the value.
    """
    block.payoff = pyo.Var(list(players))
    block.payoff_row = MatrixConstraint(
        [
            (sparse.csr_array(tables), x),
            (-sparse.eye_array(len(players), format="csr"), block.payoff),
        ],
        rhs=0.0,
        labels=distinct(map(model_name, players)),
    )
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.value = pyo.Expression(expr=block.payoff[players[-1]])


def require_record(kinds: tuple[type, ...], given: Any, asked_by: str) -> None:
    """Raise a `GameError` unless something is one of these records."""
    if not isinstance(given, kinds):
        names = " or ".join(kind.__name__ for kind in kinds)
        raise GameError(f"{asked_by} takes a {names}; got {type(given).__name__}")


def values_of(x: Any) -> Floats:
    """Return the values of variables.

    Raises
    ------
    SolverError
        One has none.
    """
    values: Floats = x.array()
    if np.isnan(values).any():
        raise SolverError(
            f"{x.name} has no values: solve the model first", status="not solved", solver=""
        )
    return values


@dataclass(frozen=True)
class _Decoder:
    problem: PersuasionProblem
    channels: tuple[Channel, ...]

    def __call__(self, block: Any) -> SignalScheme:
        return SignalScheme(
            self.problem, self.channels, values_of(block.x).reshape(self.problem.shape)
        )


def _per_state(problem: PersuasionProblem, numbers: Any) -> Floats:
    """Return a number per state, from a list or by label."""
    if isinstance(numbers, Mapping):
        if set(numbers) != set(problem.states):
            raise GameError(f"numbers are for {list(numbers)}; states are {list(problem.states)}")
        numbers = [numbers[state] for state in problem.states]
    array = np.asarray(numbers, dtype=float)
    if array.shape != problem.prior.shape or not np.isfinite(array).all():
        raise GameError(
            f"expected a finite number for each of the states {list(problem.states)}; got {numbers}"
        )
    return array
