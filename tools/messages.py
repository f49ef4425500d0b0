"""Collect interface text into the English catalogue and compile it; ``--check`` only compares.

Interface text is written in Chinese in code and templates; the only catalogue is the English one.
Extraction works on a copy of the tree, since Django writes scratch files beside templates.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
SOURCES = ("povedu", "schools", "teachers", "students", "subsidies", "reports", "templates")
HEADER = {
    "Project-Id-Version": "povedu",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def extracted(scratch: Path) -> polib.POFile:
    """Return the catalogue as it should be: today's texts, yesterday's translations."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(ROOT / name, scratch / name, ignore=ignored)
    shutil.copy(ROOT / "manage.py", scratch)
    (scratch / CATALOGUE).parent.mkdir(parents=True)
    if (ROOT / CATALOGUE).exists():
        shutil.copy(ROOT / CATALOGUE, scratch / CATALOGUE)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "en"]
    options = ["--no-obsolete", "--no-wrap", "--add-location", "file", "--verbosity", "0"]
    environment = {**os.environ, "POVEDU_VAR": str(scratch / "var")}
    subprocess.run([*command, *options], cwd=scratch, env=environment, check=True)
    catalogue = polib.pofile(str(scratch / CATALOGUE), wrapwidth=0)
    catalogue.metadata = HEADER
    catalogue.header = "English interface text. Collected by `make messages`."
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    for entry in catalogue:
        if entry.fuzzy:  # a guess at a changed text is no translation
            entry.flags.remove("fuzzy")
            entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
    return catalogue


def _keys(catalogue: polib.POFile) -> set[tuple[str, str]]:
    return {(entry.msgctxt or "", entry.msgid) for entry in catalogue}


def check(fresh: polib.POFile) -> list[str]:
    """Return what is wrong with the catalogue in the tree."""
    if not (ROOT / CATALOGUE).exists():
        return [f"{CATALOGUE} is missing: make messages"]
    kept = polib.pofile(str(ROOT / CATALOGUE), wrapwidth=0)
    wrong = [f"not collected: {key[1]}" for key in sorted(_keys(fresh) - _keys(kept))]
    wrong += [f"no longer used: {key[1]}" for key in sorted(_keys(kept) - _keys(fresh))]
    wrong += [f"not translated: {entry.msgid}" for entry in kept.untranslated_entries()]
    wrong += [f"fuzzy: {entry.msgid}" for entry in kept.fuzzy_entries()]
    compiled = ROOT / CATALOGUE.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != kept.to_binary():
        wrong.append(f"{compiled.relative_to(ROOT)} is not compiled from it: make messages")
    return wrong


def main(arguments: list[str]) -> int:
    """Collect and compile, or compare."""
    with tempfile.TemporaryDirectory(prefix="povedu-messages-") as scratch:
        fresh = extracted(Path(scratch))
    if "--check" in arguments:
        wrong = check(fresh)
        print("\n".join(wrong[:50]))
        return 1 if wrong else 0
    (ROOT / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(ROOT / CATALOGUE))
    fresh.save_as_mofile(str(ROOT / CATALOGUE.with_suffix(".mo")))
    print(f"{len(fresh)} texts, {len(fresh.untranslated_entries())} not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
