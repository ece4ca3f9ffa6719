import types

from gru_zoo.metrics import Metric
from gru_zoo.recipe.ship import tune_length_penalty


def test_the_length_penalty_with_the_best_score_is_kept(capsys):
    def validation_metric(texts, references):
        return Metric("bleu", float(len(set(texts) & set(references))), "")

    def write(sources, length_penalty):
        return sources if length_penalty == 1.0 else ["long"] * len(sources)

    processor = types.SimpleNamespace(length_penalty=0.0)
    task = types.SimpleNamespace(validation_metric=validation_metric, processor=processor)
    tune_length_penalty(task, write, (["a", "b"], ["a", "b"]), (0.0, 1.0, 2.0))
    assert task.processor.length_penalty == 1.0
    assert "bleu by length penalty: {0.0: 0.0, 1.0: 2.0, 2.0: 0.0}" in capsys.readouterr().out
