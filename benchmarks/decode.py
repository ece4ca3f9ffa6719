"""Speed of generation: our searches compared with Python loops around the model.

    KERAS_BACKEND=jax python benchmarks/decode.py --data-dir DATA
    KERAS_BACKEND=jax python benchmarks/decode.py --preset text_generation_shakespeare
    KERAS_BACKEND=jax python benchmarks/decode.py --preset summarization_titles \\
        --dataset arxiv-cs-titles --split dev --data-dir DATA

With `--store` the result goes to benchmarks/results/.

For a translator (decode-BACKEND.json), greedy search is compared with two Python loops around
`predict_on_batch`: one calls the whole model at every step, the other its one-step decoder. All
three translate the same batches of 32. Beam search is timed on a whole test split.

For a summarizer (summarize-BACKEND.json), the result is texts a minute of `summarize` with beam
search.

For a text generator (generate-BACKEND.json), batches of 32 are compared with the bare matrix
products of their steps, and the time until the first tokens of a stream or suggestion is measured.
"""

import argparse
import statistics
import time

import keras
import numpy as np
from keras import ops
from reports import add_store, environment, report

import gru_zoo
from gru_zoo import data
from gru_zoo.batching.padding import pad
from gru_zoo.ops.compile import compiled
from gru_zoo.text.special_tokens import BOS, EOS

# The words of this text are typed one by one.
TYPED = """I would like to be the first to say that the house by the river was built in the summer
of that year , and that all who lived there had come from the north with their children and their
animals ."""


def loop_over_model(task, ids: np.ndarray, limit: int) -> np.ndarray:
    """Greedy translations by the whole model, which reads the whole target at every step.

    Args:
        task: the translator.
        ids: padded source ids, shape `(batch, length)`.
        limit: maximum length of a translation, in tokens.

    Returns:
        Ids of the translations, shape `(batch, limit)`.
    """
    target = np.zeros((len(ids), limit + 1), "int32")
    target[:, 0] = BOS
    for t in range(limit):
        # Other backends compile every shape, so their target has its full length from the start.
        read = target[:, : t + 1] if keras.backend.backend() == "torch" else target[:, :-1]
        logits = task.model.predict_on_batch([ids, read])[:, t]
        if not append_best(target, t, logits):
            break
    return target[:, 1:]


def loop_over_step(task, ids: np.ndarray, limit: int) -> np.ndarray:
    """The same by the one-step decoder, whose states are passed from step to step."""
    steps = task.decoder.steps
    state, memory = steps.start(ids)
    arrays = [keras.ops.convert_to_numpy(x) for x in (*state, *memory)]
    state, memory = arrays[: len(state)], arrays[len(state) :]
    target = np.zeros((len(ids), limit + 1), "int32")
    target[:, 0] = BOS
    for t in range(limit):
        inputs = [target[:, t], *state, *memory]
        logits, *state = steps.decoder.predict_on_batch(inputs)
        if not append_best(target, t, logits):
            break
    return target[:, 1:]


def append_best(target: np.ndarray, t: int, logits: np.ndarray) -> bool:
    """Write the most probable tokens into column t + 1; returns whether a row is unfinished."""
    done = (target[:, 1 : t + 1] == EOS).any(axis=1)
    target[:, t + 1] = np.where(done, 0, logits[:, EOS:].argmax(axis=1) + EOS)
    return not (done | (target[:, t + 1] == EOS)).all()


def searches(task, ids: np.ndarray, limit: int) -> np.ndarray:
    """The same by `Decoder.greedy`."""
    result = task.decoder.greedy([ids], np.full(len(ids), limit))
    target = np.zeros((len(ids), limit), "int32")
    for row, best, length in zip(target, result.ids, result.lengths[:, 0], strict=True):
        row[: len(best[0])] = best[0]
        if len(best[0]) < length:
            row[length - 1] = EOS
    return target


def rates(task, batches: list[np.ndarray], limit: int, rounds: int = 3) -> dict[str, float]:
    """Median tokens a second of the three functions, called in turn; the first round compiles."""
    functions = (searches, loop_over_step, loop_over_model)
    times: dict[str, list[float]] = {function.__name__: [] for function in functions}
    for round_ in range(rounds + 1):
        for ids in batches:
            results = []
            for function in functions:
                start = time.perf_counter()
                results.append(function(task, ids, limit))
                seconds = time.perf_counter() - start
                if round_:
                    times[function.__name__].append(np.count_nonzero(results[-1]) / seconds)
            same = [(other == results[0]).all(axis=1).mean() for other in results[1:]]
            if min(same) < 0.9:  # ties may be broken differently
                raise SystemExit(
                    f"Expected at least 0.9 of the translations to be equal. Received: {same}."
                )
    return {name: statistics.median(values) for name, values in times.items()}


