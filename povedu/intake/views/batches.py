"""Pages of batches: what can be uploaded, the upload, what was understood."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.errors import Refusal
from povedu.intake import selectors
from povedu.intake.breaker import large_sentence
from povedu.intake.choices import BatchState
from povedu.intake.forms import UploadForm
from povedu.intake.kinds import IntakeKind, all_kinds, kind_of
from povedu.intake.models import ImportBatch
from povedu.intake.problems import REPAIRS, title_of
from povedu.intake.services.receive import Purpose, applied_before, receive_file, request_stage
from povedu.intake.tables import (
    TONES,
    BatchFilter,
    BatchTable,
)
from povedu.intake.template import template_file
from povedu.jobs.choices import JobState
from povedu.jobs.models import Job
from povedu.screens.details import Fact, ObjectScreen
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen
from povedu.screens.screen import Button, Screen, Words
from povedu.terms import Term

if TYPE_CHECKING:
    pass

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST = (_("导入"), "intake:batch-list")


def attachment(content: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_XLSX)
    response["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=filename)
    )
    return response


class BatchList(ListScreen):
    """Files brought in or on their way."""

    action = "intake.batch.view"
    title = _("导入")
    hint = _("上传花名册和名册，看清识别结果和问题后再导入。")
    selector = selectors.batches
    table_class = BatchTable
    filterset_class = BatchFilter
    empty_reason = _("还没有上传过文件。")

    def buttons(self) -> list[Button]:
        """Offer the upload and the taught headings."""
        return [
            Button(_("上传文件"), reverse("intake:kind-list"), "intake.batch.upload", "bi-upload"),
            Button(_("表头对应"), reverse("intake:mapping-list"), "intake.mapping.edit"),
        ]


class KindList(Screen):
    """What can be uploaded, with a template for each."""

    action = "intake.batch.upload"
    title = _("选择要导入的名册")
    parents = (LIST,)
    template_name = "intake/kinds.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the kinds that the person may bring in."""
        kinds = [kind for kind in all_kinds() if self.may(kind.action)]
        return self.render_to_response(self.get_context_data(kinds=kinds))


class _KindScreen(Screen):
    """A page about one kind of ledger that the person may bring in."""

    action = "intake.batch.upload"

    @cached_property
    def kind(self) -> IntakeKind:
        """Return the kind of the address, 404 for one that the person may not bring in."""
        try:
            kind = kind_of(self.kwargs["kind"])
        except Refusal as unknown:
            raise Http404 from unknown
        if not self.may(kind.action):
            raise Http404
        return kind


class TemplateDownload(_KindScreen):
    """The empty table of a kind, with instructions and drop-downs."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it."""
        made = template_file(self.kind)
        return attachment(made.content, made.filename)


class BatchAdd(_KindScreen, FormScreen):
    """Upload a file."""

    form_class = UploadForm
    parents = (LIST,)
    button = _("上传并识别")
    success = _("文件已收到，正在识别。")

    def heading(self) -> Words:
        """Name the kind."""
        return gettext("导入%(kind)s") % {"kind": self.kind.title}

    def found(self) -> None:
        """Make a new batch."""
        self.kind  # noqa: B018  # an address of an unknown kind is a 404
        return

    def form_arguments(self) -> dict[str, Any]:
        """Ask only for what the kind needs."""
        return {**super().form_arguments(), "kind": self.kind, "request": self.request}

    def carry_out(self, form: forms.BaseForm) -> str:
        """Keep the file and ask for it to be read."""
        given = form.cleaned_data
        purpose = Purpose(
            kind=self.kind,
            school_code=given.get("school", ""),
            term=given.get("term", ""),
            as_of=given.get("as_of"),
            is_supplement=given.get("is_supplement", False),
        )
        file = given["file"]
        actor, now = self.request.actor, self.request.now
        with transaction.atomic():
            batch = receive_file(
                data=file.read(), name=file.name, purpose=purpose, actor=actor, now=now
            )
            request_stage(batch=batch, actor=actor, now=now)
        return reverse("intake:batch-detail", args=[batch.pk])


class BatchScreen(ObjectScreen):
    """A page about one batch in scope."""

    action = "intake.batch.view"
    selector = selectors.batches
    parents = (LIST,)

    @property
    def kind(self) -> IntakeKind:
        """Return the batch's kind."""
        return kind_of(self.object.kind)


