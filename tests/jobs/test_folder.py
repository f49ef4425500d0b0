"""Messages in a folder: whole or not there, even where their writer dies."""

from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from povedu import celery as _project  # noqa: F401  # names the transport
from povedu.jobs.folder import Channel


class Died(Exception):
    """Stand in for a kill in the middle of writing."""


@pytest.fixture
def channel(tmp_path):
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    messages = str(tmp_path / "messages")
    options = {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://localhost", transport_options=options) as connection:
        yield connection.channel()


@pytest.fixture
def dying(monkeypatch):
    def die(*_arguments):
        raise Died

    def arm():
        monkeypatch.setattr(Path, "replace", die)

    return arm


def test_a_message_half_written_is_not_there(channel, dying):
    assert isinstance(channel, Channel)
    channel._put("q", {"n": 1})
    dying()
    with pytest.raises(Died):
        channel._put("q", {"n": 2})
    assert channel._get("q") == {"n": 1}
    with pytest.raises(Empty):
        channel._get("q")


def test_a_binding_half_written_leaves_the_former_ones(channel, dying):
    channel._queue_bind("e", "a", "", "qa")
    channel._queue_bind("e", "a", "", "qa")
    dying()
    with pytest.raises(Died):
        channel._queue_bind("e", "b", "", "qb")
    assert [tuple(one) for one in channel.get_table("e")] == [("a", "", "qa")]
