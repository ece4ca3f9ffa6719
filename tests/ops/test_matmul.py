import numpy as np
import pytest
from keras import ops

from gru_zoo.ops.matmul import matmul_transposed


@pytest.mark.parametrize("shape", [(4,), (1, 4), (3, 4), (3, 2, 4), (2, 0, 4)])
def test_every_vector_meets_every_row_of_the_table(shape):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=shape).astype("float32")
    table = rng.normal(size=(7, 4)).astype("float32")
    result = matmul_transposed(ops.convert_to_tensor(vectors), ops.convert_to_tensor(table))
    np.testing.assert_allclose(ops.convert_to_numpy(result), vectors @ table.T, atol=1e-5)
