"""Task `summarization`: summarize texts with a pointer-generator."""

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
from gru_zoo.tasks.summarization.decoder_steps import PointerSteps, SourceWordConstraints
from gru_zoo.tasks.summarization.long_documents import select_sentences
from gru_zoo.tasks.summarization.metrics import copying
from gru_zoo.tasks.summarization.model import Config, build
from gru_zoo.tasks.summarization.pointer_generator import PointerCrossentropy, copied_shares
from gru_zoo.tasks.summarization.processor import SummarizationProcessor
from gru_zoo.tasks.summarization.results import Copies
from gru_zoo.tasks.summarization.samples import SAMPLES
from gru_zoo.text.cleaning import remove_markup
from gru_zoo.text.inputs import as_text, as_texts
from gru_zoo.text.special_tokens import PAD


class Summarization(Seq2SeqTask):
    """Summarize texts in a title, a headline or a sentence.

    The model returns `PointerScores` of given targets. Its layer `attention` returns contexts and
    weights, its layer `gate` the logit of p_gen, see
    `gru_zoo.tasks.summarization.pointer_generator`.

    Example:
        >>> import gru_zoo
        >>> summarization = gru_zoo.load("summarization_headlines")
        >>> text = (
        ...     "The city council voted on Tuesday to close two of its five public libraries by "
        ...     "the end of the year."
        ... )
        >>> summarization.summarize(text)
        'The city council voted to close two public libraries'
    """

    Config = Config
    build = staticmethod(build)

    Processor = SummarizationProcessor
    processor: SummarizationProcessor
    Steps = PointerSteps
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
        """Summarize one text or many.

        The model reads the first `processor.max_length` sub-words of a text and warns about longer
        texts; see `summarize_long` for whole pages. A text without words becomes `""`.

        Args:
            texts: one text or a list of texts, of any length.
            max_length: maximum number of sub-words of a summary; None for
                `processor.default_max_length`.
            min_length: minimum number of sub-words of a summary; None for no minimum.
            beam_size: width of beam search; 1 is greedy search.
            n_best: number of summaries of each text, at most `beam_size`.
            length_penalty: exponent of the length by which scores are divided. Higher values give
                longer summaries. None for the value that was best for the preset on validation
                data.
            return_scores: whether to return `Hypothesis` objects instead of strings.
            batch_size: maximum number of texts in a batch.
            verbose: whether to show a progress bar.

        Returns:
            A string for one text, or a list with a string for each text. If `n_best` is above 1,
            each string is replaced by a list of summaries, best first.

        Raises:
            TypeError: a text is not a string.
            ValueError: `n_best` is not from 1 to `beam_size`, `max_length` is below 1, or
                `min_length` is not from 0 to `max_length`.
        """
        text_list = [remove_markup(text) for text in as_texts(texts)]
        ids = self.processor.read(text_list)
        self._warn_of_long_texts(text_list, ids)
        found = self._generate(
            ids,
            text_list,
            max_length=max_length,
            min_length=min_length,
            beam_size=beam_size,
            n_best=n_best,
            length_penalty=length_penalty,
            batch_size=batch_size,
            verbose=verbose,
        )
        results: list[Any] = [
            best if return_scores else [hypothesis.text for hypothesis in best] for best in found
        ]
        if n_best == 1:
            results = [best[0] for best in results]
        return results[0] if isinstance(texts, str) else results

    def summarize_long(
        self,
        text: str,
        max_length: int | None = None,
        min_length: int | None = None,
        beam_size: int = 5,
        length_penalty: float | None = None,
    ) -> str:
        """Summarize a text of any length, such as a web page.

        A text that fits into the model is summarized as by `summarize`. A longer text is read
        window by window, and each window is summarized greedily. The score of a sentence is the
        attention that it received, times the mean probability of the sub-words of that summary.
        The sentences with the highest scores that fit into the model together are summarized, in
        the order of the text.

        Args:
            text: the text.
            max_length: see `summarize`.
            min_length: see `summarize`.
            beam_size: width of beam search; 1 is greedy search.
            length_penalty: see `summarize`.

        Raises:
            TypeError: the text is not a string.
            ValueError: an argument is out of its range, see `summarize`.
        """
        text = remove_markup(as_text(text))
        sentences = [ids[:-1] for ids in self.processor.segments(text)]
        if sum(map(len, sentences)) > self.processor.max_length:
            sentences = select_sentences(
                sentences, self.processor.max_length, self._attention_received
            )
        ids = append_eos(np.concatenate([*sentences, np.zeros(0, "int32")]))
        ((best,),) = self._generate(
            [ids],
            [text],
            max_length=max_length,
            min_length=min_length,
            beam_size=beam_size,
            length_penalty=length_penalty,
        )
        return best.text

    def predict(self, inputs: str | Sequence[str]) -> str | list[str]:
        """Summarize one text or many with the defaults of `summarize`."""
        return self.summarize(inputs)

    def greedy(self, sources: list[str]) -> list[str]:
        """Summarize each text greedily in lower case, fast enough to run after every epoch."""
        max_lengths = [self.processor.default_max_length] * len(sources)
        found = self.search(self.read(sources), max_lengths, batch_size=64, beam_size=1)
        return [best.text for (best,) in found]

    def read(self, sources: Sequence[str]) -> list[np.ndarray]:
        """Encode the first `processor.max_length` sub-words of each text, with a final `EOS`."""
        return self.processor.read(sources)

    def attention(self, text: str, summary: str | None = None) -> Alignment:
        """Return the attention of each sub-word of a summary to the text.

        Args:
            text: the text, of which the first `processor.max_length` sub-words are read.
            summary: the summary to align; None for the model's own.

        Raises:
            TypeError: the text is not a string.
            ValueError: the text has no words.
        """
        return self.align(text, self._summary_of(text, summary))

    def copies(self, text: str, summary: str | None = None) -> Copies:
        """Return the share of each sub-word of a summary that was copied, and its source.

        Args:
            text: the text, of which the first `processor.max_length` sub-words are read.
            summary: the summary to explain; None for the model's own.

        Raises:
            TypeError: the text is not a string.
            ValueError: the text has no words.
        """
        inputs, targets = self.encode(text, self._summary_of(text, summary))
        outputs = predict_on_batch(self._copy_model, inputs)
        weights, gate, scores = (np.asarray(output[0], "float64") for output in outputs)
        (source_ids,), target_ids = inputs[0], targets[0]
        shares = copied_shares(weights, gate, scores[:, 0], source_ids, target_ids)
        pieces = self.processor.tokenizer.pieces
        source_ids, target_ids = source_ids[source_ids != PAD], target_ids[target_ids != PAD]
        shares = shares[: len(target_ids), : len(source_ids)]
        return Copies(tuple(pieces(source_ids)), tuple(pieces(target_ids)), shares)

    def examples(self, examples: list) -> tuple[list, list]:
        """Return texts and summaries of `gru_zoo.data.examples.SummarizedText` examples."""
        return [e.text for e in examples], [e.summary for e in examples]

    def evaluate(
        self,
        inputs: str | Sequence[str],
        targets: metrics.References,
        verbose: bool = False,
        beam_size: int = 5,
    ) -> list[metrics.Metric]:
        """Compute ROUGE of summaries, and how much they copy.

        Args:
            inputs: texts, of which the first `processor.max_length` sub-words are read.
            targets: one reference, or several, for each text.
            verbose: whether to show a progress bar.
            beam_size: width of beam search; 1 is greedy search.

        Returns:
            The metrics of `gru_zoo.metrics.rouge.rouge` and of
            `gru_zoo.tasks.summarization.metrics.copying`.

        Raises:
            ImportError: a package of the extra `train` is missing.
            TypeError: a text is not a string.
            ValueError: a text has no reference.
        """
        texts, references = with_references(inputs, targets)
        ids = self.processor.read(texts)
        found = self._generate(ids, texts, beam_size=beam_size, verbose=verbose)
        guesses = [best.text for (best,) in found]
        return [*metrics.rouge(guesses, references), *copying(texts, guesses)]

    def validation_metric(
        self, guesses: Sequence[str], references: metrics.References
    ) -> metrics.Metric:
        """Compute ROUGE-1, by which `fit` chooses epochs."""
        return metrics.rouge(guesses, references)[0]

    def loss(self, label_smoothing: float = 0.1, coverage: float = 0.0) -> keras.losses.Loss:
        """Return the training loss.

        Args:
            label_smoothing: share of the probability spread over all sub-words, from 0 to 1.
            coverage: weight of the coverage loss, which penalizes repeated attention, 0 or more.
        """
        return PointerCrossentropy(label_smoothing, coverage)

    def golden_outputs(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
        """Return the log-probability of each target id, float32, `(texts, target)`, 0 at padding.

        Args:
            inputs: source ids, target ids and target ids again, int32, `(texts, length)`.
        """
        *arrays, target_ids = inputs
        scores = np.asarray(predict_on_batch(self.model, arrays))[..., 0]
        return [np.where(target_ids == PAD, 0, scores).astype("float32")]

    def _generate(
        self,
        ids: list[np.ndarray],
        texts: list[str],
        *,
        max_length: int | None = None,
        min_length: int | None = None,
        beam_size: int = 5,
        n_best: int = 1,
        length_penalty: float | None = None,
        batch_size: int = 32,
        verbose: bool = False,
    ) -> list[list[Hypothesis]]:
        """Generate the n best summaries for the ids of each text, and restore their capitals."""
        novel = self.processor.novel_words
        max_tokens, min_tokens = self.processor.token_limits(max_length, min_length)
        if length_penalty is None:
            length_penalty = self.processor.length_penalty
        rows = [
            i for i, text in enumerate(texts) if any(map(str.isalnum, text)) and len(ids[i]) > 1
        ]
        found = self.search(
            [ids[i] for i in rows],
            [max_tokens] * len(rows),
            batch_size,
            verbose,
            beam_size=beam_size,
            length_penalty=length_penalty,
            n_best=n_best,
            min_length=min_tokens,
            no_repeat_ngram_size=self.processor.no_repeat_ngram_size,
            constraint=None if novel else self._source_words.of([texts[i] for i in rows]),
        )
        results = [[Hypothesis("", 0.0)] * n_best for _ in texts]
        for i, candidates in zip(rows, found, strict=True):
            results[i] = [
                best.finished(self.processor.truecase(best.text, texts[i]), length_penalty)
                for best in candidates
            ]
        return results

    @functools.cached_property
    def _source_words(self) -> SourceWordConstraints:
        return SourceWordConstraints(self.model, self.processor.tokenizer)

    def _warn_of_long_texts(self, texts: list[str], ids: list[np.ndarray]) -> None:
        """Warn if texts have more sub-words than the ids that were read."""
        max_length = self.processor.max_length
        full = [text for text, row in zip(texts, ids, strict=True) if len(row) > max_length]
        count = sum(len(row) > max_length + 1 for row in self.processor.encode(full))
        if count:
            warnings.warn(
                f"{count} of {len(texts)} texts have more than {max_length} sub-words. The rest of "
                "them is not read. Use summarize_long for whole pages.",
                stacklevel=3,
            )

    def _attention_received(self, ids: list[np.ndarray]) -> list[np.ndarray]:
        """Weigh each sub-word of windows as `summarize_long` describes.

        Args:
            ids: ids of each window, `EOS` last.

        Returns:
            The weight of each id, shape `(ids,)` for each window.
        """
        found = self.search(ids, [self.processor.default_max_length] * len(ids), beam_size=1)
        received = []
        for source, (best,) in zip(ids, found, strict=True):
            (target,) = self.processor.encode([best.text])
            inputs, _ = self.make_inputs(pad([source]), pad([target]))
            weights = np.asarray(predict_on_batch(self._attention_model, list(inputs))[0])
            sums = weights[: len(target)].sum(axis=0)[: len(source)]
            received.append(np.exp(best.score) * sums)
        return received

    @functools.cached_property
    def _copy_model(self) -> keras.Model:
        """The model with the attention weights and the logit of p_gen beside its output."""
        _, weights = self.model.get_layer("attention").output
        gate = self.model.get_layer("gate").output
        return keras.Model(self.model.inputs, [weights, gate, self.model.output])

    def _summary_of(self, text: str, summary: str | None) -> str:
        """The given summary, else the model's own summary of a text with words."""
        if len(self.processor.read([as_text(text)])[0]) < 2:
            raise ValueError(f"Expected a text with words. Received: {text!r}.")
        return self.summarize(text) if summary is None else summary
