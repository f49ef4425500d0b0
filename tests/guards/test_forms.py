"""No form takes a stranger's row, and none takes more than it asks for.

Every form of the product, found by the resolver, is opened, filled in and sent by the visitor with
the smallest scope who may. Then each field that chooses a row gets the rows of other places and
offices, and the whole form is sent once more with every column of every model beside it.
"""

from copy import copy
from functools import cached_property

import pytest
from django import forms as django_forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import include, path, reverse
from rest_framework.serializers import ChoiceField, IntegerField

from povedu.accounts.models import User
from povedu.api import offered as api_lists
from povedu.screens.forms import FormScreen
from povedu.screens.lists import ListScreen
from povedu.screens.queues import QueueScreen
from schools.models import School
from tests import factories as make
from tests.guards import forms as fill
from tests.guards.routes import routes
from tests.guards.sweep import attempts, visitor
from tests.guards.world import CAST

pytestmark = pytest.mark.embedded

NARROW_FIRST = ("clerk of A", "township officer", "aid office", "project office", "approver")
ORDER = (
    *NARROW_FIRST,
    *(name for name in CAST if name not in (*NARROW_FIRST, "clerk of B")),
    "finance office",
)

# Answers that a form needs beyond the plain ones, by address.
FILL = {
    "schools:meal-add": lambda place: {"school": place.school_code},
    "students:student-confirm": lambda place: {"id_number": fill.PLAIN["id_number"]},
    "students:enrolment-transfer": lambda place: {"school": place.other_school.pk},
    "students:enrolment-leave": lambda place: {"state": "left"},
    "subsidies:determination-add": lambda place: {
        "student": place.student.pk,
        "academic_year": "2018",
        "teacher": "王老师",
        "signed_on": "2016-09-20",
    },
    "subsidies:scoring-set": lambda place: {"items": "单亲家庭 15", "bands": "40 困难"},
    "subsidies:quota-set": lambda place: {"heads_count": "5"},
    "subsidies:standard-add": lambda place: {"year_amount": "2"},
    "subsidies:gift-add": lambda place: {"student": place.student.pk},
    "teachers:posting-add": lambda place: {
        "school": place.other_school.code,
        "starts_on": "2030-09-01",
    },
    "teachers:posting-end": lambda place: {"ends_on": "2016-12-01"},
}
# Forms that the county's rows as they stand refuse however they are filled in, each with its
# reason. What they refuse is looked at all the same. A stale line fails.
_STATE = "no row of the county stands at this step"
REFUSED = {
    "accounts:grant-withdraw": "only who asked may withdraw",
    "intake:batch-headings": "the uploaded file itself is not part of the county",
    "intake:batch-confirm": _STATE,
    "ledger:correction-add": "the plain answer names a voucher that was never posted",
    "ledger:correction-decide": "the voucher to be taken back was never posted",
    "schools:payment-add": "the project is not under contract yet",
    "schools:school-reopen": "the school is open",
    "teachers:teacher-return": "the teacher is there",
    "students:comparison-start": "the first choices are one and the same snapshot",
    "students:proof-check": "the proof has not come yet",
    "students:proof-receive": "neither the number nor a picture of the proof is given",
    "students:proof-return": "the proof has not come yet",
    "students:payee-add": "an account already waits for its second person",
    "students:evidence-remove": "only who put a paper there may take it away",
    "subsidies:paper-remove": "only who put a paper there may take it away",
    "subsidies:award-approve": _STATE,
    "subsidies:determination-review": _STATE,
    "subsidies:award-cancel": "the award is being paid",
    "subsidies:award-resume": _STATE,
    "subsidies:notice-add": _STATE,
    "subsidies:notice-take-down": _STATE,
    "subsidies:objection-add": "the notice is not published",
    "subsidies:batch-freeze": "no money has arrived for the programme",
    "subsidies:batch-approve": _STATE,
    "subsidies:batch-send-back": _STATE,
    "subsidies:batch-close": _STATE,
    "subsidies:batch-file": _STATE,
    "subsidies:bank-return-add": "the plain answer for a file is a photo, not a bank's list",
    "subsidies:payment-give-up": _STATE,
    "subsidies:payment-recover": "part of the payment is asked back already",
    "subsidies:recovery-receive": _STATE,
    "subsidies:recovery-write-off": _STATE,
    "subsidies:sample-add": "the plain answer names the same day twice",
    "subsidies:sample-draw": "the frame in the database is not the one that was fixed",
    "subsidies:sample-close": _STATE,
    "subsidies:consent-end": "no guardian has agreed yet",
    "subsidies:gift-cancel": "the gift is delivered",
    "subsidies:gift-deliver": "the gift is delivered",
    "subsidies:gift-receive": "the gift is delivered",
    "subsidies:loan-add": "the plain answer for an identity number of a borrower is no number",
    "subsidies:loan-grant": "the plain answers lend and end the loan on one day",
    "subsidies:loan-move": "the loan waits to be granted",
    "subsidies:relief-add": "the plain answers serve at the grassroots for no time at all",
    "subsidies:relief-pay": "the claim waits for its second person",
    "subsidies:sponsorship-add": "the donor stands by the pupil already",
}
# Forms whose page is not shown as the county's rows stand.
CLOSED = {
    "intake:cell-fix": "part of the review page, sent from there; takes cells of the row it names",
    "intake:row-repair-decline": "part of the review page, asks for nothing",
    "intake:row-repair-accept": "part of the review page, asks for nothing",
}
# Fields that rightly offer what lies outside: (address, field) → reason. A stale line fails.
OFFERED = {
    ("students:student-add", "home_division"): "a child's home may lie in another township",
    ("students:student-edit", "home_division"): "a child's home may lie in another township",
    ("students:enrolment-transfer", "school"): "one's own child goes to another school",
    ("subsidies:determination-add", "programme"): "a school applies for any office's aid",
    ("subsidies:determination-add", "items"): "a county scores all its families by one list",
    ("subsidies:programme-add", "stacks_on"): "one office's aid may come on top of another's",
    ("subsidies:programme-edit", "stacks_on"): "one office's aid may come on top of another's",
    ("subsidies:programme-add", "excludes"): "one office's aid may rule out another's",
    ("subsidies:programme-edit", "excludes"): "one office's aid may rule out another's",
}
# Pages that take a POST without being a form's page, each with its reason.
OTHER_POSTS = {
    "search": "looks up, writes nothing",
    "accounts:login": "nobody is signed in yet",
    "accounts:logout": "asks for nothing",
    "accounts:password": "one's own, named by the session",
    "accounts:second-factor": "one's own, named by the session",
    "accounts:second-factor-setup": "one's own, named by the session",
    "accounts:second-factor-remove": "one's own, named by the session",
    "accounts:sessions-end": "one's own, looked for among one's own",
    "accounts:token-revoke": "names its row in the address",
    "accounts:switch-term": "names no row",
    "accounts:switch-language": "names no row",
    "accounts:switch-jurisdiction": "tried below",
    "audit:reveal": "tried below",
    "subsidies:letter-make": "tried below",
    "audit:verify": "asks for nothing",
    "reports:check": "asks for nothing",
    "subsidies:award-run": "tried below",
}


