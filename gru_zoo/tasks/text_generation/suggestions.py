"""Suggestions of next words for a text that grows from call to call."""

import keras
import numpy as np

from gru_zoo.decoding.decoder import check_best
from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.tasks.text_generation.next_word import MAX_READ, NextWordSearch
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.reader import LanguageModelReader
from gru_zoo.tasks.text_generation.results import Suggestion


class NextWordSuggester:
    """Suggests next words and caches the states of the model after the text.

    Args:
        steps: decoding steps of the model.
        reader: reader of the same model.
        processor: processor of the model.
    """

    def __init__(
        self,
        steps: LanguageModelSteps,
        reader: LanguageModelReader,
        processor: LanguageModelProcessor,
    ):
        self.steps, self.reader, self.processor = steps, reader, processor
        self._searches: dict[int, NextWordSearch] = {}
        # Token ids of the last text but for the last id, and the states after them.
        self._cache: tuple[np.ndarray, list] | None = None

    def suggest(self, text: str, n: int, beam_size: int) -> list[Suggestion]:
        """Suggest next words; see `TextGeneration.suggest` for the arguments."""
        check_best(n, beam_size, "n")
        text = text.rstrip()
        if self.processor.by_characters and text:
            text += " "
        ids = self.processor.encode_after_eos(text)
        cached, states = self._cache or (ids[:0], [])
        if not 0 < len(cached) < len(ids) or (cached != ids[: len(cached)]).any():
            cached, states = ids[:0], self.reader.initial_states()
        new = ids[len(cached) :]
        if len(new) > MAX_READ:
            states = [*map(keras.ops.convert_to_numpy, states)]
            states = self.reader.states_after(new[:-MAX_READ], states)
        words, states = self.search(beam_size).search(new[-MAX_READ:], states, n)
        self._cache = ids[:-1], states
        return [Suggestion(self.processor.decode(word), p) for word, p in words]

    def search(self, beam_size: int) -> NextWordSearch:
        """The search with a beam of this size, which is compiled once."""
        if beam_size not in self._searches:
            can_start, can_continue = self.processor.word_tokens()
            self._searches[beam_size] = NextWordSearch(
                self.steps, can_start, can_continue, beam_size
            )
        return self._searches[beam_size]

    def reset(self) -> None:
        """Forget the states after the last text: the weights have changed."""
        self._cache = None
