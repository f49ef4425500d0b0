"""Pages of children's records: what each shows, who is let in, and what it costs."""

from datetime import date

import pytest
from django.urls import reverse

from povedu.accounts.selectors import operator
from students.models import Finding, PayeeAccount, RegisterSnapshot, Student
from students.services.compare import compare
from students.services.reconcile import reconcile
from tests.factories import actor_of, sign_in
from tests.students.world import CIVIL, NOW, TERM

BORN = date(2007, 3, 5)


@pytest.fixture
def county(world):
    """A county with one finding of several kinds, a household and two snapshots."""
    number = world.next_id()
    world.student("张小明", number, claim="建档立卡", grade=3)
    world.student("王芳芳", birth_on=BORN, school="S2", grade=3)
    first = world.snapshot(as_of=date(2016, 2, 1))
    world.entry(first, "李四", world.next_id())
    snapshot = world.snapshot()
    world.entry(snapshot, "张晓明", number, household_no="H1")
    world.entry(snapshot, "王芳芳", world.next_id(BORN))
    world.entry(snapshot, "刘三", world.next_id())
    world.household("H1", number, world.next_id(date(1978, 1, 1)))
    world.run = reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)
    return world


@pytest.fixture
def staff(db):
    return sign_in(actor_of("office_staff", office="aid"))


def pages(county):
    student = Student.objects.get(name="张小明")
    finding = Finding.objects.filter(state="open").first()
    snapshots = list(RegisterSnapshot.objects.order_by("as_of"))
    names = {
        "student-list": [],
        "student-add": [],
        "student-detail": [student.pk],
        "student-edit": [student.pk],
        "student-confirm": [student.pk],
        "hardship-add": [student.pk],
        "enrolment-add": [student.pk],
        "enrolment-transfer": [student.pk],
        "enrolment-leave": [student.pk],
        "payee-add": [student.pk],
        "payee-list": [],
        "roster-list": [],
        "class-list": [],
        "household-list": [],
        "household-detail": [student_household()],
        "snapshot-list": [],
        "comparison-list": [],
        "snapshot-detail": [snapshots[1].pk],
        "run-list": [],
        "run-start": [],
        "run-detail": [county.run.pk],
        "finding-list": [],
        "finding-queue-item": [finding.pk],
    }
    urls = {name: reverse(f"students:{name}", args=args) for name, args in names.items()}
    for basis in ("snapshots", "terms", "runs"):
        urls[f"compare-{basis}"] = reverse("students:comparison-start", args=[basis])
    compared = compare(
        county=county.county,
        before=snapshots[0],
        after=snapshots[1],
        actor=operator(),
        now=NOW,
    )
    urls["compared"] = compared.get_absolute_url()
    for tab in ("basic", "schooling", "hardship", "payee", "findings", "history"):
        urls[f"tab-{tab}"] = f"{urls['student-detail']}?tab={tab}"
    for tab in ("findings", "links", "places"):
        urls[f"run-{tab}"] = f"{urls['run-detail']}?tab={tab}"
    return urls


def student_household():
    from students.models import Household

    return Household.objects.get().pk


def test_every_page_opens(county, staff):
    for name, url in pages(county).items():
        response = staff.get(url)
        assert response.status_code == 200, (name, response.content[:300])


def test_no_page_shows_a_full_number(county, staff):
    numbers = {one.id_number.reveal() for one in Student.objects.exclude(id_index="")}
    for name, url in pages(county).items():
        text = staff.get(url).content.decode()
        assert not [number for number in numbers if number in text], name


def test_strangers_are_sent_to_sign_in(county, client):
    for name, url in pages(county).items():
        assert client.get(url).status_code == 302, name


def test_leadership_sees_no_rows_about_persons(county):
    leader = sign_in(actor_of("leadership"))
    for name, url in pages(county).items():
        assert leader.get(url).status_code == 403, name


def test_another_school_sees_nothing_of_this_one(county):
    clerk = sign_in(actor_of("school_clerk", division_prefix="530623101", school_code="2153000002"))
    student = Student.objects.get(name="张小明")
    for name in ("student-detail", "student-edit", "payee-add", "enrolment-add"):
        assert clerk.get(reverse(f"students:{name}", args=[student.pk])).status_code == 404, name
    text = clerk.get(reverse("students:student-list")).content.decode()
    assert "王芳芳" in text
    assert "张小明" not in text
    assert clerk.get(reverse("students:run-list")).status_code == 403
    assert clerk.get(reverse("students:snapshot-list")).status_code == 403


