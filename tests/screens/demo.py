"""A small site over schools that shows every kind of screen; only tests use it."""

from typing import Any

import django_filters
import django_tables2 as columns
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from povedu.errors import Refusal
from povedu.identity import mask_id
from povedu.jobs.models import Job
from povedu.protected import IdNumber
from povedu.scope import Actor, Scope
from povedu.screens import (
    SIGNED_IN,
    ActionScreen,
    BulkAction,
    Button,
    ChartPanel,
    Comparison,
    DashboardScreen,
    Decision,
    DetailScreen,
    Fact,
    Figure,
    FormScreen,
    Hit,
    HomePanel,
    ListScreen,
    MenuItem,
    QueueScreen,
    QuickAction,
    Screen,
    SearchSource,
    SecretSearch,
    Section,
    Series,
    Step,
    Tab,
    Todo,
    TodoSource,
    WizardScreen,
)
from povedu.screens.exporting import ExportOrder
from povedu.screens.filters import ScreenFilterSet
from povedu.screens.queues import QueueItem
from povedu.screens.tables import (
    LongColumn,
    MoneyColumn,
    NumberColumn,
    ScreenTable,
    SelectColumn,
    StatusColumn,
)
from schools.models import School

VIEW, EDIT = "demo.school.view", "demo.school.edit"
EXPORTS: list[ExportOrder] = []


def schools_in(scope: Scope) -> Any:
    return School.objects.filter(scope.q(division="division__code", school="code")).select_related(
        "division"
    )


def save_school(*, actor: Actor, now: Any, school: School | None = None, **values: Any) -> School:
    if values["name"] == "重名":
        raise Refusal("name-taken", "这个名称已有学校使用。请核对。", field="name")
    school = school or School(division_id="530623100000", kind="primary")
    for name, value in values.items():
        setattr(school, name, value)
    school.version += 1
    school.save()
    return school


def close_school(*, actor: Actor, now: Any, school: School) -> School:
    return save_school(actor=actor, now=now, school=school, name=f"{school.name}（停办）")


def settle(*, actor: Actor, now: Any, item: School, decision: str, reason: str) -> None:
    School.objects.filter(pk=item.pk).update(principal_name=decision)


def take_back(*, actor: Actor, now: Any, item: School) -> None:
    School.objects.filter(pk=item.pk).update(principal_name="")


class SchoolTable(ScreenTable):
    select = SelectColumn()
    name = columns.Column(linkify=("demo-detail", [columns.A("pk")]), verbose_name="学校名称")
    kind = StatusColumn(
        tones={"primary": "done", "junior": "doing", "kindergarten": "waiting", "senior": "refused"}
    )
    short_name = LongColumn()
    pupils = NumberColumn(accessor="pk", verbose_name="学生数")
    money = MoneyColumn(accessor="pk", verbose_name="金额（元）", orderable=False)

    class Meta(ScreenTable.Meta):
        model = School
        fields = (
            *("select", "code", "name", "kind", "division", "short_name", "principal_name"),
            *("has_canteen", "opened_on", "pupils", "money"),
        )
        lead = ("name",)
        hidden = ("opened_on",)


class SchoolFilter(ScreenFilterSet):
    opened_on = django_filters.DateFromToRangeFilter(label="设立日期")

    class Meta:
        model = School
        fields = ("kind", "setting", "opened_on", "has_canteen", "ownership", "has_boarding")


class SchoolList(ListScreen):
    action = VIEW
    title = "学校"
    selector = schools_in
    table_class = SchoolTable
    filterset_class = SchoolFilter
    search_fields = ("name", "initials__startswith")
    search_numbers = (SecretSearch(IdNumber, "short_name"),)
    export_kind = "schools"
    bulk_actions = (BulkAction("close", "停办", EDIT, "将停办 %(count)d 所学校。", danger=True),)
    empty_reason = "还没有登记学校。"
    empty_action = "可以新增，也可以导入学校名册。"

    def buttons(self) -> list[Button]:
        return [Button("新增学校", "/demo/schools/add/", EDIT, "bi-plus-lg")]

    def bulk_close(self, chosen: Any) -> str:
        count = chosen.update(principal_name="停办")
        return f"已停办 {count} 所。"

    def enqueue_export(self, order: ExportOrder) -> str:
        EXPORTS.append(order)
        return "/demo/job/"


