"""Text generation: the task that all language models share."""

import functools
import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import metrics, training
from gru_zoo.base.task import Task
from gru_zoo.batching.padding import pad
from gru_zoo.batching.stream import StreamBatches
from gru_zoo.decoding.decoder import Decoder, check_best, width_of
from gru_zoo.losses.crossentropy import SmoothedCrossentropy
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import Card
from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.next_word import MOST_READ, NextWordSearch
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.reader import (
    MOST,
    GateActivity,
    LanguageModelReader,
    grus_of,
    negative_log_likelihood,
)
from gru_zoo.tasks.text_generation.results import Score, Suggestion
from gru_zoo.tasks.text_generation.training import split
from gru_zoo.text.inputs import as_texts, normalize_newlines
from gru_zoo.text.special_tokens import EOS, PAD, UNK
from gru_zoo.text.word_count import count_words
from gru_zoo.training.stateful import ResetStates, StatefulModel

# Pieces that are written before they are shown; a search has at least so many steps.
_STREAMED = 16

# Beginnings for models over sub-words, which read prose as WikiText has it.
_ARTICLES = (
    "The bridge was built in 1932 , and it was opened to the public in\n",
    "In the second half of the season , the team",
    "I would like to",
)


class TextGeneration(Task):
    """A text to what comes after it.

    The model is as `LanguageModelReader` takes it; its GRUs are named `gru_1` and so on. A text
    begins as a line does: behind `EOS`.
    """

    inputs = "running text"
    Config = Config
    build = staticmethod(build)
    Processor = LanguageModelProcessor
    _kept: tuple[np.ndarray, list[np.ndarray]] | None = None
    samples = (
        "First Citizen:\nBefore we proceed any further, hear me speak.\n",
        "O Romeo, Romeo! wherefore art thou ",
        "I would like to",
    )

    def __init__(self, model: keras.Model, processor: LanguageModelProcessor, card: Card):
        super().__init__(model, processor, card)
        self._searches: dict[int, NextWordSearch] = {}
        if not processor.by_characters:
            self.samples = _ARTICLES

    @functools.cached_property
    def steps(self) -> Any:
        """The model piece by piece, as searches take it."""
        return LanguageModelSteps(self.model)

    @functools.cached_property
    def decoder(self) -> Decoder:
        """The searches over the model, see `gru_zoo.decoding.decoder`."""
        return Decoder(self.steps, fixed=True)

    @functools.cached_property
    def reader(self) -> LanguageModelReader:
        """The model as it reads a text, see `gru_zoo.tasks.text_generation.reader`."""
        return LanguageModelReader(self.model)

    def _next_word(self, beam_size: int) -> NextWordSearch:
        if beam_size not in self._searches:
            begin, inside = self.processor.word_pieces()
            self._searches[beam_size] = NextWordSearch(self.steps, begin, inside, beam_size)
        return self._searches[beam_size]

    def generate(
        self,
        prompt: str = "",
        length: int = 200,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
        n: int = 1,
    ) -> str | list[str]:
        """Text that goes on behind a prompt, which is not repeated.

        Args:
            prompt: the text so far; an empty one starts a line.
            length: pieces to write: characters, or sub-words, whichever the model knows.
            temperature: above 0; below 1 the likely gets likelier, above 1 less so.
            top_k: draw among this many of the likeliest pieces, 0 for all.
            top_p: draw among the fewest likeliest pieces that together have this probability,
                above 0, at most 1.
            seed: of the draw: on one backend the same seed gives the same text. None draws anew.
            n: number of texts.

        Returns:
            A text, or with `n` above 1 a list of them.

        Raises:
            TypeError: the prompt is not a string.
            ValueError: a number is out of its range.
        """
        if length < 0 or n < 1:
            raise ValueError(f"Expected length >= 0 and n >= 1. Received: length={length}, n={n}.")
        random, limits = np.random.default_rng(seed), np.full(n, length)
        ids, states = self._read(prompt)
        inputs = self.steps.inputs(*states, n, width_of(limits))
        found = self.decoder.sample(inputs, limits, temperature, top_k, top_p, random)
        texts = [self._behind(ids, written) for (written,) in found.ids]
        return texts if n > 1 else texts[0]

    def stream(
        self,
        prompt: str = "",
        length: int = 200,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
    ) -> Iterator[str]:
        """The text of `generate` piece by piece, while it is written.

        Arguments and errors are those of `generate`, the errors raised when the first piece is
        asked for. Sixteen pieces are written at a time; put together they are what `generate`
        returns for the same seed.
        """
        if length < 0:
            raise ValueError(f"Expected length >= 0. Received: length={length}.")
        ids, states = self._read(prompt)
        inputs = self.steps.inputs(*states, room=width_of(np.array([length])))
        random = np.random.default_rng(seed)
        shown, written = 0, np.zeros(0, "int32")
        for start in range(0, length, _STREAMED):
            limits = np.array([min(_STREAMED, length - start)])
            found = self.decoder.sample(inputs, limits, temperature, top_k, top_p, random)
            ((new,),) = found.ids
            state = [*map(keras.ops.convert_to_numpy, found.state)]
            inputs = [new[-1:], *inputs[1 : -len(state)], *state]
            for token in new:
                written = np.append(written, token)
                text = self._behind(ids, written)
                # A character that is spelled byte by byte is shown when it is complete.
                if len(text) > shown and not text.endswith("\ufffd"):
                    yield text[shown:]
                    shown = len(text)
        if len(text := self._behind(ids, written)) > shown:
            yield text[shown:]

    def predict(self, inputs: str | Sequence[str]) -> Any:
        """`generate` with its defaults and seed 0, behind a text or each of many."""
        texts = [self.generate(text, seed=0) for text in as_texts(inputs)]
        return texts[0] if isinstance(inputs, str) else texts

    def suggest(self, text: str, n: int = 3, beam_size: int = 8) -> list[Suggestion]:
        """The likeliest next words behind a text, for a keyboard.

        The text is taken to end with a whole word, whether or not a space follows. A word is
        searched for piece by piece, and its probability is the product of theirs and of that of a
        piece that ends it, given that a word follows. While it is spelled, a model with a memory
        points at the text alone, not at the word. The states after the text are kept until
        `fit`, so that of a text that grows from call to call only the new part is read. They know
        nothing of weights that are changed by hand, as `model.set_weights` and `model.fit` do:
        `suggest("")` behind such a change lets the next text be read from its beginning.

        Args:
            text: the text so far.
            n: number of words, at most `beam_size`. Fewer are returned if no more are found.
            beam_size: beginnings of words that are followed at a time.

        Raises:
            TypeError: the text is not a string.
            ValueError: if `n` is not between 1 and `beam_size`.
        """
        (text,) = as_texts([text])
        check_best(n, beam_size, "n")
        text = text.rstrip()
        if self.processor.by_characters and text:
            text += " "
        read = self._read_ids(text)
        done, states = self._kept or (read[:0], [])
        if not 0 < len(done) < len(read) or (done != read[: len(done)]).any():
            done, states = read[:0], self.reader.first_states()
        new = read[len(done) :]
        if len(new) > MOST_READ:
            states = [*map(keras.ops.convert_to_numpy, states)]
            states = self.reader.states_behind(new[:-MOST_READ], states)
        found, states = self._next_word(beam_size).search(new[-MOST_READ:], states, n)
        self._kept = read[:-1], states
        return [Suggestion(self.processor.decode(ids), share) for ids, share in found]

    def score(self, text: str) -> Score:
        """How well the model foresees a text, read in one pass.

        Args:
            text: the text, of one word or more. Characters that a model over characters lacks
                cost what it gives to unknown ones.

        Raises:
            TypeError: the text is not a string.
            ValueError: it has no words.
        """
        text = normalize_newlines(*as_texts([text]))
        if not text.strip():
            raise ValueError(f"Expected a text of one word or more. Received: {text!r:.80}.")
        nats = float(self.reader.nats(self.processor.encode(text)).sum())
        per_word = nats / count_words(text)
        return Score(nats, nats / len(text), per_word, float(np.exp(per_word)))

    def gates(self, text: str, depth: int = 1) -> GateActivity:
        """What the gates of a GRU do while a text is read.

        Args:
            text: the text, of 1 to 512 pieces.
            depth: which of the GRUs, 1 is the lowest.

        Raises:
            ValueError: there is no such GRU, or the text is empty or too long to be read at once.
        """
        count = len(grus_of(self.model))
        if not 1 <= depth <= count:
            raise ValueError(f"Expected a depth from 1 to {count}. Received: depth={depth}.")
        ids = self.processor.encode(*as_texts([text]))
        if not 0 < len(ids) <= MOST:
            raise ValueError(f"Expected a text of 1 to {MOST} pieces. Received: one of {len(ids)}.")
        update, reset = self.reader.gates(ids, depth)
        return GateActivity(tuple(self.processor.pieces(ids)), update, reset)

    def encode(self, text: str) -> tuple[list[np.ndarray], np.ndarray]:
        """The arrays that `model` takes, and the ids that it is to foresee.

        Returns:
            `([ids, the states before a text], next ids)`: ids int32, shape `(1, length)`, padded
            with 0; states of zeros.

        Raises:
            ValueError: the text has more than 512 pieces; `score` reads such texts by windows.
        """
        (text,) = as_texts([text])
        ids = self.processor.encode(text)
        if len(ids) > MOST:
            raise ValueError(
                f"Expected a text of at most {MOST} pieces. Received: {len(ids)}. Use score, which "
                "reads longer ones window by window."
            )
        read = np.concatenate([[EOS], ids])[: len(ids)]
        return [pad([read]), *self.reader.first_states()], pad([ids])

    def _read(self, prompt: str) -> tuple[np.ndarray, tuple[np.ndarray, list[np.ndarray]]]:
        """The ids of a prompt; and the last id, behind which a search goes on, and the states
        before it.
        """
        (prompt,) = as_texts([prompt])
        read = self._read_ids(prompt)
        return read[1:], (
            read[-1:],
            self.reader.states_behind(read[:-1], self.reader.first_states()),
        )

    def _read_ids(self, text: str) -> np.ndarray:
        """The ids of a text and, before them, what it begins behind."""
        return np.concatenate([[EOS], self.processor.encode(text)]).astype("int32")

    def _behind(self, ids: np.ndarray, written: np.ndarray) -> str:
        """Text of what was written behind the ids of a prompt."""
        line = ids[np.flatnonzero(ids == EOS)[-1] + 1 :] if (ids == EOS).any() else ids
        whole = self.processor.decode([*line, *written])
        return whole[len(self.processor.decode(line)) :]

    def demo(self) -> list[str]:
        """A text for each sample, and the likeliest words behind it."""
        lines = []
        for sample in self.samples:
            words = ", ".join(map(str, self.suggest(sample)))
            lines += [f"{sample!r}", f"  goes on: {self.generate(sample, 80, 0.7, seed=1)!r}"]
            lines += [f"  next word: {words}"]
        return lines

    def golden_inputs(self) -> list[np.ndarray]:
        """The samples as one text, and the ids that are to be foreseen."""
        inputs, targets = self.encode("".join(self.samples))
        return [*inputs, targets]

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Log-probability of every id."""
        logits, *_ = predict_on_batch(self.model, inputs[:-1])
        targets = inputs[-1]
        costs = negative_log_likelihood(np.asarray(logits), targets)
        return [np.where(targets == PAD, 0, -costs).astype("float32")]

    def examples(self, examples: list[str]) -> tuple[list[str], list[str]]:
        """Texts, which are inputs and targets at once."""
        return examples, examples

    def evaluate(
        self, inputs: Sequence[str], targets: Sequence[str], verbose: bool = False
    ) -> list[metrics.Metric]:
        """`nats_per_char` and `word_perplexity` of texts, each read in one pass.

        Of a model over sub-words the perplexity comes first, as others state it.

        Args:
            inputs: the texts.
            targets: the same texts; what is foreseen is what is read.
            verbose: whether to show progress.
        """
        texts = as_texts(inputs)
        if texts != as_texts(targets):
            raise ValueError("Expected the inputs as targets. Received: other texts.")
        texts = [*map(normalize_newlines, texts)]
        if not any(text.strip() for text in texts):
            raise ValueError("Expected at least one text with a word. Received: none.")
        nats = sum(float(self.reader.nats(self.processor.encode(t), verbose).sum()) for t in texts)
        found = [
            metrics.nats_per_char(nats, "".join(texts)),
            metrics.word_perplexity(nats, " ".join(texts)),  # no word goes on in the next text
        ]
        return found if self.processor.by_characters else found[::-1]

    def fit(
        self,
        text: str,
        validation: float | str = 0.1,
        epochs: int = 4,
        rows: int = 16,
        window: int = 100,
        learning_rate: float = 1e-3,
        warmup: float = 0.1,
        weight_decay: float | None = None,
        average: int = 1,
        patience: int | None = None,
        seed: int = 0,
        directory: str | os.PathLike | None = None,
        resume: bool = False,
        verbose: int | str = "auto",
    ) -> keras.callbacks.History:
        """Adapt the model to a text of your own; the epochs that foresee best are kept.

        Args:
            text: training text.
            validation: share of the text, cut from its end, that is held out to find the best
                epoch, or a text.
            epochs: passes over the text.
            rows: streams that the text is cut into, read side by side, 1 or more.
            window: mean pieces of a stream a step, over which the gradient reaches, 1 or more.
            learning_rate: peak rate of Adam.
            warmup: share of the steps in which the rate rises.
            weight_decay: of Adam, decoupled (Loshchilov & Hutter 2019).
            average: number of best epochs whose mean the weights become.
            patience: stop after so many epochs without a better one; None goes on to the end.
            seed: of the windows and dropout.
            directory: keep the state of every epoch here, so that a killed training can go on.
            resume: go on with the training in `directory`.
            verbose: as in `keras.Model.fit`.

        Returns:
            The history, with `loss` and `val_loss`, in nats a piece, of every epoch. The streams of
            the held-out text begin without a state, so `score` finds a little less.

        Raises:
            TypeError: `validation` is neither a share nor a text.
            ValueError: a number is out of its range, or a text is too short for its streams.
        """
        ids, held = map(self._trainable, split(text, validation))
        size: dict[str, Any] = {"rows": rows, "window": window}
        train = StreamBatches(ids, **size, seed=seed, name="a text to train on")
        held_out = StreamBatches(held, **size, shuffle=False, name="a held-out text")
        model = StatefulModel(self.model, rows)
        compile = functools.partial(
            model.compile, loss=SmoothedCrossentropy(0.0), jit_compile=training.jit_compile()
        )
        try:
            return self._train(
                train,
                held_out,
                compile,
                learning_rate=learning_rate,
                warmup=warmup,
                weight_decay=weight_decay,
                model=model,
                monitor="val_loss",
                mode="min",
                settings={"pieces": len(ids), **size},
                kind="text",
                count=len(ids),
                seed=seed,
                epochs=epochs,
                average=average,
                patience=patience,
                directory=directory,
                resume=resume,
                verbose=verbose,
                callbacks=(ResetStates(),),
            )
        finally:
            self._kept = None  # states of the weights before

    def _trainable(self, text: str) -> np.ndarray:
        """Ids of a text, with a warning if the model over characters lacks some of it."""
        ids = self.processor.encode(text)
        unknown = int((ids == UNK).sum()) if self.processor.by_characters else 0
        if unknown:
            read = set(normalize_newlines(text)) - {"\n"}
            lacking = sorted(read - set(self.processor.tokenizer.characters))
            warnings.warn(
                f"{unknown} of {len(ids)} characters are read as unknown, because the model has "
                f"none of {''.join(lacking)!r:.60}. Replace them, or train a model from scratch.",
                stacklevel=3,
            )
        return ids