def test_the_ledger_filters_and_searches(county, staff):
    address = reverse("students:student-list")
    for query, found in (
        ("hardship=registered_poor", {"张小明"}),
        ("hardship=none", {"王芳芳"}),
        ("identity_confirmed=false", {"王芳芳"}),
        ("school=2153000001", {"张小明"}),
        ("township=530623101000", {"王芳芳"}),
        ("grade=3&state=studying", {"张小明", "王芳芳"}),
    ):
        text = staff.get(f"{address}?{query}").content.decode()
        shown = {name for name in ("张小明", "王芳芳") if name in text}
        assert shown == found, query
    number = Student.objects.get(name="张小明").id_number.reveal()
    for typed in ("zxm", number, number.lower(), "小明"):
        response = staff.post(address, {"do": "search", "q": typed})
        assert number not in response["Location"]
        text = staff.get(response["Location"]).content.decode()
        assert "张小明" in text
        assert "王芳芳" not in text


@pytest.mark.parametrize("name", ["student-list", "roster-list", "finding-list", "run-list"])
def test_lists_cost_the_same_at_any_length(world, staff, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert staff.get(reverse(f"students:{name}")).status_code == 200
        return len(queries)

    def fill(count):
        for n in range(count):
            world.student(f"张小{n}", world.next_id(), claim="建档立卡")
        world.snapshot(CIVIL, date(2016, 1, 1 + count))
        world.snapshot(as_of=date(2016, 1, 1 + count))
        reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)

    fill(2)
    staff.get(reverse(f"students:{name}"))
    before = cost()
    fill(10)
    assert cost() == before


def test_a_child_entered_by_form(county, staff):
    number = county.next_id()
    form = {
        "name": "陈新",
        "id_number": number.lower(),
        "school": county.schools["S1"].pk,
        "stage": "primary",
        "grade": "2",
        "class_name": "1",
        "phone": "19900001234",
    }
    response = staff.post(reverse("students:student-add"), form)
    assert response.status_code == 302, response.content.decode()[:2000]
    student = Student.objects.get(name="陈新")
    assert student.identity_confirmed
    assert student.id_number.reveal() == number
    assert student.phone.reveal() == "19900001234"
    assert student.enrolments.get().school == county.schools["S1"]
    again = staff.post(reverse("students:student-add"), {**form, "name": "陈旧"})
    assert again.status_code == 409
    assert Student.objects.filter(name="陈旧").count() == 0


def test_a_wrong_number_enters_a_provisional_child(county, staff):
    form = {
        "name": "陈新",
        "id_number": "530623200703051234",
        "school": county.schools["S1"].pk,
        "stage": "primary",
    }
    assert staff.post(reverse("students:student-add"), form).status_code == 302
    student = Student.objects.get(name="陈新")
    assert not student.identity_confirmed
    assert not student.id_index
    assert student.stated_id_number.reveal() == "530623200703051234"
    found = staff.post(
        reverse("students:student-list"), {"do": "search", "q": "530623200703051234"}
    )
    assert "陈新" in staff.get(found["Location"]).content.decode()


def test_an_edit_keeps_what_is_left_empty_and_refuses_an_old_version(county, staff):
    student = Student.objects.get(name="张小明")
    number = student.id_number.reveal()
    url = reverse("students:student-edit", args=[student.pk])
    form = {
        "name": "张小明",
        "school": county.schools["S1"].pk,
        "stage": "primary",
        "grade": "4",
        "sex": student.sex,
        "form_version": "1",
    }
    assert staff.post(url, form).status_code == 302
    student.refresh_from_db()
    assert (student.grade, student.version) == (4, 2)
    assert student.id_number.reveal() == number
    assert staff.post(url, {**form, "grade": "5"}).status_code == 409
    student.refresh_from_db()
    assert student.grade == 4


def test_maker_is_never_checker(county):
    student = Student.objects.get(name="张小明")
    maker, checker = (actor_of("office_staff", office="aid") for _ in range(2))
    form = {"payee_name": "张小明", "relation": "self", "account": "6222 0200 0000 1234 567"}
    browser = sign_in(maker)
    response = browser.post(reverse("students:payee-add", args=[student.pk]), form)
    assert response.status_code == 302, response.content.decode()[:1500]
    card = PayeeAccount.objects.get()
    assert card.account.reveal() == "6222020000001234567"
    assert "6222020000001234567" not in browser.get(reverse("students:payee-list")).content.decode()
    approve = reverse("students:payee-approve", args=[card.pk])
    assert browser.post(approve).status_code == 400
    assert sign_in(checker).post(approve).status_code == 302
    card.refresh_from_db()
    assert (card.state, card.approved_by_id) == ("approved", checker.user_id)