def bare_products(task, rows: int, steps: int):
    """A function that computes the matrix products of a generator's steps, and little else.

    The input of each product depends on the one before, so that no compiler can omit or move one.

    Args:
        task: the text generator.
        rows: texts of a batch.
        steps: number of steps.
    """
    grus = [gru.cell for gru in task.steps.grus]
    projection = task.model.get_layer("projection").kernel
    table = task.model.get_layer("embedding").embeddings
    variables = [w for cell in grus for w in (cell.kernel, cell.recurrent_kernel)]

    def fold(product):
        return ops.mean(ops.reshape(product, (rows, 3, -1)), axis=1)

    def run(x, *states):
        def body(_, carried):
            x, *states = carried
            after = []
            for cell, h in zip(grus, states, strict=True):
                x = fold(ops.matmul(x, cell.kernel)) + fold(ops.matmul(h, cell.recurrent_kernel))
                after.append(x)
            x = ops.matmul(ops.concatenate(after, axis=-1), projection)
            logits = ops.matmul(x, ops.transpose(table))
            return (x + ops.max(logits, axis=-1, keepdims=True), *after)

        carried = tuple(map(ops.convert_to_tensor, (x, *states)))
        return ops.fori_loop(0, steps, body, carried)

    compiled_run = compiled(run, [*variables, projection, table])
    inputs = [np.ones((rows, table.shape[1]), "float32")]
    inputs += [np.ones((rows, cell.units), "float32") for cell in grus]
    return lambda: ops.convert_to_numpy(compiled_run(*inputs)[0])


def seconds(function, rounds: int = 7) -> float:
    """Median seconds of a call, without the first one, which compiles."""
    function()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def generator(task) -> dict:
    """Rates and waiting times of a text generator, by name."""
    prompt, rows, steps = "ROMEO:\n", 32, 256
    pieces = rows * steps
    written = seconds(lambda: task.generate(prompt, steps, seed=0, n=rows))
    bare = seconds(bare_products(task, rows, steps))
    words = TYPED.split()
    typed = (" ".join(words[:count]) for count in range(3, len(words)))
    long = prompt * 500
    begins = {
        name: task.sampler.read(text, max_length=steps)[1]
        for name, text in (("short", prompt), ("long", long))
    }
    decoder, limits = task.sampler.decoder, np.array([steps])
    return {
        "pieces_per_second": pieces / written,
        "bare_products_pieces_per_second": pieces / bare,
        "share_of_bare_products": bare / written,
        "suggest_ms": 1e3 * seconds(lambda: task.suggest(next(typed)), 30),
        "first_pieces_of_a_stream_ms": 1e3 * seconds(lambda: next(task.stream(prompt, seed=0))),
        "ms_per_piece_behind_prompts": {
            name: 1e3 / steps * seconds(lambda inputs=inputs: decoder.sample(inputs, limits))
            for name, inputs in begins.items()
        },
    }


def summarizer(task, texts: list[str]) -> dict:
    """Texts a minute of a summarizer."""
    rates = {}
    for name in ("first_time", "again"):
        start = time.perf_counter()
        task.summarize(texts, beam_size=5)
        minutes = (time.perf_counter() - start) / 60
        rates[f"beam5_texts_per_minute_{name}"] = len(texts) / minutes
    return {"texts": len(texts), **rates}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="translation_en_de_captions")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--dataset", default="multi30k")
    parser.add_argument("--split", default="test_2016_flickr")
    parser.add_argument("--batches", type=int, default=8, help="number of batches of 32")
    add_store(parser)
    args = parser.parse_args()
    backend = keras.backend.backend()
    task = gru_zoo.load(args.preset)
    about = {**environment(), "preset": args.preset}
    if task.card.task == "text_generation":
        report(f"generate-{backend}.json", {**about, **generator(task)}, args.store)
        return
    sources, references = task.examples(data.load(args.dataset, args.split, args.data_dir))
    if task.card.task == "summarization":
        result = {**about, **summarizer(task, sources[: 32 * args.batches])}
        report(f"summarize-{backend}.json", result, args.store)
        return
    encoded = task.processor.encode(sources[: 32 * args.batches])
    batches = [pad(encoded[i : i + 32]) for i in range(0, len(encoded), 32)]
    speed = rates(task, batches, limit=64)
    start = time.perf_counter()
    task.translate(sources, beam_size=5)
    cold = time.perf_counter() - start
    start = time.perf_counter()
    task.translate(sources, beam_size=5)
    result = {
        **about,
        "greedy_tokens_per_second": speed,
        "times_loop_over_model": speed["searches"] / speed["loop_over_model"],
        "times_loop_over_step": speed["searches"] / speed["loop_over_step"],
        "beam5_sentences": len(sources),
        "beam5_seconds_first_time": cold,
        "beam5_seconds": time.perf_counter() - start,
    }
    report(f"decode-{backend}.json", result, args.store)


if __name__ == "__main__":
    main()
