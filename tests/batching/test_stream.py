import numpy as np
import pytest

from gru_zoo.batching.stream import StreamBatches
from gru_zoo.text.special_tokens import EOS, PAD


def epoch_of(windows):
    """Inputs and targets of an epoch, each of shape `(rows, columns)`."""
    batches = [windows[i] for i in range(len(windows))]
    return (np.concatenate(parts, axis=1) for parts in zip(*batches, strict=True))


def test_windows_are_consecutive_and_targets_are_the_next_ids():
    ids = np.arange(10, 10 + 1_000)
    inputs, targets = epoch_of(StreamBatches(ids, rows=4, window=20, seed=3))
    ring = {a: b for a, b in zip(ids, np.roll(ids, -1), strict=True)}
    padding = targets == PAD
    assert all(ring[a] == b for a, b in zip(inputs[~padding], targets[~padding], strict=True))
    assert (padding[:, :-1] | (inputs[:, 1:] == targets[:, :-1])).all()
    assert inputs.shape == (4, 12 * 21) and padding.sum() == 4 * 12 * 21 - 999
    assert padding[-1, -9:].all()


@pytest.mark.parametrize("count", [17, 18, 40, 500, 16 * 150 + 1, 16 * 199 + 1])
@pytest.mark.parametrize("window", [1, 10, 100])
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_id_but_the_first_is_a_target_once_an_epoch(count, window, shuffle):
    ids = np.arange(EOS, EOS + count)
    windows = StreamBatches(ids, rows=16, window=window, shuffle=shuffle)
    for windows.epoch in range(3):
        inputs, targets = epoch_of(windows)
        first = inputs[0, 0]
        assert shuffle or first == ids[0]
        np.testing.assert_array_equal(np.sort(targets[targets != PAD]), ids[ids != first])
        # Every shape is compiled, so there are few.
        assert len({windows[i][0].shape for i in range(len(windows))}) <= (3 if shuffle else 1)


def test_windows_vary_in_length_and_between_epochs():
    windows = StreamBatches(np.arange(2_000), rows=4, window=20, seed=3)
    lengths = [windows[i][0].shape[1] for i in range(len(windows))]
    assert set(lengths) == {15, 20, 25} and lengths[:2] == [15, 25]
    first = windows[0][0]
    windows.epoch = 1
    assert not np.array_equal(windows[0][0], first)
    assert len(windows) == len(lengths)
    windows.epoch = 0
    np.testing.assert_array_equal(windows[0][0], first)


def test_windows_in_order():
    windows = StreamBatches(np.arange(13), rows=2, window=3, shuffle=False)
    ids, next_ids = windows[0]
    np.testing.assert_array_equal(ids, [[0, 1, 2], [6, 7, 8]])
    np.testing.assert_array_equal(next_ids, [[1, 2, 3], [7, 8, 9]])
    short = StreamBatches(np.arange(9), rows=4, window=100)
    assert len(short) == 1 and short[0][0].shape == (4, 2)


def test_a_text_must_fill_its_streams():
    with pytest.raises(ValueError, match="at least 5 pieces for 4 streams. Received: 4"):
        StreamBatches(np.arange(4), rows=4, window=3)
    with pytest.raises(ValueError, match="Expected a held-out text of at least 5"):
        StreamBatches(np.arange(4), rows=4, window=3, name="a held-out text")


@pytest.mark.parametrize("rows, window", [(0, 3), (4, 0), (4, -5)])
def test_rows_and_window_are_positive(rows, window):
    with pytest.raises(ValueError, match=f"1 or more. Received: rows={rows}, window={window}"):
        StreamBatches(np.arange(40), rows=rows, window=window)
