"""One round of proportional response after another: with numpy, or in compiled loops."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.optional_packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats, Ints

    Engine = Callable[["Responses", int], None]

_LOOPS = "efmodels.markets.proportional_response_loops"

LARGE = 500_000
"""Entries from which on compiled loops are worth the seconds to compile them."""


@dataclass(slots=True)
class Responses:
    r"""What bidders spend, good by good, and what they hold back.

    A bidder spends ``gain[k] * rate[bidder[k]]`` on entry ``k``; her unspent money is up to date.

    Attributes
    ----------
    start
        The entries of good ``j`` are ``start[j]`` up to ``start[j + 1]``; no good is without any.
    bidder, value
        Of each entry, good by good.
    budgets, supplies, reserves
        Of the bidders, and of the goods.
    gain
        :math:`g_{ij} = b_{ij} v_{ij} / p_j`: what was worth so much to her last time.
    rate
        :math:`B_i / S_i`, of which the multiplier is the smaller of this and 1.
    unspent
        :math:`\delta_i`.
    kept, kept_back
        What the seller spends on each good at its reserve, out of the worth of the supply at the
        reserve, and what she does not spend of that.
    """

    start: Ints
    bidder: Ints
    value: Floats
    budgets: Floats
    supplies: Floats
    reserves: Floats
    gain: Floats
    rate: Floats
    unspent: Floats
    kept: Floats
    kept_back: Floats

    @property
    def money(self) -> Floats:
        """What is spent for each entry."""
        spent: Floats = self.gain * self.rate[self.bidder]
        return spent

    def worth(self, money: Floats) -> Floats:
        """Return what is spent on each good, with what the seller spends."""
        spent: Floats = np.add.reduceat(money, self.start[:-1]) + self.kept
        return spent


def engine_named(name: str, entries: int) -> Engine:
    """Return the function that does some rounds.

    Parameters
    ----------
    name
        ``"numpy"``; ``"numba"`` (extra ``fast``); or ``"auto"``: numba where it is installed and
        the loops have been loaded already, or the market is large.
    entries
        How large it is.

    Raises
    ------
    GameError
        There is no such engine.
    MissingPackageError
        It is not installed.
    """
    if name not in {"auto", "numba", "numpy"}:
        raise GameError(f"there is no engine {name!r}; the engines are ['auto', 'numba', 'numpy']")
    large = entries >= LARGE and find_spec("numba") is not None
    if name == "numba" or (name == "auto" and (_LOOPS in sys.modules or large)):
        imported("numba", "numba", "fast", instead="take the engine 'numpy'")
        from efmodels.markets.proportional_response_loops import respond

        # numba types its functions by those of their first arguments alone.
        compiled: Any = respond
        return lambda state, rounds: compiled(*_arrays(state), rounds)
    return respond_with_arrays


def respond_with_arrays(state: Responses, rounds: int) -> None:
    """Do some rounds with numpy; the state is changed."""
    starts, count = state.start[:-1], np.diff(state.start)
    reserved = bool(state.reserves.any())
    held = state.supplies * state.reserves
    gain, other = state.gain, np.empty(len(state.gain))
    for _ in range(rounds):
        np.take(state.rate, state.bidder, out=other, mode="clip")
        gain *= other
        price = np.add.reduceat(gain, starts)
        price += state.kept
        price /= state.supplies
        gain *= state.value
        gain *= np.repeat(1 / price, count)
        total = np.bincount(state.bidder, gain, len(state.rate)) + state.unspent
        np.divide(state.budgets, total, out=state.rate)
        state.unspent *= state.rate
        if reserved:
            won = state.kept * state.reserves / price
            rate = held / np.where(held > 0, won + state.kept_back, 1)
            state.kept, state.kept_back = won * rate, state.kept_back * rate


def _arrays(state: Responses) -> tuple[Any, ...]:
    return tuple(getattr(state, name) for name in state.__dataclass_fields__)
