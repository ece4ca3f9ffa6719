import numpy as np
import pytest

from gru_zoo import audio
from gru_zoo.audio.sound import check_rate


def test_whole_numbers_and_channels():
    assert audio.mono(np.array([-32768, 16384], "int16")).tolist() == [-1.0, 0.5]
    assert audio.mono(np.array([0, 192], "uint8")).tolist() == [-1.0, 0.5]
    assert audio.mono(np.array([[0.5, 0.0], [1.0, -1.0]])).tolist() == [0.25, 0.0]


@pytest.mark.parametrize("rate", [999, 768_001, 16_000.5])
def test_rates_of_no_recording_are_refused(rate):
    assert check_rate(16_000.0, "x") == 16_000
    with pytest.raises(ValueError, match=f"from 1,000 to 768,000. Received: rate={rate} of x"):
        check_rate(rate, "x")
