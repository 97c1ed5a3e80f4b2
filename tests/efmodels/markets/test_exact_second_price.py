"""Second-price pacing equilibria proved in fractions: known ones, and all of two bidders."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import InfeasibleError
from efmodels.markets import Market, verify_exact_sppe, verify_sppe
from tests.oracles.second_price_pacing import two_bidders_can_settle, violations

GRID = [Fraction(k, 6) for k in range(1, 7)]


@pytest.mark.parametrize("seed", range(30))
def test_proofs_of_two_bidders(seed: int) -> None:
    """Of all multipliers on a grid those are proved for which ties can be settled, by intervals."""
    rng = np.random.default_rng(seed)
    goods = int(rng.integers(1, 4))
    market = Market(rng.integers(1, 4, (2, goods)).tolist(), rng.integers(1, 5, 2).tolist())
    for alpha in product(GRID, repeat=2):
        if not two_bidders_can_settle(market, list(alpha)):
            with pytest.raises(InfeasibleError, match="no units fit these multipliers"):
                verify_exact_sppe(market, alpha)
            continue
        found = verify_exact_sppe(market, alpha)
        shares = [found.units[:goods], found.units[goods:]]
        assert violations(market, list(alpha), shares) == []
        assert verify_sppe(found.outcome).worst < 1e-12


def test_a_good_without_rivals_is_given_away() -> None:
    """Its price is 0, and all of it goes to one of those who bid for it."""
    market = Market([[2, 3], [1, None]], [3, 1], supplies=[1, 2])
    found = verify_exact_sppe(market, [1, 1])
    assert (found.prices, found.units) == ((1, 0), (1, 2, 0))


def test_reserves_and_supplies() -> None:
    """A reserve above all bids keeps its good; one between the two highest is the price."""
    market = Market([[2, 3], [1, 1]], [9, 9], reserves=[4, 2], supplies=[1, "1/2"])
    found = verify_exact_sppe(market, [1, 1])
    assert (found.prices, found.units, found.revenue) == ((4, 2), (0, Fraction(1, 2), 0, 0), 1)


@pytest.mark.parametrize("K", [3, 5, 8])
def test_both_ends_of_the_family(K: int) -> None:
    """The driver's ends are equilibria in fractions, and a little beyond them there is none."""
    market = ef.instances.two_equilibria_market(K)
    low, high = ef.sppe_interval(market).ends
    lowest, highest = Fraction(1, K + 1), Fraction(K - 1, K)
    assert float(verify_exact_sppe(market, [lowest, 1]).revenue) == pytest.approx(low)
    assert float(verify_exact_sppe(market, [highest, 1]).revenue) == pytest.approx(high)
    little = Fraction(1, 10**12)
    for alpha in (lowest - little, highest + little):
        with pytest.raises(InfeasibleError):
            verify_exact_sppe(market, [alpha, 1])
