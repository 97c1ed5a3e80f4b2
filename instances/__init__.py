"""Benchmark games and markets by their parameters, and the files that are shipped with the package.

Every function here returns a :class:`efmodels.Game` or a :class:`efmodels.markets.Market`; its
docstring states the rules, who observes what, the payoffs and the size.
"""

from efmodels.instances.alternating_offers import bargaining
from efmodels.instances.auction_design import single_item_auction
from efmodels.instances.complete_markets import complete_market
from efmodels.instances.correlated_markets import correlated_market
from efmodels.instances.data import data_file
from efmodels.instances.dice import liars_dice
from efmodels.instances.information_design import car_sale, persuasion, prosecutor, voter_persuasion
from efmodels.instances.kuhn_poker import kuhn
from efmodels.instances.leduc_poker import kj_poker, leduc
from efmodels.instances.matrix_games import (
    battle_of_the_sexes,
    chicken,
    commitment_game,
    matching_pennies,
    prisoners_dilemma,
    rock_paper_scissors,
    shapley,
)
from efmodels.instances.multiple_equilibria_markets import two_equilibria_market
from efmodels.instances.named import catalog, load
from efmodels.instances.naval import battleship
from efmodels.instances.power_law_markets import power_law_market
from efmodels.instances.private_types import bayesian_game
from efmodels.instances.prize_bidding import goofspiel
from efmodels.instances.random_games import random_tree, random_zero_sum_tree
from efmodels.instances.random_matrices import random_matrix_game, random_zero_sum_matrix_game
from efmodels.instances.refinement_games import (
    entry_game,
    guess_the_ace,
    mertens_voting,
    selten_horse,
)
from efmodels.instances.ride_hailing import EIGHT_PLACES, SEVEN_PLACES, ride_sharing
from efmodels.instances.river_poker import river_endgame
from efmodels.instances.sampled_markets import sampled_market
from efmodels.instances.search_on_graph import pursuit_evasion
from efmodels.instances.sender_receiver import (
    beer_quiche,
    signaling_game,
    von_stengel_forges_signaling,
)
from efmodels.instances.sequential_auctions import first_price_sequence, second_price_sequence
from efmodels.instances.sequential_design import sequential_auction_design
from efmodels.instances.smuggling import sheriff
from efmodels.instances.trade_design import bilateral_trade
from efmodels.instances.trick_taking import tricks

__all__ = [
    "EIGHT_PLACES",
    "SEVEN_PLACES",
    "bargaining",
    "battle_of_the_sexes",
    "battleship",
    "bayesian_game",
    "beer_quiche",
    "bilateral_trade",
    "car_sale",
    "catalog",
    "chicken",
    "commitment_game",
    "complete_market",
    "correlated_market",
    "data_file",
    "entry_game",
    "first_price_sequence",
    "goofspiel",
    "guess_the_ace",
    "kj_poker",
    "kuhn",
    "leduc",
    "liars_dice",
    "load",
    "matching_pennies",
    "mertens_voting",
    "persuasion",
    "power_law_market",
    "prisoners_dilemma",
    "prosecutor",
    "pursuit_evasion",
    "random_matrix_game",
    "random_tree",
    "random_zero_sum_matrix_game",
    "random_zero_sum_tree",
    "ride_sharing",
    "river_endgame",
    "rock_paper_scissors",
    "sampled_market",
    "second_price_sequence",
    "selten_horse",
    "sequential_auction_design",
    "shapley",
    "sheriff",
    "signaling_game",
    "single_item_auction",
    "tricks",
    "two_equilibria_market",
    "von_stengel_forges_signaling",
    "voter_persuasion",
]
