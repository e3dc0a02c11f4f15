"""One page, handed to whoever asks for it on a network."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sim.base.errors import ScenarioError


@contextmanager
def serving(page: str, host: str, port: int) -> Iterator[tuple[ThreadingHTTPServer, str]]:
    """A server that answers with a page, and its address. Raises ScenarioError where the port cannot be had."""
    content = page.encode()

    class Page(BaseHTTPRequestHandler):
        """Answers every request with the page, or that there is nothing else."""

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            if self.answer():
                self.wfile.write(content)

        def answer(self) -> bool:
            """Say what there is."""
            found = self.path.partition("?")[0] == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content) if found else 0))
            self.end_headers()
            return found

        def log_message(self, format: str, *args: object) -> None:
            """Nobody's visit is written down."""

    try:
        server = ThreadingHTTPServer((host, port), Page)
    except OSError as error:
        raise ScenarioError(
            f"--host {host} --port {port}: cannot listen there ({error.strerror}); try --port 0"
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
