import concurrent.futures
import functools
import re

import keras
import numpy as np
import pytest
from keras import ops

import gru_zoo
from gru_zoo import training
from gru_zoo.batching.stream import StreamBatches
from gru_zoo.layers import explain_path
from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.task import TextGeneration
from gru_zoo.text.character_tokenizer import CharacterTokenizer
from gru_zoo.text.special_tokens import BOS, EOS
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from gru_zoo.training.stateful import ResetStates, StatefulModel
from tests.backends import JIT, only_on
from tests.paths import FIXTURES
from tests.tiny_card import tiny_card

SCENE = FIXTURES / "scene.txt"
LINES = ["the cat sat on the mat", "a dog ran to the cat", "the dog sat on a mat"]
TEXT = ".\n".join(LINES * 12) + ".\n"


def new_task(processor, **config):
    size = processor.tokenizer.vocabulary_size
    config = Config(**{"vocabulary_size": size, "embedding_dim": 12, "units": 20, **config})
    return TextGeneration(build(config), processor, tiny_card("text_generation", config))


@pytest.fixture(scope="module")
def task():
    """Over characters, with random weights."""
    return new_task(LanguageModelProcessor(CharacterTokenizer.train(TEXT)))


@pytest.fixture(scope="module")
def subwords():
    """Over sub-words, with random weights."""
    lines = SCENE.read_text(encoding="utf-8").splitlines()
    return new_task(
        LanguageModelProcessor(SubwordTokenizer.train(lines, 330, True, 1.0, normalize=False))
    )


