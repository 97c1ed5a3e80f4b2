"""The rows of a direct mechanism: truth, participation and expected sums, as sparse matrices.

Columns are those of ``x``, one per profile and outcome, and of ``t``, one per profile and agent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.mechanisms.setting import MechanismSetting


@dataclass(frozen=True, eq=False)
class MechanismRows:
    """Rows ``X x + T t >= least``.

    Attributes
    ----------
    X, T
        Coefficients of probabilities and of payments.
    least
        Right-hand sides, shape ``(rows,)``.
    labels
        Names of the rows.
    """

    X: sparse.csr_array
    T: sparse.csr_array
    least: Floats
    labels: tuple[str, ...]


def bayesian_truth_rows(setting: MechanismSetting) -> MechanismRows:
    r"""Return, for each type :math:`a` and report :math:`b`, that the truth is best on average.

    .. math::

        \sum_{\theta_{-i}} \phi(\theta_{-i} \mid a)
        [u_i(a, \theta_{-i}; a) - u_i(a, \theta_{-i}; b)] \ge 0

    where :math:`u_i(\theta; b)` is what she gets if :math:`\theta` is true and she reports
    :math:`b`. Types of probability 0 have no row.
    """
    blocks = []
    for agent, own in enumerate(setting.types):
        true = setting.own_type[agent]
        lies = _Lies.of(setting, agent)
        weight = conditional(setting, agent)[lies.profile]
        row = true[lies.profile] * len(own) + lies.report
        labels = [f"{setting.agents[agent]}: {a} not {b}" for a in own for b in own]
        wanted = ~np.eye(len(own), dtype=bool) & (setting.type_probability(agent) > 0)[:, None]
        rows = lies.rows(setting, agent, row, weight, len(labels))
        blocks.append(_some(rows, labels, wanted.ravel()))
    return _stacked(blocks)


def dominant_truth_rows(setting: MechanismSetting) -> MechanismRows:
    r"""Return, for each profile :math:`\theta` and report :math:`b`, that the truth is best.

    .. math::

        u_i(\theta; \theta_i) - u_i(\theta; b) \ge 0

    Profiles of probability 0 have rows as well.
    """
    blocks = []
    for agent, own in enumerate(setting.types):
        lies = _Lies.of(setting, agent)
        count = len(lies.profile)
        rows = lies.rows(setting, agent, np.arange(count), np.ones(count), count)
        named, who = setting.profile_labels, setting.agents[agent]
        pairs = zip(lies.profile.tolist(), lies.report.tolist(), strict=True)
        labels = [f"{who}: {named[p]} not {own[b]}" for p, b in pairs]
        blocks.append(_some(rows, labels, np.ones(count, dtype=bool)))
    return _stacked(blocks)


def interim_participation_rows(setting: MechanismSetting, outside: Floats) -> MechanismRows:
    r"""Return, for each type that is possible, that she expects enough to take part.

    Conditional on the type, in money: the duals of an agent's rows add up to -1 where payments are
    free and revenue is maximised.
    """
    blocks = []
    for agent, own in enumerate(setting.types):
        true, weight = setting.own_type[agent], conditional(setting, agent)
        rows = _payoff(setting, agent, true, weight, len(own))
        labels = [f"{setting.agents[agent]}: {a}" for a in own]
        blocks.append(_some(rows, labels, setting.type_probability(agent) > 0, outside[agent]))
    return _stacked(blocks)


def ex_post_participation_rows(
    setting: MechanismSetting, outside: Floats, profiles: Bools
) -> MechanismRows:
    """Return, for each of some profiles, that everybody gets enough to take part."""
    blocks = []
    every = np.arange(setting.profiles)
    for agent, name in enumerate(setting.agents):
        rows = _payoff(setting, agent, every, np.ones(len(every)), len(every))
        labels = [f"{name}: {profile}" for profile in setting.profile_labels]
        blocks.append(_some(rows, labels, profiles, outside[agent]))
    return _stacked(blocks)


def expected_payoff_rows(setting: MechanismSetting) -> MechanismRows:
    """Return a row per agent: what she expects before types are drawn."""
    nothing = np.zeros(setting.profiles, dtype=np.int64)
    blocks = [
        _some(_payoff(setting, k, nothing, setting.probability, 1), [name], np.ones(1, dtype=bool))
        for k, name in enumerate(setting.agents)
    ]
    return _stacked(blocks)


def expected_transfers(setting: MechanismSetting) -> sparse.csr_array:
    """Return a row per agent over ``t``: what she is expected to pay."""
    agents = len(setting.agents)
    columns = np.arange(setting.profiles * agents)
    data = np.repeat(setting.probability, agents)
    shape = (agents, len(columns))
    return _csr(data, columns % agents, columns, shape)


def conditional(setting: MechanismSetting, agent: int) -> Floats:
    """Return how likely each profile is, given its type of an agent; shape ``(profiles,)``."""
    own = setting.type_probability(agent)[setting.own_type[agent]]
    given: Floats = np.divide(setting.probability, own, out=np.zeros(len(own)), where=own > 0)
    return given


@dataclass(frozen=True, eq=False)
class _Lies:
    """Every profile with every false report of one agent.

    Attributes
    ----------
    profile, report
        The true profile, and the number of the type that she reports.
    told
        The profile that the mechanism hears.
    """

    profile: Ints
    report: Ints
    told: Ints

    @staticmethod
    def of(setting: MechanismSetting, agent: int) -> _Lies:
        after = setting.after_report(agent)
        profile, report = np.nonzero(after != np.arange(setting.profiles)[:, None])
        return _Lies(profile, report, after[profile, report])

    def rows(
        self, setting: MechanismSetting, agent: int, row: Ints, weight: Floats, rows: int
    ) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return by what the truth is better, summed up in the given rows."""
        worth = setting.worth(agent)
        honest = _sums(setting, agent, worth[self.profile], (row, self.profile, weight), rows)
        lying = _sums(setting, agent, worth[self.profile], (row, self.told, weight), rows)
        return honest[0] - lying[0], honest[1] - lying[1]


