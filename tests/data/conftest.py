import functools
import http.server
import threading
from collections.abc import Callable, Iterator

import pytest


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.requested.append(self.path)
        super().do_GET()

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Files of a folder on a free loopback port; `requested` lists the paths asked for."""

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
        self.requested: list[str] = []

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{name}"


@pytest.fixture
def serve(monkeypatch) -> Iterator[Callable[..., Server]]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    started = []

    def start(folder) -> Server:
        server = Server(folder)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        started.append((server, thread))
        return server

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def empty_home(monkeypatch, tmp_path) -> None:
    """No data folder is set, and downloads go to a folder of the test."""
    monkeypatch.delenv("GRU_ZOO_DATA", raising=False)
    monkeypatch.setenv("GRU_ZOO_HOME", str(tmp_path / "home"))
