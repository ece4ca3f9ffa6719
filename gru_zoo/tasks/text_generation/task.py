"""Task `text_generation`: continue a text, suggest next words, compute likelihoods."""

import functools
from collections.abc import Iterator, Sequence
from typing import Any, Unpack

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.base.task import Task
from gru_zoo.batching.padding import pad
from gru_zoo.batching.stream import StreamBatches
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.presets.card import Card
from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.tasks.text_generation.metrics import text_metrics
from gru_zoo.tasks.text_generation.model import Config, build
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.reader import (
    MAX_WINDOW,
    LanguageModelReader,
    negative_log_likelihood,
)
from gru_zoo.tasks.text_generation.results import GateActivity, Likelihood, Suggestion
from gru_zoo.tasks.text_generation.samples import SAMPLES
from gru_zoo.tasks.text_generation.sampling import TextSampler
from gru_zoo.tasks.text_generation.suggestions import NextWordSuggester
from gru_zoo.tasks.text_generation.training import compile_model, encode_for_training, split
from gru_zoo.text.inputs import as_text, as_texts, normalize_newlines
from gru_zoo.text.special_tokens import EOS, PAD
from gru_zoo.text.word_count import count_words
from gru_zoo.training.options import FitOptions
from gru_zoo.training.stateful import ResetStates, StatefulModel


