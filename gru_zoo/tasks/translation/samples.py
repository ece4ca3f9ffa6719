"""Samples of translation, by source and target language."""

SAMPLES = {
    ("en", "fr"): (
        "Where is the station?",
        "I would like a cup of coffee, please.",
        "We can't come tonight because my sister is ill.",
        "He lost his keys on the way home.",
    ),
    # A preset of this direction knows descriptions of pictures alone.
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
    ("fr", "en"): (
        "Où est la gare ?",
        "Je voudrais une tasse de café, s'il vous plaît.",
        "Nous ne pouvons pas venir ce soir parce que ma sœur est malade.",
        "Il a perdu ses clés en rentrant.",
    ),
    ("de", "en"): (
        "Wo ist der Bahnhof?",
        "Ich hätte gern eine Tasse Kaffee, bitte.",
        "Wir können heute Abend nicht kommen, weil meine Schwester krank ist.",
        "Er hat auf dem Heimweg seine Schlüssel verloren.",
    ),
    ("en", "es"): (
        "Where is the station?",
        "I would like a cup of coffee, please.",
        "We can't come tonight because my sister is ill.",
        "He lost his keys on the way home.",
    ),
}
