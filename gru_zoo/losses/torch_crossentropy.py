"""Smoothed cross-entropy on torch, with its gradient written by hand.

The logits are by far the largest arrays of a training step, and autograd passes over them three
times as often.
"""

import torch

_CHUNK = 2**18  # logits that are worked on at a time, so that they stay in the cache


class _SmoothedCrossentropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, ids, smoothing):
        """Loss of each row of `logits`, shape `(rows, vocabulary)`."""
        ids = ids.long().unsqueeze(-1)
        total = logits.new_empty((len(logits), 1))
        mean = logits.new_zeros((len(logits), 1))
        size = max(1, _CHUNK // logits.shape[-1])
        for part, out, average in zip(*(x.split(size) for x in (logits, total, mean)), strict=True):
            torch.logsumexp(part, dim=-1, keepdim=True, out=out)
            if smoothing:
                torch.mean(part, dim=-1, keepdim=True, out=average)
        ctx.save_for_backward(logits, ids, total)
        ctx.smoothing, ctx.size = smoothing, size
        of_labels = logits.gather(-1, ids)
        return (total - (1 - smoothing) * of_labels - smoothing * mean).squeeze(-1)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, upstream):
        logits, ids, total = ctx.saved_tensors
        upstream = upstream.unsqueeze(-1)
        gradient = torch.empty_like(logits)
        parts = (x.split(ctx.size) for x in (logits, total, upstream, gradient))
        for logit, normalizer, scale, out in zip(*parts, strict=True):
            torch.sub(logit, normalizer, out=out).exp_()  # softmax; the targets are subtracted
            if ctx.smoothing:
                out.sub_(ctx.smoothing / logits.shape[-1])
            out.mul_(scale)
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
    rows = logits.reshape(-1, logits.shape[-1])
    return _SmoothedCrossentropy.apply(rows, ids.reshape(-1), smoothing).reshape(ids.shape)
