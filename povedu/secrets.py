"""Secrets as files, so that Docker secrets, systemd credentials and a plain folder all serve."""

import base64
import os
from pathlib import Path


class SecretMissing(SystemExit):
    """Stop the start of a production installation that lacks a secret."""


def _fresh(name: str) -> str:
    key = base64.b64encode(os.urandom(32)).decode()
    return f"k1:{key}" if name == "field_keys" else key


def read_secret(folder: Path, name: str, *, create: bool) -> str:
    """Return a secret's text; make a random one where ``create`` allows and none is there.

    Raises SecretMissing, which ends the process with one sentence, where it may not be made:
    a silently fresh key would leave every sealed record unreadable.
    """
    path = folder / name
    if path.exists():
        return path.read_text().strip()
    if not create:
        raise SecretMissing(
            f"缺少密钥文件 {path}。请先运行 tools/make_secrets.sh 或从备份恢复。"
            f" Secret file {path} is missing: run tools/make_secrets.sh or restore it from backup."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process made it first
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(_fresh(name) + "\n")
    return path.read_text().strip()
