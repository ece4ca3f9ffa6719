"""Questions and stories that show what the task does."""

SAMPLES = (
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
