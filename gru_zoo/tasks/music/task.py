"""Music: the task that all models over the chords of a piece share."""

import functools
import operator
import os
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import training
from gru_zoo.base.task import Task
from gru_zoo.decoding.decoder import Decoder
from gru_zoo.metrics.metric import Metric
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.music import key_finding as keys
from gru_zoo.tasks.music import midi
from gru_zoo.tasks.music.batches import PieceBatches, pad_chords
from gru_zoo.tasks.music.decoder_steps import ChordSteps
from gru_zoo.tasks.music.losses import NegativeLogLikelihood
from gru_zoo.tasks.music.model import Config, build
from gru_zoo.tasks.music.processor import MusicProcessor, Piece
from gru_zoo.tasks.music.sampling import ChordSampler, lowest_pitches
from gru_zoo.tasks.music.score import Score
from gru_zoo.tasks.music.training import NatsPerStep, split

Prompt = Score | str | os.PathLike


class Music(Task):
    """Pieces of music, step by step.

    The model takes chords as `music.processor` makes them, `(batch, time, slots)`, and returns the
    log-likelihood of each, `(batch, time)`.
    """

    inputs = "music"
    Config = Config
    build = staticmethod(build)

    Processor = MusicProcessor
    samples = (1, 2)

    @functools.cached_property
    def writer(self) -> ChordSampler:
        """The model as it writes, see `gru_zoo.tasks.music.sampling`."""
        return ChordSampler(Decoder(ChordSteps(self.model)), self.processor)

    def encode(self, pieces: Sequence[Piece]) -> np.ndarray:
        """The chords that `model` takes, int32, shape `(pieces, steps, slots)`.

        Args:
            pieces: lists of steps, each the MIDI pitches that sound in it.

        Raises:
            ValueError: no pieces, or a pitch out of range.
        """
        if not pieces or not all(pieces):
            raise ValueError("Expected pieces of one step or more. Received: none, or empty ones.")
        return pad_chords([self.processor.encode(piece) for piece in pieces])

    def log_likelihood(self, pieces: Sequence[Piece], batch_size: int = 16) -> np.ndarray:
        """Log-probability of each whole piece given its number of steps, in nats, float64.

        It is exact: over all pieces of as many steps the probabilities sum to 1.

        Raises:
            ValueError: as `encode`, or a step has more notes than the model can write.
        """
        most = self.processor.slots - 1
        if any(len(set(step)) > most for piece in pieces for step in piece):
            raise ValueError(f"Expected steps of at most {most} notes. Received: one with more.")
        found = np.zeros(len(pieces))
        order = np.argsort([len(piece) for piece in pieces], kind="stable")
        for rows in np.split(order, range(batch_size, len(order), batch_size)):
            chords = self.encode([pieces[row] for row in rows])
            steps = keras.ops.convert_to_numpy(predict_on_batch(self.model, chords))
            found[rows] = steps.astype("float64").sum(axis=1)
        return found

    def examples(self, examples: list) -> tuple[list, list]:
        """A piece is all there is: there are no targets."""
        return examples, []

    def evaluate(self, pieces, targets=(), verbose: bool = False) -> list[Metric]:
        """Negative log-likelihood in nats a step over whole pieces, every step counted.

        Args:
            pieces: lists of steps of MIDI pitches.
            targets: none.
            verbose: accepted for likeness with other tasks.
        """
        steps = sum(map(len, pieces))
        value = -float(self.log_likelihood(pieces).sum()) / steps
        signature = f"exact|whole pieces|steps:{steps}|pieces:{len(pieces)}"
        return [Metric("nats_per_step", value, signature)]

    def golden_inputs(self) -> list[np.ndarray]:
        """Chords of a scale in thirds, and of the same turned round, with a rest."""
        scale = [60 + n for n in (0, 2, 4, 5, 7, 9, 11, 12)]
        piece = [(a, b) for a, b in zip(scale, scale[2:], strict=False)]
        return [self.encode([[*piece, ()], [(), *reversed(piece)]])]

    def predict(self, inputs: Any) -> Any:
        """A piece of 8 bars for each seed.

        Args:
            inputs: a whole number, also as text, or a list of them.
        """
        if isinstance(inputs, (list, tuple)):
            return [self.predict(seed) for seed in inputs]
        try:
            seed = int(inputs) if isinstance(inputs, str) else operator.index(inputs)
        except (TypeError, ValueError):
            raise ValueError(
                f"Expected a whole number, which stands for a piece. Received: {inputs!r}."
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
        """A new piece.

        Args:
            bars: its length, in bars of 4/4.
            temperature: above 0; below 1 the likely gets likelier.
            seed: a number that stands for the piece; None draws another one every time.
            key: such as "G" or "e minor". Several pieces are drawn, and the one that fits this key
                best is moved there. None keeps the piece as drawn, around C.
            tempo: quarter notes a minute.

        Raises:
            ValueError: an argument is out of its range.
        """
        if key is None:
            (steps,) = self.writer.write([[]], bars, temperature, seed)
            return self._score(steps, tempo)
        _, mode = keys.parse(key)
        drawn = self.writer.write([[]] * CANDIDATES, bars, temperature, seed)
        best = max(drawn, key=lambda steps: keys.key_correlations(steps)[f"C {mode}"])
        return self._score(best, tempo).transposed(-keys.semitones_to_c(key))

    def continue_(
        self,
        prompt: Prompt,
        bars: int = 4,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Score:
        """A piece and what might follow it.

        Args:
            prompt: a score, or the path of a MIDI file.
            bars: bars of 4/4 to add.
            temperature: as for `compose`.
            seed: as for `compose`.

        Returns:
            The prompt, in the model's steps, with the new bars behind it.

        Raises:
            ValueError: the prompt is no MIDI file that can be read, or has no notes.
        """
        score = self._read(prompt)
        shift = keys.semitones_to_c(keys.find_key(score.steps))
        near = self._in_range(score.transposed(shift)).steps
        (steps,) = self.writer.write([near], bars, temperature, seed)
        new = self._score(steps, score.tempo).transposed(-shift)
        return score.followed_by(new)

    def harmonise(self, melody: Prompt, temperature: float = 0.7, seed: int | None = None) -> Score:
        """Alto, tenor and bass under a soprano.

        Several settings are drawn chord by chord, the soprano given and every voice in its range,
        and the one of the largest likelihood as a whole is returned. A melody that lies octaves
        away from the preset's soprano is set there and brought back, all voices with it.

        Args:
            melody: a score, or the path of a MIDI file; the highest note of every step is taken.
            temperature: as for `compose`.
            seed: as for `compose`.

        Raises:
            ValueError: the preset has no voices, the melody none or too wide a range, or the file
                cannot be read.
        """
        voices = self.processor.voices
        if voices is None:
            raise ValueError(
                f"Expected a preset with voices. Received: '{self.card.name}' has none. Load "
                "'music_chorales'."
            )
        score = self._read(melody)
        tops = [max(step) if step else None for step in score.steps]
        sung = [pitch for pitch in tops if pitch is not None]
        low, high = next(iter(voices.values()))
        low = max(low, lowest_pitches(voices)[0])
        octave = 12 * round(((low + high) - (min(sung) + max(sung))) / 24)
        if min(sung) + octave < low or max(sung) + octave > high:
            raise ValueError(
                f"Expected a melody within the soprano's range, {low} to {high}, or octaves from "
                f"it. Received: pitches from {min(sung)} to {max(sung)}."
            )
        tops = [None if pitch is None else pitch + octave for pitch in tops]
        shift = keys.semitones_to_c(keys.find_key([(pitch,) for pitch in sung]))
        drawn = self.writer.write(
            [[]] * CANDIDATES,
            len(tops) / self.processor.steps_per_bar,
            temperature,
            seed,
            tops=[None if pitch is None else pitch + shift for pitch in tops],
            voices={name: (a + shift, b + shift) for name, (a, b) in voices.items()},
        )
        best = drawn[int(np.argmax(self.log_likelihood(drawn)))]
        return self._score(best, score.tempo).transposed(-shift - octave)

    def _read(self, prompt: Prompt) -> Score:
        """A score in the model's steps, with notes."""
        count = self.processor.steps_per_beat
        score = prompt if isinstance(prompt, Score) else midi.read(prompt, count)
        score = self._in_range(score.with_steps_per_beat(count))
        if not any(score.steps):
            where = "none" if isinstance(prompt, Score) else f"'{prompt}', which has none"
            raise ValueError(
                f"Expected music with notes among the {self.processor.keys} keys from "
                f"{self.processor.lowest}, drums left out. Received: {where}."
            )
        return score

    def _in_range(self, score: Score) -> Score:
        lowest, highest = self.processor.lowest, self.processor.lowest + self.processor.keys - 1
        return score.within(lowest, highest)

    def _score(self, steps, tempo) -> Score:
        return Score(
            tuple(steps), tempo, self.processor.steps_per_beat, self.processor.beats_per_bar
        )

    def demo(self) -> list[str]:
        """What two pieces of 8 bars consist of."""
        return [f"compose(seed={seed}): {self.compose(seed=seed)}" for seed in self.samples]

    def compile(self, optimizer: keras.optimizers.Optimizer | str) -> None:
        """Ready `model` for `fit` on `gru_zoo.tasks.music.batches.PieceBatches`."""
        self.model.compile(
            optimizer=optimizer,
            loss=NegativeLogLikelihood(),
            weighted_metrics=[NatsPerStep(name="nats")],
            jit_compile=training.jit_compile(),
        )

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
        average: int = 1,
        seed: int = 0,
        directory: str | os.PathLike | None = None,
        resume: bool = False,
        verbose: int | str = "auto",
    ) -> keras.callbacks.History:
        """Learn from music of your own; the epochs of the best likelihood are kept.

        Args:
            music: a folder of MIDI files, their paths, or pieces as lists of steps. Files are
                moved to C; pieces are taken as they are.
            validation: share of the pieces held out to find the best epoch, or the pieces.
            epochs: passes over the pieces.
            batch_size: parts of pieces a step.
            part: steps of a part, see `PieceBatches`.
            slots: learn from no more than the first entries of a chord, its end counted as one,
                which saves time where few chords have more; None takes all.
            learning_rate: peak rate of Adam.
            warmup: share of the steps in which the rate rises.
            average: number of best epochs whose mean the weights become.
            seed: of the split, the order of the batches and dropout.
            directory: keep the state of every epoch here, so that a killed training can go on.
            resume: go on with the training in `directory`.
            verbose: as in `keras.Model.fit`.

        Returns:
            The history, with `nats`, those of a step, and `val_nats` of every epoch.
        """
        pieces, held = split(self._pieces(music), validation, seed)

        def batches(pieces, **options):
            chords = [self.processor.encode(piece)[:, :slots] for piece in pieces]
            return PieceBatches(chords, batch_size=batch_size, **options)

        return self._train(
            batches(pieces, part=part, seed=seed),
            batches(held, shuffle=False),
            self.compile,
            learning_rate=learning_rate,
            warmup=warmup,
            monitor="val_nats",
            mode="min",
            settings={
                "pieces": [len(pieces), len(held)],
                "batch_size": batch_size,
                "part": part,
                "slots": slots,
            },
            kind="music",
            count=len(pieces),
            seed=seed,
            epochs=epochs,
            average=average,
            directory=directory,
            resume=resume,
            verbose=verbose,
        )

    def _pieces(self, music) -> list[Piece]:
        """Pieces as given, or those of MIDI files, in C."""
        if isinstance(music, (str, os.PathLike)):
            music = midi.files(music)
        pieces = []
        for item in music:
            if isinstance(item, (str, os.PathLike)):
                item = self._in_range(self._read(item).in_c()).steps
            pieces.append(item)
        return pieces


CANDIDATES = 16  # pieces drawn where the best is to be found
