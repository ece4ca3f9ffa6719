"""Sampling of chords: after a prompt, under a given melody, within the ranges of voices."""

from collections.abc import Sequence

import numpy as np

from gru_zoo.decoding.decoder import Decoder
from gru_zoo.tasks.music.decoder_steps import FIRST_CLASS_TOKEN
from gru_zoo.tasks.music.processor import MusicProcessor, Piece, Voices


class ChordSampler:
    """Samples steps from a music model, one entry of a chord at a time.

    Args:
        decoder: decoder of `gru_zoo.tasks.music.decoder_steps.ChordSteps`.
        processor: processor of the model.
    """

    def __init__(self, decoder: Decoder, processor: MusicProcessor):
        self.decoder, self.processor = decoder, processor

    def sample(
        self,
        prompts: Sequence[Piece],
        count: int,
        temperature: float,
        seed: int | None,
        melody: Sequence[int | None] | None = None,
        voices: Voices | None = None,
    ) -> list[list[tuple[int, ...]]]:
        """Sample a continuation of each prompt.

        Args:
            prompts: steps to continue; an empty prompt starts a piece.
            count: number of steps of each continuation, 1 or more.
            temperature: see `Decoder.sample`.
            seed: seed of the sampling; None samples differently every time.
            melody: highest pitch of each step, None for a rest. Without a melody the model chooses.
            voices: ranges in which the entries of a chord must lie, the highest voice first.

        Returns:
            The new steps of each prompt, each step with its MIDI pitches in ascending order.

        Raises:
            ValueError: the temperature is out of its range.
        """
        if seed is None:
            seed = int(np.random.default_rng().integers(2**31))
        rows, slots, classes = len(prompts), self.processor.slots, self.processor.keys + 1
        required = np.full((rows, _rounded_up(count + 1)), -1, "int32")
        if melody is not None:
            lowest = self.processor.lowest
            required[:, :count] = [0 if p is None else p - lowest + 1 for p in melody]
        permitted = np.ones((rows, slots, classes), bool)
        if voices is not None:
            permitted[:] = self._permitted_classes(voices)
        permitted[:, -1] = np.arange(classes) == 0
        lengths = np.full(rows, count, "int32")
        samples = self.decoder.sample(
            (*self.encode_prompts(prompts), lengths, required, permitted),
            lengths * slots + 1,
            temperature=temperature,
            seed=seed,
        )
        return [
            self.processor.decode((tokens - FIRST_CLASS_TOKEN).tolist())
            for (tokens,) in samples.ids
        ]

    def encode_prompts(self, prompts: Sequence[Piece]) -> tuple[np.ndarray, np.ndarray]:
        """Piano rolls of prompts and their mask, padded on the left, for `ChordSteps.start`.

        Returns:
            Rolls, float32, shape `(prompts, time, keys + 1)`, whose last key marks the start of a
            piece; and the mask, boolean, shape `(prompts, time)`.
        """
        width = _rounded_up(1 + max(map(len, prompts)))
        rolls = np.zeros((len(prompts), width, self.processor.keys + 1), "float32")
        mask = np.zeros((len(prompts), width), bool)
        for roll, row_mask, prompt in zip(rolls, mask, prompts, strict=True):
            start = width - len(prompt) - 1
            row_mask[start:] = True
            roll[start, -1] = 1
            for row, step in zip(roll[start + 1 :], prompt, strict=True):
                row[[pitch - self.processor.lowest for pitch in step]] = 1
        return rolls, mask

    def _permitted_classes(self, voices: Voices) -> np.ndarray:
        """Classes that each entry of a chord may have, boolean, `(slots, keys + 1)`.

        Every choice leaves notes for the voices below.
        """
        permitted = np.zeros((self.processor.slots, self.processor.keys + 1), bool)
        class_0 = self.processor.lowest - 1  # the pitch that class 0 would have
        for row, low, (_, high) in zip(
            permitted, lowest_pitches(voices), voices.values(), strict=False
        ):
            row[low - class_0 : high - class_0 + 1] = True
        permitted[0, 0] = True  # a rest
        permitted[len(voices) :, 0] = True
        return permitted


def lowest_pitches(voices: Voices) -> list[int]:
    """Lowest pitch of each voice that leaves a pitch for every voice below it."""
    lowest: list[int] = []
    for low, _ in reversed(voices.values()):
        lowest.insert(0, max(low, lowest[0] + 1) if lowest else low)
    return lowest


def shift_to_soprano(
    pitches: Sequence[int], voices: Voices, semitones: int, highest: int
) -> tuple[int, Voices]:
    """Semitones that bring a melody into the range of the highest voice, as far as it fits.

    Args:
        pitches: MIDI pitches of the melody.
        voices: lowest and highest pitch of each voice, the highest voice first.
        semitones: semitones to the key of the model. Octaves are added to them.
        highest: highest pitch of the model.

    Returns:
        The semitones, and the voices. The range of the highest one is wider if the melody needs it.

    Raises:
        ValueError: the melody is too wide.
    """
    (name, (low, high)), *others = voices.items()
    low = max(low, lowest_pitches(voices)[0])
    # Below this no pitch is left for the other voices.
    floor = lowest_pitches(dict(others))[0] + 1 if others else low
    bottom, top = min(pitches), max(pitches)

    def misfit(shift: int) -> tuple[int, int]:
        outside = max(0, low - bottom - shift) + max(0, top + shift - high)
        return outside, abs(low + high - bottom - top - 2 * shift)

    shifts = [semitones + 12 * octaves for octaves in range(-10, 11)]
    possible = [shift for shift in shifts if bottom + shift >= floor and top + shift <= highest]
    if not possible:
        raise ValueError(
            f"Expected a melody that fits between the pitches {floor} and {highest} in an octave. "
            f"Received: pitches from {bottom} to {top}."
        )
    best = min(possible, key=misfit)
    return best, {**voices, name: (min(low, bottom + best), max(high, top + best))}


def _rounded_up(length: int) -> int:
    """The next power of two, at least 16: few lengths are compiled."""
    return max(16, 1 << (length - 1).bit_length())
