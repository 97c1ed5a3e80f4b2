"""A linear program with the shape of a sequence-form one, of any size, in arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.game import Floats, Ints

CHOICES = 2
"""Actions at each infoset."""

PAYOFFS = 10
"""Payoff variables; each has a floor."""

PAIRS = 90
"""Side constraints on two sequences each."""

_REPLY_ENTRIES = (4, 5)  # payoffs per sequence of the follower, in turns
_PAYOFF_SHARE = 10  # one sequence in so many counts for a payoff variable
_SLACK = 0.5  # of side constraints and floors where behaviour is uniform
_PER_INFOSET = 17  # nonzeros: 2 * 3 in the flows, 2 * 4.5 payoffs, 2 in payoff variables


@dataclass(frozen=True, eq=False)
class SyntheticProgram:
    r"""A leader's plan ``x``, a follower's values ``v``, payoffs ``u`` and side constraints.

    .. math::

        \max_{x \ge 0, v, u}\; v_0 + \sum_k u_k \quad\text{s.t.}\quad
        F x = f,\quad E^\top v - A^\top x \le 0,\quad u - B x = 0,\quad
        x_i + 2 x_j \le b_{ij},\quad u \ge \underline{u}.

    The plan that chooses uniformly is feasible, and the optimum is finite.

    Attributes
    ----------
    F, f
        Flow of the leader, shapes ``(infosets + 1, sequences)`` and ``(infosets + 1,)``.
    Et, At
        :math:`E^\top` and :math:`A^\top`: one row per sequence of the follower.
    B
        Payoffs, shape ``(PAYOFFS, sequences)``.
    pairs, limits
        The side constraints: positions of ``i`` and ``j``, and ``b``.
    floors
        Lower limits of the payoffs.
    """

    F: sparse.csr_array
    f: Floats
    Et: sparse.csr_array
    At: sparse.csr_array
    B: sparse.csr_array
    pairs: Ints
    limits: Floats
    floors: Floats

    @property
    def nonzeros(self) -> int:
        """Number of coefficients of the rows, side constraints included."""
        matrices = sum(matrix.nnz for matrix in (self.F, self.Et, self.At, self.B))
        return matrices + PAYOFFS + self.pairs.size + PAYOFFS

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            array = getattr(self, field.name)
            if isinstance(array, sparse.csr_array):
                sparse.save_npz(folder / f"{field.name}.npz", array, compressed=False)
            else:
                np.save(folder / f"{field.name}.npy", array)

    @classmethod
    def load(cls, folder: Path) -> SyntheticProgram:
        """Read what `save` has written."""
        return cls(**{field.name: _read(folder, field.name) for field in fields(cls)})


def _read(folder: Path, name: str) -> Any:
    path = folder / f"{name}.npz"
    return sparse.load_npz(path) if path.exists() else np.load(folder / f"{name}.npy")


def synthetic_program(nonzeros: int, seed: int = 0) -> SyntheticProgram:
    """Return a program with about so many nonzeros; the same seed gives the same program.

    Both players have the same number of infosets with two actions each, in random trees. A
    sequence of the follower meets four or five of the leader's, with payoffs from a normal
    distribution. Every row is short but those of the payoff variables, which count a tenth of all
    sequences each.

    Examples
    --------
    >>> program = synthetic_program(10_000)
    >>> program.F.shape, program.At.shape, program.nonzeros
    ((589, 1177), (1177, 1177), 10187)
    """
    generator = np.random.default_rng(seed)
    infosets = max(nonzeros // _PER_INFOSET, PAIRS)
    F, uniform = _flow(infosets, generator)
    E, _ = _flow(infosets, generator)
    size = F.shape[1]
    B = _payoffs(size, generator)
    pairs = generator.choice(size, (PAIRS, 2), replace=False)
    return SyntheticProgram(
        F=F,
        f=np.eye(1, infosets + 1)[0],
        Et=E.T.tocsr(),
        At=_replies(size, generator),
        B=B,
        pairs=pairs,
        limits=uniform[pairs] @ np.array([1.0, 2.0]) + _SLACK,
        floors=B @ uniform - _SLACK,
    )


def _flow(infosets: int, generator: np.random.Generator) -> tuple[sparse.csr_array, Floats]:
    """Return the flow rows of a random tree of infosets, and the uniform plan."""
    first = 1 + CHOICES * np.arange(infosets)
    incoming = generator.integers(first)
    rows = 1 + np.arange(infosets)
    choices = first[:, None] + np.arange(CHOICES)
    data = np.concatenate([np.ones(1 + choices.size), -np.ones(infosets)])
    where = (
        np.concatenate([[0], np.repeat(rows, CHOICES), rows]),
        np.concatenate([[0], choices.ravel(), incoming]),
    )
    uniform = [1.0]
    for before in incoming.tolist():
        uniform += [uniform[before] / CHOICES] * CHOICES
    shape = (infosets + 1, 1 + choices.size)
    return sparse.csr_array((data, where), shape=shape), np.array(uniform)


def _replies(size: int, generator: np.random.Generator) -> sparse.csr_array:
    """Return what each sequence of the follower earns with each of the leader's."""
    counts = np.resize(_REPLY_ENTRIES, size)
    rows = np.repeat(np.arange(size), counts)
    where = (rows, generator.integers(size, size=rows.size))
    return sparse.csr_array((generator.normal(size=rows.size), where), shape=(size, size))


def _payoffs(size: int, generator: np.random.Generator) -> sparse.csr_array:
    counted = size // _PAYOFF_SHARE
    columns = [generator.choice(size, counted, replace=False) for _ in range(PAYOFFS)]
    rows = np.repeat(np.arange(PAYOFFS), counted)
    data = generator.normal(size=rows.size)
    return sparse.csr_array((data, (rows, np.concatenate(columns))), shape=(PAYOFFS, size))
