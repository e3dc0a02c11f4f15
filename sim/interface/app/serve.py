"""Starting the live page's server: a socket first, so that what is wrong with an address is told in words."""

import errno
import socket
import webbrowser
from collections.abc import Callable
from threading import Timer

import uvicorn

from sim.base.errors import ScenarioError
from sim.interface.app.server import application

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(host: str, port: int, open_: bool, tell: Callable[[str], None]) -> None:
    """Serve until it is stopped (Ctrl-C). Raises ScenarioError for an address that cannot be had."""
    listening = bound(host, port)
    address = f"http://{'localhost' if host in LOOPBACK else host}:{listening.getsockname()[1]}/"
    tell(f"The page is at {address}  Stop it with Ctrl-C.")
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    if host not in LOOPBACK:
        tell("Anybody who reaches this computer over the network can open it.")
        hosts = ("*",)
    if open_:
        Timer(1.0, webbrowser.open, [address]).start()
    config = uvicorn.Config(application(hosts), log_level="warning", access_log=False, timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listening])


def bound(host: str, port: int) -> socket.socket:
    """A socket at an address. Raises ScenarioError where it cannot be had."""
    listening = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except (OSError, UnicodeError) as error:
        if listening is not None:
            listening.close()
        words = getattr(error, "strerror", None) or str(error)
        hint = "try another --port" if getattr(error, "errno", None) == errno.EADDRINUSE else "is --host right?"
        raise ScenarioError(f"{host}:{port}: {words}; {hint}") from None
    return listening