def _payoff(
    setting: MechanismSetting, agent: int, row: Ints, weight: Floats, rows: int
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return what an agent gets if all are honest, summed up in the given rows."""
    every = np.arange(setting.profiles)
    return _sums(setting, agent, setting.worth(agent), (row, every, weight), rows)


def _sums(
    setting: MechanismSetting,
    agent: int,
    worth: Floats,
    entries: tuple[Ints, Ints, Floats],
    rows: int,
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return weighted payoffs: entry by entry the row, the profile heard, and the weight."""
    row, told, weight = entries
    agents, outcomes = len(setting.agents), len(setting.outcomes)
    weighted = worth * weight[:, None]
    which, outcome = np.nonzero(weighted)
    X = _csr(
        weighted[which, outcome],
        row[which],
        told[which] * outcomes + outcome,
        (rows, setting.profiles * outcomes),
    )
    T = _csr(-weight, row, told * agents + agent, (rows, setting.profiles * agents))
    return X, T


def _csr(data: Floats, row: Ints, column: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    matrix = sparse.csr_array((data, (row, column)), shape=shape)
    matrix.eliminate_zeros()
    return matrix


def _some(
    rows: tuple[sparse.csr_array, sparse.csr_array],
    labels: list[str],
    wanted: Bools,
    least: float = 0.0,
) -> MechanismRows:
    chosen = np.flatnonzero(wanted)
    return MechanismRows(
        rows[0][chosen],
        rows[1][chosen],
        np.full(len(chosen), least),
        tuple(labels[k] for k in chosen.tolist()),
    )


def _stacked(blocks: list[MechanismRows]) -> MechanismRows:
    return MechanismRows(
        sparse.csr_array(sparse.vstack([block.X for block in blocks])),
        sparse.csr_array(sparse.vstack([block.T for block in blocks])),
        np.concatenate([block.least for block in blocks]),
        tuple(label for block in blocks for label in block.labels),
    )
