"""Matrix products on torch, by the faster of the libraries that it has on a CPU.

torch multiplies float32 by MKL, which uses AVX-512 on Intel's processors alone. oneDNN, which torch
brings along for its compiler, uses it on all.
"""

import math

import torch

# A call of oneDNN takes some 10 microseconds longer, and to add what it returns takes one more
# pass, unless to a bias. It pays where so many rows, or more, meet a matrix of so many entries.
_LARGE = ((4, 2**17), (512, 2**16))


class RightMatmul:
    """Products with one matrix on their right side, where no gradient is recorded.

    Args:
        matrix: the matrix. Products are of its dtype.
        rows: of the largest matrix on the left side.
        total: dtype of what products are added to, a bias included, if it is another.
    """

    def __init__(self, matrix: torch.Tensor, rows: int, total: torch.dtype | None = None):
        float32_on_cpu = matrix.dtype == torch.float32 and matrix.is_cpu
        least = _least_rows(matrix)
        onednn = float32_on_cpu and rows >= least and onednn_is_faster()
        self._least = least if onednn else math.inf
        self._matrix = matrix
        if onednn:  # of most other layouts it has slow kernels alone
            self._matrix = matrix.contiguous()
            self._transposed = self._matrix.t()
        # Chosen here, since to ask for dtypes takes time that a short step feels.
        narrow = total not in (None, matrix.dtype)
        self.add = self._add_product if onednn else self._add_cast if narrow else self._add
        self.affine = self._affine_cast if narrow else self._affine

    def __call__(self, a: torch.Tensor) -> torch.Tensor:
        """`a @ matrix`."""
        if len(a) >= self._least:
            return torch.ops.mkldnn._linear_pointwise(a, self._transposed, None, "none", [], "")
        return torch.mm(a, self._matrix)

    # `affine(a, bias)` is `bias + a @ matrix`, a new tensor.

    def _affine(self, a, bias):
        if len(a) >= self._least:
            return torch.ops.mkldnn._linear_pointwise(a, self._transposed, bias, "none", [], "")
        return torch.addmm(bias, a, self._matrix)

    def _affine_cast(self, a, bias):
        return bias + torch.mm(a.to(self._matrix.dtype), self._matrix)

    # `add(total, a, out, factor=1.0)` writes `total + factor * a @ matrix`.

    def _add_product(self, total, a, out, factor=1.0):
        torch.add(total, self(a), alpha=factor, out=out)

    def _add(self, total, a, out, factor=1.0):
        torch.addmm(total, a, self._matrix, alpha=factor, out=out)

    def _add_cast(self, total, a, out, factor=1.0):
        added = torch.mm(a.to(self._matrix.dtype), self._matrix)
        torch.add(total, added, alpha=factor, out=out)


def product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """`a @ b`, where no gradient is recorded."""
    return RightMatmul(b, len(a))(a)


def _least_rows(matrix: torch.Tensor) -> float:
    """From how many rows on oneDNN pays for a product with the matrix; infinity for none."""
    entries = matrix.numel()
    return min((rows for rows, least in _LARGE if entries >= least), default=math.inf)


def onednn_is_faster() -> bool:
    """Whether large products in float32 are better left to oneDNN than to MKL on this machine."""
    return (
        torch.backends.mkldnn.enabled
        and torch.backends.mkldnn.is_available()
        and torch.backends.cpu.get_cpu_capability() == "AVX512"
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )
