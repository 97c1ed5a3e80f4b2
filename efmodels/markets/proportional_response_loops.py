"""Proportional response in compiled loops (extra ``fast``): one pass over the entries per round.

Imported when it is used, since it loads numba. Indices are unsigned: with signed ones every access
is checked for negative numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy import ndarray

    from efmodels.game import Floats


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
def respond(  # noqa: PLR0917 - compiled functions take arrays, not objects
    start: ndarray,
    bidder: ndarray,
    value: Floats,
    budgets: Floats,
    supplies: Floats,
    reserves: Floats,
    gain: Floats,
    rate: Floats,
    unspent: Floats,
    kept: Floats,
    kept_back: Floats,
    rounds: int,
) -> None:
    """Do some rounds, as `efmodels.markets.proportional_response_engines.respond_with_arrays`."""
    total = np.empty(len(budgets))
    for _ in range(rounds):
        total[:] = unspent
        for good in range(len(supplies)):
            spent = kept[good]
            for entry in range(start[good], start[good + 1]):
                gain[entry] *= rate[bidder[entry]]
                spent += gain[entry]
            units = supplies[good] / spent
            for entry in range(start[good], start[good + 1]):
                gain[entry] *= value[entry] * units
                total[bidder[entry]] += gain[entry]
            if reserves[good] > 0:
                won = kept[good] * reserves[good] * units
                share = supplies[good] * reserves[good] / (won + kept_back[good])
                kept[good] = won * share
                kept_back[good] *= share
        for one in range(len(budgets)):
            rate[one] = budgets[one] / total[one]
            unspent[one] *= rate[one]
