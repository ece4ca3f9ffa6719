"""The tasks of the zoo, and loading them by name."""

import dataclasses
import difflib
import importlib
import os
import pathlib
import warnings
from typing import TYPE_CHECKING, Any

from gru_zoo.presets import hub, store
from gru_zoo.presets.card import Card

if TYPE_CHECKING:
    import keras

    from gru_zoo.base.task import Task


@dataclasses.dataclass(frozen=True)
class Entry:
    """Where a task is defined, and its default preset.

    Args:
        location: module and class, separated by a colon.
        default: the preset that the name of the task loads.
    """

    location: str
    default: str


TASKS = {
    "action_recognition": Entry(
        "gru_zoo.tasks.action_recognition.task:ActionRecognition", "action_recognition_body"
    ),
    "anomalies": Entry("gru_zoo.tasks.anomalies.task:Anomalies", "anomalies_stream"),
    "chess": Entry("gru_zoo.tasks.chess.task:Chess", "chess_moves"),
    "compression": Entry("gru_zoo.tasks.compression.task:Compression", "summarization_compression"),
    "forecasting": Entry("gru_zoo.tasks.forecasting.task:Forecasting", "forecasting_any"),
    "keyword_spotting": Entry(
        "gru_zoo.tasks.keyword_spotting.task:KeywordSpotting", "speech_commands"
    ),
    "music": Entry("gru_zoo.tasks.music.task:Music", "music_chorales"),
    "question_answering": Entry(
        "gru_zoo.tasks.question_answering.task:QuestionAnswering", "question_answering_stories"
    ),
    "recommendation": Entry(
        "gru_zoo.tasks.recommendation.task:Recommendation", "recommendation_beauty"
    ),
    "sentiment": Entry("gru_zoo.tasks.sentiment.task:Sentiment", "sentiment_general"),
    "summarization": Entry(
        "gru_zoo.tasks.summarization.task:Summarization", "summarization_titles"
    ),
    "text_generation": Entry(
        "gru_zoo.tasks.text_generation.task:TextGeneration", "text_generation_shakespeare"
    ),
    "translation": Entry("gru_zoo.tasks.translation.task:Translation", "translation_en_fr"),
}


def _check_task(task: str) -> None:
    """Check the name of a task, without importing its class and with it Keras."""
    if task not in TASKS:
        close = difflib.get_close_matches(task, TASKS, n=1)
        raise ValueError(
            f"There is no task '{task}'."
            + (f" Did you mean '{close[0]}'?" if close else "")
            + f" Tasks: {', '.join(TASKS)}."
        )


def task_class(task: str) -> "type[Task]":
    """Import the `Task` subclass of a task.

    Args:
        task: name of the task, a key of `TASKS`.

    Raises:
        ValueError: if there is no such task.
    """
    _check_task(task)
    module, name = TASKS[task].location.split(":")
    return getattr(importlib.import_module(module), name)


def _find(name: str | os.PathLike) -> pathlib.Path:
    """The folder of a preset; one saved under a task's name goes before the task's default."""
    text = os.fspath(name)
    if text in TASKS and not store.holds(text):
        text = TASKS[text].default
    return store.find(text, others=TASKS)


def _find_card(name: str | os.PathLike) -> tuple[pathlib.Path, Card]:
    """The folder of a preset and its card, which records the commit of a preset from the hub."""
    folder = _find(name)
    record = Card.load(folder)
    if hub.is_hub_url(name):
        source = {"source": hub.with_commit(os.fspath(name), folder)}
        record = record.replace(training={**record.training, **source})
    return folder, record


def card(name: str | os.PathLike) -> Card:
    """The card of a preset, without loading its weights.

    Args:
        name: as for `load`.

    Raises:
        FileNotFoundError: if there is no such preset.
        ValueError: if its card is damaged.
    """
    return _find_card(name)[1]


def list_models(task: str | None = None) -> list[str]:
    """Names of the presets that `load` finds. Neither Keras nor a backend is imported.

    Args:
        task: name of a task, whose presets are listed; None lists all.

    Raises:
        ValueError: if there is no such task.
    """
    if task is None:
        return list(store.presets())
    _check_task(task)
    return [name for name, card in cards_of_presets().items() if card.task == task]


def cards_of_presets() -> dict[str, Card]:
    """The card of every preset that `load` finds, by name, except cards that cannot be read.

    Warns:
        UserWarning: if a card cannot be read.
    """
    cards = {}
    for name, folder in store.presets().items():
        try:
            cards[name] = Card.load(folder)
        except (OSError, ValueError) as error:
            warnings.warn(f"Preset '{name}' is left out: {error}", stacklevel=3)
    return cards


def load(name: str | os.PathLike, labels: list[str] | None = None, weights: bool = True) -> "Task":
    """Load a pretrained task.

    Args:
        name: a preset (`"sentiment_stars"`), a task (`"sentiment"`, its default preset), the
            folder of a preset saved with `Task.save`, or a repository of the Hugging Face Hub,
            `"hf://owner/name"` or `"hf://owner/name@revision"`. The commit that was loaded is in
            `task.card.training["source"]`.
        labels: names of new classes. The pretrained layers are kept, and the output layer is new
            and untrained, to be adapted with `fit`. For `sentiment` the bigrams are left out; for
            `keyword_spotting` the convolutions are frozen, see `KeywordSpotting.with_labels`.
        weights: False builds the architecture of the preset with random weights.

    Returns:
        A `gru_zoo.Task` of the class of the preset's task.

    Raises:
        FileNotFoundError: if there is no such preset, or a file of it is missing.
        ValueError: if a file of it is damaged or does not fit its card.
        ImportError: if a preset from the hub needs huggingface_hub, which is not installed.
        OSError: if a preset from the hub cannot be downloaded.

    Example:

        >>> import gru_zoo
        >>> gru_zoo.load("sentiment").predict("I was charged twice.").label
        'negative'
    """
    folder, record = _find_card(name)
    store.verify(folder, record)
    return task_class(record.task).from_preset(folder, record, labels=labels, weights=weights)


def register() -> None:
    """Register every layer and loss of the zoo with Keras.

    `keras.models.load_model` needs it for files that contain any of them, since Keras does not
    import the package itself.

    Example:

        >>> gru_zoo.load("keyword_spotting").model.save("words.keras")
        >>> gru_zoo.register()  # in another process
        >>> model = keras.models.load_model("words.keras")
    """
    for task in TASKS:
        task_class(task)


def build(task: str, **config: Any) -> "keras.Model":
    """Build a new, untrained model of a task.

    Args:
        task: name of the task.
        **config: fields of the task's `Config` that differ from their defaults.

    Returns:
        The Keras model.

    Raises:
        ValueError: if there is no such task.
        TypeError: if the config has no such field.
    """
    cls = task_class(task)
    fields = [field.name for field in dataclasses.fields(cls.Config)]
    unknown = sorted(set(config) - set(fields))
    if unknown:
        raise TypeError(
            f"Expected fields of the config of {task}, {', '.join(fields)}. Received: "
            f"{', '.join(unknown)}."
        )
    return cls.build(cls.Config(**config))
