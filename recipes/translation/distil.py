"""What several models of one vocabulary say together, for another to learn from.

    KERAS_BACKEND=torch python recipes/translation/distil.py translation_en_de \\
        --teachers FOLDER FOLDER ... --to taught.tsv --data-dir DATA

writes a line for each training sentence: the sentence, the translation that the teachers find best,
and that of their five best which is nearest to the reference. `train.py --taught taught.tsv` learns
from both beside the references (Kim & Rush 2016, Sequence-Level Knowledge Distillation, section 3;
Freitag et al. 2017, Ensemble Distillation for Neural Machine Translation).
"""

import argparse
import concurrent.futures
import functools
import pathlib

from keras import ops

import gru_zoo
from gru_zoo.decoding.decoder import Decoder
from gru_zoo.files import write_atomically
from gru_zoo.tasks.translation.task import Translation

N_BEST = 5


class EnsembleSteps:
    """Several models as one to a search: the next sub-word has the mean of their probabilities.

    Args:
        steps: a `gru_zoo.decoding.step_model.Steps` of each model.
    """

    ends = True
    shared = False

    def __init__(self, steps):
        self.steps = steps
        self.variables = [variable for one in steps for variable in one.variables]

    def start(self, *inputs):
        states, memories = zip(*(one.start(*inputs) for one in self.steps), strict=True)
        return states, memories

    def step(self, tokens, state, memory):
        found = [
            one.step(tokens, *parts) for one, *parts in zip(self.steps, state, memory, strict=True)
        ]
        scores = ops.stack([ops.log_softmax(logits, axis=-1) for logits, _ in found])
        return ops.logsumexp(scores, axis=0), tuple(state for _, state in found)

    def finish(self, state):
        return state


class Ensemble(Translation):
    """Several translators as one.

    Args:
        tasks: the translators, of one vocabulary; the first one's length penalty is taken.
    """

    def __init__(self, tasks: list[Translation]):
        first = tasks[0]
        pieces = {task.processor.tokenizer.model for task in tasks}
        if len(pieces) > 1:
            raise SystemExit(
                f"Expected teachers of one vocabulary. Received: {len(pieces)} vocabularies among "
                f"{len(tasks)}. Train them with the same data and vocabulary size."
            )
        super().__init__(first.model, first.processor, first.card)
        self.tasks = tasks

    @functools.cached_property
    def decoder(self) -> Decoder:
        """The searches over all models."""
        return Decoder(EnsembleSteps([task.Steps(task.model) for task in self.tasks]))


def nearest(candidates: list[str], reference: str) -> str:
    """The candidate with the highest chrF, of equals the first."""
    import sacrebleu

    return max(candidates, key=lambda text: sacrebleu.sentence_chrf(text, [reference]).score)


def taught_pairs(path: str, known: set[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Sources and targets in a file that `main` wrote, each pair once, without those known.

    Raises:
        SystemExit: the file is another one.
    """
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    if not rows or any(len(row) != 3 for row in rows):
        raise SystemExit(f"Expected lines of three columns in '{path}', as distil.py writes them.")
    pairs = dict.fromkeys((source, text) for source, *texts in rows for text in texts)
    fresh = [pair for pair in pairs if pair not in known]
    return [source for source, _ in fresh], [target for _, target in fresh]


def main() -> None:
    from train import PRESETS, examples

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", choices=[name for name in PRESETS if name != "own"])
    parser.add_argument("--teachers", nargs="+", required=True, help="folders of saved presets")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="file to write")
    parser.add_argument("--data-dir", help="folder of the data sets; else $GRU_ZOO_DATA")
    parser.add_argument("--batch-size", type=int, default=32)
    args = parser.parse_args()
    args.to.parent.mkdir(parents=True, exist_ok=True)  # not only once all is translated

    together = Ensemble([gru_zoo.load(folder) for folder in args.teachers])
    train, held_out = examples(PRESETS[args.preset], args.data_dir)
    write = functools.partial(together.translate, verbose=True, batch_size=args.batch_size)
    print("validation:", together.validation_metric(write(held_out[0]), held_out[1]))
    sources, references = ([text for side in train.values() for text in side[i]] for i in (0, 1))
    found = write(sources, n_best=N_BEST)
    with concurrent.futures.ProcessPoolExecutor() as pool:
        closest = list(pool.map(nearest, found, references, chunksize=500))
    rows = zip(sources, (best for best, *_ in found), closest, strict=True)
    # A tab within a text would be a column of its own.
    lines = ["\t".join(" ".join(text.split()) for text in row) for row in rows]
    write_atomically(args.to, "\n".join(lines) + "\n")
    print(f"{len(lines)} sentences in '{args.to}'")


if __name__ == "__main__":
    main()
