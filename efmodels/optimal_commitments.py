"""What drivers find for a leader: a commitment, what it is worth, and what is proved of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from efmodels.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.algorithms.best_first_search import SearchStep
    from efmodels.answering_blocks import Solution
    from efmodels.game import Floats


@dataclass(frozen=True, eq=False, repr=False)
class OptimalCommitment:
    """A leader's commitment, with the replies to it, verified from the tree.

    Attributes
    ----------
    leader
        Who commits, by label.
    value
        What she gets, computed from the tree.
    bound
        No commitment brings more.
    status
        ``optimal``, or ``feasible`` if a limit stopped the search.
    commitment
        Everybody's strategy.
    plan
        The leader's realization plan.
    programs
        How many linear programs were solved.
    seconds
        Wall time.
    log
        Where a search stood after each program; empty where there was none.
    """

    leader: str
    value: float
    bound: float
    status: str
    commitment: Solution
    plan: Floats
    programs: int
    seconds: float
    log: tuple[SearchStep, ...] = field(default=())

    @property
    def payoffs(self) -> dict[str, float]:
        """Each player's expected payoff, computed from the tree."""
        return self.commitment.payoffs()

    @property
    def regrets(self) -> dict[str, float]:
        """What each follower could gain by another reply, computed from the tree."""
        return self.commitment.regrets()

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        return self.commitment.strategy()

    def frame(self) -> pd.DataFrame:
        """Return the log as a table: examined, open, value, bound, seconds."""
        import pandas as pd

        columns = ["examined", "open", "value", "bound", "seconds"]
        return pd.DataFrame([vars(step) for step in self.log], columns=columns)

    def rows(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        facts = [
            ("leader", self.leader),
            ("status", self.status),
            ("value", f"{self.value:.9g}"),
            ("bound", f"{self.bound:.9g}"),
            ("programs", str(self.programs)),
            ("seconds", f"{self.seconds:.3g}"),
        ]
        facts += [(f"payoff {player}", f"{u:.9g}") for player, u in self.payoffs.items()]
        return facts + [(f"regret {player}", f"{r:.3g}") for player, r in self.regrets.items()]

    def __repr__(self) -> str:
        return text_table(self.rows())

    def _repr_html_(self) -> str:
        """Show as a table in a notebook."""
        return html_table(self.rows(), caption="Commitment")
