"""Firefox, driven by its own protocol: a page is opened, and its title read."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PORT = 2828


def firefox_path() -> str:
    """Firefox, where there is one. CI has one; elsewhere, without one, its tests are left out."""
    for name in ("firefox", "firefox-esr"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI"):
        raise AssertionError("CI needs Firefox: .ci/run installs it")
    pytest.skip("no Firefox here")


class Firefox:
    """A session; ``ask`` sends a WebDriver command and gives the answer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._number = connection, 0
        self._read()  # it introduces itself

    def ask(self, command: str, **given: Any) -> Any:
        """Send a command and wait for what comes of it."""
        self._number += 1
        said = json.dumps([0, self._number, command, given])
        self._connection.sendall(f"{len(said.encode())}:{said}".encode())
        _, _, error, found = self._read()
        assert error is None, error
        return found

    def _read(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._connection.recv(1)
        left, parts = int(length[:-1]), []
        while left:
            parts.append(self._connection.recv(left))
            left -= len(parts[-1])
        return json.loads(b"".join(parts))


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """A headless Firefox with a profile of its own."""
    profile.mkdir()
    (profile / "user.js").write_text(f'user_pref("marionette.port", {PORT});\n', encoding="utf-8")
    command = [firefox_path(), "--headless", "--marionette", "--profile", str(profile), "--no-remote"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=os.environ | {"HOME": str(profile)}, **silent) as process:  # type: ignore[call-overload]
        try:
            with _connected() as connection:
                session = Firefox(connection)
                session.ask("WebDriver:NewSession")
                yield session
        finally:
            process.terminate()


def _connected() -> socket.socket:
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", PORT))
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Firefox does not listen")
