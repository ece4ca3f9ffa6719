import itertools

import keras
import numpy as np
import pytest
from keras import ops

from gru_zoo.decoding.decoder import Decoder
from gru_zoo.decoding.sampling import _nucleus
from gru_zoo.text.special_tokens import BOS, EOS

WORDS = 4  # that may be written: EOS and three more
LIMIT = 4


class Toy:
    """A model whose next token depends on the row, the last token and the one before it.

    Logits are looked up: `table[row's key, token before, last token]`.
    """

    ends = True
    shared = False

    def __init__(self, keys=6, seed=0):
        random = np.random.default_rng(seed)
        size = EOS + WORDS
        table = random.normal(size=(keys, size, size, size), scale=1.5).astype("float32")
        table[..., :EOS] = 50.0  # marks would win if they could be written
        self.table = keras.Variable(table.reshape(-1, size))
        self.size, self.variables = size, [self.table]

    def start(self, keys):
        keys = ops.convert_to_tensor(keys)
        return {"before": ops.zeros_like(keys)}, (keys,)

    def step(self, tokens, state, memory):
        index = (memory[0] * self.size + state["before"]) * self.size + tokens
        return ops.take(self.table, index, axis=0), {"before": tokens}

    def finish(self, state):
        return state

    def score(self, key, ids):
        """Log-probability of ids after BOS, among the tokens that may be written."""
        table = ops.convert_to_numpy(self.table).reshape(-1, self.size, self.size, self.size)
        before, last, total = 0, BOS, 0.0
        for token in ids:
            logits = table[key, before, last, EOS:].astype("float64")
            total += logits[token - EOS] - np.logaddexp.reduce(logits)
            before, last = last, token
        return total

    def every(self, key, limit):
        """All that can be written within the limit, with its log-probability."""
        others = range(EOS + 1, self.size)
        for length in range(limit):
            for ids in itertools.product(others, repeat=length):
                yield (*ids, EOS), self.score(key, (*ids, EOS))
        for ids in itertools.product(others, repeat=limit):
            yield ids, self.score(key, ids)


@pytest.fixture(scope="module")
def toy():
    return Toy()


@pytest.fixture(scope="module")
def decoder(toy):
    return Decoder(toy)


KEYS = np.arange(6, dtype="int32")


def limits(count, limit=LIMIT):
    return np.full(count, limit)


def strip(ids):
    return [token for token in ids if token != EOS]


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_a_wide_beam_equals_exhaustive_search(toy, decoder, penalty):
    found = decoder.beam_search([KEYS], limits(6), 150, length_penalty=penalty, n_best=3)
    for key in KEYS:
        ranked = sorted(toy.every(key, LIMIT), key=lambda x: -x[1] / len(x[0]) ** penalty)[:3]
        assert [list(ids) for ids in found.ids[key]] == [strip(ids) for ids, _ in ranked]
        expected = [score / len(ids) ** penalty for ids, score in ranked]
        np.testing.assert_allclose(found.scores[key], expected, rtol=1e-5)
        assert found.lengths[key].tolist() == [len(ids) for ids, _ in ranked]


@pytest.mark.parametrize("shortest, ngram", [(3, 0), (0, 2), (4, 1)])
def test_a_wide_beam_finds_the_best_of_what_is_allowed(toy, decoder, shortest, ngram):
    def allowed(ids):
        grams = [ids[i : i + ngram] for i in range(len(ids) - ngram + 1)] if ngram else []
        return len(ids) >= shortest and len(set(grams)) == len(grams)

    options = {"min_length": shortest, "ngram": ngram}
    found = decoder.beam_search([KEYS], limits(6), 150, n_best=3, **options)
    for key in KEYS:
        ranked = [(ids, score) for ids, score in toy.every(key, LIMIT) if allowed(ids)]
        ranked.sort(key=lambda x: -x[1] / len(x[0]))
        assert [list(ids) for ids in found.ids[key]] == [strip(ids) for ids, _ in ranked[:3]]
        expected = [score / len(ids) for ids, score in ranked[:3]]
        np.testing.assert_allclose(found.scores[key], expected, rtol=1e-5)


def test_no_three_tokens_come_twice(decoder):
    free = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16)
    kept = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16, ngram=3)
    for found, repeats in ((free, True), (kept, False)):
        grams = [list(zip(ids, ids[1:], ids[2:], strict=False)) for (ids,) in found.ids]
        assert any(len(set(row)) < len(row) for row in grams) == repeats
        assert all(len(ids) >= 15 for (ids,) in found.ids)  # and EOS, or the limit


