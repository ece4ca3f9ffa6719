"""Rows of questions, contexts and answers, from files."""

import os
import pathlib
from typing import Any

from gru_zoo.data import tables
from gru_zoo.files import as_path, read_json

COLUMNS = ("question", "context", "answer")


def read_rows(path: str | os.PathLike) -> list[tuple[str, str, str]]:
    """Read questions, contexts and answers.

    Args:
        path: a table with the columns `question`, `context` and `answer` (CSV, TSV or JSON lines,
            see `gru_zoo.data.tables.Table`), or a file in the JSON format of SQuAD, 1.1 or 2.0,
            whose name ends with `.json`.

    Returns:
        A row for each question. The answer is "" where there is none; of several the first.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file has another format.
    """
    file = as_path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f"Expected a file of questions. Received: '{file}', which does not exist."
        )
    if file.suffix.lower() == ".json":
        return _squad_rows(file)
    table = tables.Table(file)
    table.check_columns(COLUMNS)
    return [(row["question"], row["context"], row["answer"]) for row in table.rows()]


def _squad_rows(path: pathlib.Path) -> list[tuple[str, str, str]]:
    content: Any = read_json(path)
    rows = []
    try:
        for article in content["data"]:
            for paragraph in article["paragraphs"]:
                for asked in paragraph["qas"]:
                    answers = [] if asked.get("is_impossible") else asked["answers"]
                    answer = answers[0]["text"] if answers else ""
                    rows.append((asked["question"], paragraph["context"], answer))
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(
            f"Expected the JSON format of SQuAD in '{path}': data, paragraphs, context, qas, "
            f"question, answers, text. Received: another one ({error!r})."
        ) from None
    return rows
