import unicodedata

import numpy as np
import pytest

import gru_zoo
from gru_zoo import recipe
from gru_zoo.data.examples import SummarizedText
from gru_zoo.presets.card import MetricRow
from gru_zoo.tasks.compression.model import Config
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.results import Compressed
from gru_zoo.tasks.compression.selection import TOLERANCE
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.tasks.compression.words import words_of
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from tests.backends import only_on
from tests.paths import FIXTURES
from tests.tiny_card import tiny_card

LINES = FIXTURES / "shorter.tsv"
TEXTS, SHORTER = zip(
    *(line.split("\t") for line in LINES.read_text(encoding="utf-8").splitlines()), strict=True
)
TEXTS, SHORTER = list(TEXTS), list(SHORTER)


@pytest.fixture(scope="module")
def small_tokenizer():
    return SubwordTokenizer.train(TEXTS, vocabulary_size=420)


def new_task(tokenizer, **options):
    config = Config(
        vocabulary_size=420, embedding_dim=12, units=16, word_units=16, key=8, **options
    )
    card = tiny_card("compression", config)
    return Compression(Compression.build(config), CompressionProcessor(tokenizer), card)


@pytest.fixture(scope="module")
def task(small_tokenizer):
    return new_task(small_tokenizer)


@pytest.fixture(scope="module")
def trained(small_tokenizer, tmp_path_factory):
    """A task that knows the sentences by heart, and the same saved and loaded again."""
    task = new_task(small_tokenizer, word_dropout=0.0, dropout=0.0)
    task.fit(
        TEXTS,
        SHORTER,
        validation=(TEXTS, SHORTER),
        epochs=25,
        batch_size=24,
        learning_rate=0.02,
        average=2,
        verbose=0,
    )
    return task, gru_zoo.load(task.save(tmp_path_factory.mktemp("home") / "mine"))


def is_made_of(shorter, text):
    """Whether a text is a subsequence of the words of another, case aside."""
    words = iter(word.text.casefold() for word in words_of(text))
    return all(word.text.casefold() in words for word in words_of(shorter))


def test_padding_does_not_count(task):
    inputs = task.golden_inputs()
    arcs = task.golden_outputs(inputs)[0]
    longer = [np.pad(array, ((0, 0), (0, 8))) for array in inputs]
    nodes = arcs.shape[1]
    again = task.golden_outputs(longer)[0][:, :nodes, :nodes]
    np.testing.assert_allclose(again, arcs, atol=1e-5)


@pytest.mark.parametrize("ratio", [None, 0.0, 0.3, 0.5, 1.0])
def test_the_words_are_those_of_the_text_in_order(task, ratio):
    texts = [*TEXTS[:6], 'He said: "Don\'t!" (twice), at 9:30 in U.S. towns.']
    for text, shorter in zip(texts, task.compress(texts, ratio), strict=True):
        assert is_made_of(shorter, text)


def test_ratio_is_the_share_of_words(task):
    text = TEXTS[0]
    for ratio in (0.25, 0.5, 0.9):
        found = task.compress(text, ratio, return_words=True)
        assert abs(found.kept.mean() - ratio) <= TOLERANCE
    assert task.compress(text, ratio=0) == ""
    assert task.compress(text, ratio=1) == text


@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.7])
def test_ratio_is_that_of_a_long_text_as_a_whole(task, ratio):
    text = " ".join(["It rained."] * 44)  # split into segments of three words
    found = task.compress(text, ratio, return_words=True)
    assert len(found.kept) == 132 and found.kept.any()
    assert abs(found.kept.mean() - ratio) <= TOLERANCE


@pytest.fixture(scope="module")
def preset():
    return gru_zoo.load("summarization_compression")


def test_no_ratio_takes_the_object_of_a_verb(preset):
    sentence = "He said on Monday that it will rain."
    assert preset.compress(sentence, ratio=0.6) == "He said it will rain."
    texts = [
        "We cannot accept the offer because the price is far too high.",
        "My sister bought a red bicycle for her daughter last week.",
        "The doctor told him not to eat anything before the operation on Thursday.",
    ]
    needs = ({"accept": "offer"}, {"bought": "bicycle"}, {"told": "him", "eat": "not"})
    for ratio in (0.4, 0.5, 0.6, 0.8):
        for text, pairs in zip(preset.compress(texts, ratio), needs, strict=True):
            for word, needed in pairs.items():
                assert word not in text or needed in text


