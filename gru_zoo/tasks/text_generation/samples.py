"""Sample prompts of text generation, for demonstrations and golden outputs."""

SAMPLES = {
    "char": (
        "First Citizen:\nBefore we proceed any further, hear me speak.\n",
        "O Romeo, Romeo! wherefore art thou ",
        "I would like to",
    ),
    # For models that are trained on prose in the form of WikiText.
    "subword": (
        "The bridge was built in 1932 , and it was opened to the public in\n",
        "In the second half of the season , the team",
        "I would like to",
    ),
    # For models that are trained on everyday English.
    "word": (
        "Hi! How are you doing today?\n",
        "Thanks for your help. Have a great",
        "I would like to",
    ),
}
