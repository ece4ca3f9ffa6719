"""Scores of detections: of NAB by hand and by a published result, and VUS-PR by its definition."""

import numpy as np
import pytest

from gru_zoo.tasks.anomalies.metrics import PROFILES, nab_score, probation
from gru_zoo.tasks.anomalies.vus import season_length, vus_pr
from tests.backends import only_on

pytestmark = only_on("torch", "these are computations in NumPy")


def s(position):
    return 2 / (1 + np.exp(5 * position)) - 1


def raised(steps, *alarms):
    scores = np.zeros(steps)
    scores[list(alarms)] = 1.0
    return scores


def test_probation():
    assert [probation(n) for n in (10, 100, 4_032, 50_000)] == [1, 15, 604, 750]


def test_hits_false_alarms_and_misses_by_hand():
    windows = [[(40, 49), (80, 84)]]
    # Two alarms in a window of 10 steps, the first at its fourth step; one five steps behind it.
    scores = [raised(100, 20, 43, 46, 54, 5)]
    total = s(-7 / 10) / s(-1) - 0.11 + 0.11 * s(-1) * 0 + 0.11 * s(5 / 9) - 1
    found = nab_score(scores, windows, threshold=0.5)
    assert found.value == pytest.approx(100 * (total + 2) / 4)
    low = nab_score(scores, windows, PROFILES["low_fp"], 0.5)
    assert low.value < found.value


def test_bounds_of_the_scale():
    windows = [[(40, 49)], []]
    perfect, silent = [raised(100, 40), np.zeros(60)], [np.zeros(100), np.zeros(60)]
    assert nab_score(perfect, windows).value == pytest.approx(100.0)
    assert nab_score(silent, windows, threshold=0.5).value == 0.0
    assert nab_score(perfect, windows, PROFILES["low_fn"]).value == pytest.approx(100.0)


def test_the_threshold_is_the_best_of_all():
    random = np.random.default_rng(0)
    scores = [np.round(random.random(200), 2), np.round(random.random(300), 2)]
    windows = [[(100, 120)], [(90, 99), (200, 230)]]
    best = nab_score(scores, windows)
    levels = np.unique(np.concatenate(scores))
    every = [nab_score(scores, windows, threshold=level).value for level in levels]
    assert best.value == pytest.approx(max(*every, 0.0))
    assert nab_score(scores, windows, threshold=best.threshold).value == pytest.approx(best.value)


def test_wrong_windows_are_errors():
    with pytest.raises(ValueError, match="one labelled window or more"):
        nab_score([np.zeros(10)], [[]])
    with pytest.raises(ValueError, match="windows between steps 0 and 9. Received: \\(8, 10\\)"):
        nab_score([np.zeros(10)], [[(8, 10)]])
    with pytest.raises(ValueError, match="one labelled window or more"):
        vus_pr(np.zeros(10), [], 6)


def direct_vus_pr(scores, windows, season):
    """The definition, threshold by threshold, for windows far from each other."""
    steps, areas = len(scores), []
    inside = np.zeros(steps, bool)
    for left, right in windows:
        inside[left : right + 1] = True
    ranked = np.sort(scores)[::-1]
    for length in range(2 * season + 1):
        weight = inside.astype(float)
        for left, right in windows:
            for away in range(1, length // 2 + 1):
                weight[right + away] = weight[left - away] = np.sqrt(1 - away / length)
        before, area = 0.0, 0.0
        for place in np.linspace(0, steps - 1, 250).astype(int):
            alarm = scores >= ranked[place]
            hits = weight[alarm].sum()
            labels = np.where(inside, 1.0, weight * alarm).sum()
            ends = [(left - length // 2, right + length // 2) for left, right in windows]
            found = np.mean([alarm[left : right + 1].any() for left, right in ends])
            recall = min(hits / ((inside.sum() + labels) / 2), 1) * found
            area += (recall - before) * hits / alarm.sum()
            before = recall
        areas.append(area)
    return np.mean(areas)


def test_vus_pr_is_its_definition():
    random = np.random.default_rng(1)
    windows = [(60, 80), (200, 215)]
    scores = np.round(random.random(300), 2)
    scores[65:70] += 1
    expected = direct_vus_pr(scores, windows, 8)
    assert vus_pr(scores, windows, 8) == pytest.approx(expected)
    assert vus_pr(raised(300, *range(60, 81), *range(200, 216)), windows, 0) > 0.9


def test_season_length():
    time = np.arange(2_000)
    assert season_length(np.sin(2 * np.pi * time / 24)) == 24
    assert season_length(np.zeros(500)) == 125
