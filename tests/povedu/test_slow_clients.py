"""Fifty clients that send ten bytes a second keep nobody from the pages."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.journeys.site import ROOT, free_port

sys.path.insert(0, str(ROOT / "tools"))
from run import WEB_OPTIONS

HEAD = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = HEAD + b"Content-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"
PATIENCE = 4  # seconds an answer may take beside them
PAGE = "/static/theme/icon.svg"  # through the application, without the database
pytestmark = pytest.mark.embedded


@contextmanager
def served(folder: Path, *command: str) -> Iterator[int]:
    """Run a web server of the product without its database; yield its port."""
    port = free_port()
    environment = {"POVEDU_MODE": "embedded", "POVEDU_VAR": str(folder), "PATH": "/usr/bin:/bin"}
    with (folder / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", *(part.format(port=port) for part in command)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        for _ in range(120):
            if answered(port, patience=30):
                break
            time.sleep(0.25)
        else:
            raise AssertionError((folder / "web.log").read_text()[-2000:])
        yield port
    finally:
        os.killpg(web.pid, signal.SIGKILL)
        web.wait(20)


def answered(port: int, *, patience: float = PATIENCE) -> bool:
    """Tell whether a page came in time."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{PAGE}", timeout=patience) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def waited_beside_slow_clients(port: int, count: int) -> list[bool]:
    """Open slow connections, half stuck in their heading; tell which of five pages came."""
    with ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(count)
        ]
        for number, link in enumerate(slow):
            link.sendall(HEAD if number % 2 else BODY)
        came = []
        for _ in range(5):
            for link in slow:
                link.sendall(b"xxxxxxxxxx")
            came.append(answered(port))
            if not came[-1]:
                break
        return came


def test_slow_clients_hold_no_thread_of_the_embedded_server(tmp_path: Path) -> None:
    command = ("waitress", *WEB_OPTIONS, "--listen=127.0.0.1:{port}", "povedu.wsgi:application")
    with served(tmp_path, *command) as port:
        assert waited_beside_slow_clients(port, 50) == [True] * 5
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        link.putrequest("POST", "/accounts/login/")
        link.putheader("Content-Length", str(64 * 1024 * 1024))
        link.endheaders()
        assert link.getresponse().status == 413


def test_a_server_that_reads_in_its_threads_is_held(tmp_path: Path) -> None:
    """The control: what the proxy's buffering keeps from happening in a deployment."""
    command = ("gunicorn", "povedu.wsgi", "--threads", "4", "--bind", "127.0.0.1:{port}")
    with served(tmp_path, *command) as port:
        assert False in waited_beside_slow_clients(port, 50)
