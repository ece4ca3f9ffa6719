import numpy as np
import pytest
from keras import ops

from gru_zoo.decoding.arrays import NEG_INF
from gru_zoo.decoding.beam_search import mask_tokens, repeated_ngrams
from gru_zoo.decoding.decoder import Decoder
from gru_zoo.text.special_tokens import EOS, PAD
from tests.decoding.toy_model import KEYS, LIMIT, WORDS, Toy, limits, strip


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

    options = {"min_length": shortest, "no_repeat_ngram_size": ngram}
    found = decoder.beam_search([KEYS], limits(6), 150, n_best=3, **options)
    for key in KEYS:
        ranked = [(ids, score) for ids, score in toy.every(key, LIMIT) if allowed(ids)]
        ranked.sort(key=lambda x: -x[1] / len(x[0]))
        assert [list(ids) for ids in found.ids[key]] == [strip(ids) for ids, _ in ranked[:3]]
        expected = [score / len(ids) for ids, score in ranked[:3]]
        np.testing.assert_allclose(found.scores[key], expected, rtol=1e-5)


def test_no_three_tokens_come_twice(decoder):
    free = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16)
    kept = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16, no_repeat_ngram_size=3)
    for found, repeats in ((free, True), (kept, False)):
        grams = [list(zip(ids, ids[1:], ids[2:], strict=False)) for (ids,) in found.ids]
        assert any(len(set(row)) < len(row) for row in grams) == repeats
        assert all(len(ids) >= 15 for (ids,) in found.ids)  # and EOS, or the limit


@pytest.mark.parametrize("ngram", [16, 17, 40])
def test_no_more_tokens_come_twice_than_there_are(decoder, ngram):
    free = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16)
    kept = decoder.beam_search([KEYS], limits(6, 16), 2, min_length=16, no_repeat_ngram_size=ngram)
    assert str(kept.ids) == str(free.ids)
    np.testing.assert_array_equal(kept.scores, free.scores)


def test_a_wide_beam_finds_the_best_that_a_model_does_not_rule_out():
    class Ascending(Toy):
        """Tokens only rise."""

        def constrain(self, logits, state, memory):
            lower = ops.arange(self.size) < state["before"][:, None]
            return ops.where(lower & (ops.arange(self.size) > EOS), NEG_INF, logits)

    model = Ascending()
    found = Decoder(model).beam_search([KEYS], limits(6), 150, n_best=3)
    for key in KEYS:
        ranked = [
            (ids, s) for ids, s in model.every(key, LIMIT) if [*strip(ids)] == sorted(strip(ids))
        ]
        ranked.sort(key=lambda x: -x[1] / len(x[0]))
        assert [list(ids) for ids in found.ids[key]] == [strip(ids) for ids, _ in ranked[:3]]
        expected = [score / len(ids) for ids, score in ranked[:3]]  # those of the whole model
        np.testing.assert_allclose(found.scores[key], expected, rtol=1e-5)


def test_a_beam_of_one_is_greedy(decoder):
    greedy, beam = decoder.greedy([KEYS], limits(6)), decoder.beam_search([KEYS], limits(6), 1, 0.0)
    assert [ids[0].tolist() for ids in greedy.ids] == [ids[0].tolist() for ids in beam.ids]
    np.testing.assert_allclose(greedy.scores, beam.scores, rtol=1e-5)
    np.testing.assert_array_equal(greedy.lengths, beam.lengths)


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


def test_fewer_hypotheses_than_places(decoder):
    found = decoder.beam_search([KEYS], limits(6, 1), 6, n_best=6)
    assert np.isfinite(found.scores[:, :WORDS]).all()
    assert (found.scores[:, WORDS:] == -np.inf).all()
    assert all(len({tuple(ids) for ids in row[:WORDS]}) == WORDS for row in found.ids)


@pytest.mark.parametrize("n_best", [1, 3])
def test_stopping_at_the_best_changes_nothing(decoder, n_best):
    few = decoder.beam_search([KEYS], limits(6, 8), 5, 0.0, n_best)
    every = decoder.beam_search([KEYS], limits(6, 8), 5, 0.0, n_best=5)
    for a, b in zip(few.ids, every.ids, strict=True):
        assert [ids.tolist() for ids in a] == [ids.tolist() for ids in b[:n_best]]
    np.testing.assert_allclose(few.scores, every.scores[:, :n_best], rtol=1e-5)


@pytest.mark.parametrize("beam_size, n_best", [(0, 0), (2, 3), (2, 0)])
def test_beam_search_refuses(decoder, beam_size, n_best):
    with pytest.raises(ValueError, match=f"n_best={n_best}, beam_size={beam_size}"):
        decoder.beam_search([KEYS], limits(6), beam_size, n_best=n_best)


@pytest.mark.parametrize("options", [{"min_length": -1}, {"no_repeat_ngram_size": -1}])
def test_beam_search_refuses_negative_numbers(decoder, options):
    with pytest.raises(
        ValueError, match="Expected min_length and no_repeat_ngram_size of 0 or more. Received: m"
    ):
        decoder.beam_search([KEYS], limits(6), 2, **options)


def test_repeated_ngrams_are_what_would_complete_one_again():
    tokens = np.array([[[5, 6, 7, 5, 6, 0, 0, 0]]], "int32")
    found = repeated_ngrams(ops.convert_to_tensor(tokens), ops.convert_to_tensor(5), 3)
    # 5 6 is followed by 7; the place after the second 5 6 is not yet written.
    assert ops.convert_to_numpy(found).tolist() == [[[7, PAD, PAD, PAD, PAD, PAD]]]


def test_masked_tokens_are_those_of_each_row():
    logits = ops.convert_to_tensor(np.zeros((2, 6), "float32"))
    found = mask_tokens(logits, ops.convert_to_tensor(np.array([[4, 5], [PAD, EOS]], "int32")))
    blocked = ops.convert_to_numpy(found) == np.float32(NEG_INF)
    assert [np.flatnonzero(row).tolist() for row in blocked] == [[4, 5], [PAD, EOS]]
