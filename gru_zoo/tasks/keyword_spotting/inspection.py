"""What a model computes inside, for drawings."""

import keras
import numpy as np

from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.keyword_spotting.processor import KeywordSpottingProcessor
from gru_zoo.tasks.keyword_spotting.results import Overview, Trace
from gru_zoo.tasks.keyword_spotting.scoring import clearest

OVERVIEW_HOP = 0.05  # seconds from window to window of the trace of an overview


def overview(
    wave: np.ndarray,
    trace: Trace,
    model: keras.Model,
    attention: keras.Model,
    processor: KeywordSpottingProcessor,
    labels: tuple[str, ...],
) -> Overview:
    """A waveform with its spectrum, and the attention in the window in which a word is clearest.

    Args:
        wave: samples at the rate of the model, shape `(samples,)`.
        trace: class probabilities over time.
        model: the model.
        attention: the model from waveforms to attention weights, shape
            `(batch, heads, frames)`.
        processor: processor of the model.
        labels: names of the classes.
    """
    middle = trace.times[clearest(trace.scores, labels)]
    half, length = processor.seconds / 2, processor.samples
    padded = np.pad(wave, (length, length))
    start = round((middle + half) * processor.rate)  # after a window of silence
    spectrum = model.get_layer("log_mel")(np.pad(wave, (0, length))[None])
    return Overview(
        wave,
        keras.ops.convert_to_numpy(spectrum)[0, : -(-len(wave) * 100 // processor.rate)],
        (float(middle - half), float(middle + half)),
        np.asarray(predict_on_batch(attention, padded[None, start : start + length]))[0],
        trace,
    )
