"""Where each family of benchmark games comes from, and what of it is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from efmodels.instances.alternating_offers import bargaining
from efmodels.instances.auction_design import single_item_auction
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
from efmodels.instances.naval import battleship
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
from efmodels.instances.ride_hailing import ride_sharing
from efmodels.instances.river_poker import river_endgame
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Game


class Family(NamedTuple):
    """A function that makes games, where its rules come from, and what is known to differ."""

    function: Callable[..., Game]
    source: str
    differs: str = ""


_OURS = "ours"
_FOLKLORE = "folklore"
_BENCHMARKS = "Farina, Ling, Fang, Sandholm 2019 (arXiv 1905.12564)"
_PERSUASION = "Kamenica and Gentzkow 2011"
_SIGNALLING = "von Stengel and Forges 2008"
_BUDGETS = "stands for auctions with budgets of the literature, whose details are not known here"

TABLE_GAMES = (
    Family(bargaining, _OURS, "stands for larger games that train agents who negotiate"),
    Family(
        *(battleship, _BENCHMARKS),
        "the loss multiplier of the published tables is not known: 2 here",
    ),
    Family(
        *(goofspiel, "Ross 1971"), "whether the published GL3 splits or discards ties is not known"
    ),
    Family(
        *(kj_poker, _OURS),
        "in the manner of games on limited lookahead; not compared with those of a paper",
    ),
    Family(kuhn, "Kuhn 1950; three players: the literature on team and correlated play"),
    Family(
        *(leduc, "Southey et al. 2005"),
        "suits are merged; the payoffs with three players extend the two-player rules",
    ),
    Family(
        *(liars_dice, _FOLKLORE),
        "order of bids and wild face as in public game files; they do not change the counts",
    ),
    Family(
        *(pursuit_evasion, _OURS),
        "in the manner of search games on commitment; rules, graph and payoffs are not theirs",
    ),
    Family(
        *(ride_sharing, "the literature on correlated play"),
        "maps, rewards and what happens at a tie are ours; only numbers of nodes agree",
    ),
    Family(
        river_endgame, _OURS, "stands for endgames of no-limit Texas hold'em that are not public"
    ),
    Family(
        *(sheriff, _BENCHMARKS),
        "value 5, penalty 1 and compensation 1 are assumed for the published tables",
    ),
    Family(
        *(tricks, "the literature on team play"),
        "the published TP3 has 910,737 nodes; ours has 1,062,741",
    ),
)

TREES = (
    Family(bayesian_game, "Harsanyi 1967", "the game of the defaults is ours"),
    Family(beer_quiche, "Cho and Kreps 1987"),
    Family(entry_game, "Selten 1978", "the stage game, with other numbers"),
    Family(
        *(guess_the_ace, "Miltersen and Sørensen 2006"),
        "in some files of this name the first player sees the top card",
    ),
    Family(mertens_voting, "Mertens 1995"),
    Family(random_tree, _OURS),
    Family(random_zero_sum_tree, _OURS),
    Family(selten_horse, "Selten 1975", "the second player gets 3, not 2, after (down, left)"),
    Family(signaling_game, _FOLKLORE, f"the payoffs of the defaults: {_SIGNALLING}"),
    Family(von_stengel_forges_signaling, f"{_SIGNALLING}, figure 1"),
)

NORMAL_FORMS = (
    Family(battle_of_the_sexes, _FOLKLORE),
    Family(chicken, _FOLKLORE, "numbers vary from source to source"),
    Family(commitment_game, _FOLKLORE, "numbers vary from source to source"),
    Family(matching_pennies, _FOLKLORE),
    Family(prisoners_dilemma, _FOLKLORE, "numbers vary from source to source"),
    Family(random_matrix_game, _OURS),
    Family(random_zero_sum_matrix_game, _OURS),
    Family(rock_paper_scissors, _FOLKLORE),
    Family(shapley, "Shapley 1964", "the names of the actions are ours"),
)

DESIGN = (
    Family(
        *(bilateral_trade, "Myerson and Satterthwaite 1983"),
        "finitely many types and prices, and the broker is a player; the defaults are ours",
    ),
    Family(car_sale, _FOLKLORE, f"an example of the theory of {_PERSUASION}"),
    Family(first_price_sequence, _OURS, _BUDGETS),
    Family(persuasion, _PERSUASION, "the payoffs of the defaults are ours"),
    Family(prosecutor, _PERSUASION),
    Family(second_price_sequence, _OURS, _BUDGETS),
    Family(sequential_auction_design, _OURS, _BUDGETS),
    Family(
        *(single_item_auction, "Myerson 1981"),
        "finitely many values and prices, and the auctioneer is a player; the defaults are ours",
    ),
    Family(voter_persuasion, _OURS, "in the manner of the literature on persuading voters"),
)

GROUPS = {
    "table games": TABLE_GAMES,
    "trees": TREES,
    "normal forms": NORMAL_FORMS,
    "mechanism and information design": DESIGN,
}
"""The families in the order in which they are listed: played at a table, textbook and random
trees, textbook and random normal forms, and those in which a player is the designer."""

FAMILIES = {family.function.__name__: family for families in GROUPS.values() for family in families}
"""Every function that makes a game, by its name."""
