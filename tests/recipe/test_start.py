import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.recipe.start import copy_earlier_weights, fit_tokenizer, load_earlier
from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from tests.tiny_card import tiny_card


def _language_model(**options):
    config = Config(**{"vocabulary_size": 9, "embedding_dim": 4, "units": 5, **options})
    card = tiny_card("text_generation", config)
    return TextGeneration(
        build(config), LanguageModelProcessor(CharacterTokenizer.train("abcd")), card
    )


def test_a_training_starts_from_layers_of_the_same_sizes():
    before, later = _language_model(memory=3, key_dim=2), _language_model()
    copy_earlier_weights(later, before)  # without the pointer
    for name in ("embedding", "gru_1", "gru_2", "projection"):
        for old, new in zip(
            *(t.model.get_layer(name).weights for t in (before, later)), strict=True
        ):
            assert keras.ops.all(old == new)
    with pytest.raises(SystemExit, match="settings with which 'tiny' was trained"):
        copy_earlier_weights(_language_model(units=6), before)


def test_a_training_starts_from_the_mean_of_presets(tmp_path):
    for name, options in (("a", {}), ("b", {}), ("c", {"units": 6})):
        _language_model(**options).save(tmp_path / name)
    one, other = (gru_zoo.load(tmp_path / name).model.get_weights() for name in "ab")
    folders = [str(tmp_path / name) for name in "abc"]
    mean_of_two = load_earlier(folders[:2])
    assert mean_of_two.card.name == "a"
    for mean, *parts in zip(mean_of_two.model.get_weights(), one, other, strict=True):
        np.testing.assert_allclose(mean, np.mean(parts, axis=0), atol=1e-6)
    with pytest.raises(SystemExit, match="weights of other shapes in '.*c' than in '.*a'"):
        load_earlier(folders)


def test_a_vocabulary_is_kept_for_the_same_training_alone(tmp_path):
    texts = ["a cat sees two cats", "two dogs see a cat"] * 9
    first = fit_tokenizer(tmp_path, texts, 272, resume=False)
    assert fit_tokenizer(tmp_path, [], 280, resume=True).model == first.model
    assert fit_tokenizer(tmp_path, texts, 270, resume=False).vocabulary_size == 270
