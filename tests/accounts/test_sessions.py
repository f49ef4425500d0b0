"""Signing in and out, the lockout, the ends of sessions, first passwords, second factors."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hashers_by_algorithm, make_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from povedu.accounts.models import SignIn, User
from povedu.audit.models import AuditEntry
from tests.factories import PASSWORD, JurisdictionFactory, UserFactory, actor_of, sign_in

pytestmark = pytest.mark.django_db
LOGIN, HOME = "/accounts/login/", "/"


@pytest.fixture
def person():
    return JurisdictionFactory(user__username="wang").user


def enter(password=PASSWORD, *, username="wang", ip="10.0.0.1", client=None, **data):
    client = client or Client()
    answer = client.post(
        LOGIN, {"username": username, "password": password, **data}, REMOTE_ADDR=ip
    )
    return client, answer


def test_the_right_password_opens_the_home_page(person):
    client, answer = enter()
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert client.get(HOME).status_code == 200
    assert SignIn.objects.get(user=person).ip == "10.0.0.1"
    assert AuditEntry.objects.filter(verb="user.sign-in", actor_id=person.pk).count() == 1


def test_the_session_key_changes_at_sign_in(person):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    enter(client=client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize("username", ["wang", "nobody"])
def test_wrong_name_and_wrong_password_look_the_same(person, username):
    _client, answer = enter("wrong", username=username)
    assert answer.status_code == 400
    assert "登录名或密码不正确" in answer.text
    assert "wrong" not in answer.text


def test_a_disabled_account_looks_the_same(person):
    User.objects.filter(pk=person.pk).update(is_active=False)
    _client, answer = enter()
    assert answer.status_code == 400
    assert "登录名或密码不正确" in answer.text


def test_five_failures_close_the_door_for_a_while(person):
    for _ in range(5):
        enter("wrong")
    _client, answer = enter()  # right, but too late
    assert answer.status_code == 429
    assert "15 分钟" in answer.text
    assert "wang" not in answer.text


def test_the_owner_at_the_accustomed_desk_still_gets_in(person):
    enter(ip="10.0.0.1")
    for _ in range(6):
        enter("guess", ip="6.6.6.6")
    assert enter(ip="6.6.6.6")[1].status_code == 429
    assert enter(ip="10.0.0.1")[1].status_code == 302
    for _ in range(6):
        enter("guess", ip="6.6.6.6")
    # A strange address is closed for this name although it never failed itself.
    assert enter(ip="7.7.7.7")[1].status_code == 429


def test_guessing_is_slowed_over_many_addresses(person):
    hashed = 0
    for number in range(40):
        _client, answer = enter("guess", ip=f"10.9.0.{number}")
        hashed += answer.status_code == 400
    assert hashed <= 5


def test_an_address_that_tries_many_names_is_closed(settings):
    settings.ADDRESS_FAILURE_LIMIT = 10
    for number in range(10):
        assert enter("guess", username=f"name{number}")[1].status_code == 400
    assert enter("guess", username="another")[1].status_code == 429


def test_the_lock_opens_again(person):
    from axes.models import AccessAttempt

    for _ in range(5):
        enter("wrong")
    for attempt in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=attempt.pk).update(
            attempt_time=attempt.attempt_time - timedelta(minutes=16)
        )
    assert enter()[1].status_code == 302


@pytest.mark.parametrize(
    ("next_", "where"),
    [
        ("/accounts/own/", "/accounts/own/"),
        ("https://evil.example/", HOME),
        ("//evil.example/", HOME),
        ("/\\evil.example/", HOME),
        ("javascript:alert(1)", HOME),
    ],
)
def test_only_own_paths_are_gone_on_to(person, next_, where):
    assert enter(next=next_)[1]["Location"] == where


def test_a_forged_host_is_refused():
    assert Client(HTTP_HOST="evil.example").get(LOGIN).status_code == 400


def test_sign_in_needs_the_forms_own_token(person):
    client = Client(enforce_csrf_checks=True)
    assert enter(client=client)[1].status_code == 403


def test_sign_out_ends_the_session_and_clears_the_browser(person):
    client, _ = enter()
    key = client.session.session_key
    answer = client.post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    assert SignIn.objects.get(session_key=key).ended_at is not None
    assert client.get(HOME).status_code == 302
    assert client.get("/accounts/logout/").status_code == 302


def age(client, **seconds):
    session = client.session
    for name, value in seconds.items():
        session[name] = session[name] - value
    session.save()


def test_an_idle_session_ends(person):
    client, _ = enter()
    age(client, seen=settings.IDLE_SECONDS - 120)
    assert client.get(HOME).status_code == 200
    age(client, seen=settings.IDLE_SECONDS + 120)
    assert client.get(HOME).status_code == 302


def test_an_old_session_ends_however_busy(person):
    client, _ = enter()
    age(client, since=settings.ABSOLUTE_SECONDS + 5)
    assert client.get(HOME).status_code == 302


def test_nothing_is_kept_by_the_browser(person):
    client, _ = enter()
    assert client.get(HOME)["Cache-Control"] == "no-store"


def test_rights_taken_away_are_gone_at_the_next_request():
    actor = actor_of("security_admin")
    client = sign_in(actor)
    assert client.get(reverse("accounts:user-list")).status_code == 200
    user = User.objects.get(pk=actor.user_id)
    user.jurisdictions.update(ends_on="2016-01-01", starts_on="2015-01-01")
    assert client.get(reverse("accounts:user-list")).status_code == 403
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("accounts:user-list")).status_code == 302


def test_a_first_password_must_be_changed(person):
    User.objects.filter(pk=person.pk).update(must_change_password=True)
    client, _ = enter()
    page = reverse("accounts:password")
    assert client.get(HOME)["Location"] == page
    assert client.get(HOME, HTTP_HX_REQUEST="true")["HX-Redirect"] == page
    assert client.get(page).status_code == 200
    new = {"old": PASSWORD, "password": "quiet-river-1949", "repeated": "quiet-river-1949"}
    assert client.post(page, new)["Location"] == HOME
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize(
    "new",
    [
        {"old": "wrong", "password": "quiet-river-1949", "repeated": "quiet-river-1949"},
        {"old": PASSWORD, "password": "quiet-river-1949", "repeated": "other-river-1949"},
        {"old": PASSWORD, "password": "short", "repeated": "short"},
        {"old": PASSWORD, "password": "1357924680", "repeated": "1357924680"},
        {"old": PASSWORD, "password": "password123", "repeated": "password123"},
        {"old": PASSWORD, "password": PASSWORD, "repeated": PASSWORD},
    ],
)
def test_poor_passwords_are_refused(person, new):
    client, _ = enter()
    assert client.post(reverse("accounts:password"), new).status_code == 400
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_new_password_ends_the_other_sessions(person):
    here, _ = enter()
    there, _ = enter()
    new = {"old": PASSWORD, "password": "quiet-river-1949", "repeated": "quiet-river-1949"}
    here.post(reverse("accounts:password"), new)
    assert here.get(HOME).status_code == 200
    assert there.get(HOME).status_code == 302
    assert SignIn.objects.filter(ended_at=None).count() == 1


def test_one_session_or_all_others_can_be_ended(person):
    here, _ = enter()
    there, _ = enter()
    elsewhere, _ = enter()
    end = reverse("accounts:sessions-end")
    number = SignIn.objects.get(session_key=there.session.session_key).pk
    here.post(end, {"session": number})
    assert [c.get(HOME).status_code for c in (here, there, elsewhere)] == [200, 302, 200]
    here.post(end)
    assert [c.get(HOME).status_code for c in (here, elsewhere)] == [200, 302]


def test_nobody_ends_a_strangers_session(person):
    enter()
    number = SignIn.objects.get(user=person).pk
    stranger = sign_in(actor_of("office_staff", office="aid"))
    assert stranger.post(reverse("accounts:sessions-end"), {"session": number}).status_code == 404
    assert stranger.post(reverse("accounts:sessions-end"), {"session": "x"}).status_code == 404


def test_an_old_password_is_mentioned(person, settings):
    User.objects.filter(pk=person.pk).update(password_changed_at="2016-01-01T00:00:00Z")
    client, _ = enter()
    assert "建议尽快修改" in client.get(HOME).text


def test_the_second_factor_stands_between_password_and_pages(person):
    client, _ = enter()
    setup = reverse("accounts:second-factor-setup")
    assert client.get(setup).status_code == 200
    assert TOTPDevice.objects.count() == 0  # a GET makes nothing
    page = client.post(setup)
    assert "data:image/svg+xml" in page.text
    device = TOTPDevice.objects.get()
    assert client.post(setup, {"code": "000000"}).status_code == 400
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post(setup, {"code": f"{totp(device.bin_key):06d}"}).status_code == 302
    assert client.get(HOME).status_code == 200

    again, answer = enter()
    assert answer.status_code == 302
    ask = reverse("accounts:second-factor")
    assert again.get(HOME)["Location"] == ask
    assert again.get(reverse("accounts:profile"))["Location"] == ask
    assert again.get(ask).status_code == 200
    assert again.post(ask, {"code": "123"}).status_code == 400
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0)
    assert again.post(ask, {"code": f"{totp(device.bin_key):06d}"}).status_code == 302
    assert again.get(HOME).status_code == 200
    assert again.post(reverse("accounts:second-factor-remove")).status_code == 302
    assert TOTPDevice.objects.count() == 0


def test_switching_the_term(person):
    client, _ = enter()
    switch = reverse("accounts:switch-term")
    answer = client.post(switch, {"term": "2015-2", "next": "/accounts/own/"})
    assert answer["Location"] == "/accounts/own/"
    assert client.session["term"] == "2015-2"
    assert client.post(switch, {"term": "2015-3"}).status_code == 404
    assert client.post(switch, {"term": "2015-1", "next": "//evil"})["Location"] == HOME
    assert client.get(switch).status_code == 405


def test_switching_the_jurisdiction(person):
    client, _ = enter()
    other = JurisdictionFactory(user=person, role="approver")
    foreign = JurisdictionFactory()
    switch = reverse("accounts:switch-jurisdiction")
    assert client.post(switch, {"jurisdiction": other.pk}).status_code == 302
    assert client.get(HOME).wsgi_request.actor.role == "approver"
    assert client.post(switch, {"jurisdiction": foreign.pk}).status_code == 404
    assert client.get(HOME).wsgi_request.actor.role == "approver"


def test_switching_the_language_before_and_after_sign_in(person):
    client = Client()
    switch = reverse("accounts:switch-language")
    assert client.post(switch, {"language": "xx"}).status_code == 404
    answer = client.post(switch, {"language": "en", "next": LOGIN})
    assert answer["Location"] == LOGIN
    assert client.get(LOGIN)["Content-Language"] == "en"
    enter(client=client)
    client.post(switch, {"language": "zh-hans"})
    person.refresh_from_db()
    assert person.language == "zh-hans"
    fresh, answer = enter()
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "zh-hans"


def test_the_true_address_comes_from_our_own_proxy(person, settings):
    settings.PROXY_COUNT = 1
    Client().post(
        LOGIN,
        {"username": "wang", "password": PASSWORD},
        REMOTE_ADDR="127.0.0.1",
        HTTP_X_FORWARDED_FOR="1.1.1.1, 10.1.2.3",
    )
    assert SignIn.objects.get(user=person).ip == "10.1.2.3"


def test_passwords_are_hashed_with_argon2_in_service():
    from povedu import settings as own

    assert own.PASSWORD_HASHERS[-2].endswith("Argon2PasswordHasher")
    assert "argon2" in get_hashers_by_algorithm()
    assert make_password("x" * 12, hasher="argon2").startswith("argon2$argon2id$")


def test_somebody_without_a_duty_sees_no_data():
    UserFactory(username="idle")
    client, _ = enter(username="idle")
    assert client.get(HOME).status_code == 200
    assert client.get(reverse("audit:entry-list")).status_code == 403
