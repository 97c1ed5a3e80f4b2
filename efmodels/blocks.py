"""Formulation blocks: the two bricks, and the assembler that builds a block from a problem.

A *formulation* is a function that returns an unattached concrete block without an objective. Two
bricks make all of them: :func:`sequence_form` (somebody chooses) and :func:`best_response`
(somebody replies, dualized).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlockData
from efmodels.errors import CapabilityError, GameError
from efmodels.events import terminals_through
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.pyomo_internals import declare_custom_block
from efmodels.reach_variables import ReachVariables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from efmodels.answering_blocks import Solution
    from efmodels.events import Place
    from efmodels.game import Floats, Game
    from efmodels.mediator.deviation import Deviation
    from efmodels.mediator.honest_play import Play
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import EquilibriumProblem, Follower

    Objective = str | Mapping[str, float] | ArrayLike | None
    Parts = Sequence[tuple[sparse.csr_array, Any]]


@dataclass(frozen=True)
class Formulation:
    """What a block remembers.

    Attributes
    ----------
    game, problem
        What it models, and the arrays behind it; no problem where the leader's polytope is not one
        of flows.
    decode
        Reads the solution of the block.
    refit
        Replaces the rows that hold payoffs by those of another game on the same tree, and returns
        the record that belongs to it.
    expectation
        From a number per terminal to matrix parts whose sum is the expectation; ``None`` where it
        is not linear in the block's variables.
    bound
        Whether it is a relaxation that only bounds what can be: values need not be strategies.
    saddle_point
        Whether only the maximum of ``value`` is an equilibrium, as a best response stands in it;
        where there is a problem, its weights say so.
    exists
        Whether every game has a solution of this kind, so that a solver that finds none where
        nothing was added has failed.
    equations
        The names of its own constraints that are no matrices, as they are not linear.
    """

    game: Game
    problem: EquilibriumProblem | None
    decode: Callable[[FormulationBlockData], Solution]
    refit: Callable[[FormulationBlockData, Game], Formulation]
    expectation: Callable[[FormulationBlockData, Floats], Parts] | None = None
    bound: bool = False
    saddle_point: bool = False
    exists: bool = False
    equations: tuple[str, ...] = ()

    def __deepcopy__(self, memo: object) -> Formulation:
        """Share the data with a cloned model: nobody changes them."""
        return self


@declare_custom_block(name="FormulationBlock")
class FormulationBlockData(AnsweringBlockData):
    """A Pyomo block that also answers in the words of its game.

    Everything that works on a ``Block`` works here. ``regrets()`` and ``strategy()`` look at
    the values of the variables, whoever put them there.
    """

    @property
    def game(self) -> Game:
        """The game that this block models."""
        return self.formulation().game

    @property
    def problem(self) -> EquilibriumProblem:
        """The arrays behind the block.

        Raises
        ------
        CapabilityError
            The leader's polytope is not one of flows.
        """
        problem = self.formulation().problem
        if problem is None:
            raise CapabilityError(
                f"block {self.name!r} has no polytope of flows, which algorithms that learn or "
                "search a DAG need; use the formulation of the concept itself, such as nfcce"
            )
        return problem

    def formulation(self) -> Formulation:
        """Return what was remembered; raise a `GameError` in a part of a formulation."""
        remembered: Formulation = super().formulation()
        return remembered

    def best_deviation(self, player: str) -> Deviation:
        """Return the best deviation of a player of a mediated equilibrium, found in the tree.

        See :meth:`efmodels.mediator.policy.Policy.best_deviation`.

        Raises
        ------
        CapabilityError
            The block has no mediator.
        """
        deviation: Deviation = self._policy().best_deviation(player)
        return deviation

    def play(self, generator: np.random.Generator) -> Play:
        """Play a mediated equilibrium once, everybody honest and obedient.

        See :meth:`efmodels.mediator.policy.Policy.play`.

        Raises
        ------
        CapabilityError
            The block has no mediator.
        """
        record: Play = self._policy().play(generator)
        return record

    def _policy(self) -> Any:
        solution = self.solution()
        if not hasattr(solution, "best_deviation"):
            raise CapabilityError(
                f"block {self.name!r} has no mediator whom a player could deviate from; regrets() "
                "are known in every block"
            )
        return solution

    def objective(self, goal: Objective = None) -> Any:
        """Return a Pyomo expression for an objective given in words.

        Parameters
        ----------
        goal
            ``"welfare"``, a player's label, a mapping from labels to weights, a number per terminal
            as for :meth:`expected`, or ``None`` for the block's own: ``value`` where there is one,
            else the welfare.

        Raises
        ------
        GameError
            There is no such player, or a weight is not finite; and what :meth:`expected` raises.
        CapabilityError
            Not all points of the block are equilibria, and so its own objective is the only one.
        """
        if goal is not None and self.component("gap") is not None:
            raise CapabilityError(
                f"block {self.name!r} describes more than equilibria: these are the points where "
                "its gap is 0, which maximising its value finds. To choose among them, require "
                "block.gap <= 1e-8 and write the objective yourself, as in block.welfare"
            )
        if goal is None:
            return self.value if self.component("value") is not None else self.welfare
        if isinstance(goal, str):
            if goal == "welfare" and self.component("welfare") is not None:
                return self.welfare
            goal = dict.fromkeys(self.game.players if goal == "welfare" else (goal,), 1.0)
        if not isinstance(goal, Mapping):
            return self.expected(goal)
        for player, weight in goal.items():
            self.game.player_number(player)
            if player not in self.payoff:
                raise CapabilityError(
                    f"what {player!r} gets is no variable of this block: it depends on what both "
                    f"sides do. Variables are the payoffs of {list(self.payoff)}"
                )
            if not np.isfinite(weight):
                raise GameError(f"the weight of {player!r} is {weight}; expected a finite number")
        return sum(weight * self.payoff[player] for player, weight in goal.items())

    def dual_of(self, infoset: str) -> Any:
        """Return the dual value ``v`` of an infoset of a follower, given by name."""
        problem = self.problem
        replies = self.follower if self.component("follower") is not None else self.deviator
        found = [
            (follower.label, list(follower.polytope.point_names).index(infoset) + 1)
            for follower in problem.followers
            if infoset in follower.polytope.point_names
        ]
        if len(found) != 1:
            names = [name for f in problem.followers for name in f.polytope.point_names]
            raise GameError(
                f"{len(found)} followers have an infoset called {infoset!r}, expected one; there "
                f"are {names[:SHOWN]}{' and more' if len(names) > SHOWN else ''}"
            )
        label, number = found[0]
        return replies[label].v[number]

    def update(self, game: Game) -> None:
        """Take the payoffs and chances of another game on the same tree.

        Variables, side constraints on them and objectives stay; the rows with payoffs are replaced.

        Raises
        ------
        GameError
            The other game has another tree, other infosets or other labels.
        """
        formulation = self.formulation()
        _require_same_tree(formulation.game, game)
        self.remember(formulation.refit(self, game))

    def expected(self, numbers: ArrayLike) -> Any:
        """Return a variable that is the expectation of a number per terminal.

        Every call adds a variable and a row that defines it, so that an objective or a constraint
        on it stays short however large the game is.

        Parameters
        ----------
        numbers
            One per terminal of the game, in the order of ``game.terminals``.

        Raises
        ------
        GameError
            There are more or fewer numbers.
        CapabilityError
            Expectations are not linear in the variables of this formulation.
        """
        formulation = self.formulation()
        array = _numbers(numbers)
        if array.shape != formulation.game.terminals.shape:
            raise GameError(
                f"expected() takes a number per terminal, {len(formulation.game.terminals)} of "
                f"them; got an array of shape {array.shape}"
            )
        if formulation.expectation is None:
            raise CapabilityError(
                "the expectation of an outcome is not linear in the variables of this formulation; "
                "it is in those of the mediated concepts, such as efce"
            )
        return self.defined(formulation.expectation(self, array))

    def probability(self, place: Place, action: str | None = None) -> Any:
        """Return a variable that is the probability of reaching a place, or of an action there.

        Parameters
        ----------
        place
            An infoset, by name (``"player: infoset"`` where two players have infosets of one
            name); a node, by number; or a path, the tuple of the actions that lead to a node. See
            :func:`efmodels.events.terminals_through`.
        action
            By name; without it, the probability that the place is reached at all.

        Raises
        ------
        GameError
            There is no such place or action.
        CapabilityError
            As for :meth:`expected`.
        """
        return self.expected(terminals_through(self.game, place, action))


SHOWN = 8
"""How many names an error lists."""

FormulationBlock: Any = globals()["FormulationBlock"]
"""The component to declare, made by the decorator above: scalar, or indexed like any ``Block``."""


def sequence_form(polytope: FlowPolytope) -> FormulationBlockData:
    """Somebody chooses a point of a flow polytope: ``F x = f``, ``x >= 0``.

    Parameters
    ----------
    polytope
        What to choose from.

    Returns
    -------
    FormulationBlock
        ========  ======================================  ================
        name      meaning                                 size
        ========  ======================================  ================
        ``x``     probability of each sequence            sequences
        ``flow``  one row per infoset, and ``x[0] = 1``   infosets + 1
        ========  ======================================  ================

    Examples
    --------
    >>> import efmodels as ef
    >>> form = ef.Game.from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]]).sequence_form()
    >>> block = sequence_form(form.polytope("P1"))
    >>> for row in block.flow.values():
    ...     print(row.expr)
    x[root]  ==  1.0
    - x[root] + x[P1_1_1] + x[P1_1_2]  ==  0.0
    """
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.x = MatrixVar(polytope.size, domain=pyo.NonNegativeReals, labels=polytope)
    rows = Labels.of_rows(polytope)
    block.flow = MatrixConstraint([(polytope.F, block.x)], rhs=polytope.f, labels=rows)
    return block


def best_response(polytope: FlowPolytope, payoff: Any) -> FormulationBlockData:
    r"""Somebody replies: the dual of ``max {g' y : F y = f, y >= 0}``.

    For every sequence ``(j, a)``, with ``g`` the payoff of each sequence,

    .. math:: v_j - \sum_{j' \text{ below } (j, a)} v_{j'} \ge g_{(j, a)}.

    Parameters
    ----------
    polytope
        What the player replies with.
    payoff
        Pairs ``(A, mu)`` with ``g`` the sum of all ``A' mu``; or, where the payoff is not linear, a
        Pyomo expression per sequence, indexed by the polytope's names.

    Raises
    ------
    GameError
        The expressions are not indexed by the polytope's names.

    Returns
    -------
    FormulationBlock
        =========  ====================================================  ==============
        name       meaning                                               size
        =========  ====================================================  ==============
        ``v``      value of each infoset; ``v[0]`` is that of the game   infosets + 1
        ``reply``  no sequence is better than the values say             sequences
        ``value``  expression ``v[0]``: an upper bound of the payoff     1
        =========  ====================================================  ==============

    Examples
    --------
    >>> import efmodels as ef
    >>> form = ef.Game.from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]]).sequence_form()
    >>> leader = sequence_form(form.polytope("P1"))
    >>> reply = best_response(form.polytope("P2"), [(form.payoff_matrix("P2"), leader.x)])
    >>> print(reply.reply[1].expr)
    0.0  <=  v[P2_1] - x[P1_1_2]
    """
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.v = MatrixVar(polytope.points + 1, labels=Labels.of_rows(polytope))
    add_replies(block, polytope, payoff)
    block.value = pyo.Expression(expr=block.v[0])
    return block


def add_replies(block: Any, polytope: FlowPolytope, payoff: Any) -> None:
    """Add the rows ``reply`` to a block that has ``v``; `best_response` says what a payoff is."""
    if hasattr(payoff, "keys"):
        block.reply = pyo.Constraint(list(polytope.names))
        _nonlinear_replies(block, polytope, payoff)
    else:
        block.reply = reply_rows(block.v, polytope, payoff)


def reply_rows(v: Any, polytope: FlowPolytope, payoff: Any) -> MatrixConstraint:
    """Return the rows ``F'v - A'mu >= 0``."""
    minus = [(-A.T, mu) for A, mu in payoff]
    return MatrixConstraint([(polytope.F.T, v), *minus], lb=0.0, labels=polytope)


def _nonlinear_replies(block: Any, polytope: FlowPolytope, payoff: Any) -> None:
    """Write the rows ``reply`` with an expression as the payoff of each sequence."""
    strange = sorted(set(polytope.names) ^ {str(key) for key in payoff})
    if strange:
        raise GameError(
            "payoff must have one expression per sequence of the polytope; missing or unknown: "
            f"{strange[:SHOWN]}"
        )
    columns = polytope.F.tocsc()
    for q, name in enumerate(polytope.names):
        here = slice(columns.indptr[q], columns.indptr[q + 1])
        terms = zip(columns.data[here].tolist(), columns.indices[here].tolist(), strict=True)
        block.reply[name] = sum(sign * block.v[k] for sign, k in terms) >= payoff[name]


def equilibrium_block(problem: EquilibriumProblem) -> FormulationBlockData:
    r"""Turn any `EquilibriumProblem` into a block.

    .. math::

        \mu = T x,\quad F x = f,\quad F_i^\top v_i \ge A_i^\top \mu,\quad
        \mathrm{payoff}_i = b_i^\top \mu \ge f_i^\top v_i,\quad
        \mathrm{value} = c^\top \mu - \sum_i w_i f_i^\top v_i.

    Returns
    -------
    FormulationBlock
        ================  ==========================================================
        name              meaning
        ================  ==========================================================
        ``leader``        the leader's `sequence_form`: ``x``, ``flow``
        ``leader.mu``     coordinates that several flows add up to;
                          ``leader.reach`` defines them
        ``follower[i]``   the follower's `best_response`: ``v``, ``reply``
        ``value``         the objective, a variable; ``value_row`` defines it
        ``payoff[i]``     payoff of a follower with ``b``; ``payoff_row[i]``
                          defines it, ``obey[i]`` is the incentive constraint
        ================  ==========================================================
    """
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = sequence_form(problem.leader)
    reach = ReachVariables(problem.reach)
    reach.declare(block.leader)
    block.follower = pyo.Block([follower.label for follower in problem.followers])
    for follower in problem.followers:
        reply = best_response(follower.polytope, reach.pairs(follower.A, block.leader))
        block.follower[follower.label].transfer_attributes_from(reply)
    block.value = pyo.Var()
    block.value_row = _value_row(problem, reach, block)
    bound = [follower for follower in problem.followers if follower.b is not None]
    if bound:
        _incentives(block, bound, reach)
    return block


def _value_row(problem: EquilibriumProblem, reach: ReachVariables, block: Any) -> MatrixConstraint:
    """Return the row ``c'mu - sum_i w_i v_i[root] - value = 0``."""
    weights = [-follower.weight for follower in problem.followers]
    values = [block.follower[follower.label].v[0] for follower in problem.followers]
    objective = reach.rows(_row(problem.c).T, block.leader)
    parts = [*objective, (_row(weights), values), (_row([-1.0]), block.value)]
    return MatrixConstraint(parts, rhs=0.0, labels=["value"])