@pytest.mark.parametrize("ngram", [16, 17, 40])
def test_no_more_tokens_come_twice_than_there_are(decoder, ngram):
    free = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16)
    kept = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16, ngram=ngram)
    assert str(kept.ids) == str(free.ids)
    np.testing.assert_array_equal(kept.scores, free.scores)


def test_a_beam_of_one_is_greedy(decoder):
    greedy, beam = decoder.greedy([KEYS], limits(6)), decoder.beam_search([KEYS], limits(6), 1, 0.0)
    assert [ids[0].tolist() for ids in greedy.ids] == [ids[0].tolist() for ids in beam.ids]
    np.testing.assert_allclose(greedy.scores, beam.scores, rtol=1e-5)
    np.testing.assert_array_equal(greedy.lengths, beam.lengths)


def test_greedy_takes_the_likeliest_token(toy, decoder):
    found = decoder.greedy([KEYS], limits(6))
    for key in KEYS:
        ids = []
        while len(ids) < LIMIT and (not ids or ids[-1] != EOS):
            ids.append(max(range(EOS, toy.size), key=lambda t: toy.score(key, [*ids, t])))
        assert found.ids[key][0].tolist() == strip(ids)
        assert found.scores[key, 0] == pytest.approx(toy.score(key, ids), rel=1e-5)


@pytest.mark.parametrize("beam_size", [2, 3])
def test_a_beam_equals_its_definition(toy, decoder, beam_size):
    found = decoder.beam_search([KEYS], limits(6), beam_size, 1.0, n_best=beam_size)
    for key in KEYS:
        finished, beam = [], [()]
        for _ in range(LIMIT):
            longer = [(*ids, t) for ids in beam for t in range(EOS, toy.size)]
            longer.sort(key=lambda ids: -toy.score(key, ids))
            beam = longer[: beam_size - len(finished)]
            finished += [ids for ids in beam if ids[-1] == EOS]
            beam = [ids for ids in beam if ids[-1] != EOS]
        ranked = sorted(finished + beam, key=lambda ids: -toy.score(key, ids) / len(ids))
        assert [list(ids) for ids in found.ids[key]] == [strip(ids) for ids in ranked]


def test_what_is_finished_stays_as_it_is(decoder):
    short = decoder.beam_search([KEYS], limits(6, 3), 3, 0.0, n_best=3)
    long = decoder.beam_search([KEYS], limits(6, 9), 3, 0.0, n_best=3)
    frozen = 0
    for key in KEYS:
        later = dict(zip(map(tuple, long.ids[key]), long.scores[key], strict=True))
        rows = zip(short.ids[key], short.scores[key], short.lengths[key], strict=True)
        for ids, score, length in rows:
            if len(ids) < length:  # ended by EOS, not by the limit
                assert later[tuple(ids)] == score
                frozen += 1
    assert frozen > 3


@pytest.mark.parametrize("beam_size", [1, 3])
def test_a_batch_equals_its_rows(decoder, beam_size):
    most = np.array([4, 1, 3, 0, 2, 4])
    together = decoder.beam_search([KEYS], most, beam_size, n_best=beam_size)
    for key in KEYS:
        alone = decoder.beam_search([KEYS[key : key + 1]], most[key : key + 1], beam_size)
        assert alone.ids[0][0].tolist() == together.ids[key][0].tolist()
        np.testing.assert_allclose(alone.scores[0, 0], together.scores[key, 0], rtol=1e-5)
    assert (together.lengths <= most[:, None]).all()
    assert together.ids[3][0].size == 0


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
def test_sampling_keeps_to_the_likeliest(toy, decoder, options, kept):
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
def test_a_nucleus_is_the_fewest_likeliest(top_p, spread):
    scores = np.random.default_rng(0).normal(0, spread, (8, 3_000)).astype("float32")
    shares = ops.softmax(scores)
    found = ops.convert_to_numpy(_nucleus(shares, top_p))
    for row, kept in zip(ops.convert_to_numpy(shares), found, strict=True):
        likeliest = np.sort(row)[::-1]
        fewest = 1 + np.searchsorted(np.cumsum(likeliest, dtype="float64"), top_p)
        count = np.count_nonzero(kept)
        assert abs(count - fewest) <= 1  # the sums are rounded
        assert kept.sum() >= top_p - 1e-6
        np.testing.assert_array_equal(np.sort(kept)[::-1][:count], likeliest[:count])


class Counting(Toy):
    """The same, which counts the calls of its step."""

    calls = 0

    def step(self, tokens, state, memory):
        self.calls += 1
        return super().step(tokens, state, memory)


