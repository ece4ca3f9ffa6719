"""Extend the vocabulary of the pretrained encoder by emoji, links, handles and everyday words.

    KERAS_BACKEND=torch python recipes/sentiment/vocabulary.py --to DIR --data-dir DATA

Reads tokenizer.model and encoder.npz of pretrain.py and writes both for pretrain.py --start-from
--everyday. A new sub-word gets the mean of the vectors of the sub-words that spelled it before, an
emoji that of its Unicode name.
"""

import argparse
import collections
import math
import pathlib
import re
import sys
import unicodedata
from collections.abc import Sequence

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

import numpy as np

from gru_zoo.files import write_atomically
from gru_zoo.text.cleaning import HANDLE, LINK
from gru_zoo.text.subword_tokenizer import SubwordTokenizer
from recipes.sentiment.everyday import EMOJI, everyday_texts
from recipes.sentiment.settings import PRETRAINED

SIZE = 10_800  # pieces; the preset stays under 10 MiB with the bag of bigrams
MIN_COUNT = 25  # of a word that becomes a piece of its own
_START = "\u2581"  # marks the beginning of a word in sentencepiece's pieces
_WORD = re.compile(r"[a-z]{3,}")


def new_words(
    tokenizer: SubwordTokenizer, texts: Sequence[str], size: int
) -> list[tuple[str, float]]:
    """The most frequent words that the vocabulary spells in parts, with their log probability.

    Args:
        tokenizer: the tokenizer to extend.
        texts: normalized texts.
        size: maximum number of words.
    """
    counts = collections.Counter(word for text in texts for word in _WORD.findall(text.lower()))
    total = sum(counts.values())
    frequent = [word for word, count in counts.most_common() if count >= MIN_COUNT]
    parts = tokenizer.encode(frequent)
    words = [word for word, ids in zip(frequent, parts, strict=True) if len(ids) > 1][:size]
    return [(word, math.log(counts[word] / total)) for word in words]


def extend(model: bytes, pieces: Sequence[tuple[str, float]]) -> bytes:
    """A sentencepiece model with more pieces at its end.

    Args:
        model: the serialized model.
        pieces: words, without the mark of a beginning, and their log probability.
    """
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    for word, score in pieces:
        proto.pieces.add(piece=_START + word, score=score)
    proto.trainer_spec.vocab_size = len(proto.pieces)
    return proto.SerializeToString()


def extended_table(
    table: np.ndarray, tokenizer: SubwordTokenizer, words: Sequence[str]
) -> np.ndarray:
    """The table of vectors with a row for each new word, the mean of the rows of its parts."""
    spelled = [unicodedata.name(w).lower() if len(w) == 1 else w for w in words]
    rows = [table[ids].mean(axis=0) for ids in tokenizer.encode(spelled)]
    return np.concatenate([table, np.stack(rows).astype(table.dtype)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pretrained", type=pathlib.Path, default=PRETRAINED)
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="folder to write")
    args = parser.parse_args()
    model = (args.pretrained / "tokenizer.model").read_bytes()
    tokenizer = SubwordTokenizer(model)
    special = [
        (symbol, -3.0) for symbol in (LINK, HANDLE, "#", *EMOJI)
    ]  # above any spelling in bytes
    size = SIZE - tokenizer.vocabulary_size - len(special)
    pieces = special + new_words(tokenizer, everyday_texts(args.data_dir), size)
    with np.load(args.pretrained / "encoder.npz") as weights:
        arrays = dict(weights)
    words = [word for word, _ in pieces]
    arrays["embedding/0"] = extended_table(arrays["embedding/0"], tokenizer, words)
    args.to.mkdir(parents=True, exist_ok=True)
    write_atomically(args.to / "tokenizer.model", extend(model, pieces))
    np.savez_compressed(args.to / "encoder.npz", **arrays)
    print(f"{len(special)} symbols and {len(words) - len(special)} words: {' '.join(words)}")


if __name__ == "__main__":
    main()
