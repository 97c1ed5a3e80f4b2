"""Which payment is whose, and for how many items: what rows about money need to know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.mechanisms.independent_bidders import IndependentBidders
    from efmodels.mechanisms.setting import MechanismSetting


@dataclass(frozen=True, eq=False)
class PaymentTerms:
    """The payments ``t`` of a mechanism.

    Attributes
    ----------
    agents
        The labels of those who pay.
    payer
        Whose each payment is, shape ``(payments,)``.
    units
        How many items the payer expects when she pays, as a matrix that multiplies ``x``.
    profile
        Sums of the payments that belong to one profile of types, as a matrix that multiplies
        ``t``; ``None`` where payments depend on the payer's type alone.
    wins
        How likely the payer is to win something when she pays, as a matrix that multiplies ``x``,
        where only winners pay; ``None`` where losers may be charged.
    """

    agents: tuple[str, ...]
    payer: Ints
    units: sparse.csr_array
    profile: sparse.csr_array | None = None
    wins: sparse.csr_array | None = None

    def for_winners(self) -> PaymentTerms:
        """Return the same payments, made by winners alone.

        They win where they get units. An item is won or not, so that in a reduced form the units
        are this probability themselves.
        """
        return replace(self, wins=sparse.csr_array((self.units > 0).astype(float)))


def profile_terms(setting: MechanismSetting) -> PaymentTerms:
    """Return the terms where everybody pays once for each profile of types."""
    profiles, agents = sparse.eye_array(setting.profiles), len(setting.agents)
    return PaymentTerms(
        setting.agents,
        np.tile(np.arange(agents), setting.profiles),
        sparse.csr_array(sparse.kron(profiles, setting.units)),
        sparse.csr_array(sparse.kron(profiles, np.ones((1, agents)))),
    )


def interim_terms(bidders: IndependentBidders) -> PaymentTerms:
    """Return the terms where every type of a bidder pays one amount."""
    units = sparse.csr_array(sparse.eye_array(len(bidders.value)))
    return PaymentTerms(bidders.bidders, bidders.bidder, units)
