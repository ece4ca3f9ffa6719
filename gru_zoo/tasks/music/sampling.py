"""Steps of chords drawn from a model, behind a prompt, under a melody, within ranges of voices."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.decoding.decoder import Decoder
from gru_zoo.tasks.music.processor import MusicProcessor, Piece, Voices
from gru_zoo.text.special_tokens import EOS

FIRST = EOS + 1  # token of class 0


class ChordSampler:
    """Draws steps from a model, one entry of a chord at a time.

    Args:
        decoder: of the steps of `gru_zoo.tasks.music.model`.
        processor: what a class of the model is.
    """

    def __init__(self, decoder: Decoder, processor: MusicProcessor):
        self.decoder, self.processor = decoder, processor

    def write(
        self,
        prompts: Sequence[Piece],
        bars: float,
        temperature: float,
        seed: int | None,
        tops: Sequence[int | None] | None = None,
        voices: Voices | None = None,
    ) -> list[Piece]:
        """Steps that follow each prompt.

        Args:
            prompts: the steps so far of each piece to write, perhaps none.
            bars: length of what is written.
            temperature: as in `Decoder.sample`.
            seed: of the draw; None draws anew.
            tops: the highest pitch of each step, None for a rest; without them the model chooses.
            voices: ranges in which the entries of a chord must lie, the highest first.
        """
        count = round(bars * self.processor.steps_per_bar)
        if count < 1:
            raise ValueError(f"Expected bars above 0. Received: bars={bars!r}.")
        if seed is None:
            seed = int(np.random.default_rng().integers(2**31))
        rows, slots, classes = len(prompts), self.processor.slots, self.processor.keys + 1
        wanted = np.full((rows, _roomy(count + 1)), -1, "int32")
        if tops is not None:
            lowest = self.processor.lowest
            wanted[:, :count] = [0 if p is None else p - lowest + 1 for p in tops]
        permitted = np.ones((rows, slots, classes), bool)
        if voices is not None:
            permitted[:] = self._only(voices)
        permitted[:, -1] = np.arange(classes) == 0
        lengths = np.full(rows, count, "int32")
        found = self.decoder.sample(
            (*self.heard(prompts), lengths, wanted, permitted),
            max_lengths=lengths * slots + 1,
            temperature=temperature,
            seed=seed,
        )
        return [self.processor.decode((ids - FIRST).tolist()) for (ids,) in found.ids]

    def heard(self, prompts: Sequence[Piece]) -> tuple[np.ndarray, np.ndarray]:
        """What the model is told of the steps before the first one to write: rolls and mask.

        Returns:
            float32, shape `(prompts, time, keys + 1)`, and boolean, `(prompts, time)`.
        """
        width = _roomy(1 + max(map(len, prompts)))
        rolls = np.zeros((len(prompts), width, self.processor.keys + 1), "float32")
        mask = np.zeros((len(prompts), width), bool)
        for roll, known, prompt in zip(rolls, mask, prompts, strict=True):
            begin = width - len(prompt) - 1
            known[begin:] = True
            roll[begin, -1] = 1
            for row, step in zip(roll[begin + 1 :], prompt, strict=True):
                row[[pitch - self.processor.lowest for pitch in step]] = 1
        return rolls, mask

    def _only(self, voices: Voices) -> np.ndarray:
        """Classes that each entry of a chord may have so that every voice keeps its range."""
        permitted = np.zeros((self.processor.slots, self.processor.keys + 1), bool)
        first = self.processor.lowest - 1
        for row, low, (_, high) in zip(
            permitted, lowest_pitches(voices), voices.values(), strict=False
        ):
            row[low - first : high - first + 1] = True
        permitted[0, 0] = True  # a rest
        permitted[len(voices) :, 0] = True
        return permitted


def lowest_pitches(voices: Voices) -> list[int]:
    """Lowest pitch of each voice that leaves room for those below it."""
    found: list[int] = []
    for low, _ in reversed(voices.values()):
        found.insert(0, max(low, found[0] + 1) if found else low)
    return found


def _roomy(count: int) -> int:
    """A length rounded up, so that few are compiled."""
    return max(16, 1 << (count - 1).bit_length())
