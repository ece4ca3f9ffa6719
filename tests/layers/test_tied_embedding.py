import keras
import numpy as np
from keras import ops

from gru_zoo.layers import TiedEmbedding


def test_one_table_serves_both_ways():
    layer = TiedEmbedding(6, 3)
    ids = np.array([[5, 0], [2, 2]])
    vectors = ops.convert_to_numpy(layer(ids))
    table, bias = layer.get_weights()
    np.testing.assert_array_equal(vectors, table[ids])
    layer.set_weights([table, np.arange(6, dtype="float32")])
    logits = ops.convert_to_numpy(layer(vectors, reverse=True))
    np.testing.assert_allclose(logits, vectors @ table.T + np.arange(6), rtol=1e-5)


def test_in_a_model_and_from_its_config():
    layer = TiedEmbedding(6, 3, name="tied")
    ids = keras.Input((None,), dtype="int32")
    logits = layer(layer(ids), reverse=True)
    assert logits.shape == (None, None, 6)
    model = keras.Model(ids, logits)
    assert len(model.weights) == 2
    assert TiedEmbedding.from_config(layer.get_config()).get_config() == layer.get_config()
