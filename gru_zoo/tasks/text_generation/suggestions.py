"""Suggestions of next words, and of completions, for a text that grows from call to call."""

import re

import keras
import numpy as np

from gru_zoo.decoding.decoder import check_best
from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.tasks.text_generation.next_word import (
    MAX_READ,
    MAX_WORD_LENGTH,
    NextWordSearch,
)
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.reader import LanguageModelReader
from gru_zoo.tasks.text_generation.results import Suggestion
from gru_zoo.tasks.text_generation.spelling import Spelling
from gru_zoo.tasks.text_generation.user_words import UserWords, words_of
from gru_zoo.text.word_tokenizer import capitalized, ends_sentence

_RECENT = 4_000  # characters of the text itself whose words are learned
_CLEARLY = 10  # how much more likely a longer word must be than the one that is typed
_LAST_WORD = re.compile(r"[^\W_](?:[^\W_]|['’-])*$")


class NextWordSuggester:
    """Suggests words for a text, of the model and of the user.

    The probability of a word under the model is the product of the probabilities of its tokens and
    of the token that ends it, given that a word follows the text before it, whatever letters of it
    are typed. A pointer points at the text alone, not at the tokens of the word. Mixed in are the
    words of the texts that were learned. A model over words also learns those of the text itself,
    where a name that it lacks may come again.

    The states after the last two texts are cached until `reset`, so that only the new part of a
    growing text is read. The cache does not notice that the weights of the model change.

    Args:
        steps: decoding steps of the model.
        reader: reader of the same model.
        processor: processor of the model.

    Attributes:
        learned: words of texts that a user had the keyboard learn.
    """

    def __init__(
        self,
        steps: LanguageModelSteps,
        reader: LanguageModelReader,
        processor: LanguageModelProcessor,
    ):
        self.steps, self.reader, self.processor = steps, reader, processor
        self.learned = UserWords(processor.has_word)
        self._spelling = Spelling(processor)
        self._searches: dict[int, NextWordSearch] = {}
        # Of the last two texts: token ids but for the last id, and the states after them. A text
        # with a half-typed word is read without it, then perhaps with it.
        self._cache: list[tuple[np.ndarray, list]] = []

    def suggest(self, text: str, n: int, beam_size: int) -> list[Suggestion]:
        """Suggest words; see `TextGeneration.suggest` for the arguments."""
        check_best(n, beam_size, "n")
        last = _LAST_WORD.search(text[-2 * MAX_WORD_LENGTH :])
        if last and len(last.group()) <= MAX_WORD_LENGTH:
            typed = last.group()
            count = max(n + 1, beam_size)
            words = self._words(text.removesuffix(typed), count, beam_size, typed)
            longer = [word for word in words if word.word.lower() != _plain(typed)]
            itself = sum(word.probability for word in words if word not in longer)
            if longer and longer[0].probability > _CLEARLY * itself:
                return longer[:n]
        return self._words(text, n, beam_size)[:n]

    def _words(self, text: str, n: int, beam_size: int, typed: str = "") -> list[Suggestion]:
        """The most likely words after a text that begin with the letters `typed`."""
        found = dict(self._model_words(text, n, beam_size, _plain(typed)))
        context = [*words_of(text.split("\n")[-1])]
        users = [self.learned]
        if self.processor.by_words:
            users.append(UserWords(self.processor.has_word))
            users[-1].learn(text[-_RECENT:])
        for user in users:
            found = user.mix(found, context, _plain(typed))
        capital = typed[:1].isupper() or (self.processor.by_words and ends_sentence(text))
        best = sorted(found.items(), key=lambda item: -item[1])[:n]
        return [Suggestion(capitalized(word) if capital else word, p) for word, p in best]

    def _model_words(
        self, text: str, n: int, beam_size: int, typed: str
    ) -> list[tuple[str, float]]:
        """The most likely words of the model, and their probabilities."""
        text = text.rstrip(" \t")
        if self.processor.by_characters and text and not text.endswith("\n"):
            text += " "
        ids = self.processor.encode_after_eos(text)
        known, states = max(
            (entry for entry in self._cache if _begins(ids, entry[0])),
            key=lambda entry: len(entry[0]),
            default=(ids[:0], self.reader.initial_states()),
        )
        new = ids[len(known) :]
        if len(new) > MAX_READ:
            states = [*map(keras.ops.convert_to_numpy, states)]
            states = self.reader.states_after(new[:-MAX_READ], states)
        words, states = self.search(beam_size).search(new[-MAX_READ:], states, n, typed)
        others = [entry for entry in self._cache if not np.array_equal(entry[0], ids[:-1])]
        # The empty text has no states to keep: it clears the cache.
        self._cache = [*others[-1:], (ids[:-1], states)] if len(ids) > 1 else []
        return [(self.processor.decode_word(word), p) for word, p in words]

    def search(self, beam_size: int) -> NextWordSearch:
        """The search with a beam of this size, which is compiled once."""
        if beam_size not in self._searches:
            can_start, can_continue = self.processor.word_tokens()
            self._searches[beam_size] = NextWordSearch(
                self.steps, can_start, can_continue, self._spelling, beam_size
            )
        return self._searches[beam_size]

    def reset(self) -> None:
        """Forget the states after the last texts: the weights have changed."""
        self._cache = []


def _begins(ids: np.ndarray, known: np.ndarray) -> bool:
    """Whether `ids` begins with the ids `known` and goes on."""
    return len(known) < len(ids) and np.array_equal(known, ids[: len(known)])


def _plain(typed: str) -> str:
    """Letters in lower case, with straight apostrophes."""
    return typed.lower().replace("’", "'")
