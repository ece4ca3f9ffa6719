"""Translate training sentences with an ensemble of models, for another model to learn from.

    KERAS_BACKEND=torch python recipes/translation/distil.py translation_en_de \\
        --teachers FOLDER FOLDER ... --to taught.tsv --data-dir DATA

writes a line for each training sentence: the sentence, the best translation of the teachers, and
the one of their five best that is nearest to the reference. `train.py --taught taught.tsv` learns
from both beside the references (Kim & Rush 2016, Sequence-Level Knowledge Distillation, section 3;
Freitag et al. 2017, Ensemble Distillation for Neural Machine Translation). The teachers have one
vocabulary.
"""

import argparse
import concurrent.futures
import functools
import pathlib
import sys

if not __package__:  # run as a file: Python does not find the package `recipes` by itself
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from keras import ops

import gru_zoo
from gru_zoo.decoding.decoder import Decoder
from gru_zoo.tasks.translation.task import Translation
from recipes.translation.distillation_data import N_BEST, write_rows
from recipes.translation.prepare import examples
from recipes.translation.settings import PRESETS


class EnsembleSteps:
    """A `StepModel` of several models: the mean of their probabilities of the next sub-word.

    Args:
        steps: the `gru_zoo.decoding.step_model.StepModel` of each model.
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
        outputs = [
            one.step(tokens, *parts) for one, *parts in zip(self.steps, state, memory, strict=True)
        ]
        # The logarithm of the summed probabilities: a softmax turns it into their mean.
        scores = ops.stack([ops.log_softmax(logits, axis=-1) for logits, _ in outputs])
        return ops.logsumexp(scores, axis=0), tuple(state for _, state in outputs)

    def finish(self, state):
        return state


class Ensemble(Translation):
    """An ensemble of translators.

    Args:
        tasks: the translators, all of one vocabulary. The processor, with its length penalty, is
            that of the first one.

    Raises:
        SystemExit: the vocabularies differ.
    """

    def __init__(self, tasks: list[Translation]):
        first = tasks[0]
        vocabularies = {task.processor.tokenizer.model for task in tasks}
        if len(vocabularies) > 1:
            raise SystemExit(
                f"Expected teachers of one vocabulary. Received: {len(vocabularies)} vocabularies "
                f"among {len(tasks)}. Train them with the same data and vocabulary size."
            )
        super().__init__(first.model, first.processor, first.card)
        self.tasks = tasks

    @functools.cached_property
    def decoder(self) -> Decoder:
        """Greedy and beam search over all models."""
        return Decoder(EnsembleSteps([task.Steps(task.model) for task in self.tasks]))


def nearest(candidates: list[str], reference: str) -> str:
    """The candidate with the highest chrF; the first one of equals."""
    import sacrebleu

    return max(candidates, key=lambda text: sacrebleu.sentence_chrf(text, [reference]).score)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", choices=[name for name in PRESETS if name != "own"])
    parser.add_argument("--teachers", nargs="+", required=True, help="folders of saved presets")
    parser.add_argument("--to", type=pathlib.Path, required=True, help="file to write")
    parser.add_argument("--data-dir", help="folder of the data sets; default: $GRU_ZOO_DATA")
    parser.add_argument("--batch-size", type=int, default=32)
    args = parser.parse_args()
    args.to.parent.mkdir(parents=True, exist_ok=True)  # fails before the search, not after it

    ensemble = Ensemble([gru_zoo.load(folder) for folder in args.teachers])
    train, held_out = examples(PRESETS[args.preset], args.data_dir)
    write = functools.partial(ensemble.translate, verbose=True, batch_size=args.batch_size)
    print("validation:", ensemble.validation_metric(write(held_out[0]), held_out[1]))
    sources, references = ([text for side in train.values() for text in side[i]] for i in (0, 1))
    hypotheses = write(sources, n_best=N_BEST)
    with concurrent.futures.ProcessPoolExecutor() as pool:
        closest = list(pool.map(nearest, hypotheses, references, chunksize=500))
    rows = list(zip(sources, (best for best, *_ in hypotheses), closest, strict=True))
    write_rows(args.to, rows)
    print(f"{len(rows)} sentences in '{args.to}'")


if __name__ == "__main__":
    main()
