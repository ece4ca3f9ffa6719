"""Files of recordings: tables of sensor apps, and arrays of NumPy."""

import os
import pathlib
import re
import warnings
import zipfile
import zlib
from typing import Any

import numpy as np

from gru_zoo.data.tables import Table
from gru_zoo.files import as_path, find_files

SUFFIXES = {".csv", ".tsv", ".txt", ".npy", ".npz"}
GRAVITY = 9.80665  # m/s²
# What NumPy raises for a damaged file. A RuntimeError is an encrypted or unknown archive.
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    MemoryError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
_FIELDS = ("skeleton", "signals", "skeleton_rate", "signals_rate")

# Names of columns as sensor apps write them, such as "accelX", "Acceleration x (m/s^2)" or
# "gyr_y": a kind, an axis, and maybe a unit.
_KINDS = {"acceleration": r"^a(cc?|cc?el\w*)?$|acc", "rotation": r"^g(yro?)?$|^w$|gyr|rot"}
_TIME = re.compile(r"time|elapsed|^t$|^ms$|^s$", re.IGNORECASE)
_TO_G = {"g": 1.0, "m/s^2": 1 / GRAVITY, "m/s²": 1 / GRAVITY, "m/s2": 1 / GRAVITY}
_TO_DEGREES = {"deg/s": 1.0, "°/s": 1.0, "dps": 1.0, "rad/s": 180 / np.pi}
_UNITS = {"acceleration": _TO_G, "rotation": _TO_DEGREES}
# Sensors give 10 to 1,000 samples a second, so the step of a clock tells its unit.
_CLOCKS = {0.001: 1.0, 1.0: 1e-3, 1e3: 1e-6, 1e6: 1e-9}  # smallest step: seconds of a unit


def labeled_files(folder: str | os.PathLike) -> tuple[list[pathlib.Path], list[str]]:
    """Paths and labels of the recordings of a folder with one folder for each label.

    Args:
        folder: contains `<label>/<any name>.csv`, or files with another suffix of `SUFFIXES`.

    Returns:
        Sorted paths, and the name of the folder that contains each.

    Raises:
        FileNotFoundError: there is no such folder, or its folders contain no recordings.
    """
    paths = find_files(folder, "*/*", SUFFIXES, "a folder with a folder of recordings a label")
    return paths, [path.parent.name for path in paths]


def read_file(path: str | os.PathLike) -> dict[str, Any]:
    """The fields of the `Recording` in a file.

    A `.npy` file holds an array of shape `(frames, joints, 3)` or `(samples, channels)`, a `.npz`
    file arrays of the names of the fields. Any other file is a table, see `read_table`.

    Args:
        path: the file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no recording.
    """
    path = as_path(path)
    if not path.is_file():
        raise FileNotFoundError(f"Expected a recording. Received: '{path}', which is no file.")
    suffix = path.suffix.lower()
    if suffix not in (".npy", ".npz"):
        return read_table(path)
    try:
        content = np.load(path, allow_pickle=False)
        if suffix == ".npy":
            return {"skeleton" if content.ndim == 3 else "signals": content}
        with content:
            unknown = sorted(set(content.files) - set(_FIELDS))
            fields = {name: content[name] for name in content.files if name in _FIELDS}
    except _UNREADABLE as error:
        raise ValueError(
            f"Expected arrays of NumPy in '{path}', without pickles. Received: a file that cannot "
            f"be read ({error})."
        ) from None
    if unknown or not fields.keys() & {"skeleton", "signals"}:
        raise ValueError(
            f"Expected arrays of the names {', '.join(_FIELDS)} in '{path}'. Received: "
            f"{', '.join(sorted(set(unknown) | fields.keys())) or 'none'}."
        )
    return {name: float(a) if name.endswith("rate") else a for name, a in fields.items()}


def read_table(path: pathlib.Path) -> dict[str, Any]:
    """The signals in a table of a sensor app, and their rate.

    There is a column for each of three axes of acceleration and of rotation, such as `acc_x` or
    `Gyroscope y (rad/s)`, and maybe one with times. Units are g or m/s², and deg/s or rad/s; where
    the header names none, g and deg/s. Where one sensor has no columns, its channels are NaN.

    Args:
        path: file with a header, see `gru_zoo.data.tables.Table`.

    Returns:
        `signals`, float32, shape `(samples, 6)`; with times `signals_rate` as well.

    Raises:
        ValueError: the columns are not found, a cell is no number, or the acceleration without a
            unit cannot be in g.
    """
    table = Table(path)
    columns = _sensor_columns(table)
    times = _time_column(table.columns)
    wanted = [name for name, _ in columns.values()] + ([times] if times else [])
    rows = [[_number(row[name], name, path) for name in wanted] for row in table.rows()]
    values = np.array(rows, "float64").reshape(len(rows), len(wanted))
    signals = np.full((len(rows), 6), np.nan)
    for place, (channel, (_, factor)) in enumerate(columns.items()):
        signals[:, channel] = values[:, place] * (factor or 1.0)
    known = all(factor for channel, (_, factor) in columns.items() if channel < 3)
    _check_gravity(signals, known, path)
    rate = _rate_of(values[:, -1], path) if times and len(rows) > 1 else None
    found: dict[str, Any] = {"signals": signals.astype("float32")}
    return found if rate is None else {**found, "signals_rate": rate}