@pytest.fixture(scope="module")
def pointing():
    """As `task`, with a memory of fewer places than the texts have."""
    return new_task(
        LanguageModelProcessor(CharacterTokenizer.train(TEXT)), memory=30, key_dim=6, nearest=2
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A task that has learned its lines by heart, and the same saved and loaded again."""
    none = ("input_dropout", "hidden_dropout", "output_dropout", "recurrent_weight_dropout")
    task = new_task(
        LanguageModelProcessor(CharacterTokenizer.train(TEXT)), units=48, **dict.fromkeys(none, 0.0)
    )
    # Two windows of one size, which compile once.
    options = {"rows": 8, "window": 50, "learning_rate": 0.02, "average": 2, "verbose": 0}
    task.fit(TEXT, validation=TEXT, epochs=60, **options)
    return task, gru_zoo.load(task.save(tmp_path_factory.mktemp("home") / "mine"))


def test_a_memory_is_as_the_config_has_it(pointing):
    pointer = pointing.model.get_layer("pointer")
    assert (pointer.size, pointer.key_dim, pointer.nearest) == (30, 6, 2)


def one_pass(task, ids):
    """Nats of each id, from the model's logits over the whole text at once."""
    read = np.concatenate([[EOS], ids[:-1]])[None].astype("int32")
    inputs = [read, *task.reader.first_states()]
    logits = task.model.predict_on_batch(inputs)[0][0].astype("float64")
    return np.logaddexp.reduce(logits, axis=-1) - logits[np.arange(len(ids)), ids]


def first_logits(task, prompt):
    """The scores of what comes next behind a prompt."""
    steps = task.steps
    start = steps.start(*steps.inputs(*task._read(prompt)[1], room=4))
    return steps.step(ops.convert_to_tensor(np.array([BOS])), *start)[0]


def test_the_layers_stay_on_the_fast_path():
    task = new_task(
        LanguageModelProcessor(CharacterTokenizer.train(TEXT)),
        recurrent_weight_dropout=0.3,
        zoneout=0.1,
    )
    for name in ("gru_1", "gru_2"):
        assert explain_path(task.model.get_layer(name), training=True).name != "portable"


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_the_text_so_far_is_all_that_counts(kind, request):
    task = request.getfixturevalue(kind)
    ids = task.processor.encode(TEXT[:60])
    changed = ids.copy()
    changed[40:] = ids[3]
    np.testing.assert_allclose(one_pass(task, ids)[:40], one_pass(task, changed)[:40], atol=1e-5)


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_stateful_evaluation_equals_one_long_pass(kind, request):
    task = request.getfixturevalue(kind)
    ids = task.processor.encode(TEXT[:700])  # windows of 512 and 188
    assert len(TEXT) > 700
    np.testing.assert_allclose(task.reader.nats(ids), one_pass(task, ids), atol=1e-4)


@pytest.mark.parametrize("memory", [0, 30])
@pytest.mark.parametrize("policy, tolerance", [("float32", 1e-4), ("mixed_bfloat16", 0.02)])
def test_batches_that_carry_their_state_equal_one_long_pass(task, policy, tolerance, memory):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    model = StatefulModel(new_task(task.processor, memory=memory).model, rows=3)
    keras.config.set_dtype_policy(before)
    ids = task.processor.encode(TEXT)
    windows = StreamBatches(ids, rows=3, window=20, shuffle=False)
    parts = [ops.convert_to_numpy(model(windows[i][0])) for i in range(3)]
    whole = np.concatenate([windows[i][0] for i in range(3)], axis=1)
    states = [np.zeros((3, *state.shape[1:]), state.dtype) for state in model.model.inputs[1:]]
    expected, *after = model.model.predict_on_batch([whole, *states])
    np.testing.assert_allclose(np.concatenate(parts, axis=1), expected, atol=tolerance)
    for kept, last in zip(model.states, after, strict=True):
        assert np.abs(last).max() > 0.05
        np.testing.assert_allclose(ops.convert_to_numpy(kept), last, atol=tolerance)


def test_training_carries_states_and_epochs_start_afresh(task):
    model = StatefulModel(new_task(task.processor, memory=10).model, rows=3)
    model.compile("sgd", SmoothedCrossentropy(0.0), jit_compile=JIT)
    batches = StreamBatches(task.processor.encode(TEXT[:200]), rows=3, window=20, shuffle=False)
    seen = []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            seen.append([np.abs(ops.convert_to_numpy(s)).max() for s in self.model.states])

    options = {"epochs": 2, "shuffle": False, "verbose": 0}
    model.fit(batches, **options, callbacks=[ResetStates(), Look()])
    assert np.max(seen) == 0
    assert all(np.abs(ops.convert_to_numpy(s)).max() > 0.01 for s in model.states)


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_step_by_step_equals_the_training_graph(kind, request):
    task = request.getfixturevalue(kind)
    ids = np.array([task.processor.encode(TEXT[i : i + 40]) for i in (0, 9)])
    ids[1, 0] = ids[0, 0]  # all rows go on behind one text
    zeros = task.reader.first_states()
    both = [np.repeat(state, 2, axis=0) for state in zeros]
    expected = task.model.predict_on_batch([ids, *both])[0]
    steps = LanguageModelSteps(task.model)
    state, memory = steps.start(*steps.inputs(ids[:1, 0], zeros, rows=2, room=40))
    for t in range(40):
        tokens = ops.convert_to_tensor(ids[:, t] if t else np.full(2, BOS, "int32"))
        logits, state = steps.step(tokens, state, memory)
        np.testing.assert_allclose(ops.convert_to_numpy(logits), expected[:, t], atol=1e-4)


@pytest.mark.parametrize("kind", ["task", "subwords"])
def test_words_from_pieces_is_exact(kind, request):
    task = request.getfixturevalue(kind)
    text = "the cat sat\n\na dog <unk> ran\n"
    ids = task.processor.encode(text)
    nats = one_pass(task, ids).sum()
    score = task.score(text)
    assert score.nats == pytest.approx(nats, rel=1e-5)
    assert score.nats_per_char == pytest.approx(nats / 29, rel=1e-5)
    assert score.nats_per_word == pytest.approx(nats / (7 + 3), rel=1e-5)  # three ends of lines
    assert score.perplexity == pytest.approx(np.exp(nats / 10), rel=1e-4)
    found = task.evaluate([text, text], [text, text])
    names = ["nats_per_char", "word_perplexity"]
    assert [metric.name for metric in found] == (names if kind == "task" else names[::-1])
    nats_per_char, perplexity = found if kind == "task" else found[::-1]
    assert nats_per_char.value == pytest.approx(score.nats_per_char, rel=1e-5)
    assert perplexity.value == pytest.approx(score.perplexity, rel=1e-4)
    assert perplexity.signature.endswith("words:20")


@pytest.mark.parametrize("kind", ["task", "subwords"])
def test_carriage_returns_cost_and_count_nothing(kind, request):
    task = request.getfixturevalue(kind)
    text, other = "the cat\nsat\n", "the cat\r\nsat\r\n"
    assert task.score(other) == task.score(text)
    assert task.evaluate([other], [other]) == task.evaluate([text], [text])


def test_no_word_goes_on_in_the_next_text(task):
    texts = ["the cat", "a dog"]
    nats_per_char, perplexity = task.evaluate(texts, texts)
    nats = sum(task.score(text).nats for text in texts)
    assert nats_per_char.value == pytest.approx(nats / 12, rel=1e-5)
    assert perplexity.value == pytest.approx(np.exp(nats / 4), rel=1e-4)
    assert perplexity.signature.endswith("words:4")


def test_a_model_that_knows_nothing_costs_the_logarithm_of_its_pieces(subwords):
    model = new_task(subwords.processor)
    model.model.set_weights([np.zeros_like(w) for w in model.model.get_weights()])
    text = "the cat sat\na dog\n"
    pieces = len(model.processor.encode(text))
    size = model.processor.tokenizer.vocabulary_size
    assert model.score(text).perplexity == pytest.approx(size ** (pieces / 7), rel=1e-4)


def test_generate(task):
    text = task.generate("the ", length=40, seed=3)
    assert len(text) == 40 and set(text) <= set(TEXT)
    assert task.generate("the ", length=40, seed=3) == text
    assert task.generate("the ", length=20, seed=3) == text[:20]
    assert task.generate("the ", length=40, seed=4) != text
    several = task.generate("the ", length=40, seed=3, n=3)
    assert len(set(several)) == 3 and several[0] == text
    assert task.generate("the ", length=0) == ""
    assert task.generate("a", 30, top_k=1, seed=1) == task.generate("a", 30, top_k=1, seed=2)


@pytest.mark.parametrize("kind", ["task", "subwords", "pointing"])
@pytest.mark.parametrize("options", [{}, {"temperature": 0.5, "top_k": 5, "top_p": 0.9}])
def test_the_stream_is_the_text(kind, options, request):
    task = request.getfixturevalue(kind)
    pieces = list(task.stream("the cat", length=40, seed=5, **options))
    assert len(pieces) > 3
    assert "".join(pieces) == task.generate("the cat", length=40, seed=5, **options)


def test_the_cost_of_a_token_does_not_grow_with_the_prompt(task):
    """What a search starts from, and so all that it computes, has one size for any prompt."""
    task.generate("a", length=8, seed=0)
    compiled = len(task.decoder.searches)
    inputs = [task.steps.inputs(*task._read(p)[1]) for p in ("a", TEXT[:300], TEXT * 3)]
    shapes = [[array.shape for array in arrays] for arrays in inputs]
    assert shapes[0] == shapes[1] == shapes[2] == [(1,), (1, 20), (1, 20)]
    task.generate(TEXT * 3, length=8, seed=0)
    assert len(task.decoder.searches) == compiled


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_a_prompt_is_read_to_its_end(kind, request):
    """The first piece has the probabilities that one long pass gives it."""
    task = request.getfixturevalue(kind)
    prompt = TEXT[:600]
    logits = first_logits(task, prompt)
    logits = ops.convert_to_numpy(logits)[0].astype("float64")
    nats = np.logaddexp.reduce(logits) - logits
    for letter in "the":
        ids = task.processor.encode(prompt + letter)
        assert one_pass(task, ids)[-1] == pytest.approx(nats[ids[-1]], abs=1e-4)


@pytest.mark.parametrize("prompt", ["", " ", "\n", "😀👍🏽", "これは", "a\x00b", "x" * 1_100])
def test_any_prompt_is_taken(task, subwords, prompt):
    for model in (task, subwords):
        assert isinstance(model.generate(prompt, length=4, seed=0), str)
        assert all(s.word.strip() for s in model.suggest(prompt))


@pytest.mark.parametrize("prompt", [3, None, b"bytes", ["a"]])
def test_no_text(task, prompt):
    for use in (task.generate, task.suggest, task.score, task.gates):
        with pytest.raises(TypeError, match="Expected a string"):
            use(prompt)


@pytest.mark.parametrize("texts", [[], [""], [" "]])
def test_nothing_to_evaluate(task, texts):
    with pytest.raises(ValueError, match="Expected at least one text with a word"):
        task.evaluate(texts, texts)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"length": -1}, "length >= 0 and n >= 1. Received: length=-1, n=1"),
        ({"n": 0}, "n=0"),
        ({"temperature": 0.0}, "temperature > 0.*use a small temperature"),
        ({"top_k": -1}, "top_k=-1"),
        ({"top_p": 0.0}, "top_p=0"),
    ],
)
def test_numbers_out_of_range(task, options, message):
    with pytest.raises(ValueError, match=message):
        task.generate("a", **options)