def test_markup_quotation_marks_and_what_is_appended_change_nothing(preset):
    text = "The town & the club bought a boat on Monday, and they will share it."
    expected = preset.compress(text)
    for form in ("<p>{}</p>", '"{}"', "“{}”", "{} https://example.org/a?b=1", "{} 😊", "  {} "):
        assert preset.compress(form.format(text)) == expected
    assert preset.compress(text.replace("&", "&amp;")) == expected


def test_a_question_stays_one(preset):
    assert preset.compress("Do you know whether the museum is open on Mondays?")[-1] == "?"


def test_addresses_are_whole_or_gone(preset):
    text = "Visit https://example.org/help or write to help@example.org if you have questions."
    for ratio in (None, 0.2, 0.4, 0.6, 0.8):
        rest = preset.compress(text, ratio)
        rest = rest.replace("https://example.org/help", "").replace("help@example.org", "")
        assert "http" not in rest and "example" not in rest and "@" not in rest


@pytest.mark.parametrize("ratio", [-0.1, 1.1, float("nan"), "0.5", [0.5]])
def test_ratio_out_of_range(task, ratio):
    with pytest.raises(ValueError, match="Expected a ratio from 0 to 1. Received: ratio="):
        task.compress(TEXTS[0], ratio)


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_nothing_stays_nothing(task, text):
    assert task.compress(text) == ""
    found = task.compress([text], return_words=True)[0]
    assert found.text == "" and found.words == () and found.kept.shape == (0,)


@pytest.mark.parametrize("ratio", [0.2, 0.5, 0.8])
def test_words_are_never_torn(task, ratio):
    text = "Beyoncé's café in Málaga, हिन्दी भाषा, 👨\u200d👩\u200d👧 in 🇪🇸 🇫🇷."
    composed = task.compress(text, ratio, return_words=True)
    found = task.compress(unicodedata.normalize("NFD", text), ratio, return_words=True)
    assert found.kept.tolist() == composed.kept.tolist()
    assert unicodedata.normalize("NFC", found.text) == composed.text
    assert {"Beyoncé", "café", "हिन्दी", "भाषा", "👨\u200d👩\u200d👧", "🇪🇸"} < set(composed.words)


def test_marks_alone_are_words(task):
    assert task.compress("...", ratio=1) == "..."
    assert set(task.compress("!!!")) == {"!"}


def test_any_text_is_taken(task):
    texts = [
        "Rain",
        "!",
        "😀👍🏽",
        "これは本です。",
        "Это книга.",
        "a\x00b",
        "1 2.5 3\n4 5.5 6\n7 8.5 9",
        "https://example.org/a?b=1#c",
    ]
    found = task.predict(texts)
    assert all(is_made_of(shorter, text) for shorter, text in zip(found, texts, strict=True))
    assert found[0] == "Rain" and found[1] == "!"


@only_on("torch", "texts are read in windows on every backend alike")
def test_100_000_characters(task):
    texts = ["x" * 100_000, "The rain fell. " * 100 + "and fell " * 11_000]
    found = task.compress(texts, return_words=True)
    assert found[0].text == texts[0]
    assert len(found[1].words) == len(found[1].kept) == 22_400
    assert found[1].kept.sum() >= 100 + 22_000 / 128  # a word of each piece at least


@pytest.mark.parametrize("texts", [3, [3], [b"bytes"]])
def test_no_text(task, texts):
    with pytest.raises(TypeError, match="Expected a string or a list of strings|not iterable"):
        task.compress(texts)


def test_order_and_batches_do_not_matter(task):
    texts = [*TEXTS[:5], ""]
    together = task.compress(texts)
    assert task.compress(texts[::-1], batch_size=4)[::-1] == together


