"""Recognize words with the model beside this file, by onnxruntime and NumPy alone.

pip install onnxruntime numpy
python run.py yes.wav no.wav
"""

import json
import pathlib
import sys
import wave

import numpy as np
import onnxruntime

FOLDER = pathlib.Path(__file__).resolve().parent
LABELS = json.loads((FOLDER / "settings.json").read_text())["labels"]
PROCESSOR = json.loads((FOLDER / "processor.json").read_text())
SAMPLES = round(PROCESSOR["rate"] * PROCESSOR["seconds"])
MODEL = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"))


def read(path: str) -> np.ndarray:
    """Samples of a WAV file of 16 bits at the rate of the model, from -1 to 1, in one channel."""
    with wave.open(path) as file:
        rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
        if (rate, width) != (PROCESSOR["rate"], 2):
            raise ValueError(
                f"Expected 16 bits at {PROCESSOR['rate']} Hz. Received: {8 * width} bits at {rate} "
                f"Hz in {path}. Convert it: sox {path} -r {PROCESSOR['rate']} -b 16 new.wav"
            )
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return data.reshape(-1, channels).mean(axis=1, dtype="float32") / 32768


def predict(samples: np.ndarray) -> tuple[str, float]:
    """The label of the middle of a sound and its probability."""
    missing = max(0, SAMPLES - len(samples))
    samples = np.pad(samples, (missing // 2, missing - missing // 2))
    start = (len(samples) - SAMPLES) // 2
    waveform = samples[None, start : start + SAMPLES].astype("float32")
    (probabilities,) = MODEL.run(["probabilities"], {"waveform": waveform})
    best = int(probabilities[0].argmax())
    return LABELS[best], float(probabilities[0, best])


if __name__ == "__main__":
    for path in sys.argv[1:]:
        label, score = predict(read(path))
        print(f"{label} ({score:.2f})  <-  {path}")
