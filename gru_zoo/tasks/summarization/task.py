"""Summaries: the task around an encoder-decoder that copies."""

import functools
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from gru_zoo import metrics
from gru_zoo.base.seq2seq.batches import append_eos, with_shifted_targets
from gru_zoo.base.seq2seq.references import with_references
from gru_zoo.base.seq2seq.results import Alignment, Hypothesis
from gru_zoo.base.seq2seq.task import Seq2SeqTask
from gru_zoo.batching.padding import pad
from gru_zoo.ops.compile import predict_on_batch
from gru_zoo.tasks.summarization.decoder_steps import PointerSteps
from gru_zoo.tasks.summarization.long_documents import best_that_fit, windows
from gru_zoo.tasks.summarization.metrics import copying
from gru_zoo.tasks.summarization.model import Config, build
from gru_zoo.tasks.summarization.pointer_generator import PointerCrossentropy
from gru_zoo.tasks.summarization.processor import SummarizationProcessor
from gru_zoo.tasks.summarization.results import Copies
from gru_zoo.text.inputs import as_texts
from gru_zoo.text.special_tokens import PAD

SAMPLES = (
    "Recurrent neural networks read a sequence one step at a time, which makes them slow to train "
    "on long inputs. We present SkipFold, a gated recurrent unit that learns which steps it can "
    "leave out. On three benchmarks of language modelling, SkipFold reads half of the input and "
    "loses less than one per cent of accuracy. We also show that the steps it keeps agree with "
    "those that people underline.",
    "Senator Mary Alder today announced that the state of Vermont will receive $2.4 million in "
    "federal funding to repair bridges that were damaged by last year's floods. The money will be "
    'awarded by the Department of Transportation and goes to eleven towns. "Our bridges keep '
    'families, farms and businesses connected," Alder said.',
)


