"""What the preset of passages learns from, and its first word vectors."""

import collections
from collections.abc import Iterable, Sequence

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.data.extractive_qa import SOURCE
from gru_zoo.tasks.question_answering.passages.processor import PassageProcessor
from gru_zoo.tasks.question_answering.passages.words import lexeme, tokens_of
from gru_zoo.tasks.question_answering.task import QuestionAnswering
from gru_zoo.tasks.question_answering.training import Row
from gru_zoo.text.special_tokens import UNK
from recipes.question_answering.settings import Settings
from recipes.question_answering.stories import Prepared

SET = SOURCE.name
TRAIN = ("train", "qamr_dev")
VALIDATION = "valid"
TESTS = ("xquad_en", "test", "qamr_test", "qed_dev")
UNANSWERED = 0.15  # share of the questions that are also asked about another passage
LONG = 400  # characters; questions about shorter passages are not
MIN_COUNT = 3  # of a word of the vocabulary
VECTORS = "text_generation_everyday"  # preset whose word vectors are a start
SPREAD = 0.1  # standard deviation of the first word vectors


def examples(settings: Settings, root: str | None) -> Prepared:
    """Questions with their passages and, for some, with a passage that does not answer them."""
    splits = {split: data.load(SET, split, root) for split in TRAIN}
    train = [question for questions in splits.values() for question in questions]
    held_out = data.load(SET, VALIDATION, root)
    return Prepared(
        rows(train) + unanswered(train, settings.seed),
        None,
        rows(held_out) + unanswered(held_out, settings.seed),
        {split: len(questions) for split, questions in splits.items()},
    )


def tests(settings: Settings) -> tuple[str, ...]:
    """Splits to measure on."""
    return TESTS


def rows(questions: Iterable[AnsweredQuestion]) -> list[Row]:
    """A row of each question, with its first answer."""
    return [Row(q.question, q.context, q.answers[0]) for q in questions]


def unanswered(questions: Sequence[AnsweredQuestion], seed: int) -> list[Row]:
    """Questions about another long passage, in which their answer does not stand.

    The passage is one of the same article, or of any where the article is not known or has no
    other. Questions about short passages are left out.
    """
    random = np.random.default_rng(seed)
    passages: dict[str, dict[str, None]] = collections.defaultdict(dict)
    for question in questions:
        passages[question.group][question.context] = None
    of_article = {group: list(texts) for group, texts in passages.items()}
    single = [texts[0] for texts in of_article.values() if len(texts) == 1 and len(texts[0]) > LONG]
    found = []
    for question in questions:
        texts = of_article[question.group]
        others = texts if len(texts) > 1 else single
        if len(question.context) > LONG and len(others) > 1 and random.random() < UNANSWERED:
            other = others[random.integers(len(others))]
            if question.answers[0].lower() not in other.lower():
                found.append(Row(question.question, other, ""))
    return found


def processor_of(prepared: Prepared, settings: Settings) -> tuple[PassageProcessor, dict[str, int]]:
    """The processor with the words of the training rows, and the config that follows from it."""
    texts = {text for row in prepared.rows for text in row[:2]}
    counts = collections.Counter(lexeme(t.text) for text in sorted(texts) for t in tokens_of(text))
    words = [word for word, count in counts.most_common() if count >= MIN_COUNT]
    processor = PassageProcessor(words or list(counts), settings.config.affixes)
    return processor, {"vocabulary_size": processor.vocabulary_size}


def start_from_vectors(task: QuestionAnswering) -> int:
    """Give known words the vectors that a language model learned for them; returns how many.

    The principal components of its vectors are taken, as many as the table has columns.
    """
    earlier = gru_zoo.load(VECTORS)
    table = earlier.model.get_layer("embedding").get_weights()[0]
    vectors = table - table.mean(axis=0)
    *_, axes = np.linalg.svd(vectors[::4], full_matrices=False)
    layer = task.model.get_layer("words")
    (own,) = layer.get_weights()
    vectors = vectors @ axes[: own.shape[1]].T
    vectors *= SPREAD / vectors.std()
    known = 0
    for word in task.processor.words:
        row = earlier.processor.tokenizer.id_of(word)
        if row != UNK:
            own[task.processor.id_of(word)] = vectors[row]
            known += 1
    layer.set_weights([own])
    return known
