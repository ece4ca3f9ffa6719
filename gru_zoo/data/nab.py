"""Numenta Anomaly Benchmark: series of servers, traffic, sensors and tweets, with anomalies."""

import csv
import io
import json
import os
import zipfile

from gru_zoo.data._tables import folder_of
from gru_zoo.data.examples import LabelledSeries
from gru_zoo.data.source import Source, check_count, check_split

_FILE = "nab_v1.1.zip"
SOURCE = Source(
    name="nab",
    homepage="https://github.com/numenta/NAB",
    licence="MIT",
    citation=(
        "Lavin & Ahmad 2015, Evaluating Real-time Anomaly Detection Algorithms - the Numenta "
        "Anomaly Benchmark, ICMLA, arXiv:1510.03336"
    ),
    files={_FILE: "f2070fb1e5bb4245d242e59cad3de2398a74b0fd01ba44103e138243e59aef52"},
    url="https://github.com/numenta/NAB",
    sha256="",
)
SERIES, WINDOWS = 58, 116
# The series that the benchmark TSB-AD (Liu & Paparrizos 2024) has too, without their last step.
# They are recognized by their length and the first step of their first window.
SHARED = (
    "artificialWithAnomaly/art_daily_flatmiddle",
    "artificialWithAnomaly/art_increase_spike_density",
    "artificialWithAnomaly/art_load_balancer_spikes",
    "realAWSCloudwatch/ec2_cpu_utilization_24ae8d",
    "realAWSCloudwatch/ec2_cpu_utilization_5f5533",
    "realAWSCloudwatch/ec2_cpu_utilization_825cc2",
    "realAWSCloudwatch/rds_cpu_utilization_cc0c53",
    "realAdExchange/exchange-3_cpm_results",
    "realKnownCause/ambient_temperature_system_failure",
    "realKnownCause/cpu_utilization_asg_misconfiguration",
    "realKnownCause/ec2_request_latency_system_failure",
    "realKnownCause/nyc_taxi",
    "realKnownCause/rogue_agent_key_hold",
    "realTraffic/TravelTime_451",
    "realTraffic/occupancy_6005",
    "realTraffic/speed_6005",
    "realTraffic/speed_t4013",
    "realTweets/Twitter_volume_FB",
)
# The first two have all series, and are the profiles by which the benchmark scores.
SPLITS = ("standard", "low_fp", "tsb_ad_18")


def load(split: str, root: str | os.PathLike | None = None) -> list[LabelledSeries]:
    """Load the benchmark, which has no training split: a detector is to learn while it reads.

    Args:
        split: "standard" or "low_fp", which are all 58 series with 116 windows; or "tsb_ad_18".
        root: data folder with nab/. Default: `$GRU_ZOO_DATA`.

    Returns:
        Series with times. Windows hold a tenth of a series together, and begin before the anomaly
        can be seen.

    Raises:
        FileNotFoundError: there is no data folder, or it lacks the set.
        ValueError: unknown split, wrong checksum, or wrong number of series.
    """
    check_split(SOURCE.name, split, SPLITS)
    path = SOURCE.local_file(folder_of(SOURCE, root), _FILE)
    with zipfile.ZipFile(path) as archive:
        windows = json.loads(archive.read("labels/combined_windows.json"))
        series = [_read(archive, name, windows[name]) for name in sorted(windows)]
    check_count(SOURCE.name, split, len(series), SERIES)
    if split == "tsb_ad_18":
        return [_without_last(one) for one in series if one.origin in SHARED]
    return series


def _read(archive: zipfile.ZipFile, name: str, windows: list[list[str]]) -> LabelledSeries:
    import numpy as np

    with archive.open(f"data/{name}") as file:
        rows = list(csv.reader(io.TextIOWrapper(file, "utf-8")))[1:]
    times = np.array([time for time, _ in rows], "datetime64[s]")
    bounds = np.array(windows, "datetime64[s]").reshape(-1, 2)
    places = [
        (int((times == first).argmax()), int((times == last).argmax())) for first, last in bounds
    ]
    values = np.array([value for _, value in rows], "float64")
    return LabelledSeries(values, times, tuple(places), name.removesuffix(".csv"))


def _without_last(one: LabelledSeries) -> LabelledSeries:
    """The series as TSB-AD has it, whose windows end a step earlier too."""
    windows = tuple((first, last - 1) for first, last in one.windows)
    return LabelledSeries(one.values[:-1], one.times[:-1], windows, one.origin)
