"""Letters to families, notices, policy cards and sheets to sign: made in batches, as files."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from povedu.jobs.models import Job
from povedu.paper.document import Paper, numbered
from povedu.screens.screen import Button, Screen, Words
from povedu.screens.wizards import Step, WizardScreen
from subsidies import forms
from subsidies.choices import LetterKind
from subsidies.forms.letters import wanted_from
from subsidies.rules.letters import PLACEHOLDERS
from subsidies.selectors import letters as selectors
from subsidies.selectors.programmes import office_of
from subsidies.services import letters as services
from subsidies.views.office import NewForm

LETTERS = gettext_lazy("信函")
LIST = ((LETTERS, "subsidies:letter-list"),)
MAKE, EDIT = "subsidies.letter.make", "subsidies.letter.edit"
_WHAT = {
    LetterKind.FAMILY: gettext_lazy("每户一封，列出该年度这一户每个孩子实际得到的全部资助。"),
    LetterKind.NOTICE: gettext_lazy("每个学生一份，告知该学期获准的资助和发放时间。"),
    LetterKind.CARD: gettext_lazy("一张，用平实的话说明各项目谁可以享受、多少、怎样发放。"),
    LetterKind.SHEET: gettext_lazy("每班一张，列出批次内各人的金额，供签字领取。"),
}
_SHOWN_ROWS = 12


class LetterHome(Screen):
    """The kinds of letter, and what one has had made."""

    action = MAKE
    title = LETTERS
    hint = gettext_lazy("文件加密保存，只有制作人可以下载，每次下载留有记录，到期自动清除。")
    template_name = "subsidies/letter_home.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the page."""
        kinds = [{"kind": one.value, "label": one.label, "what": _WHAT[one]} for one in LetterKind]
        recent = selectors.recent(self.request.actor)[:10]
        context = self.get_context_data(kinds=kinds, jobs=recent, may_edit=self.may(EDIT))
        return self.render_to_response(context)

    def buttons(self) -> list[Button]:
        """Offer to make some."""
        url = reverse("subsidies:letter-make", args=["kind"])
        return [Button(_("制作信函"), url, MAKE, "bi-envelope-paper")]


def ask(*, actor: Any, now: Any, **cleaned: Any) -> Job:
    """Ask for what the wizard's steps said."""
    county = forms.county_of(actor)
    if county is None:
        raise Http404
    wanted = wanted_from(cleaned)
    return services.ask_for_letters(county=county, wanted=wanted, actor=actor, now=now)


class LetterMake(WizardScreen):
    """Kind, range, a look at the first one, then the job."""

    action = MAKE
    title = gettext_lazy("制作信函")
    template_name = "subsidies/letter_make.html"
    parents = LIST
    service = ask
    confirm_label = gettext_lazy("预览")
    button = gettext_lazy("开始制作")
    success = gettext_lazy("已开始制作，完成后在作业页面下载。")
    steps = (
        Step("kind", gettext_lazy("种类"), forms.LetterKindForm),
        Step("range", gettext_lazy("范围"), forms.LetterRangeForm),
    )

    def form_arguments(self, step: Step) -> dict[str, Any]:
        """Give the forms the person, and the range the kind."""
        given = {"actor": self.request.actor, "term": self.request.term}
        if step.name == "kind":
            return given
        first = self.form_for(self.steps[0])
        kind = first.cleaned_data["kind"] if first.is_valid() else LetterKind.FAMILY
        return {**given, "kind": kind}

    @cached_property
    def prepared(self) -> tuple[list[Any], Paper | None]:
        """Return the facts of all letters, and the first of them as a paper."""
        cleaned, wrong = self.cleaned()
        county = forms.county_of(self.request.actor)
        if wrong is not None or county is None:
            return [], None
        wanted, today = wanted_from(cleaned), timezone.localtime(self.request.now).date()
        facts = selectors.facts_for(self.scope, wanted, today, office_of(self.request.actor))
        return facts, next(selectors.papers(wanted, facts[:1], county.pk, today), None)

    def consequence(self, cleaned: dict[str, Any]) -> Words:
        """Say how many there will be, or that there is nothing to make."""
        facts, _paper = self.prepared
        if not facts:
            return _("所选范围内没有需要制作的内容。请返回上一步调整。")
        return _("将制作“%(kind)s”%(count)d 份，生成PDF和Word文件；下面是第一份。") % {
            "kind": LetterKind(cleaned["kind"]).label,
            "count": len(facts),
        }

    def figures(self, cleaned: dict[str, Any]) -> Sequence[tuple[Words, Any]]:
        """Count letters and people."""
        facts, _paper = self.prepared
        return (
            (_("份数"), len(facts)),
            (_("涉及学生（人）"), selectors.people_of(facts)),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the first letter on the last step."""
        if kwargs.get("step") is None:
            _facts, paper = self.prepared
            if paper is not None:
                kwargs |= {
                    "preview": paper,
                    "blocks": numbered(paper.body),
                    "shown_rows": _SHOWN_ROWS,
                }
        return super().get_context_data(**kwargs)

    def success_url(self, result: Job) -> str:
        """Go to the job."""
        return reverse("jobs:job-detail", args=[result.pk])


class WordingEdit(NewForm):
    """A county's words of a kind of letter."""

    action = EDIT
    template_name = "subsidies/wording_edit.html"
    parents = LIST
    form_class = forms.WordingForm
    service = services.save_wording
    success_url_name = "subsidies:letter-list"
    wide_fields = ("title", "signature")

    @property
    def kind(self) -> LetterKind:
        """Return the kind of the address, 404 for none."""
        try:
            return LetterKind(self.kwargs["kind"])
        except ValueError as unknown:
            raise Http404 from unknown

    def heading(self) -> Words:
        """Name the kind."""
        return _("%(kind)s的文字") % {"kind": self.kind.label}

    def initial(self) -> dict[str, Any]:
        """Begin with the words in use."""
        words = selectors.wording_of(self.county().pk, self.kind)
        return {
            name: getattr(words, name)
            for name in ("title", "opening", "closing", "signature", "contact")
        }

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county and the kind."""
        return {**super().arguments(form), "county": self.county(), "kind": self.kind.value}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the placeholders."""
        return super().get_context_data(placeholders=PLACEHOLDERS[self.kind], **kwargs)
