"""Samples of translation, by source and target language."""

SAMPLES = {
    ("en", "fr"): (
        "Where is the station?",
        "I would like a cup of coffee, please.",
        "We can't come tonight because my sister is ill.",
        "He lost his keys on the way home.",
    ),
    # The preset of this direction knows descriptions of pictures alone.
    ("en", "de"): (
        "A man in an orange hat is standing in front of a red car.",
        "Two dogs play in the snow.",
        "A woman is cutting vegetables in a kitchen.",
        "Children are playing football on the beach.",
    ),
    ("es", "en"): (
        "¿Dónde está la estación?",
        "Quisiera una taza de café, por favor.",
        "No podemos venir esta noche porque mi hermana está enferma.",
        "Perdió sus llaves de camino a casa.",
    ),
}
