import pytest

from gru_zoo.tasks.summarization.long_documents import best_that_fit, windows
from gru_zoo.tasks.summarization.processor import SummarizationProcessor
from gru_zoo.text.special_tokens import EOS


@pytest.fixture(scope="module")
def processor(tokenizer):
    return SummarizationProcessor(tokenizer, 20, longest=9, length_penalty=0.5, casing="title")


def test_of_long_texts_the_beginning_is_read(processor):
    text = "The film is moving, and I'd say so. " * 5
    short, long = processor.read([text[:12], text])
    assert len(short) < 20 and len(long) == 21
    assert short[-1] == long[-1] == EOS
    assert processor.encode([text])[0][:20].tolist() == long[:20].tolist()


def test_a_summary_gets_its_capitals(processor):
    assert processor.finish("a film by leone", "It is by Leone.") == "A Film by Leone"


def test_the_style_is_known(processor):
    with pytest.raises(ValueError, match="style among kept, sentence, title. Received: .*'titel'"):
        SummarizationProcessor(processor.tokenizer, 20, casing="titel")


def test_save_and_load(processor, tmp_path):
    processor.save(tmp_path)
    again = SummarizationProcessor.load(tmp_path)
    assert again.settings() == processor.settings()
    assert again.read(["The film"])[0].tolist() == processor.read(["The film"])[0].tolist()


@pytest.mark.parametrize(
    "sizes, expected",
    [
        ([3], [range(0, 1)]),
        ([5, 5, 1], [range(0, 2), range(2, 3)]),
        ([10, 10], [range(0, 1), range(1, 2)]),
        ([4, 4, 4, 4, 4], [range(0, 2), range(2, 4), range(4, 5)]),
    ],
)
def test_windows_hold_neighbours_that_fit(sizes, expected):
    assert windows(sizes, 10) == expected


def test_the_best_that_fit_come_in_their_order():
    assert best_that_fit([1.0, 5.0, 3.0, 4.0], [2, 6, 5, 2], 10) == [0, 1, 3]
    assert best_that_fit([1.0, 2.0], [4, 10], 10) == [1]
