"""The file of a batch for the bank or the finance bureau, and how a county pays."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from povedu.errors import Refusal
from povedu.sheets import CONTENT_TYPES
from subsidies import exports, forms
from subsidies.choices import BankLayout
from subsidies.selectors.payment_rules import rules_of
from subsidies.services import disbursement
from subsidies.services.payment_rules import FIELDS, set_payment_rules
from subsidies.views.batches import LIST, BatchMove
from subsidies.views.office import NewForm


class BatchFile(BatchMove):
    """Take the file for the bank; every taking is recorded."""

    action = "subsidies.batch.take_file"
    title = gettext_lazy("银行文件")
    sentence = gettext_lazy("文件含完整账号，下载会记入操作日志，请妥善保管、用后删除。")
    form_class = forms.FileForm
    service = disbursement.take_file
    button = gettext_lazy("下载")

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Record and answer with the file."""
        self.object = self.load()
        form = self.make_form()
        if not form.is_valid():
            return self.show(form, status=400)
        given = form.cleaned_data
        batch, layout = self.object, BankLayout(given["layout"])
        try:
            encoding = disbursement.take_file(
                batch=batch, actor=request.actor, now=request.now, **given
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, status=refusal.status)
        if given["form"] == "txt":
            content = exports.bank_text(batch, layout, encoding, now=request.now)
            kind = f"text/plain; charset={encoding}"
        else:
            content = exports.bank_workbook(batch, layout, actor=request.actor, now=request.now)
            kind = CONTENT_TYPES["xlsx"]
        response = HttpResponse(content, content_type=kind)
        name = f"{batch.number}-{layout}.{given['form']}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class PaymentRulesEdit(NewForm):
    """Set how the county pays."""

    action = "subsidies.payment_rules.edit"
    title = gettext_lazy("发放规则")
    hint = gettext_lazy("审批级次按批次金额确定；已冻结的批次按冻结时的规则办理。")
    parents = LIST
    form_class = forms.PaymentRulesForm
    service = set_payment_rules
    success_url_name = "subsidies:batch-list"

    def initial(self) -> dict[str, Any]:
        """Show the rules as they are."""
        kept = rules_of(self.county().pk)
        return {name: getattr(kept, name) for name in FIELDS}

    def arguments(self, form: Any) -> dict[str, Any]:
        """Name the county."""
        return {**super().arguments(form), "county": self.county()}
