import json

import pytest

from gru_zoo.tasks.summarization.processor import SummarizationProcessor
from gru_zoo.text.special_tokens import EOS


@pytest.fixture(scope="module")
def processor(tokenizer):
    return SummarizationProcessor(
        tokenizer, 20, max_summary_length=9, length_penalty=0.5, casing="title"
    )


def test_of_long_texts_the_beginning_is_read(processor):
    text = "The film is moving, and I'd say so. " * 5
    short, long = processor.read([text[:12], text])
    assert len(short) < 20 and len(long) == 21
    assert short[-1] == long[-1] == EOS
    assert processor.encode([text])[0][:20].tolist() == long[:20].tolist()


def test_a_summary_gets_its_capitals(processor):
    assert processor.truecase("a film by leone", "It is by Leone.") == "A Film by Leone"


def test_the_style_is_known(processor):
    with pytest.raises(ValueError, match="style among kept, sentence, title. Received: .*'titel'"):
        SummarizationProcessor(processor.tokenizer, 20, casing="titel")


def test_save_and_load(processor, tmp_path):
    processor.save(tmp_path)
    again = SummarizationProcessor.load(tmp_path)
    assert again.settings() == processor.settings()
    assert again.read(["The film"])[0].tolist() == processor.read(["The film"])[0].tolist()


def test_keys_of_the_file(processor, tmp_path):
    processor.save(tmp_path)
    assert json.loads((tmp_path / "processor.json").read_text()) == {
        "kind": "documents",
        "max_length": 20,
        "longest": 9,
        "length_penalty": 0.5,
        "ngram": 3,
        "casing": "title",
        "novel_words": True,
    }


def test_settings_of_another_task_are_refused(processor, tmp_path):
    processor.save(tmp_path)
    path = tmp_path / "processor.json"
    path.write_text(path.read_text().replace("documents", "pairs"))
    with pytest.raises(ValueError, match="kind 'documents' in .* Received: kind='pairs'"):
        SummarizationProcessor.load(tmp_path)


def test_a_default_summary_has_room_for_its_end(processor):
    assert processor.token_limits(None, None) == (10, 0)
    assert processor.token_limits(7, 5) == (7, 6)
