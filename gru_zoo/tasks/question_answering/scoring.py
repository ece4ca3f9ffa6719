"""Answers and numbers from the outputs of the model."""

from collections.abc import Sequence

import keras
import numpy as np

from gru_zoo.batching.length_plan import bucket_indices, length_plan
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.question_answering.processor import (
    LENGTHS,
    QuestionAnsweringProcessor,
    Story,
    pad_stories,
)
from gru_zoo.tasks.question_answering.reading import last_mention
from gru_zoo.tasks.question_answering.results import Answer

_BATCH_SIZE = 64
FAILED = 5.0  # percent of wrong answers above which a task counts as failed, as in the paper


def answer_stories(
    model: keras.Model,
    processor: QuestionAnsweringProcessor,
    pairs: Sequence[tuple[str, str]],
    allow_none: bool = True,
) -> list[Answer]:
    """Answer each question about its story. Nothing is answered without a word to read.

    Args:
        model: the model.
        processor: its processor.
        pairs: questions and contexts.
        allow_none: False gives the likeliest answer even where it is likelier that there is none.
    """
    stories = [processor.encode(*pair) for pair in pairs]
    found = [Answer(None, 1.0)] * len(stories)
    rows = [i for i, s in enumerate(stories) if len(s.facts) and s.question.any()]
    if not rows:
        return found
    lengths = bucket_indices([stories[i].facts for i in rows], LENGTHS)
    for batch in length_plan([lengths], _BATCH_SIZE):
        chosen = [rows[i] for i in batch]
        # Filled up to a power of two, so that few shapes are compiled.
        filled = chosen + chosen[:1] * ((1 << (len(chosen) - 1).bit_length()) - len(chosen))
        outputs = predict_on_batch(model, pad_stories(stories[i] for i in filled))
        scores, evidence = (np.array(output, "float32") for output in outputs)
        for i, row_scores, weights in zip(chosen, scores, evidence, strict=False):
            if not allow_none and "" in processor.answers:
                row_scores[processor.answers.index("")] = -1
            found[i] = _answer(processor, stories[i], row_scores, weights)
    return found


def _answer(
    processor: QuestionAnsweringProcessor, story: Story, scores: np.ndarray, weights: np.ndarray
) -> Answer:
    """The likeliest answer, and where the story last mentions it, the most used sentence first."""
    best = int(scores.argmax())
    text = processor.answers[best] or None
    used = weights[: len(story.sentences)]
    span = None
    if text is not None:
        for i in np.argsort(-used, kind="stable"):
            span = span or last_mention(text, story.sentences[i])
    start, end = span or (None, None)
    return Answer(
        text,
        float(scores[best]),
        start,
        end,
        tuple(sentence.text for sentence in story.sentences),
        tuple(float(weight) for weight in used),
    )


def story_metrics(right: Sequence[bool], origins: Sequence[str]) -> list[Metric]:
    """Percentage of wrong answers: the mean over the parts of the set, and how many parts fail.

    Args:
        right: whether each answer is right.
        origins: part of the set that each question comes from.
    """
    errors = [
        100 * (1 - np.mean([ok for ok, part in zip(right, origins, strict=True) if part == name]))
        for name in sorted(set(origins))
    ]
    signature = f"percent of wrong answers, mean of {len(errors)} parts, {len(right)} questions"
    failed = sum(error > FAILED for error in errors)
    return [
        Metric("mean_error", float(np.mean(errors)), signature),
        Metric("failed_parts", float(failed), f"parts with over {FAILED:g} % of wrong answers"),
    ]
