"""The broker of an installation without one: messages are files in a folder.

Celery's own transport makes a file first and fills it afterwards, so that a worker which looks in
between reads half a message and stops, taking the jobs in work with it. Here files come into being
whole.
"""

import uuid
from fcntl import LOCK_EX, flock
from json import dumps
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import filesystem


def _write_whole(path: Path, content: object) -> None:
    """Let a file appear, or change, all at once; its name never ends like a message's before."""
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    part.write_text(dumps(content))
    part.replace(path)


class Channel(filesystem.Channel):
    """Kombu's channel with files that appear whole."""

    def _put(self, queue: str, payload: Any, **_options: Any) -> None:  # type: ignore[override]  # its bases disagree on the name
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, payload)

    def _queue_bind(self, exchange: Any, routing_key: Any, pattern: Any, queue: Any) -> None:
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "bindings.lock").open("w") as held:
            flock(held, LOCK_EX)
            bound: list[Any] = self.get_table(exchange)
            new = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
            if new not in bound:
                _write_whole(self.control_folder / f"{exchange}.exchange", [new, *bound])


class Transport(filesystem.Transport):
    """The transport to name for ``filesystem://``."""

    Channel = Channel
