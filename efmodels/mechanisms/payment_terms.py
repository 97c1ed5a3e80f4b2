"""Which payment is whose, and for how many items: what rows about money need to know."""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    agents: tuple[str, ...]
    payer: Ints
    units: sparse.csr_array
    profile: sparse.csr_array | None = None


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
