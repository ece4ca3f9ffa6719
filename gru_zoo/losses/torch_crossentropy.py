"""Smoothed cross-entropy on torch, with its gradient written by hand.

The logits are by far the largest arrays of a training step, and autograd passes over them three
times as often.
"""

import torch


class _SmoothedCrossentropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, ids, smoothing):
        ids = ids.long().unsqueeze(-1)
        total = torch.logsumexp(logits, dim=-1, keepdim=True)
        ctx.save_for_backward(logits, ids, total)
        ctx.smoothing = smoothing
        of_labels, mean = logits.gather(-1, ids), logits.mean(dim=-1, keepdim=True)
        return (total - (1 - smoothing) * of_labels - smoothing * mean).squeeze(-1)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, upstream):
        logits, ids, total = ctx.saved_tensors
        upstream = upstream.unsqueeze(-1)
        gradient = torch.sub(logits, total).exp_()  # softmax; the targets are subtracted
        gradient.sub_(ctx.smoothing / logits.shape[-1]).mul_(upstream)
        gradient.scatter_add_(-1, ids, (ctx.smoothing - 1) * upstream)
        return gradient, None, None


def smoothed_crossentropy(
    logits: torch.Tensor, ids: torch.Tensor, smoothing: float
) -> torch.Tensor:
    """Cross-entropy of each id with a smoothed label, see `SmoothedCrossentropy`.

    Args:
        logits: float32, shape `(..., vocabulary)`.
        ids: integer, shape `(...)`.
        smoothing: share of the probability that is spread over the vocabulary, from 0, less than 1.

    Returns:
        Float32, shape `(...)`.
    """
    return _SmoothedCrossentropy.apply(logits, ids, smoothing)
