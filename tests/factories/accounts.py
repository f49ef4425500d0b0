"""Makers of people and what they answer for."""

from datetime import date, timedelta
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.test import Client

from povedu.accounts.models import ApiToken, Grant, Jurisdiction, SignIn, User
from povedu.accounts.selectors import actor_in
from povedu.accounts.tokens import token_digest
from povedu.scope import Actor
from tests.factories.values import COUNTY, MOMENT

PASSWORD = "correct-horse-battery"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """A person who can sign in with PASSWORD."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    password_changed_at = MOMENT


class JurisdictionFactory(factory.django.DjangoModelFactory[Jurisdiction]):
    """The aid office's clerk of the whole county."""

    class Meta:
        model = Jurisdiction

    user = factory.SubFactory(UserFactory)
    role = "office_staff"
    office = "aid"
    division_prefix = COUNTY


class GrantFactory(factory.django.DjangoModelFactory[Grant]):
    """A request that waits for its second person."""

    class Meta:
        model = Grant

    user = factory.SubFactory(UserFactory)
    requested_by = factory.SubFactory(UserFactory)
    requested_at = MOMENT
    role = "office_staff"
    office = "aid"
    division_prefix = COUNTY
    starts_on = date(2016, 9, 1)
    reason = "new post"


class SignInFactory(factory.django.DjangoModelFactory[SignIn]):
    """A sign-in from a desk."""

    class Meta:
        model = SignIn

    user = factory.SubFactory(UserFactory)
    session_key = factory.Sequence(lambda n: f"session{n:08d}")
    ip = "10.0.0.1"
    started_at = MOMENT


class ApiTokenFactory(factory.django.DjangoModelFactory[ApiToken]):
    """A key whose text is ``key-N``."""

    class Meta:
        model = ApiToken

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    name = "key"
    digest = factory.Sequence(lambda n: token_digest(f"key-{n}"))
    created_at = MOMENT
    expires_at = MOMENT + timedelta(days=36500)


def actor_of(role: str, **fields: Any) -> Actor:
    """Return the actor of a new person in one role; ``fields`` are those of the jurisdiction."""
    fields.setdefault("division_prefix", COUNTY)
    fields.setdefault("office", "")
    return actor_in(JurisdictionFactory(role=role, **fields), ip="10.0.0.1")


def sign_in(actor: Actor, **client_arguments: Any) -> Client:
    """Return a browser signed in as an actor."""
    client = Client(**client_arguments)
    client.force_login(User.objects.get(pk=actor.user_id))
    return client