class Sheet:
    """A form as one visitor meets it, with a row of their own behind it."""

    def __init__(self, route, url, who, world, others):
        self.route, self.url, self.who = route, url, who
        self.own = world.places_for(who.actor)[0]
        self.places = [one for one in world.places.values() if not world.covers(who.actor, one)]
        self.others = others
        answer = who.browser.get(url)
        self.form = answer.context["form"] if answer.status_code == 200 else None
        if self.form is not None:
            self.answers = fill.filled(self.form) | {
                "form_version": answer.context["form_version"],
                **FILL.get(route.name, lambda place: {})(self.own),
            }

    @cached_property
    def before(self):
        return fill.contents()

    def post(self, **more):
        """Send the form; return the answer and all tables as they were afterwards, then undo."""
        sent = {**self.answers, **more}
        for value in sent.values():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)
        cookies = copy(self.who.browser.cookies)
        with transaction.atomic():
            answer = self.who.browser.post(self.url, sent)
            left = fill.contents(self.before)
            transaction.set_rollback(True)
        self.who.browser.cookies = cookies
        return answer, left

    def takes_strangers(self):
        """Return the fields that took, or offer, a stranger's row."""
        faults = []
        for name, field in self.form.fields.items():
            keys = fill.strange_keys(name, field, self.places, self.others)
            if keys == []:
                faults.append(f"{name}: there is no stranger's row to try")
            for key, offered in keys or ():
                wrong = self._taken(name, key) or ("offers a stranger's row" if offered else "")
                faults += [f"{name}: {wrong} ({key})"] if wrong else []
        return [f"{self.route} ({self.who.name}): {fault}" for fault in faults]

    def _taken(self, name, key):
        answer, left = self.post(**{self.form.add_prefix(name): key})
        if answer.status_code not in (400, 404):
            return f"took a stranger's row: {answer.status_code}"
        if fill.differences(self.before, left):
            return "refused a stranger's row and wrote"
        shown = answer.context["form"].errors if answer.status_code == 400 else {name: ""}
        return "" if name in shown else f"refused something else: {dict(shown)}"

    def takes_more(self):
        """Return what changes, or "", when every column there is comes with the form."""
        first, left = self.post()
        known = {*self.form.fields, *self.answers}
        names = fill.every_name(self.route.name.split(":")[0], self.places)
        more, loaded = self.post(**{key: one for key, one in names.items() if key not in known})
        if more.status_code == 400 and not fill.differences(self.before, loaded):
            return ""
        # Sent plainly again, last: what the clock alone has moved since then is moved here too.
        _again, same = self.post()
        moved = fill.differences(left, loaded) - fill.differences(left, same)
        if more.status_code != first.status_code:
            return f"{self.route}: {first.status_code}, with more fields {more.status_code}"
        return f"{self.route}: more fields change {sorted(moved)}" if moved else ""


