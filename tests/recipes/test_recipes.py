import csv
import os
import runpy
import subprocess
import sys
import types

import keras
import numpy as np
import pytest

import gru_zoo
from gru_zoo.base.seq2seq.processor import Seq2SeqProcessor
from gru_zoo.tasks.compression.model import Config as CompressionConfig
from gru_zoo.tasks.compression.processor import CompressionProcessor
from gru_zoo.tasks.compression.task import Compression
from gru_zoo.tasks.compression.words import words_of
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.translation.model import Config
from gru_zoo.tasks.translation.task import Translation
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from tests.backends import only_on
from tests.scripts import ROOT, on_torch, run
from tests.tiny_card import tiny_card


@on_torch
def test_sentiment(tmp_path):
    work = str(tmp_path / "work")
    pretrain = ("recipes/sentiment/pretrain.py", "--smoke", "--work", work, "--save-to", work)
    run(*pretrain, "--steps", "6")
    run(*pretrain, "--resume")
    output = run(
        "recipes/sentiment/train.py",
        "sentiment_reviews",
        *("--smoke", "--work", work, "--pretrained", work, "--save-to", str(tmp_path)),
        *("--epochs", "1", "--batch-size", "16", "--epsilon", "0.3"),
    )
    assert "bag of bigrams" in output and "scales" in output
    task = gru_zoo.load(tmp_path / "sentiment_reviews")
    assert task.predict("A fine film.").label in ("negative", "positive")
    assert task.card.training["epochs"] == 1
    assert task.processor.max_length == 1024
    run(
        "recipes/sentiment/train.py",
        "sentiment_reviews",
        *("--smoke", "--work", work, "--save-to", str(tmp_path / "shorter")),
        *("--start-from", str(tmp_path / "sentiment_reviews"), "--epochs", "0"),
        *("--max-length", "300"),
    )
    shorter = gru_zoo.load(tmp_path / "shorter" / "sentiment_reviews")
    assert shorter.processor.max_length == 300
    assert "beyond 300 sub-words it reads the first 75 and the last 225" in shorter.card.limits


