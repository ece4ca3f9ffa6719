"""Scores of detectors of anomalies: that of the Numenta Anomaly Benchmark (NAB)."""

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Windows = Sequence[tuple[int, int]]  # first and last step of each labelled window

_PROBATION = 0.15  # share of a series in which nothing is scored, of its first 5,000 steps
_PROBATION_STEPS = 5_000
_FAR = 3.0  # widths behind a window from which on a false alarm costs its whole weight


@dataclasses.dataclass(frozen=True)
class Profile:
    """What a detection, a false alarm and a missed window are worth.

    Args:
        hit: of a detection at the first step of a window.
        false_alarm: cost of an alarm far from any window.
        miss: cost of a window without an alarm.
    """

    hit: float = 1.0
    false_alarm: float = 0.11
    miss: float = 1.0


PROFILES = {
    "standard": Profile(),
    "low_fp": Profile(false_alarm=0.22),
    "low_fn": Profile(miss=2.0),
}


class NabScore(NamedTuple):
    """A score of NAB, and the threshold that gives it.

    Args:
        value: 100 for a perfect detector, 0 for one that never raises an alarm.
        threshold: scores from it on are alarms.
    """

    value: float
    threshold: float


def probation(steps: int) -> int:
    """Number of steps at the start of a series that are not scored."""
    return int(min(np.floor(_PROBATION * steps), _PROBATION * _PROBATION_STEPS))


def nab_score(
    scores: Sequence[np.ndarray],
    windows: Sequence[Windows],
    profile: Profile = PROFILES["standard"],
    threshold: float | None = None,
) -> NabScore:
    """Score a detector as the Numenta Anomaly Benchmark does (Lavin & Ahmad 2015).

    An alarm in a labelled window earns `hit * s(p) / s(-1)` with s(p) = 2 / (1 + exp(5 p)) - 1,
    where p grows from -1 at the window's first step to nearly 0 at its last one. Only the best
    alarm of a window counts. Every alarm elsewhere costs up to `false_alarm`, by its distance to
    the window before it. A window without an alarm costs `miss`. The sum over all series is put on
    a scale between that of a detector without alarms, 0, and that of a perfect one, 100.

    Args:
        scores: score of each step of each series, finite, shape `(time,)`.
        windows: labelled windows of each series.
        profile: the weights.
        threshold: scores from it on are alarms. None takes the one for all series that gives the
            highest result, which is the rule of the benchmark and reads the labels.

    Raises:
        ValueError: there is no window, or a window is not in its series.

    Example:

        >>> nab_score([np.array([0, 0, 0, 0, 1.0, 0, 0, 0])], [[(4, 6)]]).value
        100.0
    """
    count = sum(map(len, windows))
    if not count:
        raise ValueError("Expected one labelled window or more. Received: none.")
    gains, owners, values, first = [], [], [], 0
    for one, some in zip(scores, windows, strict=True):
        gain, owner = _gains(len(one), some, profile)
        kept = slice(probation(len(one)), None)
        gains.append(gain[kept])
        owners.append(np.where(owner[kept] >= 0, owner[kept] + first, -1))
        values.append(np.asarray(one, "float64")[kept])
        first += len(some)
    thresholds, totals = _sweep(
        np.concatenate(values), np.concatenate(gains), np.concatenate(owners), count, profile
    )
    if threshold is None:
        best = int(totals.argmax())
    else:
        best = int(np.searchsorted(-thresholds, -threshold, side="right")) - 1
    result = 100 * (totals[best] + profile.miss * count) / ((profile.hit + profile.miss) * count)
    return NabScore(float(result), float(thresholds[best]) if threshold is None else threshold)


def _sweep(values, gains, owners, count: int, profile: Profile):
    """All thresholds, from the highest on, and the sum of the gains of each.

    Args:
        values: scores, shape `(steps,)`.
        gains: what an alarm at each step is worth.
        owners: number of the window of each step, -1 outside.
        count: number of windows.
        profile: the weights.
    """
    order = np.argsort(-values, kind="stable")
    values, gains, owners = values[order], gains[order], owners[order]
    change = np.where(owners < 0, gains, 0.0)
    for window in np.unique(owners[owners >= 0]):
        steps = np.flatnonzero(owners == window)
        best = np.maximum.accumulate(np.maximum(gains[steps], -profile.miss))
        change[steps] = np.diff(best, prepend=-profile.miss)
    totals = np.cumsum(change) - profile.miss * count
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))  # of the steps of one score
    thresholds = np.concatenate([[np.inf], values[last]])
    return thresholds, np.concatenate([[-profile.miss * count], totals[last]])


def _gains(steps: int, windows: Windows, profile: Profile) -> tuple[np.ndarray, np.ndarray]:
    """What an alarm at each step is worth, and the number of the window it is in, or -1."""
    gains, owner = np.full(steps, -profile.false_alarm), np.full(steps, -1)
    times = np.arange(steps)
    for number, (left, right) in enumerate(windows):
        if not 0 <= left <= right < steps:
            raise ValueError(
                f"Expected windows between steps 0 and {steps - 1}. Received: {(left, right)}."
            )
        width = right - left + 1
        behind = (times[right + 1 :] - right) / max(width - 1, 1)
        sunk = np.where(behind >= _FAR, -1.0, _sigmoid(behind))
        gains[right + 1 :] = profile.false_alarm * sunk
        inside = slice(left, right + 1)
        position = -(right - times[inside] + 1) / width
        gains[inside] = profile.hit * _sigmoid(position) / _sigmoid(-1.0)
        owner[inside] = number
    return gains, owner


def _sigmoid(position):
    """2 / (1 + exp(5 p)) - 1: 0.987 at -1, 0 at 0 and -0.987 at 1."""
    return 2 / (1 + np.exp(5 * np.asarray(position))) - 1
