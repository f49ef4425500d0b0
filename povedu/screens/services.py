"""The one thing that screens themselves write: which form has been sent already."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from povedu.screens.models import Submission

KEPT = timedelta(days=2)


class SentBefore(Exception):
    """The form has been sent and carried out before; ``url`` is where it led."""

    def __init__(self, url: str) -> None:
        super().__init__("sent before")
        self.url = url


def claim_submission(*, token: str, user_id: int, now: datetime) -> Submission | None:
    """Take a form's token inside the caller's transaction; raise SentBefore the second time.

    Two clicks at once meet at the unique token: the second waits for the first to commit. A form
    without a token (a program's) is not guarded.
    """
    if not token:
        return None
    try:
        with transaction.atomic():
            claimed = Submission.objects.create(token=token[:40], user_id=user_id, sent_at=now)
    except IntegrityError:
        first = Submission.objects.filter(token=token[:40], user_id=user_id).first()
        raise SentBefore(first.led_to if first else "") from None
    Submission.objects.filter(sent_at__lt=now - KEPT).delete()
    return claimed


def refuse_second(*, token: str, user_id: int) -> None:
    """Raise SentBefore where the form was carried out already; asked before it is checked.

    What the first click made would otherwise stand in the way of the second as a duplicate.
    """
    first = Submission.objects.filter(token=token[:40], user_id=user_id).first() if token else None
    if first is not None:
        raise SentBefore(first.led_to)


def note_result(submission: Submission | None, url: str) -> None:
    """Remember where the form led, for the second click."""
    if submission is not None:
        Submission.objects.filter(pk=submission.pk).update(led_to=url[:500])
