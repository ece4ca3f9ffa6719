"""The card of a preset: model, training data, published numbers, licence and limits."""

import dataclasses
import json
import pathlib
import types
import typing
from typing import Any

SCHEMA = 1

FILE_NAME = "card.json"


@dataclasses.dataclass(frozen=True)
class MetricRow:
    """One published number.

    Args:
        dataset: name of the data set, as in `gru_zoo.data.load`.
        split: name of the split.
        metric: name of the metric, see `gru_zoo.metrics.Metric`.
        value: the number.
        signature: settings that the number depends on.
    """

    dataset: str
    split: str
    metric: str
    value: float
    signature: str


@dataclasses.dataclass(frozen=True)
class DataRow:
    """One split that the weights were trained on.

    Args:
        name: name of the data set.
        split: name of the split.
        examples: number of examples.
        licence: licence of the data.
        source: where the data comes from.
    """

    name: str
    split: str
    examples: int
    licence: str
    source: str


@dataclasses.dataclass(frozen=True)
class FileRow:
    """Checksum and size of one file of a preset.

    Args:
        sha256: SHA-256, 64 hexadecimal digits.
        bytes: size in bytes.
        preset: the preset that holds the file, where several share it; None for the preset's own.
    """

    sha256: str
    bytes: int
    preset: str | None = dataclasses.field(default=None, metadata={"optional": True})


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class Card:
    """The record in `card.json`. Training and saving fill in the fields that have a default.

    Args:
        name: name of the preset, as in `gru_zoo.load(name)`.
        task: name of the task, as in `gru_zoo.registry.TASKS`.
        title: title of the preset, a few words.
        summary: description in one or two sentences.
        config: arguments of the task's `Config`, from which the model is built.
        labels: names of the classes, in the order of the model's outputs; None if there are none.
        parameters: number of weights of the model.
        files: every file that `load` reads, by its path inside the preset's folder.
        data: splits that the weights were trained on.
        training: how the weights were made: command, seed, epochs, minutes, device, backend,
            versions; `source` is the URL of a preset from the hub, with its commit.
        metrics: published numbers; `gru-zoo evaluate` recomputes each.
        licence: licence of the weights.
        intended_use: what the preset is for.
        limits: what the preset is not for, and where it is known to fail.
        citations: papers and data sets.
    """

    name: str
    task: str
    title: str
    summary: str
    config: dict[str, Any]
    labels: tuple[str, ...] | None = None
    parameters: int = 0
    files: dict[str, FileRow] = dataclasses.field(default_factory=dict)
    data: tuple[DataRow, ...] = ()
    training: dict[str, Any] = dataclasses.field(default_factory=dict)
    metrics: tuple[MetricRow, ...] = ()
    licence: str
    intended_use: str
    limits: str
    citations: tuple[str, ...]

    def __repr__(self) -> str:
        fields = ", ".join(field.name for field in dataclasses.fields(self))
        return f"<Card '{self.name}': {self.title}. Fields: {fields}>"

    @classmethod
    def load(cls, folder: pathlib.Path) -> "Card":
        """Read `card.json` of a preset's folder.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is not a card, or of a newer schema than this version can read.
        """
        path = pathlib.Path(folder) / FILE_NAME
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(
                f"Expected a preset, a folder with a {FILE_NAME}. Received: '{path}', which does "
                "not exist."
            ) from None
        except ValueError as error:
            raise ValueError(
                f"Expected JSON in '{path}'. Received: {error}. The file is damaged: restore it, "
                "or save the preset again."
            ) from None
        return cls.from_record(record, where=str(path))

    @classmethod
    def from_record(cls, record: Any, where: str = "the record") -> "Card":
        """Make a card of a decoded `card.json`.

        Args:
            record: the decoded JSON.
            where: what the record is read from, for the errors.

        Raises:
            ValueError: if a field is missing, unknown or of a wrong type, or the schema is newer.
        """
        _check_schema(record, where)
        fields = {name: value for name, value in record.items() if name != "schema"}
        return _decode_fields(fields, cls, where)

    def to_json(self) -> str:
        """The text of `card.json`."""
        record = {"schema": SCHEMA, **dataclasses.asdict(self)}
        for row in record["files"].values():
            if row["preset"] is None:
                del row["preset"]
        return json.dumps(record, indent=2, ensure_ascii=False) + "\n"

    def replace(self, **changes: Any) -> "Card":
        """A copy with other values of some fields."""
        return dataclasses.replace(self, **changes)


def _check_schema(record: Any, where: str) -> None:
    """Refuse what is not a card of a schema that this version can read.

    A newer schema is refused, with the advice to upgrade, because its fields may mean something
    else. When there is a schema 2, `from_record` must convert records of schema 1.
    """
    schema = record.get("schema") if isinstance(record, dict) else None
    if type(schema) is not int or schema < 1:  # True is an int as well
        raise ValueError(
            "Expected a card, a JSON object with a 'schema', an integer from 1. Received in "
            f"{where}: schema={schema!r}."
        )
    if schema > SCHEMA:
        raise ValueError(
            f"Expected a card of schema {SCHEMA} or older in {where}. Received: schema {schema}. "
            "Upgrade gru_zoo to load it."
        )


def _decode(value: Any, hint: Any, where: str) -> Any:
    """Convert decoded JSON to the type that a field of a card is annotated with.

    Args:
        value: the decoded JSON.
        hint: a dataclass, `X | None`, `tuple[X, ...]`, `dict[str, X]`, `float`, `int`, `str`, or
            `Any`.
        where: place of the value, for the error.

    Raises:
        ValueError: if the value has another type. True and False are no numbers.
    """
    kind, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if hint is Any:
        return value
    if kind is types.UnionType:
        return None if value is None else _decode(value, inner[0], where)
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return _decode_fields(value, hint, where)
    if kind is tuple and isinstance(value, list):
        items = enumerate(value)
        return tuple(_decode(item, inner[0], f"item {i} of {where}") for i, item in items)
    if kind is dict and isinstance(value, dict):
        return {key: _decode(item, inner[1], f"'{key}' of {where}") for key, item in value.items()}
    if type(value) is hint or (hint is float and type(value) is int):
        return value
    expected = hint.__name__ if isinstance(hint, type) else hint
    if dataclasses.is_dataclass(hint):
        expected = "a JSON object"
    raise ValueError(f"Expected {where} to be {expected}. Received: {value!r}.")


def _decode_fields(record: dict[str, Any], row_type: Any, where: str) -> Any:
    """Make a dataclass of a JSON object that has exactly its fields, except optional ones."""
    hints = typing.get_type_hints(row_type)
    optional = {f.name for f in dataclasses.fields(row_type) if f.metadata.get("optional")}
    missing = sorted(hints.keys() - record.keys() - optional)
    unknown = sorted(record.keys() - hints.keys())
    if missing or unknown:
        raise ValueError(
            f"Expected the fields {sorted(hints)} in {where}. Missing: {missing}. "
            f"Unknown: {unknown}."
        )
    given = {name: hint for name, hint in hints.items() if name in record}
    decoded = (_decode(record[name], hint, f"'{name}' of {where}") for name, hint in given.items())
    return row_type(**dict(zip(given, decoded, strict=True)))
