"""Forms of batches, projects, their life, money, equipment and photographs."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from povedu.ledger.choices import FundSource
from povedu.money import CENT, LIMIT
from povedu.scope import Scope
from schools import selectors
from schools.forms.scoped import (
    DivisionChoice,
    SchoolChoice,
    ScopedForm,
    ScopedModelForm,
    limit_choices,
    require_at_least,
)
from schools.models import EquipmentItem, Project, ProjectBatch, ProjectPayment
from schools.rules.projects import next_states


class BatchForm(ScopedModelForm):
    """A batch of projects."""

    class Meta:
        model = ProjectBatch
        fields = ("code", "name", "category", "year", "document")


class NewBatchForm(BatchForm):
    """A new batch, in a county of the reader's."""

    rows: ClassVar = {"county": selectors.counties}
    county = DivisionChoice(label=_("县"))

    class Meta:
        model = ProjectBatch
        fields = ("county", "code", "name", "category", "year", "document")


class ProjectForm(ScopedModelForm):
    """What a project is."""

    rows: ClassVar = {"school": selectors.open_schools, "division": selectors.divisions}
    school = SchoolChoice(required=False, help_text=_("全县集中采购的项目可不选学校。"))
    division = DivisionChoice(required=False, help_text=_("选了学校时以学校所在区划为准。"))

    class Meta:
        model = Project
        fields = (
            *("number", "name", "category", "school", "division", "area", "danger_grade"),
            *("contractor", "planned_start_on", "planned_completion_on", "note"),
        )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        require_at_least(self, area=CENT)
        if self.instance.pk and self.instance.school_id:
            # A closed school keeps its old projects.
            limit_choices(self, {"school": selectors.schools}, scope)


class NewProjectForm(ProjectForm):
    """A new project, in one of the batches."""

    rows: ClassVar = {**ProjectForm.rows, "batch": selectors.batches}

    class Meta:
        model = Project
        fields = ("batch", *ProjectForm.Meta.fields)


class StepForm(ScopedForm):
    """The next step of a project's life."""

    to = forms.ChoiceField(label=_("新的进度"))
    on = forms.DateField(label=_("日期"), widget=forms.DateInput)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]  # a choice field
            (state.value, state.label) for state in next_states(project.state, project.category)
        ]


class FundingForm(ScopedForm):
    """An amount per source; empty is nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for source in FundSource:
            self.fields[source.value] = forms.DecimalField(
                label=_("%(source)s（元）") % {"source": source.label},
                max_digits=12,
                decimal_places=2,
                min_value=0,
                max_value=LIMIT,
                required=False,
            )


class PaymentForm(ScopedModelForm):
    """A payment to a contractor or supplier."""

    class Meta:
        model = ProjectPayment
        fields = ("paid_on", "source", "amount", "voucher_no", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        require_at_least(self, amount=CENT)


class MilestoneForm(ScopedForm):
    """A step and the day by which it is due."""

    name = forms.CharField(label=_("节点"), max_length=60)
    due_on = forms.DateField(label=_("应完成"), widget=forms.DateInput)


class DoneForm(ScopedForm):
    """The day a step was done."""

    done_on = forms.DateField(label=_("实际完成"), widget=forms.DateInput)


class PhotoForm(ScopedForm):
    """A photograph."""

    photo = forms.FileField(
        label=_("照片"),
        help_text=_("JPEG 或 PNG，不超过 8 MB。拍摄地点等信息会被去除。"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
    )
    taken_on = forms.DateField(label=_("拍摄日期"), widget=forms.DateInput)
    caption = forms.CharField(label=_("说明"), max_length=80, required=False)


class ItemForm(ScopedModelForm):
    """A line of a purchase."""

    class Meta:
        model = EquipmentItem
        fields = ("name", "model_no", "quantity", "unit", "unit_price", "part_of")

    def __init__(self, *args: Any, scope: Scope, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, scope=scope, **kwargs)
        require_at_least(self, quantity=1, unit_price=CENT)
        part_of = self.fields["part_of"]
        if isinstance(part_of, forms.ModelChoiceField):
            lines = EquipmentItem.objects.filter(project=project, part_of=None)
            part_of.queryset = lines.exclude(pk=self.instance.pk) if self.instance.pk else lines
            part_of.help_text = _("“其中”项只作说明，不计入合计。")


class DeliveryForm(ScopedForm):
    """How many of an item a school received."""

    rows: ClassVar = {"school": selectors.open_schools}
    school = SchoolChoice()
    quantity = forms.IntegerField(label=_("数量"), min_value=1, max_value=1_000_000)
    delivered_on = forms.DateField(label=_("到货日期"), widget=forms.DateInput)


class NothingForm(ScopedForm):
    """An action that asks for nothing more."""
