"""Keeping accounts: two persons for every right, nobody for oneself, a county not for the city."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from povedu.accounts import services
from povedu.accounts.choices import Role
from povedu.accounts.models import ApiToken, Grant, Jurisdiction, User
from povedu.accounts.rules import conflicting_role, first_password
from povedu.accounts.selectors import actor_for, grants, users
from povedu.accounts.services import GrantTerms
from povedu.audit.models import AuditEntry
from povedu.errors import Conflict, Refusal
from povedu.scope import Scope
from tests.factories import (
    ApiTokenFactory,
    GrantFactory,
    JurisdictionFactory,
    UserFactory,
    actor_of,
    sign_in,
)

pytestmark = pytest.mark.django_db
TODAY = date(2016, 11, 8)


@pytest.fixture
def security(db):
    return actor_of("security_admin")


@pytest.fixture
def second(db):
    return actor_of("security_admin")


def terms(**changes):
    given = {
        "role": "approver",
        "office": "aid",
        "division_prefix": "530623",
        "starts_on": TODAY,
    }
    return GrantTerms(**{**given, **changes})


def ask(security, now, user=None, **changes):
    return services.request_grant(
        actor=security,
        now=now,
        user=user or UserFactory(),
        terms=terms(**changes),
        reason="new post",
    )


def test_a_grant_takes_two(security, second, now):
    user = UserFactory()
    grant = ask(security, now, user)
    assert actor_for(user, now=now).role == ""
    services.decide_grant(actor=second, now=now, grant=grant, agree=True)
    assert actor_for(user, now=now).role == "approver"
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["grant.request", "grant.approve"]


def test_whoever_asks_does_not_decide(security, now):
    grant = ask(security, now)
    with pytest.raises(Refusal, match="另一人") as refused:
        services.decide_grant(actor=security, now=now, grant=grant, agree=True)
    assert refused.value.code == "grant-own"
    assert not Jurisdiction.objects.filter(user=grant.user).exists()


def test_whoever_receives_does_not_decide_or_ask(security, second, now):
    user = User.objects.get(pk=second.user_id)
    with pytest.raises(Refusal):
        ask(second, now, user)
    grant = GrantFactory(user=user, role="security_admin", office="")
    with pytest.raises(Refusal):
        services.decide_grant(actor=second, now=now, grant=grant, agree=True)


@pytest.mark.parametrize("decider", ["requested_by", "user"])
def test_the_database_refuses_one_person_too(decider):
    grant = GrantFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(
            state="approved", decided_by=getattr(grant, decider), decided_at="2016-11-08T00:00Z"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantFactory(user=grant.requested_by, requested_by=grant.requested_by)


def test_a_request_is_decided_once(security, second, now):
    third = actor_of("county_admin")
    grant = ask(security, now)
    services.decide_grant(actor=second, now=now, grant=grant, agree=False, reason="no")
    with pytest.raises(Conflict):
        services.decide_grant(actor=third, now=now, grant=grant, agree=True)
    with pytest.raises(Conflict):
        services.withdraw_grant(actor=security, now=now, grant=grant)
    assert not Jurisdiction.objects.filter(user=grant.user).exists()


def test_only_whoever_asked_withdraws(security, second, now):
    grant = ask(security, now)
    with pytest.raises(Conflict):
        services.withdraw_grant(actor=second, now=now, grant=grant)
    services.withdraw_grant(actor=security, now=now, grant=grant)
    grant.refresh_from_db()
    assert grant.state == "withdrawn"


def test_the_same_request_waits_once(security, now):
    user = UserFactory()
    ask(security, now, user)
    with pytest.raises(Conflict):
        ask(security, now, user)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"division_prefix": "530624"}, "grant-out-of-scope"),
        ({"division_prefix": "53"}, "grant-out-of-scope"),
        ({"role": "school_clerk", "office": ""}, "school-missing"),
        ({"office": ""}, "office-missing"),
        ({"ends_on": TODAY}, "dates-reversed"),
    ],
)
def test_faulty_terms_are_refused(security, now, changes, code):
    with pytest.raises(Refusal) as refused:
        ask(security, now, **changes)
    assert refused.value.code == code


def test_an_acting_approver_is_dated(security, second, now):
    user, absent = UserFactory(), UserFactory()
    with pytest.raises(Refusal):
        ask(security, now, user, on_behalf_of=absent)
    grant = ask(security, now, user, on_behalf_of=absent, ends_on=TODAY + timedelta(days=7))
    services.decide_grant(actor=second, now=now, grant=grant, agree=True)
    assert actor_for(user, now=now).role == "approver"
    assert actor_for(user, now=now + timedelta(days=7)).role == ""
    assert Jurisdiction.objects.get(user=user).on_behalf_of == absent


def test_handing_over_ends_the_predecessors_duty(security, second, now):
    old = JurisdictionFactory(role="approver")
    successor = UserFactory()
    made = services.hand_over(
        actor=security,
        now=now,
        leaver=old.user,
        successor=successor,
        starts_on=TODAY,
        reason="moves away",
    )
    assert actor_for(old.user, now=now).role == "approver"
    services.decide_grant(actor=second, now=now, grant=made[0], agree=True)
    assert actor_for(old.user, now=now).role == ""
    assert actor_for(successor, now=now).role == "approver"
    with pytest.raises(Refusal):
        services.hand_over(
            actor=security,
            now=now,
            leaver=old.user,
            successor=successor,
            starts_on=TODAY,
            reason="again",
        )


@pytest.mark.parametrize(
    ("held", "wanted", "conflict"),
    [
        (["system_admin"], "security_admin", "system_admin"),
        (["audit_admin"], "county_admin", "audit_admin"),
        (["office_staff"], "auditor", "office_staff"),
        (["office_staff"], "approver", None),
        (["auditor"], "auditor", None),
        ([], "security_admin", None),
    ],
)
def test_which_roles_join(held, wanted, conflict):
    assert conflicting_role(held, wanted) == conflict


def test_conflicting_roles_are_refused_at_both_ends(security, second, now):
    user = JurisdictionFactory(role="system_admin", office="").user
    with pytest.raises(Refusal, match="系统管理员"):
        ask(security, now, user, role="security_admin", office="")
    late = UserFactory()
    grant = ask(security, now, late, role="auditor", office="")
    JurisdictionFactory(user=late)
    with pytest.raises(Refusal):
        services.decide_grant(actor=second, now=now, grant=grant, agree=True)


def test_a_jurisdiction_ends_at_once_but_not_ones_own(security, second, now):
    mine = Jurisdiction.objects.get(user=security.user_id)
    with pytest.raises(Refusal):
        services.end_jurisdiction(actor=security, now=now, jurisdiction=mine, reason="bye")
    services.end_jurisdiction(actor=second, now=now, jurisdiction=mine, reason="left")
    assert actor_for(User.objects.get(pk=security.user_id), now=now).actions == frozenset()


def test_a_county_has_no_hold_over_the_city(security):
    mine, city = JurisdictionFactory().user, JurisdictionFactory(division_prefix="5306").user
    both = JurisdictionFactory().user
    JurisdictionFactory(user=both, division_prefix="530624")
    found = set(users(security.scope))
    assert mine in found
    assert city not in found
    assert both not in found
    assert set(users(Scope("5306"))) >= {mine, city, both}
    assert list(users(Scope.nothing())) == []


def test_requests_are_seen_within_the_scope(security):
    near, far = GrantFactory(), GrantFactory(division_prefix="530624")
    assert list(grants(security.scope)) == [near]
    assert set(grants(Scope.everything())) == {near, far}


def test_first_passwords_differ_and_read_well():
    made = {first_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("0O1lIo")


def test_a_new_account_shows_its_password_once(security):
    client = sign_in(security)
    data = {"username": "New.Clerk", "name": "Clerk", "form_token": "t1"}
    answer = client.post(reverse("accounts:user-add"), data)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    user = User.objects.get(username="new.clerk")
    password = answer.context["issued"]
    assert user.check_password(password)
    assert user.must_change_password
    assert password in answer.text
    again = client.post(reverse("accounts:user-add"), data)  # a double click
    assert again.status_code == 302
    page = client.get(reverse("accounts:user-detail", args=[user.pk]))
    assert page.status_code == 200
    assert password not in page.text
    assert not AuditEntry.objects.filter(changes__icontains=password).exists()


def test_a_name_is_taken_once(security):
    UserFactory(username="taken")
    client = sign_in(security)
    answer = client.post(reverse("accounts:user-add"), {"username": "Taken", "name": "X"})
    assert answer.status_code == 400
    assert "已被使用" in answer.text


def test_a_reset_ends_the_sessions_and_must_be_changed(security):
    user = JurisdictionFactory().user
    other = sign_in(actor_for(user, now=user.created_at))
    client = sign_in(security)
    answer = client.post(reverse("accounts:user-reset", args=[user.pk]), {"reason": "forgot it"})
    user.refresh_from_db()
    assert user.check_password(answer.context["issued"])
    assert user.must_change_password
    assert other.get("/").status_code == 302


def test_nobody_alone_gets_into_an_approvers_account(security):
    right = JurisdictionFactory(role="approver", office="aid")
    user, client = right.user, sign_in(security)
    before = user.password
    for name in ("user-reset", "user-remove-factor"):
        url = reverse(f"accounts:{name}", args=[user.pk])
        answer = client.post(url, {"reason": "lost it"})
        assert answer.status_code == 400, name
        assert "请先收回其审核权限" in answer.text
    user.refresh_from_db()
    assert user.password == before

    reset = reverse("accounts:user-reset", args=[user.pk])
    device = TOTPDevice.objects.create(user=user, name="totp", confirmed=True)
    assert client.post(reset, {"reason": "forgot it"}).context["issued"]  # opens nothing alone
    assert (
        client.post(
            reverse("accounts:user-remove-factor", args=[user.pk]), {"reason": "lost it"}
        ).status_code
        == 400
    )
    assert TOTPDevice.objects.filter(pk=device.pk).exists()

    right.role = "office_staff"
    right.save(update_fields=["role"])
    client.post(reverse("accounts:user-remove-factor", args=[user.pk]), {"reason": "lost it"})
    assert not TOTPDevice.objects.filter(pk=device.pk).exists()


def test_nobody_keeps_ones_own_account(security):
    client = sign_in(security)
    for name in ("user-reset", "user-disable", "grant-add"):
        url = reverse(f"accounts:{name}", args=[security.user_id])
        data = {"reason": "me", "role": "approver", "division_prefix": "530623"}
        assert client.post(url, data).status_code == 400, name
    me = User.objects.get(pk=security.user_id)
    assert me.is_active
    assert not me.must_change_password


def test_disabling_is_immediate_and_undone(security):
    user = JurisdictionFactory().user
    other = sign_in(actor_for(user, now=user.created_at))
    client = sign_in(security)
    client.post(reverse("accounts:user-disable", args=[user.pk]), {"reason": "left"})
    assert other.get("/").status_code == 302
    client.post(reverse("accounts:user-enable", args=[user.pk]), {"reason": "back"})
    user.refresh_from_db()
    assert user.is_active


def test_the_pages_of_keeping_open(security, second):
    from tests.factories import CountyFactory, SchoolFactory

    CountyFactory()
    SchoolFactory()
    grant = GrantFactory()
    duty = JurisdictionFactory()
    client = sign_in(security)
    for name in ("user-list", "user-add", "grant-list"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 200, name
    for name in ("detail", "edit", "reset", "disable", "enable", "hand-over", "end-sessions"):
        answer = client.get(reverse(f"accounts:user-{name}", args=[duty.user.pk]))
        assert answer.status_code == 200, name
    for tab in ("duties", "grants", "sessions"):
        url = reverse("accounts:user-detail", args=[duty.user.pk])
        assert client.get(url, {"tab": tab}).status_code == 200
    for name in ("grant-detail", "grant-decide", "grant-withdraw"):
        assert client.get(reverse(f"accounts:{name}", args=[grant.pk])).status_code == 200, name
    assert client.get(reverse("accounts:grant-add", args=[duty.user.pk])).status_code == 200
    assert client.get(reverse("accounts:jurisdiction-end", args=[duty.pk])).status_code == 200
    assert client.get("/").status_code == 200


def test_a_grant_through_the_pages(security, second):
    from tests.factories import CountyFactory, SchoolFactory

    CountyFactory()
    school = SchoolFactory()
    user = UserFactory(division_prefix="530623")
    data = {
        "role": "school_clerk",
        "division_prefix": "530623",
        "school_code": school.code,
        "starts_on": "2016-09-01",
        "reason": "new clerk",
    }
    client = sign_in(security)
    answer = client.post(reverse("accounts:grant-add", args=[user.pk]), data)
    assert answer.status_code == 302, answer.text
    grant = Grant.objects.get(user=user)
    assert grant.division_prefix == school.division_id
    decide = reverse("accounts:grant-decide", args=[grant.pk])
    assert client.post(decide, {"agree": "yes"}).status_code == 400
    other = sign_in(second)
    assert "待复核的授权申请" in other.get("/").text
    assert other.post(decide, {"agree": "no"}).status_code == 400
    assert other.post(decide, {"agree": "yes"}).status_code == 302
    assert Jurisdiction.objects.get(user=user).school_code == school.code


def test_a_key_is_shown_once_and_revoked_by_its_owner_only():
    actor = actor_of("office_staff", office="aid")
    own = Jurisdiction.objects.get(user=actor.user_id)
    client = sign_in(actor)
    assert client.get(reverse("accounts:token-add")).status_code == 200
    data = {"jurisdiction": own.pk, "name": "script", "days": "30"}
    answer = client.post(reverse("accounts:token-add"), data)
    text = answer.context["issued"]
    token = ApiToken.objects.get()
    assert text in answer.text
    assert text not in str(vars(token))
    assert text not in client.get(reverse("accounts:profile")).text
    foreign = ApiTokenFactory()
    refused = client.post(reverse("accounts:token-revoke", args=[foreign.pk]))
    assert refused.status_code == 404
    strangers = {**data, "jurisdiction": foreign.jurisdiction_id}
    assert client.post(reverse("accounts:token-add"), strangers).status_code == 400
    assert client.post(reverse("accounts:token-revoke", args=[token.pk])).status_code == 302
    assert list(ApiToken.objects.all()) == [foreign]


def test_every_grantee_of_the_policy_exists():
    from povedu.accounts.choices import OfficeCode
    from povedu.accounts.policy import table

    known = {str(role) for role in Role} | {
        f"{role}:{office}" for role in Role for office in OfficeCode
    }
    assert set().union(*table().values()) <= known
    administrators = {"system_admin", "security_admin", "audit_admin"}
    for action, grantees in table().items():
        own_app = action.split(".")[0] in {"accounts", "audit", "jobs"}
        assert own_app or not administrators & grantees, action
