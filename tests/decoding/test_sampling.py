import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.decoding.decoder import Decoder
from gru_zoo.decoding.sampling import nucleus_of
from gru_zoo.text.special_tokens import EOS
from tests.decoding.toy_model import KEYS, Counting, Endless, limits


def test_samples_follow_the_distribution(toy, decoder):
    keys = np.zeros(4000, "int32")
    first = [ids[0][0] if len(ids[0]) else EOS for ids in decoder.sample([keys], limits(4000)).ids]
    share = np.bincount(first, minlength=toy.size)[EOS:] / 4000
    expected = [np.exp(toy.score(0, [token])) for token in range(EOS, toy.size)]
    np.testing.assert_allclose(share, expected, atol=0.03)


class Wide:
    """A model that always gives the same probabilities, a quarter of them none."""

    ends = shared = False
    variables = ()

    def __init__(self, count):
        random = np.random.default_rng(count)
        logits = random.normal(size=count, scale=3.0).astype("float32")
        logits[random.random(count) < 0.25] = -1e30
        self.shares = np.exp(logits.astype("float64") - np.logaddexp.reduce(logits))
        self.logits = ops.convert_to_tensor(np.concatenate([np.zeros(EOS, "float32"), logits]))

    def start(self, rows):
        return (ops.convert_to_tensor(rows),), ()

    def step(self, tokens, state, memory):
        return ops.repeat(self.logits[None], ops.shape(tokens)[0], axis=0), state

    def finish(self, state):
        return state


@pytest.mark.parametrize("count", [5, 256, 257, 1000, 1024])
def test_large_vocabularies_are_drawn_from_as_small_ones(count):
    wide, rows = Wide(count), 3000
    found = Decoder(wide).sample([np.zeros(rows, "int32")], limits(rows, 1), seed=3)
    places = np.array([int(ids[0][0]) for ids in found.ids]) - EOS
    draws = np.random.default_rng(3).random((rows, 16), dtype="float32")[:, 0]
    expected = np.searchsorted(np.cumsum(wide.shares), draws, side="right")
    assert (wide.shares[places] > 0).all()
    assert (places == expected).mean() > 0.99
    # Rounding may take the neighbour, between which and this one nothing has a share.
    low, high = np.minimum(places, expected), np.maximum(places, expected)
    assert all(wide.shares[a + 1 : b].sum() < 1e-5 for a, b in zip(low, high, strict=True))


def test_samples_are_those_of_their_seed(decoder):
    def draw(seed):
        found = decoder.sample([KEYS], limits(6, 12), seed=seed)
        return [ids[0].tolist() for ids in found.ids]

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


@pytest.mark.parametrize("options", [{"top_k": 1}, {"top_p": 1e-6}, {"temperature": 1e-3}])
def test_narrow_sampling_is_greedy(decoder, options):
    greedy, found = decoder.greedy([KEYS], limits(6)), decoder.sample([KEYS], limits(6), **options)
    assert [ids[0].tolist() for ids in greedy.ids] == [ids[0].tolist() for ids in found.ids]
    np.testing.assert_allclose(greedy.scores, found.scores, rtol=1e-5)


@pytest.mark.parametrize("options, kept", [({"top_k": 2}, 2), ({"top_p": 0.6}, None)])
def test_sampling_draws_among_the_most_probable(toy, decoder, options, kept):
    keys = np.zeros(500, "int32")
    found = decoder.sample([keys], limits(500, 1), **options)
    order = sorted(range(EOS, toy.size), key=lambda token: -toy.score(0, [token]))
    if kept is None:
        mass = np.cumsum([np.exp(toy.score(0, [token])) for token in order])
        kept = int(np.searchsorted(mass, 0.6)) + 1
    drawn = {int(ids[0][0]) if len(ids[0]) else EOS for ids in found.ids}
    assert drawn == set(order[:kept])


@pytest.mark.parametrize("top_p", [0.01, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("spread", [0.1, 2.0, 9.0])
def test_a_nucleus_holds_the_fewest_largest_shares(top_p, spread):
    scores = np.random.default_rng(0).normal(0, spread, (8, 3_000)).astype("float32")
    shares = ops.softmax(scores)
    found = ops.convert_to_numpy(nucleus_of(shares, top_p))
    for row, kept in zip(ops.convert_to_numpy(shares), found, strict=True):
        largest = np.sort(row)[::-1]
        fewest = 1 + np.searchsorted(np.cumsum(largest, dtype="float64"), top_p)
        count = np.count_nonzero(kept)
        assert abs(count - fewest) <= 1  # the sums are rounded
        assert kept.sum() >= top_p - 1e-6
        np.testing.assert_array_equal(np.sort(kept)[::-1][:count], largest[:count])


@pytest.mark.parametrize("options", [{}, {"top_p": 0.9}, {"top_k": 3}, {"top_k": 3, "top_p": 0.9}])
def test_another_temperature_is_not_another_program(options):
    toy = Counting()
    decoder, texts, calls, steps = Decoder(toy, fixed=True), set(), [], []
    for temperature in (1.0, 0.1, 3.0):
        changed = {**options, "temperature": temperature}
        if "top_p" in options:
            changed["top_p"] = 0.9 - 0.1 * temperature
        found = decoder.sample([KEYS], limits(6, 16), **changed)
        texts.add(str(found.ids))
        steps.append(int(found.lengths.max()))
        calls.append(toy.calls)
    assert len(texts) == 3 and len(decoder.searches) == 1
    if keras.backend.backend() == "torch":  # it compiles nothing and calls the model at each step
        assert calls == np.cumsum(steps).tolist()
    else:  # the model is called while the first is compiled, and never again
        assert calls[0] == calls[1] == calls[2]


def test_a_temperature_divides_the_logits(toy, decoder):
    keys = np.zeros(4000, "int32")
    found = decoder.sample([keys], limits(4000, 1), temperature=2.5)
    tokens = [int(ids[0][0]) if len(ids[0]) else EOS for ids in found.ids]
    expected = np.exp([toy.score(0, [token]) / 2.5 for token in range(EOS, toy.size)])
    share = np.bincount(tokens, minlength=toy.size)[EOS:] / 4000
    np.testing.assert_allclose(share, expected / expected.sum(), atol=0.03)
    scores = [toy.score(0, [token]) for token in tokens]
    np.testing.assert_allclose(found.scores[:, 0], scores, rtol=1e-4)


def test_a_generator_goes_on_drawing_where_it_was():
    decoder, random = Decoder(Endless()), np.random.default_rng(7)
    key = [np.zeros(1, "int32")]
    first, second = (decoder.sample(key, limits(1, 16), seed=random) for _ in range(2))
    again = decoder.sample(key, limits(1, 16), seed=7)
    assert again.ids[0][0].tolist() == first.ids[0][0].tolist() != second.ids[0][0].tolist()


@pytest.mark.parametrize(
    "options, message",
    [
        (
            {"temperature": 0},
            "temperature > 0.*temperature=0.*use a small temperature, such as 0.001",
        ),
        ({"top_k": -1}, "top_k=-1"),
        ({"top_p": 0}, "top_p=0"),
        ({"top_p": 1.5}, "top_p=1.5"),
    ],
)
def test_sampling_refuses(decoder, options, message):
    with pytest.raises(ValueError, match=message):
        decoder.sample([KEYS], limits(6), **options)
