"""Speed of a model of one GRU layer as its users feel it, on the backend of KERAS_BACKEND.

    KERAS_BACKEND=torch python benchmarks/gru_model.py             # prints the table
    KERAS_BACKEND=torch python benchmarks/gru_model.py --store     # also writes results/

`predict_on_batch` and `train_on_batch` (SGD, squared error of the last output) of a Keras model
with our layer and with `keras.layers.GRU`, and the same steps of a bare `torch.nn.GRU`, from arrays
and to arrays of NumPy. With a mask the Keras models begin with `keras.layers.Masking`, and torch
packs. Every round calls each once, in one process. A ratio is the median time of a peer divided by
ours.
"""

import argparse

# First, since its imports set the number of threads.
from gru_layer import inputs, measure, show

# isort: split
import keras
import numpy as np
from reports import add_store, environment, write
from runners import BACKEND, THREADS

from gru_zoo.layers import GRU
from gru_zoo.layers.convert import copy_weights, to_torch

CASES = [(32, 100, 128, 256), (128, 40, 64, 64), (1, 100, 64, 128)]
CALLS = ("predict_on_batch", "train_on_batch")


def model_of(layer, case, masked):
    """A compiled model of a layer."""
    _, steps, features, _ = case
    masking = [keras.layers.Masking()] if masked else []
    model = keras.Sequential([keras.Input((steps, features)), *masking, layer])
    model.compile("sgd", "mse")
    return model


def torch_calls(layer, lengths):
    """`CALLS` by name for a `torch.nn.GRU` with the weights of a layer."""
    import torch
    from torch.nn.utils.rnn import pack_padded_sequence

    torch.set_num_threads(THREADS)
    module = to_torch(layer)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.01)

    def last(x):
        x = torch.from_numpy(x)
        if lengths is not None:
            x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return module(x)[1][0]

    def predict(x):
        with torch.no_grad():
            return last(x).numpy()

    def train(x, y):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(last(x), torch.from_numpy(y))
        loss.backward()
        optimizer.step()
        return loss.item()

    return dict(zip(CALLS, (predict, train), strict=True))


def calls_of(case, masked):
    """For each name of a layer the functions to time, by the names in `CALLS`."""
    sequences, lengths, mask = inputs(case, masked)
    if masked:
        sequences[~mask] = 0
    models = {
        name: model_of(cls(case[-1]), case, masked)
        for name, cls in (("gru_zoo", GRU), ("keras.layers.GRU", keras.layers.GRU))
    }
    ours, theirs = (model.layers[-1] for model in models.values())
    copy_weights(ours, theirs)
    found = {name: {call: getattr(m, call) for call in CALLS} for name, m in models.items()}
    if BACKEND == "torch":
        found["torch.nn.GRU"] = torch_calls(ours, lengths)
    targets = np.zeros((case[0], case[-1]), "float32")
    arguments = {"predict_on_batch": (sequences,), "train_on_batch": (sequences, targets)}
    return found, arguments


def compare(seconds):
    """Measure and print every case; returns the rows."""
    rows = []
    for case in CASES:
        for masked in (False, True):
            found, arguments = calls_of(case, masked)
            for call in CALLS:
                functions = {
                    name: lambda run=calls[call], given=arguments[call]: run(*given)
                    for name, calls in found.items()
                }
                medians = measure(functions, seconds)
                rows.append({"case": case, "mode": call, "masked": masked, "ms": medians})
                show(f"{case!s:20} {call}, {'masked' if masked else 'full'}", medians)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds for a case and call")
    add_store(parser)
    args = parser.parse_args()
    print(f"{BACKEND}, {THREADS} CPU cores. Time of the other by ours:")
    result = {**environment(f"{THREADS} CPU cores"), "rows": compare(args.seconds)}
    if args.store:
        write(f"gru_model_{BACKEND}.json", result, indent=1)


if __name__ == "__main__":
    main()
