"""Keeping photographs of projects: cleaned, sealed in the store, under names that say nothing."""

from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povedu.audit.services import record
from povedu.errors import Refusal
from povedu.jobs import store
from povedu.scope import Actor
from schools.models import Project, ProjectPhoto
from schools.rules.life import check_not_future
from schools.rules.photos import clean_picture
from schools.services.rows import locked, require_place

MOST_PHOTOS = 60  # per project


def add_photo(
    *,
    project: Project,
    content: bytes,
    taken_on: date,
    caption: str = "",
    actor: Actor,
    now: datetime,
) -> ProjectPhoto:
    """Keep a photograph without what the camera wrote into it."""
    check_not_future(taken_on, timezone.localtime(now).date(), field="taken_on")
    picture = clean_picture(content)
    with transaction.atomic():
        row = locked(project)
        require_place(actor, division=row.division, school=row.school)
        if row.photos.count() >= MOST_PHOTOS:
            raise Refusal(
                "too-many-photos",
                _("该项目已有 %(limit)s 张照片。请先删除不用的照片。") % {"limit": MOST_PHOTOS},
            )
        photo = ProjectPhoto.objects.create(
            project=row,
            taken_on=taken_on,
            caption=caption,
            stored_name=store.put(picture.content),
            content_type=picture.content_type,
            added_by_id=actor.user_id,
        )
        _audit("photo.add", photo, actor, now)
    return photo


def remove_photo(*, photo: ProjectPhoto, actor: Actor, now: datetime) -> None:
    """Delete a photograph and its content."""
    with transaction.atomic():
        row = locked(photo)
        project = row.project
        require_place(actor, division=project.division, school=project.school)
        _audit("photo.remove", row, actor, now)
        transaction.on_commit(partial(store.remove, row.stored_name))
        row.delete()


def _audit(verb: str, photo: ProjectPhoto, actor: Actor, now: datetime) -> None:
    project = photo.project
    record(
        actor=actor,
        now=now,
        verb=verb,
        subject=project,
        changes={"photo": ["", f"{photo.taken_on} {photo.caption}".strip()]},
        place=(project.division_id, project.school.code if project.school else ""),
    )
