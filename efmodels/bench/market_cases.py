"""The benchmark cases of markets, auctions, mechanisms and persuasion."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from efmodels.bench.comparison import Case

MARKET_CASES: tuple[Case, ...] = ()
