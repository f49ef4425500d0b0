"""Pages of a child's terms at school and hardships."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.screens import (
    ActionScreen,
)
from povedu.screens.screen import Words
from students.forms import children as forms
from students.models import HardshipStatus
from students.selectors import children as reads
from students.services.enrolment import enrol, leave, transfer
from students.services.hardship import confirm_hardship, end_hardship
from students.views.children import (
    ENROLMENT,
    HARDSHIP,
    STUDENTS,
    StudentForm,
)


class HardshipAdd(StudentForm):
    """Confirm a hardship on evidence."""

    action = HARDSHIP
    title = gettext_lazy("认定困难身份")
    form_class: ClassVar[type[BaseForm]] = forms.HardshipForm
    service: ClassVar[Callable[..., Any]] = confirm_hardship
    tab = "hardship"

    def initial(self) -> dict[str, Any]:
        """Begin with the term in view."""
        return {"starts_on": self.request.term.starts_on}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the details."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "student": self.object,
            "details": form.details(),  # type: ignore[attr-defined]  # a hardship form
        }


class HardshipEnd(ActionScreen):
    """End a hardship."""

    action = HARDSHIP
    title = gettext_lazy("结束困难身份")
    selector = reads.hardships
    parents = (STUDENTS,)
    form_class = forms.EndForm
    service = end_hardship
    object_argument = "hardship"
    danger = True
    button = gettext_lazy("结束")

    def consequence(self) -> Words:
        """Name the child and the category."""
        held: HardshipStatus = self.object
        return _("将结束%(name)s的“%(category)s”。此前的资助不受影响，此后不再据此资助。") % {
            "name": held.student.name,
            "category": held.get_category_display(),
        }

    def success_url(self, result: Any) -> str:
        """Return to the child's hardships."""
        return f"{reverse('students:student-detail', args=[self.object.student_id])}?tab=hardship"

    def back_url(self) -> str:
        """Lead back to the child's hardships."""
        return self.success_url(None)


class EnrolmentAdd(StudentForm):
    """Enrol a child for the term in view."""

    action = ENROLMENT
    title = gettext_lazy("登记就读")
    form_class: ClassVar[type[BaseForm]] = forms.SeatForm
    service: ClassVar[Callable[..., Any]] = enrol
    tab = "schooling"

    def form_arguments(self) -> dict[str, Any]:
        """Offer what lies in scope."""
        return {**super().form_arguments(), "actor": self.request.actor}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the seat in the term in view."""
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "student": self.object,
            "term": self.request.term,
            "place": form.seat(),  # type: ignore[attr-defined]  # a seat form
        }

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {self.request.term.label}"


class EnrolmentTransfer(EnrolmentAdd):
    """Move a child to another school."""

    title = gettext_lazy("转学")
    form_class: ClassVar[type[BaseForm]] = forms.TransferForm
    service: ClassVar[Callable[..., Any]] = transfer
    success = gettext_lazy("已办理转学。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer every school of the county."""
        return {**super().form_arguments(), "everywhere": True}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Add the reason."""
        reason = form.cleaned_data["reason"]
        return {**super().arguments(form), "reason": reason}

    def success_url(self, result: Any) -> str:
        """Stay with the child where it is still in scope, else go to the list."""
        still = self.rows().filter(pk=self.object.pk).exists()
        return super().success_url(result) if still else reverse("students:student-list")


class EnrolmentLeave(StudentForm):
    """Suspend, graduate or let a child go."""

    action = ENROLMENT
    title = gettext_lazy("休学、毕业、离校")
    form_class = forms.LeaveForm
    service = leave
    danger = True
    button = gettext_lazy("办理")
    tab = "schooling"

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the term in view."""
        return {**super().arguments(form), "term": self.request.term}
