import numpy as np
import pytest

from gru_zoo.tasks.music.batches import PieceBatches, pad_chords
from gru_zoo.tasks.music.processor import MusicProcessor

PROCESSOR = MusicProcessor(slots=4, steps_per_beat=2, voices={"high": (60, 72), "low": (40, 60)})
PIECES = [np.arange(1, n + 1, dtype="int32")[:, None] % 88 * [1, 0] for n in (7, 90, 33, 61)]


def test_chords_descend_and_end_in_0():
    chords = PROCESSOR.encode([(60, 64, 67), (), (108, 21)])
    assert chords.dtype == "int32"
    assert chords.tolist() == [[47, 44, 40, 0], [0, 0, 0, 0], [88, 1, 0, 0]]


def test_decode():
    assert PROCESSOR.decode([47, 44, 40, 0, 0, 88, 1, 0, 5]) == [(60, 64, 67), (), (21, 108)]


def test_large_chords_keep_their_highest_notes():
    (chord,) = PROCESSOR.encode([(30, 40, 50, 60, 70)])
    assert PROCESSOR.decode(chord) == [(50, 60, 70)]


@pytest.mark.parametrize("step", [(20,), (60, 109)])
def test_pitches_outside_the_keyboard_are_refused(step):
    with pytest.raises(ValueError, match=r"pitches from 21 to 108. Received: \["):
        PROCESSOR.encode([step])


def test_saved_and_loaded(tmp_path):
    PROCESSOR.save(tmp_path)
    assert MusicProcessor.load(tmp_path) == PROCESSOR
    plain = MusicProcessor(5, 1)
    plain.save(tmp_path)
    assert MusicProcessor.load(tmp_path) == plain


def test_settings_of_another_task_are_refused(tmp_path):
    PROCESSOR.save(tmp_path)
    path = tmp_path / "processor.json"
    path.write_text(path.read_text().replace('"music"', '"pairs"'))
    with pytest.raises(ValueError, match="kind 'music' in .* Received: kind='pairs'"):
        MusicProcessor.load(tmp_path)


def test_padding():
    padded = pad_chords([np.ones((3, 2), "int32"), np.zeros((5, 2), "int32")], lengths=(4, 8))
    assert padded.shape == (2, 8, 2)
    assert (padded[0, 3:] == -1).all() and (padded[1, :5] == 0).all()
    assert pad_chords([np.zeros((9, 2), "int32")], lengths=(4, 8)).shape == (1, 9, 2)


@pytest.mark.parametrize("epoch", [0, 1])
def test_every_step_counts_once_an_epoch(epoch):
    batches = PieceBatches(PIECES, batch_size=3, part=20, lead=4, seed=1)
    batches.epoch = epoch
    counted = []
    for index in range(len(batches)):
        chords, zeros, weights = batches[index]
        assert zeros.shape == weights.shape == chords.shape[:2]
        assert not weights[chords[:, :, 0] < 0].any()
        counted += chords[:, :, 0][weights > 0].tolist()
    assert sorted(counted) == sorted(np.concatenate(PIECES)[:, 0].tolist())


def test_a_part_begins_with_what_came_before():
    batches = PieceBatches(PIECES, batch_size=1, part=20, lead=4, seed=1)
    for index in range(len(batches)):
        chords, _, weights = batches[index]
        part, counts = chords[0, chords[0, :, 0] >= 0, 0], weights[0, chords[0, :, 0] >= 0]
        assert (np.diff(part) % 88 == 1).all()
        lead = int((counts == 0).sum())
        assert lead == (0 if part[0] == 1 else 4) and counts[lead:].all()


def test_cuts_change_with_the_epoch_and_follow_from_the_seed():
    first, again = (PieceBatches(PIECES, batch_size=2, part=20, seed=3) for _ in range(2))

    def shown(batches):
        return [batches[index][0].tobytes() for index in range(len(batches))]

    assert shown(first) == shown(again)
    before = shown(first)
    first.epoch = 1
    assert shown(first) != before
    again.epoch = 1
    assert shown(first) == shown(again)


def test_whole_pieces():
    batches = PieceBatches(PIECES, batch_size=2, shuffle=False)
    sizes = sorted(int(row.sum()) for i in range(len(batches)) for row in batches[i][2])
    assert sizes == [7, 33, 61, 90]