class Summarization(Seq2SeqTask):
    """A text to a short one.

    The model returns what `PointerScores` does. It has the layers `attention`,
    which returns contexts and weights, and `gate`, which returns the logit of p_gen.
    """

    Config = Config
    Steps = PointerSteps
    build = staticmethod(build)

    Processor = SummarizationProcessor
    processor: SummarizationProcessor
    make_inputs = staticmethod(with_shifted_targets)
    batch_by = ("source", 12_000)
    samples = SAMPLES

    def summarize(
        self,
        texts: str | Sequence[str],
        max_length: int | None = None,
        min_length: int | None = None,
        beam_size: int = 5,
        n_best: int = 1,
        length_penalty: float | None = None,
        return_scores: bool = False,
        batch_size: int = 32,
        verbose: bool = False,
    ) -> Any:
        """Summaries of a text, or of each of many.

        Any text is taken. Of one with more than `processor.max_length` sub-words the beginning is
        read, with a warning; see `summarize_long` for whole pages. One without words becomes `""`.

        Args:
            texts: one text or a list of texts.
            max_length: most sub-words of a summary; by default `processor.longest`, and one more
                where a summary has not ended by then.
            min_length: fewest sub-words of a summary, None for any number.
            beam_size: width of beam search; 1 is greedy.
            n_best: how many summaries of each text to return, at most `beam_size`.
            length_penalty: scores are divided by length to this power, so that more makes longer
                summaries; by default that with which the preset did best on validation data.
            return_scores: whether to return `Hypothesis` instead of strings.
            batch_size: most texts a batch.
            verbose: whether to show a progress bar.

        Returns:
            A string for one text, a list of them for a list; with `n_best` above 1 a list of
            summaries, the best first, in the place of each.

        Raises:
            TypeError: if a text is not a string.
            ValueError: if `n_best` is not between 1 and `beam_size`, `max_length` below 1, or
                `min_length` not between 0 and `max_length`.
        """
        several = as_texts(texts)
        ids = self.processor.read(several)
        self._notice(several, ids)
        found = self._summaries(
            ids,
            several,
            max_length=max_length,
            min_length=min_length,
            beam_size=beam_size,
            n_best=n_best,
            length_penalty=length_penalty,
            batch_size=batch_size,
            verbose=verbose,
        )
        shown: list[Any] = [
            best if return_scores else [hypothesis.text for hypothesis in best] for best in found
        ]
        if n_best == 1:
            shown = [best[0] for best in shown]
        return shown[0] if isinstance(texts, str) else shown

    def summarize_long(
        self,
        text: str,
        max_length: int | None = None,
        min_length: int | None = None,
        beam_size: int = 5,
        length_penalty: float | None = None,
    ) -> str:
        """The summary of a text of any length, such as a page.

        The text is read window by window, and a summary of each is written greedily. A sentence
        scores by how much the model looked at it then, times the mean probability of a sub-word of
        that summary. The best sentences that can be read at once are summarised in their order.

        Args:
            text: the text; what fits at once is summarised as by `summarize`.
            max_length, min_length, beam_size, length_penalty: as there.

        Raises:
            TypeError: if the text is not a string.
            ValueError: as by `summarize`.
        """
        (text,) = as_texts([text])
        sentences = [ids[:-1] for ids in self.processor.pieces(text)]
        if sum(map(len, sentences)) > self.processor.max_length:
            sentences = self._best_of(sentences)
        ids = append_eos(np.concatenate([*sentences, np.zeros(0, "int32")]))
        options = (max_length, min_length, beam_size, 1, length_penalty)
        ((best,),) = self._summaries([ids], [text], *options)
        return best.text

    def _best_of(self, sentences: list[np.ndarray]) -> list[np.ndarray]:
        """Those that can be read at once, by the scores of `summarize_long`."""
        sizes, limit = list(map(len, sentences)), self.processor.max_length
        parts = windows(sizes, limit)
        joined = [append_eos(np.concatenate([sentences[i] for i in part])) for part in parts]
        scores: list[float] = []
        for part, look in zip(parts, self._looks(joined), strict=True):
            ends = np.cumsum([sizes[i] for i in part])
            scores += [float(share.sum()) for share in np.split(look[: ends[-1]], ends[:-1])]
        return [sentences[i] for i in best_that_fit(scores, sizes, limit)]

    def _looks(self, ids: list[np.ndarray]) -> list[np.ndarray]:
        """How much each place of sources counted for their greedy summaries, shape `(source,)`."""
        found = self.search(ids, [self.processor.limit] * len(ids), beam_size=1)
        looks = []
        for source, ((text, score, _),) in zip(ids, found, strict=True):
            target = self.processor.encode([text])
            (read, written), _ = self.make_inputs(pad([source]), pad(target))
            weights = np.asarray(predict_on_batch(self._aligner, [read, written])[0])
            looks.append(np.exp(score) * weights[: len(target[0])].sum(axis=0)[: len(source)])
        return looks

    def _summaries(
        self,
        ids: list[np.ndarray],
        texts: list[str],
        max_length: int | None = None,
        min_length: int | None = None,
        beam_size: int = 5,
        n_best: int = 1,
        length_penalty: float | None = None,
        batch_size: int = 32,
        verbose: bool = False,
    ) -> list[list[Hypothesis]]:
        """The n best of each sequence of ids, with the capitals of its text."""
        longest = self.processor.longest if max_length is None else max_length
        shortest = min_length or 0
        if longest < 1:
            raise ValueError(f"Expected max_length >= 1. Received: max_length={longest}.")
        if not 0 <= shortest <= longest:
            raise ValueError(
                "Expected 0 <= min_length <= max_length. Received: "
                f"min_length={min_length}, max_length={longest}."
            )
        full = [i for i, row in enumerate(ids) if len(row) > 1]
        found = self.search(
            [ids[i] for i in full],
            [self.processor.limit if max_length is None else max_length] * len(full),
            batch_size,
            verbose,
            beam_size=beam_size,
            length_penalty=(
                self.processor.length_penalty if length_penalty is None else length_penalty
            ),
            n_best=n_best,
            min_length=shortest + 1 if shortest else 0,
            no_repeat_ngram_size=self.processor.ngram,
        )
        results = [[Hypothesis("", 0.0)] * n_best for _ in texts]
        for i, best in zip(full, found, strict=True):
            results[i] = [
                Hypothesis(self.processor.finish(text, texts[i]), score) for text, score, _ in best
            ]
        return results

    def _notice(self, texts: list[str], ids: list[np.ndarray]) -> None:
        """Warn of texts that are read in part."""
        full = [i for i, row in enumerate(ids) if len(row) > self.processor.max_length]
        lengths = map(len, self.processor.encode([texts[i] for i in full]))
        cut = sum(length > self.processor.max_length + 1 for length in lengths)
        if cut:
            warnings.warn(
                f"{cut} of {len(texts)} texts have more than {self.processor.max_length} "
                "sub-words, the rest of which is not read. For whole pages use summarize_long.",
                stacklevel=3,
            )

    def attention(self, text: str, summary: str | None = None) -> Alignment:
        """Which sub-words of the text the model looked at for each of the summary.

        Args:
            text: the text, of which the beginning is read.
            summary: the summary to align, by default the model's own.

        Raises:
            TypeError: the text is not a string.
            ValueError: the text is empty.
        """
        return self.align(text, self._summary_of(text, summary))

    def copies(self, text: str, summary: str | None = None) -> Copies:
        """What of a summary was copied, and from where.

        Args:
            text: as of `attention`.
            summary: as there.

        Raises:
            TypeError: the text is not a string.
            ValueError: the text is empty.
        """
        inputs, targets = self.encode(text, self._summary_of(text, summary))
        outputs = predict_on_batch(self._copier, inputs)
        weights, gate, scores = (np.asarray(output[0], "float64") for output in outputs)
        (source,), target = inputs[0], targets[0]
        # log of (1 - p_gen) a[t, s] / p(target[t])
        shares = np.log(weights + 1e-30) - np.logaddexp(0, gate) - scores[:, :1]
        shares = np.where(target[:, None] == source, np.exp(shares), 0)
        names = self.processor.tokenizer.pieces
        source, target = source[source != PAD], target[target != PAD]
        shares = shares[: len(target), : len(source)]
        return Copies(tuple(names(source)), tuple(names(target)), shares)

    @functools.cached_property
    def _copier(self) -> keras.Model:
        _, weights = self.model.get_layer("attention").output
        gate = self.model.get_layer("gate").output
        return keras.Model(self.model.inputs, [weights, gate, self.model.output])

    def _summary_of(self, text: str, summary: str | None) -> str:
        if len(self.processor.read(as_texts([text]))[0]) < 2:
            raise ValueError(f"Expected a text with words. Received: {text!r}.")
        return self.summarize(text) if summary is None else summary

    def greedy(self, sources: list[str]) -> list[str]:
        """`summarize` without search, quick enough to follow a training."""
        ids = self.processor.read(sources)
        limits = [self.processor.limit] * len(ids)
        found = self.search(ids, limits, batch_size=64, beam_size=1)
        return [text for ((text, _, _),) in found]

    def predict(self, inputs: str | Sequence[str]) -> Any:
        """`summarize` with its defaults."""
        return self.summarize(inputs)

    def read(self, sources: Sequence[str]) -> list[np.ndarray]:
        """Ids of each text, of long ones the first `processor.max_length`, `EOS` at the end."""
        return self.processor.read(sources)

    def validation_metric(
        self, guesses: Sequence[str], references: metrics.References
    ) -> metrics.Metric:
        """ROUGE-1."""
        return metrics.rouge(guesses, references)[0]

    def loss(self, label_smoothing: float = 0.1, coverage: float = 0.0) -> keras.losses.Loss:
        """What `fit` brings down.

        Args:
            label_smoothing: share of the probability spread over all sub-words.
            coverage: weight of looking again at what was looked at.
        """
        return PointerCrossentropy(label_smoothing, coverage)

    def examples(self, examples: list) -> tuple[list, list]:
        """Texts and summaries of `gru_zoo.data.examples.SummarizedText`s."""
        return [e.text for e in examples], [e.summary for e in examples]

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Log-probability of every target id."""
        scores = np.asarray(predict_on_batch(self.model, inputs[:2]))[..., 0]
        return [np.where(inputs[2] == PAD, 0, scores).astype("float32")]

    def evaluate(
        self,
        inputs: Sequence[str],
        targets: Sequence[str | Sequence[str]],
        verbose: bool = False,
        beam_size: int = 5,
    ) -> list[metrics.Metric]:
        """ROUGE of summaries, what they copy and how long they are.

        Args:
            inputs: texts; of long ones the beginning is read.
            targets: the reference of each, or its references.
            verbose: whether to show a progress bar.
            beam_size: as in `summarize`.

        Returns:
            Those of `gru_zoo.metrics.rouge.rouge` and `summarization.metrics.copying`.
        """
        texts, references = with_references(inputs, targets)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".* the rest of which is not read")
            guesses = self.summarize(texts, beam_size=beam_size, verbose=verbose)
        return [*metrics.rouge(guesses, references), *copying(texts, guesses)]
