"""Prose of the cards of the chess presets."""

TEXTS = {
    "chess_moves": {
        "summary": (
            "Predicts the next move of a human from the game so far and the ratings of both "
            "players. A GRU over the turns of a player scores the legal moves by what can be seen "
            "of them on the board. Trained from scratch on one CPU core."
        ),
        "licence": (
            "Apache-2.0 for the weights; the games are CC0 1.0, from the open database of lichess"
        ),
        "intended_use": (
            "To guess what a human would play, to play against at a rating, and as a start for "
            "the games of one player."
        ),
        "limits": (
            "The games are no random sample of lichess. In every one of them one of two people "
            "sits on one side: Magnus Carlsen under two other accounts, mostly rated 2,700 to "
            "3,200, in about a quarter of the games, or an amateur, mostly rated 1,600 to 2,150. "
            "Four in five are one-minute bullet, from 2018 to 2022, so openings are narrow and "
            "moves hasty. Do not read it as chess players in general. It looks one move ahead and "
            "does not calculate: it plays what a human may play and not what is best. It knows "
            "standard chess alone, no variants, and no clocks. It needs python-chess, which is "
            "under the GPL 3.0."
        ),
        "citations": (
            "McIlroy-Young et al. 2020, Aligning Superhuman AI with Human Behavior: Chess as a "
            "Model System, KDD",
            "lichess.org open database, https://database.lichess.org/",
        ),
    },
}
