import numpy as np
import pytest

from gru_zoo.tasks.text_generation.training import encode_for_training, split
from gru_zoo.training.stateful import ResetStates
from tests.backends import only_on
from tests.tasks.text_generation.toy import TEXT, new_task


@only_on("torch", "the others compile every window; test_training.py resumes on all")
def test_an_interrupted_fit_resumes(task, tmp_path):
    def weights(**options):
        copy = new_task(task.processor, zoneout=0.1)
        copy.model.set_weights(task.model.get_weights())
        copy.fit(TEXT, epochs=2, rows=4, window=24, verbose=0, seed=5, **options)
        return copy.model.get_weights()

    def killed_in_the_second(self, epoch, logs=None):
        self._reset()
        if epoch == 1:
            raise KeyboardInterrupt

    whole = weights()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResetStates, "on_epoch_begin", killed_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            weights(directory=tmp_path)
    resumed = weights(directory=tmp_path, resume=True)
    for a, b in zip(whole, resumed, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_unknown_characters_in_training_are_named(task, subwords):
    with pytest.warns(UserWarning, match="2 of .* characters are read as unknown.*none of '#Z'"):
        encode_for_training(task.processor, "the Z# cat")
    assert len(encode_for_training(subwords.processor, "the <unk> cat")) > 3  # no warning


def test_the_warning_names_the_caller_of_fit(task):
    learner = new_task(task.processor)
    with pytest.warns(UserWarning, match="read as unknown") as record:
        with pytest.raises(ValueError, match="a held-out text of at least 17"):
            learner.fit("the Z# cat " * 10)
    assert record[0].filename == __file__


def test_validation_is_a_share_or_a_text(task):
    assert split("abcdefghij", 0.2) == ("abcdefgh", "ij")
    assert split("abc", "d") == ("abc", "d")
    with pytest.raises(ValueError, match="leave text on both sides. Received: validation=0.0 of 3"):
        task.fit("abc", validation=0.0)
    with pytest.raises(TypeError, match="such as 0.1, or a text. Received: validation=None"):
        task.fit("abc", validation=None)


def test_a_text_that_is_too_short_is_named(task):
    with pytest.raises(ValueError, match="a held-out text of at least 17 pieces for 16 streams"):
        task.fit("the cat sat " * 10)
    with pytest.raises(ValueError, match="a text to train on of at least 17 pieces.*Received: 3"):
        task.fit("the", validation=TEXT)


def test_paths_and_lists_are_no_text(task, tmp_path):
    path = tmp_path / "play.txt"
    path.write_text(TEXT, encoding="utf-8")
    for texts in (str(path), TEXT), (TEXT, str(path)):
        with pytest.raises(ValueError, match="Received: the path of a file. .*read_text"):
            task.fit(texts[0], validation=texts[1])
    for value in (path, ["a line", "another"]):
        with pytest.raises(TypeError, match="Expected one text, a string. Join the lines"):
            task.fit(value)
