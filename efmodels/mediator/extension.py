"""The policy of a reduced problem, extended to the whole game: what to answer to anything.

A reduced walk says nothing about questions that cannot matter. Here they are answered, so that the
policy can be played, and checked in the game tree, as any other. The proof that nobody gains by
asking them stands in the docs, on the page about reductions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import ranges
from efmodels.mediator.conversations import Reaction, branches, unanswered

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.mediator.memories import MessageTree
    from efmodels.mediator.policy import Policy


class ExtendedConversation:
    """With a mediator with recall whose policy is that of a reduced problem.

    A question of the reduced problem is answered as its policy says. Any other one was left out,

    * because its report is one that liars do not need. From then on the mediator ignores what that
      player says and always recommends her first action. Behind her back it goes on as if she had
      told, at each of her moves, the first report that was kept where she stands, drawing answers
      and keeping them to itself; or as if she were silent, where no report was kept.
    * or because nothing that is still to come makes a difference. The first action is recommended.

    A memory is the number of one in the reduced walk's tree, plus that tree's size times the number
    of the player who is ignored, if any. The largest one stands for all that the tree lacks.

    Parameters
    ----------
    policy
        Of a mediator with recall.
    """

    def __init__(self, policy: Policy) -> None:
        mediated = policy.mediated
        tree = mediated.walk.tree
        if tree is None:
            raise GameError(
                "a private mediator's answers are no reactions: its plan is drawn first"
            )
        self._tree: MessageTree = tree
        self._walk = mediated.walk
        self._transcripts = mediated.walk.transcripts
        self._concept = mediated.concept
        self._start = policy.mediated.problem.leader.start
        self._behaviour = policy.behaviour
        mediation = mediated.mediation
        self._questions = mediation.memory * self._transcripts.infosets + mediation.infoset
        self._lost = tree.size * (len(mediated.game.players) + 1)
        self._worst = 0.0

    # What is said to it ---------------------------------------------------------------------------

    def answered(self, memory: Ints, infoset: Ints) -> Reaction:
        """Return what may follow reports."""
        report = infoset - self._transcripts.chance_infosets
        ignored, remembered = np.divmod(memory, self._tree.size)
        owner = self._transcripts.owner[report]
        lost = memory == self._lost
        point = self._point(remembered, report)
        unneeded = (point < 0) & (ignored == 0) & (len(self._walk.reports.dropped) > 0)
        behind = ~lost & (unneeded | (ignored == owner))
        heard = ~lost & ~behind & (point >= 0)
        rest = np.flatnonzero(~behind & ~heard)
        first = unanswered(np.full(len(rest), self._lost))
        return _joined(
            (np.flatnonzero(heard), self._asked(memory[heard], point[heard])),
            (np.flatnonzero(behind), self._behind(remembered[behind], owner[behind])),
            (rest, first),
        )

    def silent(self, memory: Ints, player: int) -> Reaction:
        """Return what may follow where a player says nothing."""
        ignored, remembered = np.divmod(memory, self._tree.size)
        behind: Bools = (ignored == player) & (memory != self._lost)
        noticed = np.flatnonzero(~behind)
        after = memory[noticed]
        if self._concept.hears_silence:
            after = self._after(after, np.full(len(after), self._silence(player)))
        hers = np.full(int(behind.sum()), player)
        return _joined(
            (noticed, unanswered(after)),
            (np.flatnonzero(behind), self._behind(remembered[behind], hers)),
        )

    def stays_out(self, memory: Ints, player: int) -> Ints:
        """Return the memories after a player said before the game that she takes no advice."""
        return self._after(memory, np.full(len(memory), self._silence(player)))

    def saw(self, memory: Ints, node: Ints) -> Ints:
        """Return the memories after the mediator could see nodes."""
        if self._concept.observe == "nothing":
            return memory
        players = len(self._transcripts.game.players)
        return self._after(memory, self._transcripts.sequences + players + 1 + node)

    def close(self, memory: Ints) -> Floats:
        """Return ones: all answers have been paid for."""
        return np.ones(len(memory))

    def inconsistency(self) -> float:
        """Return how far answers are from probabilities that sum to one."""
        return self._worst

    # What it does ---------------------------------------------------------------------------------

    def _asked(self, memory: Ints, point: Ints) -> Reaction:
        """Answer at decision points of the policy."""
        row, action = branches(self._start[point + 1] - self._start[point])
        factor = self._behaviour[self._start[point][row] + action]
        if len(row):
            total = np.bincount(row, factor)
            self._worst = max(self._worst, float(np.abs(total - 1).max()), -float(factor.min()))
        given = np.flatnonzero(factor > 0)
        row, action = row[given], action[given]
        report = self._questions[point] % self._transcripts.infosets
        token = self._transcripts.first[report[row]] + action
        return Reaction(row, action, factor[given], self._after(memory[row], token))

    def _behind(self, remembered: Ints, player: Ints) -> Reaction:
        """Ignore what players say: pretend that it was a report that was kept, or silence."""
        memory = remembered + self._tree.size * player
        point = self._kept(remembered, player)
        asked, quiet = np.flatnonzero(point >= 0), np.flatnonzero(point < 0)
        reaction = _joined(
            (asked, self._asked(memory[asked], point[asked])),
            (quiet, unanswered(self._after(memory[quiet], self._silence(player[quiet])))),
        )
        return reaction._replace(answer=np.zeros_like(reaction.row))

    def _kept(self, remembered: Ints, player: Ints) -> Ints:
        """Return the first question that players may lead to by what they said, -1 for none."""
        infosets = self._transcripts.infosets
        start = np.searchsorted(self._questions, remembered * infosets)
        end = np.searchsorted(self._questions, (remembered + 1) * infosets)
        row = np.repeat(np.arange(len(remembered)), end - start)
        point = ranges(start, end)
        report = self._questions[point] % infosets
        said = self._said(remembered, player)
        fits = (self._transcripts.owner[report] == player[row]) & (
            self._transcripts.before[report] == said[row]
        )
        kept = np.full(len(remembered), -1, dtype=np.int64)
        # Assigned from the last to the first, so that the first one stays.
        kept[row[fits][::-1]] = point[fits][::-1]
        return kept

    def _said(self, remembered: Ints, player: Ints) -> Ints:
        """Return what players were last told according to memories, -1 after silence."""
        said = np.zeros(len(remembered), dtype=np.int64)
        owner = np.append(0, self._transcripts.owner[self._transcripts.infoset[1:]])
        memory, open_ = remembered.copy(), np.arange(len(remembered))
        while len(open_ := open_[memory[open_] > 0]):
            token = self._tree.token[memory[open_]]
            answer = token < self._transcripts.sequences
            theirs = answer & (owner[np.where(answer, token, 0)] == player[open_])
            quiet = token == self._silence(player[open_])
            said[open_[theirs]] = token[theirs]
            said[open_[quiet]] = -1
            memory[open_] = np.where(theirs | quiet, 0, self._tree.parent[memory[open_]])
        return said

    def _silence(self, player: Ints | int) -> Ints:
        return np.asarray(self._transcripts.sequences + player)

    def _point(self, remembered: Ints, report: Ints) -> Ints:
        """Return the policy's decision points for questions, -1 for those that were left out."""
        wanted = remembered * self._transcripts.infosets + report
        point = np.minimum(np.searchsorted(self._questions, wanted), len(self._questions) - 1)
        return np.where(self._questions[point] == wanted, point, -1)

    def _after(self, memory: Ints, token: Ints) -> Ints:
        """Return memories after one more token each."""
        ignored, remembered = np.divmod(memory, self._tree.size)
        after = self._tree.find(remembered, token)
        known = (after >= 0) & (memory != self._lost)
        return np.where(known, after + self._tree.size * ignored, self._lost)


def _joined(*parts: tuple[Ints, Reaction]) -> Reaction:
    """Put reactions together; each stands with the rows that its own rows are numbers of."""
    return Reaction(
        np.concatenate([place[one.row] for place, one in parts]),
        np.concatenate([one.answer for _, one in parts]),
        np.concatenate([one.factor for _, one in parts]),
        np.concatenate([one.memory for _, one in parts]),
    )
