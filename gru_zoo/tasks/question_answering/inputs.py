"""Questions and texts as users pass them."""

from collections.abc import Sequence

from gru_zoo.text.inputs import as_texts


def as_pairs(question: str | Sequence[str], context: str | Sequence[str]) -> list[tuple[str, str]]:
    """Each question with its text.

    Args:
        question: a question, or several.
        context: one text for all questions, or one for each.

    Raises:
        TypeError: a question or text is not a string.
        ValueError: there are not as many texts as questions.
    """
    questions = as_texts(question)
    contexts = [context] * len(questions) if isinstance(context, str) else as_texts(context)
    if isinstance(question, str) and not isinstance(context, str):
        raise TypeError(
            "Expected one text for one question. Received: a list. Give a list of questions, too."
        )
    if len(contexts) != len(questions):
        raise ValueError(
            "Expected one text for all questions, or one for each. Received: "
            f"{len(questions)} questions and {len(contexts)} texts."
        )
    return list(zip(questions, contexts, strict=True))


def from_line(line: str) -> tuple[str, str]:
    """Question and text of a line.

    The question ends with the first question mark; without one the line is a question about
    nothing.
    """
    question, mark, context = line.partition("?")
    return question + mark, context.strip()
