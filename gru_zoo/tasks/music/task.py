"""Task `music`: compose, continue and harmonize sequences of chords."""

import functools
import operator
import os
from collections.abc import Sequence
from typing import Any, Unpack

import keras
import numpy as np

from gru_zoo.base.task import Task
from gru_zoo.decoding.decoder import Decoder
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.batches import PieceBatches, pad_chords
from gru_zoo.tasks.music.decoder_steps import ChordSteps
from gru_zoo.tasks.music.key_finding import find_key, key_correlations, parse_key, semitones_to_c
from gru_zoo.tasks.music.model import Config, build
from gru_zoo.tasks.music.processor import MusicProcessor, Piece
from gru_zoo.tasks.music.prompts import (
    Prompt,
    check_melody,
    harmonized,
    highest_notes,
    in_range,
    pieces_of,
    read_prompt,
)
from gru_zoo.tasks.music.sampling import ChordSampler, shift_to_soprano
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.music.timing import steps_of_bars, value_at
from gru_zoo.tasks.music.training import compile_model, split
from gru_zoo.training.options import FitOptions

CANDIDATES = 16  # pieces that are sampled when the best of several is returned


class Music(Task):
    """Generation of polyphonic music in equal steps.

    The model takes chords, see `encode`, and returns their log-likelihoods, `(batch, time)`.

    Example:

    >>> import gru_zoo
    >>> music = gru_zoo.load("music_chorales")
    >>> piece = music.compose(bars=2, seed=1, key="G", tempo=100)
    >>> piece.bars, piece.tempo
    (2.0, 100)
    >>> from gru_zoo.tasks.music.score import Score
    >>> melody = Score(((67,), (69,), (71,), (72,)))
    >>> chorale = music.harmonise(melody, seed=1)
    >>> [(max(step), len(step)) for step in chorale.steps]  # soprano, number of voices
    [(67, 4), (69, 4), (71, 4), (72, 4)]
    """

    inputs = "music"
    Config = Config
    build = staticmethod(build)
    exported_outputs = ("log_likelihoods",)
    Processor = MusicProcessor
    samples = (1, 2)

    @functools.cached_property
    def sampler(self) -> ChordSampler:
        """Sampler of chords from the model."""
        return ChordSampler(Decoder(ChordSteps(self.model)), self.processor)

    def encode(self, pieces: Sequence[Piece]) -> np.ndarray:
        """Encode pieces as chords, padded with -1, int32, shape `(pieces, steps, slots)`.

        Args:
            pieces: lists of steps, each step the MIDI pitches that sound in it.

        Raises:
            ValueError: there are no pieces, a piece has no steps, or a pitch is out of range.
        """
        if not pieces or not all(pieces):
            raise ValueError("Expected pieces of one step or more. Received: none, or empty ones.")
        return pad_chords([self.processor.encode(piece) for piece in pieces])

    def log_likelihood(self, pieces: Sequence[Piece], batch_size: int = 16) -> np.ndarray:
        """Log-probability of each whole piece given its number of steps, in nats.

        It is exact: over all pieces with the same number of steps, the probabilities sum to 1.

        Args:
            pieces: lists of steps, each step the MIDI pitches that sound in it.
            batch_size: pieces a batch.

        Returns:
            float64, shape `(pieces,)`.

        Raises:
            ValueError: see `encode`; or a step has more notes than a chord of the model.
        """
        limit = self.processor.slots - 1
        if any(len(set(step)) > limit for piece in pieces for step in piece):
            raise ValueError(f"Expected steps of at most {limit} notes. Received: one with more.")
        totals = np.zeros(len(pieces))
        order = np.argsort([len(piece) for piece in pieces], kind="stable")
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            chords = self.encode([pieces[row] for row in rows])
            steps = keras.ops.convert_to_numpy(predict_on_batch(self.model, chords))
            totals[rows] = steps.astype("float64").sum(axis=1)
        return totals

    def examples(self, examples: list[Piece]) -> tuple[list[Piece], list]:
        """The pieces as inputs, and no targets."""
        return examples, []

    def evaluate(
        self, pieces: Sequence[Piece], targets: Sequence = (), verbose: bool = False
    ) -> list[Metric]:
        """Compute `nats_per_step`: the negative log-likelihood of pieces by their number of steps.

        Args:
            pieces: lists of steps, each step the MIDI pitches that sound in it.
            targets, verbose: ignored; other tasks use them.

        Raises:
            ValueError: see `log_likelihood`.
        """
        steps = sum(map(len, pieces))
        value = -float(self.log_likelihood(pieces).sum()) / steps
        signature = f"exact|whole pieces|steps:{steps}|pieces:{len(pieces)}"
        return [Metric("nats_per_step", value, signature)]

    def golden_inputs(self) -> list[np.ndarray]:
        """Chords of a scale in thirds with a rest at its end, and of the same backwards."""
        scale = [60 + n for n in (0, 2, 4, 5, 7, 9, 11, 12)]
        piece = [(a, b) for a, b in zip(scale, scale[2:], strict=False)]
        return [self.encode([[*piece, ()], [(), *reversed(piece)]])]

    def predict(self, inputs: Any) -> Any:
        """Compose a piece of 8 bars for each seed.

        Args:
            inputs: a seed, as a number or as text, or a list of seeds.

        Returns:
            A `Score`, or a list of them if `inputs` is a list.

        Raises:
            ValueError: an input is not a whole number.
        """
        if isinstance(inputs, (list, tuple)):
            return [self.predict(seed) for seed in inputs]
        try:
            seed = int(inputs) if isinstance(inputs, str) else operator.index(inputs)
        except (TypeError, ValueError):
            raise ValueError(
                f"Expected a whole number, the seed of a piece. Received: {inputs!r}."
            ) from None
        return self.compose(seed=seed)

    def compose(
        self,
        bars: int = 8,
        temperature: float = 1.0,
        seed: int | None = None,
        key: str | None = None,
        tempo: float = 90,
    ) -> Score:
        """Compose a new piece.

        Args:
            bars: length in bars of 4/4, above 0.
            temperature: divides the logits, above 0; below 1 it favors likely notes.
            seed: seed of the sampling; None composes another piece every time.
            key: key of the piece, such as "G" or "e minor". Several pieces are sampled, and the
                one that fits the mode best is transposed to the key. None keeps the first sample,
                in or near C.
            tempo: quarter notes a minute, from 4 to 1,000.

        Raises:
            ValueError: an argument is out of its range.
        """
        meter, count = (self.processor.beats_per_bar, 4), self.processor.steps_per_beat
        steps = steps_of_bars(bars, meter, count)
        if key is None:
            (piece,) = self.sampler.sample([[]], steps, temperature, seed)
            return Score(tuple(piece), tempo, count, meter)
        _, mode = parse_key(key)
        candidates = self.sampler.sample([[]] * CANDIDATES, steps, temperature, seed)
        best = max(candidates, key=lambda piece: key_correlations(piece)[f"C {mode}"])
        return Score(tuple(best), tempo, count, meter).transposed(-semitones_to_c(key))

    def continue_(
        self,
        prompt: Prompt,
        bars: int = 4,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Score:
        """Continue a piece.

        The prompt is quantized to the steps of the model. If its shortest regular notes are
        shorter, they become the steps, so that a scale in eighths stays a scale.

        Args:
            prompt: a score, or the path of a MIDI file.
            bars: number of bars to add, above 0, of the last meter of the prompt.
            temperature, seed: see `compose`.

        Returns:
            The prompt in steps, followed by the new bars in its last tempo and meter.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the file cannot be read, the prompt has no notes, or a number is out of its
                range.
        """
        score = read_prompt(prompt, self.processor)
        end, count = score.beats, score.steps_per_beat
        tempo = value_at(end, score.tempo, score.tempo_changes)
        meter = value_at(end, score.meter, score.meter_changes)
        shift = semitones_to_c(find_key(score.steps))
        in_c = in_range(score.transposed(shift), self.processor).steps
        steps = steps_of_bars(bars, meter, count)
        (piece,) = self.sampler.sample([in_c], steps, temperature, seed)
        return score.followed_by(Score(tuple(piece), tempo, count, meter).transposed(-shift))

    def harmonise(
        self,
        melody: Prompt,
        temperature: float = 0.7,
        seed: int | None = None,
        top_line: bool = False,
    ) -> Score:
        """Harmonize a melody: add alto, tenor and bass to a soprano.

        The melody is transposed to C, and by octaves to where it fits the range of the preset's
        soprano best. Several harmonizations are sampled chord by chord, with every voice in its
        range, and the one with the highest likelihood is transposed back. Its `remark` says how far
        the melody was moved.

        Args:
            melody: a score, or the path of a MIDI file.
            temperature, seed: see `compose`.
            top_line: whether to take the highest note of each step if there are several. Otherwise
                they are an error.

        Returns:
            The harmonized melody in steps, see `continue_`.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the preset has no voices, the melody has no notes, several at once or too
                wide a range, the file cannot be read, or the temperature is out of its range.
        """
        if self.processor.voices is None:
            raise ValueError(
                f"Expected a preset with voices. Received: '{self.card.name}' has none. Load "
                "'music_chorales'."
            )
        score = read_prompt(melody, self.processor)
        if not top_line:
            check_melody(score)
        tune = highest_notes(score)
        highest = self.processor.lowest + self.processor.keys - 1
        pitches = [pitch for step in tune.steps for pitch in step]
        shift, voices = shift_to_soprano(
            pitches, self.processor.voices, semitones_to_c(find_key(tune.steps)), highest
        )
        candidates = self.sampler.sample(
            [[]] * CANDIDATES,
            len(tune.steps),
            temperature,
            seed,
            melody=[step[0] + shift if step else None for step in tune.steps],
            voices=voices,
        )
        best = candidates[int(np.argmax(self.log_likelihood(candidates)))]
        return harmonized(tune, best, shift)

    def demo(self) -> list[str]:
        """Summaries of two pieces of 8 bars."""
        return [f"compose(seed={seed}): {self.compose(seed=seed)}" for seed in self.samples]

    def fit(
        self,
        music: Sequence[Piece | str | os.PathLike] | str | os.PathLike,
        validation: float | Sequence[Piece] = 0.1,
        epochs: int = 20,
        batch_size: int = 16,
        part: int = 100,
        slots: int | None = None,
        learning_rate: float = 1e-3,
        warmup: float = 0.05,
        seed: int = 0,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Train on music of your own; the weights of the best epochs are kept.

        Args:
            music: folder of MIDI files, list of their paths, or pieces as lists of steps. Files are
                transposed to C, and those that cannot be read are left out with a warning; pieces
                are taken as they are.
            validation: share of the pieces to hold out for validation, or validation pieces.
            epochs: number of passes over the pieces.
            batch_size: parts of pieces a batch.
            part: length of a part in steps, see `PieceBatches`.
            slots: maximum entries of a chord to train on, its end included, which saves time if
                few chords have more; None trains on all.
            learning_rate: peak learning rate of Adam.
            warmup: share of the optimizer steps in which the learning rate rises.
            seed: seed of the split, of the order of the batches and of dropout.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `nats` (nats a step) and `val_nats` of every epoch.

        Raises:
            FileNotFoundError: a file or folder does not exist.
            ValueError: no file can be read, or `validation` leaves no pieces on one side.
        """
        self._check_options(options)
        pieces, held_out = split(self._pieces(music), validation, seed)
        chords, held_out_chords = (
            [self.processor.encode(piece)[:, :slots] for piece in group]
            for group in (pieces, held_out)
        )
        return self._train(
            PieceBatches(chords, batch_size=batch_size, part=part, seed=seed),
            PieceBatches(held_out_chords, batch_size=batch_size, shuffle=False),
            functools.partial(compile_model, self.model),
            learning_rate=learning_rate,
            warmup=warmup,
            monitor="val_nats",
            mode="min",
            settings={
                "pieces": [len(pieces), len(held_out)],
                "batch_size": batch_size,
                "part": part,
                "slots": slots,
            },
            kind="music",
            count=len(pieces),
            seed=seed,
            epochs=epochs,
            **options,
        )

    def _pieces(self, music: Any) -> list[Piece]:
        """The pieces, with MIDI files read and transposed to C."""
        if isinstance(music, (str, os.PathLike)):
            music = midi.files(music)
        return pieces_of(
            music, lambda path: in_range(read_prompt(path, self.processor).in_c(), self.processor)
        )
