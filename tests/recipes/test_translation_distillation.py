"""An ensemble of translators as a teacher."""

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.tasks.translation.model import Config
from gru_zoo.tasks.translation.processor import TranslationProcessor
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.translation.distil import Ensemble, nearest
from recipes.translation.distillation_data import read_pairs
from tests.paths import ROOT
from tests.scripts import on_torch, run
from tests.tiny_card import tiny_card


def translator(tokenizer: SubwordTokenizer, **sizes) -> Translation:
    config = Config(vocabulary_size=tokenizer.vocabulary_size, **sizes)
    processor = TranslationProcessor(tokenizer, ("en", "fr"), max_length=40)
    return Translation(Translation.build(config), processor, tiny_card("translation", config))


@on_torch
def test_an_ensemble_has_the_mean_of_their_probabilities():
    texts = ["The cat sees two books.", "Le chat voit deux livres."] * 5
    teachers = [
        translator(SubwordTokenizer.train(texts, 283, True, 1.0), units=4) for _ in range(2)
    ]
    ensemble = Ensemble(teachers)
    steps = ensemble.decoder.steps
    source, tokens = np.array([[270, 279, 3]]), keras.ops.convert_to_tensor([2])

    def probabilities(steps):
        logits, _ = steps.step(tokens, *steps.start(source))
        return keras.ops.convert_to_numpy(keras.ops.softmax(logits))

    each = [probabilities(task.decoder.steps) for task in teachers]
    assert np.abs(each[0] - each[1]).max() > 1e-4
    np.testing.assert_allclose(probabilities(steps), np.mean(each, axis=0), atol=1e-6)
    assert len(ensemble.translate(texts[:2], n_best=3)) == 2
    other = translator(SubwordTokenizer.train(texts, 282, True, 1.0), units=4)
    with pytest.raises(SystemExit, match="Received: 2 vocabularies among 2"):
        Ensemble([teachers[0], other])


@on_torch
def test_a_model_learns_from_each_pair_of_an_ensemble_once(tmp_path):
    assert nearest(["Ein Hund.", "Eine Katze.", "Zwei Hunde."], "Die Katze.") == ("Eine Katze.")
    file = tmp_path / "taught.tsv"
    file.write_text("a\tx\ty\nb\tz\tz\n", encoding="utf-8")
    assert read_pairs(str(file), {("a", "y")}) == (["a", "b"], ["x", "z"])
    file.write_text("a\tx\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="three columns"):
        read_pairs(str(file), set())
    pairs = (ROOT / "tests" / "fixtures" / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    rows = [f"{source}\t{target}\tNon." for source, target in (p.split("\t") for p in pairs)]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    output = run(
        *("recipes/translation/train.py", "translation_en_fr", "--smoke", "--epochs", "1"),
        *("--taught", str(file), "--work", str(tmp_path / "work"), "--save-to", str(tmp_path)),
    )
    assert f" pairs from '{file}'" in output
    card = gru_zoo.card(str(tmp_path / "translation_en_fr"))
    assert "--taught" in card.training["command"] and not card.metrics
