import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from gru_zoo import audio
from gru_zoo.audio.resampling import Resampler
from gru_zoo.audio.sound import Sound


@pytest.mark.parametrize("rates", [(48_000, 16_000), (44_100, 16_000), (8_000, 16_000)])
def test_tones_keep_their_pitch(rates):
    before, after = rates
    tone = np.sin(2 * np.pi * 1_000 * np.arange(before) / before).astype("float32")
    expected = np.sin(2 * np.pi * 1_000 * np.arange(after) / after)
    found = audio.resample(Sound(tone, before), after)
    assert found.shape == (after,)
    np.testing.assert_allclose(found[200:-200], expected[200:-200], atol=2e-3)


@hypothesis.given(
    st.sampled_from([(48_000, 16_000), (44_100, 16_000), (11_025, 8_000), (8_000, 16_000)]),
    st.lists(st.integers(0, 3_000), max_size=9),
)
def test_pieces_are_what_the_whole_is(rates, cuts):
    samples = np.random.default_rng(1).normal(size=3_000).astype("float32")
    whole = audio.resample(Sound(samples, rates[0]), rates[1])
    assert len(whole) == -(-3_000 * rates[1] // rates[0])
    resampler = Resampler(*rates)
    pieces = [resampler.feed(piece) for piece in np.split(samples, sorted(cuts))]
    np.testing.assert_allclose(np.concatenate([*pieces, resampler.finish()]), whole, atol=1e-6)
