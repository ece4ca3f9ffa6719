"""Recommend items with the model beside this file, by onnxruntime and NumPy alone.

pip install onnxruntime numpy
python run.py "id of an item, id of the next" "a history of another user"
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime

FOLDER = pathlib.Path(__file__).resolve().parent
PROCESSOR = json.loads((FOLDER / "processor.json").read_text(encoding="utf-8"))
ITEMS, TITLES = PROCESSOR["items"], PROCESSOR["titles"]
NUMBERS = {item: number for number, item in enumerate(ITEMS, 1)}  # 0 is padding
MODEL = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"))


def recommend(history: list[str], n: int = 10) -> list[tuple[str, float]]:
    """The likeliest next items of a history, the oldest first, without those that are in it."""
    numbers = [NUMBERS[item] for item in history if item in NUMBERS]
    (scores,) = MODEL.run(None, {MODEL.get_inputs()[0].name: np.array([numbers or [0]], "int32")})
    scores = scores[0].copy()
    scores[[0, *numbers]] = -1
    best = np.argsort(-scores, kind="stable")[:n]
    return [(ITEMS[number - 1], float(scores[number])) for number in best if scores[number] >= 0]


if __name__ == "__main__":
    for text in sys.argv[1:]:
        found = recommend([item.strip() for item in text.split(",") if item.strip()])
        names = ", ".join(f"{TITLES.get(item, item)} ({score:.3g})" for item, score in found)
        print(f"{names}  <-  {text}")
