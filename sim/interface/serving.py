"""One page, handed to whoever asks for it on a network."""

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

        def do_GET(self) -> None:
            found = self.path.partition("?")[0] == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody's visit is written down."""

    try:
        server = ThreadingHTTPServer((host, port), Page)
    except OSError as error:
        raise ScenarioError(
            f"--host {host} --port {port}: cannot listen there ({error.strerror}); try --port 0"
        ) from None
    with server:
        shown = "localhost" if host in ("127.0.0.1", "localhost") else host
        yield server, f"http://{shown}:{server.server_address[1]}/"
