import numpy as np
import pytest
from keras import ops

from gru_zoo.decoding.decoder import MAX_SEARCHES, Decoder
from gru_zoo.text.special_tokens import EOS
from tests.decoding.toy_model import KEYS, LIMIT, Endless, limits, strip


def test_greedy_takes_the_most_probable_token(toy, decoder):
    found = decoder.greedy([KEYS], limits(6))
    for key in KEYS:
        ids = []
        while len(ids) < LIMIT and (not ids or ids[-1] != EOS):
            ids.append(max(range(EOS, toy.size), key=lambda t: toy.score(key, [*ids, t])))
        assert found.ids[key][0].tolist() == strip(ids)
        assert found.scores[key, 0] == pytest.approx(toy.score(key, ids), rel=1e-5)


def test_new_weights_count(toy):
    decoder = Decoder(toy)
    before = decoder.greedy([KEYS], limits(6)).ids
    old = ops.convert_to_numpy(toy.table).copy()
    toy.table.assign(-old)
    after = decoder.greedy([KEYS], limits(6)).ids
    toy.table.assign(old)
    assert [ids[0].tolist() for ids in before] != [ids[0].tolist() for ids in after]


def test_without_an_end_every_row_is_written_to_its_limit():
    toy = Endless()
    found = Decoder(toy).greedy([KEYS], np.array([4, 1, 3, 0, 2, 16]))
    assert [len(ids[0]) for ids in found.ids] == [4, 1, 3, 0, 2, 16]
    assert any(EOS in ids[0] for ids in found.ids)
    for key in (0, 5):
        ids = found.ids[key][0].tolist()
        assert found.scores[key, 0] == pytest.approx(toy.score(key, ids), rel=1e-5)


def test_few_searches_stay_compiled(toy, monkeypatch):
    monkeypatch.setattr("gru_zoo.decoding.decoder.MAX_SEARCHES", 2)
    decoder = Decoder(toy)
    first = decoder.sample([KEYS], limits(6), top_k=1)
    for top_k in (2, 3):
        decoder.sample([KEYS], limits(6), top_k=top_k)
    assert len(decoder.searches) == 2 < MAX_SEARCHES
    again = decoder.sample([KEYS], limits(6), top_k=1)
    assert str(again.ids) == str(first.ids)
