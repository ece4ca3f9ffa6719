"""What of its backends the layer works inside, each cell with the test that asserts it.

`tools/tables.py` writes the table of docs/layer.md from it, and from what the same tests said of
Keras' layer when `tools/beside_keras.py` ran them on it.
"""

import json

from tests.paths import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "layer_inside.json"
_TORCH = "tests/layers/recurrence/torch/"
_WATCHED = f"{_TORCH}test_watched.py::"
_EXPORT = f"{_TORCH}test_export.py::"
_JAX = "tests/layers/recurrence/jax/test_derivatives.py::"
_TENSORFLOW = "tests/layers/recurrence/tensorflow/test_graphs.py::"
_LAYER = "tests/layers/test_gru.py::"
_INPUTS = "tests/layers/test_gru_inputs.py::"
_LAST = "tests/layers/test_last_state.py::"
_TRANSFORMS = {"PyTorch": f"{_WATCHED}test_transforms_of_torch"}
_OF_JAX = {"JAX": f"{_JAX}test_transforms_of_jax"}

# The backends by their names in the table, with those in Keras.
BACKENDS = {"PyTorch": "torch", "JAX": "jax", "TensorFlow": "tensorflow"}

# For each surrounding and backend the test that asserts it, with what is to say of it after a "|".
# Where a backend has no such thing, or no test asserts it, it has no cell.
ROWS: dict[str, dict[str, str]] = {
    "forward mode": {
        **_TRANSFORMS,
        **_OF_JAX,
        "TensorFlow": f"{_TENSORFLOW}test_forward_mode|in eager calls and around functions",
    },
    "gradient of the gradient": {
        "PyTorch": f"{_INPUTS}test_a_gradient_of_the_gradient_is_exact",
        **_OF_JAX,
    },
    "`vmap`, gradients of samples": {**_TRANSFORMS, **_OF_JAX},
    "`jacrev`, `jacfwd`, `hessian`": {**_TRANSFORMS, **_OF_JAX},
    "gradients of a batch of vectors (`is_grads_batched`, `vectorize=True`)": _TRANSFORMS,
    "checkpointing (`jax.checkpoint`)": _OF_JAX,
    "`keras.ops.vectorized_map`": {
        name: f"{_INPUTS}test_keras_maps_the_layer_over_vectors" for name in BACKENDS
    },
    "`stateless_call` with arrays of NumPy": {
        name: f"{_INPUTS}test_arrays_of_numpy_are_taken_without_the_bookkeeping_of_keras"
        for name in BACKENDS
    },
    "captured graphs (`make_fx`)": {
        "PyTorch": f"{_WATCHED}test_captured_graphs_read_their_inputs"
        "|of the captured number of steps"
    },
    "tensors without values (`FakeTensorMode`)": {
        "PyTorch": f"{_WATCHED}test_tensors_without_values_have_the_right_shapes"
    },
    "counters and other modes": {"PyTorch": f"{_WATCHED}test_counters_see_every_product"},
    "`DTensor`, sharded over the batch": {
        "PyTorch": f"{_WATCHED}test_distributed_tensors|tested on one device"
    },
    "`torch.compile(fullgraph=True)`": {
        "PyTorch": f"{_TORCH}test_compiled.py::"
        "test_the_whole_graph_is_compiled_for_any_number_of_steps|on a CPU, as one operation"
    },
    "`compile(jit_compile=True)` and `fit`": {
        "PyTorch": f"{_TORCH}test_compiled.py::test_keras_trains_compiled_models",
        "JAX": f"{_LAYER}test_compiled_models_fit_and_predict",
        "TensorFlow": f"{_LAYER}test_compiled_models_fit_and_predict",
    },
    "`torch.autocast`": {
        "PyTorch": f"{_WATCHED}test_autocast_is_followed_and_keeps_the_state_in_float32"
        "|on a CPU; the fused kernels of a GPU compute in the layer's dtype"
    },
    "numbers of 64 bits (`jax_enable_x64`)": {
        "JAX": f"{_JAX}test_masks_where_numbers_have_64_bits"
    },
    "`jax.shard_map`": {"JAX": f"{_JAX}test_shards|tested on one device"},
    "ONNX, any number of steps and any mask": {
        "PyTorch": f"{_EXPORT}test_onnx_takes_any_number_of_steps_and_any_mask"
        "|what `torch.nn.GRU` computes, in float32"
    },
    "ONNX, other equations and float64": {
        "PyTorch": f"{_EXPORT}test_onnx_of_one_length_answers_no_other"
        "|of a fixed number of steps; the file fails on others"
    },
    "`torch.jit.trace`, other numbers of steps": {
        "PyTorch": f"{_EXPORT}test_traced_layers_take_any_mask|what `torch.nn.GRU` computes"
    },
    "ONNX by tf2onnx": {
        "TensorFlow": f"{_TENSORFLOW}test_an_unrolled_layer_is_written_to_onnx"
        "|with `unroll=True` and a fixed number of steps"
    },
    "LiteRT, any number of steps": {
        "TensorFlow": f"{_TENSORFLOW}test_litert_takes_any_length_of_one_batch_size"
        "|by `TFLiteConverter`, with a fixed batch size"
    },
    "LiteRT, any batch size": {
        "TensorFlow": f"{_TENSORFLOW}"
        "test_keras_exports_an_unrolled_layer_to_litert_for_any_batch_size"
        "|with `unroll=True` and a fixed number of steps"
    },
    "last states alone, in the memory of a few": {
        "PyTorch": f"{_LAST}test_inference_holds_few_states",
        "JAX": f"{_LAST}test_a_compiled_function_holds_few_states|with a mask",
        "TensorFlow": f"{_LAST}test_inference_holds_few_states",
    },
    "not a number in masked steps": {
        name: "tests/layers/test_extremes.py::test_what_is_masked_may_be_anything"
        for name in BACKENDS
    },
    "the gradient of an earlier call, `stateful=True`": {
        "PyTorch": f"{_TORCH}test_training.py::test_a_gradient_of_an_earlier_stateful_call"
    },
    "a state of bfloat16 as the carry of `jax.lax.scan`": {
        "JAX": f"{_JAX}test_a_state_of_half_precision_is_carried_by_a_scan"
    },
    "quantization to integers for LiteRT": {
        "TensorFlow": f"{_TENSORFLOW}test_an_unrolled_layer_is_quantized_to_integers"
        "|with `unroll=True` and fixed sizes"
    },
}


