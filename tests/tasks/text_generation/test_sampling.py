import numpy as np
import pytest

from tests.tasks.text_generation.toy import TEXT, first_logits, one_pass


def test_generate(task):
    text = task.generate("the ", length=40, seed=3)
    assert len(text) == 40 and set(text) <= set(TEXT)
    assert task.generate("the ", length=40, seed=3) == text
    assert task.generate("the ", length=20, seed=3) == text[:20]
    assert task.generate("the ", length=40, seed=4) != text
    several = task.generate("the ", length=40, seed=3, n=3)
    assert len(set(several)) == 3 and several[0] == text
    assert task.generate("the ", length=0) == ""
    assert task.generate("a", 30, top_k=1, seed=1) == task.generate("a", 30, top_k=1, seed=2)


@pytest.mark.parametrize("kind", ["task", "subwords", "pointing"])
@pytest.mark.parametrize("options", [{}, {"temperature": 0.5, "top_k": 5, "top_p": 0.9}])
def test_the_stream_equals_the_text(kind, options, request):
    task = request.getfixturevalue(kind)
    parts = list(task.stream("the cat", length=40, seed=5, **options))
    assert len(parts) > 3
    assert "".join(parts) == task.generate("the cat", length=40, seed=5, **options)


def test_the_cost_of_a_token_does_not_grow_with_the_prompt(task):
    """The inputs of a search have the same sizes for every prompt."""
    task.generate("a", length=8, seed=0)
    compiled = len(task.sampler.decoder.searches)
    inputs = [task.sampler.read(prompt)[1] for prompt in ("a", TEXT[:300], TEXT * 3)]
    shapes = [[array.shape for array in arrays] for arrays in inputs]
    assert shapes[0] == shapes[1] == shapes[2] == [(1,), (1, 20), (1, 20)]
    task.generate(TEXT * 3, length=8, seed=0)
    assert len(task.sampler.decoder.searches) == compiled


@pytest.mark.parametrize("kind", ["task", "pointing"])
def test_the_first_token_depends_on_the_whole_prompt(kind, request):
    """The first token has the probabilities that one long pass gives it."""
    task = request.getfixturevalue(kind)
    prompt = TEXT[:600]
    logits = first_logits(task, prompt)
    nats = np.logaddexp.reduce(logits) - logits
    for letter in "the":
        ids = task.processor.encode(prompt + letter)
        assert one_pass(task, ids)[-1] == pytest.approx(nats[ids[-1]], abs=1e-4)


@pytest.mark.parametrize("prompt", ["", " ", "\n", "😀👍🏽", "これは", "a\x00b", "x" * 1_100])
def test_any_prompt_is_taken(task, subwords, prompt):
    for model in (task, subwords):
        assert isinstance(model.generate(prompt, length=4, seed=0), str)
        assert all(s.word.strip() for s in model.suggest(prompt))


@pytest.mark.parametrize(
    "options, message",
    [
        ({"length": -1}, "length >= 0 and n >= 1. Received: length=-1, n=1"),
        ({"n": 0}, "n=0"),
        ({"temperature": 0.0}, "temperature > 0.*use a small temperature"),
        ({"top_k": -1}, "top_k=-1"),
        ({"top_p": 0.0}, "top_p=0"),
    ],
)
def test_numbers_out_of_range(task, options, message):
    with pytest.raises(ValueError, match=message):
        task.generate("a", **options)
