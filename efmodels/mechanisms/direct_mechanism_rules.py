"""A direct mechanism as a table, and what lies and staying out would bring, from the setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.assembly import PROBABILITY_TOLERANCE
from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.tables import text_table

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats
    from efmodels.mechanisms.setting import MechanismSetting
    from efmodels.mediator.incentives import Incentives

SHOWN = 1e-9
"""Outcomes that are less likely are left out of the table."""

LINES = 20
"""How many agents are shown."""


@dataclass(frozen=True, eq=False, repr=False)
class DirectMechanism:
    """What is done and what is paid for each profile of reports.

    Attributes
    ----------
    setting
        Agents, types, outcomes, values and the prior.
    lottery
        The probability of each outcome, shape ``(profiles, outcomes)``.
    paid
        What each agent pays on average over the lottery, shape ``(profiles, agents)``. If winners
        alone pay, the price of a win is this, divided by how likely she is to win.
    incentives
        What regrets refer to.

    Raises
    ------
    GameError
        A shape does not fit, or a lottery is no distribution.
    """

    setting: MechanismSetting
    lottery: Floats
    paid: Floats
    incentives: Incentives

    def __post_init__(self) -> None:
        """Take arrays of the right shapes, which nobody changes from then on."""
        setting = self.setting
        for name, size in (("lottery", len(setting.outcomes)), ("paid", len(setting.agents))):
            array = np.array(getattr(self, name), dtype=float)
            if array.shape != (setting.profiles, size):
                raise GameError(
                    f"{name} has shape {array.shape}; expected ({setting.profiles}, {size})"
                )
            if not np.isfinite(array).all():
                raise GameError(f"{name} holds {array[~np.isfinite(array)][0]}; expected numbers")
            object.__setattr__(self, name, read_only(array))
        off = np.abs(self.lottery.sum(axis=1) - 1)
        if off.max() > PROBABILITY_TOLERANCE or self.lottery.min() < -PROBABILITY_TOLERANCE:
            worst = int(off.argmax())
            raise GameError(
                f"the lottery after {setting.profile_labels[worst]!r} sums to "
                f"{self.lottery[worst].sum():.6g}, and the least probability of all is "
                f"{self.lottery.min():.3g}; expected distributions"
            )

    # What it brings ----------------------------------------------------------------------------

    def utilities(self, agent: int) -> Floats:
        """Return what an agent gets for each true profile and report of her own.

        Others report the truth.

        Returns
        -------
        ndarray
            Shape ``(profiles, her types)``.
        """
        setting = self.setting
        told = setting.after_report(agent)
        worth = np.einsum("po,pbo->pb", setting.worth(agent), self.lottery[told])
        payoff: Floats = worth - self.paid[told, agent]
        return payoff

    def honest(self, agent: int) -> Floats:
        """Return what an agent gets in each profile if all are honest, shape ``(profiles,)``."""
        worth = (self.setting.worth(agent) * self.lottery).sum(axis=1)
        payoff: Floats = worth - self.paid[:, agent]
        return payoff

    def payoffs(self) -> dict[str, float]:
        """Return what each agent expects before types are drawn."""
        probability = self.setting.probability
        return {
            name: float(probability @ self.honest(k)) for k, name in enumerate(self.setting.agents)
        }

    @property
    def revenue(self) -> float:
        """What is expected to be paid in all."""
        return float(self.setting.probability @ self.paid.sum(axis=1))

    @property
    def welfare(self) -> float:
        """What the outcome is expected to be worth to all agents together."""
        return sum(self.payoffs().values()) + self.revenue

    # Incentives --------------------------------------------------------------------------------

    def regrets(self) -> dict[str, float]:
        """Return, for each agent, the most that any type of hers gains by a lie or by staying out.

        The type knows the others' types where the incentives are dominant, and what her own tells
        her of them where they are Bayesian. Staying out counts if she is asked.
        """
        return {
            name: max(self._gain_of_lying(k), self._gain_of_staying_out(k))
            for k, name in enumerate(self.setting.agents)
        }

    def _gain_of_lying(self, agent: int) -> float:
        utilities = self.utilities(agent)
        truth = self.setting.own_type[agent][:, None]
        gains = utilities - np.take_along_axis(utilities, truth, axis=1)
        if self.incentives.truth == "dominant":
            return float(gains.max())
        return float(self._given_own_type(agent, gains).max())

    def _gain_of_staying_out(self, agent: int) -> float:
        incentives = self.incentives
        if incentives.participation == "none":
            return 0.0
        honest = self.honest(agent)[:, None]
        if incentives.participation == "interim":
            honest = self._given_own_type(agent, honest)
        elif incentives.truth == "bayesian":
            honest = honest[self.setting.probability > 0]
        outside = incentives.outside_of(self.setting.agents[agent])
        return max(0.0, float(outside - honest.min()))

    def _given_own_type(self, agent: int, numbers: Floats) -> Floats:
        """Return expectations of numbers per profile, for each type of an agent that can be."""
        setting = self.setting
        weighted = (setting.probability[:, None] * numbers).reshape(*setting.shape, -1)
        others = tuple(k for k in range(len(setting.shape)) if k != agent)
        sums, own = weighted.sum(axis=others), setting.type_probability(agent)
        means: Floats = sums[own > 0] / own[own > 0, None]
        return means

    # Tables ------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        regrets = list(self.regrets().items())[:LINES]
        return text_table(
            [
                ("profiles", str(self.setting.profiles)),
                ("revenue", f"{self.revenue:.9g}"),
                ("welfare", f"{self.welfare:.9g}"),
                *((f"regret of {name}", f"{regret:.3g}") for name, regret in regrets),
            ]
        )

    def strategy(self) -> pd.DataFrame:
        """Return a row per profile and outcome that may happen: probability and payments.

        ``expected payment of ...`` is an average over the lottery of the profile, and the same in
        all of its rows: it is not what is paid after this outcome.
        """
        import pandas as pd

        setting = self.setting
        profile, outcome = np.nonzero(self.lottery > SHOWN)
        columns: dict[str, object] = {
            name: [setting.types[k][a] for a in setting.own_type[k][profile].tolist()]
            for k, name in enumerate(setting.agents)
        }
        columns["outcome"] = [setting.outcomes[o] for o in outcome.tolist()]
        columns["probability"] = self.lottery[profile, outcome]
        for k, name in enumerate(setting.agents):
            columns[f"expected payment of {name}"] = self.paid[profile, k]
        return pd.DataFrame(columns)
