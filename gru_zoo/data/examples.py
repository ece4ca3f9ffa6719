"""The kinds of examples that data sets hold."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
