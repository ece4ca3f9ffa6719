import numpy as np
import pytest

from gru_zoo.tasks.keyword_spotting.processor import KeywordSpottingProcessor
from gru_zoo.tasks.keyword_spotting.results import Event
from gru_zoo.tasks.keyword_spotting.streaming import (
    AudioStream,
    KeywordDetector,
    SlidingWindows,
)

PROCESSOR = KeywordSpottingProcessor(1_000, 1.0)
LABELS = ("go", "stop", "unknown", "silence")


def level(waves):
    """Scores that tell what is in the middle of a window: 1 go, -1 stop, 0 silence."""
    middle = waves[:, 400:600].mean(axis=1)
    go, stop = np.clip(middle, 0, 1), np.clip(-middle, 0, 1)
    return np.stack([go, stop, 0 * go, 1 - go - stop], axis=1)


def sound():
    samples = np.zeros(5_350)
    samples[1_000:1_500], samples[3_000:3_500] = 1.0, -1.0
    samples[5_100:] = 1.0  # right at the end
    return samples


def stream(**options):
    options = {"threshold": 0.7, "smoothing": 3, "refractory": 0.8} | options
    return AudioStream(
        SlidingWindows(level, PROCESSOR, None, 0.1), KeywordDetector(LABELS, **options)
    )


def test_words_are_reported_once_and_in_time():
    whole = stream()
    events = whole.feed(sound()) + whole.finish()
    assert [event.label for event in events] == ["go", "stop", "go"]
    assert [event.time for event in events] == pytest.approx([1.25, 3.25, 5.3], abs=0.15)
    assert str(Event("go", 0.912, 1.2)) == "1.20 s go (0.91)"


@pytest.mark.parametrize("size", [1, 20, 333, 1_000, 5_350])
def test_chunks_change_nothing(size):
    whole, pieces = stream(), stream()
    expected = whole.feed(sound()) + whole.finish()
    parts = np.split(sound(), range(size, 5_350, size))
    assert sum((pieces.feed(part) for part in parts), []) + pieces.finish() == expected


def test_windows_end_at_every_hop():
    windows = SlidingWindows(level, PROCESSOR, None, 0.25)
    times, scores = windows.feed(sound())
    np.testing.assert_allclose(times, np.arange(0.25, 5.01, 0.25) - 0.5)  # one waits for another
    assert scores[np.isclose(times, 1.25), 0] == 1
    more, _ = windows.finish()
    np.testing.assert_allclose(more, [4.75, 5.0, 5.25])


def test_other_rates_and_channels():
    windows = SlidingWindows(level, PROCESSOR, 3_000, 0.1)
    times, scores = windows.feed(np.repeat(sound(), 3)[:, None] * [1, 1])
    more, last = windows.finish()
    assert len(times) + len(more) == 58
    assert np.concatenate([scores, last])[:, 0].max() == pytest.approx(1, abs=0.02)


def test_unknown_and_silence_are_no_words():
    detector = KeywordDetector(LABELS, 0.5, 1, 0.0)
    assert detector(np.arange(2), np.array([[0.1, 0.1, 0.8, 0], [0, 0, 0.1, 0.9]])) == []
    assert detector(np.array([3.0]), np.array([[0.6, 0.2, 0.1, 0.1]])) == [Event("go", 0.6, 3.0)]


def test_refractory_time_and_smoothing():
    scores = np.tile([0.9, 0, 0, 0.1], (40, 1))
    times = np.arange(40) / 10
    found = KeywordDetector(LABELS, 0.8, 3, 1.0)(times, scores)
    assert [event.time for event in found] == pytest.approx([0.2, 1.2, 2.2, 3.2])
    flicker = scores * (np.arange(40)[:, None] % 3 == 0)
    assert KeywordDetector(LABELS, 0.8, 3, 1.0)(times, flicker) == []
    assert len(KeywordDetector(LABELS, 0.8, 1, 0.0)(times, flicker)) == 14


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 0}, "threshold=0"),
        ({"smoothing": 0}, "smoothing=0"),
        ({"refractory": -1}, "refractory=-1"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        stream(**options)


def test_what_a_stream_refuses():
    with pytest.raises(ValueError, match="hop above 0 and up to 1.0 s. Received: hop=2"):
        SlidingWindows(level, PROCESSOR, None, 2)
    with pytest.raises(ValueError, match="rate=3 of the stream"):
        SlidingWindows(level, PROCESSOR, 3, 0.1)
    done = stream()
    done.finish()
    with pytest.raises(ValueError, match="a chunk after it"):
        done.feed(np.zeros(9))
    with pytest.raises(ValueError, match="infinite or NaN"):
        stream().feed(np.full(9, np.nan))
