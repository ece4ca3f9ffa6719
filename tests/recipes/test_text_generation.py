"""The recipe of the text generation presets."""

import numpy as np
from keras import ops

import gru_zoo
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.text.word_tokenizer import WordTokenizer
from recipes.text_generation.sampled import SampledSoftmaxModel
from tests.scripts import on_torch, run
from tests.tasks.text_generation.toy import TEXT, new_task

NO_DROPOUT = ("input_dropout", "hidden_dropout", "output_dropout", "recurrent_weight_dropout")


@on_torch
def test_text_generation(tmp_path):
    presets = {
        "char": "text_generation_shakespeare",
        "subword": "own",
        "word": "text_generation_everyday",
    }
    for unit, preset in presets.items():
        text = ("--text", "tests/fixtures/scene.txt") if preset == "own" else ()
        output = run(
            *("recipes/text_generation/train.py", preset, "--smoke", "--epochs", "1", *text),
            *("--unit", unit, "--work", str(tmp_path), "--save-to", str(tmp_path / "home")),
        )
        metrics = ("next_word_top_3",) if unit == "word" else ("word_perplexity", "nats_per_char")
        assert all(metric in output for metric in metrics)
        task = gru_zoo.load(tmp_path / "home" / preset)
        assert task.processor.unit == unit
        assert isinstance(task.generate("ROMEO:", length=8), str)
        assert task.card.training["epochs"] == 1


@on_torch
def test_a_sampled_softmax_is_an_estimate_of_the_whole_one():
    processor = LanguageModelProcessor(WordTokenizer.train(TEXT.split("\n"), 40))
    task = new_task(processor, **dict.fromkeys(NO_DROPOUT, 0.0))
    ids = processor.encode(TEXT)[:81].reshape(3, 27)
    pair = ids[:, :-1], ids[:, 1:]
    counts = np.bincount(ids.ravel(), minlength=processor.tokenizer.vocabulary_size)
    losses = {}
    for samples in (4, 4_000):
        model = SampledSoftmaxModel(task.model, 3, counts, frequent=8, samples=samples, seed=1)
        sampled = model(pair, training=True)
        for state in model.states:
            state.assign(np.zeros(state.shape))
        whole = ops.convert_to_numpy(model(pair))
        losses[samples] = np.abs(ops.convert_to_numpy(sampled) - whole).mean()
    assert losses[4_000] < 0.02 < losses[4]
    logits = task.model.predict_on_batch([pair[0], *(np.zeros((3, 20), "float32"),) * 2])[0]
    exact = np.logaddexp.reduce(logits, axis=-1)
    exact -= np.take_along_axis(logits, pair[1][..., None], axis=-1)[..., 0]
    np.testing.assert_allclose(whole, exact, atol=1e-4)
