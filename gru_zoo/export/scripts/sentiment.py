"""Label texts with the model beside this file, by onnxruntime, NumPy and sentencepiece alone.

pip install onnxruntime numpy sentencepiece
python run.py "A text" "Another text"
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
import sentencepiece

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
from cleaning import normalize_post, remove_links, remove_markup  # noqa: E402

LABELS = json.loads((FOLDER / "settings.json").read_text())["labels"]
PROCESSOR = json.loads((FOLDER / "processor.json").read_text())
TOKENIZER = sentencepiece.SentencePieceProcessor(str(FOLDER / "assets" / "tokenizer.model"))
EMOJI = {TOKENIZER.id_to_piece(i).lstrip("▁") for i in range(len(TOKENIZER))}
MODEL = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"))


def encode(text: str) -> list[int]:
    """Token ids of a text. Of a text that is too long, the middle is left out."""
    text = remove_markup(text)
    text = normalize_post(text, EMOJI) if PROCESSOR.get("posts") else remove_links(text)
    ids, longest = TOKENIZER.encode(text), PROCESSOR["max_length"]
    head = longest // 4
    return ids if len(ids) <= longest else ids[:head] + ids[len(ids) - longest + head :]


def predict(text: str) -> tuple[str, float]:
    """The label of a text and its probability."""
    ids = np.array([encode(text) or [0]], "int32")
    (probabilities,) = MODEL.run(["probabilities"], {"token_ids": ids})
    best = int(probabilities[0].argmax())
    return LABELS[best], float(probabilities[0, best])


if __name__ == "__main__":
    for text in sys.argv[1:]:
        label, score = predict(text)
        print(f"{label} ({score:.2f})  <-  {text}")
