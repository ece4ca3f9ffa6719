"""Samples of translation, by source language."""

SAMPLES = {
    "en": (
        "A man in an orange hat is standing in front of a red car.",
        "Two dogs play in the snow.",
        "I would like a cup of coffee, please.",
        "My name is Xiuying and I live in Kraków.",
    ),
    "es": (
        "Quisiera una taza de café, por favor.",
        "¿Cómo estás hoy?",
        "No sé dónde está mi hermana.",
        "Me llamo Xiuying y vivo en Kraków.",
    ),
}