@pytest.mark.parametrize("options", [{}, {"top_p": 0.9}, {"top_k": 3}, {"top_k": 3, "top_p": 0.9}])
def test_another_temperature_is_not_another_program(options):
    toy = Counting()
    decoder, texts = Decoder(toy, fixed=True), set()
    for temperature in (1.0, 0.1, 3.0):
        changed = {**options, "temperature": temperature}
        if "top_p" in options:
            changed["top_p"] = 0.9 - 0.1 * temperature
        found = decoder.sample([KEYS], limits(6, 16), **changed)
        texts.add(str(found.ids))
        if len(texts) == 1:
            calls = toy.calls
    assert len(texts) == 3 and len(decoder._compiled) == 1
    # Torch compiles nothing and calls it for every token.
    assert toy.calls == calls or keras.backend.backend() == "torch"


def test_a_temperature_divides_the_logits(toy, decoder):
    keys = np.zeros(4000, "int32")
    found = decoder.sample([keys], limits(4000, 1), temperature=2.5)
    tokens = [int(ids[0][0]) if len(ids[0]) else EOS for ids in found.ids]
    expected = np.exp([toy.score(0, [token]) / 2.5 for token in range(EOS, toy.size)])
    share = np.bincount(tokens, minlength=toy.size)[EOS:] / 4000
    np.testing.assert_allclose(share, expected / expected.sum(), atol=0.03)
    scores = [toy.score(0, [token]) for token in tokens]
    np.testing.assert_allclose(found.scores[:, 0], scores, rtol=1e-4)


def test_new_weights_count(toy):
    decoder = Decoder(toy)
    before = decoder.greedy([KEYS], limits(6)).ids
    old = ops.convert_to_numpy(toy.table).copy()
    toy.table.assign(-old)
    after = decoder.greedy([KEYS], limits(6)).ids
    toy.table.assign(old)
    assert [ids[0].tolist() for ids in before] != [ids[0].tolist() for ids in after]


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


@pytest.mark.parametrize("beam_size, n_best", [(0, 0), (2, 3), (2, 0)])
def test_beam_search_refuses(decoder, beam_size, n_best):
    with pytest.raises(ValueError, match=f"n_best={n_best}, beam_size={beam_size}"):
        decoder.beam_search([KEYS], limits(6), beam_size, n_best=n_best)


@pytest.mark.parametrize("options", [{"min_length": -1}, {"ngram": -1}])
def test_beam_search_refuses_negative_numbers(decoder, options):
    with pytest.raises(ValueError, match="Expected min_length and ngram of 0 or more. Received: m"):
        decoder.beam_search([KEYS], limits(6), 2, **options)


def test_fewer_hypotheses_than_places(decoder):
    found = decoder.beam_search([KEYS], limits(6, 1), 6, n_best=6)
    assert np.isfinite(found.scores[:, :WORDS]).all()
    assert (found.scores[:, WORDS:] == -np.inf).all()
    assert all(len({tuple(ids) for ids in row[:WORDS]}) == WORDS for row in found.ids)


class Endless(Toy):
    """The same, where `EOS` is a token as any other."""

    ends = False


def test_without_an_end_every_row_is_written_to_its_limit():
    toy = Endless()
    found = Decoder(toy).greedy([KEYS], np.array([4, 1, 3, 0, 2, 16]))
    assert [len(ids[0]) for ids in found.ids] == [4, 1, 3, 0, 2, 16]
    assert any(EOS in ids[0] for ids in found.ids)
    for key in (0, 5):
        ids = found.ids[key][0].tolist()
        assert found.scores[key, 0] == pytest.approx(toy.score(key, ids), rel=1e-5)


def test_a_generator_goes_on_drawing_where_it_was():
    decoder, random = Decoder(Endless()), np.random.default_rng(7)
    key = [np.zeros(1, "int32")]
    first, second = (decoder.sample(key, limits(1, 16), seed=random) for _ in range(2))
    again = decoder.sample(key, limits(1, 16), seed=7)
    assert again.ids[0][0].tolist() == first.ids[0][0].tolist() != second.ids[0][0].tolist()


@pytest.mark.parametrize("n_best", [1, 3])
def test_stopping_at_the_best_changes_nothing(decoder, n_best):
    few = decoder.beam_search([KEYS], limits(6, 8), 5, 0.0, n_best)
    every = decoder.beam_search([KEYS], limits(6, 8), 5, 0.0, n_best=5)
    for a, b in zip(few.ids, every.ids, strict=True):
        assert [ids.tolist() for ids in a] == [ids.tolist() for ids in b[:n_best]]
    np.testing.assert_allclose(few.scores, every.scores[:, :n_best], rtol=1e-5)
