"""The reading child without its start: one process that is forked for every file.

Importing the reader's libraries takes a fifth of a second, which thousands of files cannot pay. The
forked process runs the child's own ``main`` under its own limits; only the import is shared.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from povedu.intake import reader

_SERVE = """
import os, signal, struct, sys, types
package = types.ModuleType("povedu")
package.__path__ = [sys.argv[1]]
sys.modules["povedu"] = package
from povedu.intake.reading.child import main
source = os.fdopen(0, "rb", closefd=False)
while head := source.read(8):
    body = source.read(struct.unpack("<Q", head)[0])
    file = os.memfd_create("file")
    with os.fdopen(os.dup(file), "wb") as sink:
        sink.write(body)
    os.lseek(file, 0, 0)
    pid = os.fork()
    if not pid:
        os.dup2(file, 0)
        sys.stdin = os.fdopen(0, "r", encoding="utf-8")
        signal.alarm(60)
        main()
        os._exit(1)
    os.close(file)
    status = os.waitpid(pid, 0)[1]
    os.write(1, b'\\n{"status": %d}\\n' % status)
"""


class ForkServer:
    """Answers ``reader._documents`` from forks of one warm process."""

    def __init__(self, scratch: Path | None = None) -> None:
        base = Path(reader.__file__).resolve().parent.parent
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", _SERVE, str(base)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "LANG": "C.UTF-8",
                "PYTHONUTF8": "1",
                "PYTHONHASHSEED": "0",
                **({"TMPDIR": str(scratch)} if scratch else {}),
            },
            cwd="/",
        )

    def documents(self, data: bytes, bounds: Any) -> Iterator[dict[str, Any]]:
        """Yield the documents of one fork, as the real reader does."""
        assert self.process.stdin
        assert self.process.stdout
        body = json.dumps(bounds.named()).encode() + b"\n" + data
        self.process.stdin.write(len(body).to_bytes(8, "little") + body)
        self.process.stdin.flush()
        lines = []
        while line := self.process.stdout.readline():
            if line.startswith(b'{"status"'):
                break
            lines.append(line)
        else:
            raise AssertionError("the warm process itself died")
        try:
            yield from (json.loads(line) for line in lines if line.strip())
        except ValueError as error:
            raise reader.fault("too-heavy") from error

    def children(self) -> int:
        """Return how many processes the server has left behind."""
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return len(text.split())

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)
