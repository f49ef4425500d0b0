"""Tables of accounts."""

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.accounts.models import Grant, Jurisdiction, SignIn, User
from povedu.screens.tables import (
    DayColumn,
    InstantColumn,
    LongColumn,
    ScreenTable,
    StatusColumn,
)

GRANT_TONES = {"waiting": "waiting", "approved": "done", "refused": "refused"}


class UserTable(ScreenTable):
    """People with their duties."""

    username = tables.Column(linkify=("accounts:user-detail", [tables.A("pk")]))
    name = tables.Column()
    duties = LongColumn(verbose_name=_("管辖范围"), empty_values=(), orderable=False)
    is_active = tables.BooleanColumn(yesno=(_("启用"), _("停用")))
    last_login = InstantColumn(verbose_name=_("最近登录"))

    class Meta(ScreenTable.Meta):
        model = User
        fields = ("username", "name", "post", "duties", "is_active", "last_login")
        lead = ("username",)

    def render_duties(self, record: User) -> str:
        """List what a person answers for; the rows are fetched with the page."""
        return "；".join(str(one) for one in record.jurisdictions.all())


class JurisdictionTable(ScreenTable):
    """What a person answers for, with the way to end it."""

    end = tables.TemplateColumn(
        template_name="accounts/jurisdiction_end_cell.html",
        verbose_name="",
        orderable=False,
        exclude_from_export=True,
    )
    starts_on = DayColumn()
    ends_on = DayColumn()

    class Meta(ScreenTable.Meta):
        model = Jurisdiction
        fields = (
            "role",
            "office",
            "division_prefix",
            "school_code",
            "starts_on",
            "ends_on",
            "on_behalf_of",
            "end",
        )


class GrantTable(ScreenTable):
    """Requests for jurisdictions."""

    user = tables.Column(linkify=("accounts:grant-detail", [tables.A("pk")]))
    state = StatusColumn(tones=GRANT_TONES)
    starts_on = DayColumn()
    ends_on = DayColumn()
    requested_at = InstantColumn()
    reason = LongColumn()

    class Meta(ScreenTable.Meta):
        model = Grant
        fields = (
            "user",
            "role",
            "office",
            "division_prefix",
            "school_code",
            "starts_on",
            "ends_on",
            "state",
            "requested_by",
            "requested_at",
            "decided_by",
            "reason",
        )
        lead = ("user",)
        hidden = ("ends_on",)


class SignInTable(ScreenTable):
    """From where and when a person signed in."""

    started_at = InstantColumn()
    ended_at = InstantColumn()
    agent = LongColumn()

    class Meta(ScreenTable.Meta):
        model = SignIn
        fields = ("started_at", "ip", "agent", "ended_at")


def with_duties(users: QuerySet[User]) -> QuerySet[User]:
    """Fetch people's duties in one more query for the whole page."""
    return users.prefetch_related("jurisdictions")
