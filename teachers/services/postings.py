"""Writing postings; the home post stays, and full-time postings of one teacher never overlap."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.scope import Actor
from schools.models import School
from schools.rules.life import check_open
from schools.services.rows import check_version, locked, place_of, require_school, write_row
from teachers.choices import Post, PostingKind
from teachers.models import Posting, Teacher
from teachers.rules.overlap import overlap


@dataclass(frozen=True, slots=True)
class PostingDetails:
    """A posting; ``ends_on`` is the first day no longer served, None while it runs on."""

    school: School
    starts_on: date
    kind: str = PostingKind.EXCHANGE
    ends_on: date | None = None
    post: str = Post.TEACHER
    subject: str = ""
    is_full_time: bool = True
    document: str = ""

    def values(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def create_posting(
    *, teacher: Teacher, details: PostingDetails, actor: Actor, now: datetime
) -> Posting:
    """Post a teacher to another school; the teacher's row is held meanwhile."""
    with transaction.atomic():
        row = _held(teacher, actor)
        _check(row, row.school, details)
        try:
            with transaction.atomic():
                posting = Posting.objects.create(
                    teacher=row, home_school=row.school, **details.values()
                )
        except IntegrityError as clash:
            raise _overlaps() from clash
        changes: dict[str, list[Any]] = {
            "school": ["", str(details.school)],
            "starts_on": ["", details.starts_on],
        }
        _audit("posting.create", posting, actor, now, changes)
    return posting


def edit_posting(
    *, posting: Posting, details: PostingDetails, actor: Actor, now: datetime
) -> Posting:
    """Change a posting; the home school it was made from stays."""
    with transaction.atomic():
        teacher = _held(posting.teacher, actor)
        row = locked(posting)
        check_version(posting, row)
        _check(teacher, row.home_school, details, except_for=row)
        try:
            with transaction.atomic():
                changes = write_row(row, details.values())
        except IntegrityError as clash:
            raise _overlaps() from clash
        if changes:
            _audit("posting.edit", row, actor, now, changes)
    return row


def end_posting(*, posting: Posting, ends_on: date, actor: Actor, now: datetime) -> Posting:
    """End a posting; ``ends_on`` is the first day no longer served there."""
    with transaction.atomic():
        _held(posting.teacher, actor)
        row = locked(posting)
        check_version(posting, row)
        if ends_on <= row.starts_on:
            raise Refusal(
                "ends-before-start", _("结束日期应晚于开始日期。请核对。"), field="ends_on"
            )
        if row.ends_on is not None and ends_on >= row.ends_on:
            raise Refusal(
                "ended-already", _("该任职已更早结束。需要延长时请修改任职。"), field="ends_on"
            )
        changes = write_row(row, {"ends_on": ends_on})
        _audit("posting.end", row, actor, now, changes)
    return row


def _held(teacher: Teacher, actor: Actor) -> Teacher:
    row = locked(teacher)
    require_school(actor, row.school)
    return row


def _check(
    teacher: Teacher,
    home: School,
    details: PostingDetails,
    *,
    except_for: Posting | None = None,
) -> None:
    """Refuse a posting at home, at a closed school, out of order, after leaving, or overlapping.

    The receiving school may be anywhere in the home school's county, or outside the county.
    """
    check_open(details.school.closed_on)
    if details.school == home:
        raise Refusal("posted-home", _("任职学校不能是原学校。请另选学校。"), field="school")
    if details.ends_on is not None and details.ends_on <= details.starts_on:
        raise Refusal("ends-before-start", _("结束日期应晚于开始日期。请核对。"), field="ends_on")
    left = teacher.left_on
    if left is not None and (details.ends_on is None or details.ends_on > left):
        raise Refusal(
            "teacher-left", _("该教师已离开，任职不能晚于离开日期。请核对。"), field="starts_on"
        )
    if details.is_full_time:
        _check_overlap(teacher, details, except_for)


def _check_overlap(teacher: Teacher, details: PostingDetails, except_for: Posting | None) -> None:
    others = teacher.postings.filter(is_full_time=True).select_related("school")
    if except_for is not None:
        others = others.exclude(pk=except_for.pk)
    for other in others:
        if overlap(
            starts_on=details.starts_on,
            ends_on=details.ends_on,
            other_starts_on=other.starts_on,
            other_ends_on=other.ends_on,
        ):
            raise _overlaps(other)


def _overlaps(other: Posting | None = None) -> Refusal:
    if other is None:
        sentence: object = _("该时段已有全职任职，两个全职任职不能重叠。请先结束前一个。")
    else:
        sentence = _("与 %(since)s 起在%(school)s的全职任职重叠。请先结束该任职。") % {
            "since": other.starts_on.isoformat(),
            "school": other.school,
        }
    return Refusal("posting-overlap", sentence, field="starts_on")


def _audit(
    verb: str, posting: Posting, actor: Actor, now: datetime, changes: dict[str, list[Any]]
) -> None:
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=posting,
        changes=changes,
        place=place_of(posting.home_school),
    )