class SchoolDetail(DetailScreen):
    action = VIEW
    selector = schools_in
    parents = (("学校", "demo-list"),)
    tabs = (
        Tab("base", "基本信息", template="demo_part.html", context=lambda screen: {"n": 1}),
        Tab("all", "同乡镇学校", table_class=SchoolTable, rows=lambda screen: screen.rows()),
        Tab("secret", "仅管理", template="demo_part.html", action="demo.nobody"),
    )

    def facts(self) -> list[Fact]:
        return [
            Fact("学校代码", self.object.code),
            Fact("所在区划", self.object.division),
            Fact("状态", "正常", status="done"),
            Fact("经费（元）", 1234567, money=True),
        ]


class SchoolForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = School
        fields = ("name", "code", "kind", "opened_on", "has_canteen", "principal_name")


class SchoolEdit(FormScreen):
    action = EDIT
    title = "修改学校"
    selector = schools_in
    form_class = SchoolForm
    service = save_school
    object_argument = "school"
    version_field = "version"
    success_url_name = "demo-list"
    parents = (("学校", "demo-list"),)


class SchoolClose(ActionScreen):
    action = EDIT
    title = "停办学校"
    selector = schools_in
    service = close_school
    object_argument = "school"
    button = "停办"
    danger = True
    success_url_name = "demo-list"
    sentence = "将停办这所学校，名册保留，不会删除任何人。"

    def figures(self) -> list[tuple[str, int]]:
        return [("学生", 35), ("教师", 4)]


class NameForm(forms.Form):
    name = forms.CharField(label="名称")
    starts_on = forms.DateField(label="开始日期")


class CodeForm(forms.Form):
    code = forms.CharField(label="代码", help_text="十位")


class SchoolWizard(WizardScreen):
    action = EDIT
    title = "登记学校"
    steps = (Step("name", "名称", NameForm), Step("code", "代码", CodeForm))
    success_url_name = "demo-list"

    @staticmethod
    def service(*, actor: Actor, now: Any, name: str, starts_on: Any, code: str) -> School:
        return save_school(actor=actor, now=now, name=name, code=code)

    def consequence(self, cleaned: dict[str, Any]) -> str:
        return f"将新增 1 所学校“{cleaned['name']}”。"

    def figures(self, cleaned: dict[str, Any]) -> list[tuple[str, int]]:
        return [("新增", 1)]


class SchoolQueue(QueueScreen):
    action = VIEW
    write_action = EDIT
    title = "待核学校"
    selector = schools_in
    filterset_class = SchoolFilter
    url_name = "demo-queue-item"
    service = settle
    undo_service = take_back
    decisions = (
        Decision("same", "是同一所", tone="primary"),
        Decision("other", "不是同一所"),
        Decision("ask", "退回核实", tone="danger", asks_reason=True),
    )

    def pending(self, rows: Any) -> Any:
        return rows.filter(principal_name="")

    def line(self, row: School) -> tuple[str, str]:
        return row.name, f"{row.code} · {row.get_kind_display()}"

    def describe(self, row: School) -> QueueItem:
        return QueueItem(
            heading=row.name,
            kind="名称不同",
            left_title="学校填报",
            right_title="登记册",
            comparisons=(
                Comparison("名称", row.name, f"{row.name[:-1]}心小学"),
                Comparison("代码", row.code, row.code[:-1] + "X"),
                Comparison("证件", mask_id("53062320080101123X"), mask_id("530623200801011230")),
                Comparison("办学类型", row.get_kind_display(), row.get_kind_display()),
            ),
            evidence=("名称相差一字", "代码末位不同"),
        )


