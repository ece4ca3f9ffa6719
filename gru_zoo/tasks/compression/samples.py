"""Samples of compression: sentences in the style of news."""

SAMPLES = (
    "The city council voted on Tuesday night to close two of its five public libraries by the "
    "end of the year, officials said.",
    "Maria Keller, a nurse from Leeds who began to run at the age of 60, has won her third "
    "marathon.",
    "A fire that broke out early on Monday destroyed a historic mill near Lyon, according to "
    "local media reports.",
    "It rained.",
)
