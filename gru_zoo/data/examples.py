"""The kinds of examples that data sets hold."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from gru_zoo.audio.sound import Sound


@dataclasses.dataclass(frozen=True)
class LabelledText:
    """A text and its label.

    Args:
        text: the text.
        label: name of its class; None for an unlabelled text.
    """

    text: str
    label: str | None


@dataclasses.dataclass(frozen=True)
class ParallelText:
    """Translations of one text into several languages.

    Args:
        texts: one or more texts by the code of their language, such as
            `{"en": ("Go.",), "fr": ("Va !", "Allez !")}`.
    """

    texts: Mapping[str, tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class SummarizedText:
    """A text and its summary.

    Args:
        text: the text, or its beginning.
        summary: title, headline, abstract or shorter text.
        origin: part of the set that the text comes from; empty if the set has no parts.
    """

    text: str
    summary: str
    origin: str = ""


@dataclasses.dataclass(frozen=True)
class LabelledClip:
    """A recording and its label.

    Args:
        audio: content of a sound file, or samples.
        label: name of its class.
        speaker: name of the speaker; empty if nobody speaks or the set does not say who.
    """

    audio: "bytes | Sound"
    label: str
    speaker: str = ""


@dataclasses.dataclass(frozen=True)
class LabelledRecording:
    """A movement, as a camera or a sensor saw it, and its label.

    Args:
        skeleton: positions of joints, float32, shape `(frames, joints, 3)`; None if there are none.
        signals: channels of a sensor, float32, shape `(samples, channels)`; None if there are none.
        label: name of its class.
        subject: who moved.
    """

    skeleton: "np.ndarray | None"
    signals: "np.ndarray | None"
    label: str
    subject: str


@dataclasses.dataclass(frozen=True)
class TimeSeries:
    """A series of which a part is to be forecast.

    Args:
        values: float64, shape `(time, channels)`; NaN where a value is missing.
        start: index of the first value to forecast. The values before it are the past.
        origin: part of the set that the series comes from, such as "m3_yearly".
        period: steps of a season, by which errors are scaled; 1 if there is none.
        horizons: numbers of steps that the set's benchmark forecasts from every step on. Empty if
            all values from `start` on are forecast at once.
    """

    values: "np.ndarray"
    start: int
    origin: str = ""
    period: int = 1
    horizons: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class LabelledSeries:
    """A series with anomalies.

    Args:
        values: float64, shape `(time,)`; NaN where a value is missing.
        times: datetime64, shape `(time,)`.
        windows: first and last step of each window that holds an anomaly.
        origin: name of the series.
    """

    values: "np.ndarray"
    times: "np.ndarray"
    windows: tuple[tuple[int, int], ...]
    origin: str = ""


@dataclasses.dataclass(frozen=True)
class ItemSequence:
    """Items of one user in the order of time, such as purchases, and the item that follows.

    Args:
        items: ids of the items, the oldest first.
        next_item: id of the item after them; None in training data, whose items all follow others.
        user: name of the user.
    """

    items: tuple[str, ...]
    next_item: str | None
    user: str = ""


@dataclasses.dataclass(frozen=True)
class ChessGame:
    """A game of chess from the start position.

    Args:
        moves: moves in UCI notation, such as "e2e4" and "e7e8q".
        result: "1-0", "0-1" or "1/2-1/2"; None if unknown.
        white_elo: rating of White, in points.
        black_elo: rating of Black.
        seconds: time of each player for the game.
        increment: seconds added for every move.
        month: when it was played, such as "2020-09"; empty if unknown.
        white: name of White; empty if unknown.
        black: name of Black.
    """

    moves: tuple[str, ...]
    result: str | None = None
    white_elo: int = 1500
    black_elo: int = 1500
    seconds: int = 60
    increment: int = 0
    month: str = ""
    white: str = ""
    black: str = ""


@dataclasses.dataclass(frozen=True)
class AnsweredQuestion:
    """A question about a text, and its answer.

    Args:
        question: the question.
        context: the text that answers it.
        answers: right answers, of which one is enough; empty if the text has none.
        starts: position of each answer in the text; empty where it is unknown.
        origin: part of the set that the question comes from.
        group: name of the text; questions of one group belong on one side of a split.
    """

    question: str
    context: str
    answers: tuple[str, ...]
    starts: tuple[int, ...] = ()
    origin: str = ""
    group: str = ""
