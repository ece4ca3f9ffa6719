import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.layers.spectrogram import LogMel, SpecAugment, mel, mel_filters


def reference(waves, rate, bands):
    """The equations of `LogMel` in float64."""
    window, hop, size = round(0.025 * rate), round(0.01 * rate), 512 if rate == 16_000 else 256
    n = np.arange(window)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / window)
    k = np.arange(size // 2 + 1)
    transform = np.exp(-2j * np.pi * np.outer(n, k) / size)
    starts = range(0, waves.shape[1] - window + 1, hop)
    frames = np.stack([waves[:, s : s + window] for s in starts], axis=1).astype("float64")
    power = np.abs((frames * hann) @ transform) ** 2 / (hann.sum() / 2) ** 2
    return np.log(power @ mel_filters(bands, len(k), rate) + 1e-8)


@pytest.fixture(scope="module")
def waves():
    """Half a second of noise, of a tone in noise, and of near silence."""
    random, time = np.random.default_rng(1), np.arange(8_000) / 16_000
    noise = random.normal(size=(3, 8_000)) * np.array([[0.1], [0.003], [1e-5]])
    noise[1] += 0.3 * np.sin(2 * np.pi * 1_000 * time)
    return noise.astype("float32")


@pytest.mark.parametrize(("rate", "bands"), [(16_000, 64), (8_000, 40)])
def test_equations(waves, rate, bands):
    layer = LogMel(rate, bands)
    found = ops.convert_to_numpy(layer(waves))
    expected = reference(waves, rate, bands)
    assert found.shape == layer.compute_output_shape(waves.shape) == expected.shape
    # The largest differences are in bands 70 dB below a tone, where sums of 400 samples round.
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_sine_is_in_its_band():
    time = np.arange(16_000) / 16_000
    found = LogMel(16_000, 40)(np.sin(2 * np.pi * 1_500 * time)[None].astype("float32"))
    edges = np.linspace(mel(20), mel(7_600), 42)
    at = ops.convert_to_numpy(found)[0].argmax(axis=1)
    assert (abs(edges[at + 1] - mel(1_500)) <= edges[1] - edges[0]).all()


def test_adapt_normalizes_each_band(waves):
    layer = LogMel(16_000, 20)
    layer.build(waves.shape)
    layer.adapt(waves)
    found = ops.convert_to_numpy(layer(waves))
    np.testing.assert_allclose(found.mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(found.std(axis=(0, 1)), 1, atol=1e-4)
    assert not layer.trainable_variables


def test_adapt_to_bands_without_energy(waves):
    layer = LogMel(16_000, 20)
    layer.build(waves.shape)
    layer.adapt(np.zeros_like(waves))
    assert ops.convert_to_numpy(layer.scale).max() == 1


def test_float32_under_half_precision(waves):
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        found = LogMel(16_000, 64)(waves)
    finally:
        keras.mixed_precision.set_global_policy(policy)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    np.testing.assert_allclose(ops.convert_to_numpy(found), reference(waves, 16_000, 64), atol=1e-4)


def test_filters():
    filters = mel_filters(64, 257, 16_000)
    np.testing.assert_allclose(filters.sum(axis=0), 1, rtol=1e-6)
    assert (filters.argmax(axis=0)[1:] >= filters.argmax(axis=0)[:-1]).all()
    with pytest.raises(ValueError, match="Expected fewer bands.*bands=99 for 65 frequencies"):
        mel_filters(99, 65, 4_000)


def test_masks():
    layer = SpecAugment(10, 4)
    spectra = np.ones((40, 50, 20), "float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(spectra)), spectra)
    found = ops.convert_to_numpy(layer(spectra, training=True))
    frames, bands = found.any(axis=2), found.any(axis=1)
    np.testing.assert_array_equal(found, frames[:, :, None] & bands[:, None, :])
    hidden_frames, hidden_bands = (~frames).sum(axis=1), (~bands).sum(axis=1)
    assert hidden_frames.max() <= 20 and hidden_bands.max() <= 8
    assert len(set(hidden_frames)) > 5 and 5 < hidden_frames.mean() < 12
    assert (ops.convert_to_numpy(layer(spectra, training=True)) != found).any()


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="the exporter is torch's")
@pytest.mark.filterwarnings("ignore")  # of the exporter
def test_silence_has_a_floor_in_onnx_too(tmp_path, waves):
    onnxruntime, _ = pytest.importorskip("onnxruntime"), pytest.importorskip("onnxscript")
    import torch

    layer = LogMel(16_000, 40)
    layer.build((1, 8_000))
    program = torch.onnx.export(layer, (torch.tensor(waves[:1]),), dynamo=True, verbose=False)
    program.optimize()
    program.save(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    for wave in (waves[:1], np.zeros((1, 8_000), "float32")):
        (found,) = session.run(None, {session.get_inputs()[0].name: wave})
        np.testing.assert_allclose(found, ops.convert_to_numpy(layer(wave)), atol=1e-3)
