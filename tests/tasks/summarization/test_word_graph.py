import numpy as np
import pytest
from keras import ops

import gru_zoo
from gru_zoo.tasks.summarization.source_words import Inflections, words_outside
from gru_zoo.tasks.summarization.word_graph import (
    MARK,
    allowed_tokens,
    next_nodes,
    pad_edges,
)
from gru_zoo.text.special_tokens import EOS
from tests.tasks.summarization.toy import TEXTS, new_task

TEXT = "Dr. Ólafur Reyes of Malmö sold 18,000 wi-fi boxes (see www.example.org/x) to nobody. 🎉🎉"


@pytest.fixture(scope="module")
def task():
    return gru_zoo.load("summarization_headlines")


@pytest.fixture(scope="module")
def graph(task):
    return task._source_words.graph


def spells(graph, text, summary):
    """Whether a summary can be written over a text."""
    edges = ops.convert_to_tensor(pad_edges([graph.edges(text)], 1))
    marks, mark_nodes = map(ops.convert_to_tensor, (graph.marks, graph.mark_nodes))
    nodes = ops.full((1,), MARK, "int32")
    for token in [*graph._tokenizer.encode([summary])[0], EOS]:
        if not ops.convert_to_numpy(allowed_tokens(nodes, edges, marks))[0, token]:
            return False
        token = ops.convert_to_tensor(np.array([token], "int32"))
        nodes = next_nodes(nodes, token, edges, mark_nodes)
    return True


@pytest.mark.parametrize(
    "summary",
    [
        "Dr. Reyes sold 18,000 wi-fi boxes",
        "Ólafur Reyes's boxes",
        "fi-wi: 'boxes'",
        "www.example.org/x",
        "🎉🎉 nobody to see",
        'boxes of Malmö "Reyes"',
        "18,000 boxes, box of wi-fi",
    ],
)
def test_words_of_the_text_are_spelled(graph, summary):
    assert spells(graph, TEXT, summary)


@pytest.mark.parametrize(
    "summary",
    [
        "Sen. Reyes sold boxes",  # a title that the text lacks
        "Rey sold boxes",  # a part of a name
        "Reyesboxes",  # two words without a space
        "19,000 boxes",
        "18 boxes",  # a part of a number
        "example.org",  # a part of an address
        "🎉 sold boxes",  # one of two emoji
        "Reyes sold a boxes house",
        "boxes of",  # ends in mid phrase
        "Reyes sold boxes -",
        "nobody did not see",
    ],
)
def test_others_are_not(graph, summary):
    assert not spells(graph, TEXT, summary)


def test_rows_do_not_influence_each_other(graph):
    texts = ["Rain fell.", TEXT]
    edges = [graph.edges(text) for text in texts]
    padded = pad_edges(edges, 3)
    assert padded.dtype == "int32" and padded.shape[0] == 3 and (padded[2] == -1).all()
    nodes = ops.full((3,), MARK, "int32")
    marks = ops.convert_to_tensor(graph.marks)
    together = ops.convert_to_numpy(allowed_tokens(nodes, ops.convert_to_tensor(padded), marks))
    for row, part in zip(together, edges, strict=False):
        alone = ops.convert_to_tensor(pad_edges([part], 1))
        alone = ops.convert_to_numpy(allowed_tokens(nodes[:1], alone, marks))
        np.testing.assert_array_equal(alone[0], row)


def test_even_random_weights_keep_to_the_words(toy_tokenizer):
    toy = new_task(toy_tokenizer)
    inflections = Inflections.of_vocabulary(toy_tokenizer)

    def outside():
        found = toy.summarize(TEXTS[:8], beam_size=3)
        return [
            # The last word may be cut where the summary has its maximum length.
            words_outside(summary.rpartition(" ")[0], text, inflections)
            for summary, text in zip(found, TEXTS[:8], strict=True)
        ]

    assert any(outside())
    toy.processor.novel_words = False
    assert not any(outside())


@pytest.mark.parametrize("text", ["", "...", "🎉🎉🎉", "<br>", "&nbsp;"])
def test_without_words_there_is_no_summary(task, text):
    assert task.summarize(text) == ""


def test_form_of_the_text_does_not_matter(task):
    text = "The city council voted on Tuesday to close two of its five libraries, Smith & Lee say."
    expected = task.summarize(text)
    forms = [f"<p>{text}</p>", text.replace("&", "&amp;"), f"  {text}\n", text.replace(" ", "\n")]
    assert task.summarize(forms) == [expected] * 4
    assert task.summarize(text.upper()).lower() == expected.lower()
    assert task.summarize(text.upper()) != task.summarize(text.upper()).upper()
