"""Papers put to findings, and proofs of hardship."""

from datetime import datetime
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.scope import Actor
from povedu.screens import ObjectScreen
from povedu.screens.files import attachment
from povedu.screens.screen import Words
from students.forms import settling as forms
from students.models import EvidenceFile, Finding
from students.rules.evidence import ENDINGS
from students.selectors import assignments as asked
from students.services import papers, settle_papers
from students.views.of_finding import OfFinding


def put_evidence(
    *, finding: Finding, caption: str, file: Any, actor: Actor, now: datetime
) -> EvidenceFile:
    """Read the uploaded paper, then keep it."""
    return papers.add_evidence(
        finding=finding, content=file.read(), caption=caption, actor=actor, now=now
    )


class EvidenceAdd(OfFinding):
    """A paper is put to a finding."""

    action = papers.ADD
    title = gettext_lazy("添加佐证材料")
    form_class = forms.EvidenceForm
    service = put_evidence
    button = gettext_lazy("上传")
    success = gettext_lazy("已上传。")


class EvidenceRemove(OfFinding):
    """A paper is taken away by who put it there."""

    action = papers.ADD
    title = gettext_lazy("删除佐证材料")
    selector = asked.evidence_files
    service = papers.remove_evidence
    object_argument = "file"
    button = gettext_lazy("删除")
    danger = True
    success = gettext_lazy("已删除。")

    def consequence(self) -> Words:
        """Name the paper."""
        return _("将删除材料“%(caption)s”，不能恢复。") % {"caption": self.object.caption}

    def back_url(self) -> str:
        """Lead back to what the paper was put to, the queue filtered as it was."""
        proof = self.object.study_proof
        return proof.get_absolute_url() if proof else super().back_url()


class EvidenceOpen(ObjectScreen):
    """The paper itself, unsealed for those who may see the finding; every look is noted."""

    action = "students.evidence.view"
    selector = asked.evidence_files

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the bytes as an attachment, never sniffed, never run."""
        file: Any = self.load()
        content = papers.open_evidence(file=file, actor=self.request.actor, now=self.request.now)
        ending = ENDINGS[file.content_type]
        return attachment(content, file.content_type, f"evidence-{file.pk}.{ending}")


def put_proof(
    *, finding: Finding, details: settle_papers.ProofDetails, content: bytes, **more: Any
) -> Any:
    """Record a proof with the paper itself."""
    return settle_papers.record_proof(finding=finding, details=details, content=content, **more)


class ProofAdd(OfFinding):
    """A school saw a paper for a hardship that no register knows."""

    action = settle_papers.PROVE
    title = gettext_lazy("登记困难证明")
    hint = gettext_lazy("照所见原件登记并上传照片；由另一人审核，通过后据此认定困难身份。")
    form_class = forms.ProofForm
    service = put_proof
    button = gettext_lazy("登记")
    success = gettext_lazy("已登记，等待审核。")

    def initial(self) -> dict[str, Any]:
        """Begin with the usual name of the picture."""
        return {"caption": _("证明原件照片")}

    def arguments(self, form: BaseForm) -> dict[str, Any]:
        """Give the details and the bytes."""
        assert isinstance(form, forms.ProofForm)  # noqa: S101  # the form class above
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "finding": self.object,
            "details": form.details(),
            "content": form.cleaned_data["file"].read(),
            "caption": form.cleaned_data["caption"],
        }
