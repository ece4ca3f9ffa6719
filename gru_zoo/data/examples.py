"""The kinds of examples that data sets hold."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gru_zoo.audio.sound import Sound


@dataclasses.dataclass(frozen=True)
class LabelledText:
    """A text and its label; the label is None where the data set gives none."""

    text: str
    label: str | None


@dataclasses.dataclass(frozen=True)
class ParallelText:
    """What says the same in several languages, by their codes; a language may say it in many ways.

    Args:
        texts: `{"en": ("Go.",), "fr": ("Va !", "Allez !")}`.
    """

    texts: Mapping[str, tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class SummarizedText:
    """A text and what says the same in short.

    Args:
        text: the text, or its beginning.
        summary: its title, headline or abstract.
        origin: the part of the set that it is from; empty where there are no parts.
    """

    text: str
    summary: str
    origin: str = ""


@dataclasses.dataclass(frozen=True)
class LabelledClip:
    """A recording and its label.

    Args:
        audio: bytes of a sound file, or samples.
        label: its class.
        speaker: who speaks; empty where nobody does, or where it is not told.
    """

    audio: "bytes | Sound"
    label: str
    speaker: str = ""