def _sensor_columns(table: Table) -> dict[int, tuple[str, float | None]]:
    """Column and factor of each channel, from 0 to 5; the factor is None without a unit."""
    found: dict[int, tuple[str, float | None]] = {}
    for name in table.columns:
        plain, unit = re.fullmatch(r"(.*?)\s*(?:[(\[](.*)[)\]])?\s*", name).groups()  # type: ignore[union-attr]
        axis = re.fullmatch(r"(.*?)[\s_.\-]*([xyz])(?:[\s_\-]*axis)?", plain.strip().lower())
        if not axis:
            continue
        for start, (kind, pattern) in zip((0, 3), _KINDS.items(), strict=True):
            if not re.search(pattern, axis[1].strip()):
                continue
            units = _UNITS[kind]
            if unit and unit.strip() not in units:
                raise ValueError(
                    f"Expected {kind} in one of {', '.join(units)}. Received: column '{name}' of "
                    f"'{table.path}'."
                )
            channel = start + "xyz".index(axis[2])
            if channel in found:
                raise ValueError(
                    f"Expected one column for each axis of {kind}. Received: '{found[channel][0]}' "
                    f"and '{name}' in '{table.path}'. Remove one."
                )
            found[channel] = (name, units[unit.strip()] if unit else None)
            break
    if not any({start, start + 1, start + 2} <= found.keys() for start in (0, 3)):
        raise ValueError(
            "Expected columns for three axes of acceleration or of rotation, such as acc_x, acc_y, "
            f"acc_z, gyr_x, gyr_y, gyr_z. Received: '{table.path}' with {list(table.columns)}."
        )
    return dict(sorted(found.items()))


def _time_column(columns: tuple[str, ...]) -> str | None:
    """The column of times; one that counts from the start goes before a date."""
    found = [name for name in columns if _TIME.search(name.split("(")[0].strip())]
    return min(found, key=lambda name: "elapsed" not in name.lower(), default=None)


def _number(cell: str, column: str, path: pathlib.Path) -> float:
    text = (cell or "").strip()
    if not text or text.lower() in ("nan", "null", "na"):
        return float("nan")
    try:
        return float(text if "." in text else text.replace(",", "."))
    except ValueError:
        raise ValueError(
            f"Expected a number in column '{column}' of '{path}'. Received: {cell!r:.40}."
        ) from None


def _check_gravity(signals: np.ndarray, known: bool, path: pathlib.Path) -> None:
    """Raise ValueError if acceleration without a unit is about 9.8, as in m/s²."""
    length = np.linalg.norm(signals[:, :3], axis=1)
    if known or np.isnan(length).all():
        return
    middle = float(np.nanmedian(length))
    if middle > 5:  # people do not move at five times gravity most of the time
        raise ValueError(
            f"Expected acceleration in g in '{path}', whose header names no unit. Received: "
            f"{middle:.1f} in the middle, as in m/s². Write the unit into the header, such as "
            "'acc_x (m/s^2)'."
        )


def _rate_of(times: np.ndarray, path: pathlib.Path) -> float:
    """Samples per second of a clock whose unit is unknown."""
    steps = np.diff(times[np.isfinite(times)])
    step = float(np.median(steps)) if len(steps) else 0.0
    units = [seconds for least, seconds in _CLOCKS.items() if least <= step <= 100 * least]
    if not units:
        raise ValueError(
            f"Expected times in '{path}' that rise by 1 to 100 ms, in seconds, milliseconds, "
            f"microseconds or nanoseconds. Received: steps of {step:g}. Remove the column, and "
            "pass rate=..."
        )
    mean = (steps.sum() / len(steps)) * units[0]
    if steps.max() > 20 * step or steps.min() < 0:
        warnings.warn(
            f"The times in '{path}' have a gap of {steps.max() * units[0]:.2f} s, or go back: the "
            "samples are taken as evenly spaced.",
            stacklevel=4,
        )
        mean = step * units[0]
    return round(1 / mean, 3)
