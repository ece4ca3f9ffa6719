import numpy as np

from gru_zoo.base.seq2seq.results import ScoredText
from gru_zoo.base.seq2seq.task import distinct_first


def test_other_spellings_of_a_text_come_last():
    rows = [("Hi", -1.0, 2), ("Hi", -2.0, 3), ("Hey", -3.0, 2), ("", -np.inf, 1)]
    found = [ScoredText(*row) for row in rows]
    assert distinct_first(found) == [found[0], found[2], found[1], found[3]]