def _incentives(block: Any, followers: Sequence[Follower], reach: ReachVariables) -> None:
    """Add the payoffs of the followers with ``b``, and that obeying is a best response."""
    labels = [follower.label for follower in followers]
    block.payoff = MatrixVar(len(labels), labels=labels)
    identity = sparse.eye_array(len(labels)).tocsr()
    values = [block.follower[label].v[0] for label in labels]
    block.payoff_row = _payoff_row(followers, block, reach)
    block.obey = MatrixConstraint(
        [(identity, block.payoff), (-identity, values)], lb=0.0, labels=labels
    )
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))


def _payoff_row(
    followers: Sequence[Follower], block: Any, reach: ReachVariables
) -> MatrixConstraint:
    """Return the rows ``b'mu - payoff = 0``."""
    B = reach.rows(np.array([follower.b for follower in followers]).T, block.leader)
    minus = -sparse.eye_array(len(followers)).tocsr()
    labels = [follower.label for follower in followers]
    return MatrixConstraint([*B, (minus, block.payoff)], rhs=0.0, labels=labels)


def replace_payoffs(block: FormulationBlockData, problem: EquilibriumProblem) -> None:
    """Replace the rows of an `equilibrium_block` that hold payoffs by those of another problem.

    Its polytopes and its reach are those of the block.
    """
    reach = ReachVariables(problem.reach)
    for follower in problem.followers:
        part = block.follower[follower.label]
        rows = reply_rows(part.v, follower.polytope, reach.pairs(follower.A, block.leader))
        replace_rows(part, "reply", rows)
    replace_rows(block, "value_row", _value_row(problem, reach, block))
    bound = [follower for follower in problem.followers if follower.b is not None]
    if bound:
        replace_rows(block, "payoff_row", _payoff_row(bound, block, reach))


def replace_rows(block: Any, name: str, rows: MatrixConstraint) -> None:
    """Put other rows in the place of a component."""
    block.del_component(name)
    block.add_component(name, rows)


def _require_same_tree(before: Game, after: Game) -> None:
    """Raise unless two games differ at most in payoffs and chances."""
    arrays = ("parent", "owner", "infoset", "action")
    same_tree = all(np.array_equal(getattr(before, a), getattr(after, a)) for a in arrays)
    names = ("players", "infoset_names", "action_names")
    if not same_tree or any(getattr(before, n) != getattr(after, n) for n in names):
        raise GameError(
            f"update() takes a game on the same tree, with the same names; got {after!r} "
            f"instead of {before!r}. Build a new block for it"
        )


def _numbers(given: Any) -> Floats:
    """Return an array of floats; raise a `GameError` for anything else."""
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise GameError(
            f"got {type(given).__name__} {given!r}; expected an array with a number per terminal. "
            "An objective may also be 'welfare', a player's label or a mapping from labels to "
            "weights"
        ) from None


def _row(coefficients: Any) -> sparse.csr_array:
    return sparse.csr_array(np.atleast_2d(np.asarray(coefficients, dtype=float)))
