"""Benchmark games and markets by their parameters, and the game files shipped with the package.

A function here returns a :class:`efmodels.Game` or a :class:`efmodels.markets.Market`. The
docstring of a game states the rules, who observes what, the payoffs and the size of the tree; that
of a market states how values and budgets are drawn.
"""

from efmodels.instances.complete_markets import complete_market
from efmodels.instances.correlated_markets import correlated_market
from efmodels.instances.auction_design import single_item_auction
from efmodels.instances.data import data_file
from efmodels.instances.dice import liars_dice
from efmodels.instances.information_design import car_sale, persuasion, prosecutor, voter_persuasion
from efmodels.instances.kuhn_poker import kuhn
from efmodels.instances.leduc_poker import leduc
from efmodels.instances.named import catalog, load
from efmodels.instances.naval import battleship
from efmodels.instances.prize_bidding import goofspiel
from efmodels.instances.ride_hailing import EIGHT_PLACES, SEVEN_PLACES, ride_sharing
from efmodels.instances.smuggling import sheriff
from efmodels.instances.trick_taking import tricks

__all__ = [
    "EIGHT_PLACES",
    "SEVEN_PLACES",
    "battleship",
    "catalog",
    "data_file",
    "goofspiel",
    "kuhn",
    "leduc",
    "liars_dice",
    "load",
    "ride_sharing",
    "sheriff",
    "tricks",
from efmodels.instances.multiple_equilibria_markets import two_equilibria_market
from efmodels.instances.power_law_markets import power_law_market
from efmodels.instances.sampled_markets import sampled_market

__all__ = [
    "complete_market",
    "correlated_market",
    "data_file",
    "kuhn",
    "leduc",
    "liars_dice",
    "power_law_market",
    "sampled_market",
    "two_equilibria_market",
from efmodels.instances.matrix_games import (
    battle_of_the_sexes,
    chicken,
    commitment_game,
    matching_pennies,
    prisoners_dilemma,
    rock_paper_scissors,
    shapley,
)
from efmodels.instances.random_matrices import random_matrix_game, random_zero_sum_matrix_game
from efmodels.instances.sequential_auctions import first_price_sequence, second_price_sequence
from efmodels.instances.sequential_design import sequential_auction_design
from efmodels.instances.trade_design import bilateral_trade

__all__ = [
    "battle_of_the_sexes",
    "bilateral_trade",
    "car_sale",
    "chicken",
    "commitment_game",
    "data_file",
    "first_price_sequence",
    "kuhn",
    "leduc",
    "liars_dice",
    "matching_pennies",
    "persuasion",
    "prisoners_dilemma",
    "prosecutor",
    "random_matrix_game",
    "random_zero_sum_matrix_game",
    "rock_paper_scissors",
    "second_price_sequence",
    "sequential_auction_design",
    "shapley",
    "single_item_auction",
    "voter_persuasion",
]
