"""One page, handed to whoever asks for it on a network."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.base.errors import ScenarioError


class _Page(SimpleHTTPRequestHandler):
    """Answers with a file of its folder; nobody's visit is written down."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(page: str, host: str, port: int) -> Iterator[tuple[ThreadingHTTPServer, str]]:
    """A server that answers with a page, and its address. Raises ScenarioError where the port cannot be had."""
    with TemporaryDirectory() as alone:
        (Path(alone) / "index.html").write_text(page, encoding="utf-8", newline="\n")
        try:
            server = ThreadingHTTPServer((host, port), partial(_Page, directory=alone))
        except OSError as error:
            raise ScenarioError(
                f"--host {host} --port {port}: cannot listen there ({error.strerror}); --port 0 takes a port that is "
                "free, and --host 0.0.0.0 any address that this computer has"
            ) from None
        with server:
            shown = {"127.0.0.1": "localhost", "0.0.0.0": _own_address(), "": _own_address()}.get(host, host)
            yield server, f"http://{shown}:{server.server_address[1]}/"


def _own_address() -> str:
    """The address under which others on the network reach this computer; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("10.255.255.255", 1))
        except OSError:
            return "localhost"
        return str(asking.getsockname()[0])
