"""What may happen to a school, and when."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal


def check_not_future(on: date, today: date, *, field: str = "on") -> None:
    """Refuse a day that has not come yet."""
    if on > today:
        raise Refusal("date-in-future", _("日期晚于今天。请填写已经发生的日期。"), field=field)


def check_open(closed_on: date | None) -> None:
    """Refuse what only an open school can do."""
    if closed_on is not None:
        raise Refusal(
            "school-closed",
            _("该校已于 %(on)s 停办，不能办理。") % {"on": closed_on.isoformat()},
        )


def check_closing(*, opened_on: date | None, closed_on: date | None, on: date, today: date) -> None:
    """Refuse a closing twice, in the future, or before the opening."""
    check_open(closed_on)
    check_not_future(on, today)
    if opened_on is not None and on <= opened_on:
        raise Refusal("closed-before-opened", _("停办日期应晚于设立日期。请核对。"), field="on")


def check_merge(*, code: str, into_code: str, into_closed_on: date | None) -> None:
    """Refuse a merger with itself or into a school that is closed."""
    if code == into_code:
        raise Refusal("merged-into-itself", _("不能并入本校。请另选学校。"), field="into")
    if into_closed_on is not None:
        raise Refusal("merged-into-closed", _("并入的学校已停办。请另选学校。"), field="into")