def tests_on(backend: str) -> list[str]:
    """The tests of a column, each once."""
    cells = (cells[backend] for cells in ROWS.values() if backend in cells)
    return list(dict.fromkeys(cell.partition("|")[0] for cell in cells))


def table() -> str:
    """The table of docs/layer.md."""
    peers = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    columns = " | ".join(f"{backend} | of Keras" for backend in BACKENDS)
    lines = [f"| inside | {columns} |", "|---" * (1 + 2 * len(BACKENDS)) + "|"]
    for name, cells in ROWS.items():
        found: list[str] = []
        for backend in BACKENDS:
            cell = cells.get(backend)
            found += [_cell(cell), _cell_of_keras(peers.get(backend, {}), cell)]
        lines.append(f"| {name} | {' | '.join(found)} |")
    return "\n".join(lines)


def _cell(value):
    if value is None:
        return ""
    _, _, remark = value.partition("|")
    return f"works: {remark}" if remark else "works"


def _cell_of_keras(results, value):
    result = results.get((value or "").partition("|")[0])
    if not result:
        return ""
    if not result["failed"]:
        return "works"
    share = "" if result["failed"] == result["cases"] else " in {failed} of {cases} cases"
    share = share.format(**result)
    if result["reason"] is None:
        return f"other numbers{share}, by up to {result['difference']:.0e}"
    reason = result["reason"].replace("|", "\\|").replace("`", "'")
    return f"fails{share}: `{reason}`"