def test_a_second_card_replaces_the_first_only_when_approved(county):
    student = Student.objects.get(name="张小明")
    maker, checker = (actor_of("office_staff", office="aid") for _ in range(2))
    form = {"payee_name": "张父", "relation": "father", "account": "62220200000012345"}
    url = reverse("students:payee-add", args=[student.pk])
    sign_in(maker).post(url, form)
    sign_in(checker).post(reverse("students:payee-approve", args=[PayeeAccount.objects.get().pk]))
    sign_in(maker).post(url, {**form, "account": "62220200000099999"})
    states = list(PayeeAccount.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["approved", "pending"]
    second = PayeeAccount.objects.get(state="pending")
    sign_in(checker).post(
        reverse("students:payee-refuse", args=[second.pk]), {"reason": "户名不符"}
    )
    states = list(PayeeAccount.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["approved", "refused"]


def test_hardship_by_hand_and_its_end(county, staff):
    student = Student.objects.get(name="王芳芳")
    form = {
        "category": "orphan",
        "source": "paper",
        "evidence": "孤儿证 001",
        "starts_on": "2016-09-01",
    }
    url = reverse("students:hardship-add", args=[student.pk])
    assert staff.post(url, form).status_code == 302
    assert staff.post(url, form).status_code == 409
    held = student.hardships.get()
    end = reverse("students:hardship-end", args=[held.pk])
    assert staff.post(end, {"ends_on": "2016-08-01", "reason": "已收养"}).status_code == 400
    assert staff.post(end, {"ends_on": "2017-03-01", "reason": "已收养"}).status_code == 302
    held.refresh_from_db()
    assert held.ends_on == date(2017, 3, 1)


def test_transfer_and_leave(county, staff):
    student = Student.objects.get(name="张小明")
    with_term = staff.session
    with_term["term"] = TERM.code
    with_term.save()
    form = {"school": county.schools["S2"].pk, "stage": "primary", "grade": "3", "reason": "搬家"}
    url = reverse("students:enrolment-transfer", args=[student.pk])
    assert staff.post(url, form).status_code == 302
    states = dict(student.enrolments.values_list("school__code", "state"))
    assert states == {"2153000001": "left", "2153000002": "studying"}
    url = reverse("students:enrolment-leave", args=[student.pk])
    assert staff.post(url, {"state": "suspended", "reason": "生病"}).status_code == 302
    student.refresh_from_db()
    assert student.state == "suspended"


def test_the_queue_settles_and_takes_back(county, staff):
    finding = Finding.objects.get(kind="probable-match")
    url = reverse("students:finding-queue-item", args=[finding.pk])
    page = staff.get(url).content.decode()
    assert "same-person" in page
    response = staff.post(url, {"decision": "same-person", "form_token": "t1"})
    assert response.status_code == 302
    assert Student.objects.get(name="王芳芳").identity_confirmed
    assert staff.get(response["Location"], follow=True).status_code == 200
    assert staff.post(url, {"do": "undo"}).status_code == 302
    finding.refresh_from_db()
    assert finding.state == "open"
    assert not Student.objects.get(name="王芳芳").identity_confirmed


def test_a_clerk_is_offered_no_identity_decisions(county):
    clerk = sign_in(actor_of("school_clerk", division_prefix="530623101", school_code="2153000002"))
    finding = Finding.objects.get(kind="probable-match")
    url = reverse("students:finding-queue-item", args=[finding.pk])
    assert "same-person" not in clerk.get(url).content.decode()
    assert clerk.post(url, {"decision": "same-person", "form_token": "t"}).status_code == 400


def test_the_auditor_reads_and_changes_nothing(county):
    auditor = sign_in(actor_of("auditor"))
    finding = Finding.objects.get(kind="probable-match")
    url = reverse("students:finding-queue-item", args=[finding.pk])
    assert auditor.get(url).status_code == 200
    assert auditor.post(url, {"decision": "same-person"}).status_code == 403
    assert auditor.get(reverse("students:student-add")).status_code == 403


def test_starting_a_run_asks_for_one_job(county, staff):
    from povedu.jobs.models import Job

    for _ in range(2):
        response = staff.post(reverse("students:run-start"), {"term": _term_choice(staff)})
        assert response.status_code == 302, response.content.decode()[:1500]
    job = Job.objects.get()
    assert (job.kind, job.params["county"]) == ("students.reconcile", "530623")


def _term_choice(browser):
    page = browser.get(reverse("students:run-start"))
    return page.context["form"].fields["term"].choices[0][0]


def test_classes_come_a_page_at_a_time_and_add_up_to_all(world, staff):
    for number in range(21):
        student = world.student(f"王{number}", world.next_id(), grade=3)
        student.enrolments.update(class_name=f"{number}班")
    session = staff.session
    session["term"] = TERM.code
    session.save()
    url = reverse("students:class-list")
    first, second = (staff.get(url, {"per_page": "20", "page": page}) for page in ("1", "2"))
    assert [len(page.context["page"].object_list) for page in (first, second)] == [20, 1]
    assert {page.context["pupils"] for page in (first, second)} == {21}
    link = f"{reverse('students:roster-list')}?school=2153000001&amp;class_name="
    assert link in second.content.decode()