@on_torch
def test_reviews_are_held_out_with_their_neighbours():
    in_runs = runpy.run_path(str(ROOT / "recipes" / "sentiment" / "held_out.py"))["in_runs"]
    held, rest = in_runs(25_000, 2_000, seed=1)
    assert sorted([*held, *rest]) == list(range(25_000)) and len(held) == 2_000
    alone = set(held) - {i + 1 for i in held} - {i - 1 for i in held}
    assert not alone and np.sum(np.diff(np.sort(held)) > 1) < 20


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
    output = run(
        *("recipes/finetune.py", str(tmp_path / "home" / "own"), "--epochs", "1"),
        *("--csv", str(tmp_path / "pairs.csv"), "--text", "en", "--target", "fr"),
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
    processor = Seq2SeqProcessor(tokenizer, ("en", "fr"), max_length=40)
    return Translation(Translation.build(config), processor, tiny_card("translation", config))


@on_torch
def test_teachers_together_have_the_mean_of_their_probabilities():
    distil = runpy.run_path(str(ROOT / "recipes" / "translation" / "distil.py"))
    texts = ["The cat sees two books.", "Le chat voit deux livres."] * 5
    teachers = [
        translator(SubwordTokenizer.train(texts, 283, True, 1.0), units=4) for _ in range(2)
    ]
    together = distil["Ensemble"](teachers)
    steps = together.decoder.steps
    source, tokens = np.array([[270, 279, 3]]), keras.ops.convert_to_tensor([2])

    def probabilities(steps):
        logits, _ = steps.step(tokens, *steps.start(source))
        return keras.ops.convert_to_numpy(keras.ops.softmax(logits))

    each = [probabilities(task.decoder.steps) for task in teachers]
    assert np.abs(each[0] - each[1]).max() > 1e-4
    np.testing.assert_allclose(probabilities(steps), np.mean(each, axis=0), atol=1e-6)
    assert len(together.translate(texts[:2], n_best=3)) == 2
    other = translator(SubwordTokenizer.train(texts, 282, True, 1.0), units=4)
    with pytest.raises(SystemExit, match="Received: 2 vocabularies among 2"):
        distil["Ensemble"]([teachers[0], other])


@on_torch
def test_what_teachers_wrote_is_learned_once(tmp_path):
    distil = runpy.run_path(str(ROOT / "recipes" / "translation" / "distil.py"))
    assert distil["nearest"](["Ein Hund.", "Eine Katze.", "Zwei Hunde."], "Die Katze.") == (
        "Eine Katze."
    )
    file = tmp_path / "taught.tsv"
    file.write_text("a\tx\ty\nb\tz\tz\n", encoding="utf-8")
    assert distil["taught_pairs"](str(file), {("a", "y")}) == (["a", "b"], ["x", "z"])
    file.write_text("a\tx\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="three columns"):
        distil["taught_pairs"](str(file), set())
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


@on_torch
def test_a_translator_grows_without_changing_what_it_says():
    grown = runpy.run_path(str(ROOT / "recipes" / "translation" / "net2net.py"))
    texts = ["The cat sees two books.", "Le chat voit deux livres."] * 5
    tokenizer = SubwordTokenizer.train(texts, 283, True, 1.0)
    small = translator(tokenizer, embedding_dim=6, units=5)
    large = translator(tokenizer, embedding_dim=9, units=11)
    for weight in small.model.weights:  # biases too, which start from zero
        weight.assign(keras.random.normal(weight.shape, stddev=0.5, seed=1))
    sources, targets = np.array([[3, 270, 279, 4], [271, 3, 0, 0]]), np.array([[2, 275], [2, 9]])
    before = keras.ops.convert_to_numpy(small.model([sources, targets]))
    assert np.abs(keras.ops.convert_to_numpy(large.model([sources, targets])) - before).max() > 0.1
    grown["grow"](large, small)
    after = keras.ops.convert_to_numpy(large.model([sources, targets]))
    np.testing.assert_allclose(after, before, atol=1e-5)
    with pytest.raises(SystemExit, match="at least those of 'tiny', 11 and 9. Received: 5 and 6"):
        grown["grow"](small, large)


@on_torch
def test_a_new_vocabulary_starts_from_the_same_letters():
    grown = runpy.run_path(str(ROOT / "recipes" / "translation" / "net2net.py"))
    old = SubwordTokenizer.train(["a cat sees two cats"] * 9, 270, True, 1.0)
    new = SubwordTokenizer.train(["two cats see a scarecrow"] * 9, 272, True, 1.0)
    found = grown["spelled"](new, old)
    for piece, ids in zip(new.pieces(range(new.vocabulary_size)), found, strict=True):
        if not piece.startswith("<"):
            letters = "".join(old.pieces(ids))
            assert letters == piece or "<0x" in letters
        else:
            assert old.pieces(ids) == [piece]
    assert max(map(len, found)) > 1


@on_torch
def test_new_names_stand_on_both_sides():
    names = runpy.run_path(str(ROOT / "recipes" / "translation" / "name_augmentation.py"))
    sources = ["Tom met Mary.", "It rains.", "He is Tom's friend.", "Tom is here.", "I saw Tom."]
    targets = ["Tom a vu Mary.", "Il pleut.", "C'est l'ami de Tom.", "Il est là.", "J'ai vu Tom."]
    starts = set()
    for seed in range(20):
        more = names["with_new_names"](sources, targets, seed)
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


@on_torch
def test_summarization(tmp_path):
    columns = ("--csv", "tests/fixtures/releases.csv", "--text", "body", "--summary", "headline")
    output = run(
        *("recipes/summarization/train.py", "own", "--smoke", "--epochs", "1", *columns),
        *("--work", str(tmp_path), "--save-to", str(tmp_path / "home")),
    )
    assert "32 pairs of own table; 8 to validate" in output
    assert "validation rouge1 by length penalty" in output
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert isinstance(task.summarize("The town of Calder opened a library."), str)
    assert task.card.training["epochs"] == 1
    assert [row.examples for row in task.card.data] == [32]
    output = run(
        *("recipes/finetune.py", str(tmp_path / "home" / "own"), *columns, "--epochs", "1"),
        *("--save-to", str(tmp_path / "mine")),
    )
    assert "40 pairs of texts" in output and "held-out rouge1" in output
    assert gru_zoo.load(tmp_path / "mine").card.data[-1].examples == 36


@on_torch
def test_music(tmp_path):
    output = run(
        *("recipes/music/train.py", "own", "--smoke", "--midi-dir", "tests/fixtures/midi"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "5 pieces" in output and "nats a step" in output
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert task.compose(bars=1, seed=1).bars == 1
    assert task.card.training["epochs"] == 2
    assert [row.examples for row in task.card.data] == [5]


@on_torch
def test_music_of_files_that_differ(tmp_path):
    own = ("recipes/music/train.py", "own", "--smoke", "--epochs", "1", "--midi-dir", str(tmp_path))
    for densest in range(3):  # one of them is held out
        for number in range(3):
            chord = (60, 62, 64, 65, 67) if number == densest else (60,)
            Score((chord,) * 20).save(tmp_path / f"{number}.mid")
        folders = (tmp_path / f"work{densest}", tmp_path / "home")
        output = run(*own, "--work", str(folders[0]), "--save-to", str(folders[1]))
        assert "2 pieces, 80 steps; 1 to validate" in output
        assert gru_zoo.load(folders[1] / "own").processor.slots == 6
    Score(((),)).save(tmp_path / "silent.mid")
    with pytest.raises(SystemExit, match="notes of a piano.* Received: .*silent.mid, which have"):
        run(*own, "--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home"))


@on_torch
def test_text_generation(tmp_path):
    for unit, preset in (("char", "text_generation_shakespeare"), ("subword", "own")):
        text = ("--text", "tests/fixtures/scene.txt") if preset == "own" else ()
        output = run(
            *("recipes/text_generation/train.py", preset, "--smoke", "--epochs", "1", *text),
            *("--unit", unit, "--work", str(tmp_path), "--save-to", str(tmp_path / "home")),
        )
        assert "word_perplexity" in output and "nats_per_char" in output
        task = gru_zoo.load(tmp_path / "home" / preset)
        assert task.processor.unit == unit
        assert isinstance(task.generate("ROMEO:", length=8), str)
        assert task.card.training["epochs"] == 1


@on_torch
def test_keyword_spotting(tmp_path):
    output = run(
        *(
            "recipes/keyword_spotting/train.py",
            "own",
            "--smoke",
            "--folder",
            "tests/fixtures/sounds",
        ),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "10 clips, 2 to validate" in output and "validation: accuracy" in output
    task = gru_zoo.load(tmp_path / "home" / "own")
    assert task.card.labels == ("falling", "rising", "steady")
    assert task.predict(ROOT / "tests" / "fixtures" / "sounds" / "rising" / "1.flac").score > 0
    assert task.card.training["epochs"] == 2
    assert [row.examples for row in task.card.data] == [10]
    output = run(
        *(
            "recipes/finetune.py",
            str(tmp_path / "home" / "own"),
            "--folder",
            "tests/fixtures/sounds",
        ),
        *("--save-to", str(tmp_path / "mine"), "--epochs", "1"),
    )
    assert "12 clips, classes: falling, rising, silence, steady" in output
    assert gru_zoo.load(tmp_path / "mine").card.labels == ("falling", "rising", "silence", "steady")


@on_torch
def test_compression(tmp_path):
    output = run(
        *("recipes/compression/train.py", "summarization_compression", "--smoke"),
        *("--work", str(tmp_path / "work"), "--save-to", str(tmp_path / "home")),
    )
    assert "24 pairs, 24 to validate" in output and "| as many, the first ones |" in output
    task = gru_zoo.load(tmp_path / "home" / "summarization_compression")
    assert str(task.processor.bonus) in output.split("by bonus: ")[1]
    assert task.card.training["epochs"] == 2
    assert [row.name for row in task.card.data] == ["google-sentence-compression-10k", "imdb"]

    rows = (ROOT / "tests" / "fixtures" / "shorter.tsv").read_text(encoding="utf-8").splitlines()
    with open(tmp_path / "mine.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("body", "short"), *(row.split("\t") for row in rows)])
    output = run(
        *("recipes/finetune.py", str(task.folder), "--csv", str(tmp_path / "mine.csv")),
        *("--text", "body", "--summary", "short", "--save-to", str(tmp_path / "mine")),
        *("--epochs", "1"),
    )
    assert "24 pairs of texts" in output and "held-out token_f1" in output
    assert gru_zoo.load(tmp_path / "mine").card.data[-1].examples == 22


@pytest.fixture
def imitation():
    return types.SimpleNamespace(
        **runpy.run_path(str(ROOT / "recipes/compression/distillation.py"))
    )


def _lessons(imitation, folder, texts, size=3):
    """Lessons in which every path is over all words."""
    lessons = imitation.SoftTargets.new(folder, [len(words_of(text)) + 2 for text in texts], size)
    for row in range(len(texts)):
        lessons.arcs(row)[:] = np.eye(len(lessons.arcs(row)), k=1)
        lessons.states(row)[:] = row + 1
    lessons.finish(folder, texts)
    return imitation.SoftTargets(folder)


def test_lessons_are_read_as_they_were_written(imitation, tmp_path):
    lessons = _lessons(imitation, tmp_path, ["It rained.", "It rained a lot."])
    assert lessons.texts == ["It rained.", "It rained a lot."] and lessons.size == 3
    assert lessons.arcs(0).tolist() == np.eye(5, k=1).tolist()
    assert lessons.states(1).tolist() == [[2.0] * 3] * 7
    imitation.SoftTargets.new(tmp_path, [4], 3)
    with pytest.raises(FileNotFoundError, match="that train_teacher.py wrote to its end"):
        imitation.SoftTargets(tmp_path)


def test_a_batch_of_lessons(imitation, tmp_path):
    lessons = _lessons(imitation, tmp_path, ["It rained.", "It rained a lot."])
    processor = gru_zoo.load("compression").processor
    batches = imitation.SoftTargetBatches(
        lessons, processor, [0, 1, 1], batch_size=3, shuffle=False
    )
    (_, _, _, kinds), said = batches[0]
    assert said["arcs"].shape == (3, *kinds.shape[1:], *kinds.shape[1:])
    assert ((said["states"] != 0).all(axis=-1) == (kinds != 0)).all()
    assert said["arcs"].sum(axis=(1, 2)).tolist() == [4, 6, 6]


def test_states_are_compared_where_there_are_places(imitation):
    expected = np.array([[[1.0, 2.0], [0.0, 0.0]], [[1.0, 1.0], [2.0, 2.0]]], "float32")
    found = np.array([[[1.0, 4.0], [9.0, 9.0]], [[1.0, 1.0], [1.0, 2.0]]], "float32")
    assert float(imitation.HiddenStateLoss()(expected, found)) == pytest.approx((2.0 + 0.5) / 2)


def test_a_compressor_learns_from_lessons(imitation, tmp_path):
    texts = ["It rained a lot.", "The sun, who knows why, shone.", "A man has died."]
    config = CompressionConfig(
        vocabulary_size=283, embedding_dim=8, units=8, word_units=8, key=4, dropout=0.0
    )
    processor = CompressionProcessor(SubwordTokenizer.train(texts, 283))
    card = tiny_card("compression", config)
    task = Compression(Compression.build(config), processor, card)
    lessons = _lessons(imitation, tmp_path / "lessons", texts)
    imitation.imitate(
        task,
        (lessons, lessons),
        2,
        (texts, texts),
        0.5,
        epochs=20,
        batch_size=5,
        learning_rate=0.02,
        average=1,
        seed=1,
        directory=tmp_path / "work",
        resume=False,
        verbose=0,
    )
    assert task.history["val_arcs_loss"][-1] < task.history["val_arcs_loss"][0] / 4
    assert task.history["val_states_loss"][-1] < task.history["val_states_loss"][0]
    assert task.compress(texts) == texts
    assert task.card.data[-1].examples == 5  # the first two twice
    copy = gru_zoo.load(task.save(tmp_path / "mine"))  # without the layer for the states
    np.testing.assert_allclose(copy.arcs(texts)[0], task.arcs(texts)[0], rtol=1e-4, atol=1e-4)


# As a user does, in a process of its own.
@only_on("torch", "`Task.fit` is tested on every backend")
def test_finetune(preset, tmp_path):
    command = [sys.executable, "recipes/finetune.py", "tiny", "--csv", "tests/fixtures/reviews.csv"]
    command += ["--save-to", str(tmp_path / "mine"), "--epochs", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    assert "32 texts, classes: negative, positive" in done.stdout
    assert gru_zoo.load(tmp_path / "mine").card.labels == ("negative", "positive")


@on_torch
def test_finetune_takes_steps_enough_of_few_rows(preset, tmp_path):
    new = ("--save-to", str(tmp_path / "mine"))
    output = run("recipes/finetune.py", "tiny", "--csv", "tests/fixtures/reviews.csv", *new)
    assert "of 3 texts (epoch" in output
    assert gru_zoo.load(tmp_path / "mine").card.training["epochs"] == 60  # of a batch each


def test_finetune_says_what_is_wrong_before_it_trains(preset, tmp_path, capsys):
    def error(*arguments, preset="tiny"):
        with pytest.raises(SystemExit) as raised:
            run("recipes/finetune.py", preset, *arguments)
        return f"{raised.value} {capsys.readouterr().err}"

    one, new = tmp_path / "one.csv", ("--save-to", str(tmp_path / "mine"))
    one.write_text("text,label\nGood,yes\nFine,yes\n")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    taken = ("--save-to", str(tmp_path / "thesis"))
    assert "exists and is not a preset" in error("--csv", str(one), *taken)
    assert "--resume goes with --work" in error("--csv", str(one), *new, "--resume")
    assert "two classes or more in the column 'label'" in error("--csv", str(one), *new)
    assert "Expected a CSV file" in error("--csv", str(tmp_path / "none.csv"), *new)
    folder = ("--folder", str(tmp_path / "none"))
    assert "which does not exist" in error(*folder, *new, preset="speech_commands")
    assert "There is no preset 'tinny'" in error(*folder, *new, preset="tinny")
    assert "expected --csv with --text and --label with 'tiny'" in error(*folder, *new)
    assert "expected --csv with" in error("--csv", str(one), *new, "--target", "label")
    for preset, source in (("speech_commands", "--folder"), ("translation", "--csv with --text")):
        assert f"expected {source}" in error("--csv", str(one), *new, preset=preset)
    assert "see recipes/music/README.md" in error("--csv", str(one), *new, preset="music")
    some = ("--csv", "tests/fixtures/reviews.csv", "--validation", "0")
    assert "Expected validation to leave texts on both sides" in error(*some, *new)
    some = ("--csv", "tests/fixtures/reviews.csv")
    assert "epochs of 1 or more. Received: epochs=0" in error(*some, *new, "--epochs", "0")
    assert "a batch size of 1 or more" in error(*some, *new, "--batch-size", "0")


def test_every_recipe_has_a_page_and_a_test():
    folders = {path.parent.name for path in (ROOT / "recipes").glob("*/train.py")}
    tested = {name for name in globals() if name.startswith("test_")}
    for folder in folders:
        assert (ROOT / "recipes" / folder / "README.md").is_file()
        assert f"test_{folder}" in tested
