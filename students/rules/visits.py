"""What a ledger writes of attempts to bring a child back, and the triggers that keep them."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from students.choices import VisitWay

_PART = re.compile(r"[\n;；]+|(?<=[。])|(?=第[一二三四五六七八九十\d]+次)")
_TIME = re.compile(r"第[一二三四五六七八九十\d]+次(?:劝返|家访|走访)?[:：、]?")
_DAY = re.compile(r"^\W*(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}))?\s*[日月]?")
_TABLE = "students_dropoutvisit"
WAYS: tuple[tuple[str, VisitWay], ...] = (
    ("电话", VisitWay.PHONE),
    ("微信", VisitWay.PHONE),
    ("短信", VisitWay.PHONE),
    ("约谈", VisitWay.INTERVIEW),
    ("座谈", VisitWay.INTERVIEW),
    ("文书", VisitWay.WRIT),
    ("通知书", VisitWay.WRIT),
    ("起诉", VisitWay.WRIT),
    ("家访", VisitWay.HOME),
    ("上门", VisitWay.HOME),
    ("入户", VisitWay.HOME),
    ("走访", VisitWay.HOME),
)


class Attempt(NamedTuple):
    """One attempt; "" and None where the ledger does not say."""

    on: date | None
    people: str
    way: str
    result: str


def way_of(text: str) -> str:
    """Return the way that words name, "" where they name none."""
    return next((str(way) for word, way in WAYS if word in text), "")


def attempts_in(text: str) -> list[Attempt]:
    """Return the attempts that one cell tells of, a line or a sentence each.

    Words without a day are kept as an attempt whose day is unknown.
    """
    found = []
    for part in _PART.split(text):
        words = _TIME.sub("", part).strip(" ,，。、\t")
        if not words:
            continue
        day = _DAY.match(words)
        told = words[day.end() :].strip(" ,，:：、") if day else words
        found.append(Attempt(_date(day), "", way_of(told), told[:200]))
    return found


def _date(found: re.Match[str] | None) -> date | None:
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except ValueError:
        return None


def without_repeats(attempts: Iterable[Attempt], known: Iterable[Attempt]) -> list[Attempt]:
    """Return the attempts that are not known yet, each once."""
    seen = set(known)
    return [one for one in dict.fromkeys(attempts) if one not in seen]


def triggers() -> Iterable[tuple[str, dict[str, tuple[str, ...]]]]:
    """Return the names and statements that keep visits as they were made, per database."""
    for event, when in (("UPDATE", ""), ("DELETE", "OLD.import_batch_id IS NULL")):
        name = f"{_TABLE}_no_{event.lower()}"
        begin = f"CREATE TRIGGER {name} BEFORE {event} ON {_TABLE}"
        refusal = f"{_TABLE}: {event.lower()} is refused"
        lite, pg = (f" WHEN {when}", f" WHEN ({when})") if when else ("", "")
        yield (
            name,
            {
                "sqlite": (f"{begin}{lite} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",),
                "postgresql": (
                    f"{begin} FOR EACH ROW{pg} EXECUTE FUNCTION povedu_refuse('{refusal}')",
                ),
            },
        )
