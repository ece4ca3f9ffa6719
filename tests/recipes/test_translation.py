"""The recipe of the translation presets."""

import csv

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.tasks.translation.model import Config
from gru_zoo.tasks.translation.processor import TranslationProcessor
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.translation.name_augmentation import with_new_names
from recipes.translation.net2net import grow, same_letters
from tests.paths import ROOT
from tests.scripts import finetune, on_torch, run
from tests.tiny_card import tiny_card


@on_torch
def test_translation(tmp_path):
    rows = (ROOT / "tests" / "fixtures" / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    for name, column in (("source.txt", 0), ("target.txt", 1)):
        lines = [row.split("\t")[column] + "\n" for row in rows]
        (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    output = run(
        *("recipes/translation/train.py", "own", "--smoke", "--epochs", "1"),
        *("--source", str(tmp_path / "source.txt"), "--target", str(tmp_path / "target.txt")),
        *("--languages", "en", "fr", "--work", str(tmp_path), "--save-to", str(tmp_path / "home")),
    )
    assert "validation bleu by length penalty" in output
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert isinstance(task.translate("I see the cat."), str)
    assert task.processor.languages == ("en", "fr")
    assert task.card.training["epochs"] == 1
    assert [row.examples for row in task.card.data] == [38]
    with open(tmp_path / "pairs.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("en", "fr"), *(row.split("\t") for row in rows)])
    output = finetune(
        *(str(tmp_path / "home" / "own"), "--epochs", "1"),
        *("--data", str(tmp_path / "pairs.csv"), "--text", "en", "--target", "fr"),
        *("--save-to", str(tmp_path / "mine")),
    )
    assert "pairs of texts" in output and "held-out bleu" in output
    assert gru_zoo.load(tmp_path / "mine").card.data[-1].name == "own texts"
    run(
        *("recipes/translation/train.py", "own", "--smoke", "--epochs", "1", "--units", "14"),
        *("--source", str(tmp_path / "target.txt"), "--target", str(tmp_path / "source.txt")),
        *("--languages", "fr", "en", "--work", str(tmp_path / "back")),
        *("--start-from", str(tmp_path / "mine"), "--save-to", str(tmp_path / "away")),
    )
    task = gru_zoo.load(tmp_path / "away" / "own")
    assert task.processor.languages == ("fr", "en") and task.card.config["units"] == 14
    assert "--start-from mine --" in task.card.training["command"]
    assert [row.name for row in task.card.data] == ["own files", "own texts"]  # both it has seen
    halves = [str(tmp_path / "away" / "own"), str(tmp_path / "away" / "own")]
    run(
        *("recipes/translation/train.py", "own", "--smoke", "--epochs", "0", "--units", "14"),
        *("--source", str(tmp_path / "target.txt"), "--target", str(tmp_path / "source.txt")),
        *("--languages", "fr", "en", "--work", str(tmp_path / "none")),
        *("--start-from", *halves, "--save-to", str(tmp_path / "mean")),
    )
    mean = gru_zoo.load(tmp_path / "mean" / "own")
    assert "--start-from own own --" in mean.card.training["command"]
    for one, other in zip(mean.model.get_weights(), task.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def translator(tokenizer: SubwordTokenizer, **sizes) -> Translation:
    config = Config(vocabulary_size=tokenizer.vocabulary_size, **sizes)
    processor = TranslationProcessor(tokenizer, ("en", "fr"), max_length=40)
    return Translation(Translation.build(config), processor, tiny_card("translation", config))


@on_torch
def test_a_translator_grows_without_changing_what_it_says():
    texts = ["The cat sees two books.", "Le chat voit deux livres."] * 5
    tokenizer = SubwordTokenizer.train(texts, 283, True, 1.0)
    small = translator(tokenizer, embedding_dim=6, units=5)
    large = translator(tokenizer, embedding_dim=9, units=11)
    for weight in small.model.weights:  # biases too, which start from zero
        weight.assign(keras.random.normal(weight.shape, stddev=0.5, seed=1))
    sources, targets = np.array([[3, 270, 279, 4], [271, 3, 0, 0]]), np.array([[2, 275], [2, 9]])
    before = keras.ops.convert_to_numpy(small.model([sources, targets]))
    assert np.abs(keras.ops.convert_to_numpy(large.model([sources, targets])) - before).max() > 0.1
    grow(large, small)
    after = keras.ops.convert_to_numpy(large.model([sources, targets]))
    np.testing.assert_allclose(after, before, atol=1e-5)
    with pytest.raises(SystemExit, match="at least those of 'tiny', 11 and 9. Received: 5 and 6"):
        grow(small, large)


@on_torch
def test_a_new_vocabulary_starts_from_the_same_letters():
    old = SubwordTokenizer.train(["a cat sees two cats"] * 9, 270, True, 1.0)
    new = SubwordTokenizer.train(["two cats see a scarecrow"] * 9, 272, True, 1.0)
    spelled = same_letters(new, old)
    for piece, ids in zip(new.pieces(range(new.vocabulary_size)), spelled, strict=True):
        if not piece.startswith("<"):
            letters = "".join(old.pieces(ids))
            assert letters == piece or "<0x" in letters
        else:
            assert old.pieces(ids) == [piece]
    assert max(map(len, spelled)) > 1


@on_torch
def test_new_names_stand_on_both_sides():
    sources = ["Tom met Mary.", "It rains.", "He is Tom's friend.", "Tom is here.", "I saw Tom."]
    targets = ["Tom a vu Mary.", "Il pleut.", "C'est l'ami de Tom.", "Il est là.", "J'ai vu Tom."]
    starts = set()
    for seed in range(20):
        more = with_new_names(sources, targets, seed)
        assert [side[:5] for side in more] == [sources, targets]
        (met, friend, saw), targets_of = more[0][5:], more[1][5:]
        him, her = met.rstrip(".").split(" met ")
        assert targets_of[0] == f"{him} a vu {her}." and him != her
        assert him.istitle() and him != "Tom" and her != "Mary"
        owner = friend.removeprefix("He is ").removesuffix("'s friend.")
        assert targets_of[1] == f"C'est l'ami de {owner}." and owner[0] not in "AEIOUY"
        assert targets_of[2] == f"J'ai vu {saw.removeprefix('I saw ')}"
        starts.add(him[0] in "AEIOUY")
    assert starts == {True, False}
