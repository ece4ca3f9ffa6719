"""Sample prompts of text generation, for demonstrations and golden outputs."""

CHARACTER_SAMPLES = (
    "First Citizen:\nBefore we proceed any further, hear me speak.\n",
    "O Romeo, Romeo! wherefore art thou ",
    "I would like to",
)

# For sub-word models, which are trained on prose in the form of WikiText.
SUBWORD_SAMPLES = (
    "The bridge was built in 1932 , and it was opened to the public in\n",
    "In the second half of the season , the team",
    "I would like to",
)
