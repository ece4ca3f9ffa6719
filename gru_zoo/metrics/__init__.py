"""Metrics of all tasks."""

from gru_zoo.metrics.bleu import Metric

__all__ = ["Metric"]