def sheets(world, found=None):
    """Return a sheet for each form, and the addresses of forms that nobody could open."""
    # Made anew each time: what a test makes here is rolled back after it.
    world.actors["finance office"] = world._actor("office_staff", office="finance", prefix="530623")
    county = world.places["A"].county
    others = [make.ProgrammeFactory(county=county, office="nutrition")]
    make.ProgrammeFactory(county=county, office="aid", kind="gift")
    people = [visitor(world, name) for name in ORDER]
    opened, closed = [], []
    for route in found or routes():
        if not (isinstance(route.view, type) and issubclass(route.view, FormScreen)):
            continue
        met = (_meet(route, who, world, others) for who in people)
        sheet = next((one for one in met if one is not None and one.form is not None), None)
        opened += [sheet] if sheet else []
        closed += [] if sheet else [route.name]
    return opened, closed


def _meet(route, who, world, others):
    if not who.may(route.action("POST")):
        return None
    own = [one for one in attempts(route, who, world) if one.visible]
    return Sheet(route, own[0].url, who, world, others) if own else None


@pytest.fixture
def every_sheet(world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield sheets(world)
        transaction.set_rollback(True)


@pytest.mark.django_db  # the one mark that makes the session set a test database up
def test_every_page_that_takes_a_post_is_tried():
    """A page that is no form's is a list's search, a queue's decision by its address, or listed."""
    apart = (FormScreen, ListScreen, QueueScreen)
    found = {
        route.name
        for route in routes()
        if route.declares and not route.is_api and hasattr(route.view, "post")
        if not (isinstance(route.view, type) and issubclass(route.view, apart))
    }
    assert sorted(found ^ set(OTHER_POSTS)) == []


def test_no_form_takes_a_strangers_row(every_sheet):
    opened, closed = every_sheet
    faults = [fault for sheet in opened for fault in sheet.takes_strangers()]
    for (name, field), _reason in OFFERED.items():
        mine = [one for one in faults if one.startswith(f"{name} (") and f": {field}: " in one]
        assert mine, f"{name} {field}: exempt, but it takes no stranger's row"
        faults = [one for one in faults if one not in mine]
    assert faults == [], "\n".join(faults)
    assert sorted(closed) == sorted(CLOSED)


def test_no_form_takes_more_than_it_asks_for(every_sheet):
    opened, _closed = every_sheet
    faults = [wrong for sheet in opened if (wrong := sheet.takes_more())]
    assert faults == [], "\n".join(faults)
    refused = {one.route.name for one in opened if one.post()[0].status_code >= 400}
    assert sorted(refused ^ set(REFUSED)) == []


def unchanged(who, url, **body):
    """Send what a page reads by itself; return the status, having seen that no row changed."""
    before = fill.contents()
    with transaction.atomic():
        answer = who.browser.post(url, body)
        after = fill.contents(before)
        transaction.set_rollback(True)
    return answer.status_code, fill.differences(before, after)


@pytest.fixture
def clerk(world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield visitor(world, "clerk of A")
        transaction.set_rollback(True)


def test_nobody_opens_a_strangers_number(clerk, world):
    url = reverse("audit:reveal")
    asked = {"subject": "students.student", "field": "id_number", "reason": "核对证件"}
    strange = world.places["B"].student.pk
    assert unchanged(clerk, url, pk=strange, **asked) == (404, set())
    status, changed = unchanged(clerk, url, pk=world.places["A"].student.pk, **asked)
    assert status == 200
    assert {table for table, _row, _column in changed} >= {"audit_auditentry"}


def test_nobody_takes_up_a_strangers_duty(clerk, world):
    url = reverse("accounts:switch-jurisdiction")
    strange = world.places["B"].jurisdiction.pk
    assert unchanged(clerk, url, jurisdiction=strange) == (404, set())


def test_nobody_works_out_a_strangers_aid(world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, "aid office")
        url = reverse("subsidies:award-run", kwargs={"step": "choose"})
        field = who.browser.get(url).context["form"].fields["programme"]
        strange = world.places["C"].programme
        other = make.ProgrammeFactory(county=world.places["A"].county, office="nutrition")
        for one in (strange, other):
            assert not field.queryset.filter(pk=one.pk).exists()
            status, changed = unchanged(who, url, programme=one.pk, term="2016-1")
            assert (status, changed) == (400, set())
        transaction.set_rollback(True)


def test_nobody_has_letters_made_for_strangers(world, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, "clerk of A")
        kind, chosen = (
            reverse("subsidies:letter-make", kwargs={"step": step}) for step in ("kind", "range")
        )
        asked = {"kind": "family", "year": "2016", "term": "2016-1"}
        assert who.browser.post(kind, asked).status_code == 302
        for letter in ("B", "C"):
            strange = world.places[letter]
            for body in ({"school": strange.school.pk}, {"place": strange.township_code}):
                assert unchanged(who, chosen, **body) == (400, set())
        assert who.browser.post(chosen, {"school": world.places["A"].school.pk}).status_code == 302
        transaction.set_rollback(True)


# What a body names by its key, by the serializer's field.
NAMED = {"finding": lambda place: place.finding.pk}


def writers():
    """Return the API's viewsets that write, by address."""
    return {
        prefix: viewset
        for prefix, viewset in api_lists()
        if set(viewset.actions_by_method) & {"POST", "PUT", "PATCH", "DELETE"}
    }


@pytest.mark.parametrize("prefix", writers())
def test_the_api_takes_no_strangers_row_and_no_more_than_it_asks_for(
    prefix, world, django_db_blocker
):
    viewset = writers()[prefix]
    with django_db_blocker.unblock(), transaction.atomic():
        who = visitor(world, "clerk of A")
        assert set(viewset.actions_by_method) == {"POST"}
        before = fill.contents()

        def send(**body):
            with transaction.atomic():
                answer = who.browser.post(
                    f"/api/v1/{prefix}/",
                    body,
                    content_type="application/json",
                    headers={"Authorization": f"Token {who.token}"},
                )
                left = fill.contents(before)
                transaction.set_rollback(True)
            return answer.status_code, left

        fields = viewset.serializer_class().get_fields()
        named = [name for name, one in fields.items() if isinstance(one, IntegerField)]
        assert named
        plain = {
            name: next(iter(one.choices))
            for name, one in fields.items()
            if isinstance(one, ChoiceField) and one.required
        }
        for name in named:
            for place in (world.places["B"], world.places["C"]):
                status, left = send(**plain, **{name: NAMED[name](place)})
                assert (status, fill.differences(before, left)) == (404, set())
        own = {name: NAMED[name](world.places["A"]) for name in named}
        status, left = send(**plain, **own)
        _status, same = send(**plain, **own)
        names = fill.every_name("students", [world.places["B"]])
        more = {key: value for key, value in names.items() if key not in fields}
        loaded_status, loaded = send(**more, **plain, **own)
        assert loaded_status == status
        assert fill.differences(left, loaded) <= fill.differences(left, same)
        transaction.set_rollback(True)


# The controls: a form that takes too much is found.


class AnySchool(django_forms.Form):
    """Offers every school there is."""

    school = django_forms.ModelChoiceField(School.objects.all())


def take_all(*, actor, now, school, **more):
    """Write whatever came."""
    User.objects.filter(pk=actor.user_id).update(post=f"{school.code}{more.get('note', '')}")


class Greedy(FormScreen):
    """Takes any school, and what is sent beside the form."""

    action = "students.student.add"
    form_class = AnySchool
    service = take_all
    template_name = "screens/form.html"

    def arguments(self, form):
        """Pass on what nobody asked for."""
        return {**super().arguments(form), "note": self.request.POST.get("note", "")}


urlpatterns = [path("greedy/", Greedy.as_view(), name="greedy"), path("", include("povedu.urls"))]


def test_a_form_that_takes_too_much_is_found(world, django_db_blocker, settings):
    settings.ROOT_URLCONF = __name__
    with django_db_blocker.unblock(), transaction.atomic():
        route = next(one for one in routes() if one.name == "greedy")
        (sheet,), _closed = sheets(world, [route])
        strangers, more = sheet.takes_strangers(), sheet.takes_more()
        transaction.set_rollback(True)
    assert any("school: took a stranger's row" in fault for fault in strangers)
    assert "more fields change" in more
