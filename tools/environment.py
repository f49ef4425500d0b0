"""Make the virtual environment that everything else runs in; standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)


class Missing(SystemExit):
    """Something that the machine must have is not there; the sentence says what and how."""


def _check_python() -> None:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        raise Missing(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; {sys.executable} is {found}.\n"
            "Install one (Debian 12: apt-get install python3.11 python3.11-venv) and say where it"
            " is: make run PYTHON=/path/to/python3.11"
        )
    try:
        import ensurepip  # noqa: F401  # Debian ships it apart
        import venv  # noqa: F401  # as above
    except ImportError as error:
        version = ".".join(map(str, sys.version_info[:2]))
        raise Missing(
            f"Python's module {error.name} is missing."
            f" On Debian or Ubuntu: apt-get install python{version}-venv"
        ) from error


def _stamp(files: list[Path]) -> str:
    text = b"".join(file.read_bytes() for file in files) + sys.version.encode()
    return hashlib.sha256(text).hexdigest()


def prepare(*, dev: bool) -> Path:
    """Make sure of ``.venv`` with the requirements; return its interpreter.

    The installed requirements' hash is kept in the environment, so a second call is instant.
    A ``.venv`` that is a link belongs to somebody else and is taken as it is.
    """
    _check_python()
    if VENV.is_symlink():
        return PYTHON
    if not _usable():
        print("Making the virtual environment .venv …", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    name = "requirements-dev.txt" if dev else "requirements.txt"
    wanted = _stamp([ROOT / "requirements.txt", ROOT / "requirements-dev.txt"])
    stamps = [VENV / f"installed-{kind}" for kind in (("dev",) if dev else ("dev", "runtime"))]
    if any(stamp.exists() and stamp.read_text() == wanted for stamp in stamps):
        return PYTHON
    print(f"Installing {name} (the first time takes a minute or two) …", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wheels = os.environ.get("POVEDU_WHEELS")
    if wheels:
        command += ["--no-index", "--find-links", wheels]
    if subprocess.run([*command, "-r", str(ROOT / name)], check=False).returncode:
        raise Missing(
            f"pip could not install {name} (its message is above). Without internet, unpack the"
            " offline bundle and say where its wheels are: make run POVEDU_WHEELS=/path/to/wheels"
        )
    stamps[-1].write_text(wanted)
    return PYTHON


def _usable() -> bool:
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-c", "import pip, sys; print(sys.version)"]
    answer = subprocess.run(probe, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == sys.version


if __name__ == "__main__":
    print(prepare(dev="--dev" in sys.argv))
