import json

import pytest

from gru_zoo.tasks.translation.processor import TranslationProcessor
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from tests.tasks.translation.toy import SOURCES, TARGETS, new_tokenizer


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


def test_sources_of_several_directions_begin_with_their_language():
    texts = [*SOURCES, *TARGETS] * 3
    tokenizer = SubwordTokenizer.train(texts, 287, True, 1.0, symbols=["<2en>", "<2fr>"])
    way = TranslationProcessor(tokenizer, ("en", "fr"), max_length=8)
    back = TranslationProcessor(tokenizer, ("fr", "en"), max_length=8)
    text = SOURCES[0]
    for processor, symbol in ((way, "<2fr>"), (back, "<2en>")):
        (plain,), first = processor.encode([text]), tokenizer.symbol_id(symbol)
        (source,) = processor.read([text])
        assert source.tolist() == [first, *plain] and source.dtype == "int32"
    segments = way.segments(" ".join(SOURCES))
    assert len(segments) > 1 and {ids[0] for ids in segments} == {tokenizer.symbol_id("<2fr>")}
    plain = TranslationProcessor(new_tokenizer(), ("en", "fr"), max_length=8)
    assert plain.read([text])[0].tolist() == plain.encode([text])[0].tolist()


def test_only_french_has_a_space_before_a_mark():
    texts = [*SOURCES, *TARGETS, "Where is it ? Here !"] * 3
    tokenizer = SubwordTokenizer.train(texts, 290, True, 1.0)
    (ids,) = tokenizer.encode(["Where is it ? Here !"])
    ways = {target: TranslationProcessor(tokenizer, ("es", target), 40) for target in ("en", "fr")}
    assert ways["en"].decode(ids) == "Where is it? Here!"
    assert ways["fr"].decode(ids) == "Where is it ? Here !"
