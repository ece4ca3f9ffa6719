"""What the preset of passages learns from, and its first word vectors."""

import collections
from collections.abc import Iterable, Sequence

import numpy as np

import gru_zoo
from gru_zoo import data
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.tasks.question_answering.passages.processor import PassageProcessor
from gru_zoo.tasks.question_answering.passages.words import lexeme, tokens_of
from gru_zoo.tasks.question_answering.task import QuestionAnswering
from gru_zoo.tasks.question_answering.training import Row
from gru_zoo.text.special_tokens import UNK
from recipes.question_answering.prepare import Prepared
from recipes.question_answering.settings import Settings

SET = "extractive-qa"
TRAIN = ("train", "qamr_dev")
TESTS = ("test", "xquad_en", "qamr_test", "qed_dev")
UNANSWERED = 0.15  # share of the questions of an article that are also asked about another passage
MIN_COUNT = 3  # of a word of the vocabulary
VECTORS = "text_generation_everyday"  # preset whose word vectors are a start
SPREAD = 0.1  # standard deviation of the first word vectors


def examples(settings: Settings, root: str | None) -> Prepared:
    """Questions with their passages and, for some, with a passage that does not answer them."""
    train = [question for split in TRAIN for question in data.load(SET, split, root)]
    held_out = data.load(SET, "valid", root)
    return Prepared(
        rows(train) + unanswered(train, settings.seed),
        None,
        rows(held_out) + unanswered(held_out, settings.seed),
    )


def rows(questions: Iterable[AnsweredQuestion]) -> list[Row]:
    """A row of each question, with its first answer."""
    return [Row(q.question, q.context, q.answers[0]) for q in questions]


def unanswered(questions: Sequence[AnsweredQuestion], seed: int) -> list[Row]:
    """Questions about another passage of their article, in which the answer does not stand.

    Questions about single sentences are left out, and so are articles of one passage.
    """
    random = np.random.default_rng(seed)
    passages: dict[str, list[str]] = collections.defaultdict(list)
    for question in questions:
        if question.context not in passages[question.group]:
            passages[question.group].append(question.context)
    single = [texts[0] for texts in passages.values() if len(texts) == 1 and len(texts[0]) > 400]
    found = []
    for question in questions:
        of_article = passages[question.group]
        others = of_article if len(of_article) > 1 else single
        if len(question.context) > 400 and len(others) > 1 and random.random() < UNANSWERED:
            other = others[random.integers(len(others))]
            if question.answers[0].lower() not in other.lower():
                found.append(Row(question.question, other, ""))
    return found


def processor(prepared: Prepared, settings: Settings) -> PassageProcessor:
    """The processor with the words of the training rows."""
    texts = {text for row in prepared.rows for text in row[:2]}
    counts = collections.Counter(lexeme(t.text) for text in sorted(texts) for t in tokens_of(text))
    words = [word for word, count in counts.most_common() if count >= MIN_COUNT]
    return PassageProcessor(words or list(counts), settings.config.affixes)


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
