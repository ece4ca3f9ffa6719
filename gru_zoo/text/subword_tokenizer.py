"""Text to token ids and back, on sentencepiece."""

import io
import pathlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from gru_zoo.text.inputs import as_texts
from gru_zoo.text.special_tokens import BOS, EOS, PAD, UNK

_FILE = pathlib.Path("assets", "tokenizer.model")  # in the folder of a preset


class SubwordTokenizer:
    """Sub-word tokenizer: lower-cased text to ids, every byte representable.

    Ids 0 to 3 are padding, unknown, begin and end of text. Characters outside the vocabulary are
    spelled as bytes, so no input is dropped.

    Args:
        model: serialized sentencepiece model.
    """

    def __init__(self, model: bytes):
        import sentencepiece

        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        if self._processor.pad_id() != PAD:
            raise ValueError(
                f"A gru_zoo tokenizer has padding at id {PAD}. Received a sentencepiece model "
                f"with padding at id {self._processor.pad_id()}. Train it with Tokenizer.train."
            )

    @classmethod
    def load(cls, folder: pathlib.Path) -> "SubwordTokenizer":
        """Read what `save` wrote."""
        return cls((folder / _FILE).read_bytes())

    def save(self, folder: pathlib.Path) -> None:
        """Write `assets/tokenizer.model` into a folder without assets."""
        (folder / _FILE).parent.mkdir()
        (folder / _FILE).write_bytes(self.model)

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        vocabulary_size: int,
        case_sensitive: bool = False,
        character_coverage: float = 0.9995,
        normalize: bool = True,
    ):
        """Fit a unigram vocabulary (Kudo 2018, Subword Regularization) on `texts`.

        Args:
            texts: what it is fitted on.
            vocabulary_size: number of sub-words, marks and bytes included.
            case_sensitive: whether to keep upper case.
            character_coverage: share of the characters that are in the vocabulary; the rarest
                others are spelled as bytes.
            normalize: whether characters that look the same become the same (NFKC). False leaves
                all as they are, for models that say how probable a text is.

        Raises:
            ValueError: the texts are too few for so many sub-words, or so few.
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
        return self._processor.get_piece_size()

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each text, without begin and end marks.

        What is no character, half of a surrogate pair, is read as U+FFFD.
        """
        return self._encode(texts)

    def _encode(self, texts: Sequence[str], **options: Any) -> list[list[int]]:
        texts = list(texts)
        try:
            return self._processor.encode(texts, **options)
        except TypeError:  # what sentencepiece says of a surrogate without its other half
            encoded = [text.encode("utf-16-le", "surrogatepass") for text in as_texts(texts)]
            texts = [text.decode("utf-16-le", "replace") for text in encoded]
            return self._processor.encode(texts, **options)

    def sample(self, texts: Sequence[str], alpha: float, seed: int) -> list[list[int]]:
        """Ids of each text in a segmentation drawn at random (Kudo 2018, section 3.2).

        Args:
            texts: the texts.
            alpha: from 0, where all segmentations are as likely, upwards; at 1 they are as likely
                as the model says.
            seed: of the draw.
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
        """Ids of each word of a text, one at least.

        Args:
            words: the words.
            attached: whether a word follows the one before it without a space, as a full stop
                does, so that its first sub-word is one that stands within a word.
        """
        encoded = [ids or [UNK] for ids in self.encode(words)]
        for ids, inside in zip(encoded, attached, strict=True):
            if inside:
                ids[:1] = self._within(ids)
        return encoded

    def _within(self, ids: list[int]) -> list[int]:
        """What stands for the first id of a word within one: without the mark of its start."""
        rest = self._processor.id_to_piece(ids[0]).removeprefix("▁")
        if not rest and len(ids) > 1:
            return []
        found = self._processor.piece_to_id(rest)
        return ids[:1] if found == UNK else [found]

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The sub-words behind `ids`; a leading `▁` marks the start of a word."""
        return [self._processor.id_to_piece(int(i)) for i in ids]

    def decode(self, ids: Sequence[int] | np.ndarray) -> str:
        return self._processor.decode([int(i) for i in ids])