class BatchDetail(BatchScreen):
    """One batch: counts first, what was understood, what was repaired, what is wrong."""

    template_name = "intake/batch.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        batch = self.object = self.load()
        assert isinstance(batch, ImportBatch)  # noqa: S101  # narrows the type
        job = selectors.job_of(batch, self.request.actor)
        codes = batch.summary.get("codes", {})
        earlier = applied_before(batch) if batch.state != BatchState.APPLIED else None
        context = self.get_context_data(
            batch=batch,
            facts=self.facts(batch),
            job_url=reverse("jobs:job-progress", args=[job.pk]) if job and _tells(job) else "",
            sentence=consequence_of(batch),
            repairs=self._coded(codes, repairs=True),
            problems=self._coded(codes, repairs=False),
            declined=batch.summary.get("declined", []),
            earlier=earlier,
            rows_url=reverse("intake:row-list", args=[batch.pk]),
            open=batch.state in (BatchState.STAGED, BatchState.RETURNED),
            large=large_sentence(batch.alarm) if batch.alarm else "",
            unknown=[] if batch.follows_id else selectors.unknown_headings(batch),
            followers=batch.followers.all(),
            irreversible=self.kind.irreversible,
            own_upload=batch.uploaded_by_id == self.request.actor.user_id,
            may_review=self.may(self.kind.action),
            fields={name: column.label for name, column in self.kind.columns.items()},
        )
        return self.render_to_response(context)

    @staticmethod
    def _coded(codes: dict[str, int], *, repairs: bool) -> list[tuple[str, str, int]]:
        return [
            (code, title_of(code), count)
            for code, count in codes.items()
            if (code in REPAIRS) == repairs
        ]

    def facts(self, batch: ImportBatch) -> list[Fact]:
        """Return what the batch is."""
        return [
            Fact(_("类型"), self.kind.title),
            Fact(_("状态"), batch.get_state_display(), status=TONES[BatchState(batch.state)]),
            Fact(_("学校代码"), batch.school_code),
            Fact(_("学期"), Term.parse(batch.term).label if batch.term else ""),
            Fact(_("数据日期"), batch.as_of),
            Fact(_("上传"), f"{batch.uploaded_by} {localtime(batch.uploaded_at):%Y-%m-%d %H:%M}"),
        ]

    def buttons(self) -> list[Button]:
        """Offer what may be done with the batch as it stands."""
        batch, kind = self.object, self.kind
        under_review = batch.state in (BatchState.STAGED, BatchState.RETURNED)
        found: list[Button] = []
        own = batch.two_person and batch.uploaded_by_id == self.request.actor.user_id
        if under_review and not own:
            found.append(self._button(_("导入"), "intake:batch-apply", kind.apply_action))
        if batch.alarm and under_review and not own:
            found.insert(
                0, self._button(_("确认大范围变更"), "intake:batch-confirm", "intake.batch.confirm")
            )
        if under_review or batch.state == BatchState.APPLIED:
            found.append(self._button(_("下载处理结果"), "intake:batch-answer", kind.action))
        if under_review:
            if batch.follows_id is None:
                found.append(self._button(_("表头对应"), "intake:batch-headings", kind.action))
            found += [
                self._button(_("退回"), "intake:batch-return", "intake.batch.send_back"),
                self._button(_("撤销"), "intake:batch-withdraw", kind.action),
            ]
        if batch.state == BatchState.APPLIED and not kind.irreversible:
            found.append(self._button(_("回退"), "intake:batch-undo", kind.apply_action))
        return found

    def _button(self, label: Words, name: str, action: str) -> Button:
        return Button(label, reverse(name, args=[self.object.pk]), action)


def _tells(job: Job) -> bool:
    """Say whether a job has something to show that the batch itself does not."""
    return job.is_live or job.state == JobState.FAILED


def consequence_of(batch: ImportBatch) -> str:
    """Return in a sentence and figures what applying a batch will do."""
    unit = kind_of(batch.kind).unit or gettext("条")
    figures = {
        "new": f"{batch.preview.get('new', 0):,}",
        "changed": f"{batch.preview.get('changed', 0):,}",
        "unchanged": f"{batch.preview.get('unchanged', 0):,}",
        "refused": f"{batch.refused_count:,}",
        "unit": unit,
    }
    if unit == gettext("人"):
        return (
            gettext("将新增 %(new)s 人，更新 %(changed)s 人，%(refused)s 行退回；不会删除任何人。")
            % figures
        )
    return (
        gettext(
            "将新增 %(new)s %(unit)s，更新 %(changed)s %(unit)s，%(refused)s 行退回；不删除记录。"
        )
        % figures
    )