# With a memory, what it points at does not grow with the word that is searched for.
@pytest.mark.parametrize("kind, tolerance", [("task", 1e-3), ("pointing", 0.02)])
def test_suggestions_are_the_likeliest_of_all_words(kind, tolerance, request):
    """Against all words of up to two letters, spelled out with the probability of their end."""
    task = request.getfixturevalue(kind)
    prompt = "the cat "
    begin, inside = task.processor.word_pieces()

    def after(text):
        logits = first_logits(task, text)
        logits = ops.convert_to_numpy(logits)[0].astype("float64")
        return np.exp(logits - np.logaddexp.reduce(logits))

    first = after(prompt)
    names = {i: task.processor.decode([i]) for i in np.flatnonzero(begin)}
    words = {}
    for i, a in names.items():
        second = after(prompt + a)
        share = first[i] / first[begin].sum()
        words[a] = share * second[~inside].sum()
    found = {s.word: s.probability for s in task.suggest(prompt, n=16, beam_size=64)}
    singles = {word: p for word, p in found.items() if len(word) == 1}
    assert singles
    for word, probability in singles.items():
        assert probability == pytest.approx(words[word], rel=tolerance)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_suggest_knows_what_was_learned(trained):
    _, task = trained
    (best, *_) = task.suggest("the cat sat on")
    assert best.word in ("the", "a") and best.probability > 0.3
    assert task.suggest("the cat sat on ") == task.suggest("the cat sat on")
    assert [s.word for s in task.suggest("the cat", n=1)] == ["sat"]
    with pytest.raises(ValueError, match="n=0, beam_size=8"):
        task.suggest("the", n=0)


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_a_growing_text_is_not_read_again(kind, request, monkeypatch):
    task = request.getfixturevalue(kind)
    texts = ("the", "the cat sat", "the cat sat", "a dog", "the", "the cat sat on a mat with a hat")
    alone = {}
    for text in texts:
        task._kept = None
        alone[text] = task.suggest(text)
    search, read = task._next_word(8), []

    def seen(function, ids, *rest):
        read.append(len(ids))
        return function(ids, *rest)

    for owner, name in ((search, "search"), (task.reader, "states_behind")):
        monkeypatch.setattr(owner, name, functools.partial(seen, getattr(owner, name)))
    task._kept = None
    for text in texts:
        for now, then in zip(task.suggest(text), alone[text], strict=True):
            assert now.word == then.word
            assert now.probability == pytest.approx(then.probability, rel=1e-4)
    # The last piece always, and of long texts all but the last sixteen beforehand.
    assert read == [5, 9, 1, 7, 5, 13, 16]


