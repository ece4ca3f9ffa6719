"""Pictures, on matplotlib. Each function draws on `axes` or a new figure and returns the axes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras
    import matplotlib.axes
    import numpy as np

    from gru_zoo.audio.sound import Audio
    from gru_zoo.base.seq2seq.results import Alignment
    from gru_zoo.tasks.keyword_spotting.task import Listener
    from gru_zoo.tasks.music.score import Score
    from gru_zoo.tasks.sentiment.task import Explanation
    from gru_zoo.tasks.summarization.task import Copies
    from gru_zoo.tasks.text_generation.reader import GateActivity


def _axes(axes, **size):
    if axes is None:
        import matplotlib.pyplot as plt

        _, axes = plt.subplots(**size)
    return axes


def attention(
    alignment: "Alignment", axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """Where the model looked: a row for each sub-word written, a column for each one read.

    Args:
        alignment: from `Translator.attention` or `Summarizer.attention`.
        axes: where to draw.
    """
    rows, columns = alignment.weights.shape
    axes = _axes(axes, figsize=(1.5 + 0.35 * columns, 1 + 0.3 * rows), layout="constrained")
    axes.imshow(alignment.weights, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(columns), [_word(piece) for piece in alignment.source], rotation=90)
    axes.set_yticks(range(rows), [_word(piece) for piece in alignment.target])
    axes.xaxis.tick_top()
    return axes


def copies(found: "Copies", axes: "matplotlib.axes.Axes | None" = None) -> "matplotlib.axes.Axes":
    """What was copied from where: a row for each sub-word written, a column for each one read.

    Only columns from which something was copied are shown; under `(written)` stands the share of
    each row that was not copied.

    Args:
        found: from `Summarizer.copies`.
        axes: where to draw.
    """
    columns = [s for s in range(len(found.source)) if found.weights[:, s].max() > 0.05]
    written = 1 - found.weights.sum(axis=1)
    shown = [[share, *row[columns]] for share, row in zip(written, found.weights, strict=True)]
    labels = ["(written)", *(_word(found.source[s]) for s in columns)]
    size = (1.5 + 0.35 * len(labels), 1 + 0.3 * len(shown))
    axes = _axes(axes, figsize=size, layout="constrained")
    axes.imshow(shown, cmap="Greens", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(labels)), labels, rotation=90)
    axes.set_yticks(range(len(shown)), [_word(piece) for piece in found.target])
    axes.xaxis.tick_top()
    return axes


def _word(piece: str) -> str:
    """A sub-word as a label: white space in front of a word is shown as such."""
    return "(end)" if piece == "</s>" else piece.replace("▁", " ")


def explain(
    explanation: "Explanation", axes: "matplotlib.axes.Axes | None" = None, most: int = 30
) -> "matplotlib.axes.Axes":
    """Bars of what each word did for the predicted label, in reading order.

    Args:
        explanation: from `TextClassifier.explain`.
        axes: where to draw.
        most: words shown; of longer texts, those with the largest contributions.
    """
    if not hasattr(explanation, "contributions"):
        raise TypeError(f"Expected what `explain` of a task returns. Received: {explanation!r}.")
    contributions = explanation.contributions
    ranked = sorted(range(len(contributions)), key=lambda i: -abs(contributions[i]))
    shown = sorted(ranked[:most])
    axes = _axes(axes, figsize=(6, 1 + 0.22 * len(shown)), layout="constrained")
    values = [contributions[i] for i in shown]
    colours = ["tab:green" if value > 0 else "tab:red" for value in values]
    axes.barh(range(len(shown)), values, color=colours)
    axes.set_yticks(range(len(shown)), [explanation.words[i] for i in shown])
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(f"change of the log-odds of '{explanation.label.label}'")
    axes.set_title(str(explanation.label))
    return axes


def gates(
    activity: "GateActivity", axes: "matplotlib.axes.Axes | None" = None, most: int = 40
) -> "matplotlib.axes.Axes":
    """How much of their state units kept over a text: a column for each piece, a row for a unit.

    Dark units hold on to what they know, light ones take in what is read.

    Args:
        activity: from `TextWriter.gates`.
        axes: where to draw.
        most: units shown, those whose update gate changes most.
    """
    kept = activity.update.T
    shown = kept[sorted(kept.std(axis=1).argsort()[::-1][:most])]
    rows, columns = shown.shape
    axes = _axes(axes, figsize=(1 + 0.2 * columns, 1 + 0.1 * rows), layout="constrained")
    image = axes.imshow(shown, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    labels = ["\u21b5" if piece == "\n" else _word(piece) for piece in activity.pieces]
    axes.set_xticks(range(columns), labels)
    axes.set_yticks([])
    axes.set_ylabel("units")
    axes.figure.colorbar(image, ax=axes, label="share of the state that is kept")
    return axes


def learning_curve(
    history: "dict[str, list[float]] | keras.callbacks.History",
    metric: str = "loss",
    axes: "matplotlib.axes.Axes | None" = None,
) -> "matplotlib.axes.Axes":
    """A metric on training and validation data over the epochs.

    Args:
        history: from `Task.fit` or `Task.history`.
        metric: a key of `history`, with or without `val_`: both are drawn.
        axes: where to draw.

    Raises:
        ValueError: if the history has no such metric.
    """
    import matplotlib.ticker

    history = getattr(history, "history", history)
    if metric not in history:
        raise ValueError(f"Expected a metric among {sorted(history)}. Received: metric={metric!r}.")
    metric = metric.removeprefix("val_")
    axes = _axes(axes, figsize=(6, 4), layout="constrained")
    for key, label in ((metric, "training"), (f"val_{metric}", "validation")):
        if key in history:
            axes.plot(range(1, len(history[key]) + 1), history[key], marker="o", label=label)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
    axes.set_ylabel(metric)
    axes.legend()
    return axes


def piano_roll(
    score: "Score", axes: "matplotlib.axes.Axes | None" = None
) -> "matplotlib.axes.Axes":
    """The notes of a score as bars over time, the louder the darker, with lines between the bars.

    Args:
        score: such as `Music.compose` returns.
        axes: where to draw.
    """
    axes = _axes(axes, figsize=(9, 3), layout="constrained")
    for note in score.notes:
        shade = 0.3 + 0.7 * note.velocity / 127
        axes.barh(note.pitch, note.length, left=note.start, height=0.9, color="C0", alpha=shade)
    beats = len(score.steps) / score.steps_per_beat
    axes.set_xlim(0, max(beats, 1))
    axes.set_xticks(range(0, int(beats) + 1, score.beats_per_bar))
    octaves = sorted({12 * (note.pitch // 12 + up) for note in score.notes for up in (0, 1)})
    axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.grid(axis="x", linewidth=0.5)
    axes.set_xlabel("quarter notes")
    axes.set_ylabel("pitch")
    return axes


def speech(
    task: "Listener",
    sound: "Audio",
    rate: int | None = None,
    axes: "np.ndarray | None" = None,
) -> "np.ndarray":
    """What a recogniser heard: waveform, log-mel spectrum, where it looked, and class scores.

    Attention is that of the heads to the frames of the window in which a word was clearest; scores
    are those of windows around each moment, as `Listener.detect` sees them.

    Args:
        task: the recogniser.
        sound: as `Listener.predict` takes it.
        rate: as there.
        axes: four to draw on, one below the other.

    Returns:
        The four axes, an array.
    """
    import matplotlib.pyplot as plt

    if axes is None:
        _, axes = plt.subplots(4, 1, figsize=(8, 8), sharex=True, layout="constrained")
    heard = task.overview(sound, rate)
    wave, spectrum, attention, scores = axes
    seconds = len(heard.wave) / task.processor.rate
    wave.plot([seconds * i / len(heard.wave) for i in range(len(heard.wave))], heard.wave, lw=0.5)
    wave.set_ylabel("waveform")
    extent = (0, seconds, 0, heard.spectrum.shape[1])
    spectrum.imshow(heard.spectrum.T, origin="lower", aspect="auto", extent=extent)
    spectrum.set_ylabel("mel band")
    start, end = heard.window
    frames = heard.attention.shape[1]
    middles = [start + (end - start) * (i + 0.5) / frames for i in range(frames)]
    for head, weights in enumerate(heard.attention, 1):
        attention.plot(middles, weights, label=f"head {head}")
    attention.set_ylabel("attention")
    attention.legend(loc="upper right", fontsize="small")
    for label, row in zip(task.labels, heard.trace.scores.T, strict=True):
        if row.max() > 0.1:
            scores.plot(heard.trace.times, row, label=label)
    scores.set_ylim(0, 1)
    scores.set_ylabel("probability")
    scores.set_xlabel("seconds")
    scores.set_xlim(0, seconds)
    scores.legend(loc="upper right", fontsize="small")
    return axes
