import numpy as np

from gru_zoo.text.special_tokens import PAD
from tests.tasks.summarization.toy import SUMMARIES, TEXTS, scores_of


def test_the_decoder_reads_only_what_came_before(task):
    source, target, scores = scores_of(task, TEXTS[0], SUMMARIES[0])
    changed = target.copy()
    changed[0, 4:] = 7
    again = task.model.predict_on_batch([source, changed])
    np.testing.assert_allclose(again[:, :4], scores[:, :4], atol=1e-5)
    assert np.abs(again[:, 4:] - scores[:, 4:]).max() > 1e-3


def test_padding_of_the_source_does_not_count(task):
    source, target, scores = scores_of(task, TEXTS[:2], SUMMARIES[:2])
    longer = task.model.predict_on_batch([np.pad(source, ((0, 0), (0, 4))), target])
    keep = target != PAD
    np.testing.assert_allclose(longer[keep], scores[keep], atol=1e-5)
