"""Markets with second-price pacing equilibria of very different revenues."""

from __future__ import annotations

from fractions import Fraction

from efmodels.errors import GameError
from efmodels.markets import Market


def two_equilibria_market(largest_revenue: int | Fraction = 3) -> Market:
    r"""Return a market whose second-price pacing equilibria differ by any factor in revenue.

    Two bidders value two goods, with exact numbers, at

    .. math::

        v = \begin{pmatrix} K & K + 1 \\ K + 1 & 1 \end{pmatrix}, \qquad B = (1, K - 1).

    In a second-price pacing equilibrium each bidder bids :math:`\alpha_i v_{ij}` with
    :math:`0 < \alpha_i \le 1`; the highest bidders of a good buy all of it, at the second-highest
    bid; nobody pays more than her budget, and who has :math:`\alpha_i < 1` pays all of it. The
    equilibria of this market are

    .. math::

        \frac{1}{K + 1} \le \alpha_1 \le \frac{K - 1}{K}, \quad \alpha_2 = 1
        \qquad \text{with revenue } 1 + \alpha_1 K

    and one more, :math:`\alpha = \bigl(\frac{K + 1}{K + 2}, \frac{K}{K + 2}\bigr)` with revenue
    :math:`K`. The two ends of the interval are the two equilibria that give the market its name:
    the revenue at one is :math:`(2 K + 1) / (K + 1) < 2`, and at the other :math:`K`, all the
    money that there is.

    Parameters
    ----------
    largest_revenue
        :math:`K`, an integer or a ``Fraction`` with :math:`K^2 > K + 1`, that is, above 1.618...;
        else the interval is empty or a point.

    Returns
    -------
    Market
        With two bidders, two goods and exact numbers.

    Raises
    ------
    GameError
        The parameter is no exact number, or too small.

    Notes
    -----
    The example, and the list of its equilibria, is this package's own.

    Examples
    --------
    >>> from efmodels.instances import two_equilibria_market
    >>> market = two_equilibria_market()
    >>> market.to_frame()
         G1   G2
    B1  3.0  4.0
    B2  4.0  1.0
    >>> market.exact_budgets
    (1, 2)
    """
    K = largest_revenue
    exact = isinstance(K, int | Fraction) and not isinstance(K, bool)
    if not exact or K < 1 or K * K <= K + 1:
        raise GameError(
            "largest_revenue must be an int or a Fraction K with K > 1 and K * K > K + 1; "
            f"got {K!r}"
        )
    return Market(
        values=[[K, K + 1], [K + 1, 1]],
        budgets=[1, K - 1],
        title=f"Two equilibria (largest_revenue={K})",
    )
