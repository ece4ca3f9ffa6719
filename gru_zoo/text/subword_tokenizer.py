"""Tokenizer of sub-words, on sentencepiece."""

import io
import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gru_zoo.text.inputs import as_texts
from gru_zoo.text.special_tokens import BOS, EOS, PAD, UNK

TOKENIZER = "assets/tokenizer.model"  # in the folder of a preset


class SubwordTokenizer:
    """Texts to ids of sub-words and back.

    Ids 0 to 3 are the special tokens of `gru_zoo.text.special_tokens`. Characters outside the
    vocabulary are spelled as bytes, so that no input is dropped.

    Args:
        model: serialized sentencepiece model, as `train` makes it.

    Raises:
        ValueError: the special tokens of the model have other ids.
    """

    def __init__(self, model: bytes):
        import sentencepiece

        self.model = model
        self._known: dict[str, bool] = {}  # see has_character
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        if self._processor.pad_id() != PAD:
            raise ValueError(
                f"Expected a sentencepiece model with padding at id {PAD}. Received: one with "
                f"padding at id {self._processor.pad_id()}. Train it with SubwordTokenizer.train."
            )

    @classmethod
    def load(cls, folder: pathlib.Path) -> "SubwordTokenizer":
        """Read what `save` wrote."""
        return cls((folder / TOKENIZER).read_bytes())

    def save(self, folder: pathlib.Path) -> None:
        """Write `assets/tokenizer.model` into a folder without assets."""
        (folder / TOKENIZER).parent.mkdir()
        (folder / TOKENIZER).write_bytes(self.model)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        vocabulary_size: int,
        case_sensitive: bool = False,
        character_coverage: float = 0.9995,
        normalize: bool = True,
        symbols: Sequence[str] = (),
    ) -> "SubwordTokenizer":
        """Fit a unigram vocabulary on `texts` (Kudo 2018, Subword Regularization).

        Args:
            texts: training texts.
            vocabulary_size: number of sub-words, special tokens and bytes included.
            case_sensitive: whether to keep upper case; False makes all text lower case.
            character_coverage: share of the characters of `texts` that the vocabulary covers, from
                0 to 1; the rarest others are spelled as bytes.
            normalize: whether characters that look the same become the same (NFKC). False changes
                none, also not their case, for models that compute the probability of a text.
            symbols: further sub-words, which no text is encoded as; see `symbol_id`.

        Raises:
            ValueError: the texts do not allow a vocabulary of this size.
        """
        import sentencepiece

        rule = "nmt_nfkc" if case_sensitive else "nmt_nfkc_cf"
        if not normalize:
            rule = "identity"
        model = io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(texts),
                model_writer=model,
                vocab_size=vocabulary_size,
                model_type="unigram",
                normalization_rule_name=rule,
                byte_fallback=True,
                character_coverage=character_coverage,
                pad_id=PAD,
                unk_id=UNK,
                bos_id=BOS,
                eos_id=EOS,
                control_symbols=list(symbols),
                max_sentence_length=100_000,
                num_threads=1,  # the same vocabulary on every machine
                minloglevel=1,
            )
        except RuntimeError as error:
            raise ValueError(
                f"Expected a vocabulary size that the texts allow. Received: {vocabulary_size}. "
                f"sentencepiece says: {error}"
            ) from None
        return cls(model.getvalue())

    @property
    def vocabulary_size(self) -> int:
        """Number of ids, special tokens included."""
        return self._processor.get_piece_size()

    def __contains__(self, word: object) -> bool:
        """Whether the vocabulary has a word as a whole."""
        return self._processor.piece_to_id(f"▁{word}") != UNK

    def symbol_id(self, symbol: str) -> int | None:
        """The id of one of the `symbols` that the vocabulary was made with, None for others."""
        found = self._processor.piece_to_id(symbol)
        return found if self._processor.is_control(found) else None

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, without `BOS` and `EOS`.

        Half of a surrogate pair, which is no character, is read as U+FFFD.
        """
        return self._encode(texts)

    def _encode(self, texts: Sequence[str], **options: Any) -> list[list[int]]:
        texts = list(texts)
        try:
            return self._processor.encode(texts, **options)
        except TypeError:  # raised by sentencepiece for half of a surrogate pair
            encoded = [text.encode("utf-16-le", "surrogatepass") for text in as_texts(texts)]
            texts = [text.decode("utf-16-le", "replace") for text in encoded]
            return self._processor.encode(texts, **options)

    def sample(self, texts: Sequence[str], alpha: float, seed: int) -> list[list[int]]:
        """Ids of each text in a random segmentation (Kudo 2018, section 3.2).

        Args:
            texts: the texts.
            alpha: smoothing of the distribution of segmentations, 0 or more: 0 draws all with the
                same probability, 1 with that of the unigram model.
            seed: seed of the draw.
        """
        import sentencepiece

        sentencepiece.set_random_generator_seed(seed)
        return self._encode(
            texts,
            enable_sampling=True,
            alpha=alpha,
            nbest_size=-1,  # among all segmentations
            num_threads=1,  # other threads would have random generators of their own
        )

    def encode_words(self, words: Sequence[str], attached: Sequence[bool]) -> list[list[int]]:
        """Ids of each word of a text, at least one for each word.

        Args:
            words: the words.
            attached: for each word, whether it follows the one before it without a space, as a full
                stop does. Its first sub-word is then one without the mark of the start of a word.
        """
        encoded = [ids or [UNK] for ids in self.encode(words)]
        for ids, inside in zip(encoded, attached, strict=True):
            if inside:
                ids[:1] = self._without_start_mark(ids)
        return encoded

    def _without_start_mark(self, ids: list[int]) -> list[int]:
        """Replacement of the first id of a word: the same sub-word without the mark of a start."""
        rest = self._processor.id_to_piece(ids[0]).removeprefix("▁")
        if not rest and len(ids) > 1:
            return []
        replacement = self._processor.piece_to_id(rest)
        return ids[:1] if replacement == UNK else [replacement]

    def has_character(self, character: str) -> bool:
        """Whether the vocabulary has a character, which is else spelled as bytes."""
        if character not in self._known:
            ids = self._encode([character])[0]
            self._known[character] = not any(map(self._processor.is_byte, ids))
        return self._known[character]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The sub-word of each id; a leading `▁` marks the start of a word."""
        return [self._processor.id_to_piece(int(i)) for i in ids]

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        """The text of ids; `UNK` becomes ⁇, and the other special tokens are left out."""
        return self._processor.decode([int(i) for i in ids])
