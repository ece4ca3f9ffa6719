"""The card of a preset: what it is, what it was trained on, how good it is, what it is not for."""

import dataclasses
import json
import pathlib
from typing import Any

SCHEMA = 1

FILE_NAME = "card.json"


@dataclasses.dataclass(frozen=True)
class MetricRow:
    """One published number. Names are those of the data loaders and of `gru_zoo.metrics`."""

    dataset: str
    split: str
    metric: str
    value: float
    signature: str


@dataclasses.dataclass(frozen=True)
class DataRow:
    """One split that the weights were trained on."""

    name: str
    split: str
    examples: int
    licence: str
    source: str


@dataclasses.dataclass(frozen=True)
class FileRow:
    """Checksum and size of one file of the preset."""

    sha256: str
    bytes: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Card:
    """The record that `card.json` holds; what has a default is filled in by training and saving.

    Args:
        name: name of the preset, as in `gru_zoo.load(name)`.
        task: name of the task, as in `gru_zoo.registry.TASKS`.
        title: a few words.
        summary: one or two sentences.
        config: arguments of the task's `Config`, from which the model is built.
        labels: class names in the order of the model's outputs, or None.
        parameters: number of weights of the model.
        files: every file that `load` reads, by its path inside the preset's folder.
        data: what the weights were trained on.
        training: command, seed, epochs, minutes, device, backend, versions.
        metrics: published numbers; `gru-zoo evaluate` recomputes each.
        licence: licence of the weights.
        intended_use: what the preset is for.
        limits: what it is not for, and where it is known to fail.
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

    @classmethod
    def load(cls, folder: pathlib.Path) -> "Card":
        """Read `card.json` of a preset's folder.

        Raises:
            FileNotFoundError: if there is none.
            ValueError: if it is not a card of a schema that this version reads.
        """
        path = pathlib.Path(folder) / FILE_NAME
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(
                f"Expected a preset, a folder with a {FILE_NAME}. There is none at '{path}'."
            ) from None
        except ValueError as error:
            raise ValueError(
                f"'{path}' is not valid JSON ({error}). The file is damaged: restore it, or save "
                "the preset again."
            ) from None
        return cls.from_record(record, where=str(path))

    @classmethod
    def from_record(cls, record: Any, where: str = "the record") -> "Card":
        """The card that a decoded `card.json` describes."""
        _check_schema(record, where)
        values = _fields(cls, record, where, extra=frozenset({"schema"}))
        values["files"] = {
            name: FileRow(**_fields(FileRow, row, f"files['{name}'] of {where}"))
            for name, row in values["files"].items()
        }
        for key, row_type in (("data", DataRow), ("metrics", MetricRow)):
            values[key] = tuple(
                row_type(**_fields(row_type, row, f"{key}[{i}] of {where}"))
                for i, row in enumerate(values[key])
            )
        if values["labels"] is not None:
            values["labels"] = tuple(values["labels"])
        values["citations"] = tuple(values["citations"])
        return cls(**values)

    def to_json(self) -> str:
        record = {"schema": SCHEMA, **dataclasses.asdict(self)}
        return json.dumps(record, indent=2, ensure_ascii=False) + "\n"

    def replace(self, **changes: Any) -> "Card":
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)


def _check_schema(record: Any, where: str) -> None:
    schema = record.get("schema") if isinstance(record, dict) else None
    if not isinstance(schema, int):
        raise ValueError(
            f"Expected a card, a JSON object with an integer 'schema'. Received in {where}: "
            f"schema={schema!r}."
        )
    if schema > SCHEMA:
        raise ValueError(
            f"{where} has card schema {schema}; this version of gru_zoo reads schemas up to "
            f"{SCHEMA}. Upgrade gru_zoo to load it."
        )


_JSON_TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "dict": dict,
    "tuple": list,
}


def _fields(row_type: type, record: Any, where: str, extra: frozenset[str] = frozenset()) -> dict:
    """The values of a dataclass in a decoded JSON object, checked by name and kind."""
    if not isinstance(record, dict):
        raise ValueError(f"Expected a JSON object in {where}. Received: {record!r}.")
    fields = {
        f.name: str(getattr(f.type, "__name__", f.type)) for f in dataclasses.fields(row_type)
    }
    missing = sorted(fields.keys() - record.keys())
    unknown = sorted(record.keys() - fields.keys() - extra)
    if missing or unknown:
        raise ValueError(
            f"Expected the fields {sorted(fields)} in {where}. Missing: {missing}. "
            f"Unknown: {unknown}."
        )
    for name, kind in fields.items():
        value = record[name]
        if value is None and name == "labels":
            continue
        expected = _JSON_TYPES["tuple" if name == "labels" else kind.split("[")[0]]
        if not isinstance(value, expected):
            raise ValueError(
                f"Expected '{name}' of {where} to be {kind}. Received: {name}={value!r}."
            )
    return {name: record[name] for name in fields}
