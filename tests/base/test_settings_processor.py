import dataclasses
import json
from typing import ClassVar

import pytest

from gru_zoo.base.settings_processor import SettingsProcessor


@dataclasses.dataclass
class Processor(SettingsProcessor):
    added: ClassVar = frozenset({"window"})

    rate: int
    window: float = 0.5


def test_what_was_saved_is_read(tmp_path):
    Processor(8_000, 0.25).save(tmp_path)
    assert Processor.load(tmp_path) == Processor(8_000, 0.25)


def test_an_older_file_lacks_what_was_added(tmp_path):
    (tmp_path / "processor.json").write_text(json.dumps({"rate": 8_000}))
    assert Processor.load(tmp_path) == Processor(8_000)
    (tmp_path / "processor.json").write_text(json.dumps({"window": 0.5}))
    with pytest.raises(ValueError, match="rate"):
        Processor.load(tmp_path)