def test_fit_learns(trained):
    task, loaded = trained
    assert max(task.history["val_token_f1"]) > 0.95
    assert set(task.history) == {"loss", "val_loss", "val_token_f1"}
    assert loaded.evaluate(TEXTS, SHORTER)[0].value > 0.95
    assert loaded.card.data[-1].examples == 24
    loaded.check_golden()


def test_a_higher_bonus_keeps_more(trained):
    _, task = trained
    counts = []
    for bonus in (-3.0, 0.0, 3.0):
        task.processor.bonus = bonus
        counts.append(sum(c.kept.sum() for c in task.compress(TEXTS, return_words=True)))
    task.processor.bonus = 0.0
    assert counts[0] < counts[1] < counts[2]


def test_the_bonus_is_chosen_by_token_f1(trained):
    _, task = trained
    scores = task.tune_bonus(TEXTS, SHORTER, (-9.0, 0.0, 9.0))
    assert task.processor.bonus == 0.0 and scores[0.0] > 0.95
    assert max(scores[-9.0], scores[9.0]) < 0.9
    with pytest.raises(ValueError, match="Expected bonuses to choose from. Received: none."):
        task.tune_bonus(TEXTS, SHORTER, [])


def test_numbers_belong_to_the_bonus(trained, tmp_path):
    _, task = trained
    loaded = gru_zoo.load(task.folder)
    row = MetricRow("own", "test", "token_f1", 0.9, "examples:24")
    loaded.card = loaded.card.replace(metrics=(row,))
    loaded.save(tmp_path / "first")
    loaded.save(tmp_path / "same")
    assert gru_zoo.card(tmp_path / "same").metrics == (row,)
    loaded.processor.bonus = 5.0
    with pytest.warns(UserWarning, match="token_f1 on own, test. Measure them again"):
        loaded.save(tmp_path / "other")
    assert gru_zoo.card(tmp_path / "other").metrics == ()


def test_a_preset_is_shipped_with_numbers_of_its_bonus(small_tokenizer, tmp_path, monkeypatch):
    def tune(shipped):
        shipped.tune_bonus(TEXTS[:6], SHORTER[:6], (9.0,))

    def load(dataset, split, root):
        return [SummarizedText(text, text) for text in TEXTS[:4]]

    monkeypatch.setattr(gru_zoo.data, "load", load)
    recipe.ship(new_task(small_tokenizer), tmp_path / "new", [("own", "test")], None, tune)
    shipped = gru_zoo.load(tmp_path / "new")
    assert shipped.processor.bonus == 9.0
    assert [row.metric for row in shipped.card.metrics][:2] == ["token_f1", "word_f1"]
    assert shipped.card.metrics[0].value == 1.0


def test_evaluate_names_its_metrics(task):
    examples = [SummarizedText(text, text) for text in TEXTS[:4]]
    task.processor.bonus = 1e3  # keeps all
    found = {metric.name: metric for metric in task.evaluate(*task.examples(examples))}
    task.processor.bonus = 0.0
    assert list(found) == ["token_f1", "word_f1", "exact_match", "compression_ratio"]
    assert all(metric.value == 1 for metric in found.values())
    assert found["token_f1"].signature == "words and marks|by place|mean of sentences|examples:4"


def test_one_text_is_evaluated_as_a_list_of_one(task):
    expected = task.evaluate(TEXTS[:1], SHORTER[:1])
    assert task.evaluate(TEXTS[0], SHORTER[0]) == expected
    assert task.evaluate(iter(TEXTS[:1]), iter(SHORTER[:1])) == expected


def test_words_and_what_is_kept(trained):
    _, task = trained
    found = task.compress(TEXTS[8], return_words=True)
    assert isinstance(found, Compressed) and found.text == SHORTER[8]
    kept = [word for word, keep in zip(found.words, found.kept, strict=True) if keep]
    assert kept == ["The", "team", "won", "its", "third", "match", "."]


def test_as_many_shorter_texts_as_texts(task):
    for call in (task.evaluate, task.fit):
        with pytest.raises(ValueError, match="Received: 2 texts and 1 shorter texts"):
            call(TEXTS[:2], SHORTER[:1])
