"""Pages of children who study away from home, their proofs, and migrant workers' children."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.jobs.models import Job
from povedu.jobs.services import enqueue
from povedu.protected import IdNumber
from povedu.scope import Actor
from povedu.screens import (
    ActionScreen,
    BulkAction,
    Button,
    DetailScreen,
    Fact,
    FormScreen,
    ListScreen,
    SecretSearch,
)
from povedu.screens.screen import Words
from povedu.terms import Term
from schools.models import Division
from students import filters, tables
from students.choices import Place, ProofState
from students.forms.away import NoticesForm, ReceiveForm, ReturnProofForm
from students.forms.settling import EvidenceForm
from students.models import PlacedChild, Student, StudyProof
from students.selectors import away as reads
from students.selectors.assignments import evidence_files
from students.services.papers import ADD, add_proof_paper
from students.services.proofs import check_proof, receive_proof, request_proofs, return_proof
from students.tables.away import PROOF_TONES

VIEW, COLLECT, CHECK = "students.away.view", "students.proof.collect", "students.proof.check"
DAYS_TO_ANSWER = 30
_AWAY: tuple[Words, str] = (gettext_lazy("外出就读"), "students:away-list")
_PROOFS: tuple[Words, str] = (gettext_lazy("在读证明"), "students:proof-list")


class AwayList(ListScreen):
    """The term's children who study away from home, with their proofs."""

    action = VIEW
    title = gettext_lazy("外出就读")
    hint = gettext_lazy("户籍在本县、在户籍乡镇以外就读的适龄儿童，由最近一次比对得出。")
    template_name = "students/away.html"
    table_class = tables.AwayTable
    filterset_class = filters.AwayFilter
    search_fields = ("student__name", "student__initials__startswith", "entry__name")
    search_numbers = (
        *(SecretSearch(IdNumber, "student__id_index"), SecretSearch(IdNumber, "entry__id_index")),
    )
    export_kind = "away"
    export_action = "students.away.export"
    empty_reason = gettext_lazy("没有外出就读的适龄儿童，或本学期还没有比对过。")
    bulk_actions = (
        BulkAction(
            "request",
            gettext_lazy("要求提供在读证明"),
            COLLECT,
            gettext_lazy("将为选中的 %(count)d 名学生登记在读证明，三十日内交回；已登记的不重复。"),
        ),
    )

    def rows(self) -> QuerySet[PlacedChild]:
        """Return the children of the term in view."""
        return reads.away(self.scope, self.request.term)

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {self.request.term.label}"

    def bulk_request(self, chosen: QuerySet[PlacedChild]) -> Words:
        """Ask for the proofs of the chosen."""
        due_on = timezone.localtime(self.request.now).date() + timedelta(days=DAYS_TO_ANSWER)
        count = request_proofs(
            children=chosen.values_list("pk", flat=True),
            term=self.request.term,
            due_on=due_on,
            actor=self.request.actor,
            now=self.request.now,
        )
        return _("已登记 %(count)d 名学生，可打印告知书。") % {"count": count}

    def buttons(self) -> list[Button]:
        """Lead to the notices and to the proofs."""
        return [
            Button(_("打印告知书"), reverse("students:proofs-print"), COLLECT, "bi-printer"),
            Button(_("在读证明"), reverse("students:proof-list"), VIEW),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many study where."""
        counts = reads.counted_by_place(self.rows())
        kwargs["places"] = [
            (Place(place).label, number, f"{self.request.path}?place={place}")
            for place, number in counts.items()
        ]
        return super().get_context_data(**kwargs)


class ProofList(ListScreen):
    """The proofs of the term in view."""

    action = VIEW
    title = gettext_lazy("在读证明")
    parents = (_AWAY,)
    table_class = tables.ProofTable
    filterset_class = filters.ProofFilter
    main_filters = 4
    search_fields = ("name",)
    search_hint = gettext_lazy("姓名")
    export_kind = "proofs"
    export_action = "students.away.export"
    empty_reason = gettext_lazy("本学期还没有要求过在读证明。")
    empty_action = gettext_lazy("在“外出就读”中勾选学生，要求提供在读证明。")

    def rows(self) -> QuerySet[StudyProof]:
        """Return the term's proofs, those due first."""
        return reads.proofs(self.scope).filter(term=self.request.term.code)

    def heading(self) -> Words:
        """Name the term."""
        return f"{self.title} · {self.request.term.label}"


class ProofDetail(DetailScreen):
    """One child's proof, with the papers that were sent in."""

    action = VIEW
    template_name = "students/proof.html"
    selector = reads.proofs
    parents = (_AWAY, _PROOFS)

    def facts(self) -> Sequence[Fact]:
        """Say what was asked, what came and who checked it."""
        one: StudyProof = self.object
        student = one.student
        return [
            Fact(_("状态"), one.get_state_display(), status=PROOF_TONES[one.state]),
            Fact(_("学期"), Term.parse(one.term).label),
            Fact(_("去向"), one.get_place_display()),
            Fact(_("告知日期"), f"{one.requested_on:%Y-%m-%d}"),
            Fact(_("应交日期"), f"{one.due_on:%Y-%m-%d}"),
            Fact(_("收到日期"), f"{one.received_on:%Y-%m-%d}" if one.received_on else ""),
            Fact(_("就读学校"), one.school_name),
            Fact(_("证明编号"), one.document_no),
            Fact(_("收件人"), one.received_by or ""),
            Fact(_("核实人"), one.checked_by or ""),
            Fact(_("说明"), one.note),
            *([Fact(_("学生台账"), student, student.get_absolute_url())] if student else []),
        ]

    def buttons(self) -> list[Button]:
        """Offer the next step."""
        pk = self.object.pk
        if self.object.state == ProofState.REQUESTED:
            return [Button(_("登记收到"), reverse("students:proof-receive", args=[pk]), COLLECT)]
        if self.object.state == ProofState.RECEIVED:
            return [
                Button(_("核实"), reverse("students:proof-check", args=[pk]), CHECK),
                Button(_("退回重开"), reverse("students:proof-return", args=[pk]), CHECK),
            ]
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the papers, and whether more may be put to them."""
        one: StudyProof = self.object
        kwargs["papers"] = list(evidence_files(self.scope).filter(study_proof=one))
        kwargs["is_pending"] = one.state != ProofState.CHECKED
        return super().get_context_data(**kwargs)


class ProofReceive(FormScreen):
    """Record what came back."""

    action = COLLECT
    title = gettext_lazy("登记收到的在读证明")
    parents = (_AWAY, _PROOFS)
    selector = reads.proofs
    form_class = ReceiveForm
    service: ClassVar[Callable[..., Any]] = receive_proof
    object_argument = "proof"
    success = gettext_lazy("已登记，待他人核实。")

    def initial(self) -> dict[str, Any]:
        """Suppose it came today."""
        return {"received_on": timezone.localtime(self.request.now).date()}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the proof and what was entered."""
        given = {"actor": self.request.actor, "now": self.request.now, "proof": self.object}
        assert isinstance(form, ReceiveForm)  # noqa: S101  # the form class above
        return given | {"received": form.details(), "paper": form.paper()}


def put_paper(*, proof: StudyProof, caption: str, file: Any, actor: Actor, now: datetime) -> Any:
    """Read the uploaded paper, then keep it."""
    return add_proof_paper(proof=proof, content=file.read(), caption=caption, actor=actor, now=now)


class ProofPaper(FormScreen):
    """A photograph or scan is put to a proof that nobody has checked yet."""

    action = ADD
    title = gettext_lazy("添加证明照片")
    parents = (_AWAY, _PROOFS)
    selector = reads.proofs
    form_class = EvidenceForm
    service: ClassVar[Callable[..., Any]] = put_paper
    object_argument = "proof"
    success = gettext_lazy("已上传。")

    def initial(self) -> dict[str, Any]:
        """Begin with the usual name."""
        return {"caption": _("在读证明")}

    def success_url(self, result: Any) -> str:
        """Go back to the proof."""
        return str(self.object.get_absolute_url())


class ProofCheck(ActionScreen):
    """Confirm a proof."""

    action = CHECK
    title = gettext_lazy("核实在读证明")
    parents = (_AWAY, _PROOFS)
    selector = reads.proofs
    service: ClassVar[Callable[..., Any]] = check_proof
    object_argument = "proof"
    button = gettext_lazy("核实无误")
    success = gettext_lazy("已核实。")
    success_url_name = "students:proof-list"

    def consequence(self) -> Words:
        """Name school and document, and how many papers there are to look at."""
        one: StudyProof = self.object
        return _(
            "核实后，%(name)s在%(school)s就读即有据可查"
            "（证明编号 %(number)s，材料 %(papers)s 份）。"
        ) % {
            "name": one.name,
            "school": one.school_name,
            "number": one.document_no or _("无"),
            "papers": one.evidence_files.count(),
        }


class ProofReturn(FormScreen):
    """Ask for another proof."""

    action = CHECK
    title = gettext_lazy("退回在读证明")
    parents = (_AWAY, _PROOFS)
    selector = reads.proofs
    form_class = ReturnProofForm
    service: ClassVar[Callable[..., Any]] = return_proof
    object_argument = "proof"
    success = gettext_lazy("已退回，待重新提交。")

    def initial(self) -> dict[str, Any]:
        """Give another fortnight."""
        return {"due_on": timezone.localtime(self.request.now).date() + timedelta(days=14)}


def start_notices(*, township: Division | None, term: str, actor: Actor, now: datetime) -> Job:
    """Ask for the notices of a township, or of everything in scope."""
    code = township.prefix if township is not None else ""
    return enqueue(
        kind="students.print_notices",
        params={"term": term, "township": code},
        actor=actor,
        now=now,
        digest=f"notices:{actor.user_id}:{term}:{code}",
    )


class NoticesPrint(FormScreen):
    """Print the notices whose proofs are still to come."""

    action = COLLECT
    title = gettext_lazy("打印告知书")
    parents = (_AWAY,)
    form_class = NoticesForm
    service = start_notices
    button = gettext_lazy("生成告知书")
    success = gettext_lazy("正在生成，完成后可下载 Word 和 PDF。")

    def form_arguments(self) -> dict[str, Any]:
        """Offer the townships in scope."""
        return {**super().form_arguments(), "scope": self.scope}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Add the term in view."""
        return {**super().arguments(form), "term": self.request.term.code}

    def success_url(self, result: Any) -> str:
        """Go to the job's progress."""
        return reverse("jobs:job-detail", args=[result.pk])


class MigrantList(ListScreen):
    """Migrant workers' children at school here, who have the same claim to everything."""

    action = "students.student.view"
    title = gettext_lazy("随迁子女")
    hint = gettext_lazy("花名册注明的进城务工人员随迁子女，与本地学生同等入学、同等受助。")
    table_class = tables.StudentTable
    filterset_class = filters.StudentFilter
    search_fields = ("name", "initials__startswith")
    search_numbers = (SecretSearch(IdNumber, "id_index"),)
    export_kind = "migrants"
    export_action = "students.student.export"
    empty_reason = gettext_lazy("花名册中没有注明随迁子女。")

    def rows(self) -> QuerySet[Student]:
        """Return them with their live hardships."""
        return reads.migrants(self.scope)