def fresh_suggestions(task, text):
    task._kept = None
    return task.suggest(text)


def halve(model):
    model.set_weights([weight / 2 for weight in model.get_weights()])


def test_suggest_forgets_the_states_before_a_training_that_was_broken_off(task, monkeypatch):
    learner = new_task(task.processor)

    def broken_off(model, *args, **kwargs):
        halve(learner.model)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "fit", broken_off)
    learner.suggest("the")
    with pytest.raises(KeyboardInterrupt):
        learner.fit(TEXT)
    assert learner.suggest("the cat") == fresh_suggestions(learner, "the cat")


def test_weights_changed_by_hand_are_seen_behind_an_empty_text(task):
    learner = new_task(task.processor)
    learner.suggest("the")
    halve(learner.model)
    learner.suggest("")
    assert learner.suggest("the cat") == fresh_suggestions(learner, "the cat")


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_threads_search_beside_threads_that_predict(kind, request):
    task = request.getfixturevalue(kind)
    uses = (
        lambda: task.score("the cat").nats,
        lambda: task.generate("the ", length=8, seed=1),
        lambda: [s.word for s in task.suggest("the cat")],
    )
    expected = [use() for use in uses]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda i: uses[i % 3](), range(180)))
    assert found == expected * 60


def test_suggest_joins_subwords(subwords):
    for suggestion in subwords.suggest("the cat", n=5):
        assert suggestion.word and " " not in suggestion.word
        assert 0 < suggestion.probability < 1


def test_fit_learns(trained):
    task, loaded = trained
    assert set(task.history) == {"loss", "val_loss"}
    assert task.score(TEXT).nats_per_char < 0.5
    assert loaded.score(TEXT).nats_per_char == pytest.approx(
        task.score(TEXT).nats_per_char, abs=0.01
    )
    assert loaded.generate("the cat sat on the m", 2, top_k=1, seed=0) == "at"
    assert loaded.card.data[-1].examples == len(TEXT)
    loaded.check_golden()


