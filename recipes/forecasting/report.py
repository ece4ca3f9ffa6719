"""Print the scores of a preset on each task of a benchmark, beside the seasonal naive forecast.

KERAS_BACKEND=torch python recipes/forecasting/report.py forecasting_any --data-dir DATA
"""

import argparse
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import gru_zoo
from gru_zoo import data
from gru_zoo.tasks.forecasting.evaluation import task_scores
from gru_zoo.tasks.forecasting.scoring import quantiles_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--dataset", default="chronos-zero-shot-14")
    args = parser.parse_args()

    task = gru_zoo.load(args.preset)

    def forecast(pasts, seasons, horizon):
        return quantiles_of(task.model, task.processor, pasts, seasons, horizon)

    tasks: dict[str, list] = {}
    for series in data.load(args.dataset, "test", args.data_dir):
        tasks.setdefault(series.origin, []).append(series)
    print("| task | series | WQL | naive WQL | MASE | naive MASE | coverage of 80 % |")
    print("|---|---|---|---|---|---|---|")
    for name, some in tasks.items():
        quantile_naive = args.dataset == "gift-eval-held-15"
        (loss, error), naive, covered = task_scores(some, forecast, quantile_naive)
        cells = f"{loss:.4f} | {naive[0]:.4f} | {error:.3f} | {naive[1]:.3f} | {covered:.3f}"
        print(f"| {name} | {len(some)} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
