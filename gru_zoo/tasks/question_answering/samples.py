"""Questions with stories and passages that show what the task does."""

STORIES = (
    ("Where is Mary?", "Mary moved to the bathroom. John went to the hallway."),
    (
        "Where is the football?",
        "John took the football. John went to the garden. John dropped the football. John "
        "travelled to the office.",
    ),
    (
        "Is the red square to the left of the triangle?",
        "The triangle is above the blue square. The red square is to the left of the blue square.",
    ),
    (
        "What is Sandra carrying?",
        "Sandra got the milk there. Sandra went back to the kitchen. Sandra picked up the apple.",
    ),
)

PASSAGES = (
    (
        "When was the bridge opened?",
        "The old bridge over the river was built of stone. A new one of steel was opened in 1932.",
    ),
    (
        "Who wrote the first program for a machine?",
        "Ada Lovelace, an English mathematician, wrote the first program for a machine. It was "
        "published in 1843 with a translation of an article by Luigi Menabrea.",
    ),
    (
        "What do bees collect?",
        "Bees fly from flower to flower and collect nectar. From it they make honey, on which the "
        "hive lives in winter.",
    ),
    ("How tall is the tower?", "The tower has 1,665 steps. Most visitors take the lift."),
)
