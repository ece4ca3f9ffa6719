"""False alarms of a detector."""

from collections.abc import Callable, Sequence
from typing import Any

from gru_zoo.audio.sound import Audio
from gru_zoo.metrics.metric import Metric
from gru_zoo.tasks.keyword_spotting.processor import KeywordSpottingProcessor
from gru_zoo.tasks.keyword_spotting.streaming import AudioStream


def false_alarms(
    sounds: Sequence[Audio],
    stream: Callable[..., AudioStream],
    processor: KeywordSpottingProcessor,
    options: dict[str, Any],
) -> Metric:
    """Words per hour that a stream detects in sounds without words.

    Args:
        sounds: sounds without a word of the model. They are fed one after the other.
        stream: function from options to a new stream.
        processor: processor of the model.
        options: options of the stream, which has the rate of the model.

    Raises:
        ValueError: if there are no sounds.
        TypeError: if an option is `rate`.
    """
    if not len(sounds):
        raise ValueError("Expected at least one sound. Received: none.")
    if "rate" in options:
        raise TypeError(
            f"Expected no rate. Received: rate={options['rate']!r}. Make arrays a "
            "`gru_zoo.audio.Sound`, which has its rate."
        )
    detector, alarms, seconds = stream(**options), 0, 0.0
    for sound in sounds:
        wave = processor.read(sound)
        alarms += len(detector.feed(wave))
        seconds += len(wave) / processor.rate
    alarms += len(detector.finish())
    settings = [f"{key}:{value}" for key, value in sorted(options.items())] or ["defaults"]
    signature = f"{'|'.join(settings)}|minutes:{seconds / 60:.1f}|alarms:{alarms}"
    return Metric("false_alarms_per_hour", alarms * 3_600 / seconds, signature)
