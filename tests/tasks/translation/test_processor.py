import json

import pytest

from gru_zoo.tasks.translation.processor import TranslationProcessor


@pytest.fixture
def processor(tokenizer):
    return TranslationProcessor(tokenizer, ("de", "en"), max_length=30, length_penalty=0.5)


def test_save_and_load(processor, tmp_path):
    processor.save(tmp_path)
    again = TranslationProcessor.load(tmp_path)
    assert (again.languages, again.max_length, again.length_penalty) == (("de", "en"), 30, 0.5)
    assert again.encode(["film"])[0].tolist() == processor.encode(["film"])[0].tolist()


def test_keys_of_the_file(processor, tmp_path):
    processor.save(tmp_path)
    assert json.loads((tmp_path / "processor.json").read_text()) == {
        "kind": "pairs",
        "languages": ["de", "en"],
        "max_length": 30,
        "length_penalty": 0.5,
    }


def test_settings_of_another_task_are_refused(processor, tmp_path):
    processor.save(tmp_path)
    path = tmp_path / "processor.json"
    path.write_text(path.read_text().replace("pairs", "documents"))
    with pytest.raises(ValueError, match="kind 'pairs' in .* Received: kind='documents'"):
        TranslationProcessor.load(tmp_path)
