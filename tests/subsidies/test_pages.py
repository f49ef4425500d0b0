"""Every page of money: who may open it, whose rows it shows, and a whole life in pages."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from povedu.jobs.models import Job
from povedu.jobs.runner import run_now
from students.models import Student
from subsidies.models import (
    Award,
    BankReturn,
    DisbursementBatch,
    Donor,
    Gift,
    NoticeLine,
    Objection,
    Payment,
    Programme,
    PublicNotice,
    Standard,
)
from subsidies.services import gifts, notices, programmes, receipts, returns
from subsidies.services.determinations import enter_determination
from tests.factories import DivisionFactory, SchoolFactory, actor_of, sign_in
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

NOW = SHANGHAI_NOON
POOR = {"categories": ["registered_poor"]}
LISTS = (
    "programme",
    "award",
    "determination",
    "notice",
    "objection",
    "batch",
    "payment",
    "returned",
    "receipt",
    "donor",
    "gift",
)


@pytest.fixture
def county_with_money(county: County) -> County:
    county.children(3)
    programme = county.programme("p", "500", standard=POOR, needs_notice=True)
    county.propose(programme)
    notice = notices.draft_notice(programme=programme, term=AUTUMN, actor=county.maker, now=NOW)
    notices.publish_notice(notice=notice, actor=county.maker, now=NOW)
    notices.enter_objection(
        notice=notice, content="doubt", received_on=NOW.date(), actor=county.maker, now=NOW
    )
    plain = county.programme("q", "100", standard=POOR)
    county.granted(plain)
    batch = county.released(plain)
    returns.settle_batch(
        batch=batch, settled_on=NOW.date(), returned={1: "closed"}, actor=county.maker, now=NOW
    )
    child = Student.objects.order_by("pk").first()
    assert child is not None
    enter_determination(
        student=child, academic_year=2016, evidence="letter", actor=county.maker, now=NOW
    )
    receipts.enter_receipt(
        county=county.division,
        source="county",
        amount=100,  # type: ignore[arg-type]
        received_on=NOW.date(),
        actor=county.maker,
        now=NOW,
    )
    donor = gifts.save_donor(
        name="D", kind="company", county=county.division, actor=county.maker, now=NOW
    )
    social = county.programme("g", "1", kind="gift", cadence="once")
    gift = gifts.enter_gift(
        programme=social,
        donor=donor,
        student=child,
        given_on=NOW.date(),
        amount=50,  # type: ignore[arg-type]
        actor=county.maker,
        now=NOW,
    )
    gifts.deliver_gift(gift=gift, settled_on=NOW.date(), actor=county.checker, now=NOW)
    programmes.set_quota(programme=plain, year=2016, heads_count=1, actor=county.maker, now=NOW)
    return county


def pages() -> list[str]:
    def at(name: str, model: Any, **lookup: Any) -> str:
        row = model.objects.filter(**lookup).order_by("pk").first()
        return reverse(f"subsidies:{name}", args=[row.pk])

    programme = Programme.objects.get(code="p")
    found = [reverse(f"subsidies:{one}-list") for one in LISTS]
    found += [
        reverse(f"subsidies:{one}-add")
        for one in ("programme", "determination", "notice", "batch", "receipt", "donor", "gift")
    ]
    found += [
        at(name, Programme, code="p")
        for name in (
            "programme-detail",
            "programme-edit",
            "standard-add",
            "source-rules",
            "quota-set",
        )
    ]
    found += [
        f"{at('programme-detail', Programme, code='q')}?tab={tab}" for tab in ("sources", "quotas")
    ]
    found += [
        reverse("subsidies:presets-install"),
        reverse("subsidies:award-run", args=["choose"]),
        reverse("subsidies:award-approve", args=[programme.pk, "2016-1"]),
        at("standard-end", Standard),
        at("award-detail", Award, state="granted"),
        at("award-cancel", Award, state="granted"),
        at("award-suspend", Award, state="granted"),
        at("award-resume", Award, state="granted"),
        at("aid-account", Student),
        at("notice-detail", PublicNotice),
        f"{at('notice-detail', PublicNotice)}?tab=objections",
        at("notice-print", PublicNotice),
        at("notice-publish", PublicNotice),
        at("notice-take-down", PublicNotice),
        at("objection-add", PublicNotice),
        at("objection-answer", Objection),
        *(
            at(f"batch-{name}", DisbursementBatch)
            for name in (
                "detail",
                "freeze",
                "approve",
                "send-back",
                "release",
                "void",
                "close",
                "file",
            )
        ),
        *(
            f"{at('batch-detail', DisbursementBatch)}?tab={tab}"
            for tab in ("flags", "problems", "approvals", "returns")
        ),
        at("bank-return-add", DisbursementBatch),
        at("bank-return-detail", BankReturn),
        f"{at('bank-return-detail', BankReturn)}?tab=settled",
        at("bank-return-apply", BankReturn),
        at("bank-return-discard", BankReturn),
        at("payment-give-up", Payment, state="returned"),
        at("line-remove", Payment, state="returned"),
        at("donor-edit", Donor),
        reverse("ledger:entry-list"),
        reverse("ledger:balance-list"),
        f"{reverse('ledger:balance-list')}?by=programme_source&kind=school&year=2016",
        reverse("ledger:verify"),
    ]
    return found


def statuses(actor: Any) -> dict[str, int]:
    client = sign_in(actor)
    return {url: client.get(url).status_code for url in pages()}


def test_each_page_opens_for_those_who_work_with_it(county_with_money: County) -> None:
    maker = statuses(county_with_money.maker)
    checker = statuses(county_with_money.checker)
    for url in pages():
        assert 200 in (maker[url], checker[url]), (url, maker[url], checker[url])
        assert {maker[url], checker[url]} <= {200, 403}, (url, maker[url], checker[url])


def test_another_office_sees_nothing(county_with_money: County) -> None:
    stranger = statuses(actor_of("office_staff", office="nutrition"))
    for url, status in stranger.items():
        rows = "/programmes/" in url and url.count("/") > 3 and "add" not in url
        if (
            any(f"/{noun}/" in url for noun in ("awards", "batches", "returns", "standards"))
            or rows
        ):
            if url.endswith(("awards/", "batches/", "choose/", "add/", "presets/")):
                continue
            assert status in (403, 404), url


def test_another_county_sees_nothing(county_with_money: County) -> None:
    client = sign_in(actor_of("office_staff", office="aid", division_prefix="530624"))
    for url in pages():
        response = client.get(url)
        assert response.status_code in (200, 403, 404), url
        if response.status_code == 200:
            assert b"Pupil" not in response.content, url


def test_school_clerk_sees_only_the_own_school(county_with_money: County) -> None:
    school = county_with_money.school
    own = actor_of("school_clerk", division_prefix=school.division_id, school_code=school.code)
    other_school = SchoolFactory(division=DivisionFactory(code="530623200000"))
    other = actor_of("school_clerk", division_prefix="530623200", school_code=other_school.code)
    payments = reverse("subsidies:payment-list")
    assert b"Pupil00000" in sign_in(own).get(payments).content
    assert b"Pupil" not in sign_in(other).get(payments).content
    award = reverse("subsidies:award-detail", args=[Award.objects.order_by("pk")[0].pk])
    assert sign_in(own).get(award).status_code == 200
    assert sign_in(other).get(award).status_code == 404
    assert sign_in(own).get(reverse("subsidies:batch-list")).status_code == 403
    card = "6217000000000000"
    assert card not in sign_in(own).get(payments).content.decode()


def test_leaders_see_no_rows_and_auditors_change_nothing(county_with_money: County) -> None:
    leader = sign_in(actor_of("leadership"))
    assert leader.get(reverse("subsidies:award-list")).status_code == 403
    auditor = sign_in(actor_of("auditor"))
    assert auditor.get(reverse("subsidies:batch-list")).status_code == 200
    assert auditor.get(reverse("ledger:entry-list")).status_code == 200
    batch = DisbursementBatch.objects.get()
    assert auditor.post(reverse("subsidies:batch-close", args=[batch.pk])).status_code == 403


def test_notice_shows_allowed_columns_only(county_with_money: County) -> None:
    from povedu.identity import check_character  # noqa: F401  # the numbers below are valid

    client = sign_in(county_with_money.maker)
    notice = PublicNotice.objects.get()
    text = client.get(reverse("subsidies:notice-print", args=[notice.pk])).content.decode()
    child = NoticeLine.objects.select_related("award__student").order_by("pk")[0].award.student
    assert child.name in text
    assert child.id_number.reveal() not in text
    assert str(child.id_number) not in text
    for word in ("建档立卡", "贫困", "残疾", "低保"):
        assert word not in notice.heading
    notices.take_down(notice=notice, actor=county_with_money.maker, now=NOW)
    assert client.get(reverse("subsidies:notice-print", args=[notice.pk])).status_code == 404
    draft = client.post(
        reverse("subsidies:notice-add"),
        {
            "programme": notice.programme_id,
            "term": "2016-1",
            "heading": "贫困学生公示",
            "working_days": 5,
        },
    )
    assert draft.status_code == 400


def test_from_run_to_closed_batch_in_pages(county: County) -> None:
    county.children(2)
    programme = county.programme("p", "500", standard=POOR, year=2026)
    maker, checker = sign_in(county.maker), sign_in(county.checker)

    def go(client: Any, name: str, data: dict[str, Any] | None = None, *args: Any) -> Any:
        response = client.post(reverse(f"subsidies:{name}", args=args), data or {})
        assert response.status_code == 302, response.content.decode()[-3000:]
        return response

    def work() -> None:
        for job in Job.objects.filter(state="queued"):
            assert run_now(job).state == "done", job.error_message

    choice = {"programme": programme.pk, "term": "2016-1"}
    go(maker, "award-run", choice, "choose")
    page = maker.get(reverse("subsidies:award-run", args=["confirm"]))
    assert "2" in page.content.decode()
    go(maker, "award-run", {}, "confirm")
    work()
    assert (
        maker.post(reverse("subsidies:award-approve", args=[programme.pk, "2016-1"])).status_code
        == 403
    )
    go(checker, "award-approve", {"reason": ""}, programme.pk, "2016-1")
    go(maker, "batch-add", choice)
    work()
    batch = DisbursementBatch.objects.get()
    url = f"{reverse('subsidies:batch-detail', args=[batch.pk])}?tab=lines"
    link = reverse("subsidies:line-remove", args=[batch.payments.earliest("line_no").pk])
    assert [link in one.get(url).content.decode() for one in (maker, checker)] == [True, False]
    go(maker, "batch-freeze", {}, batch.pk)
    assert link not in maker.get(url).content.decode()
    go(checker, "batch-approve", {}, batch.pk)
    go(maker, "batch-release", {}, batch.pk)
    work()
    wanted = {"layout": "bank", "form": "txt"}
    file = maker.post(reverse("subsidies:batch-file", args=[batch.pk]), wanted)
    head, *lines = file.content.decode("gb18030").splitlines()
    assert head.split("|")[:4] == [batch.number, "2", "1000.00", "人民币壹仟元整"]
    assert lines[0].split("|")[2] == "6217000000000000000"
    wanted = {"layout": "finance", "form": "xlsx"}
    book = maker.post(reverse("subsidies:batch-file", args=[batch.pk]), wanted)
    assert book.content[:2] == b"PK"
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = (
        "序号,金额,结果,到账日期,原因\r\n1,500.00,成功,2016-12-01,\r\n2,500.00,失败,,账号已注销\r\n"
    )
    sent = {"file": SimpleUploadedFile("回盘.csv", answer.encode("gb18030"))}
    go(maker, "bank-return-add", sent, batch.pk)
    taken = BankReturn.objects.get()
    go(maker, "bank-return-apply", {}, taken.pk)
    work()
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["returned", "settled"]
    back = Payment.objects.get(state="returned")
    assert back.return_reason == "账号已注销"
    go(maker, "payment-give-up", {"reason": "left"}, back.pk)
    go(maker, "batch-close", {}, batch.pk)
    batch.refresh_from_db()
    assert batch.state == "closed"


def test_programme_is_made_in_forms(county: County) -> None:
    client = sign_in(county.maker)
    sent = {
        "code": "x-1",
        "name": "X",
        "office": "aid",
        "kind": "cash",
        "cadence": "term",
        "payee_kind": "student",
        "residence": "any",
        "confidence": "local",
        "starts_on": "2016-09-01",
    }
    made = client.post(reverse("subsidies:programme-add"), sent)
    assert made.status_code == 302, made.content.decode()[-2000:]
    programme = Programme.objects.get()
    standard = {
        "starts_on": "2016-09-01",
        "stage": "primary",
        "boarding": "boarder",
        "grade": "0",
        "categories": ["registered_poor"],
        "year_amount": "1000",
        "instalment_amount": "500",
        "confidence": "local",
    }
    url = reverse("subsidies:standard-add", args=[programme.pk])
    assert client.post(url, standard).status_code == 302
    later = {
        **standard,
        "starts_on": "2017-03-01",
        "year_amount": "1200",
        "instalment_amount": "600",
    }
    assert client.post(url, later).status_code == 302
    assert client.post(url, standard).status_code == 409
    ends = list(programme.standards.order_by("starts_on").values_list("ends_on", flat=True))
    assert [str(one) for one in ends] == ["2017-03-01", "None"]
    rules = {"year": "2016", "source_1": "central", "amount_1": "300", "source_2": "county"}
    assert (
        client.post(reverse("subsidies:source-rules", args=[programme.pk]), rules).status_code
        == 302
    )
    assert programme.source_rules.count() == 2
    quota = {"year": "2016", "heads_count": "10"}
    assert (
        client.post(reverse("subsidies:quota-set", args=[programme.pk]), quota).status_code == 302
    )
    assert client.post(reverse("subsidies:presets-install")).status_code == 302
    count = Programme.objects.count()
    assert count > 10
    client.post(reverse("subsidies:presets-install"))
    assert Programme.objects.count() == count


def test_gift_form_and_account(county_with_money: County) -> None:
    client = sign_in(county_with_money.maker)
    child = Student.objects.order_by("pk")[0]
    sent = {
        "student": child.pk,
        "programme": Programme.objects.get(code="g").pk,
        "donor": Donor.objects.get().pk,
        "given_on": "2016-11-01",
        "amount": "88.50",
    }
    assert client.post(reverse("subsidies:gift-add"), sent).status_code == 302
    gift = Gift.objects.get(amount="88.50")
    other = sign_in(county_with_money.checker)
    deliver = reverse("subsidies:gift-deliver", args=[gift.pk])
    assert other.post(deliver, {"settled_on": "2016-11-02"}).status_code == 302
    page = client.get(reverse("subsidies:aid-account", args=[child.pk])).content.decode()
    assert "138.50" in page


@pytest.mark.parametrize("name", ["award", "payment", "notice", "batch", "programme"])
def test_lists_cost_the_same_however_long(county: County, name: str) -> None:
    county.children(2)
    programme = county.programme("p", "500", standard=POOR, needs_notice=False)
    county.granted(programme)
    county.released(programme)
    client = sign_in(county.maker)
    url = reverse(f"subsidies:{name}-list")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    county.children(40)
    county.granted(programme)
    county.released(programme)
    county.programme("other", "5")
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)


def test_the_balances_open_at_the_year_of_the_term_in_view(county_with_money: County) -> None:
    client = sign_in(county_with_money.maker)
    session = client.session
    session["term"] = "2015-2"
    session.save()
    for name in ("ledger:balance-list", "ledger:bridge"):
        assert client.get(reverse(name)).context["year"] == 2016
        assert client.get(f"{reverse(name)}?year=2014").context["year"] == 2014