class TextGeneration(Task):
    r"""Generation of text with a language model over characters, sub-words or words.

    The model takes and returns its states. A text starts at the beginning of a line, after `EOS`.

    Example:

    >>> import gru_zoo
    >>> shakespeare = gru_zoo.load("text_generation_shakespeare")
    >>> len(shakespeare.generate("KING RICHARD:\n", length=80, temperature=0.7, seed=1))
    80
    >>> round(shakespeare.score("To be, or not to be: that is the question.").nats_per_char, 1)
    1.3
    >>> keyboard = gru_zoo.load("text_generation_everyday")
    >>> keyboard.suggest("Thank you very mu")[0].word
    'much'
    """

    inputs = "running text"
    Config = Config
    build = staticmethod(build)
    Processor = LanguageModelProcessor
    samples = SAMPLES["char"]
    exported_outputs = ("logits",)

    def __init__(self, model: keras.Model, processor: LanguageModelProcessor, card: Card):
        super().__init__(model, processor, card)
        self.samples = SAMPLES[processor.unit]

    @functools.cached_property
    def steps(self) -> LanguageModelSteps:
        """Decoding steps of the model."""
        return LanguageModelSteps(self.model, self.processor.never_generated)

    @functools.cached_property
    def reader(self) -> LanguageModelReader:
        """Reader of texts with the model."""
        return LanguageModelReader(self.model)

    @functools.cached_property
    def sampler(self) -> TextSampler:
        """Sampler of texts from the model."""
        return TextSampler(self.steps, self.reader, self.processor)

    @functools.cached_property
    def suggester(self) -> NextWordSuggester:
        """Suggester of next words with the model."""
        return NextWordSuggester(self.steps, self.reader, self.processor)

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
        """Generate a continuation of a prompt.

        Args:
            prompt: text to continue; an empty prompt starts a line.
            length: number of tokens (characters, sub-words or words) to generate, 0 or more.
            temperature: divides the logits, above 0; below 1 it favors likely tokens.
            top_k: number of most likely tokens to sample from; 0 samples from all.
            top_p: sample from the fewest most likely tokens with at least this total probability,
                above 0, at most 1.
            seed: seed of the sampling on one backend; None samples differently every time.
            n: number of texts, 1 or more.

        Returns:
            The new text without the prompt; with `n` above 1 a list.

        Raises:
            TypeError: the prompt is not a string.
            ValueError: a number is out of its range.
        """
        if length < 0 or n < 1:
            raise ValueError(f"Expected length >= 0 and n >= 1. Received: length={length}, n={n}.")
        prompt = as_text(prompt)
        texts = self.sampler.sample(prompt, length, temperature, top_k, top_p, seed, n)
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
        """Generate a continuation of a prompt and yield it while it is generated.

        Sixteen tokens are generated at a time. Joined, the parts are the text that `generate`
        returns for the same arguments.

        Args:
            prompt, length, temperature, top_k, top_p, seed: see `generate`.

        Yields:
            The next characters of the text.

        Raises:
            TypeError: the prompt is not a string.
            ValueError: a number is out of its range. Errors are raised with the first part.
        """
        if length < 0:
            raise ValueError(f"Expected length >= 0. Received: length={length}.")
        prompt = as_text(prompt)
        yield from self.sampler.stream(prompt, length, temperature, top_k, top_p, seed)

    def predict(self, inputs: str | Sequence[str]) -> str | list[str]:
        """`generate` a continuation of a text, or of each of several texts, with seed 0."""
        texts = [str(self.generate(text, seed=0)) for text in as_texts(inputs)]
        return texts[0] if isinstance(inputs, str) else texts

    def suggest(self, text: str, n: int = 3, beam_size: int = 8) -> list[Suggestion]:
        """Suggest what a keyboard does: the next word, or the rest of a half-typed one.

        After a space or a mark, next words are suggested. If the text ends in a letter, its last
        word is completed where a longer one is ten times as likely, and else taken as a whole word:
        "I would li" gives "like", and "I would like" gives "to". The probability of a word is given
        that a word follows, whatever letters of it are typed. States are cached until `fit`: call
        `suggest("")` after `model.set_weights` or `model.fit`.

        Args:
            text: text so far.
            n: number of words, from 1 to `beam_size`.
            beam_size: number of prefixes of words in the beam.

        Returns:
            At most `n` suggestions, the most likely first.

        Raises:
            TypeError: the text is not a string.
            ValueError: `n` is not from 1 to `beam_size`.
        """
        text = as_text(text)
        return self.suggester.suggest(text, n, beam_size)

    def learn(self, text: str) -> None:
        """Learn from messages of a user, one a line, for `suggest`.

        New words are counted, and which word follows which, see
        `gru_zoo.tasks.text_generation.user_words.UserWords`. `save` does not save the counts.
        """
        text = as_text(text)
        self.suggester.learned.learn(text)

    def forget(self) -> None:
        """Forget what `learn` has learned."""
        self.suggester.learned.forget()

    def score(self, text: str) -> Likelihood:
        """Compute the likelihood of a text.

        Args:
            text: text of at least one word. A character or word that the model lacks is scored as
                the unknown one.

        Raises:
            TypeError: the text is not a string.
            ValueError: it has no words.
        """
        text = normalize_newlines(as_text(text))
        if not text.strip():
            raise ValueError(f"Expected a text of one word or more. Received: {text!r:.80}.")
        nats = float(self.reader.nats(self.processor.encode(text)).sum())
        per_word = nats / count_words(text)
        return Likelihood(nats, nats / len(text), per_word, float(np.exp(per_word)))

    def gates(self, text: str, depth: int = 1) -> GateActivity:
        """Compute the gates of a GRU at each token of a text.

        Args:
            text: text of 1 to 512 tokens.
            depth: number of the GRU, 1 for the lowest.

        Raises:
            TypeError: the text is not a string.
            ValueError: there is no such GRU, or the text is empty or too long.
        """
        ids = self.processor.encode(as_text(text))
        update, reset = self.reader.gates(ids, depth)
        return GateActivity(tuple(self.processor.pieces(ids)), update, reset)

    def encode(self, text: str) -> tuple[list[np.ndarray], np.ndarray]:
        """Encode a text as the inputs of `model` and its targets.

        Returns:
            `([ids, *states], targets)`: token ids and the token after each, int32, shape
            `(1, length)`, padded with 0; and the states before a text, which are zeros.

        Raises:
            TypeError: the text is not a string.
            ValueError: the text has more than 512 tokens.
        """
        text = as_text(text)
        targets = self.processor.encode(text)
        if len(targets) > MAX_WINDOW:
            raise ValueError(
                f"Expected a text of at most {MAX_WINDOW} tokens. Received: {len(targets)}. Use "
                "score, which reads longer texts window by window."
            )
        ids = np.concatenate([[EOS], targets])[: len(targets)]
        return [pad([ids]), *self.reader.initial_states()], pad([targets])

    def demo(self) -> list[str]:
        """A continuation and the most likely next words of each sample."""
        lines = []
        for sample in self.samples:
            words = ", ".join(map(str, self.suggest(sample)))
            text = repr(self.generate(sample, 80, 0.7, seed=1))
            lines += [repr(sample), f"  continuation: {text}", f"  next word: {words}"]
        return lines

    def golden_inputs(self) -> list[np.ndarray]:
        """Inputs of the model for the samples as one text, and the targets."""
        inputs, targets = self.encode("".join(self.samples))
        return [*inputs, targets]

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Log-likelihood of every target, 0 for padding."""
        *inputs, targets = inputs
        logits, *_ = predict_on_batch(self.model, inputs)
        nats = negative_log_likelihood(np.asarray(logits), targets)
        return [np.where(targets == PAD, 0, -nats).astype("float32")]

    def examples(self, examples: list[str]) -> tuple[list[str], list[str]]:
        """The texts as inputs and as targets."""
        return examples, examples

    def evaluate(
        self, inputs: Sequence[str], targets: Sequence[str], verbose: bool = False
    ) -> list[metrics.Metric]:
        """Compute the metrics of `gru_zoo.tasks.text_generation.metrics.text_metrics`.

        Args:
            inputs: texts.
            targets: must equal `inputs`: a language model predicts its own input.
            verbose: whether to show a progress bar.

        Raises:
            ValueError: the targets are other texts, or no text has a word.
        """
        if as_texts(inputs) != as_texts(targets):
            raise ValueError("Expected the inputs as targets. Received: other texts.")
        return text_metrics(self.reader, self.processor, as_texts(inputs), verbose)

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
        seed: int = 0,
        **options: Unpack[FitOptions],
    ) -> keras.callbacks.History:
        """Train on a text of your own; the weights of the best epochs are kept.

        Args:
            text: training text.
            validation: share of the text to cut from its end for validation, or a validation text.
            epochs: number of passes over the text.
            rows: number of streams that the text is cut into, the rows of a batch, 1 or more.
            window: mean length of a window in tokens, which gradients do not leave, 1 or more.
            learning_rate: peak learning rate of Adam.
            warmup: share of the optimizer steps in which the learning rate rises.
            weight_decay: decoupled weight decay of Adam (Loshchilov & Hutter 2019); None for none.
            seed: seed of the windows and of dropout.
            **options: see `gru_zoo.training.FitOptions`.

        Returns:
            The history, with `loss` and `val_loss` (nats a token) of every epoch. `val_loss` is a
            little higher than that of `score`: each stream starts without a state.

        Raises:
            TypeError: `validation` is neither a number nor a string.
            ValueError: a number is out of its range, or a text is too short for its streams.
        """
        self._check_options(options)
        text, held_out = split(text, validation)
        ids = encode_for_training(self.processor, text)
        held_out_ids = encode_for_training(self.processor, held_out)
        size: dict[str, Any] = {"rows": rows, "window": window}
        model = StatefulModel(self.model, rows)
        try:
            return self._train(
                StreamBatches(ids, **size, seed=seed, name="a text to train on"),
                StreamBatches(held_out_ids, **size, shuffle=False, name="a held-out text"),
                functools.partial(compile_model, model),
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
                own_callbacks=(ResetStates(),),
                **options,
            )
        finally:
            self.suggester.reset()
