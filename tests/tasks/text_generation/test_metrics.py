"""Next-word accuracy, compared with a loop over the positions of every text."""

import numpy as np
import pytest

from gru_zoo.tasks.text_generation.metrics import next_word_accuracy
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.special_tokens import UNK
from gru_zoo.text.word_tokenizer import WordTokenizer, is_word
from tests.tasks.text_generation.toy import TEXT, first_logits, new_task

TEXTS = ["The cat sat. Zofia ran!\n\nA dog", "on the mat", "", "the dog ran to Zofia , the cat" * 4]


def slowly(task, texts, top):
    can_start, _ = task.processor.word_tokens()
    right = count = 0
    for text in texts:
        ids = task.processor.encode_after_eos(text)
        inputs = [ids[None], *task.reader.initial_states()]
        logits = np.where(can_start, task.model.predict_on_batch(inputs)[0][0], -np.inf)
        for t, token in enumerate(task.processor.tokens(text)):
            if is_word(token):
                right += ids[t + 1] in np.argsort(-logits[t])[:top] and ids[t + 1] != UNK
                count += 1
    return right / count, count


def test_equals_a_loop(words):
    found = next_word_accuracy(words.model, words.processor, TEXTS)
    assert [metric.name for metric in found] == ["next_word_top_3", "next_word_top_1"]
    for metric, top in zip(found, (3, 1), strict=True):
        value, count = slowly(words, TEXTS, top)
        assert metric.value == pytest.approx(value) and 0 < value < 1
        assert metric.signature.endswith(f"words:{count}")
    assert words.evaluate(TEXTS, TEXTS) == found


def test_suggest_gives_the_words_that_are_counted(words):
    can_start, _ = words.processor.word_tokens()
    logits = np.where(can_start, first_logits(words, "the cat"), -np.inf)
    best = words.processor.pieces(np.argsort(-logits)[:3])
    assert [s.word for s in words.suggest("the cat ")] == best


def test_separated_words_have_a_perplexity():
    processor = LanguageModelProcessor(WordTokenizer.train(TEXT.split("\n"), 20, separated=True))
    task = new_task(processor)
    names = [metric.name for metric in task.evaluate([TEXT], [TEXT])]
    assert names == ["next_word_top_3", "next_word_top_1", "word_perplexity"]
    assert task.evaluate([TEXT], [TEXT])[2].value == pytest.approx(
        task.score(TEXT).perplexity, rel=1e-4
    )


def test_rare_words_of_a_data_set_are_wrong():
    processor = LanguageModelProcessor(WordTokenizer.train(TEXT.split("\n"), 20, separated=True))
    task = new_task(processor)
    known, lacking = (task.evaluate([text], [text])[0] for text in ("the cat", "the cat <unk>"))
    assert lacking.value == pytest.approx(known.value * 2 / 3)


def test_no_word(words):
    with pytest.raises(ValueError, match="at least one text with a word"):
        words.evaluate([" . "], [" . "])
