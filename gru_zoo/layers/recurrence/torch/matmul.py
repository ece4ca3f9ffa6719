"""Matrix products on torch, by the faster of the two libraries that it has on a CPU.

torch multiplies float32 by MKL, which uses AVX-512 only on Intel's processors. oneDNN, which torch
brings along for its compiler, uses it on all. No public function of torch calls oneDNN for a
product in float32, hence `torch.ops.mkldnn._linear_pointwise`, an operation that torch's compiler
emits and its documentation does not promise. Tried with torch 2.6 and 2.13. Where a version lacks
it `onednn_is_faster` is False and every product is MKL's; the tests compare the two.
"""

import math

import torch

# A call of oneDNN takes about 10 microseconds longer, and adding its result to anything but a bias
# takes one more pass. It pays from so many rows on, for a matrix of so many entries or more.
_LARGE = ((4, 2**17), (512, 2**16))


def _onednn_linear(a: torch.Tensor, transposed: torch.Tensor, bias: torch.Tensor | None):
    """`a @ transposed.T + bias` by oneDNN.

    The only call of the undocumented operation; the top of this file gives the reason.
    """
    return torch.ops.mkldnn._linear_pointwise(a, transposed, bias, "none", [], "")


class RightMatmul:
    """Products with one matrix on their right side, where no gradient is recorded.

    Args:
        matrix: the matrix. Products are of its dtype.
        rows: number of rows of the largest matrix on the left side.
        total: dtype of the tensors, or bias, to which products are added. Default that of `matrix`.
    """

    def __init__(self, matrix: torch.Tensor, rows: int, total: torch.dtype | None = None):
        float32_on_cpu = matrix.dtype == torch.float32 and matrix.is_cpu
        min_rows = _min_rows(matrix)
        onednn = float32_on_cpu and rows >= min_rows and onednn_is_faster()
        self._min_rows = min_rows if onednn else math.inf
        self._matrix = matrix
        if onednn:  # For most other layouts oneDNN has only slow kernels.
            self._matrix = matrix.contiguous()
            self._transposed = self._matrix.t()
        # Chosen here, since comparing dtypes takes time that a short step feels.
        narrow = total not in (None, matrix.dtype)
        self.add = self._add_product if onednn else self._add_cast if narrow else self._add
        self.affine = self._affine_cast if narrow else self._affine
        self.into = self._copy_product if onednn else self._copy_cast if narrow else self._into

    def __call__(self, a: torch.Tensor) -> torch.Tensor:
        """`a @ matrix`."""
        if len(a) >= self._min_rows:
            return _onednn_linear(a, self._transposed, None)
        return torch.mm(a, self._matrix)

    # `affine(a, bias)` is `bias + a @ matrix`, a new tensor.

    def _affine(self, a, bias):
        if len(a) >= self._min_rows:
            return _onednn_linear(a, self._transposed, bias)
        return torch.addmm(bias, a, self._matrix)

    def _affine_cast(self, a, bias):
        return bias + torch.mm(a.to(self._matrix.dtype), self._matrix)

    # `add(total, a, out)` writes `total + a @ matrix`.

    def _add_product(self, total, a, out):
        torch.add(total, self(a), out=out)

    def _add(self, total, a, out):
        torch.addmm(total, a, self._matrix, out=out)

    def _add_cast(self, total, a, out):
        torch.add(total, torch.mm(a.to(self._matrix.dtype), self._matrix), out=out)

    # `into(a, out)` writes `a @ matrix`.

    def _copy_product(self, a, out):
        out.copy_(self(a))

    def _copy_cast(self, a, out):
        out.copy_(torch.mm(a.to(self._matrix.dtype), self._matrix))

    def _into(self, a, out):
        torch.mm(a, self._matrix, out=out)


def product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """`a @ b`, where no gradient is recorded."""
    return RightMatmul(b, len(a))(a)


def _min_rows(matrix: torch.Tensor) -> float:
    """The number of rows from which on oneDNN pays for a product with the matrix; may be inf."""
    entries = matrix.numel()
    return min((rows for rows, size in _LARGE if entries >= size), default=math.inf)


def onednn_is_faster() -> bool:
    """Whether oneDNN multiplies large matrices in float32 faster than MKL on this machine."""
    return (
        torch.backends.mkldnn.enabled
        and torch.backends.mkldnn.is_available()
        and torch.backends.cpu.get_cpu_capability() == "AVX512"
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )
