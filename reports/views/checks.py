"""The arithmetic of a text."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from povedu.screens import Screen
from reports.forms import CheckForm
from reports.rules.checks import mismatches
from reports.selectors import lines
from reports.views.summary import SUMMARY


class CheckText(Screen):
    """Paste a text: sums and products that do not come out are named."""

    action = "reports.check.run"
    template_name = "reports/check.html"
    title = gettext_lazy("数字核对")
    hint = gettext_lazy("核对文稿中的算式：分项之和与总数、数量乘标准与金额。文字不保存。")
    parents = (SUMMARY,)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the empty form."""
        return self.render_to_response(self.get_context_data(form=CheckForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the text."""
        form = CheckForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        year = form.cleaned_data["year"]
        known = lines.instalments_of_times(lines.annual_summary(self.scope, year)) if year else {}
        found = mismatches(form.cleaned_data["text"], known)
        context = self.get_context_data(form=form, checked=True, found=found)
        return self.render_to_response(context)
