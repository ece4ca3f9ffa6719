"""Questions and texts as users pass them."""

from collections.abc import Iterable, Sequence

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


def unzipped(pairs: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The questions and the texts of pairs.

    Raises:
        TypeError: an item is no pair.
    """
    pairs = list(pairs)
    for i, pair in enumerate(pairs):
        if isinstance(pair, str) or len(pair) != 2:
            raise TypeError(
                "Expected a tuple of a question and its text, or a list of them. Received at "
                f"position {i}: {pair!r:.80}."
            )
    return [question for question, _ in pairs], [context for _, context in pairs]


def from_line(line: str) -> tuple[str, str]:
    """Question and text of a line.

    The question ends with the first question mark; without one the line is a question about
    nothing.
    """
    question, mark, context = line.partition("?")
    return question + mark, context.strip()
