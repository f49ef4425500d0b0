"""The one thing that screens themselves write: which form has been sent already."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from povedu.errors import Conflict
from povedu.screens.models import Submission

KEPT = timedelta(days=2)


class SentBefore(Exception):
    """The form has been sent and carried out before; ``url`` is where it led."""

    def __init__(self, url: str) -> None:
        super().__init__("sent before")
        self.url = url


def claim_submission(
    *, token: str, user_id: int, now: datetime, content: str = ""
) -> Submission | None:
    """Take a form's token inside the caller's transaction; raise SentBefore the second time.

    Two clicks at once meet at the unique token: the second waits for the first to commit. A form
    without a token (a program's) is not guarded. ``content`` digests what was sent: raises Conflict
    where the token was used for something else.
    """
    if not token:
        return None
    try:
        with transaction.atomic():
            claimed = Submission.objects.create(
                token=token[:40], user_id=user_id, sent_at=now, content=content
            )
    except IntegrityError:
        refuse_second(token=token, user_id=user_id, content=content)
        raise SentBefore("") from None  # somebody else's token
    Submission.objects.filter(sent_at__lt=now - KEPT).delete()
    return claimed


def refuse_second(*, token: str, user_id: int, content: str = "") -> None:
    """Raise SentBefore where the form was carried out already; asked before it is checked.

    What the first click made would otherwise stand in the way of the second as a duplicate. Raises
    Conflict where the same token was sent with another content.
    """
    first = Submission.objects.filter(token=token[:40], user_id=user_id).first() if token else None
    if first is None:
        return
    if content and first.content and first.content != content:
        raise Conflict(
            "token-reused",
            _("同一份表单已提交过，这次的内容与上次不同，没有再办理。请重新打开页面后填写。"),
        )
    raise SentBefore(first.led_to)


def note_result(submission: Submission | None, url: str) -> None:
    """Remember where the form led, for the second click."""
    if submission is not None:
        Submission.objects.filter(pk=submission.pk).update(led_to=url[:500])
