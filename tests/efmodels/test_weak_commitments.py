"""Commitments with ties broken against the leader: known values, exact oracles, samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import efmodels as ef
from efmodels import reply_regions
from efmodels.errors import GameError, SizeError
from tests.commitment_cases import cases_of, game_of
from tests.oracles.commitment import reduced_table
from tests.oracles.weak_commitment import weak_value
from tests.random_games import dealt_game, random_game


@pytest.mark.parametrize("case", cases_of("WSE-sup"))
def test_known_values(case: dict[str, Any]) -> None:
    """The suprema that are known."""
    assert ef.weak_stackelberg(game_of(case)).value == pytest.approx(case["value"], abs=1e-6)


def assert_equals_exact_value(seed: int) -> None:
    """Compare supremum and attainment with those of rational arithmetic, whoever leads."""
    generator = np.random.default_rng(seed)
    columns = int(generator.integers(2, 5))
    hers, his = generator.integers(-2, 3, (2, 2, columns))
    value, attained = weak_value(hers.tolist(), his.tolist())
    for game, leader in (
        (ef.Game.from_matrices(hers, his), "P1"),
        (ef.Game.from_matrices(his.T, hers.T), "P2"),
    ):
        weak = ef.weak_stackelberg(game, leader)
        assert weak.value == pytest.approx(float(value), abs=1e-7)
        assert weak.attained is attained
        if attained:
            assert weak.commitment.payoffs()[leader] == pytest.approx(float(value), abs=1e-7)


@pytest.mark.parametrize("seed", range(25))
def test_values_of_two_rows_are_exact(seed: int) -> None:
    """Small integers make ties of all kinds: replies that are alike, that cross, that touch."""
    assert_equals_exact_value(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25, 225))
def test_values_of_many_games_with_two_rows_are_exact(seed: int) -> None:
    """The same for two hundred games."""
    assert_equals_exact_value(seed)


@pytest.mark.parametrize("seed", range(8))
def test_no_sample_brings_more(seed: int) -> None:
    """Of a thousand commitments none brings more, against the worst of all best replies."""
    game = dealt_game(seed) if seed % 2 else random_game(seed, nodes=9)
    weak = ef.weak_stackelberg(game)
    table = reduced_table(game)
    generator = np.random.default_rng(seed)
    corners = np.eye(len(table))
    mixtures = [*corners, *generator.dirichlet(np.full(len(table), 0.5), 1000)]
    payoffs = np.einsum("sa,abu->sbu", np.array(mixtures), table)
    best = payoffs[..., 1] >= payoffs[..., 1].max(axis=1, keepdims=True) - 1e-12
    sure = np.where(best, payoffs[..., 0], np.inf).min(axis=1)

    assert sure.max() <= weak.value + 1e-6
    assert weak.value <= ef.stackelberg_by_bounds(game).value + 1e-6


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("loss", [0.01, 0.5])
def test_strict_commitments_do_not_depend_on_ties(seed: int, loss: float) -> None:
    """They bring the value but for the loss, and other replies cost the margin."""
    game = ef.instances.random_matrix_game(seed, actions=(3, 4), low=-3, high=3)
    weak = ef.weak_stackelberg(game)
    one = weak.strict(loss)
    x = one.plan[1:]
    form = game.sequence_form()
    hers, his = (x @ form.payoff_matrix(p).toarray()[1:, 1:] for p in game.players)
    best = his >= his.max() - 1e-9

    assert hers[best].min() == pytest.approx(one.value)
    assert one.value >= weak.value - loss - 1e-9
    assert one.margin == pytest.approx(his.max() - his[~best].max(initial=-np.inf))
    assert one.margin > 0
    assert one.commitment.payoffs()["P1"] == pytest.approx(one.value)


def test_alike_replies_count_as_one() -> None:
    """Against a reply that never matters to the follower, the leader counts on the worse one."""
    game = ef.Game.from_matrices([[5, 1], [0, 2]], [[0, 0], [1, 1]])

    assert ef.optimal_equilibrium(game, "SSE").value == pytest.approx(5)
    weak = ef.weak_stackelberg(game)
    assert (weak.attained, weak.value) == (True, pytest.approx(5 / 3))


def test_shows_as_a_table() -> None:
    """Text and notebook say whether the value is attained."""
    weak = ef.weak_stackelberg(ef.instances.commitment_game())

    assert str(weak).splitlines()[2].split() == ["attained", "no"]
    assert "10.5" in weak._repr_html_()


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three players, no loss at all and too many plans are refused."""
    with pytest.raises(GameError, match="weak_stackelberg needs two players"):
        ef.weak_stackelberg(random_game(1, players=3))
    with pytest.raises(GameError, match="loss must be a number above 0"):
        ef.weak_stackelberg(ef.instances.commitment_game()).strict(0)
    monkeypatch.setattr(reply_regions, "MOST_PLANS", 5)
    with pytest.raises(SizeError, match="64 pure plans"):
        ef.weak_stackelberg(ef.instances.kuhn())
