"""Bringing gifts in: donors that are new, gifts that are new, and gifts handed over since."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from povedu.intake.choices import RowChange
from povedu.intake.frame import Frame
from povedu.intake.kinds import Applied, Changes, Context
from povedu.intake.models import ImportBatch
from povedu.intake.people import valid_ids
from povedu.protected import IdNumber, Phone, blind_index
from students.models import Student
from subsidies.choices import DonorKind
from subsidies.models import Donor, Gift, Programme
from subsidies.services.gifts import enter_gifts, settle_gifts

_CHUNK = 5000
_KIND_WORDS = (
    (re.compile(r"公司|集团|企业|厂$|银行"), DonorKind.COMPANY),
    (re.compile(r"基金|协会|慈善|商会|促进会|志愿"), DonorKind.FOUNDATION),
    (re.compile(r"局$|委$|委员会|办公室|政府|大学|学校|医院|支队|党支部"), DonorKind.AGENCY),
)
Key = tuple[Any, ...]


def recipients(frame: Frame, context: Context) -> list[tuple[int, str, bool] | None]:
    """Return per row its pupil by the confirmed number: (key, name in normal form, has school)."""
    indexes = [blind_index(IdNumber.kind, number) for number in valid_ids(frame)]
    wanted = sorted(set(indexes) - {""})
    found: dict[str, tuple[int, str, bool]] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Student.objects.filter(
            county=f"{context.county_code}000000",
            identity_confirmed=True,
            id_index__in=wanted[start : start + _CHUNK],
        ).values_list("id_index", "pk", "normal_name", "school_id")
        found.update((index, (pk, name, school is not None)) for index, pk, name, school in rows)
    return [found.get(index) for index in indexes]


def gift_keys(frame: Frame, context: Context) -> list[Key]:
    """Return per row what makes two gifts the same gift."""
    programmes = context.lookups["gift_programme"]
    columns = [frame.column(name) for name in ("programme", "donor", "given_on", "amount", "item")]
    return [
        (
            *(programmes.get(programme), str(donor)[:80], pupil and pupil[0]),
            *(given_on, amount, str(item or "")[:60]),
        )
        for pupil, (programme, donor, given_on, amount, item) in zip(
            recipients(frame, context), zip(*columns, strict=True), strict=True
        )
    ]


def _known(keys: Iterable[Key]) -> dict[Key, Gift]:
    pupils = sorted({key[2] for key in keys if key[2]})
    found: dict[Key, Gift] = {}
    for start in range(0, len(pupils), _CHUNK):
        rows = Gift.objects.filter(student_id__in=pupils[start : start + _CHUNK])
        for one in rows.select_related("donor"):
            about = (one.programme_id, one.donor.name, one.student_id)
            found[*about, one.given_on, one.amount, one.item] = one
    return found


def classify_gifts(frame: Frame, context: Context) -> Changes:
    """Return per row whether a gift is new, handed over since, or as we have it."""
    keys = gift_keys(frame, context)
    known = _known(keys)
    return {at: _change(frame, at, known.get(key)) for at, key in enumerate(keys)}


def _change(frame: Frame, at: int, gift: Gift | None) -> tuple[str, int | None, int | None]:
    if gift is None:
        return RowChange.NEW, None, None
    handed_over = gift.settled_on is None and frame.column("settled_on")[at] is not None
    return RowChange.CHANGED if handed_over else RowChange.UNCHANGED, gift.pk, None


def apply_gifts(frame: Frame, context: Context) -> Applied:
    """Enter new gifts and hand over those that waited; each is posted when it is settled."""
    applied = Applied()
    uploader = uploader_of(context)
    keys = gift_keys(frame, context)
    known = _known(keys)
    donors = _donors(frame, context)
    new: dict[int, list[int]] = defaultdict(list)
    late: dict[int, list[tuple[int, Gift]]] = defaultdict(list)
    first: dict[Key, int] = {}
    for at, key in enumerate(keys):
        if first.setdefault(key, at) != at:
            applied.conflicts.append(at)
            continue
        gift = known.get(key)
        change = _change(frame, at, gift)[0]
        if gift is None:
            new[key[0]].append(at)
        elif change == RowChange.CHANGED:
            late[key[0]].append((at, gift))
        else:
            applied.unchanged += 1
    programmes = Programme.objects.in_bulk([*new, *late])
    pupils = Student.objects.in_bulk([keys[at][2] for rows in new.values() for at in rows])
    for programme, rows in new.items():
        entered = enter_gifts(
            programme=programmes[programme],
            rows=[
                (
                    donors[keys[at][1]],
                    pupils[keys[at][2]],
                    *keys[at][3:],
                    frame.column("settled_on")[at],
                )
                for at in rows
            ],
            actor=context.actor,
            now=context.now,
            listed_by=uploader,
        )
        applied.new += len(entered)
        applied.targets.update(
            (at, (RowChange.NEW, gift.pk)) for at, gift in zip(rows, entered, strict=True)
        )
    for programme, pairs in late.items():
        settle_gifts(
            programme=programmes[programme],
            gifts=[(gift, frame.column("settled_on")[at]) for at, gift in pairs],
            actor=context.actor,
            now=context.now,
            listed_by=uploader,
        )
        applied.changed += len(pairs)
    return applied


def uploader_of(context: Context) -> int:
    """Return who uploaded the list, whom intake keeps from bringing it in."""
    found = ImportBatch.objects.filter(pk=context.batch_id or 0).values_list(
        "uploaded_by", flat=True
    )
    return found.first() or context.actor.user_id


def _donors(frame: Frame, context: Context) -> dict[str, Donor]:
    """Return the donors by name, those that are new entered as the list describes them."""
    county = f"{context.county_code}000000"
    names = [str(name)[:80] for name in frame.column("donor")]
    known = {one.name: one for one in Donor.objects.filter(county=county, name__in=set(names))}
    fresh: dict[str, Donor] = {}
    columns = [frame.column(name) for name in ("donor_kind", "donor_phone", "is_anonymous")]
    for name, kind, phone, hidden in zip(names, *columns, strict=True):
        if name not in known:
            fresh.setdefault(
                name,
                Donor(
                    name=name,
                    kind=kind or _kind_of(name),
                    county_id=county,
                    phone=Phone(phone or ""),
                    is_anonymous=bool(hidden),
                ),
            )
    Donor.objects.bulk_create(fresh.values(), batch_size=500)
    return {**known, **fresh}


def _kind_of(name: str) -> str:
    return next((kind for words, kind in _KIND_WORDS if words.search(name)), DonorKind.PERSON)
