"""Every kind of screen: who gets in, what is refused, what happens once."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from povedu.protected import blind_index
from povedu.screens.exporting import table_of
from schools.models import School
from tests.factories import SchoolFactory, actor_of
from tests.screens import demo as site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "schools")]
LIST = "/demo/schools/"


def first(**filters: Any) -> School:
    return School.objects.filter(**filters).order_by("pk")[0]


# Who gets in.


def test_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    response = client.get(f"{LIST}?kind=primary")
    assert response.status_code == 302
    target = urlsplit(response["Location"])
    assert parse_qs(target.query)["next"] == [f"{LIST}?kind=primary"]


def test_stranger_in_htmx_and_json_gets_401(client: Client) -> None:
    partial = client.get(LIST, headers={"HX-Request": "true"})
    assert partial.status_code == 401
    assert partial["HX-Redirect"]
    assert client.get(LIST, headers={"Accept": "application/json"}).json()["code"] == "sign-in"


def test_role_without_the_action_gets_403(nobody: Client) -> None:
    response = nobody.get(LIST)
    assert response.status_code == 403
    assert "没有权限" in response.content.decode()


def test_write_action_is_checked_apart(auditor: Client) -> None:
    item = f"/demo/queue/{first().pk}/"
    assert auditor.get(item).status_code == 200
    assert auditor.post(item, {"decision": "same"}).status_code == 403
    assert first().principal_name == ""


def test_row_out_of_scope_is_404(staff: Client) -> None:
    far = School.objects.get(name="邻县小学")
    for address in (f"{LIST}{far.pk}/", f"{LIST}{far.pk}/edit/", f"/demo/queue/{far.pk}/"):
        assert staff.get(address).status_code == 404
    assert staff.post(f"{LIST}{far.pk}/close/").status_code == 404


def test_screen_without_an_action_is_a_programming_error(rf: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from povedu.screens import Screen

    with pytest.raises(ImproperlyConfigured):
        Screen.as_view()(rf.get("/"))


# Lists.


def test_list_shows_own_rows_with_count_and_menu(staff: Client) -> None:
    text = staff.get(LIST).content.decode()
    assert "共 30 条" in text
    assert "邻县小学" not in text
    assert "待核学校" in text
    assert "无人可见" not in text
    assert 'aria-current="page"' in text


@pytest.mark.parametrize("query", ["nonsense=1", "sort=nothing", "per_page=7", "sort=money"])
def test_unknown_parameters_are_refused(staff: Client, query: str) -> None:
    assert staff.get(f"{LIST}?{query}").status_code == 400


def test_value_that_no_choice_has_is_refused_in_place(staff: Client) -> None:
    response = staff.get(f"{LIST}?kind=palace")
    assert response.status_code == 400
    assert "field-error" in response.content.decode()


def test_filters_become_chips(staff: Client) -> None:
    response = staff.get(f"{LIST}?kind=primary&opened_on_after=2016-09-01&page=1")
    labels = {(str(chip.label), chip.value) for chip in response.context["chips"]}
    assert ("办学类型", "小学") in labels
    assert ("设立日期", "2016-09-01–") in labels
    urls = [chip.url for chip in response.context["chips"]]
    assert "?opened_on_after=2016-09-01" in urls
    assert "?kind=primary" in urls


def test_name_and_initials_are_searched_by_post(staff: Client) -> None:
    for typed in ("第7小学", "QHZD7"):
        response = staff.post(LIST, {"do": "search", "q": typed})
        assert response.status_code == 302
        assert typed not in response["Location"]
        found = staff.get(response["Location"])
        assert found.context["total"] == 1
        assert found.context["chips"][0].value == typed


def test_full_number_is_kept_as_blind_index_only(staff: Client) -> None:
    number = "530623200801011234"
    School.objects.filter(pk=first().pk).update(short_name=blind_index("id", number))
    response = staff.post(LIST, {"do": "search", "q": number})
    assert number not in response["Location"]
    assert number not in str(dict(staff.session))
    page = staff.get(response["Location"])
    assert page.context["total"] == 1
    assert number not in page.content.decode()


def test_search_of_another_session_finds_nothing(staff: Client) -> None:
    page = staff.get(f"{LIST}?search=deadbeef")
    assert page.context["total"] == 0
    assert "已失效" in page.content.decode()


def test_page_size_is_remembered(staff: Client) -> None:
    assert staff.get(f"{LIST}?per_page=20").context["page"].paginator.num_pages == 2
    assert staff.get(LIST).context["per_page"] == 20
    assert staff.get(f"{LIST}?page=99").context["page"].number == 2


def test_columns_are_remembered_per_list(staff: Client) -> None:
    assert "opened_on" not in {one.name for one in staff.get(LIST).context["table"].columns}
    response = staff.post(LIST, {"do": "columns", "column": ["code", "opened_on"]})
    assert response.status_code == 302
    table = staff.get(LIST).context["table"]
    shown = {column.name for column in table.columns}
    assert shown == {"select", "name", "code", "opened_on"}


def test_order_ends_with_the_primary_key(staff: Client) -> None:
    table = staff.get(f"{LIST}?sort=kind").context["table"]
    assert table.data.data.query.order_by[-1] == "pk"


def test_query_count_does_not_grow_with_rows(staff: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert staff.get(f"{LIST}?per_page=100").status_code == 200
        return len(seen)

    staff.get(f"{LIST}?per_page=100")
    few = queries()
    for index in range(60):
        SchoolFactory(code=f"21531000{index:02d}", division_id="530623100000")
    assert queries() == few


def test_export_orders_exactly_what_is_filtered(staff: Client) -> None:
    search = staff.post(f"{LIST}?kind=primary", {"do": "search", "q": "青河镇第3"})
    response = staff.post(search["Location"], {"do": "export"})
    assert response["Location"] == "/demo/job/"
    order = site.EXPORTS[0]
    assert "青河" not in str(order.params())
    actor = actor_of("office_staff", office="aid", division_prefix="530623")
    again = type(order).from_params(order.params())
    rows = list(table_of(again, actor=actor, now=None).as_values())  # type: ignore[arg-type]
    assert len(rows) == 1 + School.objects.filter(kind="primary", name__contains="第3").count()
    assert "设立日期" not in [str(head) for head in rows[0]]
    with pytest.raises(PermissionError):
        table_of(again, actor=actor_of("system_admin"), now=None)  # type: ignore[arg-type]


def test_bulk_names_the_count_first_and_acts_once(staff: Client) -> None:
    chosen = [first().pk, School.objects.order_by("pk")[1].pk]
    asked = staff.post(LIST, {"do": "bulk-close", "pk": chosen})
    assert "将停办 2 所学校" in asked.content.decode()
    assert not School.objects.filter(principal_name="停办").exists()
    answer = {"do": "bulk-close", "pk": chosen, "confirmed": "1", "form_token": "once"}
    assert staff.post(LIST, answer).status_code == 302
    School.objects.update(principal_name="")
    staff.post(LIST, answer)
    assert not School.objects.filter(principal_name="停办").exists()


def test_bulk_never_reaches_beyond_the_scope(staff: Client, auditor: Client) -> None:
    far = School.objects.get(name="邻县小学")
    answer = {"do": "bulk-close", "pk": [far.pk], "confirmed": "1"}
    assert staff.post(LIST, answer).status_code == 400
    assert auditor.post(LIST, {**answer, "pk": [first().pk]}).status_code == 400
    assert not School.objects.filter(principal_name="停办").exists()


def test_empty_list_says_why_and_what_to_do(staff: Client) -> None:
    nothing = staff.get(f"{LIST}?kind=senior").content.decode()
    assert "没有符合当前条件的记录" in nothing
    School.objects.all().delete()
    assert "可以新增，也可以导入学校名册" in staff.get(LIST).content.decode()


# Details and forms.


def test_tabs_are_addressable_and_guarded(staff: Client) -> None:
    own = f"{LIST}{first().pk}/"
    assert "基本信息" in staff.get(own).content.decode()
    assert "1,234,567.00" in staff.get(own).content.decode()
    part = staff.get(f"{own}?tab=all", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "青河镇第2小学" in part
    assert "学校标识码" in part  # a heading taken from the model
    assert staff.get(f"{own}?tab=secret").status_code == 404


def values(**more: Any) -> dict[str, Any]:
    return {"name": "新名", "code": first().code, "kind": "primary", **more}


def test_form_saves_once_and_refuses_old_versions(staff: Client) -> None:
    own = f"{LIST}{first().pk}/edit/"
    shown = staff.get(own)
    assert 'type="date"' in shown.content.decode()
    sent = values(form_version=shown.context["form_version"], form_token="t1")
    assert staff.post(own, sent).status_code == 302
    assert first().name == "新名"
    assert staff.post(own, sent).status_code == 302  # a second click
    stale = staff.post(own, {**sent, "form_token": "t2", "name": "旧页"})
    assert stale.status_code == 409
    assert "刚被他人修改" in stale.content.decode()
    assert first().name == "新名"


def test_refusal_marks_its_field_and_leaves_nothing(staff: Client) -> None:
    own = f"{LIST}{first().pk}/edit/"
    version = staff.get(own).context["form_version"]
    answer = staff.post(own, values(name="重名", form_version=version, form_token="t"))
    assert answer.status_code == 400
    assert "name" in answer.context["form"].errors
    assert staff.post(own, values(form_version=version, form_token="t")).status_code == 302


def test_creating_twice_with_one_form_makes_one(staff: Client) -> None:
    sent = values(code="2153777777", form_token="new")
    for _ in range(2):
        answer = staff.post(f"{LIST}add/", sent)
        assert answer.status_code == 302, answer.context["form"].errors
    assert School.objects.filter(code="2153777777").count() == 1


def test_action_says_the_consequence_before_it_acts(staff: Client) -> None:
    own = f"{LIST}{first().pk}/close/"
    text = staff.get(own).content.decode()
    assert "不会删除任何人" in text
    assert "35" in text
    token = {"form_token": "x"}
    staff.post(own, token)
    staff.post(own, token)
    assert first().name.count("停办") == 1


def test_wizard_keeps_what_was_typed_and_ends_in_a_sentence(staff: Client) -> None:
    base = "/demo/wizard/"
    assert staff.get(f"{base}confirm/")["Location"] == f"{base}name/"
    wrong = staff.post(f"{base}name/", {"name": ""})
    assert wrong.status_code == 400
    staff.post(f"{base}name/", {"name": "新校", "starts_on": "2016-09-01"})
    staff.post(f"{base}code/", {"code": "2153888888"})
    assert "新校" in staff.get(f"{base}name/").content.decode()
    assert "将新增 1 所学校" in staff.get(f"{base}confirm/").content.decode()
    for _ in range(2):
        assert staff.post(f"{base}confirm/", {"form_token": "w"}).status_code == 302
    assert School.objects.filter(code="2153888888").count() == 1


# Queues.


def test_queue_moves_on_undoes_and_resumes(staff: Client) -> None:
    start = staff.get("/demo/queue/?kind=primary")
    page = staff.get(start["Location"])
    assert "kind=primary" in start["Location"]
    assert (page.context["done"], page.context["total"]) == (0, 10)
    row = page.context["row"]
    asked = staff.post(start["Location"], {"decision": "ask"})
    assert asked.status_code == 400
    decided = staff.post(start["Location"], {"decision": "same", "form_token": "q"})
    following = staff.get(decided["Location"])
    assert following.context["row"].pk != row.pk
    assert following.context["done"] == 1
    assert following.context["undo"]["label"] == "是同一所"
    back = staff.post(decided["Location"], {"do": "undo"})
    assert back["Location"].startswith(f"/demo/queue/{row.pk}/")
    assert School.objects.get(pk=row.pk).principal_name == ""
    staff.get(decided["Location"])
    assert staff.get("/demo/queue/?kind=primary")["Location"] == decided["Location"]


def test_queue_marks_the_characters_that_differ(staff: Client) -> None:
    text = staff.get(f"/demo/queue/{first().pk}/").content.decode()
    assert "<mark>" in text
    assert "已处理 0 / 30" in text


# Home, search, errors, API shapes.


def test_home_shows_what_waits_overdue_first(staff: Client) -> None:
    text = staff.get("/").content.decode()
    assert text.index("退款未补发") < text.index("待审批次") < text.index("待核学校</span>")
    assert "上传花名册" in text
    assert "demo/panel" in text


def test_global_search_by_post(staff: Client) -> None:
    response = staff.post("/search/", {"q": "第12小学"})
    assert "小学" not in response["Location"]
    assert "青河镇第12小学" in staff.get(response["Location"]).content.decode()


def test_server_error_has_a_number_and_no_data(staff: Client) -> None:
    staff.raise_request_exception = False
    response = staff.get("/demo/broken/")
    assert response.status_code == 500
    text = response.content.decode()
    assert "编号" in text
    assert "530623" not in text


def test_refusal_shows_its_sentence(staff: Client) -> None:
    page = staff.get("/demo/refusing/")
    assert page.status_code == 400
    assert "校验位不符" in page.content.decode()
    body = staff.get("/demo/refusing/", headers={"Accept": "application/json"}).json()
    assert body["code"] == "demo-refused"
    part = staff.get("/demo/refusing/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_dashboard_carries_its_data_and_its_table(staff: Client) -> None:
    text = staff.get("/demo/board/").content.decode()
    assert "哪些乡镇覆盖率低于 95%？" in text
    assert "coverage-spec" in text
    assert "4,839.13" in text
    assert "截至" in text


def test_api_says_no_in_one_shape() -> None:
    from povedu.errors import Conflict
    from povedu.screens.api import exception_handler

    answer = exception_handler(Conflict("late", "晚了", row=3), {})
    assert answer is not None
    assert answer.status_code == 409
    assert answer.data == {"code": "late", "message": "晚了", "row": 3}
