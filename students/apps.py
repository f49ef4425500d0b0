"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_PLACE = ("student__school__division_id", "student__school__code")


class StudentsConfig(AppConfig):
    """Name the application and the records whose protected values may be asked for."""

    name = "students"

    def ready(self) -> None:
        """Offer protected fields to the eye; the audit trail notes every look."""
        from povedu.audit import reveal

        action = "students.secret.reveal"
        reads = "students.selectors.children"
        reveal.offer(
            reveal.Revealable(
                "students.student",
                action=action,
                fields={
                    "id_number": _("身份证号"),
                    "stated_id_number": _("填报证号"),
                    "home_address": _("家庭住址"),
                    "guardian_id_number": _("监护人证号"),
                    "phone": _("联系电话"),
                },
                selector=f"{reads}.students",
                place=("school__division_id", "school__code"),
            ),
            reveal.Revealable(
                "students.payeeaccount",
                action=action,
                fields={"account": _("银行账号"), "payee_id_number": _("持卡人证号")},
                selector=f"{reads}.payee_accounts",
                place=_PLACE,
            ),
            reveal.Revealable(
                "students.household",
                action=action,
                fields={"phone": _("联系电话")},
                selector=f"{reads}.households",
                place=("division_id", ""),
            ),
            reveal.Revealable(
                "students.householdmember",
                action=action,
                fields={"id_number": _("证件号码")},
                selector=f"{reads}.members",
                place=("household__division_id", ""),
            ),
            reveal.Revealable(
                "students.registerentry",
                action=action,
                fields={"id_number": _("证件号码"), "phone": _("联系电话")},
                selector=f"{reads}.entries",
                place=("division_id", ""),
            ),
        )
