"""Questions whose answers stand in a passage: parts of SQuAD 1.1, XQuAD, QAMR and QED."""

import os
from collections.abc import Iterator
from typing import Any

from gru_zoo.data._json_lines import records
from gru_zoo.data.examples import AnsweredQuestion
from gru_zoo.data.source import Source, check_count, check_split

SOURCE = Source(
    name="extractive-qa",
    homepage="https://rajpurkar.github.io/SQuAD-explorer/",
    licence="CC BY-SA 4.0 (SQuAD, XQuAD), MIT (QAMR), CC BY-SA 3.0 (Wikipedia texts of QAMR, QED)",
    citation="Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text, "
    "EMNLP",
    files={
        "qamr.dev.jsonl.xz": "2fa30356d2ff206f91bcbeeb4d389c74a5d06a3ccfc7c4b1f22b40cc11c87538",
        "qamr.test.jsonl.xz": "8e0597637e8ea7bff1d8d774a634279f07289a7d86ac48f2ac050a3eaf87c01d",
        "qed-nq.dev.jsonl.xz": "db735d2eb7dd958e6df210144378bd087f47a5b3fb0831c56a91e36097b84c8c",
        "squad-part.test.jsonl.xz": (
            "e35c1ad0087793ee98989e9412262694b03e2491e3752a5c52de255fd1bbcfc1"
        ),
        "squad-part.train44.jsonl.xz": (
            "edeea70c309c59a7328285e017075a2f284175076cc86b1e70bd3d960fb45846"
        ),
        "squad-part.train_extra.jsonl.xz": (
            "3705b7574f2984bd8fcb6981221f64cba75b7bd13fce2fc380c0dd7cae90e473"
        ),
        "squad-part.valid.jsonl.xz": (
            "306ee5fdbddadd061dfb6dca69e4e227195d79554a4e4fab02c8a656fe7d8b71"
        ),
        "xquad.en.jsonl.xz": "31a37707896220c075f6212b21ebfa30e66d68b92eefa54008a9803807f36235",
    },
    url="https://rajpurkar.github.io/SQuAD-explorer/",
    sha256="",
)
# Files of each split with their numbers of records, and the number of questions in all.
SPLITS: dict[str, tuple[dict[str, int], int]] = {
    "train": ({"squad-part.train44": 2_430, "squad-part.train_extra": 707}, 15_003),
    "valid": ({"squad-part.valid": 92}, 407),
    "test": ({"squad-part.test": 87}, 379),
    "xquad_en": ({"xquad.en": 240}, 1_190),
    "qamr_dev": ({"qamr.dev": 499}, 16_708),
    "qamr_test": ({"qamr.test": 480}, 16_608),
    "qed_dev": ({"qed-nq.dev": 1_263}, 1_263),
}


def load(split: str, root: str | os.PathLike | None = None) -> list[AnsweredQuestion]:
    """Load the questions of a split in the order of its files.

    No passage of "valid", "test" and "xquad_en" is in "train", and no sentence of "qamr_test" in
    "qamr_dev". Questions of "valid", "test" and a fifth of "train" whose answer stands more than
    once in the passage were left out by their source.

    Args:
        split: "train", "valid" or "test", parts of SQuAD 1.1; "xquad_en", English questions of
            XQuAD; "qamr_dev" or "qamr_test", questions about single sentences; "qed_dev",
            questions to a search engine.
        root: data folder with extractive-qa/. Default: `$GRU_ZOO_DATA`.

    Returns:
        Questions with one answer or several and their places. `group` is the article, or the
        passage where the article is not named.

    Raises:
        FileNotFoundError: `root` lacks the set, or neither `root` nor `$GRU_ZOO_DATA` is set.
        ValueError: unknown split, wrong checksum, or wrong number of records.
    """
    check_split(SOURCE.name, split, SPLITS)
    files, count = SPLITS[split]
    found = [
        question
        for file, rows in files.items()
        for record in records(SOURCE, file, rows, root)
        for question in _questions(record)
    ]
    check_count(SOURCE.name, split, len(found), count)
    return found


def _questions(record: dict[str, Any]) -> Iterator[AnsweredQuestion]:
    if "tokens" in record:
        yield from _of_tokens(record)
        return
    passage = record["context"]
    group = record.get("title", passage)
    for asked in record.get("qas", [record]):
        answers = asked.get("answers") or [{"text": asked["answer"], "start": None}]
        answers = [
            (a["text"], asked.get("answer_start") if a["start"] is None else a["start"])
            for a in answers
        ]
        texts = tuple(text for text, _ in answers)
        starts = tuple(passage.find(text) if at is None else at for text, at in answers)
        yield AnsweredQuestion(asked["question"], passage, texts, starts, group=group)


def _of_tokens(record: dict[str, Any]) -> Iterator[AnsweredQuestion]:
    """Questions about a sentence of tokens, which are joined by spaces."""
    tokens = record["tokens"]
    passage = " ".join(tokens)
    for question, spans in record["qas"]:
        texts = [" ".join(tokens[first : last + 1]) for first, last in spans]
        starts = [len(" ".join([*tokens[:first], ""])) for first, _ in spans]
        once = dict(zip(texts, starts, strict=True))
        yield AnsweredQuestion(
            question, passage, tuple(once), tuple(once.values()), group=record["id"]
        )
