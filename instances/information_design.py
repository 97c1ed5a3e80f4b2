"""Bayesian persuasion: a sender knows the state, receivers act, and the sender only has payoffs.

The sender's signals are not part of the tree. Who designs the information is the mediator of a
solution concept that sees everything; the sender is a player without a move, whose payoff is the
mediator's objective.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.exact_numbers import distribution, number, number_array, probability
from efmodels.instances.parameters import integer, titled
from efmodels.persuasion import PersuasionProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number


def car_sale(prior: Number | str = "1/3", price: Number | str = 5) -> Game:
    """Return the sale of a car whose quality only the seller knows.

    Chance makes the car good, worth 10 to the buyer, or bad, worth 0. The Buyer sees neither, and
    decides at her only infoset ``buyer`` to *buy* at the price or not (*no*). Buying pays her what
    the car is worth less the price, and the Seller 1; otherwise both get 0. The Seller has no move:
    what she tells the buyer is up to the solution concept.

    Parameters
    ----------
    prior
        The probability that the car is good, between 0 and 1: a number, or a text such as
        ``"1/3"``.
    price
        What the buyer pays, a number or a text.

    Returns
    -------
    Game
        With 7 nodes.

    Raises
    ------
    GameError
        A parameter is no number, or the prior is not between 0 and 1.

    Notes
    -----
    At the default price the buyer buys if she believes that the car is good with probability 1/2
    or more. A seller who commits herself to what she will say sells with probability
    ``min(2 * prior, 1)``: all good cars and as many bad ones (Kamenica and Gentzkow 2011).

    Examples
    --------
    >>> from efmodels.instances import car_sale
    >>> game = car_sale()
    >>> game.title, game.players
    ('Car sale (prior=1/3, price=5)', ('Buyer', 'Seller'))
    >>> game.payoffs.tolist()
    [[5.0, 1.0], [0.0, 0.0], [-5.0, 1.0], [0.0, 0.0]]
    """
    good, cost = probability("prior", prior), number("price", price)
    return _one_receiver(
        ("Buyer", "Seller"),
        {"good": good, "bad": 1 - good},
        {"buy": ((10 - cost, 1), (-cost, 1)), "no": ((0, 0), (0, 0))},
        title=titled("Car sale", prior=good, price=cost),
    )


def prosecutor(prior: Number | str = "3/10") -> Game:
    """Return the persuasion of a judge by a prosecutor.

    Chance makes the defendant guilty or innocent. The Judge sees neither, and decides at her only
    infoset ``judge`` to *acquit* or to *convict*; she gets 1 if that is just, and 0 otherwise. The
    Prosecutor gets 1 for a conviction; he has no move: how he investigates is up to the solution
    concept.

    Parameters
    ----------
    prior
        The probability of guilt, between 0 and 1: a number, or a text such as ``"3/10"``.

    Returns
    -------
    Game
        With 7 nodes.

    Raises
    ------
    GameError
        The prior is no number between 0 and 1.

    Notes
    -----
    The leading example of Kamenica and Gentzkow, "Bayesian persuasion" (2011): with the prior 3/10
    the best investigation convicts with probability 6/10.

    Examples
    --------
    >>> from efmodels.instances import prosecutor
    >>> game = prosecutor()
    >>> game.infoset_names, game.payoffs.astype(int).tolist()
    (('chance_1', 'judge'), [[0, 0], [1, 1], [1, 0], [0, 1]])
    """
    guilt = probability("prior", prior)
    return _one_receiver(
        ("Judge", "Prosecutor"),
        {"guilty": guilt, "innocent": 1 - guilt},
        {"acquit": ((0, 0), (1, 0)), "convict": ((1, 1), (0, 1))},
        title=titled("Prosecutor", prior=guilt),
    )


def persuasion(
    prior: Sequence[Number | str] = ("1/2", "1/2"),
    sender: Sequence[Sequence[Number | str]] = ((0, 1, 3), (2, 1, 0)),
    receiver: Sequence[Sequence[Number | str]] = ((2, 0, -1), (-1, 0, 2)),
) -> Game:
    """Return the persuasion of one receiver, by the payoffs in each state.

    Chance draws the state. The Receiver does not see it and takes an action at her only infoset
    ``receiver``. The Sender has no move: what he tells her is up to the solution concept. States
    and actions are called by their numbers from 1.

    Parameters
    ----------
    prior
        The probability of each state; they sum to 1.
    sender, receiver
        Payoffs ``sender[state][action]``: one row per state, one column per action. All numbers may
        be texts such as ``"1/3"``.

    Returns
    -------
    Game
        With :math:`1 + s (1 + a)` nodes for :math:`s` states and :math:`a` actions; a state of
        probability 0 is not in the tree.

    Raises
    ------
    GameError
        The prior is no distribution, or a table does not have a row of equal length per state.

    Notes
    -----
    What a sender who commits himself can reach is the concave closure, at the prior, of his payoff
    as a function of the receiver's belief (Kamenica and Gentzkow 2011).

    Examples
    --------
    >>> from efmodels.instances import persuasion
    >>> game = persuasion(("2/3", "1/3"), sender=((0, 1), (0, 1)), receiver=((0, -1), (0, 1)))
    >>> game.title
    'Persuasion (prior=(2/3, 1/3), sender=((0, 1), (0, 1)), receiver=((0, -1), (0, 1)))'
    >>> game.players, game.nodes
    (('Receiver', 'Sender'), 7)
    """
    chances = distribution("prior", prior)
    theirs = number_array("sender", sender, (len(chances), "actions"))
    hers = number_array("receiver", receiver, theirs.shape)
    states, actions = theirs.shape
    payoffs = {
        str(a + 1): tuple((hers[s, a], theirs[s, a]) for s in range(states)) for a in range(actions)
    }
    return _one_receiver(
        ("Receiver", "Sender"),
        {str(s + 1): p for s, p in enumerate(chances)},
        payoffs,
        title=titled("Persuasion", prior=chances, sender=theirs, receiver=hers),
    )


def voter_persuasion(voters: int = 3, quota: int = 2, prior: Number | str = "3/10") -> Game:
    r"""Return the persuasion of voters by a politician who wants a proposal to pass.

    Chance makes the proposal good or bad. The voters ``P1``, ``P2``, ... see neither, nor each
    other's votes: each has one infoset, ``vote``, with the actions *no* and *yes*. Whoever votes
    yes gets 1 if the proposal is good and -1 if it is bad; whoever votes no gets 0. The Politician
    gets 1 if at least ``quota`` voters say yes; he has no move: what he tells each of them is up to
    the solution concept.

    Parameters
    ----------
    voters
        :math:`n \ge 1`.
    quota
        How many votes are needed, from 1 to :math:`n`.
    prior
        The probability that the proposal is good, between 0 and 1: a number, or a text such as
        ``"3/10"``.

    Returns
    -------
    Game
        With :math:`1 + 2 (2^{n + 1} - 1)` nodes.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    With prior :math:`\mu` and quota :math:`m` the proposal passes with probability
    :math:`\mu + \min(1 - \mu, \mu n / m)` if the politician talks to everybody in private, since a
    bad proposal needs only :math:`m` of the :math:`n` voters, and with :math:`\min(2 \mu, 1)` if
    all hear the same (private and public Bayes correlated equilibrium, :math:`\mu \le 1/2`).

    Examples
    --------
    >>> from efmodels.instances import voter_persuasion
    >>> game = voter_persuasion()
    >>> game.title, game.nodes, game.infoset_names[1:]
    ('Voter persuasion (voters=3, quota=2, prior=3/10)', 31, ('vote', 'vote', 'vote'))
    """
    voters = integer("voters", voters, minimum=1)
    quota = integer("quota", quota, minimum=1, maximum=voters)
    good = probability("prior", prior)
    title = titled("Voter persuasion", voters=voters, quota=quota, prior=good)
    return Game.from_rules(_VotingRules(voters, quota, good), title=title)


def _one_receiver(
    players: tuple[str, str],
    prior: dict[str, Number],
    payoffs: dict[str, tuple[tuple[Number, Number], ...]],
    title: str,
) -> Game:
    """Return the tree; ``payoffs[action]`` has a pair (receiver, sender) per state."""
    hers, theirs = (
        [[pairs[s][k] for pairs in payoffs.values()] for s in range(len(prior))] for k in (0, 1)
    )
    receiver, sender = players
    return PersuasionProblem(
        prior, theirs, {receiver: hers}, actions=[payoffs], sender=sender, title=title
    ).to_game()


class _Poll(NamedTuple):
    """Whether the proposal is good (nothing before chance moved), and the votes."""

    quality: str = ""
    votes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _VotingRules:
    voters: int
    quota: int
    prior: Number

    @property
    def players(self) -> tuple[str, ...]:
        return (*(f"P{voter + 1}" for voter in range(self.voters)), "Politician")

    def initial(self) -> _Poll:
        return _Poll()

    def mover(self, poll: _Poll) -> int:
        if not poll.quality:
            return CHANCE
        return TERMINAL if len(poll.votes) == self.voters else len(poll.votes) + 1

    def chances(self, poll: _Poll) -> list[tuple[str, Number]]:  # noqa: ARG002 - only the root
        qualities = [("good", self.prior), ("bad", 1 - self.prior)]
        return [(quality, probability) for quality, probability in qualities if probability]

    def actions(self, poll: _Poll) -> tuple[str, str]:  # noqa: ARG002 - always the same
        return ("no", "yes")

    def after(self, poll: _Poll, action: str) -> _Poll:
        if not poll.quality:
            return _Poll(action)
        return _Poll(poll.quality, (*poll.votes, action))

    def observation(self, poll: _Poll) -> str:  # noqa: ARG002 - a voter sees nothing
        return "vote"

    def payoffs(self, poll: _Poll) -> tuple[int, ...]:
        stake = 1 if poll.quality == "good" else -1
        passed = poll.votes.count("yes") >= self.quota
        return (*(stake * (vote == "yes") for vote in poll.votes), int(passed))
