import pytest

from gru_zoo.decoding.decoder import Decoder
from tests.decoding.toy_model import Toy


@pytest.fixture(scope="session")
def toy():
    return Toy()


@pytest.fixture(scope="session")
def decoder(toy):
    return Decoder(toy)
