"""Sampling of a continuation of a prompt, whole or token by token."""

from collections.abc import Iterator

import keras
import numpy as np

from gru_zoo.decoding.decoder import Decoder, width_of
from gru_zoo.tasks.text_generation.decoder_steps import LanguageModelSteps
from gru_zoo.tasks.text_generation.processor import LanguageModelProcessor
from gru_zoo.tasks.text_generation.reader import LanguageModelReader
from gru_zoo.text.special_tokens import EOS

# Tokens of a chunk in a stream; a loop of the decoder has at least so many steps.
CHUNK = 16


class TextSampler:
    """Samples texts that continue a prompt.

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
        self.decoder = Decoder(steps, fixed=True)

    def sample(
        self,
        prompt: str,
        length: int,
        temperature: float,
        top_k: int,
        top_p: float,
        seed: int | None,
        n: int,
    ) -> list[str]:
        """Sample `n` texts; see `TextGeneration.generate` for the arguments."""
        random, max_lengths = np.random.default_rng(seed), np.full(n, length)
        ids, inputs = self.read(prompt, n, width_of(max_lengths))
        samples = self.decoder.sample(inputs, max_lengths, temperature, top_k, top_p, random)
        return [self._continuation(ids, tokens) for (tokens,) in samples.ids]

    def stream(
        self,
        prompt: str,
        length: int,
        temperature: float,
        top_k: int,
        top_p: float,
        seed: int | None,
    ) -> Iterator[str]:
        """Sample a text in parts; see `TextGeneration.stream` for the arguments."""
        ids, inputs = self.read(prompt, 1, width_of(np.array([length])))
        random = np.random.default_rng(seed)
        yielded, tokens = 0, np.zeros(0, "int32")
        for start in range(0, length, CHUNK):
            max_lengths = np.array([min(CHUNK, length - start)])
            samples = self.decoder.sample(inputs, max_lengths, temperature, top_k, top_p, random)
            ((chunk,),) = samples.ids
            state = [*map(keras.ops.convert_to_numpy, samples.state)]
            inputs = [chunk[-1:], *inputs[1 : -len(state)], *state]
            for token in chunk:
                tokens = np.append(tokens, token)
                text = self._continuation(ids, tokens)
                # A character that is encoded as several bytes is yielded when it is complete.
                if len(text) > yielded and not text.endswith("\ufffd"):
                    yield text[yielded:]
                    yielded = len(text)
        if len(text := self._continuation(ids, tokens)) > yielded:
            yield text[yielded:]

    def read(
        self, prompt: str, rows: int = 1, max_length: int = 0
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Read a prompt but for its last token.

        Args:
            prompt: text to continue.
            rows: number of texts to sample.
            max_length: maximum number of tokens of a text.

        Returns:
            Token ids of the prompt after `EOS`, int32, shape `(1 + length,)`; and the inputs of a
            search, whose sizes do not depend on the prompt.
        """
        ids = self.processor.encode_after_eos(prompt)
        states = self.reader.states_after(ids[:-1], self.reader.initial_states())
        return ids, self.steps.inputs(ids[-1:], states, rows, max_length)

    def _continuation(self, ids: np.ndarray, tokens: np.ndarray) -> str:
        """Text of sampled tokens after a prompt, whose ids start with `EOS`."""
        line = ids[np.flatnonzero(ids == EOS)[-1] + 1 :]
        whole = self.processor.decode([*line, *tokens])
        return whole[len(self.processor.decode(line)) :]