class Board(DashboardScreen):
    action = VIEW
    title = "扶贫教育概览"

    def figures(self) -> list[Figure]:
        return [
            Figure("在校学生", 52318, "人", last_year=51870, url="/demo/schools/"),
            Figure("资助金额", 48_391_250, last_year=41_000_000, money=True),
            Figure("资助覆盖率", 96.4, percent=True, last_year=97.1, tone="waiting"),
            Figure("疑似辍学", 12, "人", tone="overdue"),
            Figure("在建项目", 31, "个"),
        ]

    def panels(self) -> list[ChartPanel]:
        towns = [f"{name}镇" for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯"]
        return [
            ChartPanel(
                key="coverage",
                question="哪些乡镇覆盖率低于 95%？",
                categories=towns,
                series=[Series("覆盖率", [99 - index * 1.3 for index in range(14)])],
                links=["/demo/schools/"] * 14,
                unit="%",
                target=95,
                lowest_first=True,
                heading="乡镇",
                note="义务教育阶段",
            ),
            ChartPanel(
                key="money",
                question="资金从哪里来？",
                categories=["2014", "2015", "2016"],
                series=[
                    Series("中央", [12_000_000, 15_500_000, 21_000_000]),
                    Series("省级", [8_000_000, 9_000_000, 11_000_000]),
                ],
                money=True,
                in_time=True,
                stacked=True,
                heading="年度",
            ),
        ]


class JobDemo(Screen):
    action = SIGNED_IN
    title = "作业"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        job = Job(kind="demo", state="running", progress_message="正在写入")
        job.progress_done, job.progress_total = 1204, 5000
        context = self.get_context_data(job=job, job_url="/demo/panel/", result_url="/demo/")
        return render(request, "demo_job.html", context)


class PanelDemo(Screen):
    action = SIGNED_IN

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse('<p class="quiet">没有最近的作业。</p>')


class Broken(Screen):
    action = SIGNED_IN

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        raise RuntimeError("530623200801011230")


class Refusing(Screen):
    action = SIGNED_IN
    title = "拒绝"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Refusal("demo-refused", "第 12 行身份证号：校验位不符。请对照户口簿改正。")


def find_schools(scope: Scope, query: Any) -> list[Hit]:
    found = schools_in(scope).filter(query.q(("name", "initials__startswith")))[:10]
    return [Hit(school.name, f"/demo/schools/{school.pk}/", school.code) for school in found]


MENU = [
    MenuItem(Section.PLACES, "学校", "demo-list", VIEW),
    MenuItem(Section.PLACES, "登记学校", "demo-wizard-start", EDIT),
    MenuItem(Section.RECONCILE, "待核学校", "demo-queue", VIEW),
    MenuItem(Section.REPORTS, "概览", "demo-board", VIEW),
    MenuItem(Section.ADMIN, "无人可见", "demo-list", "demo.nobody"),
]
QUICK = [QuickAction("上传花名册", "demo-list", VIEW, "bi-upload")]
TODOS = [
    TodoSource(
        VIEW,
        lambda actor, now: [
            Todo("待核学校", 412, "/demo/queue/", hint="最早 2016-09-03"),
            Todo("待审批次", 3, "/demo/schools/", "due", "今天截止"),
            Todo("退款未补发", 12, "/demo/schools/", "overdue", "已过 15 日"),
            Todo("空", 0, "/demo/schools/"),
        ],
    )
]
PANELS = [HomePanel("最近作业", "demo-panel")]
SEARCH = [SearchSource("学校", VIEW, find_schools)]

urlpatterns = [
    path("", include("povedu.urls")),
    path("demo/schools/", SchoolList.as_view(), name="demo-list"),
    path("demo/schools/add/", SchoolEdit.as_view(), name="demo-add"),
    path("demo/schools/<int:pk>/", SchoolDetail.as_view(), name="demo-detail"),
    path("demo/schools/<int:pk>/edit/", SchoolEdit.as_view(), name="demo-edit"),
    path("demo/schools/<int:pk>/close/", SchoolClose.as_view(), name="demo-close"),
    path("demo/wizard/<slug:step>/", SchoolWizard.as_view(), name="demo-wizard"),
    path("demo/wizard-start/", SchoolList.as_view(), name="demo-wizard-start"),
    path("demo/queue/", SchoolQueue.as_view(), name="demo-queue"),
    path("demo/queue/<int:pk>/", SchoolQueue.as_view(), name="demo-queue-item"),
    path("demo/board/", Board.as_view(), name="demo-board"),
    path("demo/job/", JobDemo.as_view(), name="demo-job"),
    path("demo/panel/", PanelDemo.as_view(), name="demo-panel"),
    path("demo/broken/", Broken.as_view(), name="demo-broken"),
    path("demo/refusing/", Refusing.as_view(), name="demo-refusing"),
]

handler400 = "povedu.screens.errors.bad_request"
handler403 = "povedu.screens.errors.forbidden"
handler404 = "povedu.screens.errors.not_found"
handler500 = "povedu.screens.errors.server_error"
