"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_PLACE = ("student__school__division_id", "student__school__code")


class StudentsConfig(AppConfig):
    """Name the application and the records whose protected values may be asked for."""

    name = "students"

    def ready(self) -> None:
        """Offer protected fields to the eye, every look noted; keep visits as they were made."""
        from povedu.audit import reveal
        from povedu.triggers import keep_append_only, keep_moves, keep_rule
        from students.choices import ASSIGNMENT_MOVES
        from students.models import Assignment, AssignmentStep, DropoutVisit
        from students.rules.visits import triggers

        for name, statements in triggers():
            keep_rule(DropoutVisit, name, **statements)
        keep_append_only(AssignmentStep)
        keep_moves(Assignment, ASSIGNMENT_MOVES)

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
                "students.dropoutcase",
                action=action,
                fields={
                    "id_number": _("身份证号"),
                    "student_no": _("学籍号"),
                    "home_address": _("家庭住址"),
                    "phone": _("联系电话"),
                },
                selector="students.selectors.dropouts.cases",
                place=("county_id", "school__code"),
            ),
            reveal.Revealable(
                "students.hardshipproof",
                action=action,
                fields={"number": _("证件编号")},
                selector="students.selectors.assignments.proofs",
                place=("finding__division_code", "finding__school_code"),
            ),
            reveal.Revealable(
                "students.registerentry",
                action=action,
                fields={"id_number": _("证件号码"), "phone": _("联系电话")},
                selector=f"{reads}.entries",
                place=("division_id", ""),
            ),
        )