@only_on("torch", "the others compile every window; test_training.py resumes on all")
def test_fit_goes_on_where_it_stopped(task, tmp_path):
    def weights(**options):
        copy = new_task(task.processor, zoneout=0.1)
        copy.model.set_weights(task.model.get_weights())
        copy.fit(TEXT, epochs=2, rows=4, window=24, verbose=0, seed=5, **options)
        return copy.model.get_weights()

    def killed_in_the_second(self, epoch, logs=None):
        self._reset()
        if epoch == 1:
            raise KeyboardInterrupt

    whole = weights()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResetStates, "on_epoch_begin", killed_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            weights(directory=tmp_path)
    resumed = weights(directory=tmp_path, resume=True)
    for a, b in zip(whole, resumed, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_unknown_characters_in_training_are_named(task):
    with pytest.warns(UserWarning, match="2 of .* characters are read as unknown.*none of '#Z'"):
        task._trainable("the Z# cat")
    with pytest.raises(ValueError, match="leave text on both sides. Received: validation=0.0 of 3"):
        task.fit("abc", validation=0.0)
    with pytest.raises(TypeError, match="such as 0.1, or a text. Received: validation=None"):
        task.fit("abc", validation=None)


def test_the_text_that_is_too_short_is_named(task):
    with pytest.raises(ValueError, match="a held-out text of at least 17 pieces for 16 streams"):
        task.fit("the cat sat " * 10)
    with pytest.raises(ValueError, match="a text to train on of at least 17 pieces.*Received: 3"):
        task.fit("the", validation=TEXT)


@pytest.mark.parametrize("text", ["", " \n"])
def test_no_words_no_score(task, text):
    with pytest.raises(ValueError, match="Expected a text of one word or more. Received: "):
        task.score(text)


def test_encode_makes_the_arrays_of_the_model(task):
    (ids, *states), targets = task.encode("the cat")
    assert ids.dtype == targets.dtype == "int32" and ids[0, 0] == EOS
    np.testing.assert_array_equal(ids[0, 1:7], targets[0, :6])
    assert [s.shape for s in states] == [(1, 20)] * 2
    with pytest.raises(ValueError, match="at most 512 pieces. Received: 513. Use score"):
        task.encode("a" * 513)


@pytest.mark.parametrize("depth", [1, 2])
def test_gates_make_the_states(task, depth):
    text = "the cat\nsat"
    found = task.gates(text, depth)
    assert "".join(found.pieces) == text
    assert found.update.shape == found.reset.shape == (11, 20)
    cell = task.model.get_layer(f"gru_{depth}").cell
    kernel, recurrent, bias = (np.asarray(ops.convert_to_numpy(w)) for w in cell.weights)
    ids = task.processor.encode(text)[None]
    outputs = [task.model.get_layer(n).output for n in ("input_dropout", "gru_1", "gru_2")]
    states = [np.zeros((1, 20), "float32")] * 2
    x, *hidden = keras.Model(task.model.inputs, [outputs[0], outputs[1][0], outputs[2][0]])(
        [ids, *states]
    )
    x, *hidden = (ops.convert_to_numpy(a)[0] for a in (x, *hidden))
    below, h = ([x, *hidden][depth - 1], hidden[depth - 1])
    before = np.concatenate([np.zeros((1, 20)), h[:-1]])
    sums = below @ kernel[:, :40] + bias[0, :40] + before @ recurrent[:, :40] + bias[1, :40]
    gates = 1 / (1 + np.exp(-sums))
    np.testing.assert_allclose(found.update, gates[:, :20], atol=1e-4)
    np.testing.assert_allclose(found.reset, gates[:, 20:], atol=1e-4)


def test_gates_of_one_text_and_one_layer(task):
    with pytest.raises(ValueError, match="depth from 1 to 2. Received: depth=3"):
        task.gates("a", depth=3)
    with pytest.raises(ValueError, match="text of 1 to 512 pieces. Received: one of 0"):
        task.gates("")


def test_demo_and_predict(trained):
    _, task = trained
    lines = task.demo()
    assert len(lines) == 3 * len(task.samples) and any("next word" in line for line in lines)
    assert task.predict("the") == task.predict(["the"])[0] == task.generate("the", seed=0)


def test_the_shipped_preset_does_not_stutter():
    preset = gru_zoo.load("text_generation_shakespeare")
    for text in preset.generate("KING RICHARD", length=120, temperature=0.8, seed=1, n=32):
        assert not re.search(r"(.)\1{3}", text), text
