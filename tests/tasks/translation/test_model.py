import numpy as np


def test_the_decoder_reads_only_what_came_before(task):
    (source, target), _ = task.encode("He sees two books.", "Il voit deux livres.")
    logits = task.model.predict_on_batch([source, target])
    changed = target.copy()
    changed[0, 4:] = 7
    again = task.model.predict_on_batch([source, changed])
    np.testing.assert_allclose(again[:, :4], logits[:, :4], atol=1e-5)
    assert np.abs(again[:, 4] - logits[:, 4]).max() > 1e-3


def test_padding_of_the_source_does_not_count(task):
    (source, target), _ = task.encode("I see the cat.", "Je vois le chat.")
    logits = task.model.predict_on_batch([source, target])
    longer = task.model.predict_on_batch([np.pad(source, ((0, 0), (0, 4))), target])
    np.testing.assert_allclose(longer, logits, atol=1e-5)
