"""The set of questions about stories that a program made."""

import dataclasses
import hashlib
import io
import lzma
import tarfile

import pytest

from gru_zoo import data
from gru_zoo.data import babi

STORY = """1 Mary moved to the bathroom.
2 John went to the hallway.
3 Where is Mary? \tbathroom\t1
4 Mary slept.
5 Where is John?\thallway,garden\t2
1 Bob ran.
2 Who ran?\tBob\t1
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in (
            ("tasks_1-20_v1-2/en/qa1_facts_train.txt", STORY),
            ("tasks_1-20_v1-2/en/qa1_facts_test.txt", ""),
            ("tasks_1-20_v1-2/en/qa10_more_train.txt", STORY),
            ("tasks_1-20_v1-2/hn/qa1_facts_train.txt", STORY),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    content = lzma.compress(buffer.getvalue())
    (name,) = babi.SOURCE.files
    (tmp_path / "babi").mkdir()
    (tmp_path / "babi" / name).write_bytes(content)
    files = {name: hashlib.sha256(content).hexdigest()}
    monkeypatch.setattr(babi, "SOURCE", dataclasses.replace(babi.SOURCE, files=files))
    return tmp_path


def test_stories_grow_between_questions(folder, monkeypatch):
    monkeypatch.setitem(babi.SPLITS, "en_1k_train", ("en", "train", (1,), 3))
    first, second, third = data.load("babi", "en_1k_train", folder)
    assert first.question == "Where is Mary?" and first.answers == ("bathroom",)
    assert first.context == "Mary moved to the bathroom. John went to the hallway."
    assert second.context == f"{first.context} Mary slept."
    assert second.answers == ("hallway,garden",)
    assert first.group == second.group != third.group and third.context == "Bob ran."
    assert {question.origin for question in (first, second, third)} == {"qa1"}


def test_splits_and_counts_are_checked(folder):
    with pytest.raises(ValueError, match=r"expected 20,000 examples, received 6"):
        data.load("babi", "en_1k_train", folder)
    with pytest.raises(ValueError, match="Received: split='en_train'"):
        data.load("babi", "en_train", folder)
