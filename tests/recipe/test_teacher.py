import numpy as np

from tests.backends import only_on
from tests.tiny_transformer import tiny_transformer


@only_on("torch", "transformers run on torch")
def test_a_transformer_reads_its_own_sub_words(tmp_path):
    import torch
    from transformers import AutoModel, AutoTokenizer

    from gru_zoo.recipe.teacher import TEACHER_OFFSET, pretrained

    transformer = tiny_transformer(tmp_path)
    tokenizer, encoder = pretrained(transformer)
    assert tokenizer.encode([]) == []
    texts = ["A film.", "A fine film!"]
    ids = tokenizer.encode(texts)
    padded = np.array([ids[0] + [0] * (len(ids[1]) - len(ids[0])), ids[1]])
    theirs = AutoTokenizer.from_pretrained(transformer)
    model = AutoModel.from_pretrained(transformer).eval()
    inputs = [theirs(text, return_tensors="pt") for text in texts]
    assert ids == [[TEACHER_OFFSET + i for i in one["input_ids"][0].tolist()] for one in inputs]
    with torch.no_grad():
        states_of_rows = encoder(padded, training=False)
        expected = [model(**one).last_hidden_state[0] for one in inputs]
    for row, states in zip(states_of_rows, expected, strict=True):
        np.testing.assert_allclose(row[: len(states)], states, atol=0.05)  # bfloat16 inside
