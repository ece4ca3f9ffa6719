import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers import GRU, BidirectionalGRU, explain_path

BATCH, TIME, FEATURES, UNITS = 3, 6, 4, 5
BACKEND = keras.backend.backend()
SEQUENCES = np.random.default_rng(0).normal(size=(BATCH, TIME, FEATURES)).astype("float32")
STATES = [np.random.default_rng(s).normal(size=(BATCH, UNITS)).astype("float32") for s in (1, 2)]
MASK = np.array([[1, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1]], "bool")


def pair(merge_mode="concat", **options):
    """Ours and keras.layers.Bidirectional around our GRU, with the same weights."""
    ours = BidirectionalGRU(UNITS, merge_mode=merge_mode, **options)
    theirs = keras.layers.Bidirectional(GRU(UNITS, **options), merge_mode=merge_mode)
    shape = SEQUENCES.shape
    ours.build(shape)
    theirs.build(shape)
    rng = np.random.default_rng(3)
    weights = [0.8 * rng.normal(size=v.shape) for v in ours.weights]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    return ours, theirs


def flat(results):
    results = results if isinstance(results, (list, tuple)) else [results]
    return [ops.convert_to_numpy(value) for value in results]


def agree(results, expected):
    results, expected = flat(results), flat(expected)
    assert len(results) == len(expected)
    for value, reference in zip(results, expected, strict=True):
        np.testing.assert_allclose(value, reference, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave", "mul", None])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_equals_the_wrapper_of_keras(merge_mode, return_sequences):
    ours, theirs = pair(merge_mode, return_sequences=return_sequences, return_state=True)
    kwargs = {"initial_state": STATES, "mask": MASK}
    agree(ours(SEQUENCES, **kwargs), theirs(SEQUENCES, **kwargs))
    assert ours.compute_output_shape(SEQUENCES.shape) == theirs.compute_output_shape(
        SEQUENCES.shape
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"reset_after": False},
        {"use_bias": False, "layer_norm": True},
        {"zoneout": 0.3, "recurrent_activation": "hard_sigmoid"},
        {"activation": "silu"},
    ],
    ids=["after", "before", "layer_norm", "zoneout", "silu"],
)
def test_gradients_equal_those_of_the_wrapper(evaluate, options):
    ours, theirs = pair(return_sequences=True, return_state=True, **options)
    kwargs = {"mask": MASK, "training": not options.get("zoneout")}
    agree(
        *(evaluate(layer, SEQUENCES, STATES[0], **kwargs) for layer in map(Halved, (ours, theirs)))
    )


class Halved:
    """Both directions from one initial state, as the fixture `evaluate` has it."""

    def __init__(self, layer):
        self.layer = layer

    def __getattr__(self, name):
        return getattr(self.layer, name)

    def __call__(self, sequences, initial_state, **kwargs):
        return self.layer(sequences, initial_state=[initial_state, 2 * initial_state], **kwargs)


def test_dropout_and_zoneout_apply_in_training_to_each_direction():
    options = {"dropout": 0.3, "recurrent_dropout": 0.3, "zoneout": 0.3}
    ours, theirs = pair(seed=4, return_sequences=True, recurrent_weight_dropout=0.3, **options)
    expected = flat(theirs(SEQUENCES, mask=MASK, training=True))
    first = flat(ours(SEQUENCES, mask=MASK, training=True))
    again = flat(ours(SEQUENCES, mask=MASK, training=True))
    assert np.abs(first[0] - again[0]).max() > 1e-3
    agree(first, expected)


def test_stateful_batches_continue():
    ours, theirs = pair(stateful=True)
    for _ in range(2):
        agree(ours(SEQUENCES, mask=MASK), theirs(SEQUENCES, mask=MASK))
    first = flat(ours(SEQUENCES))[0]
    ours.reset_state()
    theirs.reset_state()
    agree(ours(SEQUENCES), theirs(SEQUENCES))
    assert np.abs(first - flat(theirs(SEQUENCES))[0]).max() > 1e-3


def test_weights_are_ordered_and_shaped_as_in_keras():
    ours = BidirectionalGRU(UNITS)
    theirs = keras.layers.Bidirectional(keras.layers.GRU(UNITS, name="gru"))
    ours.build(SEQUENCES.shape)
    theirs.build(SEQUENCES.shape)
    described = [
        [(v.path.split("/", 1)[1], tuple(v.shape)) for v in layer.weights]
        for layer in (ours, theirs)
    ]
    assert described[0] == described[1]
    theirs.set_weights(ours.get_weights())
    agree(ours(SEQUENCES), theirs(SEQUENCES))


def test_models_fit_and_come_back(tmp_path):
    inputs = keras.Input((TIME,), dtype="int32")
    embedded = keras.layers.Embedding(9, FEATURES, mask_zero=True)(inputs)
    hidden = BidirectionalGRU(UNITS, return_sequences=True, zoneout=0.2)(embedded)
    model = keras.Model(inputs, BidirectionalGRU(UNITS, "sum", name="top", dropout=0.1)(hidden))
    model.compile("adam", "mse", jit_compile=BACKEND != "torch")
    tokens = np.random.default_rng(5).integers(1, 9, size=(BATCH, TIME)) * MASK
    losses = model.fit(tokens, STATES[0], epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_layer("top").get_config() == model.get_layer("top").get_config()
    agree(loaded.predict(tokens, verbose=0), model.predict(tokens, verbose=0))


def test_which_path_runs():
    name, reason = explain_path(BidirectionalGRU(3))
    assert name == BACKEND
    shared = "one loop a direction" if BACKEND == "torch" else "both directions in one loop"
    assert reason.endswith(shared)


@pytest.mark.skipif(BACKEND != "jax", reason="counts the loops of a jaxpr")
def test_one_loop_on_jax():
    import jax

    ours, _ = pair()
    assert str(jax.make_jaxpr(ours)(SEQUENCES)).count("scan[") == 1


def test_a_wrong_merge_mode_is_refused():
    with pytest.raises(ValueError, match="Invalid merge mode. Received: both"):
        BidirectionalGRU(3, merge_mode="both")
