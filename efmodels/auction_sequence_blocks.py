"""Pyomo blocks of mechanisms for two auctions in a row, from their rows as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlock, Answers
from efmodels.auction_sequences.auction_rule import AuctionRule
from efmodels.auction_sequences.labels import RuleLabels
from efmodels.auction_sequences.outcomes import outcomes_of
from efmodels.auction_sequences.rows import bidder_rows, first_flow, second_flow
from efmodels.errors import SolverError
from efmodels.kept_rows import require_kept
from efmodels.matrix import MatrixConstraint, MatrixVar

if TYPE_CHECKING:
    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.auction_sequences.outcomes import SaleOutcomes
    from efmodels.auction_sequences.rows import BidderRows
    from efmodels.auction_sequences.sequence import AuctionSequence
    from efmodels.auction_sequences.terms import Terms
    from efmodels.game import Floats


def auction_sequence_block(sequence: AuctionSequence, terms: Terms) -> AnsweringBlockData:
    """Return the block of all mechanisms in which bidders are honest and take part."""
    outcomes = outcomes_of(sequence, terms)
    labels = RuleLabels(outcomes)
    block: AnsweringBlockData = AnsweringBlock(concrete=True)
    _declare_choices(block, outcomes, labels)
    rows = [bidder_rows(outcomes, k) for k in range(sequence.bidders)]
    block.payoff = MatrixVar(sequence.bidders, labels=sequence.players)
    block.payment = MatrixVar(sequence.bidders, labels=sequence.players)
    block.bidder = pyo.Block(list(sequence.players))
    for player, of_bidder in zip(sequence.players, rows, strict=True):
        _declare_bidder(block, player, of_bidder, labels, terms)
    block.value = pyo.Expression(expr=sum(block.payment.values()))
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()) + block.value)
    block.remember(Answers(_Decoder(outcomes, rows), exists=True))
    return block


def _declare_choices(block: Any, outcomes: SaleOutcomes, labels: RuleLabels) -> None:
    """Declare what the mechanism does after which reports."""
    block.first, block.second = pyo.Block(), pyo.Block()
    block.first.x = MatrixVar(
        len(outcomes.report), domain=pyo.NonNegativeReals, labels=labels.first_choices()
    )
    block.first.flow = MatrixConstraint(
        [(first_flow(outcomes), block.first.x)], rhs=1.0, labels=labels.profiles()
    )
    block.second.x = MatrixVar(
        len(outcomes.last), domain=pyo.NonNegativeReals, labels=labels.second_choices()
    )
    sums, source = second_flow(outcomes)
    block.second.flow = MatrixConstraint(
        [(sums, block.second.x), (-source, block.first.x)], rhs=0.0
    )


def _declare_bidder(
    block: Any, player: str, rows: BidderRows, labels: RuleLabels, terms: Terms
) -> None:
    """Declare what one bidder sees, pays and could gain."""
    own = block.bidder[player]
    sights, ends = labels.sights(rows), labels.histories(rows)
    own.seen = MatrixVar(len(sights), labels=sights)
    own.seen_row = _definition(rows.seen, block.first.x, own.seen, sights)
    own.ends = MatrixVar(len(ends), labels=ends)
    own.ends_row = _definition(rows.ends, block.second.x, own.ends, ends)
    won = dict(zip(ends, rows.histories.items.tolist(), strict=True))
    own.items_won = pyo.Param(list(ends), initialize=won)
    _declare_payments(own, rows, ends)
    _declare_replies(own, rows, labels, terms)
    for name, parts in (
        (
            "payoff",
            [(rows.gain_seen, own.seen), (rows.gain_ends, own.ends), (rows.gain_pays, own.pays)],
        ),
        ("payment", [(rows.paid_seen, own.seen), (rows.paid_pays, own.pays)]),
    ):
        known = [(_row(numbers), variables) for numbers, variables in parts]
        total = getattr(block, name)[player]
        setattr(own, f"{name}_row", MatrixConstraint([*known, (_row([-1.0]), [total])], rhs=0.0))
    own.obey = MatrixConstraint(
        [(_row([1.0]), [block.payoff[player]]), (_row(-rows.root), own.v)], lb=0.0
    )


def _declare_payments(own: Any, rows: BidderRows, ends: list[str]) -> None:
    """Declare what she pays at the end: nothing, or between bounds per unit of probability."""
    charged = np.flatnonzero(rows.most > 0)
    own.pays = MatrixVar(
        len(ends),
        labels=ends,
        bounds=(np.zeros(len(ends)), np.where(rows.most > 0, np.inf, 0.0)),
    )
    chosen = sparse.eye_array(len(ends), format="csr")[charged]
    names = [ends[k] for k in charged]

    def rows_of(bound: Floats, **sides: float) -> MatrixConstraint:
        limit = sparse.diags_array(-bound[charged]).tocsr() @ chosen
        return MatrixConstraint([(chosen, own.pays), (limit, own.ends)], labels=names, **sides)

    own.most = rows_of(rows.most, ub=0.0)
    if rows.least.any():
        own.least = rows_of(rows.least, lb=0.0)


def _declare_replies(own: Any, rows: BidderRows, labels: RuleLabels, terms: Terms) -> None:
    """Declare what each type could get by any reports, at least 0 where she may leave."""
    types = rows.reply_values.shape[1]
    size = types // (1 + len(rows.sights))
    floor = np.full(types, -np.inf)
    if terms.may_leave[0]:
        floor[:size] = 0.0
    if terms.may_leave[1]:
        floor[size:] = 0.0
    own.v = MatrixVar(types, labels=labels.types(rows), bounds=(floor, None))
    own.reply = MatrixConstraint(
        [
            (rows.reply_values, own.v),
            (rows.reply_seen, own.seen),
            (rows.reply_ends, own.ends),
            (rows.reply_pays, own.pays),
        ],
        lb=0.0,
        labels=labels.replies(rows),
    )


def _definition(
    matrix: sparse.csr_array, source: Any, result: Any, labels: list[str]
) -> MatrixConstraint:
    """Return the rows ``matrix @ source == result``."""
    minus = -sparse.eye_array(len(labels)).tocsr()
    return MatrixConstraint([(matrix, source), (minus, result)], rhs=0.0, labels=labels)


def _row(numbers: Any) -> sparse.csr_array:
    return sparse.csr_array(np.asarray(numbers, dtype=float).reshape(1, -1))


class _Decoder:
    """Reads the rule of an auction off a solved block."""

    def __init__(self, outcomes: SaleOutcomes, rows: list[BidderRows]) -> None:
        self._outcomes = outcomes
        self._rows = rows

    def __call__(self, block: Any) -> AuctionRule:
        """Return the rule.

        Raises
        ------
        SolverError
            The model has not been solved.
        """
        first, second = block.first.x.array(), block.second.x.array()
        pays = [block.bidder[p].pays.array() for p in self._outcomes.sequence.players]
        if any(np.isnan(values).any() for values in (first, second, *pays)):
            raise SolverError(
                f"block {block.name!r} has no solution yet: solve the model first",
                status="not solved",
                solver="",
            )
        for stage in (block.first, block.second):
            require_kept(stage.x, stage.flow)
        for own in (block.bidder[player] for player in self._outcomes.sequence.players):
            require_kept(own.pays, own.ends_row, own.most)
            if own.component("least") is not None:
                require_kept(own.least)
        charge = [rows.charge(second, paid) for rows, paid in zip(self._rows, pays, strict=True)]
        return AuctionRule.of(self._outcomes, first, second, np.array(charge))
