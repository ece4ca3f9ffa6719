"""Processors that are nothing but settings."""

import dataclasses
import json
import pathlib
from typing import ClassVar, Self

from gru_zoo.files import read_settings, write_atomically

_FILE = "processor.json"


class SettingsProcessor:
    """A processor that is a dataclass of numbers and texts.

    Attributes:
        added: names of settings that older files lack, which then have their defaults.
    """

    added: ClassVar[frozenset[str]] = frozenset()

    def save(self, folder: pathlib.Path) -> None:
        """Write `processor.json`."""
        settings = dataclasses.asdict(self)  # type: ignore[call-overload]
        write_atomically(folder / _FILE, json.dumps(settings, indent=2))

    @classmethod
    def load(cls, folder: pathlib.Path) -> Self:
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: if the file is missing.
            ValueError: if the file is damaged, or belongs to the processor of another task.
        """
        names = [field.name for field in dataclasses.fields(cls)]  # type: ignore[arg-type]
        required = [name for name in names if name not in cls.added]
        settings = read_settings(folder / _FILE, None, required)
        return cls(**{name: settings[name] for name in names if name in settings})
