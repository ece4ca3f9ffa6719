"""Output layer and smoothed cross-entropy in one, on torch.

The logits of a training step are by far its largest arrays: those of 6,000 sub-words among 10,000
take 240 MB in float32, and each pass over them goes through the memory. Here the logits of some
positions are made, turned into their part of the loss and of the gradients, and dropped, inside the
caches of the processor. All but the softmax is a product or has few numbers: the gradient by the
logits is softmax - (1 - s) one_hot(id) - s / V, and what the last two terms bring needs no array of
the size of the logits.
"""

import torch

_LOGITS = 2**23  # made at a time


class _TiedCrossentropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, vectors, table, bias, ids, weights, smoothing):
        """The weighted sum of the losses of all rows; the gradients are computed here as well."""
        rounded, shift = table.to(vectors.dtype), bias.to(vectors.dtype)
        # What smoothing brings: the mean of the logits of a row is vector * middle + center.
        middle, center = table.mean(dim=0), bias.mean()
        weighted = weights[:, None] * vectors.to(table.dtype)
        by_label, by_mean = (1 - smoothing) * weighted, smoothing * weighted.sum(dim=0) / len(table)
        by_vectors = -weights[:, None] * ((1 - smoothing) * table[ids] + smoothing * middle)
        by_table = (-by_mean).expand_as(table).contiguous().index_add_(0, ids, -by_label)
        by_bias = (-smoothing * weights.sum() / len(table)).expand_as(bias).contiguous()
        by_bias.index_add_(0, ids, (smoothing - 1) * weights)
        loss = -smoothing * (weights * (vectors.to(table.dtype) @ middle + center)).sum()
        weighted = weighted.to(vectors.dtype)
        size = max(1, _LOGITS // len(table))
        for start in range(0, len(vectors), size):
            rows = slice(start, start + size)
            scores = torch.addmm(shift, vectors[rows], rounded.T)
            chances = torch.softmax(scores, dim=-1)
            of_label = scores.gather(-1, ids[rows, None]).squeeze(-1).to(table.dtype)
            chance = chances.gather(-1, ids[rows, None]).squeeze(-1).to(table.dtype)
            # The logarithm of the sum of a row, by its label: log(sum) = score - log(chance).
            surprise = -chance.clamp(min=torch.finfo(torch.float32).tiny).log()
            loss += (weights[rows] * (surprise + smoothing * of_label)).sum()
            by_vectors[rows].addcmul_(weights[rows, None], chances @ rounded)
            by_table += chances.T @ weighted[rows]
            by_bias += chances.T @ weights[rows].to(chances.dtype)
        ctx.save_for_backward(by_vectors.to(vectors.dtype), by_table, by_bias)
        return loss

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, upstream):
        gradients = [gradient * upstream.to(gradient.dtype) for gradient in ctx.saved_tensors]
        return (*gradients, None, None, None)


def tied_crossentropy(
    vectors: torch.Tensor,
    table: torch.Tensor,
    bias: torch.Tensor,
    ids: torch.Tensor,
    weights: torch.Tensor,
    smoothing: float,
) -> torch.Tensor:
    """Weighted mean of the cross-entropy of `ids`, see `SmoothedCrossentropy`.

    Args:
        vectors: float, shape `(..., dim)`.
        table: float32, shape `(vocabulary, dim)`; the logits are `vectors table^T + bias`.
        bias: float32, shape `(vocabulary,)`.
        ids: integer, shape `(...)`.
        weights: float32, shape `(...)`, the weight of each loss in the mean.
        smoothing: share of the probability that is spread over the vocabulary, from 0, less than 1.
    """
    scale = weights / weights.sum().clamp(min=torch.finfo(torch.float32).tiny)
    rows = vectors.reshape(-1, vectors.shape[-1])
    return _TiedCrossentropy.apply(
        rows, table, bias, ids.reshape(-1).long(), scale.reshape(-1), smoothing
    )
